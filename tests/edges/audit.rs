//! What must hold when nothing moves any more: a scene is wound up, and everybody's books are compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use appliance::control::{Decision, Order};
use appliance::terminal::Payment;
use box_office::TenderId;
use counter_api::{Hold, HoldState, Sale, SeatMap, SeatState, TenderState, TenderWay};
use tests::card_terminal::{Entry, RefundBehaviour};
use tests::chaos::audit::{Evidence, audit};
use tests::chaos::forgotten::Forgotten;
use tests::chaos::memory::{Answered, Paid};
use tests::chaos::papers::{Papers, by_code};
use tests::chaos::stored;
use tests::chaos::taken::at_the_terminal;
use wire::event::PaymentOutcome;
use wire::{Body, Event, Meaning, Position};

use crate::stage::{PRICE_MINOR, Stage};

/// Has everything come to its end: the terminal says the truth, nobody pays any more, all time is over, and a person closes what is left.
/// Between two ends a fresh buyer takes the seats that are free, and gives them back.
pub async fn wind_up(s: &Stage<'_>, buyer: &Stage<'_>) {
    let terminal = &s.site.terminal;
    s.site.stick(None);
    terminal.say_the_truth();
    terminal.refunds(RefundBehaviour::GiveBack);
    rest(s, false).await;
    rest(s, true).await;
    for hold in s.holds() {
        let hold = s.look(&hold).await;
        let seat = hold.basket.lines[0].seat.as_str();
        match (hold.state, buyer.wish(seat).await) {
            (HoldState::Ended, (201, _)) | (HoldState::Settled, (409, "seats_taken")) => {}
            (_, (409, "showtime_cancelled" | "sales_closed" | "showtime_over")) => {}
            (state, answer) => panic!("{state:?}, and {seat} is {answer:?}\n{}", s.told()),
        }
    }
    for hold in buyer.holds() {
        assert!(buyer.release(&hold, 204).await.is_ok());
    }
    s.after_the_evening();
    rest(s, true).await;
}

async fn rest(s: &Stage<'_>, holds_end: bool) {
    let aged = AtomicU64::new(u64::MAX);
    s.wait_at_last("everything comes to rest", || async {
        for entry in s.site.terminal.till().payments {
            s.site.terminal.decide(&entry.reference, false);
        }
        s.a_moment_later();
        // A life that is killed takes the time along that it has not written down, and its holds last as much longer.
        s.site.address().await;
        let life = s.site.kills();
        if holds_end && aged.swap(life, Ordering::Relaxed) != life {
            s.a_hold_later();
        }
        is_at_rest(s, holds_end).await.then_some(())
    })
    .await;
}

/// Whether nobody waits for anything but a person, who then says what the books say.
async fn is_at_rest(s: &Stage<'_>, holds_end: bool) -> bool {
    let mut holds = Vec::new();
    for hold in s.holds() {
        holds.push(s.look(&hold).await);
    }
    let cases = s.order(&Order::Cases).await.unwrap();
    for line in cases.lines() {
        let Some(Ok(payment)) = line.split_whitespace().next().map(str::parse::<TenderId>) else {
            continue;
        };
        // The terminal gives back by itself what it took; cash is given back by hand.
        let is_cash = holds
            .iter()
            .flat_map(|hold| &hold.tenders)
            .any(|tender| tender.id == payment && tender.way == TenderWay::Cash);
        if is_cash {
            // Somebody else may have closed it since.
            let _ = s.decide(&payment, Decision::Refunded).await;
        }
    }
    let is_over = |hold: &Hold| {
        let is_known = hold
            .tenders
            .iter()
            .all(|tender| tender.state != TenderState::Pending);
        let is_open = hold.state == HoldState::Open;
        is_known && hold.state != HoldState::Paying && !(holds_end && is_open)
    };
    let file = s.site.folder.path().join("appliance.db");
    let left = stored::unfinished(&file).unwrap();
    cases == "no payment waits for a person"
        && holds.iter().all(is_over)
        && (left.payments, left.papers) == (0, 0)
}

