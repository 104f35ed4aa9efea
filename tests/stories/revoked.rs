//! A box whose keys are revoked: the hub hears it no more, it sells nothing new, and no other is enrolled that does not know what was sold.

use appliance::control::Order;
use appliance_api::{Admission, LinkState, Status};
use box_office::LinkTrouble;
use counter_api::TenderState;
use serde_json::json;
use service::Clock;
use tests::card_terminal::Behaviour;
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Hub, Left, Seller, World, new_key, until};

tests::on_both_engines!(no_box_takes_the_place_of_one_that_may_have_sold);

async fn no_box_takes_the_place_of_one_that_may_have_sold(engine: Engine) {
    let provider = PaymentProvider::start().await;
    let payments = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let mut hub = Hub::start_and(engine, &payments).await;
    let mut world = World::open_on(Clock::system()).await;
    let other = World::open_on(Clock::system()).await;
    let [code, second] = [(); 2].map(|()| hub.code("metropol"));
    let enrol = |code: &str| Order::Enrol {
        code: code.to_owned(),
        hub: hub.url(),
    };
    world.order(enrol(&code)).await.unwrap();
    let clerk = world.clerk().await;
    let sold = clerk.hold("tomorrow", &["D4"]).await.cash(5_000).await;
    until("the hub hears of the sale", || async {
        let metropol = hub.sees("metropol").await?;
        (metropol.today.sold.sales == 1).then_some(())
    })
    .await;

    let (second, again) = (enrol(&second), ["enrol", "metropol"]);
    let has_one = "has a box already";
    let had_one = "must know what that box has sold";
    let refused = hub.try_order(&again).unwrap_err();
    assert!(refused.contains(has_one), "{refused}");
    let refused = other.order(second.clone()).await.unwrap_err();
    assert!(refused.contains(has_one), "{refused}");

    // One guest is paying, another has chosen.
    let guest = world.guest().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let paying = guest.hold("tomorrow", &["D6"]).await;
    paying.begin_card().await.expect(202);
    let till = world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    let chosen = clerk.hold("tomorrow", &["D8"]).await;

    let said = hub.order(&["revoke", "metropol"]);
    assert!(said.contains("nothing of it is sold online"), "{said}");
    // Nobody at home buys what no box would hear of, before another has taken its place.
    let home = hub.guest("metropol").await;
    let asked = home.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(asked.problem(), (503, "selling_stopped"));
    let cases = hub.order(&["cases"]);
    assert!(cases.contains("its box is revoked"), "{cases}");
    let [shown] = &hub.cases().await[..] else {
        panic!("head office sees one thing that waits")
    };
    let order = Some("cloud-hub replace metropol --yes");
    assert_eq!(
        (&*shown.code, shown.order.as_deref()),
        ("box_revoked", order)
    );
    let link = until("the box is refused", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.link_trouble == Some(LinkTrouble::KeyRevoked)).then_some(status.link)
    })
    .await;
    assert_eq!(link, LinkState::Refused);
    let words = world.order(Order::Status).await.unwrap();
    assert!(
        words.contains("head office has revoked this box"),
        "{words}"
    );
    let refused = hub.try_order(&again).unwrap_err();
    assert!(refused.contains(had_one), "{refused}");
    let refused = other.order(second).await.unwrap_err();
    assert!(refused.contains(had_one), "{refused}");
    world.leaves(Left::Events);
    world.expects_error("the link is refused: head office has revoked this box");
    world.expects_error("head office has revoked this box: nothing more is sold at it");
    sells_nothing_new(&world, &clerk).await;
    let cash = json!({ "cash_given_minor": 5_000 });
    let settled = clerk.post(&chosen.path("/settle"), &new_key(), &cash).await;
    assert_eq!(settled.problem(), (503, "box_revoked"));
    // What is being paid comes to its end.
    world.terminal.decide(&till.payments[0].reference, true);
    assert_eq!(paying.outcome().await, TenderState::Approved);
    let paid = paying.sale().await;
    // It stays so without the line, and whoever has a ticket is let in.
    hub.kill();
    world.restart().await;
    let clerk = world.again(&clerk);
    sells_nothing_new(&world, &clerk).await;
    let usher = world.usher().await;
    for ticket in [&sold.tickets[0], &paid.tickets[0]] {
        let body = json!({ "code": ticket.code, "showtime": "tomorrow" });
        let path = "/api/v1/door/admissions";
        let scan = usher.post(path, &new_key(), &body).await;
        let admitted: Admission = scan.expect(201).body();
        assert!(!admitted.proven, "another may have let them in");
    }
    hub.start_again().await;
    assert_eq!(hub.sees("metropol").await.unwrap().today.sold.sales, 1);
}

/// What a revoked box says, and to whom.
async fn sells_nothing_new(world: &World, clerk: &Seller) {
    let refused = clerk.ask_for("tomorrow", &["D5"]).await;
    assert_eq!(refused.problem(), (503, "box_revoked"));
    let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.out_of_service.as_deref(), Some("F10"));
    let ready = clerk.get("/readyz").await;
    assert_eq!(ready.problem(), (503, "box_revoked"));
    let words = world.order(Order::Status).await.unwrap();
    let is_said = words.contains("selling: stopped. Head office has revoked this box")
        && words.contains("cloud-hub replace")
        && !words.contains("selling goes on");
    assert!(is_said, "{words}");
    let accept = Order::AcceptLoss {
        reason: "it is Friday night".to_owned(),
        set_back: false,
    };
    let words = world.order(accept).await.unwrap_err();
    assert!(words.contains("cloud-hub replace"), "{words}");
}
