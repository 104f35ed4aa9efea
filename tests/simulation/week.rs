//! A week: power cuts that last days, a printer that is off until somebody cares, the clock set back and forward, and between the sales a manager who
//! imports every kind of programme file. At its end every seat, sum and paper is right, no queue stands still, and no error was logged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use appliance::command::Command;
use appliance::control::{Consent, Order};
use appliance::printer::{Paper, PrinterStatus};
use appliance_api::DeviceKind;
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::Value;
use service::Random;
use tests::logged::Logged;

use crate::evening::{go_on, look_through, mend, mishap, rest, step};
use crate::house::House;
use crate::people::{Dice, Person};

/// The kinds of programme files, by their place in the folder of cases.
const KINDS: [&str; 14] = [
    "cancelled-1",
    "cancelled-2-price-raised",
    "currency-1-eur",
    "currency-2-jpy",
    "dropped-1",
    "dropped-2",
    "latin1",
    "long-title",
    "moved-1",
    "moved-2",
    "nfd-title",
    "silent-film",
    "tax-1-7",
    "tax-2-19",
];

const DAYS: usize = 7;

/// Between two things that happen.
const HAPPENINGS_A_DAY: usize = 400;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is left of a week.
#[derive(Debug, Default)]
pub struct Week {
    /// What is not as it should be.
    pub wrong: Vec<String>,
    /// How often it happened.
    pub happened: BTreeMap<&'static str, usize>,
}

/// The week that a seed makes.
pub async fn week(seed: u64) -> Week {
    let log = Logged::default();
    let _logged = log.begin();
    let mut house = House::open_with(seed, "test", programme("cancelled-1", 1).unwrap()).await;
    let mut week = Passing {
        dice: Dice(Random::seeded(!seed)),
        imports: 1,
        happened: BTreeMap::new(),
        trace: Vec::new(),
    };
    let mut people = Vec::new();
    for (kind, name) in [(DeviceKind::Till, "till"), (DeviceKind::Kiosk, "kiosk")] {
        people.push(Person::come(&house, kind, name).await);
    }
    for _ in 0..DAYS {
        house = week.day(house, &mut people).await;
    }
    house.clock.set(house.true_time());
    mend(&house);
    let mut wrong = Vec::new();
    for _ in 0..RESTS {
        people.iter().for_each(|person| person.leave(&house));
        rest(&house, &mut week.trace).await;
        week.print_what_was_set_aside(&house).await;
        wrong = look_through(&house, &people).await;
        wrong.extend(papers_that_are_wrong(&house));
        if wrong.is_empty() {
            break;
        }
    }
    let status = house.cinema.order(Order::Status).await;
    if !status.contains("set aside: 0") {
        wrong.push(status);
    }
    wrong.extend(log.errors_but(&[]));
    let sold: usize = people.iter().map(|person| person.sales.len()).sum();
    week.happened.insert("sale", sold);
    Week {
        wrong,
        happened: week.happened,
    }
}

/// How often it is given time: the printer may have been off for days.
const RESTS: usize = 12;

struct Passing {
    dice: Dice,
    imports: usize,
    happened: BTreeMap<&'static str, usize>,
    trace: Vec<String>,
}

impl Passing {
    async fn day(&mut self, mut house: House, people: &mut [Person]) -> House {
        mend(&house);
        house.clock.set(house.true_time());
        self.import(&house).await;
        if self.dice.below(3) == 0 {
            house.printer.set(PrinterStatus::PaperOut);
            self.count("day without paper");
        }
        let begins = house.clock.monotonic();
        for _ in 0..HAPPENINGS_A_DAY {
            match self.dice.below(200) {
                0 => self.import(&house).await,
                1 => house = self.cut(house).await,
                2..=4 => self.set_the_clock(&house),
                5..=60 => self.somebody_acts(&house, people).await,
                61..=160 => {
                    let roll = self.dice.below(1_000);
                    let done = step(&house, roll).await;
                    self.trace.push(done.unwrap_or_else(|| go_on(&house)));
                }
                161..=194 => {
                    let time = Duration::from_millis(self.dice.below(240_000) as u64);
                    house.clock.advance(time);
                }
                _ => self.trace.push(mishap(&house, &self.dice)),
            }
        }
        let passed = house.clock.monotonic() - begins;
        house.clock.advance(DAY.saturating_sub(passed));
        house
    }

    async fn somebody_acts(&mut self, house: &House, people: &mut [Person]) {
        let on = showtimes_on(house).await;
        let who = self.dice.below(people.len());
        people[who].looks_at = on;
        self.trace.push(people[who].act(house, &self.dice).await);
    }

    /// The power goes for a moment, for a night, or for days.
    async fn cut(&mut self, house: House) -> House {
        let hours = self.dice.one_of(&[0, 0, 9, 60]);
        self.count(if hours > 24 {
            "power cut of days"
        } else {
            "power cut"
        });
        self.trace.push(format!("the power goes for {hours} hours"));
        house
            .power_cut(Duration::from_secs(20 + hours * 3_600))
            .await
    }

    fn set_the_clock(&mut self, house: &House) {
        let by = match self.dice.below(4) {
            0 => SignedDuration::from_secs(-60),
            1 => SignedDuration::from_hours(-26),
            2 => SignedDuration::from_mins(40),
            _ => SignedDuration::from_hours(30 * 24),
        };
        let time = house.true_time();
        let (time, said) = match self.dice.below(2) {
            0 => (time, "the clock is put right"),
            _ => (time + by, "the clock is set"),
        };
        self.count(said);
        self.trace.push(format!("{said}: {time}"));
        house.clock.set(time);
    }

