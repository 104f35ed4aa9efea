//! A guest at home gives an address: their tickets come there, and word of what becomes of them, once each, whatever is killed and however
//! the mail server is.

use appliance::control::Consent;
use counter_api::{Sale, ShowtimeWithLayout, TenderState};
use hub_api::{MailDecision, MailKind, MailOrder, MailSample, Mails, UndeliveredMails};
use reqwest::header::COOKIE;
use serde_json::json;
use tests::aiosmtpd::{Aiosmtpd, Encrypted, PASSWORD, USER};
use tests::certificates::{Authority, Good};
use tests::engine::Engine;
use tests::mail_server::{Mail, MailServer, Mood};
use tests::world::{Answer, Held, House, Hub, PROGRAMME, Seller, Sides, client, new_key, until};

use crate::moved_showtimes::in_room;

const GUEST: &str = "guest@example.com";

/// A house whose hub writes mails, and a guest at home.
pub(crate) struct Evening {
    pub(crate) house: House,
    pub(crate) home: Seller,
    /// The hub's seats of `tomorrow` that nobody has bought.
    pub(crate) theirs: Vec<String>,
}

impl Evening {
    pub(crate) async fn open(engine: Engine) -> Self {
        let house = House::open_writing(engine).await;
        let Sides { home, theirs, .. } = house.until_both_sell().await;
        Self {
            house,
            home,
            theirs,
        }
    }

    pub(crate) fn mail(&self) -> &MailServer {
        self.house.mail.as_ref().unwrap()
    }

    /// Holds the first two seats that nobody has, in this language, and says where they are written to.
    async fn holds(&mut self, language: &str, address: &str) -> Held {
        let seats: Vec<String> = self.theirs.drain(..2).collect();
        let seats = [&*seats[0], &*seats[1]];
        let held = self.home.hold_in(language, "tomorrow", &seats).await;
        self.writes_to(&held, address).await.expect(204);
        held
    }

    pub(crate) async fn writes_to(&self, held: &Held, address: &str) -> Answer {
        let body = json!({ "email": address });
        self.home.put(&held.path("/contact"), &body).await
    }

    /// Buys two tickets.
    async fn buys(&mut self, language: &str) -> Sale {
        let held = self.holds(language, GUEST).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        held.sale().await
    }

    async fn asks_back(&self, sale: &Sale, which: &[usize]) {
        let tickets: Vec<_> = which.iter().map(|nth| &sale.tickets[*nth].id).collect();
        let path = format!("/api/v1/sales/{}/refunds", sale.id);
        let body = json!({ "tickets": tickets });
        self.home.post(&path, &new_key(), &body).await.expect(202);
    }

    pub(crate) async fn imports(&self, programme: &str) {
        let import = self.house.world.import_with(programme, Consent::Given);
        import.await.expect("it is meant so");
    }

    async fn hub_is_killed(&mut self) {
        self.house.hub.kill();
        self.house.hub.start_again().await;
    }

    /// Waits until no message waits to be sent, or for a person.
    async fn until_all_is_told(&self) {
        until("every message is sent", || async {
            let said = self.house.hub.order(&["mails"]);
            (said.trim() == "every message is sent").then_some(())
        })
        .await;
    }
}

/// The programme with `tomorrow` later.
fn at_half_past_nine(programme: &str) -> String {
    let [before, after] =
        ["20:15", "21:30"].map(|time| format!("days = \"today+1\"\ntime = \"{time}\""));
    assert_eq!(programme.matches(&before).count(), 1);
    programme.replace(&before, &after)
}

fn text(mail: &Mail) -> String {
    mail.text().expect("a text")
}

#[track_caller]
fn says(mail: &Mail, all: &[&str]) {
    let (text, html) = (text(mail), mail.html().expect("a page"));
    for one in all {
        assert!(text.contains(one), "{one:?} is not in {text}");
        let in_html = one.replace('\'', "&#39;");
        assert!(html.contains(&in_html), "{one:?} is not in {html}");
    }
}

/// The names of the pictures in a mail.
fn codes(mail: &Mail) -> Vec<String> {
    let pictures = mail.parts().into_iter();
    let pictures = pictures.filter(|part| part.content_type == "image/png");
    pictures
        .map(|part| part.content_id.expect("a name"))
        .collect()
}

