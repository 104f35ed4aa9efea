//! Head office looks at how guests are written to: each kind of mail in each language, by the hand of whoever writes the real ones.

use serde_json::{Value, json};
use tests::chromium::{LANDSCAPE, PHONE};
use tests::world::{Hub, until};

use crate::guest::Guest;

/// What the frame shows: its size, whether this page reaches into it, and where it leads.
const FRAME: &str = "\
    const frame = document.querySelector('[data-testid=mail-page]'), box = frame.getBoundingClientRect();\
    return { reached: frame.contentDocument !== null, tall: box.height > 300, fits: box.right <= innerWidth, at: frame.getAttribute('src') };";

async fn shows(office: &Guest, kind: &str, language: &str) {
    let at = format!("/api/v1/head-office/mails/{kind}/{language}/page");
    let expected = json!({ "reached": false, "tall": true, "fits": true, "at": at });
    until("the mail is shown", || async {
        let frame = office.asks_page(FRAME, vec![]).await;
        (frame == expected).then_some(())
    })
    .await;
}

/// What is read inside the frame.
async fn in_the_frame(office: &Guest, words: &str) {
    let frame = office.sees("mail-page").await;
    frame.enter_frame().await.expect("a frame");
    let text = until(words, || async {
        let body: Value = office
            .asks_page("return document.body.innerText", vec![])
            .await;
        body.as_str()
            .filter(|it| it.contains(words))
            .map(str::to_owned)
    })
    .await;
    assert!(text.contains("Metropolis"), "{text}");
    let pictures = "return [...document.images].every(it => it.complete && it.naturalWidth > 0)";
    assert_eq!(office.asks_page(pictures, vec![]).await, json!(true));
    office
        .client()
        .enter_parent_frame()
        .await
        .expect("the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_is_looked_at_on_a_phone_before_a_guest_gets_it() {
    let hub = Hub::start().await;
    let office = Guest::at_head_office_in(&hub, PHONE, "en").await;
    office.touches("to-the-mails").await;
    office
        .reads(
            "mail-subject",
            "Your tickets: Metropolis, Friday, 5 March 2027, 20:15",
        )
        .await;
    shows(&office, "bought", "en").await;
    in_the_frame(&office, "Thank you. These are your tickets").await;
    office.reads("mail-text", "Row F, seat 7").await;
    office.finds_nothing_in_the_way("a mail on a phone").await;
    for (kind, subject) in [
        ("late", "Your tickets: "),
        ("back", "Given back: "),
        ("not_back", "Not given back: "),
        ("cancelled", "Cancelled: "),
        ("time", "New time: "),
        ("room", "Another screen: "),
    ] {
        office.touches(&format!("mail-{kind}")).await;
        office.reads("mail-subject", subject).await;
        shows(&office, kind, "en").await;
    }
    office.touches("mail-back").await;
    office.touches("mail-in-de").await;
    office
        .reads("mail-subject", "Zurückgegeben: Metropolis, ")
        .await;
    shows(&office, "back", "de").await;
    in_the_frame(&office, "1,00\u{a0}€ vom Preis werden einbehalten").await;
    // A page that is opened anew shows the mails still, and the way back leads to the cinemas.
    office.client().refresh().await.expect("the page opens");
    office.sees("mails").await;
    office.touches("to-the-cinemas").await;
    office.sees_no_more("mails").await;
    office.sees("cases").await;
    office.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_fit_for_a_wide_screen_in_the_dark_and_in_german() {
    let hub = Hub::start().await;
    let office = Guest::at_head_office_in(&hub, LANDSCAPE, "de").await;
    office.touches("appearance").await;
    office.touches("to-the-mails").await;
    office
        .reads("mails", "So schreiben wir Ihren Gästen.")
        .await;
    office.touches("mail-not_back").await;
    office.reads("mail-subject", "Nicht zurückgenommen: ").await;
    shows(&office, "not_back", "de").await;
    office
        .finds_nothing_in_the_way("a mail on a wide screen")
        .await;
    office.leaves().await;
}
