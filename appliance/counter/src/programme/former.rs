//! The programme of a box that is lost, as the hub knows it, and what becomes of it at the box that takes its place. What is sold of a
//! showtime lets its guests in whether or not the file of that day names it, and in the seats that were sold.

use std::collections::HashSet;

use box_office::programme::{Auditorium, ShowtimeStatus};
use box_office::text::counted;
use box_office::{CinemaId, ShowtimeId};
use database::Tx;
use jiff::Timestamp;
use mailbox::StreamKey;
use wire::Body;
use wire::enrolment::{FormerProgramme, FormerShowtime, Succession};

use super::{heard, telling};
use crate::catalogue::{self, Kept, Known, Stored};
use crate::counter::At;
use crate::custody::{self, SuccessionRefused};
use crate::{Fault, seats};

/// Where the programme of a box that takes another's place is not that of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// The file does not name them: they stand as the hub knows them.
    unnamed: Vec<ShowtimeId>,
    /// They keep the plan of the box before, of this version: seats of it are sold, or the hub's.
    kept_plan: Vec<(ShowtimeId, u32)>,
    /// The box before cancelled them, which is final: the file has them take place.
    cancelled: Vec<ShowtimeId>,
}

impl TakenOver {
    /// The same for whoever has enrolled the box: lines that follow another.
    pub fn words(&self) -> String {
        let mut said = String::new();
        for showtime in &self.unnamed {
            said.push_str(&format!(
                "\n  {showtime}: the file does not name it; it stands as the box before had it"
            ));
        }
        for (showtime, plan) in &self.kept_plan {
            said.push_str(&format!(
                "\n  {showtime}: it keeps layout {plan}, by which seats of it are sold or with the hub; the file has another"
            ));
        }
        for showtime in &self.cancelled {
            said.push_str(&format!(
                "\n  {showtime}: it was cancelled, which is final; the file has it take place"
            ));
        }
        said
    }
}

/// What of a cinema's programme the hub knows whole, of these showtimes.
///
/// # Errors
/// The database refuses.
pub fn of_former(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtimes: &[FormerShowtime],
    now: Timestamp,
) -> Result<FormerProgramme, Fault> {
    let mut tells = FormerProgramme::default();
    let Some(whole) = catalogue::whole(tx, cinema, now)? else {
        return Ok(tells);
    };
    let wanted: HashSet<&ShowtimeId> = showtimes.iter().map(|former| &former.showtime).collect();
    let mut named = Vec::new();
    for Known { key, stored } in whole.showtimes {
        // How the cinema has one that is withheld, nobody here knows.
        if wanted.contains(&stored.showtime.id) && !catalogue::is_withheld(tx, key)? {
            named.push(stored);
        }
    }
    let is_room = |stored: &Stored, room: &Auditorium| {
        stored.showtime.auditorium == room.id && stored.plan == room.layout.version
    };
    for room in &whole.rooms {
        if named.iter().any(|stored| is_room(stored, room)) {
            tells.rooms.push(telling::auditorium(room));
        }
    }
    for film in &whole.films {
        let names = |stored: &&Stored| {
            (&stored.showtime.film, stored.film_version) == (&film.id, film.version)
        };
        if named.iter().find(names).is_some() {
            tells.films.push(telling::film(film));
        }
    }
    for book in &whole.books {
        let names = |stored: &&Stored| {
            (&stored.showtime.price_book, stored.book_version) == (&book.id, book.version)
        };
        if named.iter().find(names).is_some() {
            tells.price_books.push(telling::price_book(book)?);
        }
    }
    tells.showtimes = (named.iter())
        .map(|stored| {
            let mut rooms = whole.rooms.iter();
            let room = rooms.find(|room| is_room(stored, room));
            telling::scheduled(stored, room.map_or(0, |room| room.layout.places.len()))
        })
        .collect();
    Ok(tells)
}

/// A box takes the place of those before it, in the transaction in which it is enrolled: it has their programme where its file does not name
/// what they sold, and where that was sold by another layout; all else is [`custody::succeed`]'s.
///
/// # Errors
/// Those of [`custody::succeed`].
pub fn take_place(
    tx: &mut Tx<'_>,
    at: &At,
    (succession, down): (&Succession, &StreamKey),
) -> Result<TakenOver, SuccessionRefused> {
    let mut taken_over = TakenOver::default();
    if custody::may_succeed(tx, at.cinema())? {
        taken_over = take_programme(tx, at, succession)?;
    }
    custody::succeed(tx, at, (succession, down))?;
    Ok(taken_over)
}

