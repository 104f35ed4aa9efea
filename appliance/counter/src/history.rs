//! What became of a seat, for whoever must explain it to a guest: who had custody, held, bought and was let in, and when, as far as this side
//! keeps it. It decides nothing, and knows no more than the rooms below tell.

mod refusal;

use box_office::checkout::Purchase;
use box_office::custody::{Proof, TicketState};
use box_office::{Custodian, DeviceId, SeatId, SeatState, ShowtimeId};
use counter_api::{SeatDeed, SeatHappening, SeatHistory};
use database::Snapshot;
use jiff::Timestamp;

use crate::catalogue::{self, CatalogueRefused, local};
use crate::counter::At;
use crate::{checkout, custody, holds, seats, tickets};

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
    /// The same with its details, in plain words.
    pub words: String,
}

/// What is not kept on either side.
const NOT_KEPT: &str = "When a hold ended that was not paid for is not kept, nor which seats a guest had chosen before others.";

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
    for hold in holds::of_seat(db, scheduled.key, seat)? {
        found.extend(held(hold));
    }
    for ticket in tickets::of_seat(db, scheduled.key, seat)? {
        let Some(sale) = checkout::sale_by_id(db, &ticket.sale)? else {
            continue;
        };
        found.push(Happening {
            at: sale.sold_at,
            deed: SeatDeed::Sold,
            words: format!(
                "sold here, ticket {}, receipt {}{}",
                ticket.id,
                sale.receipt_number(),
                stands(ticket.state)
            ),
            by: Some(sale.buyer.id),
        });
    }
    let cinema = at.cinema();
    for (ticket, state) in custody::heard_of_seat(db, cinema, (showtime, seat))? {
        found.extend(ticket.made_at().map(|at| Happening {
            at,
            deed: SeatDeed::SoldElsewhere,
            by: None,
            words: format!("sold online, ticket {ticket}{}", stands(state)),
        }));
    }
    for admitted in custody::admitted_to_seat(db, cinema, (showtime, seat))? {
        let proof = match admitted.proof {
            Proof::Proven => "",
            Proof::Unproven => ", without proof that it had not been used",
        };
        found.push(Happening {
            at: admitted.at,
            deed: SeatDeed::Admitted,
            by: Some(admitted.device),
            words: format!("let in with ticket {}{proof}", admitted.ticket),
        });
    }
    found.sort_by_key(|it| it.at);
    let (catalogue, epoch) = (at.catalogue(), now.record.epoch);
    let zone = catalogue.zone();
    let happenings = found.into_iter().map(|it| SeatHappening {
        at: local(it.at, zone),
        deed: it.deed,
        by: it.by.map(|id| name(&id).unwrap_or_else(|| id.to_string())),
        words: it.words,
    });
    let mut not_kept = vec![NOT_KEPT.to_owned(), of_the_other_side(at.side).to_owned()];
    if known_moves < usize::try_from(epoch.number()).unwrap_or(usize::MAX) {
        not_kept.push(format!(
            "Custody passed {} times; when, is kept of {known_moves} of them.",
            epoch.number()
        ));
    }
    Ok(SeatHistory {
        showtime: showtime.clone(),
        seat: seat.clone(),
        film: scheduled.film.title.clone(),
        auditorium: scheduled.auditorium.name.clone(),
        starts_at: local(scheduled.showtime.starts_at, zone),
        now: standing(at.side, &now.record.state, epoch.custodian()),
        happenings: happenings.collect(),
        not_kept,
    })
}

fn of_the_other_side(side: Custodian) -> &'static str {
    match side {
        Custodian::Cinema => "What guests at home hold, the hub alone knows.",
        Custodian::Hub => "What is held in the lobby, the cinema's box alone knows.",
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
        words: words.to_owned(),
    }
}

/// A hold; one that became a sale is told of there.
fn held(hold: holds::OfSeat) -> Option<Happening> {
    let became = match hold.state {
        Purchase::Open { .. } | Purchase::Paying { .. } | Purchase::Releasing => {
            "held, and still is"
        }
        Purchase::Ended => "held, and given up or lapsed since",
        Purchase::Settled => "held, and bought",
    };
    Some(Happening {
        at: hold.id.made_at()?,
        deed: SeatDeed::Held,
        by: Some(hold.buyer.id),
        words: became.to_owned(),
    })
}

fn stands(state: TicketState) -> &'static str {
    match state {
        TicketState::Live => "",
        TicketState::Revoking => "; it is being given back",
        TicketState::Revoked => "; it is given back",
        TicketState::Unproven => "; it is given back, and nobody can prove that it was not used",
    }
}

/// What a seat is at this moment, in words.
fn standing(side: Custodian, state: &SeatState, custodian: Custodian) -> String {
    let whose = match custodian {
        Custodian::Cinema => "the cinema's",
        Custodian::Hub => "the hub's",
    };
    if let SeatState::TakenOver(ticket) = state {
        return format!("{whose}, taken over by the cinema for ticket {ticket}");
    }
    if side != custodian {
        return format!("{whose} to sell, or on its way there");
    }
    match state {
        SeatState::Free => format!("{whose}, free"),
        SeatState::Held(_) => format!("{whose}, held"),
        SeatState::Sold(ticket) => format!("{whose}, sold: ticket {ticket}"),
        SeatState::Blocked(_) => format!("{whose}, kept back by the house"),
        SeatState::Revoking(ticket) => format!("{whose}, ticket {ticket} is being given back"),
        SeatState::Quarantine | SeatState::TakenOver(_) => {
            format!("{whose}, not sold until somebody has proved what became of it")
        }
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
    lines.join("\n")
}
