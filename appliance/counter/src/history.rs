//! What became of a seat, for whoever must explain it to a guest: who had custody, held, bought, gave back and was let in, and when, as far as
//! this side keeps it. It decides nothing, and knows no more than the rooms below tell.

mod refusal;

use box_office::checkout::Purchase;
use box_office::custody::{Proof, TicketState};
use box_office::{Custodian, DeviceId, SeatId, SeatState, ShowtimeId, TicketId};
use counter_api::{
    HeardSoFar, HistoryGap, SeatDeed, SeatHappening, SeatHistory, SeatOutcome, SeatStanding,
    SeatStands,
};
use database::Snapshot;
use jiff::Timestamp;

use crate::catalogue::{self, CatalogueRefused, local};
use crate::counter::At;
use crate::{checkout, custody, holds, refunds, seats, tickets};

pub use refusal::HistoryRefused;

/// Something that happened to a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: SeatDeed,
    /// Who did it, if that is kept: a device or a guest's session.
    pub by: Option<DeviceId>,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// The number of its receipt.
    pub receipt: Option<String>,
    /// What became of it, or what else there is to know.
    pub outcome: Option<SeatOutcome>,
    /// The same with its details, in plain words.
    pub words: String,
}

/// What became of a seat of a showtime; `more` gives what rooms above the counter know of it, and `name` what people call a device.
///
/// # Errors
/// There is no such showtime, or no such seat in its room.
pub fn of_seat(
    db: &mut Snapshot<'_>,
    at: &At,
    (showtime, seat): (&ShowtimeId, &SeatId),
    more: Vec<Happening>,
    name: &dyn Fn(&DeviceId) -> Option<String>,
) -> Result<SeatHistory, HistoryRefused> {
    let scheduled = catalogue::scheduled(db, &at.catalogue(), showtime)?;
    let scheduled = scheduled.ok_or(CatalogueRefused::UnknownShowtime)?;
    let loaded = seats::load(db, at.side, &scheduled, [seat].into_iter())?;
    let now = loaded
        .into_iter()
        .next()
        .ok_or(HistoryRefused::UnknownSeat)?;
    let mut found = more;
    let moves = custody::passed(db, scheduled.key, seat)?;
    let known_moves = moves.len();
    found.extend(moves.into_iter().map(moved));
    let rooms = custody::rooms_before(db, scheduled.key)?;
    found.extend(rooms.into_iter().map(|(room, at)| Happening {
        at,
        deed: SeatDeed::Moved,
        by: None,
        ticket: None,
        receipt: None,
        outcome: None,
        words: format!(
            "the showtime went from {room} to another room, and whoever had the seat went along"
        ),
    }));
    for hold in holds::of_seat(db, scheduled.key, seat)? {
        found.extend(held(hold));
    }
    for ticket in tickets::of_seat(db, scheduled.key, seat)? {
        let Some(sale) = checkout::sale_by_id(db, &ticket.sale)? else {
            continue;
        };
        let (outcome, stands) = stands(ticket.state);
        let receipt = sale.receipt_number();
        found.push(Happening {
            at: sale.sold_at,
            deed: SeatDeed::Sold,
            words: format!("sold here, ticket {}, receipt {receipt}{stands}", ticket.id),
            by: Some(sale.buyer.id),
            ticket: Some(ticket.id.clone()),
            receipt: Some(receipt),
            outcome,
        });
        if let Some(refund) = refunds::of_ticket(db, &ticket.id)? {
            found.push(Happening {
                at: refund.asked_at,
                deed: SeatDeed::AskedBack,
                words: format!("asked back, ticket {}", ticket.id),
                by: None,
                ticket: Some(ticket.id),
                receipt: None,
                outcome: None,
            });
        }
    }
    let cinema = at.cinema();
    for (ticket, state) in custody::heard_of_seat(db, cinema, (showtime, seat))? {
        let (outcome, stands) = stands(state);
        found.extend(ticket.made_at().map(|at| Happening {
            at,
            deed: SeatDeed::SoldElsewhere,
            by: None,
            words: format!("sold online, ticket {ticket}{stands}"),
            ticket: Some(ticket),
            receipt: None,
            outcome,
        }));
    }
    for admitted in custody::admitted_to_seat(db, cinema, (showtime, seat))? {
        let (outcome, proof) = match admitted.proof {
            Proof::Proven => (None, ""),
            Proof::Unproven => (
                Some(SeatOutcome::WithoutProof),
                ", without proof that it had not been used",
            ),
        };
        found.push(Happening {
            at: admitted.at,
            deed: SeatDeed::Admitted,
            by: Some(admitted.device),
            words: format!("let in with ticket {}{proof}", admitted.ticket),
            ticket: Some(admitted.ticket),
            receipt: None,
            outcome,
        });
    }
    found.sort_by_key(|it| it.at);
    let (catalogue, epoch) = (at.catalogue(), now.record.epoch);
    let zone = catalogue.zone();
    let happenings = found.into_iter().map(|it| SeatHappening {
        at: local(it.at, zone),
        deed: it.deed,
        by: it.by.map(|id| name(&id).unwrap_or_else(|| id.to_string())),
        ticket: it.ticket,
        receipt: it.receipt,
        outcome: it.outcome,
        words: it.words,
    });
    let passed = epoch.number();
    let known = u32::try_from(known_moves).unwrap_or(u32::MAX);
    let mut gaps = vec![HistoryGap::HoldsThatEnded, of_the_other_side(at.side)];
    if known < passed {
        gaps.push(HistoryGap::Moves { passed, known });
    }
    let standing = standing(at.side, &now.record.state, epoch.custodian());
    Ok(SeatHistory {
        showtime: showtime.clone(),
        seat: seat.clone(),
        film: scheduled.film.title.clone(),
        auditorium: scheduled.auditorium.name.clone(),
        starts_at: local(scheduled.showtime.starts_at, zone),
        now: standing_in_words(&standing),
        standing,
        happenings: happenings.collect(),
        not_kept: gaps.iter().map(gap_in_words).collect(),
        gaps,
        heard: None,
    })
}

