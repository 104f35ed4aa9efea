//! The print queue of a box that runs as its own process: what was sold comes out, in its order, and what may have come out before
//! says COPY, whatever happens to printer and box.

use std::time::Duration;

use counter_api::{PaperState, Sale};
use serde_json::{Value, json};
use service::Clock;
use tests::load::appliance_process::{JSON, Running, Site, UNLIMITED};
use tests::load::connection::Connection;
use tests::tools;
use tests::virtual_printer::{Document, State, VirtualPrinter};
use tokio::time::timeout;

/// Longer than every time-out and pause of the queue together in these stories.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cinema with a printer and a clerk.
struct Cinema {
    printer: VirtualPrinter,
    site: Site,
    running: Option<Running>,
    token: String,
    requests: u32,
    _folder: tempfile::TempDir,
}

impl Cinema {
    async fn open() -> Self {
        let (printer, folder) = (VirtualPrinter::start().await, tempfile::tempdir().unwrap());
        let settings = format!(
            "{UNLIMITED}\n[printer]\naddress = \"{}\"\n",
            printer.address()
        );
        let site = Site::new(folder.path(), tools::program("appliance"), &settings).unwrap();
        let running = site.start(&[]).unwrap();
        let mut cinema = Self {
            printer,
            site,
            running: Some(running),
            token: String::new(),
            requests: 0,
            _folder: folder,
        };
        let sample = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../appliance/sample/programme.toml"
        );
        tests::load::appliance_process::answers(cinema.site.address, "/healthz", &Clock::system())
            .await
            .unwrap();
        cinema
            .site
            .import(&std::fs::read_to_string(sample).unwrap())
            .unwrap();
        cinema.token = cinema.site.pair("till").await.unwrap();
        cinema
    }

    fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }

    async fn restart(&mut self) {
        self.kill();
        self.running = Some(self.site.start(&[]).unwrap());
        self.site.ready(&Clock::system()).await.unwrap();
    }

    /// The clerk sells two seats of tomorrow's first showtime for cash, in this language.
    async fn sell_two(&mut self, language: &str) -> Sale {
        let today = self.ask("GET", "/api/v1/programme", Value::Null).await;
        let tomorrow = today["days"][1].as_str().unwrap();
        let programme = self
            .ask(
                "GET",
                &format!("/api/v1/programme?day={tomorrow}"),
                Value::Null,
            )
            .await;
        let showtime = format!(
            "/api/v1/showtimes/{}",
            programme["films"][0]["showtimes"][0]["id"]
                .as_str()
                .unwrap()
        );
        let best = self
            .ask(
                "GET",
                &format!("{showtime}/best-available?count=2"),
                Value::Null,
            )
            .await;
        let seats: Vec<Value> = best["seats"]
            .as_array()
            .unwrap()
            .iter()
            .map(|seat| json!({ "seat": seat }))
            .collect();
        let hold = self
            .ask(
                "POST",
                &format!("{showtime}/holds"),
                json!({ "seats": seats, "language": language }),
            )
            .await;
        let settle = format!("/api/v1/holds/{}/settle", hold["id"].as_str().unwrap());
        serde_json::from_value(
            self.ask("POST", &settle, json!({ "cash_given_minor": 10_000 }))
                .await,
        )
        .unwrap()
    }

    /// Asks until the paper of a sale is where it should be.
    async fn until_paper_is(&mut self, sale: &Sale, state: PaperState) {
        let look = async {
            let path = format!("/api/v1/sales/{}", sale.id);
            loop {
                let sale: Sale =
                    serde_json::from_value(self.ask("GET", &path, Value::Null).await).unwrap();
                if sale.paper == state {
                    return;
                }
            }
        };
        timeout(PATIENCE, look)
            .await
            .unwrap_or_else(|_| panic!("the paper never was {state:?}"));
    }

    async fn papers_cut(&self, count: usize) -> Vec<Document> {
        timeout(PATIENCE, self.printer.papers_cut(count))
            .await
            .unwrap_or_else(|_| panic!("{:#?}", self.printer.papers()))
    }

    async fn printer_is(&self, state: State) {
        timeout(PATIENCE, self.printer.is(state)).await.unwrap();
    }

    async fn metrics(&self) -> String {
        let mut connection = Connection::open(self.site.address).await.unwrap();
        String::from_utf8(
            connection
                .send("GET", "/metrics", "", b"")
                .await
                .unwrap()
                .body
                .to_vec(),
        )
        .unwrap()
    }

    async fn ask(&mut self, method: &str, path: &str, body: Value) -> Value {
        self.requests += 1;
        let headers = format!(
            "authorization: Bearer {}\r\nidempotency-key: {}\r\n{JSON}",
            self.token, self.requests
        );
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut connection = Connection::open(self.site.address).await.unwrap();
        let reply = connection
            .send(method, path, &headers, body.as_bytes())
            .await
            .unwrap();
        let said = String::from_utf8_lossy(reply.body);
        assert!(
            (200..300).contains(&reply.status),
            "{method} {path}: {} {said}",
            reply.status
        );
        serde_json::from_str(&said).unwrap()
    }
}

