//! Somebody of head office chooses a password by a one-time link, signs out, and is let in again by it and by nothing else.

use serde_json::json;
use tests::world::Hub;

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_chooses_a_password_and_signs_in_out_and_in_again() {
    let hub = Hub::start().await;
    let address = format!("{}/head-office", hub.url());
    let office = Guest::before(&address, PHONE).await;
    office.reads("sign-in", "Nobody can sign in yet").await;
    assert_eq!(office.focus().await, "operator");

    let link = hub.order(&["operator", "Ticket.Office"]);
    office.opens(link.trim()).await;
    office.sees("choose-password").await;
    office.reads("whose-link", "For ticket.office").await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    office.types("password", "short").await;
    office.touches("send").await;
    office
        .reads("sign-in-problem", "12 to 200 characters")
        .await;
    office.types("password", "a password of some words").await;
    office.touches("send").await;
    office.sees("head-office").await;
    let at = office.client().current_url().await.expect("an address");
    assert_eq!(at.fragment(), None, "the link is gone from the address");

    let other = Guest::before(link.trim(), LANDSCAPE).await;
    other.types("password", "a password of a stranger").await;
    other.touches("send").await;
    other.reads("sign-in-problem", "used up").await;
    other.touches("without-link").await;
    other.types("operator", "ticket.office").await;
    other.types("password", "a password of some word").await;
    other.touches("send").await;
    other.reads("sign-in-problem", "wrong").await;
    other.types("password", "a password of some words").await;
    other.touches("send").await;
    other.reads("live", "Live").await;
    let findings = other.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");

    // One browser signs the other out, whose open page closes.
    let tokyo = json!({ "timezoneId": "Asia/Tokyo" });
    office
        .commands("Emulation.setTimezoneOverride", tokyo)
        .await;
    office.touches("who").await;
    office.reads("sessions", "Another browser").await;
    // On the clock of whoever reads, and which clock that is.
    office.reads("sessions", "GMT+9").await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    office.touches("end-session").await;
    office.sees_no_more("end-session").await;
    other.sees("sign-in").await;

    office.touches("sign-out").await;
    office.sees("sign-in").await;
    office.opens(&address).await;
    office.reads("sign-in", "Sign in to see").await;
    office.leaves().await;
    other.leaves().await;
}
