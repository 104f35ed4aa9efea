//! A cinema says by which rules guests at home give tickets back: they read them before they buy, on their booking and in their mail, and the hub
//! goes by those under which it has sold.

use counter_api::{Hold, Refund, RefundState, RefundTerms, Refunds, Sale, TenderState};
use database::{Database, Scope};
use reqwest::header::CONTENT_TYPE;
use rusqlite::Connection;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::world::{Answer, House, client, new_key, until, with_refund_rules};

use crate::forgotten::until_it_has_recovered;
use crate::mails::Evening;
use crate::put_back::{Backup, expects, scan};

pub(crate) const KEEPS_A_EURO: &str = "until_minutes = 60\nkept = \"1.00\"";

const ORDERS: &str = "/cinemas/metropol/showtimes/tomorrow";

impl Evening {
    /// The cinema publishes these rules; gives what a guest reads who looks at the showtime.
    async fn publishes(&self, (version, rules): (u32, &str), words: &str) -> String {
        self.imports(&with_refund_rules(version, rules)).await;
        self.until_says(ORDERS, words).await
    }

    async fn page(&self, path: &str) -> Answer {
        let asking = client().get(format!("{}{path}", self.house.hub.url()));
        Answer::of(asking.send().await.unwrap()).await
    }

    /// Gives a ticket back by the form of its booking, as a browser sends it.
    async fn sends_form(&self, path: &str, ticket: &str) -> Answer {
        let sending = client()
            .post(format!("{}{path}/give-back", self.house.hub.url()))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", "null")
            .body(format!("ticket={ticket}"));
        Answer::of(sending.send().await.unwrap()).await
    }

    async fn until_says(&self, path: &str, words: &str) -> String {
        until(words, || async {
            let page = self.page(path).await.expect(200).text;
            page.contains(words).then_some(page)
        })
        .await
    }

    async fn buys_tickets(&mut self, tickets: usize) -> Sale {
        let seats: Vec<String> = self.theirs.drain(..tickets).collect();
        let seats: Vec<&str> = seats.iter().map(String::as_str).collect();
        let held = self.home.hold("tomorrow", &seats).await;
        self.writes_to(&held, "guest@example.com").await.expect(204);
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        held.sale().await
    }

    /// Asks tickets of a sale back, all of them if none is named.
    async fn wants_back(&self, sale: &Sale, which: &[usize]) -> Answer {
        let tickets: Vec<_> = which.iter().map(|nth| &sale.tickets[*nth].id).collect();
        let body = json!({ "tickets": tickets });
        self.home.post(&refunds_of(sale), &new_key(), &body).await
    }

    /// Waits until so many tickets of a sale are back; gives for each what came back and what was kept.
    async fn until_back(&self, sale: &Sale, tickets: usize) -> Vec<(i64, i64)> {
        until("the money is back", || async {
            let now: Refunds = self.home.get(&refunds_of(sale)).await.expect(200).body();
            let back = |it: &Refund| it.state == RefundState::Returned;
            let all = now.refunds.len() == tickets && now.refunds.iter().all(back);
            all.then(|| {
                let refunds = now.refunds.iter();
                let kept = |it: &Refund| it.kept.map_or(0, |kept| kept.minor);
                refunds.map(|it| (it.amount.minor, kept(it))).collect()
            })
        })
        .await
    }

    /// What was taken and what was given back at the provider, in minor units.
    fn money(&self) -> (i64, i64) {
        let sums = self.house.provider.as_ref().unwrap().sums();
        (sums.captured_minor, sums.refunded_minor)
    }
}

