//! What became of one seat, as it is read: what it is now, what has happened, and how far the hub knows.

use box_office::{Layout, SeatId, TicketId};
use counter_api::{
    HeardSoFar, HistoryGap, SeatDeed, SeatHappening, SeatHistory, SeatOutcome, SeatStands,
};
use leptos::prelude::*;

use super::super::words::{Words, say};
use crate::format::day_and_time;
use crate::icons::{self, Icon};
use crate::words::{Language, fill, seat_name, spoken};

/// The story of a seat.
#[component]
pub(super) fn Story(told: SeatHistory, layout: RwSignal<Option<Layout>>) -> impl IntoView {
    let language = spoken();
    let SeatHistory {
        seat,
        standing,
        happenings,
        gaps,
        heard,
        ..
    } = told;
    let name = move || layout.with(|layout| named(&seat, layout.as_ref(), language.get()));
    let now = move || stands(standing.state, language.get().head_office());
    // A ticket that nothing below tells of.
    let is_told = |ticket: &_| {
        happenings
            .iter()
            .any(|it| it.ticket.as_ref() == Some(ticket))
    };
    let ticket = standing.ticket.filter(|ticket| !is_told(ticket));
    let ticket = ticket.map(|ticket| {
        let words = move || {
            let words = language.get().head_office();
            fill(words.seat_ticket, &[("ticket", ticket.as_str())])
        };
        view! { <p class="quiet">{words}</p> }
    });
    // A line that is down puts all of it into question, and stands first.
    let (cut, contact) = match heard {
        None => (None, None),
        Some(heard) => {
            let is_up = heard.is_up;
            let words = move || contact(&heard, language.get());
            match is_up {
                true => (
                    None,
                    Some(view! { <p class="quiet" data-testid="seat-contact">{words}</p> }),
                ),
                false => (
                    Some(
                        view! { <p class="attention" data-testid="seat-contact"><Icon of=icons::WIFI_OFF/><span>{words}</span></p> },
                    ),
                    None,
                ),
            }
        }
    };
    let (heading, known) = (
        say(|words| words.seat_happened),
        say(|words| words.seat_known),
    );
    let (title, nothing) = (
        say(|words| words.seat_history),
        say(|words| words.seat_nothing),
    );
    let happened = match happenings.is_empty() {
        true => view! { <p class="nothing" data-testid="seat-nothing">{nothing}</p> }.into_any(),
        false => {
            let items = happenings.into_iter().map(|it| view! { <Happened it/> });
            view! { <ol class="happenings" data-testid="seat-happenings">{items.collect_view()}</ol> }.into_any()
        }
    };
    let gaps = move || {
        let words = language.get().head_office();
        let said = gaps.iter().filter_map(|gap| gap_in_words(*gap, words));
        said.map(|words| view! { <p class="quiet">{words}</p> })
            .collect_view()
    };
    // The keyboard comes to it, or a long story could not be scrolled.
    view! {
        <section class="seat-story" aria-label=title tabindex="0" data-testid="seat-story">
            <div role="status" data-testid="seat-now">
                <h3>{name}</h3>
                <p><strong>{now}</strong></p>
            </div>
            {ticket}
            {cut}
            <h3>{heading}</h3>
            {happened}
            <h3>{known}</h3>
            {contact}
            {gaps}
        </section>
    }
}

/// One thing that has happened.
#[component]
fn Happened(it: SeatHappening) -> impl IntoView {
    let language = spoken();
    let at = it.at.clone();
    let when = move || day_and_time(&at, language.get());
    let what = move || {
        let words = language.get().head_office();
        let what = deed(it.deed, words);
        match it.outcome.map(|outcome| became(outcome, words)) {
            Some(became) => fill(words.seat_became, &[("what", what), ("became", became)]),
            None => what.to_owned(),
        }
    };
    let at = it.at.clone();
    let details = move || {
        let details = details(&it, language.get().head_office());
        let line = |words| view! { <span class="quiet">{words}</span> };
        details.into_iter().map(line).collect_view()
    };
    view! {
        <li>
            <time datetime=at>{when}</time>
            <div class="happening"><strong>{what}</strong>{details}</div>
        </li>
    }
}

