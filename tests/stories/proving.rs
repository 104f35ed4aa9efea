//! `prove`: what two counters have stored after an evening is proved, and each fault that somebody plants in a copy of it is found by its name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use audit::streams::Fact;
use audit::{Evidence, Name, Verdict, prove};
use box_office::Custodian;
use counter_api::{RefundState, Refunds, TenderState, Ticket};
use database::WhileItRuns;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::engine::Engine;
use tests::tools;
use tests::world::{House, Hub, Seller, Sides, World, client, new_key, until};
use wire::event::RefundAnswer;
use wire::{Event, Hash, Stream};

/// What is done to the copies: the folders of the hub and of the box.
type Plant = fn(&Connection, &Connection);

/// An evening at both counters that has come to rest.
struct Evening {
    world: World,
    hub: Hub,
}

impl Evening {
    /// Guests buy at home and in the lobby, by card and by cash, some of it from the other side's seats; one gives up, one is declined, and some
    /// are let in.
    async fn after_sales(engine: Engine) -> Self {
        let house = House::open(engine).await;
        let Sides {
            home,
            lobby,
            ours,
            theirs,
        } = house.until_both_sell().await;
        let at_home = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
        assert_eq!(
            at_home.pay_with("card_approve").await,
            TenderState::Approved
        );
        let fetched = home.hold("tomorrow", &[&ours[0], &ours[1]]).await;
        assert_eq!(
            fetched.pay_with("card_approve").await,
            TenderState::Approved
        );
        let back = home.hold("tomorrow", &[&theirs[5]]).await;
        assert_eq!(back.pay_with("card_approve").await, TenderState::Approved);
        let refunds = format!("/api/v1/sales/{}/refunds", back.sale().await.id);
        let asked = home.post(&refunds, &new_key(), &json!({})).await;
        asked.expect(202);
        until("the money is back", || async {
            let now: Refunds = home.get(&refunds).await.expect(200).body();
            (now.refunds[0].state == RefundState::Returned).then_some(())
        })
        .await;
        let charged_back = home.hold("tomorrow", &[&theirs[6]]).await;
        let card = charged_back.pay_with("card_approve").await;
        assert_eq!(card, TenderState::Approved);
        let refunds = format!("/api/v1/sales/{}/refunds", charged_back.sale().await.id);
        let provider = house.provider.as_ref().unwrap();
        let charge = provider.sums().charges.last().unwrap().reference.clone();
        let charge = format!("{}/v1/charges/{charge}/refunds", provider.url());
        let by_the_bank = client()
            .post(charge)
            .json(&json!({ "amount_minor": 1_000 }));
        assert_eq!(by_the_bank.send().await.unwrap().status(), 200);
        until("what the bank gave back has no ticket", || async {
            let now: Refunds = home.get(&refunds).await.expect(200).body();
            let refund = now.refunds.first()?;
            (refund.state == RefundState::Returned).then_some(())
        })
        .await;
        let declined = home.hold("tomorrow", &[&theirs[4]]).await;
        let card = declined.pay_with("card_not_enough_money").await;
        assert_eq!(card, TenderState::Declined);
        home.delete(&declined.path("")).await.expect(204);
        let by_card = lobby.hold("tomorrow", &[&theirs[2], &theirs[3]]).await;
        assert_eq!(by_card.card().await, TenderState::Approved);
        let clerk = house.world.clerk().await;
        let by_cash = clerk.hold("tomorrow", &[&ours[4], &ours[5]]).await;
        let sold = by_cash.cash(5_000).await;
        let given_up = lobby.hold("tomorrow", &[&ours[6]]).await;
        lobby.delete(&given_up.path("")).await.expect(204);

        let usher = house.world.usher().await;
        for ticket in sold
            .tickets
            .iter()
            .chain(&at_home.sale().await.tickets[..1])
        {
            until("the box knows the ticket", || async {
                (scan(&usher, ticket).await == 201).then_some(())
            })
            .await;
        }
        let House { world, hub, .. } = house.comes_to_rest().await;
        Self { world, hub }
    }