/// Writes into a database as its program does, while that stands still.
async fn plants(stored: &Database, all: &[&'static str]) {
    for &sql in all {
        let writing = stored.write(Scope::Nothing, move |tx| tx.execute(sql, &[]));
        let planted: Result<_, database::Error> = writing.await;
        assert_eq!(planted, Ok(1), "{sql}");
    }
    stored.close().await;
}

fn refunds_of(sale: &Sale) -> String {
    format!("/api/v1/sales/{}/refunds", sale.id)
}

fn path_of(sale: &Sale) -> String {
    sale.page.clone().expect("a booking has a page")
}

#[track_caller]
fn has(text: &str, all: &[&str]) {
    for one in all {
        assert!(text.contains(one), "{one:?} is not in {text}");
    }
}

tests::on_both_engines!(the_rules_are_read_before_and_hold_as_they_were_sold);

async fn the_rules_are_read_before_and_hold_as_they_were_sold(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    has(
        &evening.page(ORDERS).await.expect(200).text,
        &[
            "can be given back until the showtime begins. The full price comes back.",
            "data-back=\"{&quot;until&quot;:&quot;",
        ],
    );

    // An hour before, and a euro of each is kept.
    let shown = evening.publishes(
        (2, "until_minutes = 60\nkept = \"1.00\""),
        "€1.00 of each ticket is kept.",
    );
    has(&shown.await, &["19:15. €1.00 of each ticket is kept."]);
    let first = evening.buys_tickets(2).await;
    let path = path_of(&first);
    let rules = "19:15. €1.00 of each ticket is kept; the rest goes back to the card that paid.";
    has(&evening.page(&path).await.expect(200).text, &[rules]);
    let mail = &evening.mail().mails_taken(1).await[0];
    has(
        &mail.text().unwrap(),
        &["You can give tickets back until ", rules],
    );
    let ids = [0, 1].map(|nth| first.tickets[nth].id.as_str());
    let both = format!("{path}/give-back?ticket={}&ticket={}", ids[0], ids[1]);
    has(
        &evening.page(&both).await.expect(200).text,
        &[
            "2 tickets, €18.00 back to the card that paid",
            "€2.00 of their price is kept, including €0.14 tax.",
        ],
    );
    evening.wants_back(&first, &[0]).await.expect(202);
    assert_eq!(evening.until_back(&first, 1).await, [(900, 100)]);
    assert_eq!(evening.money(), (2_000, 900));
    let returned =
        "€9.00 went back to the card that paid. €1.00 of its price is kept, including €0.07 tax.";
    evening.until_says(&path, returned).await;
    has(
        &evening.mail().mails_taken(2).await[1].text().unwrap(),
        &[returned],
    );

    // What is published later is for what is sold later.
    let never = "Tickets bought online for this showtime cannot be given back.";
    evening
        .publishes((3, "until_minutes = \"never\""), never)
        .await;
    has(&evening.page(&path).await.expect(200).text, &[rules]);
    evening.wants_back(&first, &[1]).await.expect(202);
    assert_eq!(
        evening.until_back(&first, 2).await,
        [(900, 100), (900, 100)]
    );
    assert_eq!(evening.money(), (2_000, 1_800));

    let second = evening.buys_tickets(1).await;
    let refused = evening.wants_back(&second, &[]).await;
    assert_eq!(refused.problem(), (409, "never_refunded"));
    let page = evening.page(&path_of(&second)).await.expect(200).text;
    has(&page, &["Tickets of this booking cannot be given back."]);
    assert!(!page.contains("type=\"checkbox\""), "nothing to choose");
    // A form of another page changes nothing, and one is led back to the booking that says why.
    let ticket = second.tickets[0].id.as_str();
    let sent = evening.sends_form(&path_of(&second), ticket).await;
    has(
        &sent.expect(409).text,
        &["These tickets were sold as tickets that cannot be given back."],
    );
    let offer = format!("{}/give-back?ticket={ticket}", path_of(&second));
    let led = evening.page(&offer).await.expect(200).text;
    has(&led, &["Tickets of this booking cannot be given back."]);

    // Whoever buys after the time that they would have had reads so.
    let over = "Tickets bought online for this showtime can no longer be given back.";
    evening
        .publishes((4, "until_minutes = 43200\nkept = \"2.50\""), over)
        .await;
    let third = evening.buys_tickets(1).await;
    let refused = evening.wants_back(&third, &[]).await;
    assert_eq!(refused.problem(), (409, "refund_window_over"));
    has(&refused.text, &["43200 minutes before the showtime begins"]);
    let ticket = third.tickets[0].id.as_str();
    let sent = evening.sends_form(&path_of(&third), ticket).await;
    let why = "The time to give these tickets back is over.";
    has(&sent.expect(409).text, &[why]);
    let page = evening.page(&path_of(&third)).await.expect(200).text;
    has(
        &page,
        &["Tickets of this booking could be given back until "],
    );
    assert_eq!(evening.money(), (4_000, 1_800));

    // At another time than it was sold for it goes back whole until it begins.
    let rules = "until_minutes = 43200\nkept = \"2.50\"";
    let [before, after] =
        ["20:15", "21:30"].map(|time| format!("days = \"today+1\"\ntime = \"{time}\""));
    let moved = with_refund_rules(4, rules).replace(&before, &after);
    evening.imports(&moved).await;
    let begins = "21:30. The full price goes back to the card that paid.";
    evening.until_says(&path_of(&second), begins).await;
    evening.wants_back(&second, &[]).await.expect(202);
    assert_eq!(evening.until_back(&second, 1).await, [(1_000, 0)]);

    // And so does what the cinema cancels, whatever was agreed.
    let again = with_refund_rules(4, rules).replacen(
        "id = \"tomorrow\"\n",
        "id = \"tomorrow\"\nstatus = \"cancelled\"\n",
        1,
    );
    evening.imports(&again).await;
    assert_eq!(evening.until_back(&third, 1).await, [(1_000, 0)]);
    assert_eq!(evening.money(), (4_000, 3_800), "the fee of two is kept");
    evening.house.ends_proved().await;
}

/// A ticket that its guest has given back during a cut, and whose showtime is cancelled or moved before its cinema hears of it, goes back whole.
async fn nothing_is_kept_after(was: &str, is: &str) {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let rules = "until_minutes = 60\nkept = \"1.00\"";
    evening
        .publishes((2, rules), "€1.00 of each ticket is kept.")
        .await;
    let sale = evening.buys_tickets(1).await;
    evening.house.cable.pull();
    let path = path_of(&sale);
    let cut = "We cannot reach the cinema at the moment.";
    evening.until_says(&path, cut).await;
    let asked: Value = evening.wants_back(&sale, &[]).await.expect(202).json;
    let refund = &asked["refunds"][0];
    let agreed = [&refund["amount"]["minor"], &refund["kept"]["minor"]];
    assert_eq!(agreed, [&json!(900), &json!(100)], "as it was agreed");
    let programme = with_refund_rules(2, rules);
    assert!(programme.contains(was), "{was}");
    evening.imports(&programme.replacen(was, is, 1)).await;
    evening.house.cable.put_in();
    assert_eq!(evening.until_back(&sale, 1).await, [(1_000, 0)]);
    assert_eq!(evening.money(), (1_000, 1_000));
    let page = evening.page(&path).await.expect(200).text;
    assert!(!page.contains("is kept"), "{page}");
    evening.house.ends_proved().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_what_the_cinema_cancels_first() {
    let cancelled = "id = \"tomorrow\"\nstatus = \"cancelled\"\n";
    nothing_is_kept_after("id = \"tomorrow\"\n", cancelled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_what_the_cinema_moves_first() {
    let [before, after] =
        ["20:15", "21:30"].map(|time| format!("days = \"today+1\"\ntime = \"{time}\""));
    nothing_is_kept_after(&before, &after).await;
}

/// The hub is put back to before a ticket went back less what is kept of it, and would give it back whole by now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_back_on_other_terms_is_written_down_as_it_went() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    expects(&evening.house.hub, &evening.house.world);
    evening
        .publishes((2, KEEPS_A_EURO), "€1.00 of each ticket is kept.")
        .await;
    let sale = evening.buys_tickets(2).await;
    evening.house = evening.house.comes_to_rest().await;
    let backup = Backup::of(&evening.house.hub);
    evening.wants_back(&sale, &[0]).await.expect(202);
    assert_eq!(evening.until_back(&sale, 1).await, [(900, 100)]);
    backup.put_back(&mut evening.house.hub).await;
    until_it_has_recovered(&evening.house.hub).await;
    let cancelled = with_refund_rules(2, KEEPS_A_EURO).replacen(
        "id = \"tomorrow\"\n",
        "id = \"tomorrow\"\nstatus = \"cancelled\"\n",
        1,
    );
    evening.imports(&cancelled).await;
    // What moved is what is said, and nobody is asked to pay the rest on top.
    let back = evening.until_back(&sale, 2).await;
    assert_eq!(back, [(900, 100), (1_000, 0)]);
    assert_eq!(evening.money(), (2_000, 1_900));
    let cases = evening.house.hub.order(&["cases"]);
    assert!(!cases.contains("by hand"), "{cases}");
    evening.house.is_proved().await;
}

tests::on_both_engines!(of_what_goes_back_whole_at_the_provider_nothing_is_kept);

async fn of_what_goes_back_whole_at_the_provider_nothing_is_kept(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    evening
        .publishes((2, KEEPS_A_EURO), "€1.00 of each ticket is kept.")
        .await;
    let sale = evening.buys_tickets(2).await;
    evening.wants_back(&sale, &[0]).await.expect(202);
    assert_eq!(evening.until_back(&sale, 1).await, [(900, 100)]);
    let provider = evening.house.provider.as_ref().unwrap();
    let charge = provider.sums().charges[0].reference.clone();
    let there = format!("{}/v1/charges/{charge}/refunds", provider.url());
    let by_hand = client().post(there).json(&json!({ "amount_minor": 1_100 }));
    assert_eq!(by_hand.send().await.unwrap().status(), 200);
    until("nothing is kept", || async {
        let back = evening.until_back(&sale, 2).await;
        (back == [(1_000, 0), (1_000, 0)]).then_some(())
    })
    .await;
    assert_eq!(evening.money(), (2_000, 2_000));
    let page = evening.page(&path_of(&sale)).await.expect(200).text;
    assert!(!page.contains("is kept"), "{page}");
    evening.house.ends_proved().await;
}

/// What the cinema decides goes back whole, also where its guest had asked for it before, or was let in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_what_the_cinema_takes_back_itself() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    evening
        .publishes((2, KEEPS_A_EURO), "€1.00 of each ticket is kept.")
        .await;
    let sale = evening.buys_tickets(3).await;
    let usher = evening.house.world.usher().await;
    evening.house.cable.pull();
    evening.wants_back(&sale, &[0, 1]).await.expect(202);
    let hub = &evening.house.hub;
    let of_first = ["--ticket", sale.tickets[0].id.as_str()];
    let reason = ["--reason", "the seat was broken"];
    let order = ["refund", "metropol", sale.id.as_str()];
    let said = hub.order(&[&order[..], &of_first, &reason].concat());
    assert!(said.contains("10.00 EUR  revoking\n"), "{said}");
    assert!(
        said.contains("9.00 EUR  revoking  1.00 EUR of its price is kept"),
        "{said}"
    );
    let inside = &sale.tickets[1];
    scan(&usher, inside).await.expect(201);
    evening.house.cable.put_in();
    let cases = until("a person is asked", || async {
        let cases = evening.house.hub.order(&["cases"]);
        cases
            .contains("give-back, all of it, or keep?")
            .then_some(cases)
    })
    .await;
    let asked = format!("{}  10.00 EUR  metropol/tomorrow/", inside.id);
    assert!(cases.contains(&asked), "{cases}");
    let ticket = inside.id.as_str();
    let decides = ["decide-refund", ticket, "give-back"];
    evening.house.hub.order(&[&decides[..], &reason].concat());
    let back = evening.until_back(&sale, 2).await;
    assert_eq!(back, [(1_000, 0), (1_000, 0)]);
    // What went back before stays as it went.
    evening.wants_back(&sale, &[2]).await.expect(202);
    let back = evening.until_back(&sale, 3).await;
    assert_eq!(back[2], (900, 100));
    let all = [&order[..], &reason].concat();
    let said = evening.house.hub.order(&all);
    assert!(
        said.contains("9.00 EUR  done  1.00 EUR of its price is kept"),
        "{said}"
    );
    assert_eq!(evening.money(), (3_000, 2_900));
    evening.house.ends_proved().await;
}

/// What the only payment of an evening gives back at the provider for a ticket, whoever asks there.
async fn gives(house: &House, ticket: &str, amount_minor: i64) {
    let provider = house.provider.as_ref().unwrap();
    let charge = &provider.sums().charges[0].reference;
    let part = format!("{}/v1/charges/{charge}/parts/{ticket}", provider.url());
    let body = json!({ "amount_minor": amount_minor });
    let asked = client().put(part).json(&body).send().await.unwrap();
    assert_eq!(asked.status(), 200);
}

/// Decides about a ticket at head office; gives what is said, or why not.
fn decides(house: &House, ticket: &str, words: &[&str]) -> Result<String, String> {
    let (order, reason) = (["decide-refund", ticket], ["--reason", "in cash"]);
    house.hub.try_order(&[&order[..], words, &reason].concat())
}

/// Waits until a person is asked something in these words.
async fn until_asked(house: &House, words: &str) {
    until(words, || async {
        house.hub.order(&["cases"]).contains(words).then_some(())
    })
    .await;
}

/// A person who is to give money by hand reads that some of it went back before, and gives the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_reads_what_went_back_before_they_give_it_by_hand() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let sale = evening.buys_tickets(2).await;
    let house = &evening.house;
    // Too little is left for a ticket.
    gives(house, "another", 1_500).await;
    evening.wants_back(&sale, &[0]).await.expect(202);
    let ticket = sale.tickets[0].id.as_str();
    let asked = |amount: &str| format!("{ticket}  {amount}  metropol/tomorrow/");
    until_asked(house, &asked("10.00 EUR")).await;
    gives(house, ticket, 500).await;
    // Whether or not the hub has asked again by itself meanwhile.
    let refused = decides(house, ticket, &["given-back"]).unwrap_err();
    let words = "5.00 EUR went back for the ticket already, and 10.00 EUR were to: \
        give 5.00 EUR by hand, and say so: `--given-minor 500`.";
    assert!(refused.contains(words), "{refused}");
    until_asked(house, &asked("5.00 EUR (5.00 EUR went back already)")).await;
    let given = |minor| decides(house, ticket, &["given-back", "--given-minor", minor]);
    assert!(given("501").unwrap_err().contains("5.00 EUR by hand"));
    assert_eq!(given("500").unwrap().trim(), "given back");
    assert!(given("500").unwrap_err().contains("This case is closed"));
    assert_eq!(evening.until_back(&sale, 1).await, [(1_000, 0)]);
    assert_eq!(evening.money(), (2_000, 2_000));
    evening.house.ends_proved().await;
}

tests::on_both_engines!(of_what_went_only_in_part_a_person_gives_the_rest);

async fn of_what_went_only_in_part_a_person_gives_the_rest(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let rules = "€1.00 of each ticket is kept.";
    evening.publishes((2, KEEPS_A_EURO), rules).await;
    let sale = evening.buys_tickets(3).await;
    let house = &evening.house;
    let [less, more, whole] = [0, 1, 2].map(|nth| sale.tickets[nth].id.as_str());
    gives(house, less, 500).await;
    gives(house, more, 1_200).await;
    gives(house, whole, 1_000).await;
    evening.wants_back(&sale, &[]).await.expect(202);
    let asks = "4.00 EUR (5.00 EUR went back already, and 1.00 EUR of its price is kept)";
    until_asked(house, asks).await;
    let words = format!("{more}  2.00 EUR  metropol/tomorrow/");
    until_asked(house, &words).await;
    let refused = decides(house, more, &["given-back"]).unwrap_err();
    let words = "12.00 EUR went back for the ticket already, and 10.00 EUR were to. \
        It is written down as it went: give nothing by hand.";
    assert!(refused.contains(words), "{refused}");
    let refused = decides(house, whole, &["given-back"]).unwrap_err();
    assert!(refused.contains("This case is closed"), "{refused}");
    decides(house, more, &["seen"]).unwrap();
    decides(house, less, &["given-back", "--given-minor", "400"]).unwrap();
    assert_eq!(
        evening.until_back(&sale, 3).await,
        [(900, 100), (1_000, 0), (1_000, 0)]
    );
    assert_eq!(evening.money(), (3_000, 2_700));
    assert!(evening.house.hub.cases().await.is_empty());
    evening.house.ends_proved().await;
}

/// What a person gave by hand is not what the provider gave: where all of a sale is back there nothing is owed, and a person is told what went twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_by_hand_and_at_the_provider_went_twice() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let rules = "€1.00 of each ticket is kept.";
    evening.publishes((2, KEEPS_A_EURO), rules).await;
    let sale = evening.buys_tickets(3).await;
    gives(&evening.house, "another", 2_500).await;
    evening.wants_back(&sale, &[0, 1]).await.expect(202);
    let [by_hand, owed] = [0, 1].map(|nth| sale.tickets[nth].id.as_str());
    let asked = |ticket: &str, amount: &str| format!("{ticket}  {amount}  metropol/tomorrow/");
    for ticket in [by_hand, owed] {
        let words = asked(ticket, "9.00 EUR (1.00 EUR of its price is kept)");
        until_asked(&evening.house, &words).await;
    }
    decides(&evening.house, by_hand, &["given-back"]).unwrap();
    // Of one of them no payment is known any more that could give it.
    evening.house.hub.kill();
    let forgets = "UPDATE refund SET payment = NULL WHERE state = 'owed'";
    plants(&evening.house.hub.database().open().unwrap(), &[forgets]).await;
    evening.house.hub.start_again().await;

    let provider = evening.house.provider.as_ref().unwrap();
    let charge = &provider.sums().charges[0].reference;
    let there = format!("{}/v1/charges/{charge}/refunds", provider.url());
    let rest = client().post(there).json(&json!({ "amount_minor": 500 }));
    assert_eq!(rest.send().await.unwrap().status(), 200);
    until_asked(&evening.house, &asked(by_hand, "9.00 EUR")).await;
    let back = evening.until_back(&sale, 3).await;
    assert_eq!(back, [(1_000, 0); 3]);
    let house = &evening.house;
    let codes = async || -> Vec<String> {
        let cases = house.hub.cases().await.into_iter();
        cases.map(|case| case.code).collect()
    };
    assert_eq!(codes().await, ["online_refund_too_much"]);
    let refused = decides(house, owed, &["given-back"]).unwrap_err();
    assert!(refused.contains("This case is closed"), "{refused}");
    decides(house, by_hand, &["seen"]).unwrap();
    assert_eq!(codes().await, [""; 0]);
    evening.house.ends_proved().await;
}

