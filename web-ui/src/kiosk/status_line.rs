//! The line on top: the cinema, the time, and how link, unsent sales and printer are, in words that calm.

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
    let clock = move || {
        kiosk.status.with(|status| {
            status
                .as_ref()
                .map(|status| clock_time(&status.now).to_owned())
        })
    };
    let unreachable = say(|words| words.box_unreachable);
    let states = move || {
        match (kiosk.is_reachable.get(), kiosk.status.get()) {
        (false, _) => view! { <li class="state bad" data-testid="status-box"><Icon of=icons::WIFI_OFF/>{unreachable}</li> }.into_any(),
        (true, None) => ().into_any(),
        (true, Some(status)) => view! { <States status/> }.into_any(),
    }
    };
    view! {
        <header class="status-line" data-testid="status-line">
            <strong class="cinema-name">{name}</strong>
            <div role="status">
                <ul class="states">{states}</ul>
            </div>
            <span class="clock"><Icon of=icons::CLOCK/>{clock}</span>
        </header>
    }
}

#[component]
fn States(status: Status) -> impl IntoView {
    let kiosk = Kiosk::here();
    let unsent = status.unsent_sales;
    let set_aside = status.set_aside;
    let failing = status.failing;
    let (link, printer) = (status.link, status.printer);
    let link_words = move || link_words(link, kiosk.language.get().kiosk());
    let printer_words = move || printer_words(printer, kiosk.language.get().kiosk());
    let so_many = move |pick: fn(&Words) -> &'static str, count: u64| {
        let language = kiosk.language.get();
        counted(language, pick(language.kiosk()), count)
    };
    let unsent_words = move || so_many(|words| words.unsent, unsent);
    let set_aside_words = move || so_many(|words| words.set_aside, set_aside);
    let failing_words = move || so_many(|words| words.failing, failing);
    view! {
        <li class=format!("state {}", link_class(link)) data-testid="status-link" data-state=link_class(link)>
            <Icon of=if link == LinkState::Up { icons::WIFI } else { icons::WIFI_OFF }/>{link_words}
        </li>
        {(unsent > 0).then(|| view! { <li class="state" data-testid="status-unsent"><Icon of=icons::CLOUD_UPLOAD/>{unsent_words}</li> })}
        {(set_aside > 0).then(|| view! { <li class="state warn" data-testid="status-set-aside"><Icon of=icons::TRIANGLE_ALERT/>{set_aside_words}</li> })}
        {(failing > 0).then(|| view! { <li class="state warn" data-testid="status-failing"><Icon of=icons::TRIANGLE_ALERT/>{failing_words}</li> })}
        <li class=format!("state {}", printer_class(printer)) data-testid="status-printer"><Icon of=icons::PRINTER/>{printer_words}</li>
    }
}

fn link_words(link: LinkState, words: &Words) -> &'static str {
    match link {
        LinkState::Up => words.link_up,
        LinkState::Down => words.link_down,
        LinkState::NotEnrolled => words.link_alone,
        LinkState::Refused => words.link_refused,
        LinkState::UpdateNeeded => words.link_update,
    }
}

fn link_class(link: LinkState) -> &'static str {
    match link {
        LinkState::Up => "good",
        LinkState::NotEnrolled => "quiet",
        LinkState::Down | LinkState::Refused | LinkState::UpdateNeeded => "warn",
    }
}

fn printer_words(printer: PrinterState, words: &Words) -> &'static str {
    match printer {
        PrinterState::Ready => words.printer_ready,
        PrinterState::PaperLow => words.printer_low,
        PrinterState::PaperOut => words.printer_paper_out,
        PrinterState::CoverOpen => words.printer_cover_open,
        PrinterState::Fault | PrinterState::Unreachable => words.printer_fault,
        PrinterState::None => words.printer_none,
    }
}

fn printer_class(printer: PrinterState) -> &'static str {
    match printer {
        PrinterState::Ready => "good",
        PrinterState::PaperLow | PrinterState::None => "quiet",
        PrinterState::PaperOut
        | PrinterState::CoverOpen
        | PrinterState::Fault
        | PrinterState::Unreachable => "warn",
    }
}
