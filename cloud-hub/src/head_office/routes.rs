//! HTTP of head office: the picture, and the picture again whenever it changes; the mails that did not reach their guests, and how mails look.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use box_office::{CinemaId, SeatId, ShowtimeId};
use counter::Fault;
use counter::catalogue::CatalogueRefused;
use counter_api::SeatHistory;
use futures_util::stream::{self, Stream};
use hub_api::{
    DayShowtimes, HeadOffice, MailDecision, MailKind, MailOrder, MailSample, Mails,
    UndeliveredMails,
};
use serde::Deserialize;
use service::http::{Caching, Json, Page, Path, Query, Refusal};
use tokio::sync::watch;
use words::Language;

use crate::app::App;
use crate::notifications::{self, Decided};
use crate::operators::routes::Operator;
use crate::operators::{OperatorRefused, SignedInAs};
use crate::storefront::booking::letter::Letter;

/// The shortest time between two pictures: a busy evening changes them a hundred times a second.
const BETWEEN_PICTURES: Duration = Duration::from_secs(1);

/// How long nothing may change before the picture is sent all the same: a page that hears nothing for longer knows that the hub is gone.
const BEAT: Duration = Duration::from_secs(10);

/// What the page of a mail may do, wherever it is shown: nothing but look as a mail program would show it. Head office shows it in a frame.
const OF_A_MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox";

/// Every cinema with its link and its day.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas", tag = "head office", security(("session" = [])),
    responses((status = 200, body = HeadOffice), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn cinemas(
    _: Operator,
    State(app): State<App>,
) -> Result<Json<HeadOffice>, Refusal> {
    Ok(Json(look(&app).await?))
}

/// The same at once, whenever something has changed and every ten seconds, as events named `cinemas`; the stream ends when shutdown begins, or
/// the session is over.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas/events", tag = "head office", security(("session" = [])),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn events(
    Operator(who): Operator,
    State(app): State<App>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = app.links.board().watch();
    let pictures = stream::unfold(
        (app, who, changes, Pace::AtOnce),
        |(app, who, mut changes, pace)| async move {
            let event = next_picture(&app, &who, &mut changes, pace).await?;
            Some((Ok(event), (app, who, changes, Pace::AfterAChange)))
        },
    );
    Sse::new(pictures)
}

/// Which day is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    /// A business day, `2026-11-23`; today's if absent.
    day: Option<String>,
}

