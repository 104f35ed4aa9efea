//! What was counted, as JSON lines.
#![expect(clippy::float_arithmetic, reason = "shares are no money")]

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::Serialize;

use super::demand::Group;
use super::evening::{Cost, Offers, Served};
use super::policy::Policy;

/// Sums over all seeds.
#[derive(Debug, Default)]
pub struct Figures {
    cuts: BTreeMap<(i64, Policy), Cut>,
    costs: BTreeMap<(Policy, Offers), Cost>,
}

#[derive(Debug, Default)]
struct Cut {
    demanded: Served,
    served: Served,
    best: Served,
}

/// One side in cuts of one length under one policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CutLine {
    /// How long the line was down.
    pub cut_minutes: i64,
    /// `cinema`, `hub`, or `both`.
    pub side: &'static str,
    /// Who divided the seats.
    pub policy: Policy,
    /// Of those who came while the line was down, the share that got seats.
    pub served_share: f64,
    /// The same, had the same free seats been divided in the best way: see [`super::hindsight::best`].
    pub best_in_hindsight: f64,
}

/// What asks cost on whole days without a cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AskLine {
    /// Who divided the seats.
    pub policy: Policy,
    /// Which seats guests are offered.
    pub offers: Offers,
    /// Of those who came on days without a cut, the share that got seats.
    pub served_share: f64,
    /// Asks for a sale.
    pub asks_per_sale: f64,
    /// Of the asks, the share that was refused because too few seats would be left.
    pub asks_refused_share: f64,
    /// Of the asks, the share that took longer than the guest waited.
    pub asks_too_slow_share: f64,
    /// Seats that changed hands by asks, for a sale.
    pub seats_by_ask_per_sale: f64,
    /// Seats that changed hands by the policy, for a sale.
    pub seats_by_policy_per_sale: f64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        for (of, cut) in other.cuts {
            let all = self.cuts.entry(of).or_default();
            all.demanded += cut.demanded;
            all.served += cut.served;
            all.best += cut.best;
        }
        for (of, cost) in other.costs {
            *self.costs.entry(of).or_default() += cost;
        }
    }
}

impl Figures {
    pub(super) fn add_cut(
        &mut self,
        minutes: i64,
        policy: Policy,
        came: &[&Group],
        served: Served,
        best: Served,
    ) {
        let cut = self.cuts.entry((minutes, policy)).or_default();
        for group in came {
            cut.demanded.add(group.side);
        }
        cut.served += served;
        cut.best += best;
    }

    pub(super) fn add_cost(&mut self, policy: Policy, offers: Offers, cost: &Cost) {
        *self.costs.entry((policy, offers)).or_default() += *cost;
    }

    /// A line for each length, policy and side.
    pub fn cuts(&self) -> Vec<CutLine> {
        let lines = self.cuts.iter().flat_map(|((cut_minutes, policy), cut)| {
            let line = |side, of: fn(Served) -> u64| CutLine {
                cut_minutes: *cut_minutes,
                side,
                policy: *policy,
                served_share: share(of(cut.served), of(cut.demanded)),
                best_in_hindsight: share(of(cut.best), of(cut.demanded)),
            };
            [
                line("cinema", |it| it.cinema),
                line("hub", |it| it.hub),
                line("both", Served::all),
            ]
        });
        lines.collect()
    }

    /// A line for each policy and kind of offers.
    pub fn costs(&self) -> Vec<AskLine> {
        let lines = self.costs.iter().map(|((policy, offers), cost)| AskLine {
            policy: *policy,
            offers: *offers,
            served_share: share(cost.sales, cost.wanted),
            asks_per_sale: share(cost.asks, cost.sales),
            asks_refused_share: share(cost.refused, cost.asks),
            asks_too_slow_share: share(cost.too_slow, cost.asks),
            seats_by_ask_per_sale: share(cost.seats_by_ask, cost.sales),
            seats_by_policy_per_sale: share(cost.seats_by_policy, cost.sales),
        });
        lines.collect()
    }
}

/// To four digits; 0 of none.
fn share(part: u64, whole: u64) -> f64 {
    (part * 10_000 / whole.max(1)) as f64 / 10_000.0
}