fn of_the_other_side(side: Custodian) -> HistoryGap {
    match side {
        Custodian::Cinema => HistoryGap::HoldsAtHome,
        Custodian::Hub => HistoryGap::HoldsInTheLobby,
    }
}

fn gap_in_words(gap: &HistoryGap) -> String {
    match gap {
        HistoryGap::HoldsThatEnded => "When a hold ended that was not paid for is not kept, nor which seats a guest had chosen before others.".to_owned(),
        HistoryGap::HoldsAtHome => "What guests at home hold, the hub alone knows.".to_owned(),
        HistoryGap::HoldsInTheLobby => {
            "What is held in the lobby, the cinema's box alone knows.".to_owned()
        }
        HistoryGap::Moves { passed, known } => {
            format!("Custody passed {passed} times; when, is kept of {known} of them.")
        }
    }
}

fn moved(step: custody::Passed) -> Happening {
    let (deed, words) = match step.epoch.custodian() {
        Custodian::Hub => (
            SeatDeed::GivenToTheHub,
            "the cinema gave it to the hub, to be sold online",
        ),
        Custodian::Cinema => (
            SeatDeed::GivenToTheCinema,
            "the hub gave it back to the cinema",
        ),
    };
    Happening {
        at: step.at,
        deed,
        by: None,
        ticket: None,
        receipt: None,
        outcome: None,
        words: words.to_owned(),
    }
}

/// A hold; one that became a sale is told of there.
fn held(hold: holds::OfSeat) -> Option<Happening> {
    let (outcome, words) = match hold.state {
        Purchase::Open { .. } | Purchase::Paying { .. } | Purchase::Releasing => {
            (SeatOutcome::StillHeld, "held, and still is")
        }
        Purchase::Ended => (SeatOutcome::GivenUp, "held, and given up or lapsed since"),
        Purchase::Settled => (SeatOutcome::Bought, "held, and bought"),
    };
    Some(Happening {
        at: hold.id.made_at()?,
        deed: SeatDeed::Held,
        by: Some(hold.buyer.id),
        ticket: None,
        receipt: None,
        outcome: Some(outcome),
        words: words.to_owned(),
    })
}

