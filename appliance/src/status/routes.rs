//! HTTP of the status line.

use appliance_api::{Device, DeviceKind, LinkState, Status, TerminalState};
use axum::extract::State;
use axum::http::HeaderMap;
use counter::catalogue::local;
use counter::{Fault, Stopped, allotment, cases};
use counter_api::IfCut;
use service::http::{Json, Refusal};

use crate::app::App;
use crate::{devices, printing};

/// The link, the unsent sales, the printer and the terminal, as the status line of the asking device shows them.
#[utoipa::path(get, path = "/api/v1/status", tag = "status", responses((status = 200, body = Status)))]
pub(crate) async fn status(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<Status>, Refusal> {
    let device = devices::routes::device(&headers, &app.devices);
    let is_staffs = device.as_ref().is_some_and(|it| match it.kind {
        DeviceKind::Till | DeviceKind::Door => true,
        DeviceKind::Kiosk => false,
    });
    let mut status = now(&app, device).await?;
    if is_staffs {
        status.if_cut = if_cut(&app, status.link).await?;
        status.kept_back = kept_back(&app).await?;
    }
    Ok(Json(status))
}

/// What a cut of the line would leave to sell, where there is a line.
pub(crate) async fn if_cut(app: &App, link: LinkState) -> Result<Option<IfCut>, Fault> {
    let here = app
        .counter
        .here()
        .filter(|_| link != LinkState::NotEnrolled);
    let Some(at) = here else { return Ok(None) };
    let now = app.base.machine.clock.now();
    let looking = app
        .base
        .database
        .read(move |db| allotment::if_cut(db, &at, now));
    Ok(Some(looking.await?))
}

/// How many seats are kept back until a person answers for them.
async fn kept_back(app: &App) -> Result<u64, Fault> {
    let Some(at) = app.counter.here() else {
        return Ok(0);
    };
    let in_doubt = counter::custody::in_doubt(&at).await?;
    Ok(in_doubt.iter().map(|(_, seats)| seats).sum())
}

/// How the box is, as `device` sees it if it is one.
pub(crate) async fn now(app: &App, device: Option<Device>) -> Result<Status, Refusal> {
    let (printer, terminal) = (app.printing.state(), *app.terminal_state.lock());
    let here = app.counter.here();
    let up = here.as_ref().map(|at| at.stream().clone());
    let link = app.link.standing(up).await.map_err(Fault::from)?;
    let zone = here.map_or(jiff::tz::TimeZone::UTC, |at| at.catalogue().zone().clone());
    let counting = app
        .base
        .database
        .read(|db| Ok::<_, Fault>((cases::count_of_money(db)?, printing::count_aside(db)?)));
    let (open_cases, papers_aside) = counting.await?;
    let is_kiosk = device
        .as_ref()
        .is_some_and(|device| device.kind == DeviceKind::Kiosk);
    Ok(Status {
        link: link.state,
        link_trouble: link.trouble.map(|trouble| trouble.kind),
        link_for_ms: u64::try_from(link.state_for.as_millis()).unwrap_or(u64::MAX),
        unsent_sales: link.unsent_sales,
        if_cut: None,
        printer,
        terminal,
        open_cases: u64::try_from(open_cases).unwrap_or(0),
        set_aside: count(papers_aside).saturating_add(count(app.counter.set_aside().len())),
        kept_back: 0,
        failing: count(app.base.machine.lifecycle.failures().failing().len()),
        out_of_service: out_of_service(app, is_kiosk, terminal).map(str::to_owned),
        device: device.map(|device| device.name),
        now: local(app.base.machine.clock.now(), &zone),
    })
}

fn count<T: TryInto<u64>>(number: T) -> u64 {
    number.try_into().unwrap_or(0)
}

/// The short code of what keeps a device from selling: the screens have the words. A printer that cannot print is none: guests are asked
/// whether they go without paper.
fn out_of_service(app: &App, is_kiosk: bool, terminal: TerminalState) -> Option<&'static str> {
    if app.counter.here().is_none() {
        return Some("F01");
    }
    match app.proof.stops() {
        Some(Stopped::New | Stopped::All) => return Some("F09"),
        Some(Stopped::Revoked) => return Some("F10"),
        None => {}
    }
    if !app.base.database.has_room() {
        return Some("F02");
    }
    if !is_kiosk {
        return None;
    }
    match terminal {
        TerminalState::Ready => None,
        TerminalState::Unreachable => Some("F03"),
        TerminalState::None => Some("F04"),
    }
}
