//! One whole run: guests in the lobbies and at home buy, one fault after another happens, then the reckoning.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::audit::Verdict;
use super::chain::{Chain, Pace};
use super::faults::{Fault, Faults};
use super::reckoning::reckon;
use super::seller::BETWEEN_GUESTS;
use super::stored::Kept;
use crate::engine::Engine;
use crate::load::appliance_process::programs;

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What chance begins with.
    pub seed: u64,
    /// Where the hub keeps its database.
    pub engine: Engine,
    /// When it ends.
    pub ends: Ends,
}

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// After so many kills.
    Kills(u64),
    /// After so many minutes.
    Minutes(u64),
}

/// The last line of standard output.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    seed: u64,
    kills: u64,
    faults: u64,
    faults_of_each_kind: BTreeMap<Fault, u64>,
    minutes: f64,
    seats_sold: u64,
    seats_sold_online: u64,
    seats_sold_in_lobbies: u64,
    seats_sold_in_cuts: u64,
    double_sales: u64,
    custody_disagreements: u64,
    captured_without_ticket_or_refund: u64,
    admitted: u64,
    tickets_wrongly_refused: u64,
    answered_sales_lost: u64,
    money_unexplained_minor: u64,
    streams_equal: bool,
    sales_forgotten: u64,
    sales_forgotten_by_all: u64,
    payments_forgotten_and_returned: u64,
    refunds_forgotten: u64,
    holds_forgotten: u64,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The last line.
    pub summary: Summary,
    /// What was found.
    pub verdict: Verdict,
}

/// A run of so many minutes is a long one.
const LONG_MINUTES: u64 = 10;

/// Runs it in `folder`.
///
/// # Errors
/// The run itself could not be made; what the processes did wrong is in the outcome.
pub async fn run(settings: Settings, folder: &Path) -> io::Result<Outcome> {
    let programs = programs(&["appliance", "cloud-hub"])?;
    let how = (settings.seed, settings.ends.pace());
    let mut chain = Chain::open(folder, &programs, settings.engine, how).await?;
    let clock = chain.clock.clone();
    let begin = clock.monotonic();
    let at_hub = Kept::of(&chain.hubs.kept)?;
    let stop = CancellationToken::new();
    let mut people = chain.people(&stop).await?;
    chain.copy().await?;
    let mut faults = Faults::of(settings.engine);
    let since = || clock.monotonic().saturating_sub(begin);
    while !settings.ends.reached(faults.kills(), since()) {
        chain.turn(&mut faults).await?;
        if let Some(ended) = people.try_join_next() {
            ended.map_err(io::Error::other)??;
        }
    }
    stop.cancel();
    chain.mend();
    while let Some(ended) = people.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    let sold_in_cuts = chain.cinemas.iter().map(|it| it.sold_in_cuts).sum();
    let mut verdict = reckon(chain, at_hub).await?;
    let least = settings.ends.least_of_each_kind(&faults);
    verdict.findings.extend(faults.rarer_than(least));
    Ok(Outcome {
        summary: summary(settings.seed, &faults, (since(), sold_in_cuts), &verdict),
        verdict,
    })
}

impl Ends {
    fn reached(self, kills: u64, time: Duration) -> bool {
        match self {
            Self::Kills(most) => kills >= most,
            Self::Minutes(minutes) => time >= Duration::from_secs(minutes * 60),
        }
    }

    /// A long run does not sell all before it ends.
    fn pace(self) -> Pace {
        match self {
            Self::Kills(_) => Pace {
                between_guests: BETWEEN_GUESTS,
                life: Duration::from_millis(700),
            },
            Self::Minutes(_) => Pace {
                between_guests: Duration::from_millis(300),
                life: Duration::from_millis(2_500),
            },
        }
    }

    /// How many faults of each kind there must have been.
    fn least_of_each_kind(self, faults: &Faults) -> u64 {
        match self {
            Self::Kills(most) => most / faults.turns_for_all(),
            Self::Minutes(minutes) => 2 * minutes / LONG_MINUTES,
        }
    }
}

#[expect(clippy::float_arithmetic, reason = "a duration for people to read")]
fn summary(
    seed: u64,
    faults: &Faults,
    (time, seats_sold_in_cuts): (Duration, u64),
    verdict: &Verdict,
) -> Summary {
    Summary {
        seed,
        kills: faults.kills(),
        faults: faults.happened.values().sum(),
        faults_of_each_kind: faults.happened.clone(),
        minutes: (time.as_secs_f64() / 6.0).round() / 10.0,
        seats_sold: verdict.seats_sold,
        seats_sold_online: verdict.seats_sold_online,
        seats_sold_in_lobbies: verdict.seats_sold - verdict.seats_sold_online,
        seats_sold_in_cuts,
        double_sales: verdict.double_sales,
        custody_disagreements: verdict.custody_disagreements,
        captured_without_ticket_or_refund: verdict.captured_without_ticket_or_refund,
        admitted: verdict.admitted,
        tickets_wrongly_refused: verdict.tickets_wrongly_refused,
        answered_sales_lost: verdict.answered_sales_lost,
        money_unexplained_minor: verdict.money_unexplained_minor,
        streams_equal: verdict.streams_equal,
        sales_forgotten: verdict.sales_forgotten,
        sales_forgotten_by_all: verdict.sales_forgotten_by_all,
        payments_forgotten_and_returned: verdict.payments_forgotten_and_returned,
        refunds_forgotten: verdict.refunds_forgotten,
        holds_forgotten: verdict.holds_forgotten,
    }
}
