//! What head office asks the hub beside the picture that it is shown.

use box_office::{CinemaId, SeatId, ShowtimeId};
use counter_api::{SeatHistory, ShowtimeWithLayout};
use hub_api::{
    DayShowtimes, Guest, HandOver, HandOverOrder, HandOvers, LinkOf, LinkRequest, MailKind,
    MailOrder, MailSample, PasswordRequest, Sessions, SignInRequest, SignedIn, UndeliveredMails,
};

use super::Trouble;
use super::request::{delete, get, post, post_once, put, tell};

/// Begins a guest's session, or goes on with that of this browser, which keeps its cookie.
pub async fn begin_session() -> Result<Guest, Trouble> {
    post_once("/api/v1/guests", &serde_json::json!({})).await
}

/// Where whoever asks is signed in.
pub async fn sessions() -> Result<Sessions, Trouble> {
    get("/api/v1/sessions").await
}

/// Begins a session; the browser keeps its cookie.
pub async fn sign_in(operator: String, password: String) -> Result<SignedIn, Trouble> {
    post_once("/api/v1/sessions", &SignInRequest { operator, password }).await
}

/// Whose a one-time link is.
pub async fn whose_link(link: String) -> Result<LinkOf, Trouble> {
    post_once("/api/v1/links", &LinkRequest { link }).await
}

/// Chooses a password by a one-time link, and begins a session.
pub async fn choose_password(link: String, password: String) -> Result<SignedIn, Trouble> {
    put("/api/v1/password", &PasswordRequest { link, password }).await
}

/// Ends a session.
pub async fn end_session(id: &str) -> Result<(), Trouble> {
    delete(&format!("/api/v1/sessions/{id}")).await
}

/// The showtimes of a business day of a cinema; today's, if none is named.
pub async fn showtimes(cinema: &CinemaId, day: &str) -> Result<DayShowtimes, Trouble> {
    let query = match day {
        "" => String::new(),
        day => format!("?day={day}"),
    };
    get(&format!(
        "/api/v1/head-office/cinemas/{cinema}/showtimes{query}"
    ))
    .await
}

/// A showtime that the hub sells, with its room.
pub async fn showtime(
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<ShowtimeWithLayout, Trouble> {
    get(&format!("/api/v1/cinemas/{cinema}/showtimes/{showtime}")).await
}

/// How a mail to guests looks in a language.
pub async fn mail(kind: MailKind, language: &str) -> Result<MailSample, Trouble> {
    let kind = kind.word();
    get(&format!("/api/v1/head-office/mails/{kind}/{language}")).await
}

/// The mails that could not be delivered.
pub async fn undelivered() -> Result<UndeliveredMails, Trouble> {
    get("/api/v1/head-office/mails/undelivered").await
}

/// Decides what becomes of one.
pub async fn decide_undelivered(mail: &str, order: &MailOrder) -> Result<(), Trouble> {
    tell(
        &format!("/api/v1/head-office/mails/undelivered/{mail}"),
        order,
    )
    .await
}

/// What became of a seat.
pub async fn seat_history(
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seat: &SeatId,
) -> Result<SeatHistory, Trouble> {
    let of = format!("/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/seats/{seat}");
    get(&format!("{of}/history")).await
}

/// What can be handed over to a cinema.
pub async fn hand_overs(cinema: &CinemaId) -> Result<HandOvers, Trouble> {
    get(&format!("/api/v1/head-office/cinemas/{cinema}/hand-over")).await
}

/// The codes for what is on its way to a cinema.
pub async fn hand_over_codes(
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<HandOver, Trouble> {
    get(&hand_over_of(cinema, showtime)).await
}

/// Gives free seats of a showtime to the cinema.
pub async fn hand_over(
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    order: &HandOverOrder,
) -> Result<HandOver, Trouble> {
    post(&hand_over_of(cinema, showtime), order).await
}

fn hand_over_of(cinema: &CinemaId, showtime: &ShowtimeId) -> String {
    format!("/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over")
}