/// By which one asks on: its ticket, its receipt, who did it.
fn details(it: &SeatHappening, words: &Words) -> Vec<String> {
    let by = match it.deed {
        SeatDeed::Held | SeatDeed::Sold => words.seat_by_guest,
        SeatDeed::GivenToTheHub
        | SeatDeed::GivenToTheCinema
        | SeatDeed::SoldElsewhere
        | SeatDeed::Admitted
        | SeatDeed::AskedBack
        | SeatDeed::Moved => words.seat_by_device,
    };
    let ticket = it.ticket.as_ref().map(TicketId::as_str);
    let named = [
        (words.seat_ticket, "ticket", ticket),
        (words.seat_receipt, "receipt", it.receipt.as_deref()),
        (by, "by", it.by.as_deref()),
    ];
    let named = named.into_iter();
    named
        .filter_map(|(text, gap, name)| Some(fill(text, &[(gap, name?)])))
        .collect()
}

/// As it is spoken, where the room is known.
fn named(seat: &SeatId, layout: Option<&Layout>, language: Language) -> String {
    let name = || {
        let layout = layout?;
        let place = layout.places.iter().find(|place| place.seat == *seat)?;
        let block = layout.block_name(place);
        Some(seat_name(
            language.shared(),
            block,
            &place.row,
            &place.number,
        ))
    };
    name().unwrap_or_else(|| seat.to_string())
}

fn contact(heard: &HeardSoFar, language: Language) -> String {
    let words = language.head_office();
    match (heard.is_up, &heard.last_contact) {
        (true, _) => words.seat_heard.to_owned(),
        (false, Some(at)) => {
            let when = day_and_time(at, language);
            fill(words.seat_not_heard, &[("when", &when)])
        }
        (false, None) => words.seat_never_heard.to_owned(),
    }
}

fn stands(state: SeatStands, words: &Words) -> &'static str {
    match state {
        SeatStands::WithTheOtherSide => words.seat_with_the_cinema,
        SeatStands::Free => words.seat_free,
        SeatStands::Held => words.seat_held,
        SeatStands::Sold => words.seat_sold,
        SeatStands::KeptBack => words.seat_kept_back,
        SeatStands::AskedBack => words.seat_asked_back,
        SeatStands::NotProven => words.seat_not_proven,
        SeatStands::TakenOver => words.seat_taken_over,
    }
}

fn deed(deed: SeatDeed, words: &Words) -> &'static str {
    match deed {
        SeatDeed::GivenToTheHub => words.deed_given_to_the_hub,
        SeatDeed::GivenToTheCinema => words.deed_given_to_the_cinema,
        SeatDeed::Held => words.deed_held,
        SeatDeed::Sold => words.deed_sold,
        SeatDeed::SoldElsewhere => words.deed_sold_at_the_cinema,
        SeatDeed::Admitted => words.deed_admitted,
        SeatDeed::AskedBack => words.deed_asked_back,
        SeatDeed::Moved => words.deed_moved,
    }
}

fn became(outcome: SeatOutcome, words: &Words) -> &'static str {
    match outcome {
        SeatOutcome::StillHeld => words.became_still_held,
        SeatOutcome::GivenUp => words.became_given_up,
        SeatOutcome::Bought => words.became_bought,
        SeatOutcome::BeingGivenBack => words.became_being_given_back,
        SeatOutcome::GivenBack => words.became_given_back,
        SeatOutcome::GivenBackUnproven => words.became_unproven,
        SeatOutcome::WithoutProof => words.became_without_proof,
        SeatOutcome::Contradicts => words.became_contradicts,
    }
}

fn gap_in_words(gap: HistoryGap, words: &Words) -> Option<String> {
    match gap {
        HistoryGap::HoldsThatEnded => Some(words.gap_holds_that_ended.to_owned()),
        HistoryGap::HoldsInTheLobby => Some(words.gap_holds_in_the_lobby.to_owned()),
        // Whose they are knows them.
        HistoryGap::HoldsAtHome => None,
        HistoryGap::Moves { passed, known } => {
            let numbers = [("passed", passed.to_string()), ("known", known.to_string())];
            let [passed, known] = &numbers;
            Some(fill(
                words.gap_moves,
                &[(passed.0, &passed.1), (known.0, &known.1)],
            ))
        }
    }
}
