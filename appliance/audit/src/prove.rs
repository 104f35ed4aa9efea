//! The whole: each database by itself, then what two of them say of one cinema.

use std::collections::{BTreeMap, BTreeSet};

use box_office::Custodian;

use crate::books::{Books, Evidence};
use crate::finding::{Findings, LookedAt, Verdict};
use crate::{asked_back, chains, custody, door, money, refunds, seats, told};

/// Proves or refutes what these databases say, each by itself and together.
pub fn prove(evidence: &[Evidence]) -> Verdict {
    let mut verdict = Verdict::default();
    count(evidence, &mut verdict.looked_at);
    for one in evidence {
        for (cinema, books) in &one.cinemas {
            let mut findings = Findings::new(&mut verdict, one.name.clone(), cinema);
            alone(one.side, books, &mut findings);
        }
    }
    let of = |side| evidence.iter().filter(move |it| it.side == side);
    for hub in of(Custodian::Hub) {
        for one in of(Custodian::Cinema) {
            for (cinema, at_box) in &one.cinemas {
                let Some(at_hub) = hub.cinemas.get(cinema) else {
                    continue;
                };
                let at = format!("{} and {}", hub.name, one.name);
                let mut findings = Findings::new(&mut verdict, at, cinema);
                together(at_hub, at_box, &mut findings);
            }
        }
    }
    // What was seen in one database is seen in both together once more.
    let mut known = BTreeSet::new();
    (verdict.findings).retain(|it| known.insert((it.name, it.cinema.clone(), it.about.clone())));
    verdict
}

fn alone(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    chains::each(books, findings);
    custody::as_told(books, findings);
    seats::check(side, books, findings);
    seats::double_sales(&[books], findings);
    money::check(side, books, findings);
    refunds::check(side, books, findings);
    asked_back::check(side, books, findings);
    told::own(books, findings);
    told::heard(books, findings);
    door::check(side, books, findings);
}

fn together(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    chains::both(at_hub, at_box, findings);
    custody::both(at_hub, at_box, findings);
    seats::double_sales(&[at_hub, at_box], findings);
    told::payments(at_hub, at_box, findings);
    asked_back::both(at_hub, at_box, findings);
    door::both(at_hub, at_box, findings);
}

fn count(evidence: &[Evidence], looked_at: &mut LookedAt) {
    let (mut cinemas, mut seats, mut events) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    let mut admissions = BTreeSet::new();
    for one in evidence {
        looked_at.databases += 1;
        for (cinema, books) in &one.cinemas {
            cinemas.insert(cinema);
            seats.extend(books.seats.keys().map(|place| (cinema, place)));
            admissions.extend(books.admissions.keys().map(|ticket| (cinema, ticket)));
            looked_at.sales += books.sales.len() as u64;
            let live = books.tickets.values().filter(|ticket| ticket.live).count() as u64;
            looked_at.tickets += live;
            if one.side == Custodian::Hub {
                looked_at.tickets_online += live;
            }
            looked_at.payments += books.payments.len() as u64;
            for payment in books.payments.values() {
                let kept = looked_at
                    .kept_minor
                    .entry(payment.currency.clone())
                    .or_default();
                kept[usize::from(payment.means != "cash")] += payment.kept_minor();
            }
            for refund in books.refunds.values().filter(|it| it.state == "done") {
                let payment = refund.payment.as_ref();
                let payment = payment.and_then(|id| books.payments.get(id));
                // Of one that is all back nothing is here.
                if let Some(payment) = payment.filter(|it| it.kept_minor() > 0)
                    && let Some(kept) = looked_at.kept_minor.get_mut(&payment.currency)
                {
                    kept[usize::from(payment.means != "cash")] -= refund.given_minor;
                }
            }
            for stream in &books.streams {
                let key = (cinema, stream.direction.as_str(), stream.life, stream.fork);
                let most = events.entry(key).or_insert(0);
                *most = stream.head.seq.max(*most);
            }
        }
    }
    looked_at.cinemas = cinemas.len() as u64;
    looked_at.seats = seats.len() as u64;
    looked_at.admissions = admissions.len() as u64;
    looked_at.events = events.values().sum();
}
