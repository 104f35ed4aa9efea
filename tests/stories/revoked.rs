//! A box whose keys are revoked: the hub hears it no more, and no other is enrolled that does not know what was sold.

use appliance::control::Order;
use appliance_api::{LinkState, Status};
use box_office::LinkTrouble;
use service::Clock;
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Hub, Left, World, until};

tests::on_both_engines!(no_box_takes_the_place_of_one_that_may_have_sold);

async fn no_box_takes_the_place_of_one_that_may_have_sold(engine: Engine) {
    let provider = PaymentProvider::start().await;
    let payments = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let hub = Hub::start_and(engine, &payments).await;
    let world = World::open_on(Clock::system()).await;
    let other = World::open_on(Clock::system()).await;
    let [code, second] = [(); 2].map(|()| hub.code("metropol"));
    let enrol = |code: &str| Order::Enrol {
        code: code.to_owned(),
        hub: hub.url(),
    };
    world.order(enrol(&code)).await.unwrap();
    let clerk = world.clerk().await;
    clerk.hold("tomorrow", &["D4"]).await.cash(5_000).await;
    until("the hub hears of the sale", || async {
        let metropol = hub.sees("metropol").await?;
        (metropol.today.sales == 1).then_some(())
    })
    .await;

    let (second, again) = (enrol(&second), ["enrol", "metropol"]);
    let has_one = "has a box already";
    let had_one = "must know what that box has sold";
    let refused = hub.try_order(&again).unwrap_err();
    assert!(refused.contains(has_one), "{refused}");
    let refused = other.order(second.clone()).await.unwrap_err();
    assert!(refused.contains(has_one), "{refused}");

    let said = hub.order(&["revoke", "metropol"]);
    assert!(said.contains("nothing of it is sold online"), "{said}");
    // Nobody at home buys what no box would hear of, before another has taken its place.
    let home = hub.guest("metropol").await;
    let asked = home.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(asked.problem(), (503, "selling_stopped"));
    let cases = hub.order(&["cases"]);
    assert!(cases.contains("its box is revoked"), "{cases}");
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
    // It sells on, and its hub keeps what it was told and hears no more.
    world.leaves(Left::Events);
    world.expects_error("the link is refused: head office has revoked this box");
    clerk.hold("tomorrow", &["D5"]).await.cash(5_000).await;
    assert_eq!(hub.sees("metropol").await.unwrap().today.sales, 1);
}