/// Compares everything with everything; what is wrong, in words. `may_lie` where the terminal has said that a payment has ended, took it
/// afterwards, and the box has died between: nobody has asked again, and nobody can know.
pub async fn findings(s: &Stage<'_>, may_lie: bool) -> Vec<String> {
    let mut findings = Vec::new();
    let mut answered = BTreeMap::new();
    let mut excused_minor = 0;
    let book = s.site.terminal.till();
    for hold in s.holds() {
        let hold = s.look(&hold).await;
        match (hold.state, &hold.sale) {
            (HoldState::Settled, Some(sale)) => {
                let sale = s.sale(sale.as_str()).await;
                answered.insert(sale.id.to_string(), told(&sale, &hold));
            }
            (HoldState::Ended, None) => {}
            (state, sale) => findings.push(format!("{} is {state:?} with {sale:?}", hold.id)),
        }
        for tender in hold
            .tenders
            .iter()
            .filter(|tender| tender.way == TenderWay::Card)
        {
            let entry = book
                .payments
                .iter()
                .find(|entry| entry.reference == tender.id);
            let (agrees, by_hand_minor) = agree(s, tender.state, &tender.id, entry, may_lie);
            excused_minor += by_hand_minor;
            if !agrees {
                findings.push(format!("{tender:?} and at the terminal {entry:?}"));
            }
        }
    }
    let file = s.site.folder.path().join("appliance.db");
    let stored = stored::read(&file).unwrap();
    let of_outbox = outbox(s, &events(&file), &stored.sales);
    let is_told = of_outbox.is_empty();
    findings.extend(of_outbox);
    findings.extend(seats(s, stored.tickets.len()).await);
    let mut papers = by_code(&s.site.printer.papers());
    let mut by_ticket = HashMap::<String, Papers>::new();
    for ticket in &stored.tickets {
        let shown = s.get(&format!("/api/v1/tickets/{}", ticket.id)).await;
        let of_ticket = shown.json["code"]
            .as_str()
            .and_then(|code| papers.remove(code));
        by_ticket.extend(of_ticket.map(|of_ticket| (ticket.id.clone(), of_ticket)));
    }
    findings.extend(
        papers
            .into_keys()
            .map(|code| format!("{code} is no ticket")),
    );
    let evidence = Evidence {
        answered,
        complaints: Vec::new(),
        stored,
        taken_back: BTreeSet::new(),
        taken: at_the_terminal(&book),
        papers: Some(by_ticket),
        at_hub: None,
        forgotten: Forgotten::default(),
        streams_equal: is_told,
    };
    let verdict = audit(&[evidence], None);
    let is_good = verdict.double_sales == 0
        && verdict.answered_sales_lost == 0
        && verdict.streams_equal
        && verdict.money_unexplained_minor == excused_minor;
    if !is_good {
        findings.push(format!("{excused_minor} are explained: {verdict:?}"));
    }
    findings
}

/// A sale as its buyer heard of it.
fn told(sale: &Sale, hold: &Hold) -> Answered {
    let cash = hold
        .tenders
        .iter()
        .filter(|tender| tender.way == TenderWay::Cash && tender.state == TenderState::Approved);
    Answered {
        cinema: "metropol".to_owned(),
        showtime: sale.showtime.to_string(),
        tickets: (sale.tickets.iter())
            .map(|ticket| (ticket.id.to_string(), ticket.seat.to_string()))
            .collect(),
        total_minor: sale.total.minor,
        paid: Paid::Cash(cash.map(|tender| tender.amount.minor).sum()),
    }
}

