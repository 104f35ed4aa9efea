//! A guest comes back with a torn ticket: the clerk has it printed again, and nobody can pass the copy off as a second ticket.

use appliance::control::{Consent, Order};
use tests::virtual_printer::Document;
use tests::world::{PROGRAMME, World};

async fn reprint(world: &World, receipt: &str, reason: &str) -> Result<String, String> {
    let order = Order::Reprint {
        receipt: receipt.to_owned(),
        reason: reason.to_owned(),
    };
    world.order(order).await
}

#[tokio::test]
async fn the_tickets_of_a_receipt_come_out_again_as_copies() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk
        .hold("tonight", &["D1", "D2"])
        .await
        .cash(10_000)
        .await;
    clerk
        .hold("tonight", &["B3", "B4"])
        .await
        .cash(10_000)
        .await;
    let first = world.printer.papers_cut(4).await;
    assert!(!first.iter().any(Document::is_copy));

    let words = reprint(&world, &sale.receipt_number, "torn").await.unwrap();
    assert_eq!(words, "2 copies are on their way to the printer");
    let papers = world.printer.papers_cut(6).await;
    for (copy, original) in papers[4..].iter().zip(&first[..2]) {
        assert!(copy.is_copy(), "{}", copy.text());
        assert_eq!(copy.codes(), original.codes(), "the same ticket");
    }
}

#[tokio::test]
async fn what_cannot_be_printed_again_is_said() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["D1"]).await.cash(10_000).await;
    world.printer.papers_cut(1).await;
    for receipt in ["1-000099", "nonsense", ""] {
        let refused = reprint(&world, receipt, "torn").await.unwrap_err();
        assert!(refused.contains("There is no such receipt"), "{refused}");
    }
    let refused = reprint(&world, &sale.receipt_number, " ").await;
    assert!(refused.unwrap_err().contains("A reason is missing"));
    assert_eq!(world.printer.papers().len(), 1);
}

/// The programme of the stories a day later: dearer tax, another seller and title, and tomorrow's showtime two hours earlier.
fn changed() -> String {
    let (tomorrow, rest) = PROGRAMME.split_once("id = \"tomorrow\"").unwrap();
    let rest = rest.replacen("time = \"20:15\"", "time = \"18:00\"", 1);
    let changed = format!("{tomorrow}id = \"tomorrow\"{rest}");
    let changed = changed.replace("tax_basis_points = 700", "tax_basis_points = 1900");
    changed.replace(
        "id = \"standard\"\nversion = 1",
        "id = \"standard\"\nversion = 2",
    )
}

#[tokio::test]
async fn a_copy_says_what_was_sold_and_of_a_moved_showtime_when_it_begins_now() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tomorrow", &["D1"]).await.cash(10_000).await;
    let first = world.printer.papers_cut(1).await[0].text();
    assert!(first.contains("20:15") && first.contains("7 %"), "{first}");
    assert!(!first.contains("NEW TIME"), "{first}");
    let refused = world.import(&changed()).await.unwrap_err();
    assert!(refused.contains("1 ticket is sold for it"), "{refused}");
    world.import_with(&changed(), Consent::Given).await.unwrap();

    reprint(&world, &sale.receipt_number, "torn").await.unwrap();
    let papers = world.printer.papers_cut(2).await;
    let copy = papers[1].text();
    for words in ["NEW TIME", "18:00", "Before:", "20:15", "7 %"] {
        assert!(copy.contains(words), "{words} in {copy}");
    }
    assert!(!copy.contains("19 %"), "{copy}");
    let path = format!("/tickets/{}", sale.tickets[0].id);
    let page = clerk.get(&path).await.expect(200).text;
    assert!(
        page.contains("18:00</time>") && page.contains("<strong>New time</strong>. Before: "),
        "{page}"
    );
}

#[tokio::test]
async fn a_copy_for_a_cancelled_showtime_says_so() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tomorrow", &["D1"]).await.cash(10_000).await;
    world.printer.papers_cut(1).await;
    let cancelled = PROGRAMME.replacen(
        "id = \"tomorrow\"\n",
        "id = \"tomorrow\"\nstatus = \"cancelled\"\n",
        1,
    );
    let told = world
        .import_with(&cancelled, Consent::OnlyTell)
        .await
        .unwrap();
    assert!(told.contains("with --yes alone"), "{told}");
    world.import_with(&cancelled, Consent::Given).await.unwrap();
    reprint(&world, &sale.receipt_number, "torn").await.unwrap();
    let papers = world.printer.papers_cut(2).await;
    assert!(
        papers[1].text().contains("CANCELLED"),
        "{}",
        papers[1].text()
    );
    let path = format!("/tickets/{}", sale.tickets[0].id);
    let page = clerk.get(&path).await.expect(200).text;
    assert!(page.contains("Cancelled: this showtime"), "{page}");
}
