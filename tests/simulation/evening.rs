//! An evening: people, mishaps, and the background work of both sides, in an order that the seed decides; then everything is mended and what is left
//! is done.

use std::collections::BTreeSet;
use std::time::Duration;

use appliance::printer::PrinterStatus;
use appliance::printer::memory::Mishap;
use appliance_api::DeviceKind;
use service::{ByHand, Random};
use sync_agent::Weather;
use tests::chaos::stored::{self, Kept};

use crate::house::House;
use crate::people::{Dice, Person};

/// What is left of an evening.
pub struct Evening {
    /// What happened, in its order.
    pub trace: Vec<String>,
    /// What the files of both databases hold.
    pub cinema: Vec<u8>,
    pub hub: Vec<u8>,
    /// How many tickets were sold.
    pub tickets: usize,
    /// What is not as it should be.
    pub wrong: Vec<String>,
}

/// What everything has to come to rest once it is mended: longer than a hold lasts.
const REST: Duration = Duration::from_secs(15 * 60);

/// How often it is given that: a printer whose paper was often in doubt pauses for ten minutes before each further copy.
const RESTS: usize = 12;

/// An evening in which so many things happen.
pub async fn evening(seed: u64, happenings: usize) -> Evening {
    let house = House::open(seed).await;
    let dice = Dice(Random::seeded(!seed));
    let mut people = Vec::new();
    for (kind, name) in [
        (DeviceKind::Till, "till"),
        (DeviceKind::Kiosk, "left"),
        (DeviceKind::Kiosk, "right"),
    ] {
        people.push(Person::come(&house, kind, name).await);
    }
    let mut trace = Vec::new();
    for _ in 0..happenings {
        trace.push(match dice.below(20) {
            0..=5 => {
                let who = dice.below(people.len());
                people[who].act(&house, &dice).await
            }
            6..=15 => step(&house, dice.below(1_000))
                .await
                .unwrap_or_else(|| go_on(&house)),
            16..=18 => {
                let time = Duration::from_millis(dice.below(20_000) as u64);
                house.clock.advance(time);
                format!("{time:?} go by")
            }
            _ => mishap(&house, &dice),
        });
    }
    mend(&house);
    let mut wrong = Vec::new();
    for _ in 0..RESTS {
        people.iter().for_each(|person| person.leave(&house));
        rest(&house, &mut trace).await;
        wrong = look_through(&house, &people).await;
        if wrong.is_empty() {
            break;
        }
    }
    let tickets = stored::read(&house.folder.path().join("box.db"))
        .unwrap()
        .tickets
        .len();
    let [cinema, hub] = house.close().await;
    Evening {
        trace,
        cinema,
        hub,
        tickets,
        wrong,
    }
}

/// Does one thing that is due at either side, if anything is.
pub async fn step(house: &House, roll: usize) -> Option<String> {
    let now = house.clock.monotonic();
    let (at_cinema, at_hub) = (house.cinema.hand.due(now), house.hub.hand.due(now));
    let which = roll.checked_rem(at_cinema + at_hub)?;
    let (side, hand, which): (_, &ByHand, _) = match which.checked_sub(at_cinema) {
        None => ("box", &house.cinema.hand, which),
        Some(which) => ("hub", &house.hub.hand, which),
    };
    hand.step(which, now)
        .await
        .map(|done| format!("{side}: {done}"))
}

/// Lets time go by until something comes due.
pub fn go_on(house: &House) -> String {
    let due = [&house.cinema.hand, &house.hub.hand].map(ByHand::next_due);
    let now = house.clock.monotonic();
    let time = due
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(now)
        .saturating_sub(now);
    house.clock.advance(time);
    format!("nothing to do for {time:?}")
}

pub fn mishap(house: &House, dice: &Dice) -> String {
    let said = match dice.below(8) {
        0 | 1 => {
            house.network.cut();
            "the line is cut"
        }
        2 | 3 => {
            house.network.mend();
            "the line is mended"
        }
        4 => {
            let [lose, repeat, reorder] =
                [30, 20, 20].map(|most| u8::try_from(dice.below(most)).unwrap());
            house.network.weather(Weather {
                lose,
                repeat,
                reorder,
                flip: 2,
            });
            "the weather changes"
        }
        5 => {
            house
                .printer
                .next(dice.one_of(&[Mishap::AnswerLost, Mishap::PaperLost]));
            "the next paper goes wrong"
        }
        6 => {
            house.printer.set(match dice.below(2) {
                0 => PrinterStatus::PaperOut,
                _ => PrinterStatus::Ready,
            });
            "the paper ends or comes"
        }
        _ => {
            house.terminal.set_out_of_reach(dice.below(2) == 0);
            "the terminal comes or goes"
        }
    };
    said.to_owned()
}

pub fn mend(house: &House) {
    house.network.mend();
    house.network.weather(Weather::default());
    house.printer.set(PrinterStatus::Ready);
    house.terminal.set_out_of_reach(false);
}

/// Does all that comes due in a while, oldest first.
pub async fn rest(house: &House, trace: &mut Vec<String>) {
    let end = house.clock.monotonic() + REST;
    while house.clock.monotonic() < end {
        let done = step(house, 0).await;
        trace.push(done.unwrap_or_else(|| go_on(house)));
    }
}

/// What is not as it should be once everything has come to rest.
pub async fn look_through(house: &House, people: &[Person]) -> Vec<String> {
    let [cinema, hub] = ["box.db", "hub.db"].map(|file| house.folder.path().join(file));
    let stored = stored::read(&cinema).unwrap();
    let mut wrong = Vec::new();
    let mut check = |is_right: bool, words: String| {
        if !is_right {
            wrong.push(words);
        }
    };
    let unfinished = stored::unfinished(&cinema).unwrap();
    check(
        unfinished.payments == 0 && unfinished.papers == 0,
        format!("{unfinished:?}"),
    );
    let (at_cinema, hub) = (Kept::File(cinema), Kept::File(hub));
    let heads = [at_cinema.stream_heads().await, hub.stream_heads().await].map(Result::unwrap);
    check(
        heads[0] == heads[1],
        format!("the streams differ: {heads:?}"),
    );
    let (sales, at_hub) = (
        BTreeSet::from_iter(stored.sales.clone()),
        hub.sales_at_hub().await.unwrap(),
    );
    check(
        sales == at_hub,
        format!(
            "{} sales are stored, {} at the hub",
            sales.len(),
            at_hub.len()
        ),
    );
    let disputes = hub.disputes().await.unwrap();
    check(disputes.is_empty(), format!("{disputes:?}"));
    let told: Vec<_> = people.iter().flat_map(|person| &person.sales).collect();
    check(
        told.iter().all(|sale| sales.contains(*sale)),
        "a sale that was told is lost".to_owned(),
    );
    let seats: BTreeSet<_> = stored
        .tickets
        .iter()
        .map(|ticket| (&ticket.showtime, &ticket.seat))
        .collect();
    check(
        seats.len() == stored.tickets.len(),
        "a seat is sold twice".to_owned(),
    );
    let papers = house.printer.papers().len();
    check(
        papers >= stored.tickets.len(),
        format!("{papers} papers for {} tickets", stored.tickets.len()),
    );
    let (captured, returned) = house.terminal.captured_and_refunded();
    let cash: i64 = people.iter().map(|person| person.cash_minor).sum();
    let sold: i64 = stored.tickets.iter().map(|ticket| ticket.price_minor).sum();
    check(
        captured - returned + cash == sold,
        format!("{captured} - {returned} by card and {cash} in cash for {sold}"),
    );
    wrong
}
