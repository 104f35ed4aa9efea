//! A cinema says by which rules guests at home give tickets back: they read them before they buy, on their booking and in their mail, and the hub
//! goes by those under which it has sold.

use std::path::Path;

use counter_api::{Refund, RefundState, Refunds, Sale, TenderState};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::world::{Answer, House, client, new_key, until, with_refund_rules};

use crate::mails::Evening;

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

    /// Comes to rest, and has the audit read what both sides have stored.
    async fn ends_proved(self) {
        let House {
            mut world, mut hub, ..
        } = self.house.comes_to_rest().await;
        world.stop().await;
        hub.kill();
        // A hub on a server has its database named in its settings.
        let folders: [&Path; 2] = [&hub.settings(), world.folder()];
        let found = tests::proving::found(&tests::proving::evidence(&folders));
        assert_eq!(found, Vec::<String>::new());
    }
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
            "data-back=\"Tickets bought online can be given back until the showtime begins.",
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
    evening.ends_proved().await;
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
    evening.ends_proved().await;
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
