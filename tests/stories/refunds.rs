//! A guest at home gives tickets back: the cinema says whether they were used, and the sandbox gives the money back, once, whatever is
//! killed meanwhile.

use appliance::control::Consent;
use appliance_api::Admission;
use cloud_hub::payments::protocol::RefundRequest;
use counter_api::{RefundState, Refunds, Sale, SeatState, TenderState, Ticket};
use hub_api::SoldToday;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Answer, House, PROGRAMME, Seller, Sides, client, new_key, until};

/// A guest at home who has bought two tickets, and an usher.
pub(crate) struct Evening {
    pub(crate) house: House,
    pub(crate) home: Seller,
    usher: Seller,
    pub(crate) sale: Sale,
    /// The hub's seats of `tomorrow`; they bought the first two.
    theirs: Vec<String>,
}

impl Evening {
    pub(crate) async fn open(engine: Engine) -> Self {
        let house = House::open(engine).await;
        let Sides { home, theirs, .. } = house.until_both_sell().await;
        let usher = house.world.usher().await;
        let held = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        let sale = held.sale().await;
        Self {
            house,
            home,
            usher,
            sale,
            theirs,
        }
    }

    fn path(&self) -> String {
        format!("/api/v1/sales/{}/refunds", self.sale.id)
    }

    async fn asks_back(&self, key: &str, tickets: &[&Ticket]) -> Answer {
        let tickets: Vec<_> = tickets.iter().map(|ticket| &ticket.id).collect();
        let body = json!({ "tickets": tickets });
        self.home.post(&self.path(), key, &body).await
    }

    /// Where each ticket stands that was asked back.
    async fn states(&self) -> Vec<RefundState> {
        let now: Refunds = self.home.get(&self.path()).await.expect(200).body();
        now.refunds.iter().map(|refund| refund.state).collect()
    }

    async fn until_all(&self, state: RefundState) {
        until("all refunds are there", || async {
            let states = self.states().await;
            let all = states.iter().all(|now| *now == state);
            (!states.is_empty() && all).then_some(())
        })
        .await;
    }

    /// The cinema cancels what they have bought; gives what the import says.
    pub(crate) async fn cancels(&self) -> String {
        let id = "id = \"tomorrow\"\n";
        let cancelled = PROGRAMME.replace(id, &format!("{id}status = \"cancelled\"\n"));
        let unheard = self.house.world.import(&cancelled).await;
        assert!(unheard.is_err(), "it touches what is sold: {unheard:?}");
        let world = &self.house.world;
        let import = world.import_with(&cancelled, Consent::Given).await;
        import.expect("it is meant so")
    }

    pub(crate) async fn scan(&self, code: &str) -> Answer {
        let body = json!({ "code": code, "showtime": "tomorrow" });
        let path = "/api/v1/door/admissions";
        self.usher.post(path, &new_key(), &body).await
    }

    /// What was taken and what was given back, in minor units.
    pub(crate) fn money(&self) -> (i64, i64) {
        let sums = self.house.provider.as_ref().unwrap().sums();
        (sums.captured_minor, sums.refunded_minor)
    }

    /// Nobody who takes money is there any more.
    async fn provider_goes(&mut self) -> String {
        let provider = self.house.provider.take().unwrap();
        let url = provider.url();
        provider.stop().await;
        url
    }

    async fn provider_comes(&mut self, url: &str) {
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        let book = self.house.book.path().join("book");
        let provider = PaymentProvider::start_at(address, Some(book), SECRET).await;
        self.house.provider = Some(provider.unwrap());
    }

    async fn hub_is_killed(&mut self) {
        self.house.hub.kill();
        self.house.hub.start_again().await;
    }
}

