//! Keys change hands: the hub signs with a new one, a box is stolen, a hub is put back; and whoever has bought a ticket is let in, and nobody
//! else.

use std::path::Path;

use appliance::control::Order;
use appliance_api::Admission;
use counter::TicketSeed;
use counter_api::{Ticket, TicketKeys};
use serde_json::json;
use service::Clock;
use tests::engine::Engine;
use tests::world::{Answer, House, Hub, Left, PROGRAMME, Seller, Sides, World, new_key, until};
use wire::KeyId;
use wire::ticket::{Claims, TicketKeyRing, TicketSigner, verify};

use crate::forgotten::{buy, until_it_has_recovered};
use crate::put_back::{Backup, expects};

const STOLEN: (u16, &str) = (422, "ticket_of_a_stolen_key");

async fn scan(usher: &Seller, code: &str) -> Answer {
    let body = json!({ "code": code, "showtime": "tomorrow" });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await
}

async fn lets_in(usher: &Seller, ticket: &Ticket) -> Admission {
    scan(usher, &ticket.code).await.expect(201).body()
}

/// What signs with the file that lies in a folder.
fn thief(folder: &Path, file: &str, grows: fn([u8; 32]) -> TicketSeed) -> TicketSigner {
    let seed = std::fs::read(folder.join(file)).unwrap();
    grows(seed.try_into().unwrap()).signer(&"metropol".parse().unwrap())
}

/// What a code says, and who has signed it.
async fn read(ticket: &Ticket, seller: &Seller) -> (KeyId, Claims) {
    let known: TicketKeys = seller.get("/api/v1/ticket-keys").await.expect(200).body();
    let keys = known.keys.iter().map(|key| {
        let bytes = wire::key::unhex(&key.x).unwrap();
        let bytes: [u8; 32] = bytes.try_into().unwrap();
        wire::PublicKey::from_bytes("metropol".parse().unwrap(), &bytes).unwrap()
    });
    let read = verify(&ticket.code, &TicketKeyRing::new(keys)).unwrap();
    (read.key, read.claims)
}

/// A ticket that nobody has sold.
fn unknown(claims: &Claims) -> Claims {
    Claims {
        ticket: "nobodys-ticket".parse().unwrap(),
        ..claims.clone()
    }
}

/// The kid of what signs the tickets of guests at home.
async fn signs_with(home: &Seller) -> String {
    let known: TicketKeys = home.get("/api/v1/ticket-keys").await.expect(200).body();
    known.keys[0].kid.clone()
}

async fn until_another_key_signs(home: &Seller, before: &str) -> String {
    until("a new key signs", || async {
        let kid = signs_with(home).await;
        (kid != before).then_some(kid)
    })
    .await
}

/// The box has heard that a key is stolen: it vouches for it no more.
async fn until_not_vouched_for(lobby: &Seller, kid: &str) {
    until("the box knows that it is stolen", || async {
        let known: TicketKeys = lobby.get("/api/v1/ticket-keys").await.expect(200).body();
        let is_stolen = known.keys.iter().all(|key| key.kid != kid);
        is_stolen.then_some(())
    })
    .await;
}

/// How many keys are believed at a box.
async fn believed(lobby: &Seller) -> usize {
    let known: TicketKeys = lobby.get("/api/v1/ticket-keys").await.expect(200).body();
    known.keys.len()
}

tests::on_both_engines!(a_new_key_signs_once_the_cinema_has_it_and_both_open_the_door);