    async fn stops(&mut self) {
        self.world.stop().await;
        // Killed, it leaves its log behind.
        self.hub.kill();
    }

    fn folders(&self) -> [PathBuf; 2] {
        [self.hub.data(), self.world.folder().to_owned()]
    }
}

async fn scan(usher: &Seller, ticket: &Ticket) -> u16 {
    let body = json!({ "code": ticket.code, "showtime": "tomorrow" });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await.status
}

fn read(folders: &[PathBuf; 2]) -> Vec<Evidence> {
    tests::proving::evidence(&folders.each_ref().map(PathBuf::as_path))
}

fn told(verdict: &Verdict) -> String {
    audit::said(verdict)
}

/// Every file of a folder with its length and when it was changed.
fn files(folder: &Path) -> BTreeSet<(String, u64, SystemTime)> {
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap());
    files
        .map(|it| {
            let about = it.metadata().unwrap();
            let name = it.file_name().into_string().unwrap();
            (name, about.len(), about.modified().unwrap())
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for (name, ..) in files(from) {
        if name.contains(".db") && !name.ends_with("-shm") {
            std::fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
}

/// The faults, each with the name by which it is found.
const FAULTS: &[(Name, Plant)] = &[
    (Name::SecondLiveTicket, |_, at_box| {
        run(
            at_box,
            "INSERT INTO ticket SELECT 'planted', t.sale, s.showtime, s.place, s.seat, t.plan, 'cinema', s.epoch, 1, t.kind, t.currency, \
            t.price_minor, t.tax_minor, t.starts_at, 1, 0, t.facts, NULL, 0 FROM ticket t JOIN seat s ON s.showtime = t.showtime JOIN ticket_heard h ON h.seat = s.seat LIMIT 1",
        );
    }),
    (Name::SeatClaimedByBoth, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET epoch = epoch + 1 WHERE epoch % 2 = 1",
        );
    }),
    (Name::SeatClaimedByNobody, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET epoch = epoch + 1 WHERE epoch = 0 AND state = 'free'",
        );
    }),
    (Name::EpochsDiffer, |at_hub, _| {
        run(at_hub, "UPDATE seat SET epoch = epoch + 2")
    }),
    (Name::EpochNotAsTold, |at_hub, _| {
        run(
            at_hub,
            "UPDATE seat SET epoch = epoch + 1 WHERE state = 'sold'",
        );
    }),
    (Name::TakenOutOfCustody, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET epoch = epoch + 1 WHERE state = 'sold'",
        );
    }),
    (Name::TicketNotAsItsSeat, |at_hub, _| {
        run(at_hub, "UPDATE ticket SET edition = edition + 1")
    }),
    (Name::TicketWithoutSeat, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET state = 'free', holder = NULL WHERE state = 'sold'",
        );
    }),
    (Name::SoldSeatWithoutTicket, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET holder = 'planted' WHERE state = 'sold'",
        );
    }),
    (Name::HoldBesideTicket, |at_hub, _| {
        run(
            at_hub,
            "UPDATE seat SET state = 'held', holder = (SELECT id FROM hold LIMIT 1) WHERE state = 'sold'",
        );
    }),
    (Name::HeldByNoHold, |_, at_box| {
        run(
            at_box,
            "UPDATE seat SET state = 'held', holder = 'planted' WHERE state = 'free' AND epoch = 0",
        );
    }),
    (Name::HoldWithoutItsSeats, |_, at_box| {
        run(
            at_box,
            "UPDATE hold SET state = 'open' WHERE state = 'ended'",
        );
    }),
    (Name::EventMissing, |_, at_box| {
        run(at_box, "DELETE FROM event WHERE kind = 'sale_settled'");
    }),
    (Name::EventAltered, |_, at_box| {
        spoil(
            at_box,
            "event",
            "SELECT place, bytes FROM event WHERE kind = 'sale_settled' LIMIT 1",
        );
    }),
    (Name::FrameMissing, |at_hub, _| {
        run(
            at_hub,
            "DELETE FROM frame WHERE place = (SELECT MAX(place) FROM frame)",
        );
    }),
    (Name::FrameAltered, |at_hub, _| {
        spoil(
            at_hub,
            "frame",
            "SELECT place, bytes FROM frame ORDER BY place DESC LIMIT 1",
        );
    }),
    (Name::StreamAheadOfItsWriter, |_, at_box| {
        forget_the_last(at_box)
    }),
    (Name::AcknowledgedAndNotThere, |at_hub, at_box| {
        run(
            at_box,
            "UPDATE stream SET acknowledged_seq = acknowledged_seq - 1 WHERE direction = 'up'",
        );
        run(
            at_hub,
            "UPDATE stream SET acknowledged_seq = seq, acknowledged_hash = x'0000000000000000000000000000000000000000000000000000000000000000' \
            WHERE direction = 'down'",
        );
    }),
    (Name::StreamForked, |at_hub, _| {
        run(
            at_hub,
            "INSERT INTO stream (cinema, direction, life, life_random, fork, seq, hash, acknowledged_seq, acknowledged_hash) \
            SELECT cinema, direction, life, life_random, 1, seq, hash, acknowledged_seq, acknowledged_hash FROM stream WHERE direction = 'up'",
        );
    }),
    (Name::SaleUntold, |_, at_box| {
        run(at_box, "UPDATE sale SET id = 'planted' || id");
    }),
    (Name::TicketUntold, |at_hub, _| {
        run(at_hub, "UPDATE ticket SET id = 'planted' || id")
    }),
    (Name::ToldOtherwise, |at_hub, _| {
        run(at_hub, "UPDATE told_ticket SET price = price + 1")
    }),
    (Name::ToldAndNotStored, |at_hub, _| {
        run(at_hub, "DELETE FROM sale")
    }),
    (Name::ToldAndNotHeard, |_, at_box| {
        run(at_box, "DELETE FROM ticket_heard")
    }),
    (Name::HeardWithoutEvent, |at_hub, _| {
        run(
            at_hub,
            "INSERT INTO told_ticket SELECT cinema, 'planted', sale, showtime, plan, 'Z9', epoch, edition, kind, price, tax, disputed \
            FROM told_ticket LIMIT 1",
        );
    }),
    (Name::SaleDoesNotSum, |_, at_box| {
        run(at_box, "UPDATE ticket SET tax_minor = tax_minor + 1")
    }),
    (Name::SaleNotPaid, |at_hub, _| {
        run(
            at_hub,
            "UPDATE payment SET captured_minor = captured_minor - 1 WHERE state = 'captured'",
        );
    }),
    (Name::ChangeWrong, |_, at_box| {
        run(at_box, "UPDATE sale SET change_minor = change_minor + 1")
    }),
    (Name::PaymentWithoutTicketOrRefund, |at_hub, _| {
        run(
            at_hub,
            "UPDATE payment SET state = 'captured', captured_minor = amount_minor WHERE state = 'declined'",
        );
    }),
    (Name::RefundedTwice, |at_hub, _| {
        run(
            at_hub,
            "UPDATE payment SET returned_minor = 2 * captured_minor WHERE state = 'captured'",
        );
    }),
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        run(
            at_hub,
            "UPDATE ticket SET live = 1, taken_back = NULL WHERE taken_back = 'revoked'",
        );
    }),
    (Name::RefundUnasked, |at_hub, _| {
        let ticket = unused(at_hub);
        run(
            at_hub,
            &format!(
                "INSERT INTO refund (ticket, sale, cinema, state, payment, currency, amount_minor, given_minor, asked_at, open) SELECT t.id, t.sale, s.cinema, 'done', p.id, t.currency, t.price_minor, t.price_minor, s.sold_at, 0 \
                FROM ticket t JOIN sale s ON s.id = t.sale JOIN payment p ON p.hold = s.hold WHERE t.id = '{ticket}'"
            ),
        );
        let seat = format!("state = 'free', holder = NULL WHERE holder = '{ticket}'");
        run(at_hub, &format!("UPDATE seat SET {seat}"));
        let taken_back = format!("live = 0, taken_back = 'revoked' WHERE id = '{ticket}'");
        run(at_hub, &format!("UPDATE ticket SET {taken_back}"));
    }),
    (Name::RefundMissing, |at_hub, _| {
        waits_again(at_hub);
        run(at_hub, "DELETE FROM refund");
    }),
    (Name::RefundNotAsAnswered, |at_hub, _| waits_again(at_hub)),
    (Name::RefundNotAsAnswered, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET state = 'refused' WHERE payment IS NOT NULL",
        );
    }),
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET kept_minor = 100 WHERE payment IS NOT NULL",
        );
    }),
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET kept_tax_minor = 1 WHERE payment IS NOT NULL",
        );
    }),
    // The rules of the ticket are others.
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        keeps(at_hub, 100, "payment IS NOT NULL");
        run(
            at_hub,
            "UPDATE refund SET amount_minor = amount_minor - 1, kept_minor = kept_minor + 1 WHERE kept_minor > 0",
        );
    }),
    // A cent less of tax than the rate of the ticket says.
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        keeps(at_hub, 100, "payment IS NOT NULL");
        run(
            at_hub,
            "UPDATE refund SET kept_tax_minor = kept_tax_minor - 1 WHERE kept_minor > 0",
        );
    }),
    // It went back whole, and nobody has said so; or it is said who has, and they have not.
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        sold_by_rules(at_hub, 100);
        why(at_hub, "rules");
    }),
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        sold_by_rules(at_hub, 100);
        why(at_hub, "head_office");
    }),
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        sold_by_rules(at_hub, 100);
        why(at_hub, "person");
    }),
    // Less went than was to, or more, by hand.
    (Name::RefundNotAsItsTicket, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET given_minor = given_minor - 1 WHERE payment IS NOT NULL",
        );
    }),
    (Name::RefundedTwice, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET by_hand_minor = 1 WHERE payment IS NOT NULL",
        );
    }),
    (Name::RefundWithoutCase, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET state = 'owed', open = 1, given_minor = given_minor - 1 WHERE payment IS NOT NULL",
        );
    }),
    // All of it went back at the provider.
    (Name::SaleNotPaid, |at_hub, _| {
        keeps(at_hub, 100, "payment IS NULL");
    }),
    (Name::RefundWithoutCase, |at_hub, _| {
        run(
            at_hub,
            "UPDATE refund SET state = 'owed', payment = NULL, open = 1 WHERE payment IS NOT NULL",
        );
    }),
    (Name::RefundWithoutCase, |at_hub, _| {
        run(
            at_hub,
            "UPDATE ticket SET taken_back = 'unproven' WHERE taken_back = 'revoked'",
        );
        run(
            at_hub,
            "UPDATE seat SET state = 'quarantine' WHERE state = 'free' AND edition > 0",
        );
        run(
            at_hub,
            "INSERT INTO admission SELECT a.cinema, t.id, 'tomorrow', t.seat, 'hub', t.epoch, t.edition, t.kind, a.device, a.at, 0, 0, 1, NULL, NULL \
            FROM ticket t, admission a WHERE t.taken_back = 'unproven' LIMIT 1",
        );
    }),
    (Name::UnprovenSeatFreed, |at_hub, _| {
        run(
            at_hub,
            "UPDATE ticket SET taken_back = 'unproven' WHERE taken_back = 'revoked'",
        );
    }),
    (Name::TakenBackTicketStands, |_, at_box| {
        run(
            at_box,
            "UPDATE ticket_heard SET state = 'live' WHERE state = 'revoked'",
        );
    }),
    (Name::EditionSetBack, |at_hub, _| {
        run(
            at_hub,
            "UPDATE seat SET edition = edition - 1 WHERE state = 'free' AND edition > 0",
        );
    }),
    (Name::ToldOtherwise, |_, at_box| {
        run(at_box, "UPDATE ticket_heard SET edition = edition + 1");
    }),
    (Name::CapturedMoreThanAsked, |_, at_box| {
        run(
            at_box,
            "UPDATE payment SET captured_minor = captured_minor + 1 WHERE means = 'card' AND state = 'captured'",
        );
    }),
    (Name::PaymentToldOtherwise, |at_hub, _| {
        run(at_hub, "UPDATE told_tender SET amount = amount + 1")
    }),
    (Name::ReceiptNumbers, |_, at_box| {
        run(
            at_box,
            "UPDATE sale SET number = number + 1 WHERE number = (SELECT MAX(number) FROM sale)",
        );
    }),
    (Name::DaySumWrong, |at_hub, _| {
        run(at_hub, "UPDATE told_day_sum SET total = total + 1")
    }),
    (Name::SeatsSoldWrong, |at_hub, _| {
        run(at_hub, "UPDATE told_seats_sold SET seats = seats + 1")
    }),
    (Name::AdmissionOfUnknownTicket, |_, at_box| {
        run(
            at_box,
            "UPDATE admission SET ticket = 'planted' WHERE ticket = (SELECT MIN(ticket) FROM admission)",
        );
    }),
    (Name::AdmissionElsewhere, |at_hub, _| {
        run(at_hub, "UPDATE admission SET seat = 'Z9'")
    }),
    (Name::SeatAdmittedTwice, |_, at_box| {
        run(
            at_box,
            "UPDATE admission SET seat = (SELECT MIN(seat) FROM admission)",
        );
    }),
    (Name::AdmissionUntold, |at_hub, _| {
        run(at_hub, "DELETE FROM admission")
    }),
];