#[tokio::test]
async fn a_love_seat_goes_back_whole() {
    let evening = Evening::open(Engine::Sqlite).await;
    let held = evening.home.hold("tomorrow", &["E1", "E2"]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    let path = format!("/api/v1/sales/{}/refunds", sale.id);
    let half = json!({ "tickets": [sale.tickets[1].id] });
    let refused = evening.home.post(&path, &new_key(), &half).await;
    assert_eq!(refused.problem(), (422, "half_of_a_love_seat"));
    assert!(refused.text.contains("E2 and E1"), "{}", refused.text);
    let whole = json!({ "tickets": [sale.tickets[1].id, sale.tickets[0].id] });
    evening
        .home
        .post(&path, &new_key(), &whole)
        .await
        .expect(202);
    until("both halves can be had again", || async {
        let mut free = true;
        for half in ["E1", "E2"] {
            free &= evening.home.sees("tomorrow", half).await == SeatState::Free;
        }
        free.then_some(())
    })
    .await;
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(a_ticket_goes_back_and_its_seat_is_sold_anew);

async fn a_ticket_goes_back_and_its_seat_is_sold_anew(engine: Engine) {
    let evening = Evening::open(engine).await;
    let [first, second] = &evening.sale.tickets[..] else {
        panic!("two tickets")
    };
    let asked = evening.asks_back("back", &[first]).await.expect(202);
    let refunds: Refunds = asked.body();
    assert_eq!(refunds.refunds[0].amount.minor, 1_000);
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money(), (2_000, 1_000));

    // The same request again, and another one for the same ticket: nothing more is asked.
    evening.asks_back("back", &[first]).await.expect(202);
    evening.asks_back(&new_key(), &[first]).await.expect(202);
    let other = evening.asks_back("back", &[second]).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused"));
    let stranger = evening.house.hub.guest("metropol").await;
    let theirs = stranger.post(&evening.path(), &new_key(), &json!({})).await;
    assert_eq!(theirs.problem(), (404, "unknown_sale"));
    assert_eq!(
        stranger.get(&evening.path()).await.problem(),
        (404, "unknown_sale")
    );
    assert_eq!(evening.states().await, [RefundState::Returned]);
    assert_eq!(evening.money(), (2_000, 1_000));

    let revoked = (409, "ticket_revoked");
    assert_eq!(evening.scan(&first.code).await.problem(), revoked);
    let seat = first.seat.as_str();
    assert_eq!(stranger.sees("tomorrow", seat).await, SeatState::Free);
    let held = stranger.hold("tomorrow", &[seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let anew = held.sale().await.tickets.remove(0);
    assert!(anew.edition > first.edition);
    assert_eq!(evening.scan(&first.code).await.problem(), revoked);
    evening.scan(&anew.code).await.expect(201);
    evening.scan(&second.code).await.expect(201);
    assert_eq!(evening.money(), (3_000, 1_000));
}

tests::on_both_engines!(who_came_during_the_cut_is_inside_and_no_money_moves);

async fn who_came_during_the_cut_is_inside_and_no_money_moves(engine: Engine) {
    let evening = Evening::open(engine).await;
    let ticket = evening.sale.tickets[0].clone();
    evening.house.cable.pull();
    evening.asks_back(&new_key(), &[&ticket]).await.expect(202);
    assert_eq!(evening.states().await, [RefundState::Asked]);
    let let_in: Admission = evening.scan(&ticket.code).await.expect(201).body();
    assert!(let_in.proven);
    assert_eq!(evening.states().await, [RefundState::Asked]);

    evening.house.cable.put_in();
    evening.until_all(RefundState::Refused).await;
    assert_eq!(evening.money(), (2_000, 0));
    let hub = &evening.house.hub;
    let cases = async || -> Vec<String> {
        let shown = hub.cases().await.into_iter();
        shown.map(|case| case.code).collect()
    };
    assert_eq!(cases().await, ["refund_admitted"]);
    assert!(
        hub.order(&["cases"])
            .contains("give-back, all of it, or keep?")
    );
    let cookie = hub.cookie().await;
    let decides = async |decision: &str, reason: &str| {
        let path = format!("/api/v1/head-office/refunds/{}", ticket.id);
        let asked = client()
            .post(format!("{}{path}", hub.url()))
            .header(COOKIE, cookie)
            .json(&json!({ "decision": decision, "reason": reason }));
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!(decides("give_back", " ").await, 422, "it needs a reason");
    assert_eq!(
        decides("given_back", "by hand").await,
        409,
        "nothing is owed"
    );
    assert_eq!(decides("give_back", "the projector broke").await, 204);
    assert_eq!(cases().await, [""; 0]);
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money(), (2_000, 1_000));
    let again = evening.scan(&ticket.code).await;
    assert_eq!(again.problem(), (409, "already_admitted"));
    assert_eq!(decides("keep", "again").await, 409);
}

tests::on_both_engines!(what_went_back_at_the_provider_takes_its_tickets_along);

async fn what_went_back_at_the_provider_takes_its_tickets_along(engine: Engine) {
    let evening = Evening::open(engine).await;
    let provider = evening.house.provider.as_ref().unwrap();
    let charge = provider.sums().charges[0].reference.clone();
    let there = format!("{}/v1/charges/{charge}/refunds", provider.url());
    let by_the_bank = client().post(there).json(&json!({ "amount_minor": 2_000 }));
    let given = by_the_bank.send().await.unwrap().status().as_u16();
    assert_eq!((given, evening.money()), (200, (2_000, 2_000)));
    evening.until_all(RefundState::Returned).await;
    for ticket in &evening.sale.tickets {
        let refused = evening.scan(&ticket.code).await;
        assert_eq!(refused.problem(), (409, "ticket_revoked"));
    }
    evening.asks_back(&new_key(), &[]).await.expect(202);
    let cases = evening.house.hub.order(&["cases"]);
    assert!(
        !cases.contains("by hand"),
        "nobody pays it once more: {cases}"
    );
    assert_eq!(evening.money(), (2_000, 2_000));
}

tests::on_both_engines!(what_is_cancelled_goes_back_without_asking);

async fn what_is_cancelled_goes_back_without_asking(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let ticket = evening.sale.tickets[0].clone();
    // The cinema has heard of two tickets, and not of the third.
    evening.house = evening.house.comes_to_rest().await;
    evening.house.cable.pull();
    let neighbour = evening.house.hub.guest("metropol").await;
    let held = neighbour.hold("tomorrow", &[&evening.theirs[2]]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let theirs = format!("/api/v1/sales/{}/refunds", held.sale().await.id);
    let said = evening.cancels().await;
    for words in ["2 tickets are sold online", "the money back without asking"] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(evening.money(), (3_000, 0));

    evening.house.cable.put_in();
    until("all have their money", || async {
        (evening.money() == (3_000, 3_000)).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    until("the neighbour is told so too", || async {
        let last: Refunds = neighbour.get(&theirs).await.expect(200).body();
        (last.refunds[0].state == RefundState::Returned).then_some(())
    })
    .await;
    let refused = evening.scan(&ticket.code).await;
    assert_eq!(refused.problem(), (409, "showtime_cancelled"));
    // Whoever asks all the same gets it once.
    evening.asks_back(&new_key(), &[&ticket]).await.expect(202);
    evening.hub_is_killed().await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money(), (3_000, 3_000));
}

tests::on_both_engines!(a_cancellation_that_is_interrupted_goes_on_where_it_was);

/// All guests of a showtime have their money back once, wherever on the way the hub is killed.
async fn a_cancellation_that_is_interrupted_goes_on_where_it_was(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    for seat in &evening.theirs[2..6] {
        let neighbour = evening.house.hub.guest("metropol").await;
        let held = neighbour.hold("tomorrow", &[seat]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    }
    evening.house = evening.house.comes_to_rest().await;
    let provider = evening.provider_goes().await;
    let charge = evening.sale.tenders[0].id.clone();
    evening.cancels().await;
    evening.until_all(RefundState::Owed).await;
    let compared = evening.house.hub.try_order(&["compare-payments"]);
    let words = compared.expect_err("nobody has a list");
    assert!(words.contains("cannot be compared now"), "{words}");
    evening.hub_is_killed().await;
    assert_eq!(evening.states().await, [RefundState::Owed; 2]);

    // One of six is given, and the hub is killed before it hears so; then while it gives the others.
    evening.house.hub.kill();
    evening.provider_comes(&provider).await;
    let ticket = &evening.sale.tickets[0].id;
    let part = format!("{provider}/v1/charges/{charge}/parts/{ticket}");
    let given = client().put(part).json(&RefundRequest {
        amount_minor: 1_000,
    });
    assert_eq!(given.send().await.unwrap().status().as_u16(), 200);
    evening.house.hub.start_again().await;
    until("it gives on", || async {
        (evening.money().1 > 1_000).then_some(())
    })
    .await;
    evening.hub_is_killed().await;
    evening.until_all(RefundState::Returned).await;
    until("all have their money", || async {
        (evening.money() == (6_000, 6_000)).then_some(())
    })
    .await;
    evening.hub_is_killed().await;
    evening.until_all(RefundState::Returned).await;
    let compared = evening.house.hub.order(&["compare-payments"]);
    assert!(
        compared.contains("every payment in it is known here"),
        "{compared}"
    );
    assert_eq!(evening.money(), (6_000, 6_000));
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(a_hub_that_is_killed_between_each_step_gives_the_money_once);

async fn a_hub_that_is_killed_between_each_step_gives_the_money_once(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let tickets = evening.sale.tickets.clone();
    evening.house.cable.pull();
    let asked = evening.asks_back("all", &[]).await.expect(202).text;
    evening.hub_is_killed().await;
    assert_eq!(evening.states().await, [RefundState::Asked; 2]);
    assert_eq!(evening.asks_back("all", &[]).await.expect(202).text, asked);

    // The cinema answers, and whoever gives the money is away.
    let provider = evening.provider_goes().await;
    evening.house.cable.put_in();
    evening.until_all(RefundState::Owed).await;
    for ticket in &tickets {
        let refused = evening.scan(&ticket.code).await;
        assert_eq!(refused.problem(), (409, "ticket_revoked"));
    }
    evening.hub_is_killed().await;
    assert_eq!(evening.states().await, [RefundState::Owed; 2]);

    // One is given, and the hub is killed before it hears so.
    evening.house.hub.kill();
    evening.provider_comes(&provider).await;
    let reference = evening.sale.tenders[0].id.clone();
    let part = format!("{provider}/v1/charges/{reference}/parts/{}", tickets[0].id);
    let amount_minor = 1_000;
    let given = client().put(part).json(&RefundRequest { amount_minor });
    assert_eq!(given.send().await.unwrap().status().as_u16(), 200);
    assert_eq!(evening.money(), (2_000, 1_000));
    evening.house.hub.start_again().await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money(), (2_000, 2_000));
    evening.hub_is_killed().await;
    assert_eq!(evening.states().await, [RefundState::Returned; 2]);
    assert_eq!(evening.money(), (2_000, 2_000));
}

#[tokio::test]
async fn head_office_takes_tickets_back_and_says_why() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let sale = evening.sale.id.to_string();
    let refused = hub.try_order(&["refund", "metropol", "none", "--reason", "ill"]);
    assert!(refused.unwrap_err().contains("no such sale"));
    let seen = async || hub.sees("metropol").await.unwrap();
    let (today, ahead) = (seen().await.today, seen().await.ahead);
    assert_eq!(today.sold, today.online);
    let in_all = |sold: &SoldToday| (sold.sales, sold.tickets, sold.total.map(|it| it.minor));
    assert_eq!(in_all(&today.online), (1, 2, Some(2_000)));
    assert_eq!((ahead[0].tickets, ahead[0].showtimes), (2, 1));
    // By the number that the guest reads to them.
    let named = evening.sale.receipt_number.to_lowercase();
    let said = hub.order(&["refund", "metropol", &named, "--reason", "the guest is ill"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    evening.until_all(RefundState::Returned).await;
    assert_eq!(in_all(&seen().await.today.sold), (1, 0, Some(0)));
    assert_eq!(seen().await.ahead, []);
    assert_eq!(evening.money(), (2_000, 2_000));
    let cookie = hub.cookie().await;
    let asks = async |body: Value| {
        let asked = client()
            .post(format!("{}/api/v1/head-office/refunds", hub.url()))
            .header(COOKIE, cookie)
            .header("idempotency-key", "office")
            .json(&body);
        asked.send().await.unwrap().status().as_u16()
    };
    let body = json!({ "cinema": "metropol", "sale": sale, "reason": "asked twice" });
    assert_eq!(asks(body.clone()).await, 202);
    assert_eq!(asks(body).await, 202);
    let nowhere = json!({ "cinema": "odeon", "sale": sale, "reason": "asked" });
    assert_eq!(asks(nowhere).await, 404);
    assert_eq!(evening.money(), (2_000, 2_000));
}