/// What head office takes back goes back whole, also where its guest had asked for it before and a person is to give it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_what_the_cinema_takes_back_while_it_is_owed() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let rules = "€1.00 of each ticket is kept.";
    evening.publishes((2, KEEPS_A_EURO), rules).await;
    let sale = evening.buys_tickets(2).await;
    let house = &evening.house;
    gives(house, "another", 1_500).await;
    evening.wants_back(&sale, &[0]).await.expect(202);
    let ticket = sale.tickets[0].id.as_str();
    let asked = |amount: &str| format!("{ticket}  {amount}  metropol/tomorrow/");
    until_asked(house, &asked("9.00 EUR (1.00 EUR of its price is kept)")).await;
    let order = ["refund", "metropol", sale.id.as_str(), "--ticket", ticket];
    let reason = ["--reason", "the seat was broken"];
    // While the provider is asked for less it is not more.
    let whole = format!("{ticket}  10.00 EUR  owed");
    until("it goes back whole", || async {
        let said = house.hub.order(&[&order[..], &reason].concat());
        (said.trim() == whole).then_some(())
    })
    .await;
    until_asked(house, &asked("10.00 EUR")).await;
    decides(house, ticket, &["given-back"]).unwrap();
    assert_eq!(evening.until_back(&sale, 1).await, [(1_000, 0)]);
    evening.house.ends_proved().await;
}

