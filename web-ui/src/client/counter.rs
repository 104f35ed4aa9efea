//! Every question about seats, holds and payments: the box answers them for its cinema, the hub for each of all, alike but for the path.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use box_office::{CinemaId, HoldId, SaleId, SeatKind, ShowtimeId, TenderId};
use counter_api::{
    BestAvailable, CardRequest, Hold, HoldRequest, Sale, SeatChoice, SeatMap, SettleRequest,
    ShowtimeWithLayout, Tender, TenderRequest, UnderWay,
};

use hub_api::{Contact, Guest, Place as Turn, PlaceRequest};

use super::Trouble;
use super::request::{Question, delete, get, post, put, read};
use crate::words::Language;

/// What a browser does first where many choose at once: from what is wanted, and from how many bits, to the proof that it was done.
pub type Work = fn(String, u32) -> Pin<Box<dyn Future<Output = String>>>;

/// A counter that sells. Cheap to copy: a page has one for as long as it is open.
#[derive(Debug, Clone, Copy)]
pub struct Counter(&'static Place);

/// Where a counter is.
#[derive(Debug)]
struct Place {
    /// The path below which it answers.
    path: Cow<'static, str>,
    /// Who buys and the work of the page, where the counter may want some.
    work: Option<(Guest, Work)>,
}

impl Counter {
    /// The box's own.
    pub const OF_THE_BOX: Self = Self(&Place {
        path: Cow::Borrowed("/api/v1"),
        work: None,
    });

    /// A cinema's at the hub.
    pub fn of_cinema(cinema: &CinemaId) -> Self {
        Self::at(format!("/api/v1/cinemas/{cinema}").into(), None)
    }

    /// The same for a guest who has this session.
    pub fn for_guest(self, guest: Guest, work: Work) -> Self {
        Self::at(self.0.path.clone(), Some((guest, work)))
    }

    fn at(path: Cow<'static, str>, work: Option<(Guest, Work)>) -> Self {
        Self(Box::leak(Box::new(Place { path, work })))
    }

    /// A showtime with its room and prices.
    pub async fn showtime(self, id: &ShowtimeId) -> Result<ShowtimeWithLayout, Trouble> {
        get(&format!("{}/showtimes/{id}", self.0.path)).await
    }

    /// The seats of a showtime as they are now.
    pub async fn seats(self, id: &ShowtimeId) -> Result<SeatMap, Trouble> {
        get(&format!("{}/showtimes/{id}/seats", self.0.path)).await
    }

    /// Where the changes of a showtime's seats after a version of the map are told.
    pub fn seat_events(self, id: &ShowtimeId, since: u64) -> String {
        format!("{}/showtimes/{id}/seats/events?since={since}", self.0.path)
    }

    /// The `nth` best free seats together, those of one's own hold among them, of one kind only if one is named; nothing is held.
    pub async fn best_available(
        self,
        id: &ShowtimeId,
        (count, nth): (u32, u32),
        only: Option<SeatKind>,
        hold: Option<&HoldId>,
    ) -> Result<BestAvailable, Trouble> {
        let kind = match only {
            None => String::new(),
            // Whoever comes along sits beside it.
            Some(SeatKind::Wheelchair | SeatKind::Companion) => "&wheelchairs=1".to_owned(),
            Some(kind) => format!("&kind={}", kind.word()),
        };
        let hold = hold.map_or_else(String::new, |hold| format!("&hold={hold}"));
        let asked = format!(
            "{}/showtimes/{id}/best-available?count={count}&nth={nth}{kind}{hold}",
            self.0.path
        );
        get(&asked).await
    }

    /// Holds seats, for a guest who speaks `language`.
    pub async fn hold(
        self,
        showtime: &ShowtimeId,
        seats: Vec<SeatChoice>,
        language: Language,
    ) -> Result<Hold, Trouble> {
        let path = format!("{}/showtimes/{showtime}/holds", self.0.path);
        let question = Question::new("POST", &path).with(&request(seats, language))?;
        self.held(question.keyed(), showtime.as_str()).await
    }

    /// Other seats or ticket kinds for a hold.
    pub async fn choose(
        self,
        hold: &HoldId,
        seats: Vec<SeatChoice>,
        language: Language,
    ) -> Result<Hold, Trouble> {
        let path = format!("{}/holds/{hold}/seats", self.0.path);
        let question = Question::new("PUT", &path).with(&request(seats, language))?;
        self.held(question, hold.as_str()).await
    }

    /// What holds more seats, asked once more where the counter wants some work first.
    async fn held(self, question: Question<'_>, of: &str) -> Result<Hold, Trouble> {
        match (question.ask_again().await, &self.0.work) {
            (Err(Trouble::Refused(problem)), Some((guest, work)))
                if problem.code == "work_needed" =>
            {
                let mut question = question.keyed();
                let key = question.key.clone().unwrap_or_default();
                let wish = format!("{}:{of}:{key}:", guest.id);
                question.work = Some(work(wish, guest.work_bits).await);
                read(question.ask_again().await)
            }
            (answer, _) => read(answer),
        }
    }

    /// What of this device's or guest's is under way, the newest first.
    pub async fn under_way(self) -> Result<UnderWay, Trouble> {
        get(&format!("{}/holds", self.0.path)).await
    }

    /// A hold as it is now.
    pub async fn look(self, hold: &HoldId) -> Result<Hold, Trouble> {
        get(&format!("{}/holds/{hold}", self.0.path)).await
    }

    /// More time for a hold.
    pub async fn extend(self, hold: &HoldId) -> Result<Hold, Trouble> {
        let path = format!("{}/holds/{hold}/extend", self.0.path);
        post(&path, &serde_json::json!({})).await
    }

    /// Gives the seats of a hold back.
    pub async fn release(self, hold: &HoldId) -> Result<(), Trouble> {
        delete(&format!("{}/holds/{hold}", self.0.path)).await
    }

    /// Says where whoever holds these seats is written to. A box has no such route.
    pub async fn write_to(self, hold: &HoldId, email: String) -> Result<(), Trouble> {
        let path = format!("{}/holds/{hold}/contact", self.0.path);
        let question = Question::new("PUT", &path).with(&Contact { email })?;
        question.ask_again().await.map(drop)
    }

    /// Asks for the turn to choose seats of a showtime, or keeps the place before it; `proof` is what the last answer had. A box has no such route.
    pub async fn come(self, showtime: &ShowtimeId, proof: Option<String>) -> Result<Turn, Trouble> {
        let path = format!("{}/showtimes/{showtime}/place", self.0.path);
        put(&path, &PlaceRequest { proof }).await
    }

    /// Gives the turn to the next.
    pub async fn leave_queue(self, showtime: &ShowtimeId) -> Result<(), Trouble> {
        delete(&format!("{}/showtimes/{showtime}/place", self.0.path)).await
    }

    /// Asks for what is left to pay of a hold as it was shown, by a card: the terminal's, or online `card`, as whoever takes cards there calls it.
    /// The guest goes without paper or not.
    pub async fn pay_by_card(
        self,
        shown: &Hold,
        card: Option<String>,
        is_paperless: bool,
    ) -> Result<Tender, Trouble> {
        let card = CardRequest {
            card,
            paperless: is_paperless,
            total_minor: Some(shown.basket.total.minor),
            seats: shown.basket.choices(),
            refunds_until: shown.refunds_until.clone(),
            refunds_kept_minor: shown.refunds_kept.map(|kept| kept.minor),
        };
        let path = format!("{}/holds/{}/tenders", self.0.path, shown.id);
        post(&path, &TenderRequest::Card(card)).await
    }

    /// Asks for a payment to be stopped; the outcome is in the hold.
    pub async fn cancel(self, tender: &TenderId) -> Result<(), Trouble> {
        delete(&format!("{}/tenders/{tender}", self.0.path)).await
    }

    /// Issues the tickets of a hold that costs nothing, as it was shown.
    pub async fn settle(self, shown: &Hold, is_paperless: bool) -> Result<Sale, Trouble> {
        let request = SettleRequest {
            paperless: is_paperless,
            total_minor: Some(shown.basket.total.minor),
            seats: shown.basket.choices(),
            refunds_until: shown.refunds_until.clone(),
            refunds_kept_minor: shown.refunds_kept.map(|kept| kept.minor),
            ..SettleRequest::default()
        };
        post(
            &format!("{}/holds/{}/settle", self.0.path, shown.id),
            &request,
        )
        .await
    }

    /// A sale with its tickets and the state of its paper.
    pub async fn sale(self, id: &SaleId) -> Result<Sale, Trouble> {
        get(&format!("{}/sales/{id}", self.0.path)).await
    }
}

fn request(seats: Vec<SeatChoice>, language: Language) -> HoldRequest {
    HoldRequest {
        seats,
        language: Some(language.short().to_owned()),
    }
}