    /// A manager imports a file, is told what it would do, and means it.
    async fn import(&mut self, house: &House) {
        let kind = self.dice.one_of(&KINDS);
        self.imports += 1;
        let Some(programme) = programme(kind, self.imports) else {
            self.count("file that is no text");
            return;
        };
        let mut said = Ok(String::new());
        for consent in [
            Consent::OnlyTell,
            Consent::ForWhatTouchesNoTicket,
            Consent::Given,
        ] {
            let programme = programme.clone();
            said = house
                .cinema
                .try_order(Order::Import { programme, consent })
                .await;
            if consent == Consent::ForWhatTouchesNoTicket && said.is_ok() {
                break;
            }
        }
        self.count(match &said {
            Ok(_) => "import that is taken",
            Err(_) => "import that is refused",
        });
        self.trace.push(format!("{kind}: {said:?}"));
    }

    /// Somebody asks for the tickets that came too late, by the receipts that the box names.
    async fn print_what_was_set_aside(&mut self, house: &House) {
        let status = house.cinema.order(Order::Status).await;
        for line in status.lines() {
            let Some((_, receipt)) = line.split_once("appliance reprint ") else {
                continue;
            };
            let receipt = receipt.split_whitespace().next().unwrap_or_default();
            let receipt = receipt.trim_matches(|sign: char| !sign.is_ascii_digit());
            let reason = "it came too late".to_owned();
            let receipt = receipt.to_owned();
            house.cinema.order(Order::Reprint { receipt, reason }).await;
            self.count("ticket that was set aside");
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }
}

/// The programme of this kind, its content under versions of their own; `None` for what is no text.
fn programme(kind: &str, nth: usize) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/stories/cases");
    let import = Command::Import {
        file: format!("{folder}/{kind}.toml").into(),
        dry_run: false,
        yes: false,
    };
    let Ok(Order::Import { programme, .. }) = import.order() else {
        return None;
    };
    let mut lines = Vec::new();
    for line in programme.lines() {
        let is_version = line.starts_with("version = ");
        lines.push(if is_version {
            format!("version = {nth}")
        } else {
            line.to_owned()
        });
    }
    Some(lines.join("\n"))
}

async fn showtimes_on(house: &House) -> Vec<String> {
    let nobody = ("", "");
    let ask = async |path: &str| house.cinema.ask("GET", path, nobody, &Value::Null).await.1;
    let first = ask("/api/v1/programme").await;
    let mut on = Vec::new();
    for day in first["days"].as_array().into_iter().flatten() {
        let day = day.as_str().unwrap();
        let programme = ask(&format!("/api/v1/programme?day={day}")).await;
        for film in programme["films"].as_array().into_iter().flatten() {
            let showtimes = film["showtimes"].as_array().into_iter().flatten();
            on.extend(showtimes.map(|it| it["id"].as_str().unwrap().to_owned()));
        }
    }
    on
}

/// What the papers say that the books do not, and the other way round.
fn papers_that_are_wrong(house: &House) -> Vec<String> {
    let stored = Connection::open(house.folder.path().join("box.db")).unwrap();
    let mut tickets = stored
        .prepare("SELECT sale.series || '-' || printf('%06d', sale.number), ticket.price_minor, ticket.tax_minor FROM ticket JOIN sale ON sale.id = ticket.sale")
        .unwrap();
    let rows = tickets.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let mut sold: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for row in rows.unwrap() {
        let (receipt, price, tax): (String, i64, i64) = row.unwrap();
        sold.entry(receipt).or_default().push((price, tax));
    }
    let mut printed: BTreeMap<String, BTreeMap<u32, Vec<Paper>>> = BTreeMap::new();
    for paper in house.printer.papers() {
        let of_sale = printed.entry(paper.receipt_number.clone()).or_default();
        let (nth, _) = paper.ticket_of_sale;
        of_sale.entry(nth).or_default().push(paper);
    }
    let mut wrong = Vec::new();
    for (receipt, mut amounts) in sold {
        let papers = printed.remove(&receipt).unwrap_or_default();
        let mut on_paper: Vec<_> = papers
            .values()
            .map(|same| (same[0].price.minor, same[0].tax.amount.minor))
            .collect();
        amounts.sort_unstable();
        on_paper.sort_unstable();
        if amounts != on_paper {
            wrong.push(format!(
                "{receipt}: {amounts:?} sold, {on_paper:?} on paper"
            ));
        }
        for same in papers.values() {
            let words: BTreeSet<_> = same.iter().map(what_was_sold).collect();
            if words.len() > 1 {
                wrong.push(format!("{receipt}: two stories of one ticket: {words:?}"));
            }
        }
    }
    let strange = printed.into_keys();
    wrong.extend(strange.map(|receipt| format!("{receipt}: on paper and in no book")));
    wrong
}

/// What a copy must say as the first paper did.
fn what_was_sold(paper: &Paper) -> (String, String, i64, u32, String) {
    (
        paper.film.clone(),
        format!("{} {}", paper.row, paper.number),
        paper.price.minor,
        paper.tax.basis_points,
        paper.code.clone(),
    )
}

#[tokio::test]
async fn at_the_end_of_a_week_everything_is_right_and_nothing_stands_still() {
    let mut happened = BTreeMap::new();
    for seed in [0, 1, 2, 36] {
        let week = week(seed).await;
        assert!(week.wrong.is_empty(), "seed {seed}: {:#?}", week.wrong);
        for (what, times) in week.happened {
            *happened.entry(what).or_default() += times;
        }
    }
    for what in [
        "sale",
        "power cut of days",
        "day without paper",
        "the clock is set",
        "import that is taken",
        "import that is refused",
        "ticket that was set aside",
    ] {
        assert!(
            happened.get(what) > Some(&0),
            "{what} never happened: {happened:?}"
        );
    }
}