fn take_programme(tx: &mut Tx<'_>, at: &At, succession: &Succession) -> Result<TakenOver, Fault> {
    let (cinema, tells) = (at.cinema(), &succession.programme);
    let mut taken_over = TakenOver::default();
    let mut told: Vec<Body> = Vec::new();
    let mut rooms = Vec::new();
    for room in &tells.rooms {
        let Some(known) = heard::auditorium(room) else {
            continue;
        };
        match catalogue::keep(tx, cinema, &known)? {
            Kept::New => told.push(room.clone().into()),
            Kept::Same => {}
            // The file says otherwise of this very layout: what was sold by it cannot be shown.
            Kept::OtherContent => continue,
        }
        rooms.push(known);
    }
    for film in &tells.films {
        if let Some(known) = heard::film(film)
            && catalogue::keep(tx, cinema, &known)? == Kept::New
        {
            told.push(film.clone().into());
        }
    }
    for book in &tells.price_books {
        if let Ok(known) = serde_json::from_str::<box_office::PriceBook>(&book.content)
            && catalogue::keep(tx, cinema, &known)? == Kept::New
        {
            told.push(book.clone().into());
        }
    }
    for showtime in &tells.showtimes {
        let Some(wanted) = heard::stored(showtime) else {
            continue;
        };
        let id = wanted.showtime.id.clone();
        if wanted.showtime.status == ShowtimeStatus::Cancelled
            && let Some(known) = catalogue::known_showtime(tx, cinema, &id)?
            && known.stored.showtime.status != ShowtimeStatus::Cancelled
        {
            // Whatever else the file says of it.
            let mut kept = known.stored;
            kept.showtime.status = ShowtimeStatus::Cancelled;
            catalogue::change_showtime(tx, cinema, &kept)?;
            told.push(telling::showtime(&kept, 0, false));
            taken_over.cancelled.push(id.clone());
        }
        let room = rooms.iter().find(|room| {
            room.id == wanted.showtime.auditorium && room.layout.version == wanted.plan
        });
        let Some(room) = room else {
            continue;
        };
        if !catalogue::knows_parts(tx, cinema, &wanted)? {
            continue;
        }
        let Some(known) = catalogue::known_showtime(tx, cinema, &id)? else {
            let key = catalogue::add_showtime(tx, cinema, &wanted)?;
            seats::begin(tx, at.side, key, &room.layout)?;
            told.push(telling::showtime(&wanted, room.layout.places.len(), true));
            taken_over.unnamed.push(id);
            continue;
        };
        let mut of_before = succession.showtimes.iter();
        let is_touched = of_before
            .find(|former| former.showtime == id)
            .is_some_and(|it| {
                !(it.seats.is_empty() && it.tickets.is_empty() && it.left.is_empty())
            });
        if !is_touched || !known.stored.seats_are_others(&wanted) {
            continue;
        }
        let (plan, status) = (wanted.plan, known.stored.showtime.status);
        // All else of it is as the file has it, unless it has it in another room; and what is cancelled stays so.
        let mut kept = match known.stored.showtime.auditorium == wanted.showtime.auditorium {
            true => Stored {
                plan,
                ..known.stored
            },
            false => wanted,
        };
        if status == ShowtimeStatus::Cancelled {
            kept.showtime.status = status;
        }
        catalogue::change_showtime(tx, cinema, &kept)?;
        seats::begin_anew(tx, known.key, &room.layout)?;
        told.push(telling::showtime(&kept, room.layout.places.len(), false));
        taken_over.kept_plan.push((id, plan));
    }
    at.outbox_of(cinema).push(tx, told)?;
    Ok(taken_over)
}

/// What the box that took another's place does not know, and whose tickets may be shown at its door: lines that follow another.
pub fn unknown_words(showtimes: &[(ShowtimeId, usize)]) -> String {
    let mut said = String::new();
    for (showtime, tickets) in showtimes {
        let tickets = counted(*tickets, "ticket", "tickets");
        said.push_str(&format!(
            "\n  {showtime}: this box does not know it, and {tickets} of it may be shown at the door: import a programme that names it"
        ));
    }
    said
}