fn has_paper(mail: &Mail) -> bool {
    let mut parts = mail.parts().into_iter();
    let paper = parts.find(|part| part.content_type == "application/pdf");
    paper.is_some_and(|paper| {
        assert_eq!(paper.name.as_deref(), Some("tickets.pdf"));
        assert!(paper.bytes.starts_with(b"%PDF-") && paper.bytes.len() < 100_000);
        true
    })
}

tests::on_both_engines!(whoever_buys_is_sent_their_tickets);

async fn whoever_buys_is_sent_their_tickets(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let held = evening.holds("en", "first@example.com").await;
    for wrong in ["", "guest", "guest@example.com\r\nBcc: all@example.com"] {
        let refused = evening.writes_to(&held, wrong).await;
        assert_eq!(refused.problem(), (422, "no_address"), "{wrong:?}");
    }
    let stranger = evening.house.hub.guest("metropol").await;
    let body = json!({ "email": "stranger@example.com" });
    let refused = stranger.put(&held.path("/contact"), &body).await;
    assert_eq!(refused.problem(), (404, "unknown_hold"));
    // The last one counts.
    evening.writes_to(&held, GUEST).await.expect(204);
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    let late = evening.writes_to(&held, "late@example.com").await;
    assert_eq!(late.problem(), (409, "already_sold"));

    let mails = evening.mail().mails_taken(1).await;
    let mail = &mails[0];
    assert_eq!(
        (&*mail.from, &mail.to[..]),
        ("tickets@metropol.example", &[GUEST.to_owned()][..])
    );
    let subject = mail.subject().unwrap();
    assert!(
        subject.starts_with("Your tickets: Fight Club, "),
        "{subject}"
    );
    assert_eq!(
        mail.header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert_eq!(mail.header("Content-Language").as_deref(), Some("en"));
    let seat = format!(
        "Row {}, seat {}",
        sale.tickets[1].row, sale.tickets[1].number
    );
    let collection = &sale.collection_code;
    says(
        mail,
        &[
            "Fight Club",
            "Thank you.",
            "20:15",
            "1 / 2",
            "2 / 2",
            &seat,
            "€20.00",
            collection,
        ],
    );
    assert_eq!(codes(mail), ["ticket-1", "ticket-2"]);
    assert!(has_paper(mail));
    let html = mail.html().unwrap();
    assert!(html.contains("src=\"cid:ticket-1\"") && html.contains("src=\"cid:ticket-2\""));

    let words = text(mail);
    let link = words
        .lines()
        .find(|line| line.starts_with("http"))
        .expect("a link");
    assert!(link.starts_with(&evening.house.hub.url()), "{link}");
    let page = Answer::of(client().get(link).send().await.unwrap())
        .await
        .expect(200);
    assert_eq!(page.text.matches("<svg").count(), 2);
    let paper = link.replace("?lang=en", "/tickets.pdf?lang=en");
    let paper = client().get(paper).send().await.unwrap();
    assert_eq!(paper.headers()["content-type"], "application/pdf");
    assert_eq!(paper.headers()["cache-control"], "no-store");
    assert!(paper.bytes().await.unwrap().starts_with(b"%PDF-"));

    evening.until_all_is_told().await;
    evening.hub_is_killed().await;
    evening.until_all_is_told().await;
    assert_eq!(evening.mail().mails().len(), 1);
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_guest_is_written_to_in_the_language_of_their_order() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    for (language, subject, words) in [
        ("de", "Ihre Tickets: Fight Club, ", "Vielen Dank."),
        ("fr", "Vos billets\u{a0}: Fight Club, ", "Merci."),
        ("es", "Sus entradas: Fight Club, ", "Gracias."),
    ] {
        let before = evening.mail().mails().len();
        evening.buys(language).await;
        let mails = evening.mail().mails_taken(before + 1).await;
        let mail = &mails[before];
        let said = mail.subject().unwrap();
        assert!(said.starts_with(subject), "{said}");
        says(mail, &[words]);
        assert_eq!(mail.header("Content-Language").as_deref(), Some(language));
    }
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(what_becomes_of_the_tickets_is_told);

async fn what_becomes_of_the_tickets_is_told(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let sale = evening.buys("en").await;
    evening.mail().mails_taken(1).await;
    let usher = evening.house.world.usher().await;

    // Both go back together, and are told of together.
    evening.asks_back(&sale, &[0, 1]).await;
    let mails = evening.mail().mails_taken(2).await;
    let back = &mails[1];
    let subject = back.subject().unwrap();
    assert!(subject.starts_with("Given back: Fight Club, "), "{subject}");
    says(back, &["€10.00 went back to the card that paid."]);
    assert_eq!(text(back).matches("went back to the card").count(), 2);
    assert_eq!(codes(back), [""; 0]);
    assert!(!has_paper(back));

    // Somebody was let in, and asked at the cinema all the same.
    let other = evening.buys("en").await;
    evening.mail().mails_taken(3).await;
    let body = json!({ "code": other.tickets[0].code, "showtime": "tomorrow" });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await.expect(201);
    let asked = [
        "refund",
        "metropol",
        other.id.as_str(),
        "--ticket",
        other.tickets[0].id.as_str(),
        "--reason",
        "asked",
    ];
    evening.house.hub.order(&asked);
    let mails = evening.mail().mails_taken(4).await;
    let subject = mails[3].subject().unwrap();
    assert!(subject.starts_with("Not given back: "), "{subject}");
    says(
        &mails[3],
        &[
            "Not taken back",
            "It was used at the door.",
            "Good for entry",
        ],
    );
    assert_eq!(codes(&mails[3]), ["ticket-1", "ticket-2"]);
    evening.until_all_is_told().await;
    assert_eq!(evening.mail().mails().len(), 4);
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_showtime_that_moves_or_is_cancelled_is_told_to_everybody_who_has_bought() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    evening.buys("en").await;
    evening.buys("en").await;
    evening.mail().mails_taken(2).await;

    let later = at_half_past_nine(PROGRAMME);
    evening.imports(&later).await;
    let mails = evening.mail().mails_taken(4).await;
    for mail in &mails[2..] {
        let subject = mail.subject().unwrap();
        assert!(
            subject.starts_with("New time: Fight Club, ") && subject.ends_with("21:30"),
            "{subject}"
        );
        says(
            mail,
            &["The time has changed: ", "20:15", "Your tickets stay good."],
        );
        assert_eq!(codes(mail).len(), 2);
    }
    // The same again tells nobody anything; back again does.
    evening.imports(&later).await;
    evening.imports(PROGRAMME).await;
    let mails = evening.mail().mails_taken(6).await;
    for mail in &mails[4..] {
        says(
            mail,
            &["The showtime begins at its first time again: ", "20:15."],
        );
    }
    evening.until_all_is_told().await;
    assert_eq!(evening.mail().mails().len(), 6);

    evening.imports(&in_room("tomorrow", "large")).await;
    let mails = evening.mail().mails_taken(8).await;
    for mail in &mails[6..] {
        let subject = mail.subject().unwrap();
        assert!(subject.starts_with("Another screen: "), "{subject}");
        says(mail, &["another screen: Large Screen.", "20:15"]);
        assert_eq!(codes(mail).len(), 2);
    }

    // There and back before anybody was told: nobody need be.
    let large = in_room("tomorrow", "large");
    let starts = || async {
        let shown = evening.home.get("/api/v1/showtimes/tomorrow").await;
        let shown: ShowtimeWithLayout = shown.expect(200).body();
        shown.showtime.starts_at
    };
    let before = starts().await;
    let hub = &evening.house.hub;
    evening.mail().set(Mood::TooBusy);
    evening.imports(&at_half_past_nine(&large)).await;
    until("it is written down, and cannot be sent", || async {
        let said = hub.order(&["mails"]);
        let is_away = said.starts_with("the mail server takes nothing");
        (is_away && said.matches("  time  ").count() == 2).then_some(())
    })
    .await;
    evening.imports(&large).await;
    until("it is heard", || async {
        (starts().await == before).then_some(())
    })
    .await;
    evening.mail().set(Mood::Takes);
    evening.until_all_is_told().await;
    let subjects = evening.mail().mails().into_iter();
    let subjects: Vec<_> = subjects.map(|mail| mail.subject()).collect();
    assert_eq!(subjects.len(), 8, "{subjects:#?}");

    let id = "id = \"tomorrow\"\n";
    let cancelled = large.replacen(id, &format!("{id}status = \"cancelled\"\n"), 1);
    evening.imports(&cancelled).await;
    let is_told = |mail: &Mail| {
        let is_off = mail
            .subject()
            .unwrap()
            .starts_with("Cancelled: Fight Club, ");
        is_off
            && text(mail)
                .matches("€10.00 went back to the card that paid.")
                .count()
                == 2
    };
    let mails = evening
        .mail()
        .wait_until(|mails| mails.iter().filter(|it| is_told(it)).count() == 2)
        .await;
    for mail in &mails[8..] {
        says(mail, &["This showtime is cancelled."]);
        assert!(codes(mail).is_empty() && !has_paper(mail));
    }
    evening.until_all_is_told().await;
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(whatever_the_server_does_each_cause_is_told_once);

async fn whatever_the_server_does_each_cause_is_told_once(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    // It takes nothing, and the hub is killed while it waits: nothing is lost.
    evening.mail().set(Mood::TooBusy);
    evening.buys("en").await;
    evening.hub_is_killed().await;
    evening.mail().set(Mood::Takes);
    evening.mail().mails_taken(1).await;

    // It has heard all of it, says nothing, and the hub is killed.
    evening.mail().set(Mood::SaysNothing);
    evening.buys("en").await;
    evening.mail().wait_until_silent(1).await;
    evening.house.hub.kill();
    until("the server sees that it is gone", || async {
        (evening.mail().waiting() == 0).then_some(())
    })
    .await;
    evening.mail().set(Mood::Takes);
    evening.house.hub.start_again().await;
    evening.mail().mails_taken(2).await;

    // It hangs up in the middle, and takes it at the next try.
    let said = "the mail server takes nothing at the moment";
    let times = || {
        let log = std::fs::read_to_string(evening.house.hub.log()).unwrap();
        log.matches(said).count()
    };
    let before = times();
    evening.mail().set(Mood::CutsInTheMiddle);
    let seats: Vec<String> = evening.theirs.drain(..2).collect();
    let seats = [&*seats[0], &*seats[1]];
    let held = evening.home.hold_in("en", "tomorrow", &seats).await;
    evening.writes_to(&held, GUEST).await.expect(204);
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    until("the hub knows that it is away", || async {
        (times() > before).then_some(())
    })
    .await;
    evening.mail().set(Mood::Takes);
    evening.mail().mails_taken(3).await;
    evening.until_all_is_told().await;
    let names: std::collections::BTreeSet<_> = (evening.mail().mails().iter())
        .map(|mail| mail.message_id().unwrap())
        .collect();
    assert_eq!((names.len(), evening.mail().mails().len()), (3, 3));

    // It keeps a mail and never says so: it is sent again, under the same name, by which mail programs know it.
    evening.mail().set(Mood::CutsBeforeItsAnswer);
    evening.buys("en").await;
    evening.mail().mails_taken(4).await;
    evening.mail().set(Mood::Takes);
    let mails = evening.mail().mails_taken(5).await;
    assert_eq!(mails[3].message_id(), mails[4].message_id());
    evening.until_all_is_told().await;
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn what_cannot_be_delivered_waits_for_a_person_and_stops_nothing() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    assert_eq!(hub.order(&["mails"]).trim(), "every message is sent");
    assert!(
        hub.try_order(&["send-again", "--all"])
            .unwrap_err()
            .contains("No such message")
    );
    evening.mail().set(Mood::RefusesRecipient);
    let sale = evening.buys("en").await;
    let said = until("it is with a person", || async {
        let said = evening.house.hub.order(&["mails"]);
        said.contains("not delivered").then_some(said)
    })
    .await;
    for words in [sale.id.as_str(), GUEST, "550", "`cloud-hub send-again "] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let log = std::fs::read_to_string(evening.house.hub.log()).unwrap();
    assert!(log.contains("cannot be delivered") && !log.contains(GUEST));
    let cases = evening.house.hub.order(&["cases"]);
    assert!(
        cases.contains("could not be delivered") && !cases.contains(GUEST),
        "{cases}"
    );

    let board = evening.house.hub.cases().await;
    let [case] = &board[..] else {
        panic!("one case: {board:?}")
    };
    assert_eq!(case.code, "message_not_delivered");
    assert_eq!(case.facts[0].name, sale.id.as_str());
    let (id, _) = said.split_once("  ").unwrap();
    let order = format!("cloud-hub send-again {id}");
    assert_eq!(case.order.as_deref(), Some(&*order));

    evening.mail().set(Mood::Takes);
    let other = evening.buys("en").await;
    let mails = evening.mail().mails_taken(1).await;
    says(&mails[0], &[&other.collection_code]);
    until("nothing else waits", || async {
        let said = evening.house.hub.order(&["mails"]);
        (!said.contains(other.id.as_str())).then_some(())
    })
    .await;
    evening.hub_is_killed().await;

    // Head office sees it with all that whoever corrects an address needs.
    let found = undelivered(&evening.house.hub).await;
    let [mail] = &found.mails[..] else {
        panic!("one mail: {found:?}")
    };
    assert_eq!((&*mail.id, &*mail.address), (id, GUEST));
    assert_eq!(mail.reference.as_deref(), Some(&*sale.receipt_number));
    assert_eq!((mail.kind, mail.tries), (MailKind::Bought, 1));
    assert!(mail.why.contains("550"), "{}", mail.why);
    assert!(!found.server_takes_nothing);
    let order = |decision, address: Option<&str>| MailOrder {
        decision,
        address: address.map(str::to_owned),
    };
    let again = |address| order(MailDecision::SendAgain, address);
    let refused = decides(&evening.house.hub, id, &again(Some("nowhere"))).await;
    assert_eq!(refused.problem(), (422, "no_address"));
    let refused = decides(&evening.house.hub, "none", &again(None)).await;
    assert_eq!(refused.problem(), (404, "no_such_message"));
    let elsewhere = ["send-again", id, "--to", "right@example.com"];
    let nowhere = ["send-again", id, "--to", "nowhere"];
    let refused = evening.house.hub.try_order(&nowhere).unwrap_err();
    assert!(refused.contains("no e-mail address"), "{refused}");
    assert_eq!(
        evening.house.hub.order(&elsewhere).trim(),
        "it is sent again"
    );
    let mails = evening.mail().mails_taken(2).await;
    says(&mails[1], &[&sale.collection_code]);
    assert_eq!(mails[1].to, ["right@example.com"]);
    evening.until_all_is_told().await;

    // Nobody knows the right one: it is given up.
    evening.mail().set(Mood::RefusesRecipient);
    evening.buys("en").await;
    until("it is with a person", || async {
        let said = evening.house.hub.order(&["mails"]);
        said.contains("not delivered").then_some(())
    })
    .await;
    let found = undelivered(&evening.house.hub).await;
    let set_aside = order(MailDecision::SetAside, None);
    for mail in &found.mails {
        let decided = decides(&evening.house.hub, &mail.id, &set_aside).await;
        assert_eq!(decided.status, 204);
    }
    assert_eq!(found.mails.len(), 1);
    assert_eq!(undelivered(&evening.house.hub).await.mails, []);
    evening.until_all_is_told().await;
    assert_eq!(evening.house.hub.cases().await, []);

    // Now it is turned away for a while: nobody need look yet.
    evening.mail().set(Mood::NotNow);
    let third = evening.buys("en").await;
    until("it was turned away", || async {
        let said = evening.house.hub.order(&["mails"]);
        (said.contains(third.id.as_str()) && said.contains("turned away once: ")).then_some(())
    })
    .await;
    evening.mail().set(Mood::Takes);
    // A hub that begins tries everything.
    evening.hub_is_killed().await;
    evening.mail().mails_taken(3).await;
    evening.until_all_is_told().await;
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_hub_without_a_mail_server_keeps_no_address() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    let held = home.hold("tomorrow", &[&theirs[0]]).await;
    let body = json!({ "email": GUEST });
    let refused = home.put(&held.path("/contact"), &body).await;
    assert_eq!(refused.problem(), (409, "no_mail"));
    house.comes_to_rest().await;
}

/// A house whose hub sends mails by a server that is not ours, with a password, over a line that is encrypted.
async fn mails_by(encrypted: Encrypted, scheme: &str) {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "mail");
    let signed = authority.sign("server", &["127.0.0.1"], Good::ForLong);
    let server = Aiosmtpd::start(folder.path(), &signed, encrypted);
    let password = folder.path().join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let settings = format!(
        "[mail]\nsmtp = \"{scheme}://{}\"\nfrom = \"tickets@metropol.example\"\nreply_to = \"box-office@metropol.example\"\nuser = \"{USER}\"\npassword_file = \"{}\"\nauthority = \"{}\"\n",
        server.address(),
        password.display(),
        authority.file.display()
    );
    let house = House::open_and(Engine::Sqlite, PROGRAMME, &settings).await;
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    let held = home.hold_in("de", "tomorrow", &[&theirs[0]]).await;
    let body = json!({ "email": GUEST });
    home.put(&held.path("/contact"), &body).await.expect(204);
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    let mails = until("the mail is there", || async {
        let mails = server.mails();
        (!mails.is_empty()).then_some(mails)
    })
    .await;
    let mail = &mails[0];
    says(mail, &["Das ist Ihr Ticket", &sale.collection_code]);
    assert!(has_paper(mail));
    assert_eq!(codes(mail), ["ticket-1"]);
    let header = |name: &str| mail.header(name).unwrap_or_default();
    assert_eq!(header("Reply-To"), "box-office@metropol.example");
    let log = std::fs::read_to_string(house.hub.log()).unwrap();
    assert!(!log.contains(PASSWORD) && !log.contains(GUEST));
    house.comes_to_rest().await;
}

#[tokio::test]
async fn a_server_of_others_takes_them_over_an_encrypted_line() {
    mails_by(Encrypted::AtOnce, "smtps").await;
}

#[tokio::test]
async fn a_server_of_others_takes_them_once_the_line_is_encrypted() {
    mails_by(Encrypted::Later, "smtp").await;
}

/// What head office sees of the mails that did not reach their guests.
async fn undelivered(hub: &Hub) -> UndeliveredMails {
    let found = hub.get("/api/v1/head-office/mails/undelivered").await;
    found.unwrap()
}

/// Somebody at head office decides about one.
async fn decides(hub: &Hub, mail: &str, order: &MailOrder) -> Answer {
    let path = format!("/api/v1/head-office/mails/undelivered/{mail}");
    let asking = client().post(format!("{}{path}", hub.url())).json(order);
    let asking = asking.header(COOKIE, hub.cookie().await).send();
    Answer::of(asking.await.unwrap()).await
}

#[tokio::test]
async fn head_office_sees_how_guests_are_written_to() {
    let hub = Hub::start().await;
    let cookie = hub.cookie().await;
    let asked = async |path: &str| {
        let address = format!("{}/api/v1/head-office/mails{path}", hub.url());
        let asking = client().get(address).header(COOKIE, cookie).send();
        Answer::of(asking.await.unwrap()).await
    };
    let mails: Mails = asked("").await.expect(200).body();
    assert_eq!(mails.kinds, MailKind::ALL);
    assert_eq!(mails.languages, ["en", "de", "es", "fr"]);
    for kind in mails.kinds {
        for language in &mails.languages {
            let path = format!("/{}/{language}", kind.word());
            let sample: MailSample = asked(&path).await.expect(200).body();
            assert_eq!((sample.kind, &sample.language), (kind, language));
            assert!(sample.subject.contains("Metropolis"), "{}", sample.subject);
            assert!(sample.text.contains("/bookings/metropol/sample"), "{path}");
            let page = asked(&format!("{path}/page")).await.expect(200);
            let policy = page.header("content-security-policy").unwrap();
            for rule in ["default-src 'none'", "frame-ancestors 'self'", "; sandbox"] {
                assert!(policy.contains(rule), "{policy}");
            }
            assert!(!policy.contains("script-src") && !policy.contains("allow-scripts"));
            assert_eq!(page.header("content-language"), Some(language.as_str()));
            assert_eq!(page.header("cache-control"), Some("no-store"));
            assert!(!page.text.contains("cid:"), "{path}");
        }
    }
    let language = asked("/bought/it").await;
    assert_eq!(language.problem(), (404, "unknown_language"));
    let kind = asked("/praise/en").await;
    assert_eq!(kind.problem(), (404, "not_found"));
}