async fn a_new_key_signs_once_the_cinema_has_it_and_both_open_the_door(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let first = signs_with(&home).await;
    let before = buy(&home, &lobby, &theirs[0]).await.tickets;
    assert_eq!(read(&before[0], &lobby).await.0.to_string(), first);

    // What the cinema has not heard signs nothing.
    house.until_cut(&lobby).await;
    let said = house.hub.order(&["renew-ticket-keys"]);
    assert!(
        said.contains("1 cinema") && said.contains("ticket-2.key"),
        "{said}"
    );
    let held = home.hold("tomorrow", &[&theirs[1]]).await;
    held.pay_with("card_approve").await;
    let in_the_cut = held.sale().await.tickets;
    assert_eq!(read(&in_the_cut[0], &lobby).await.0.to_string(), first);
    assert!(lets_in(&usher, &in_the_cut[0]).await.found);

    house.cable.put_in();
    let second = until_another_key_signs(&home, &first).await;
    let after = buy(&home, &lobby, &theirs[2]).await.tickets;
    assert_eq!(read(&after[0], &lobby).await.0.to_string(), second);
    let late = buy(&home, &lobby, &theirs[3]).await.tickets;
    house.until_cut(&lobby).await;
    assert!(!lets_in(&usher, &before[0]).await.found);
    assert!(!lets_in(&usher, &after[0]).await.found);
    // An order that is opened again shows a code of the new key, which is one ticket with the old.
    let shown: Ticket = home
        .get(&format!("/api/v1/tickets/{}", before[0].id))
        .await
        .expect(200)
        .body();
    assert_ne!(shown.code, before[0].code);
    let again = scan(&usher, &shown.code).await;
    assert_eq!(again.problem(), (409, "already_admitted"));

    // It outlives both processes.
    house.hub.kill();
    house.hub.start_again().await;
    house.world.restart().await;
    assert_eq!(signs_with(&home).await, second);
    let usher = house.world.again(&usher);
    lets_in(&usher, &late[0]).await;
    house.cable.put_in();
    house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_stolen_key_of_the_hub_has_signed_counts_where_the_ticket_is_known() {
    let house = House::open(Engine::Sqlite).await;
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let first = signs_with(&home).await;
    let sold = buy(&home, &lobby, &theirs[0]).await.tickets;
    let later = buy(&home, &lobby, &theirs[1]).await.tickets;
    let thief = thief(&house.hub.data(), "ticket.key", TicketSeed::OfEach);
    let (kid, claims) = read(&sold[0], &lobby).await;
    assert_eq!(kid, thief.public().id());
    let (_, of_later) = read(&later[0], &lobby).await;

    // Who has bought in a cut is let in, whatever the box hears first when the line is back.
    house.until_cut(&lobby).await;
    let held = home.hold("tomorrow", &[&theirs[4], &theirs[5]]).await;
    held.pay_with("card_approve").await;
    let before = held.sale().await.tickets;
    let said = house.hub.order(&["renew-ticket-keys", "--stolen"]);
    assert!(said.contains("where the ticket is known"), "{said}");
    assert!(
        lets_in(&usher, &before[0]).await.found,
        "nobody has told it"
    );
    house.cable.put_in();
    until_not_vouched_for(&lobby, &first).await;
    assert_ne!(signs_with(&home).await, first);
    assert!(
        !lets_in(&usher, &before[1]).await.found,
        "it is told of first"
    );
    let seat = theirs[2].parse().unwrap();
    let of_another_seat = Claims {
        seat,
        ..claims.clone()
    };
    let of_another_edition = Claims {
        edition: claims.edition + 1,
        ..claims.clone()
    };
    for forged in [unknown(&claims), of_another_seat, of_another_edition] {
        let refused = scan(&usher, &thief.sign(&forged)).await;
        assert_eq!(refused.problem(), STOLEN, "{forged:?}");
    }
    assert!(!lets_in(&usher, &sold[0]).await.found);
    // A ticket that is known for one showtime is not known for another.
    let elsewhere = Claims {
        showtime: "tonight".parse().unwrap(),
        ..of_later
    };
    let body = json!({ "code": thief.sign(&elsewhere), "showtime": "tonight" });
    let path = "/api/v1/door/admissions";
    let refused = usher.post(path, &new_key(), &body).await;
    assert_eq!(refused.problem(), STOLEN);
    // With the new key somebody may come who is not known.
    house.until_cut(&lobby).await;
    let held = home.hold("tomorrow", &[&theirs[3]]).await;
    held.pay_with("card_approve").await;
    let in_the_cut = held.sale().await.tickets;
    assert!(lets_in(&usher, &in_the_cut[0]).await.found);
    house.cable.put_in();
    house.comes_to_rest().await;
}

/// Somebody carries a box away, with its keys.
#[tokio::test]
async fn the_box_after_a_stolen_one_lets_in_who_is_known_and_nobody_whom_the_thief_invites() {
    let hub = Hub::start().await;
    let stolen = World::open_on(Clock::system()).await;
    stolen.enrol(&hub).await;
    let clerk = stolen.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let held = clerk.hold("tomorrow", &["A1"]).await;
    let sold = held.cash(10_000).await.tickets;
    until("the hub hears of it", || async {
        let metropol = hub.sees("metropol").await?;
        (metropol.today.sold.sales == 1).then_some(())
    })
    .await;
    let thief = thief(stolen.folder(), "ticket.key", TicketSeed::OfOne);
    let (kid, claims) = read(&sold[0], &clerk).await;
    assert_eq!(kid, thief.public().id());
    stolen.expects_error("the link is refused");
    stolen.expects_error("head office has revoked this box");
    stolen.leaves(Left::Events);
    let nobody = hub.try_order(&["stolen", "metropol", "--device", "nobody"]);
    assert!(nobody.unwrap_err().contains("no box of this name"));
    let nowhere = hub.try_order(&["stolen", "odeon"]);
    assert!(nowhere.unwrap_err().contains("has no box"));
    let unsure = hub.try_order(&["stolen", "metropol"]).unwrap_err();
    assert!(
        unsure.contains("present box") && unsure.contains("--yes"),
        "{unsure}"
    );
    let said = hub.order(&["stolen", "metropol", "--yes"]);
    assert!(said.contains("are revoked"), "{said}");
    until("the stolen one is told", || async {
        let status = clerk.get("/api/v1/status").await.expect(200).json;
        (status["link"] == "refused").then_some(())
    })
    .await;

    let next = World::without_programme_on(Clock::system()).await;
    next.import(PROGRAMME).await.unwrap();
    let code = hub.order(&["replace", "metropol", "--yes"]);
    let enrol = Order::Enrol {
        code: code.trim().to_owned(),
        hub: hub.url(),
    };
    next.order(enrol).await.unwrap();
    let usher = next.usher().await;
    let refused = scan(&usher, &thief.sign(&unknown(&claims))).await;
    assert_eq!(refused.problem(), STOLEN);
    assert!(!lets_in(&usher, &sold[0]).await.found);
    let words = refused.json["detail"].as_str().unwrap();
    assert!(words.contains("open their order once more"), "{words}");
    let named = hub.try_order(&["stolen", "metropol"]).unwrap_err();
    assert!(named.contains("Those before it were"), "{named}");
}

/// The hub's data is put back to a time before it had its new key; the file of the key is there.
#[tokio::test]
async fn a_hub_that_is_put_back_takes_its_list_of_keys_from_the_cinema() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let first = signs_with(&home).await;
    let backup = Backup::of(&house.hub);
    let thief = thief(&house.hub.data(), "ticket.key", TicketSeed::OfEach);
    let sold = buy(&home, &lobby, &theirs[0]).await.tickets;
    let (_, claims) = read(&sold[0], &lobby).await;
    house.hub.order(&["renew-ticket-keys", "--stolen"]);
    until_not_vouched_for(&lobby, &first).await;
    let second = signs_with(&home).await;
    house.hub.order(&["renew-ticket-keys"]);
    let third = until_another_key_signs(&home, &second).await;
    backup.put_back(&mut house.hub).await;
    until_it_has_recovered(&house.hub).await;
    until("what the cinema has signs again", || async {
        (signs_with(&home).await == third).then_some(())
    })
    .await;
    // That the first is stolen it has from the cinema, and so has the next box that it tells.
    house.hub.order(&["renew-ticket-keys"]);
    until_another_key_signs(&home, &third).await;
    assert_eq!(believed(&lobby).await, 4, "three of the hub, and its own");
    let refused = scan(&usher, &thief.sign(&unknown(&claims))).await;
    assert_eq!(refused.problem(), STOLEN);
    assert!(!lets_in(&usher, &sold[0]).await.found);

    // Without the newest file it signs with the one before, until that is put back.
    house
        .hub
        .expects_error("the file of the key that signs tickets is missing");
    let newest = signs_with(&home).await;
    let file = house.hub.data().join("ticket-4.key");
    let aside = file.with_extension("aside");
    for (from, to, signs) in [(&file, &aside, &third), (&aside, &file, &newest)] {
        house.hub.kill();
        std::fs::rename(from, to).unwrap();
        house.hub.start_again().await;
        until("the newest that is there signs", || async {
            (signs_with(&home).await == *signs).then_some(())
        })
        .await;
    }
}
