//! A guest at home from the seats to the money that goes back: Stripe's own fields, a bank that asks first, mails over an encrypted line to a
//! server that is not ours, and what the provider says of it in the end.

use std::collections::HashSet;

use tests::aiosmtpd::{Aiosmtpd, Encrypted, PASSWORD, USER};
use tests::certificates::{Authority, Good};
use tests::engine::Engine;
use tests::http::client;
use tests::mail_server::Mail;
use tests::stripe::Stripe;
use tests::world::{House, PROGRAMME, Sides, until};

use crate::buys_online::{at_home, chooses, path, two, until_the_tickets_are_open};
use crate::guest::Guest;
use crate::mails::link;
use crate::pays_by_stripe::{BANK_ASKS_FIRST, WITHOUT_MONEY, types_a_card};
use tests::chromium::PHONE;

/// Answers at the page of the bank, and goes back.
async fn answers_at_the_bank(guest: &Guest, answer: &str) {
    until("the bank's page is open", || async {
        path(guest).await.starts_with("/steps/").then_some(())
    })
    .await;
    let button = format!("form[action$='/{answer}'] button");
    guest.finds(&button).await.click().await.expect("an answer");
    let back = guest.finds("a[href*='/holds/']").await;
    back.click().await.expect("back");
}

/// The one mail with such a subject, once it is there.
async fn until_mailed(server: &Aiosmtpd, subject: &str) -> Mail {
    let mut found = until(subject, || async {
        let mut mails = server.mails();
        mails.retain(|mail| mail.subject().is_some_and(|it| it.starts_with(subject)));
        (!mails.is_empty()).then_some(mails)
    })
    .await;
    assert_eq!(found.len(), 1, "{subject}");
    found.remove(0)
}

/// How many codes a mail shows as pictures, and the PDF file that comes with it.
fn codes_and_paper(mail: &Mail) -> (usize, Vec<u8>) {
    let parts = mail.parts();
    let codes = parts.iter().filter(|part| part.content_type == "image/png");
    let html = mail.html().expect("a page");
    for code in codes.clone() {
        let name = code.content_id.as_deref().expect("a name");
        assert!(html.contains(&format!("cid:{name}")), "{name} is shown");
    }
    let count = codes.count();
    let mut papers = parts.into_iter();
    let paper = papers.find(|part| part.content_type == "application/pdf");
    (count, paper.expect("a PDF file").bytes)
}

/// The PDF file behind the link of a mail.
async fn paper_behind(link: &str) -> Vec<u8> {
    let (page, query) = link.split_once('?').unwrap_or((link, ""));
    let asked = client().get(format!("{page}/tickets.pdf?{query}"));
    let answer = asked.send().await.expect("the hub answers");
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    answer.bytes().await.expect("a file").to_vec()
}