/// A ticket that stands and whose guest was not let in.
fn unused(at_hub: &Connection) -> String {
    let sql = "SELECT id FROM ticket WHERE live = 1 AND id NOT IN (SELECT ticket FROM admission) ORDER BY id LIMIT 1";
    at_hub.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// As if the cinema had not answered for the tickets that were asked back.
fn waits_again(at_hub: &Connection) {
    run(at_hub, "UPDATE refund SET state = 'revoking', open = 1");
    run(
        at_hub,
        "UPDATE seat SET state = 'revoking', holder = (SELECT id FROM ticket t WHERE t.seat = seat.seat AND t.taken_back = 'revoked') \
        WHERE seat IN (SELECT seat FROM ticket WHERE taken_back = 'revoked')",
    );
    run(
        at_hub,
        "UPDATE ticket SET live = 1, taken_back = 'asked' WHERE taken_back = 'revoked'",
    );
}

/// As if tickets had been sold under rules by which so much is kept of each, and had gone back so, where that is.
fn keeps(at_hub: &Connection, kept_minor: i64, which: &str) {
    let rate = "json_extract((SELECT facts FROM ticket t WHERE t.id = refund.ticket), '$.tax_basis_points')";
    run(
        at_hub,
        &format!(
            "UPDATE refund SET kept_minor = {kept_minor}, amount_minor = amount_minor - {kept_minor}, \
            given_minor = given_minor - {kept_minor}, kept_why = 'rules', \
            kept_tax_minor = CAST(ROUND({kept_minor}.0 * {rate} / (10000 + {rate})) AS INTEGER) WHERE {which}"
        ),
    );
    sold_by_rules(at_hub, kept_minor);
}

fn why(at_hub: &Connection, why: &str) {
    run(at_hub, &format!("UPDATE refund SET kept_why = '{why}'"));
}

fn sold_by_rules(at_hub: &Connection, kept_minor: i64) {
    let rules = format!(r#"{{"until":{{"minutes_before":0}},"kept_minor":{kept_minor}}}"#);
    run(
        at_hub,
        &format!("UPDATE ticket SET facts = json_set(facts, '$.refunds', json('{rules}'))"),
    );
}

fn run(db: &Connection, sql: &str) {
    assert!(
        db.execute(sql, []).unwrap() > 0,
        "nothing is planted by {sql}"
    );
}

/// Changes one bit in the middle of some bytes.
fn spoil(db: &Connection, table: &str, find: &str) {
    let (place, mut bytes): (i64, Vec<u8>) = db
        .query_row(find, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let sql = format!("UPDATE {table} SET bytes = ?2 WHERE place = ?1");
    assert_eq!(db.execute(&sql, params![place, bytes]).unwrap(), 1);
}

/// The stream ends one event sooner, as if it had been put back.
fn forget_the_last(db: &Connection) {
    let sql = "SELECT place, bytes FROM event ORDER BY place DESC LIMIT 2";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows: Vec<(i64, Vec<u8>)> = rows.unwrap().map(Result::unwrap).collect();
    let before = Event::decode(rows[1].1.clone()).unwrap().position();
    db.execute("DELETE FROM event WHERE place = ?1", [rows[0].0])
        .unwrap();
    let sql = "UPDATE stream SET seq = ?1, hash = ?2, acknowledged_seq = 0 WHERE direction = 'up'";
    let set = params![i64::try_from(before.seq).unwrap(), before.hash.as_bytes()];
    assert_eq!(db.execute(sql, set).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_planted_fault_is_found_by_its_name_and_an_untouched_copy_is_proved() {
    let mut evening = Evening::after_sales(Engine::Sqlite).await;
    let alone = prove_by_itself("cloud-hub", &evening.hub.settings());
    assert_eq!(alone.0, Some(0), "while it runs: {}", alone.1);
    evening.stops().await;
    let folders = evening.folders();
    let before = folders.clone().map(|it| files(&it));
    assert!(
        before[0]
            .iter()
            .any(|(name, length, _)| name == "hub.db-wal" && *length > 0)
    );
    let sound = read(&folders);
    let verdict = prove(&sound);
    assert!(verdict.is_proved(), "{}", told(&verdict));
    assert_eq!(
        (verdict.looked_at.tickets, verdict.looked_at.tickets_online),
        (8, 4)
    );
    assert_eq!(verdict.looked_at.admissions, 3);
    assert_eq!(
        folders.clone().map(|it| files(&it)),
        before,
        "it was only read"
    );

    let (mut found, mut missed) = (BTreeSet::new(), Vec::new());
    let mut look = |name: Name, verdict: &Verdict| {
        found.insert(name);
        if !verdict.names().contains(&name) {
            missed.push(format!("{} among\n{}", name.as_str(), told(verdict)));
        }
    };
    let copies = TempDir::new().unwrap();
    for (nth, (name, plant)) in FAULTS.iter().enumerate() {
        let copies = ["hub", "box"].map(|side| copies.path().join(nth.to_string()).join(side));
        for (from, to) in folders.iter().zip(&copies) {
            copy(from, to);
        }
        let open = |file: PathBuf| {
            let db = Connection::open(file).unwrap();
            db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            db
        };
        let (at_hub, at_box) = (
            open(copies[0].join("hub.db")),
            open(copies[1].join("appliance.db")),
        );
        plant(&at_hub, &at_box);
        drop((at_hub, at_box));
        look(*name, &prove(&read(&copies)));
    }
    for (name, spoil) in MADE_UP {
        let mut evidence = sound.clone();
        spoil(&mut evidence);
        look(*name, &prove(&evidence));
    }
    assert!(missed.is_empty(), "not found: {}", missed.join("\n"));
    let mut passed_over = sound.clone();
    went_on(&mut passed_over, 1);
    let verdict = prove(&passed_over);
    let is_gap = |name: &Name| *name == Name::ReceiptNumbers;
    assert!(!verdict.names().iter().any(is_gap), "{}", told(&verdict));
    let all: BTreeSet<_> = Name::ALL.iter().copied().collect();
    assert_eq!(found, all, "each kind of finding is shown to be found");
}

type Spoil = fn(&mut [Evidence]);

/// What takes the other side's keys to plant in a database.
const MADE_UP: &[(Name, Spoil)] = &[
    (Name::StreamsDiffer, |evidence| {
        let stream = of_box(evidence)
            .iter_mut()
            .find(|it| it.direction == Stream::Up);
        stream.unwrap().hashes[3] = Hash::ZERO;
    }),
    (Name::AdmissionOfRevokedTicket, |evidence| {
        let at_box = evidence
            .iter()
            .find(|it| it.side == Custodian::Cinema)
            .unwrap();
        let admitted = at_box.cinemas["metropol"].admissions.keys().next().unwrap();
        let answered = Fact::Answered {
            ticket: admitted.clone(),
            answer: RefundAnswer::Revoked,
        };
        of_box(evidence)[0].facts.push((1, answered));
    }),
    (Name::ReceiptNumbers, |evidence| went_on(evidence, 2)),
    (Name::RefundUnanswered, |evidence| {
        for stream in of_box(evidence) {
            let is_answer = |fact: &Fact| matches!(fact, Fact::Answered { .. });
            stream.facts.retain(|(_, fact)| !is_answer(fact));
        }
    }),
    (Name::EpochOutOfTurn, |evidence| {
        for stream in of_box(evidence) {
            stream.facts.retain(|(_, fact)| {
                !matches!(fact, Fact::Given { .. }) || stream.direction == Stream::Down
            });
        }
    }),
];

/// As if the cinema had gone on once although something was missing, and numbers are at so many places: at the beginning, and at the end as well.
fn went_on(evidence: &mut [Evidence], places: usize) {
    let at_box = (evidence.iter_mut()).find(|it| it.side == Custodian::Cinema);
    let books = at_box.unwrap().cinemas.values_mut().next().unwrap();
    books.losses = 1;
    let first = books.sales.values().map(|it| it.number).min();
    books.sales.retain(|_, sale| Some(sale.number) != first);
    for last in books.series.values_mut().take(places - 1) {
        *last += 1;
    }
}

fn of_box(evidence: &mut [Evidence]) -> &mut Vec<audit::streams::StreamSeen> {
    let at_box = evidence
        .iter_mut()
        .find(|it| it.side == Custodian::Cinema)
        .unwrap();
    &mut at_box.cinemas.values_mut().next().unwrap().streams
}

/// What a program says of its own data: the exit code, and the last line.
fn prove_by_itself(program: &str, settings: &Path) -> (Option<i32>, Value) {
    let mut command = Command::new(tools::program(program));
    let said = command
        .arg("--config")
        .arg(settings)
        .arg("prove")
        .output()
        .unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    (said.status.code(), serde_json::from_str(last).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_on_a_server_proves_its_own_and_is_proved_with_its_box() {
    let mut evening = Evening::after_sales(Engine::Postgres).await;
    let settings = evening.hub.settings();
    let running = prove_by_itself("cloud-hub", &settings);
    assert_eq!(
        (running.0, &running.1["proved"]),
        (Some(0), &json!(true)),
        "{}",
        running.1
    );
    let sources = || {
        let given = [settings.clone(), evening.world.folder().to_owned()];
        given.map(|it| tests::proving::source(&it).unwrap())
    };
    let refused = audit::read(&sources()[0], WhileItRuns::Refused).unwrap_err();
    assert!(refused.to_string().contains("Stop it first"), "{refused}");
    let sources = sources();
    evening.stops().await;
    let evidence = sources
        .iter()
        .map(|it| audit::read(it, WhileItRuns::Refused).unwrap());
    let verdict = prove(&evidence.collect::<Vec<_>>());
    assert!(verdict.is_proved(), "{}", told(&verdict));
    assert_eq!(
        (
            verdict.looked_at.databases,
            verdict.looked_at.tickets_online
        ),
        (2, 4)
    );
}

#[test]
fn what_cannot_be_read_is_said_and_is_not_proved() {
    let folder = TempDir::new().unwrap();
    let settings = folder.path().join("box.toml");
    std::fs::write(
        &settings,
        format!("[data]\nfolder = \"{}\"\n", folder.path().display()),
    )
    .unwrap();
    let (code, last) = prove_by_itself("appliance", &settings);
    assert_eq!((code, &last["proved"]), (Some(2), &Value::Null));
    assert!(
        last["not_read"].as_str().unwrap().contains("appliance.db"),
        "{last}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing was made"
    );
}