tests::on_both_engines!(nobody_pays_by_rules_that_they_have_not_been_shown);

async fn nobody_pays_by_rules_that_they_have_not_been_shown(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let free = |version, rules: &str| {
        let programme = with_refund_rules(version, rules);
        let [paid, free] = ["adult        10.00", "adult         0.00"];
        assert!(programme.contains(paid));
        programme.replace(paid, free)
    };
    evening
        .publishes((2, KEEPS_A_EURO), "€1.00 of each ticket is kept.")
        .await;
    let seat = evening.theirs.remove(0);
    let held = evening.home.hold("tomorrow", &[&seat]).await;
    let shown = held.hold.refund_terms();
    assert!(shown.until.as_ref().unwrap().contains("T19:15:00"));
    assert_eq!(shown.kept.unwrap().minor, 100);
    // What is published between hold and pay is not for these seats, whoever looks how.
    let never = "until_minutes = \"never\"";
    let cannot = "Tickets bought online for this showtime cannot be given back.";
    evening.publishes((3, never), cannot).await;
    assert_eq!(held.look().await.refund_terms(), shown);
    let path = held.path("/tenders");
    let pays = async |until: &Option<String>, kept: i64| {
        let said =
            json!({ "card": "card_approve", "refunds_until": until, "refunds_kept_minor": kept });
        let body = json!({ "card": said });
        evening.home.post(&path, &new_key(), &body).await
    };
    let later = Some("2030-01-01T00:00:00+01:00".to_owned());
    for (until, kept) in [(&later, 100), (&shown.until, 99), (&None, 100)] {
        let refused = pays(until, kept).await;
        assert_eq!(refused.problem(), (409, "rules_changed"));
    }
    evening
        .writes_to(&held, "guest@example.com")
        .await
        .expect(204);
    pays(&shown.until, 100).await.expect(202);
    assert_eq!(held.outcome().await, TenderState::Approved);
    let sale = held.sale().await;
    evening.wants_back(&sale, &[]).await.expect(202);
    assert_eq!(evening.until_back(&sale, 1).await, [(900, 100)]);

    // Chosen anew, they are those of today; and so are those of a booking that costs nothing.
    evening.imports(&free(4, KEEPS_A_EURO)).await;
    evening
        .until_says(ORDERS, "€1.00 of each ticket is kept.")
        .await;
    let seat = evening.theirs.remove(0);
    let held = evening.home.hold("tomorrow", &[&seat]).await;
    let shown = held.hold.refund_terms();
    evening.imports(&free(5, never)).await;
    evening.until_says(ORDERS, cannot).await;
    let seats = json!({ "seats": [{ "seat": seat }] });
    let anew = evening.home.put(&held.path("/seats"), &seats).await;
    let anew: Hold = anew.expect(200).body();
    assert_eq!(anew.refund_terms(), RefundTerms::default());
    let said = json!({ "refunds_until": shown.until });
    let settle = held.path("/settle");
    let refused = evening.home.post(&settle, &new_key(), &said).await;
    assert_eq!(refused.problem(), (409, "rules_changed"));
    held.settle().await.expect(200);
    assert_eq!(evening.money(), (1_000, 900));
    evening.house.ends_proved().await;
}

