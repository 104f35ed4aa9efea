//! The audit as a command: databases are read, what is found is said in words, and the last line is one JSON object.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use box_office::Custodian;
use database::{LookAt, Migration, OpenError, WhileItRuns};
use serde::Serialize;

use crate::books::Evidence;
use crate::finding::{LookedAt, Name, Verdict};
use crate::prove::prove;
use crate::store;

/// As many findings are said in words; the last line counts them all.
const MOST_SAID: usize = 200;

/// A database that is to be read.
#[derive(Debug, Clone)]
pub struct Source {
    /// What people call it: its folder.
    pub name: String,
    /// Whose it is.
    pub side: Custodian,
    /// Where it is.
    pub at: LookAt,
    /// What made it.
    pub migrations: &'static [Migration],
}

/// Why a database could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {}", words(.why))]
pub struct NotRead {
    name: String,
    why: OpenError,
}

impl NotRead {
    /// Whether a process has it.
    pub fn is_in_use(&self) -> bool {
        matches!(self.why, OpenError::InUse(_))
    }
}

fn words(why: &OpenError) -> String {
    match why {
        OpenError::InUse(who) => format!(
            "a process has it ({who}). Stop it first: while it sells, two databases are never of one moment"
        ),
        OpenError::File { .. }
        | OpenError::Read(_)
        | OpenError::EngineTooOld(_)
        | OpenError::Migration(_)
        | OpenError::Missing(_)
        | OpenError::Damaged(_)
        | OpenError::Mark { .. }
        | OpenError::Setting(_)
        | OpenError::Backup(_)
        | OpenError::Server(_)
        | OpenError::Engine(_)
        | OpenError::Thread(_) => why.to_string(),
    }
}

/// Reads a database; nothing in it or beside it is changed.
///
/// # Errors
/// It cannot be read.
pub fn read(source: &Source, running: WhileItRuns) -> Result<Evidence, NotRead> {
    let (side, name) = (source.side, source.name.as_str());
    let read = database::look(&source.at, source.migrations, running, |db| {
        store::read(db, side, name)
    });
    read.map_err(|why| NotRead {
        name: name.to_owned(),
        why,
    })
}

/// Reads these databases, proves or refutes what they say, tells it on standard output, and gives the exit code: 0 proved, 1 refuted, 2 not
/// read. One alone may be that of a process that runs.
pub fn run(sources: &[Source]) -> ExitCode {
    let running = match sources {
        [_] => WhileItRuns::Snapshot,
        _ => WhileItRuns::Refused,
    };
    let read: Result<Vec<_>, _> = sources.iter().map(|it| read(it, running)).collect();
    let (text, code) = match read {
        Ok(evidence) => {
            let verdict = prove(&evidence);
            let code = if verdict.is_proved() { 0 } else { 1 };
            (said(&verdict), code)
        }
        Err(why) => return not_read(&why),
    };
    print(&text, code)
}

/// Tells that a database could not be read, and gives the exit code.
pub fn not_read(why: &dyn std::fmt::Display) -> ExitCode {
    let last = serde_json::json!({ "proved": null, "not_read": why.to_string() });
    print(&format!("{why}\n{last}\n"), 2)
}

fn print(text: &str, code: u8) -> ExitCode {
    let mut out = io::stdout().lock();
    // Where nobody reads, the exit code says it.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::from(code)
}

/// A verdict in words, and as JSON in the last line.
pub fn said(verdict: &Verdict) -> String {
    let mut lines: Vec<String> = verdict
        .waiting
        .iter()
        .map(|it| format!("waits: {it}"))
        .collect();
    let said = verdict.findings.iter().take(MOST_SAID);
    lines.extend(said.map(|it| {
        format!(
            "{}: {} {}: {} ({})",
            it.name.as_str(),
            it.cinema,
            it.about,
            it.words,
            it.at
        )
    }));
    let rest = verdict.findings.len().saturating_sub(MOST_SAID);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    let LookedAt {
        databases,
        cinemas,
        seats,
        tickets,
        payments,
        events,
        ..
    } = &verdict.looked_at;
    lines.push(format!(
        "{}: {databases} databases, {cinemas} cinemas, {seats} seats, {tickets} tickets, {payments} payments, {events} events",
        match verdict.findings.len() {
            0 => "proved".to_owned(),
            found => format!("refuted by {found} findings"),
        }
    ));
    lines.push(serde_json::json!(Last::of(verdict)).to_string());
    lines.push(String::new());
    lines.join("\n")
}

/// The last line.
#[derive(Serialize)]
struct Last {
    proved: bool,
    findings: BTreeMap<&'static str, u64>,
    waiting: u64,
    double_sales: u64,
    custody_disagreements: u64,
    captured_without_ticket_or_refund: u64,
    money_unexplained_minor: u64,
    databases: u64,
    cinemas: u64,
    seats: u64,
    sales: u64,
    tickets: u64,
    tickets_online: u64,
    payments: u64,
    admissions: u64,
    events: u64,
    kept_minor: BTreeMap<String, Kept>,
}

/// What was taken and not given back, in minor units.
#[derive(Serialize)]
struct Kept {
    cash: i64,
    card: i64,
}

impl Last {
    fn of(verdict: &Verdict) -> Self {
        let mut findings = BTreeMap::new();
        for finding in &verdict.findings {
            *findings.entry(finding.name.as_str()).or_insert(0) += 1;
        }
        let at = &verdict.looked_at;
        let kept = at.kept_minor.iter().map(|(currency, [cash, card])| {
            let kept = Kept {
                cash: *cash,
                card: *card,
            };
            (currency.clone(), kept)
        });
        Self {
            proved: verdict.is_proved(),
            findings,
            waiting: verdict.waiting.len() as u64,
            double_sales: verdict.count(Name::is_double_sale),
            custody_disagreements: verdict.count(Name::is_of_custody),
            captured_without_ticket_or_refund: verdict
                .count(|name| name == Name::PaymentWithoutTicketOrRefund),
            money_unexplained_minor: verdict.money_unexplained_minor(),
            databases: at.databases,
            cinemas: at.cinemas,
            seats: at.seats,
            sales: at.sales,
            tickets: at.tickets,
            tickets_online: at.tickets_online,
            payments: at.payments,
            admissions: at.admissions,
            events: at.events,
            kept_minor: kept.collect(),
        }
    }
}
