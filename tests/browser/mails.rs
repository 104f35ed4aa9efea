//! A guest at home says where their tickets go before they pay, and opens them from the mail.

use tests::engine::Engine;
use tests::mail_server::{Mail, Mood};
use tests::world::{House, Sides};

use crate::buys_online::{SHOWTIME, at_home, chooses, two, until_the_tickets_are_open};
use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

/// What is said at the field, by its own word or as an error.
async fn reads_at_the_field(guest: &Guest, words: &str) {
    guest.reads("email-help", words).await;
}

/// The link in a mail.
pub(crate) fn link(mail: &Mail) -> String {
    let text = mail.text().expect("a text");
    let mut lines = text.lines();
    let link = lines.find(|line| line.starts_with("http"));
    link.expect("a link").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tickets_come_by_mail_and_open_from_it() {
    let house = House::open_writing(Engine::Sqlite).await;
    let mail = house.mail.as_ref().expect("it runs");
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.touches("pay").await;
    reads_at_the_field(&guest, "We send your tickets to this address").await;
    guest.finds_nothing_in_the_way("the field is empty").await;

    // Nobody pays without saying where.
    for wrong in ["", "nobody", "@example.com"] {
        guest.types("email", wrong).await;
        guest.touches("pay-now").await;
        reads_at_the_field(&guest, "Please write an e-mail address").await;
        assert_eq!(guest.focus().await, "email", "{wrong:?}");
        guest
            .finds_nothing_in_the_way(&format!("{wrong:?} was typed"))
            .await;
    }
    assert!(
        house
            .provider
            .as_ref()
            .expect("it runs")
            .sums()
            .captured_minor
            == 0
    );
    guest.types("email", "guest@example.com").await;
    reads_at_the_field(&guest, "We send your tickets to this address").await;
    guest.touches("card_not_enough_money").await;
    guest.touches("pay-now").await;
    guest.reads("notice", "not enough money on this card").await;
    let page = format!("{}{SHOWTIME}?lang=en", house.hub.url());
    guest.opens(&page).await;
    // The tab has it still.
    guest.touches("pay").await;
    guest.touches("card_approve").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;

    let mails = mail.mails_taken(1).await;
    assert_eq!(mails[0].to, ["guest@example.com"]);
    let reader = Guest::before(&link(&mails[0]), LANDSCAPE).await;
    reader.reads("tickets", "Row A, seat 1").await;
    let paper = "return document.querySelector(\"a[href*='tickets.pdf']\")?.textContent";
    assert_eq!(
        reader.asks_page(paper, vec![]).await,
        "Tickets as a PDF file"
    );
    reader.leaves().await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_server_of_the_demo_shows_a_mail_as_its_reader_sees_it() {
    let house = House::open_writing(Engine::Sqlite).await;
    let mail = house.mail.as_ref().expect("it runs");
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=de").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.types("email", "gast@example.com").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;
    mail.mails_taken(1).await;

    let reader = Guest::before(&format!("{}mails/1/html", mail.page()), PHONE).await;
    let shown = "return document.querySelector('h1').textContent";
    assert_eq!(reader.asks_page(shown, vec![]).await, "Fight Club");
    let drawn = "return [...document.images].every(it => it.complete && it.naturalWidth > 200)";
    assert_eq!(reader.asks_page(drawn, vec![]).await, true);
    reader.prefers("dark").await;
    let findings = reader.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    reader.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_did_not_arrive_is_sent_to_the_right_address_by_head_office() {
    let house = House::open_writing(Engine::Sqlite).await;
    let mail = house.mail.as_ref().expect("it runs");
    let Sides { theirs, .. } = house.until_both_sell().await;
    mail.set(Mood::RefusesRecipient);
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.touches("pay").await;
    guest.types("email", "gest@example.com").await;
    guest.touches("card_approve").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;

    let office = Guest::at_head_office_in(&house.hub, PHONE, "en").await;
    let case = "A mail to a guest could not be delivered.";
    office.reads("cases", case).await;
    office.touches("see-to-mails").await;
    office.reads("undelivered", "Reason: ").await;
    office
        .finds_nothing_in_the_way("a mail that did not arrive")
        .await;
    // Nothing is given up by one touch.
    office.touches("give-up").await;
    office.touches("keep-mail").await;
    // What is no address changes nothing, and says so where it was typed.
    office.types("mail-address", "guest").await;
    office.touches("send-again").await;
    office
        .reads("undelivered-problem", "Write an e-mail address")
        .await;
    mail.set(Mood::Takes);
    office.types("mail-address", "guest@example.com").await;
    office.touches("send-again").await;
    let mails = mail.mails_taken(1).await;
    assert_eq!(mails[0].to, ["guest@example.com"]);
    office.reads("became", "The mail is on its way.").await;
    office.sees_no_more("mail-address").await;
    office.touches("to-the-cinemas").await;
    office.reads("cases", "Nothing waits for a decision.").await;
    office.leaves().await;
}