/// What a hub of before has dropped of a programme it is told once it keeps it, and nothing is told again after that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_was_updated_is_told_the_rules_that_it_had_dropped() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let whole = with_refund_rules(2, KEEPS_A_EURO).replace(
        "time_zone = \"Europe/Berlin\"\n",
        "time_zone = \"Europe/Berlin\"\nlocation = \"52.520008, 13.404954\"\n",
    );
    evening.imports(&whole).await;
    let rules = "€1.00 of each ticket is kept.";
    evening.until_says(ORDERS, rules).await;
    evening.house = evening.house.comes_to_rest().await;
    let House { world, hub, .. } = &mut evening.house;
    world.stop().await;
    hub.kill();
    // As a hub of before had kept it and said what it understood.
    let at_hub = hub.database().open().unwrap();
    plants(
        &at_hub,
        &[
            "UPDATE price_book SET body = json_remove(body, '$.refunds') WHERE version = 2",
            "UPDATE cinema SET body = json_remove(body, '$.location')",
            // Which nobody puts right.
            "UPDATE film SET body = json_set(body, '$.title', 'Another Club') WHERE id = 'fight-club'",
        ],
    )
    .await;
    let at_box = world.database();
    plants(
        &at_box,
        &[
            "UPDATE link SET hub_understands = REPLACE(hub_understands, ',\"price_book_imported/2\"', '')",
            "UPDATE cinema SET told = 1",
        ],
    )
    .await;
    let file = world.folder().join("appliance.db");
    let events = || -> i64 {
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'price_book_imported'";
        let stored = Connection::open(&file).unwrap();
        stored.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let told = events();
    hub.start_again().await;
    world.restart().await;
    evening.until_says(ORDERS, rules).await;
    assert!(events() > told, "it was told anew");
    let told = events();
    evening.until_says("/cinemas/metropol", "52.520008").await;
    let log = std::fs::read_to_string(evening.house.hub.log()).unwrap();
    let stays = |of: &str| {
        let words = "is told otherwise than it is kept under its version, and stays as it is";
        let mut lines = log.lines();
        lines.any(|line| line.contains(words) && line.contains(of))
    };
    assert!(stays("fight-club"), "{log}");
    assert!(!stays("standard"), "a price book is put right: {log}");
    let House { world, hub, .. } = &mut evening.house;
    hub.kill();
    hub.start_again().await;
    world.restart().await;
    let sale = evening.buys_tickets(1).await;
    evening.wants_back(&sale, &[]).await.expect(202);
    assert_eq!(evening.until_back(&sale, 1).await, [(900, 100)]);
    assert_eq!(events(), told, "once");
    evening.house.ends_proved().await;
}