/// The codes on these papers, which are the sale's in its order, each on one paper.
fn check_codes(papers: &[&Document], sale: &Sale) {
    let printed: Vec<&str> = papers.iter().flat_map(|paper| paper.codes()).collect();
    let sold: Vec<&str> = sale
        .tickets
        .iter()
        .map(|ticket| ticket.code.as_str())
        .collect();
    assert_eq!(printed, sold);
}

#[tokio::test]
async fn paper_out_stops_no_sale_and_loses_no_ticket() {
    let mut cinema = Cinema::open().await;
    cinema.printer.set(State::PaperOut);
    let sale = cinema.sell_two("de-DE").await;
    cinema.until_paper_is(&sale, PaperState::PaperOut).await;
    let metrics = cinema.metrics().await;
    assert!(
        metrics.contains(r#"foyer_printer{state="paper_out"} 1"#),
        "{metrics}"
    );
    assert!(metrics.contains("foyer_print_jobs_waiting 2"), "{metrics}");

    cinema.printer.set(State::Ready);
    let papers = cinema.papers_cut(2).await;
    cinema.until_paper_is(&sale, PaperState::Printed).await;
    check_codes(&papers.iter().collect::<Vec<_>>(), &sale);
    for (paper, ticket) in papers.iter().zip(&sale.tickets) {
        let text = paper.text();
        assert!(
            !paper.is_copy() && text.contains("Reihe") && text.contains(&sale.receipt_number),
            "{text}"
        );
        assert!(
            text.contains(&sale.collection_code) && text.contains(&ticket.number),
            "{text}"
        );
        assert!(
            text.contains("Lichtspiele am Hafen") && text.contains("Bar bezahlt"),
            "{text}"
        );
        assert!(
            !paper.described().contains("not understood"),
            "{}",
            paper.described()
        );
    }
    let metrics = cinema.metrics().await;
    assert!(
        metrics.contains("foyer_tickets_printed_total 2") && metrics.contains("as_copy_total 0"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_box_that_is_killed_while_it_prints_marks_the_ticket_as_a_copy() {
    let mut cinema = Cinema::open().await;
    cinema.printer.hang_after(600);
    let sale = cinema.sell_two("en").await;
    cinema.printer_is(State::Hung).await;
    cinema.kill();
    cinema.printer.set(State::Ready);
    cinema.restart().await;
    cinema.until_paper_is(&sale, PaperState::Printed).await;

    let papers = cinema.printer.papers();
    let (half, whole): (Vec<_>, Vec<_>) = papers.iter().partition(|paper| paper.codes().is_empty());
    assert_eq!(half.len(), 1, "{papers:#?}");
    check_codes(&whole, &sale);
    assert_eq!(
        whole
            .iter()
            .map(|paper| paper.is_copy())
            .collect::<Vec<_>>(),
        [true, false]
    );
}

#[tokio::test]
async fn a_ticket_that_may_lie_there_is_printed_again_as_a_copy_and_the_next_is_not() {
    let mut cinema = Cinema::open().await;
    cinema.printer.lose_next_answer();
    let sale = cinema.sell_two("fr").await;
    let papers = cinema.papers_cut(3).await;
    cinema.until_paper_is(&sale, PaperState::Printed).await;
    assert_eq!(
        papers.iter().map(Document::is_copy).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(papers[0].codes(), papers[1].codes());
    check_codes(&[&papers[1], &papers[2]], &sale);
}

#[tokio::test]
async fn paper_that_ends_in_the_middle_of_a_ticket_goes_on_after_the_refill() {
    let mut cinema = Cinema::open().await;
    cinema.printer.run_out_after(6);
    let sale = cinema.sell_two("es").await;
    cinema.until_paper_is(&sale, PaperState::PaperOut).await;
    cinema.printer.set(State::Ready);
    cinema.until_paper_is(&sale, PaperState::Printed).await;
    let papers = cinema.printer.papers();
    let last_two: Vec<_> = papers.iter().rev().take(2).rev().collect();
    check_codes(&last_two, &sale);
    assert_eq!(
        last_two
            .iter()
            .map(|paper| paper.is_copy())
            .collect::<Vec<_>>(),
        [true, false]
    );
}

#[tokio::test]
async fn a_printer_that_comes_back_prints_what_was_sold_without_it() {
    let mut cinema = Cinema::open().await;
    cinema.printer.hang();
    let sales = [cinema.sell_two("en").await, cinema.sell_two("de").await];
    cinema
        .until_paper_is(&sales[0], PaperState::PrinterFault)
        .await;
    cinema.restart().await;
    cinema.printer.set(State::Ready);
    let papers = cinema.papers_cut(4).await;
    check_codes(&papers.iter().take(2).collect::<Vec<_>>(), &sales[0]);
    check_codes(&papers.iter().skip(2).collect::<Vec<_>>(), &sales[1]);
    assert!(papers.iter().all(|paper| !paper.is_copy()));
}
