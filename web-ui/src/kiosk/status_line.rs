//! The line on top: the cinema, the time, and what is wrong, in words that calm. What works is not talked of: how the box does is for its staff.

use appliance_api::{LinkState, PrinterState, Status};
use leptos::prelude::*;

use super::state::Kiosk;
use super::words::{Words, say};
use crate::format::clock_time;
use crate::icons::{self, Icon};
use crate::words::counted;

/// The line on top.
#[component]
pub fn StatusLine() -> impl IntoView {
    let kiosk = Kiosk::here();
    let name = move || {
        kiosk
            .cinema
            .with(|cinema| cinema.as_ref().map(|cinema| cinema.name.clone()))
    };
    // A box that knows no cinema knows no time on its walls either.
    let clock = move || {
        name()?;
        let now = kiosk.status.with(|status| {
            let now = &status.as_ref()?.now;
            Some(clock_time(now).to_owned())
        })?;
        Some(view! { <span class="clock"><Icon of=icons::CLOCK/>{now}</span> })
    };
    let unreachable = say(|words| words.box_unreachable);
    let states = move || {
        match (kiosk.is_reachable.get(), kiosk.status.get()) {
        (false, _) => view! { <li class="state bad" data-testid="status-box"><Icon of=icons::WIFI_OFF/>{unreachable}</li> }.into_any(),
        (true, None) => ().into_any(),
        (true, Some(status)) => view! { <Faults status/> }.into_any(),
    }
    };
    view! {
        <header class="status-line" data-testid="status-line">
            <strong class="cinema-name">{name}</strong>
            <div role="status">
                <ul class="states">{states}</ul>
            </div>
            {clock}
        </header>
    }
}

#[component]
fn Faults(status: Status) -> impl IntoView {
    let kiosk = Kiosk::here();
    let fault = |testid: &'static str, icon: &'static str, words: Signal<String>| {
        view! { <li class="state warn" data-testid=testid><Icon of=icon/>{words}</li> }
    };
    let said = move |pick: fn(&Words) -> &'static str| {
        Signal::derive(move || pick(kiosk.language.get().kiosk()).to_owned())
    };
    let so_many = move |pick: fn(&Words) -> &'static str, count: u64| {
        Signal::derive(move || {
            let language = kiosk.language.get();
            counted(language, pick(language.kiosk()), count)
        })
    };
    let (set_aside, failing) = (status.set_aside, status.failing);
    view! {
        {link_fault(status.link).map(|pick| fault("status-link", icons::WIFI_OFF, said(pick)))}
        {(set_aside > 0).then(|| fault("status-set-aside", icons::TRIANGLE_ALERT, so_many(|words| words.set_aside, set_aside)))}
        {(failing > 0).then(|| fault("status-failing", icons::TRIANGLE_ALERT, so_many(|words| words.failing, failing)))}
        {printer_fault(status.printer).map(|pick| fault("status-printer", icons::PRINTER, said(pick)))}
    }
}

/// What is wrong with the line to the hub, if something is.
fn link_fault(link: LinkState) -> Option<fn(&Words) -> &'static str> {
    match link {
        LinkState::Up | LinkState::NotEnrolled => None,
        LinkState::Down => Some(|words| words.link_down),
        LinkState::Refused => Some(|words| words.link_refused),
        LinkState::UpdateNeeded => Some(|words| words.link_update),
    }
}

/// What is wrong with the printer, if something is.
fn printer_fault(printer: PrinterState) -> Option<fn(&Words) -> &'static str> {
    match printer {
        PrinterState::Ready | PrinterState::PaperLow | PrinterState::None => None,
        PrinterState::PaperOut => Some(|words| words.printer_paper_out),
        PrinterState::CoverOpen => Some(|words| words.printer_cover_open),
        PrinterState::Fault | PrinterState::Unreachable => Some(|words| words.printer_fault),
    }
}