/// What a guest was shown on the page that asks is what comes back, or they look at it first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_is_told_first_if_less_comes_back_than_they_were_shown() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let rules = with_refund_rules(2, KEEPS_A_EURO);
    let [before, after] =
        ["20:15", "21:30"].map(|time| format!("days = \"today+1\"\ntime = \"{time}\""));
    evening
        .publishes((2, KEEPS_A_EURO), "€1.00 of each ticket is kept.")
        .await;
    let sale = evening.buys_tickets(3).await;
    let path = path_of(&sale);
    let tickets = [0, 1].map(|nth| sale.tickets[nth].id.as_str());
    let offer = format!("{path}/give-back?ticket={}", tickets[0]);
    // At another time it would come back whole.
    evening.imports(&rules.replacen(&before, &after, 1)).await;
    let whole = "<input type=\"hidden\" name=\"back\" value=\"1000\">";
    evening.until_says(&offer, whole).await;
    evening.imports(&rules).await;
    let less = "<input type=\"hidden\" name=\"back\" value=\"900\">";
    evening.until_says(&offer, less).await;
    let of_page = format!("{}&back=1000", tickets[0]);
    // Nor does a page of before, which said no amount, promise the whole price.
    for form in [of_page.as_str(), tickets[0]] {
        let told = evening.sends_form(&path, form).await.expect(409).text;
        has(
            &told,
            &[
                "Less comes back than you were shown before",
                "1 ticket, €9.00 back to the card that paid",
                less,
            ],
        );
    }
    assert_eq!(evening.money(), (3_000, 0));
    let asks = async |back_minor: i64| {
        let body = json!({ "tickets": [tickets[1]], "back_minor": back_minor });
        let path = refunds_of(&sale);
        evening.home.post(&path, "one", &body).await
    };
    let refused = asks(901).await;
    assert_eq!(refused.problem(), (409, "comes_to_less"));
    asks(900).await.expect(202);
    // What was asked back before counts with the rest.
    let third = sale.tickets[2].id.as_str();
    let asks_for = async |tickets: &[&str], back_minor: i64| {
        let body = json!({ "tickets": tickets, "back_minor": back_minor });
        evening
            .home
            .post(&refunds_of(&sale), &new_key(), &body)
            .await
    };
    let refused = asks_for(&[tickets[1], third], 1_801).await;
    assert_eq!(refused.problem(), (409, "comes_to_less"));
    asks_for(&[tickets[1], third], 1_800).await.expect(202);
    let refused = asks_for(&[tickets[1], third], 1_801).await;
    assert_eq!(refused.problem(), (409, "comes_to_less"));
    let as_shown = format!("{}&back=900", tickets[0]);
    evening.sends_form(&path, &as_shown).await.expect(200);
    // Sent twice, by a finger that trembles: nothing more is asked.
    evening.sends_form(&path, &as_shown).await.expect(200);
    asks(900).await.expect(202);
    let reused = asks(899).await;
    assert_eq!(reused.problem(), (422, "idempotency_key_reused"));
    let back = evening.until_back(&sale, 3).await;
    assert_eq!(back, [(900, 100); 3]);
    let shown: Value = evening.home.get(&refunds_of(&sale)).await.expect(200).json;
    assert_eq!(shown["refunds"][0]["kept_tax"]["minor"], 7);
    assert_eq!(evening.money(), (3_000, 2_700));
    evening.house.ends_proved().await;
}