fn stands(state: TicketState) -> (Option<SeatOutcome>, &'static str) {
    match state {
        TicketState::Live => (None, ""),
        TicketState::Revoking => (
            Some(SeatOutcome::BeingGivenBack),
            "; it is being given back",
        ),
        TicketState::Revoked => (Some(SeatOutcome::GivenBack), "; it is given back"),
        TicketState::Unproven => (
            Some(SeatOutcome::GivenBackUnproven),
            "; it is given back, and nobody can prove that it was not used",
        ),
    }
}

/// What a seat is at this moment.
fn standing(side: Custodian, state: &SeatState, custodian: Custodian) -> SeatStanding {
    let is_elsewhere = side != custodian;
    let stands = match state {
        SeatState::TakenOver(_) => SeatStands::TakenOver,
        SeatState::Free
        | SeatState::Held(_)
        | SeatState::Sold(_)
        | SeatState::Blocked(_)
        | SeatState::Revoking(_)
        | SeatState::Quarantine
            if is_elsewhere =>
        {
            SeatStands::WithTheOtherSide
        }
        SeatState::Free => SeatStands::Free,
        SeatState::Held(_) => SeatStands::Held,
        SeatState::Sold(_) => SeatStands::Sold,
        SeatState::Blocked(_) => SeatStands::KeptBack,
        SeatState::Revoking(_) => SeatStands::AskedBack,
        SeatState::Quarantine => SeatStands::NotProven,
    };
    let ticket = match stands == SeatStands::WithTheOtherSide {
        true => None,
        false => state.ticket().cloned(),
    };
    SeatStanding {
        custodian,
        state: stands,
        ticket,
    }
}

fn standing_in_words(standing: &SeatStanding) -> String {
    let whose = match standing.custodian {
        Custodian::Cinema => "the cinema's",
        Custodian::Hub => "the hub's",
    };
    let ticket = standing.ticket.as_ref();
    let ticket = ticket.map_or_else(String::new, |it| format!("ticket {it}"));
    match standing.state {
        SeatStands::WithTheOtherSide => format!("{whose} to sell, or on its way there"),
        SeatStands::Free => format!("{whose}, free"),
        SeatStands::Held => format!("{whose}, held"),
        SeatStands::Sold => format!("{whose}, sold: {ticket}"),
        SeatStands::KeptBack => format!("{whose}, kept back by the house"),
        SeatStands::AskedBack => format!("{whose}, {ticket} is being given back"),
        SeatStands::NotProven => {
            format!("{whose}, not sold until somebody has proved what became of it")
        }
        SeatStands::TakenOver => format!("{whose}, taken over by the cinema for {ticket}"),
    }
}

/// A history in words, a line for each happening.
pub fn in_words(history: &SeatHistory) -> String {
    let SeatHistory {
        seat,
        film,
        auditorium,
        starts_at,
        now,
        happenings,
        not_kept,
        heard,
        ..
    } = history;
    let mut lines = vec![format!(
        "seat {seat}, {film}, {auditorium}, {starts_at}: {now}"
    )];
    if happenings.is_empty() {
        lines.push("nothing has happened to it that is kept here".to_owned());
    }
    lines.extend(happenings.iter().map(|it| {
        let by = it
            .by
            .as_ref()
            .map_or_else(String::new, |by| format!(" ({by})"));
        format!("{}  {}{by}", it.at, it.words)
    }));
    lines.extend(not_kept.iter().map(|it| format!("not kept: {it}")));
    lines.extend(heard.as_ref().map(heard_in_words));
    lines.join("\n")
}

/// How far the hub has heard the cinema.
fn heard_in_words(heard: &HeardSoFar) -> String {
    let contact = match (heard.is_up, &heard.last_contact) {
        (true, _) => "there is contact".to_owned(),
        (false, Some(at)) => {
            format!("no contact since {at}: what happened there since comes later")
        }
        (false, None) => "there was no contact so far".to_owned(),
    };
    format!("of the cinema, what its box has told so far; {contact}")
}