/// The showtimes of a business day of a cinema, also of one that is over.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas/{cinema}/showtimes", tag = "head office", security(("session" = [])),
    params(("cinema" = CinemaId, Path), ("day" = Option<String>, Query)),
    responses((status = 200, body = DayShowtimes), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn showtimes(
    _: Operator,
    State(app): State<App>,
    Path(cinema): Path<CinemaId>,
    Query(Wanted { day }): Query<Wanted>,
) -> Result<Json<DayShowtimes>, CatalogueRefused> {
    let wrong = |_| CatalogueRefused::WrongQuery("A day is written as 2026-11-23.");
    let day = day.map(|day| day.parse().map_err(wrong)).transpose()?;
    let when = (day, app.base.machine.clock.now());
    Ok(Json(
        super::showtimes(&app.base.database, cinema, when).await?,
    ))
}

/// What became of a seat of a cinema: who had custody, held, bought, gave back and was let in, and when, as far as the hub keeps it and the
/// cinema has told.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/seats/{seat}/history", tag = "head office",
    security(("session" = [])), params(("cinema" = CinemaId, Path), ("showtime" = ShowtimeId, Path), ("seat" = SeatId, Path)),
    responses((status = 200, body = SeatHistory), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn seat_history(
    _: Operator,
    State(app): State<App>,
    Path((cinema, showtime, seat)): Path<(CinemaId, ShowtimeId, SeatId)>,
) -> Result<Json<SeatHistory>, Refusal> {
    let rooms = (&app.counter, &app.base.database, &app.links);
    let history = super::seat_history(rooms, &cinema, (showtime, seat));
    Ok(Json(history.await?))
}

/// What guests are written, and in which languages.
#[utoipa::path(get, path = "/api/v1/head-office/mails", tag = "head office", security(("session" = [])),
    responses((status = 200, body = Mails), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn mails(_: Operator) -> Json<Mails> {
    let languages = Language::ALL.into_iter();
    Json(Mails {
        kinds: MailKind::ALL.to_vec(),
        languages: languages.map(|it| it.short().to_owned()).collect(),
    })
}

/// How a mail looks in a language, about a booking that nobody has made.
#[utoipa::path(get, path = "/api/v1/head-office/mails/{kind}/{language}", tag = "head office", security(("session" = [])),
    params(("kind" = MailKind, Path), ("language" = String, Path)),
    responses((status = 200, body = MailSample), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn mail(
    _: Operator,
    State(app): State<App>,
    Path((kind, language)): Path<(MailKind, String)>,
) -> Result<Json<MailSample>, Refusal> {
    let letter = letter(&app, kind, &language).await?;
    Ok(Json(MailSample {
        kind,
        language: letter.language.to_owned(),
        subject: letter.subject,
        text: letter.text,
        has_tickets: letter.tickets.is_some(),
    }))
}

/// The page of the same, as mail programs show it.
#[utoipa::path(get, path = "/api/v1/head-office/mails/{kind}/{language}/page", tag = "head office", security(("session" = [])),
    params(("kind" = MailKind, Path), ("language" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn mail_page(
    _: Operator,
    State(app): State<App>,
    Path((kind, language)): Path<(MailKind, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let letter = letter(&app, kind, &language).await?;
    let page = Page {
        status: StatusCode::OK,
        content_type: "text/html; charset=utf-8",
        language: Some(letter.language),
        caching: Caching::Never,
        text: letter.framed(),
    };
    let mut answer = page.answer(&headers);
    let policy = HeaderValue::from_static(OF_A_MAIL);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// The mails to guests that could not be delivered.
#[utoipa::path(get, path = "/api/v1/head-office/mails/undelivered", tag = "head office", security(("session" = [])),
    responses((status = 200, body = UndeliveredMails), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn undelivered(
    _: Operator,
    State(app): State<App>,
) -> Result<Json<UndeliveredMails>, Refusal> {
    let found = notifications::for_head_office(&app.notifications);
    Ok(Json(found.await?))
}

/// Sends such a mail again, there or elsewhere, or gives it up.
#[utoipa::path(post, path = "/api/v1/head-office/mails/undelivered/{mail}", tag = "head office", security(("session" = [])),
    params(("mail" = String, Path)), request_body = MailOrder,
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn decide_undelivered(
    Operator(who): Operator,
    State(app): State<App>,
    Path(mail): Path<String>,
    Json(order): Json<MailOrder>,
) -> Result<StatusCode, Refusal> {
    let (of, by) = (mail.clone(), who.operator.to_string());
    let MailOrder { decision, address } = order;
    let goes_elsewhere = address.is_some();
    match (decision, address) {
        (MailDecision::SendAgain, Some(address)) => {
            notifications::send_to(&app.notifications, mail, &address).await?
        }
        (MailDecision::SendAgain, None) => {
            notifications::decide(&app.notifications, Some(mail), Decided::SentAgain).await?
        }
        (MailDecision::SetAside, _) => {
            notifications::decide(&app.notifications, Some(mail), Decided::SetAside).await?
        }
    };
    tracing::info!(
        mail = of,
        operator = by,
        ?decision,
        goes_elsewhere,
        "somebody has decided about a mail that could not be delivered"
    );
    Ok(StatusCode::NO_CONTENT)
}

async fn letter(app: &App, kind: MailKind, language: &str) -> Result<Letter, Refusal> {
    let language = Language::of_tag(language).ok_or_else(|| {
        Refusal::not_found(
            "unknown_language",
            "No mail is written in this language",
            "`GET /api/v1/head-office/mails` lists those that are.",
        )
    })?;
    Ok(app.storefront.sample(kind, language).await?)
}

async fn look(app: &App) -> Result<HeadOffice, Fault> {
    let of_now = (app.calls.troubles(), app.base.machine.clock.now());
    super::look(&app.counter, &app.base.database, &app.links, of_now).await
}

/// Nothing, once the session is over.
async fn look_as(app: &App, who: &SignedInAs) -> Result<Option<HeadOffice>, OperatorRefused> {
    match app.operators.goes_on(who).await? {
        true => Ok(Some(look(app).await?)),
        false => Ok(None),
    }
}

/// When the next picture is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    AtOnce,
    AfterAChange,
}

async fn next_picture(
    app: &App,
    who: &SignedInAs,
    changes: &mut watch::Receiver<u64>,
    mut pace: Pace,
) -> Option<Event> {
    loop {
        if pace == Pace::AfterAChange {
            let changed = async {
                tokio::time::sleep(BETWEEN_PICTURES).await;
                match tokio::time::timeout(BEAT, changes.changed()).await {
                    Ok(changed) => changed.ok(),
                    Err(_) => Some(()),
                }
            };
            tokio::select! {
                biased;
                () = app.base.machine.lifecycle.shutdown().cancelled() => return None,
                changed = changed => changed?,
            }
        }
        let version = *changes.borrow_and_update();
        match look_as(app, who).await {
            Ok(None) => return None,
            Ok(Some(picture)) => {
                return Event::default()
                    .event("cinemas")
                    .id(version.to_string())
                    .json_data(picture)
                    .ok();
            }
            // A busy database is asked again at the next change.
            Err(fault) => tracing::warn!(%fault, "head office could not be shown a change"),
        }
        pace = Pace::AfterAChange;
    }
}