/// Whether the box and the terminal say the same of a payment; and what of it only a person can explain, in minor units.
fn agree(
    s: &Stage<'_>,
    state: TenderState,
    payment: &TenderId,
    entry: Option<&Entry>,
    may_lie: bool,
) -> (bool, u64) {
    let took = |words: &str| {
        let taken = s.site.taken();
        taken
            .iter()
            .any(|(about, edge)| about == payment.as_str() && edge.contains(words))
    };
    let by_hand = took("*GivenBack*: returned");
    let is_unasked = took("Tell(ReturnedUnasked)");
    match (state, entry.map(|entry| &entry.payment)) {
        (TenderState::Approved, Some(Payment::Approved { .. })) => (true, 0),
        (TenderState::Refunded, Some(Payment::Refunded { amount_minor })) => {
            let has_a_ticket = if is_unasked {
                amount_minor.unsigned_abs()
            } else {
                0
            };
            (true, has_a_ticket)
        }
        // It was handed out, and the terminal keeps what it took, if it did.
        (TenderState::Refunded, Some(Payment::Approved { amount_minor, .. })) => {
            (by_hand, amount_minor.unsigned_abs())
        }
        (TenderState::Refunded, _) => (by_hand, 0),
        (
            TenderState::Declined | TenderState::Cancelled,
            Some(Payment::Approved { amount_minor, .. }),
        ) => (may_lie, amount_minor.unsigned_abs()),
        (TenderState::Declined | TenderState::Cancelled, _) => (true, 0),
        (TenderState::Approved, _) => (may_lie, PRICE_MINOR.unsigned_abs()),
        (TenderState::Pending, _) => (false, 0),
    }
}

/// As many seats are sold as there are tickets, and every other seat is free.
async fn seats(s: &Stage<'_>, tickets: usize) -> Vec<String> {
    let map = s.get("/api/v1/showtimes/tonight/seats").await;
    let map: SeatMap = serde_json::from_value(map.json).unwrap();
    let of = |state| map.seats.iter().filter(|seat| seat.state == state).count();
    let (sold, free) = (of(SeatState::Sold), of(SeatState::Free));
    if sold == tickets && sold + free == map.seats.len() {
        return Vec::new();
    }
    vec![format!(
        "{sold} seats are sold and {free} free of {}, for {tickets} tickets",
        map.seats.len()
    )]
}

/// What the box has written for the hub.
fn events(file: &std::path::Path) -> Vec<Event> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = rusqlite::Connection::open_with_flags(file, flags).unwrap();
    let mut statement = db
        .prepare("SELECT bytes FROM event ORDER BY place")
        .unwrap();
    let rows = statement
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    rows.map(|bytes| Event::decode(bytes.unwrap()).unwrap())
        .collect()
}

/// Every event follows the one before it, and says once what has happened.
fn outbox(s: &Stage<'_>, events: &[Event], sales: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut head = Position::START;
    let (mut sold, mut refunded, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut decided = BTreeMap::new();
    for event in events {
        if !event.follows(&head) {
            findings.push(format!("event {} does not follow", event.seq()));
        }
        head = event.position();
        let Meaning::Known(body) = event.meaning() else {
            findings.push(format!("event {} means nothing", event.seq()));
            continue;
        };
        if let Body::SaleSettled(sale) = &**body {
            sold.push(sale.sale.to_string());
        } else if let Body::PaymentRefunded(refund) = &**body {
            refunded.push(refund.tender.to_string());
        } else if let Body::PaymentUnknown(payment) = &**body {
            unknown.push(payment.tender.to_string());
        } else if let Body::PaymentDecided(payment) = &**body {
            decided.insert(payment.tender.to_string(), payment.outcome);
        }
    }
    let mut check = |what: &str, mut told: Vec<String>, happened: BTreeSet<String>| {
        told.sort();
        if told != happened.iter().cloned().collect::<Vec<_>>() {
            findings.push(format!("{what}: told of {told:?}, happened {happened:?}"));
        }
    };
    let with = |words: &[&str]| {
        let kept = s.site.kept().into_iter();
        kept.filter(|(_, edge)| words.iter().any(|word| edge.contains(word)))
            .map(|(about, _)| about)
            .collect::<BTreeSet<_>>()
    };
    check("sales", sold, sales.iter().cloned().collect());
    // Of what went back twice head office is told twice.
    for twice in with(&["Tell(ReturnedTwice)"]) {
        let told = refunded.iter().position(|told| *told == twice);
        told.map(|told| refunded.remove(told));
    }
    check("returns", refunded, with(&["Tell(Returned"]));
    check(
        "cases",
        unknown,
        with(&["Tell(Unknown)", "Tell(StillOwed)"]),
    );
    for (payment, outcome) in decided {
        if outcome == PaymentOutcome::RefundOwed {
            findings.push(format!(
                "the hub was told that {payment} is owed, and no end of it"
            ));
        }
    }
    findings
}