/// All links of a mail, each once.
fn links(mail: &Mail) -> HashSet<String> {
    let html = mail.html().expect("a page");
    let mut links = HashSet::new();
    for piece in html.split("href=\"").skip(1) {
        let (link, _) = piece.split_once('"').expect("an end");
        links.insert(link.replace("&amp;", "&"));
    }
    links
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_seats_over_the_bank_to_a_refund_and_every_step_is_told_by_mail() {
    let stripe = Stripe::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new(folder.path(), "mail");
    let signed = authority.sign("server", &["127.0.0.1"], Good::ForLong);
    let server = Aiosmtpd::start(folder.path(), &signed, Encrypted::Later);
    let password = folder.path().join("password");
    std::fs::write(&password, PASSWORD).expect("room");
    let settings = format!(
        "{}[mail]\nsmtp = \"smtp://{}\"\nfrom = \"Metropol <tickets@metropol.example>\"\nuser = \"{USER}\"\n\
         password_file = \"{}\"\nauthority = \"{}\"\n",
        stripe.settings(),
        server.address(),
        password.display(),
        authority.file.display()
    );
    let house = House::open_paying(Engine::Sqlite, PROGRAMME, &settings).await;
    stripe.tells(&house.hears_of_payments());
    let Sides { theirs, .. } = house.until_both_sell().await;

    // Seats, an address, and a card without money.
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.touches("pay").await;
    guest.types("email", "guest@example.com").await;
    types_a_card(&guest, WITHOUT_MONEY).await;
    guest.touches("pay-now").await;
    guest.reads("notice", "not enough money on this card").await;
    let findings = guest.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    // Another, whose bank asks: no at first, and then yes.
    types_a_card(&guest, BANK_ASKS_FIRST).await;
    guest.touches("pay-now").await;
    answers_at_the_bank(&guest, "no").await;
    guest
        .reads("notice", "The payment was not confirmed at the bank")
        .await;
    types_a_card(&guest, BANK_ASKS_FIRST).await;
    guest.touches("pay-now").await;
    answers_at_the_bank(&guest, "yes").await;
    until_the_tickets_are_open(&guest).await;
    let codes = "return document.querySelectorAll('.ticket .code svg').length";
    assert_eq!(guest.asks_page(codes, vec![]).await, 2);
    let booking = path(&guest).await;
    guest.finds_nothing_in_the_way("the tickets").await;
    guest.leaves().await;
    let taken = stripe.taken().await;
    assert_eq!((taken.captured, taken.refunded), (2_000, 0));
    let states = taken.payments.iter().map(|it| it["status"].as_str());
    let states: Vec<_> = states.flatten().collect();
    assert_eq!(states, ["succeeded", "canceled", "canceled"]);

    // The mail, its PDF file and its links.
    let mail = until_mailed(&server, "Your tickets: ").await;
    let text = mail.text().expect("a text");
    assert!(text.contains("Row A, seat 1") && text.contains("Row A, seat 2"));
    let (codes, paper) = codes_and_paper(&mail);
    assert_eq!(codes, 2);
    assert!(paper.starts_with(b"%PDF-"));
    let of_mail = link(&mail);
    assert!(of_mail.contains(&booking), "{of_mail} leads to {booking}");
    assert_eq!(paper_behind(&of_mail).await.len(), paper.len());
    for link in links(&mail) {
        let answer = client().get(&link).send().await.expect("the hub answers");
        assert_eq!(answer.status(), 200, "{link}");
    }

    // From the mail one ticket goes back, and its money to the card.
    let reader = Guest::before(&of_mail, PHONE).await;
    reader.touches("choose").await;
    reader.touches("look-first").await;
    reader
        .reads("comes-back", "1 ticket, €10.00 back to the card that paid")
        .await;
    reader.touches("give-back").await;
    let mail = until_mailed(&server, "Given back: ").await;
    let text = mail.text().expect("a text");
    assert!(text.contains("went back to the card that paid"), "{text}");
    let (codes, paper_of_one) = codes_and_paper(&mail);
    assert_eq!(codes, 1, "the other is good");
    assert!(
        paper_of_one.len() < paper.len(),
        "and stands alone on paper"
    );
    assert_eq!(link(&mail), of_mail, "the booking has one link");
    reader.opens(&of_mail).await;
    reader
        .reads("tickets", "went back to the card that paid")
        .await;
    reader.finds_nothing_in_the_way("given back").await;
    reader.leaves().await;

    // So the provider says as well.
    let taken = stripe.taken().await;
    assert_eq!((taken.captured, taken.refunded), (2_000, 1_000));
    let refunds = stripe.refunds().await;
    assert_eq!(refunds.len(), 1, "{refunds:?}");
    assert_eq!(refunds[0]["amount"], 1_000);
    assert!(refunds[0]["metadata"]["foyer_ticket"].is_string());
    assert_eq!(server.mails().len(), 2, "one mail a step");
    let log = std::fs::read_to_string(house.hub.log()).expect("its log");
    for secret in [BANK_ASKS_FIRST, PASSWORD, "guest@example.com"] {
        assert!(!log.contains(secret), "{secret}");
    }
    assert!(house.hub.cases().await.is_empty());
    house.comes_to_rest().await;
}