/// Of a ticket that costs less than is kept its whole price is, and of a companion's nothing; of a love seat each half.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_is_of_each_ticket_and_never_more_than_it_cost() {
    let evening = Evening::open(Engine::Sqlite).await;
    let keeps = "kept = \"10.50\"";
    evening
        .publishes((2, keeps), "€10.50 of each ticket is kept.")
        .await;
    let buys = async |seats: &[&str]| {
        let held = evening.home.hold("tomorrow", seats).await;
        evening
            .writes_to(&held, "guest@example.com")
            .await
            .expect(204);
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        held.sale().await
    };
    let beside = buys(&["F1", "F2"]).await;
    let page = evening.page(&path_of(&beside)).await.expect(200).text;
    has(&page, &["€10.50 of each ticket is kept; the rest"]);
    let [one, other] = [0, 1].map(|nth| beside.tickets[nth].id.as_str());
    let path = path_of(&beside);
    let offer = format!("{path}/give-back?ticket={one}&ticket={other}");
    has(
        &evening.page(&offer).await.expect(200).text,
        &[
            "2 tickets, for which nothing comes back",
            "€10.00 of their price is kept, including €0.65 tax.",
        ],
    );
    evening.wants_back(&beside, &[]).await.expect(202);
    assert_eq!(evening.until_back(&beside, 2).await, [(0, 1_000), (0, 0)]);

    let love = buys(&["E1", "E2"]).await;
    let half = evening.wants_back(&love, &[0]).await;
    assert_eq!(half.problem(), (422, "half_of_a_love_seat"));
    evening.wants_back(&love, &[0, 1]).await.expect(202);
    let back = evening.until_back(&love, 2).await;
    assert_eq!(back, [(350, 1_050), (350, 1_050)]);
    assert_eq!(evening.money(), (3_800, 700));
    evening.house.ends_proved().await;
}
