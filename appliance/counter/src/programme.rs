//! The programme: a cinema imports it from a file as a whole or not at all, and tells the hub, which fills its own catalogue from what it
//! hears.

mod heard;
mod refusal;
pub(crate) mod routes;
mod telling;

use std::fmt;

use box_office::programme::{Auditorium, Film, Programme, Showtime, ShowtimeStatus};
use box_office::{CinemaId, ShowtimeId};
use database::Tx;
use jiff::Timestamp;
use service::http::FieldProblem;
use wire::Body;

use crate::catalogue::{self, Kept, Known, Stored};
use crate::counter::{Counter, scope};
use crate::seats;

pub use heard::{Hearing, WITHHELD_CONTENT_REFUSED};
pub use refusal::ProgrammeRefused;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    auditoriums: usize,
    films: usize,
    price_books: usize,
    /// The showtimes that are new.
    pub scheduled: Vec<ShowtimeId>,
    /// The showtimes that are otherwise now.
    pub changed: Vec<ShowtimeId>,
    unchanged: usize,
    remarks: Vec<String>,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheduled, changed) = (self.scheduled.len(), self.changed.len());
        write!(
            f,
            "{} screens, {} films and {} price books read; ",
            self.auditoriums, self.films, self.price_books
        )?;
        write!(
            f,
            "{scheduled} showtimes added, {changed} changed, {} as they were",
            self.unchanged
        )?;
        self.remarks
            .iter()
            .try_for_each(|remark| write!(f, "\n  {remark}"))
    }
}

/// Reads a programme file and makes it the cinema's: all of it or nothing. Repeating it changes nothing.
///
/// # Errors
/// The file has problems, or belongs to another cinema.
pub async fn import(counter: &Counter, text: String) -> Result<Imported, ProgrammeRefused> {
    let (acting, now) = (counter.clone(), counter.clock.now());
    let programme = Programme::parse_at(&text, now).map_err(|problems| {
        let told = problems.into_iter().map(|problem| FieldProblem {
            at: problem.at,
            detail: problem.detail,
        });
        ProgrammeRefused::Problems(told.collect())
    })?;
    let cinema = programme.cinema.id.clone();
    let _alone = counter.importing.lock().await;
    if let Some(known) = counter.cinemas().into_iter().find(|known| *known != cinema) {
        let detail = format!("this box belongs to the cinema {known}, the file is for {cinema}");
        let at = "cinema.id".into();
        return Err(ProgrammeRefused::Problems(vec![FieldProblem {
            at,
            detail,
        }]));
    }
    let imported = counter
        .database
        .write(scope(&cinema), move |tx| {
            let mut importing = Importing {
                counter: &acting,
                programme: &programme,
                told: Vec::new(),
                clashes: Vec::new(),
                now,
                imported: Imported {
                    remarks: programme.remarks.iter().map(ToString::to_string).collect(),
                    ..Imported::default()
                },
            };
            importing.all(tx)?;
            acting
                .outbox_of(&programme.cinema.id)
                .push(tx, std::mem::take(&mut importing.told))?;
            if !importing.clashes.is_empty() {
                return Err(ProgrammeRefused::Problems(importing.clashes));
            }
            let changed = importing.imported.changed.clone();
            acting.reload(tx, &programme.cinema.id, changed)?;
            Ok(importing.imported)
        })
        .await?;
    tracing::info!(
        scheduled = imported.scheduled.len(),
        changed = imported.changed.len(),
        "a programme was imported"
    );
    Ok(imported)
}

/// An import on its way through a file.
struct Importing<'a> {
    counter: &'a Counter,
    programme: &'a Programme,
    /// What the hub is told, in the order in which it must hear it.
    told: Vec<Body>,
    clashes: Vec<FieldProblem>,
    now: Timestamp,
    imported: Imported,
}

impl Importing<'_> {
    fn all(&mut self, tx: &mut Tx<'_>) -> Result<(), ProgrammeRefused> {
        let (programme, cinema) = (self.programme, &self.programme.cinema);
        if catalogue::keep_cinema(tx, cinema)? {
            self.told.push(telling::cinema(cinema));
        }
        for room in &programme.auditoriums {
            let kept = catalogue::keep(tx, &cinema.id, room)?;
            self.note(kept, &format!("auditoriums.{}", room.id), || {
                telling::auditorium(room)
            });
            self.imported.auditoriums += 1;
        }
        for film in &programme.films {
            let kept = catalogue::keep(tx, &cinema.id, film)?;
            self.note(kept, &format!("films.{}", film.id), || telling::film(film));
            self.imported.films += 1;
        }
        for book in &programme.price_books {
            let kept = catalogue::keep(tx, &cinema.id, book)?;
            let event = telling::price_book(book)?;
            self.note(kept, &format!("price_books.{}", book.id), || event);
            self.imported.price_books += 1;
        }
        for showtime in &programme.showtimes {
            if let Some((film, room, book_version)) = parts_of(programme, showtime) {
                let stored = Stored {
                    showtime: showtime.clone(),
                    film_version: film.version,
                    plan: room.layout.version,
                    book_version,
                };
                self.schedule(tx, &stored, room)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, kept: Kept, at: &str, event: impl FnOnce() -> Body) {
        match kept {
            Kept::New => self.told.push(event()),
            Kept::Same => {}
            Kept::OtherContent => self.clash(
                at.to_owned(),
                "its content differs from what was imported under this version; give it a higher version",
            ),
        }
    }

    fn clash(&mut self, at: String, detail: &str) {
        let detail = detail.to_owned();
        self.clashes.push(FieldProblem { at, detail });
    }

    /// Adds or changes one showtime. A cancellation is final; a room cannot be changed under guests who hold or have seats.
    fn schedule(
        &mut self,
        tx: &mut Tx<'_>,
        wanted: &Stored,
        room: &Auditorium,
    ) -> Result<(), ProgrammeRefused> {
        let (id, cinema) = (&wanted.showtime.id, &self.programme.cinema.id);
        let at = format!("showtimes.{id}");
        let Some(known) = catalogue::known_showtime(tx, cinema, id)? else {
            let key = catalogue::add_showtime(tx, cinema, wanted)?;
            seats::begin(tx, self.counter.side, key, &room.layout)?;
            self.imported.scheduled.push(id.clone());
            let seats = room.layout.places.len();
            self.told.push(telling::showtime(wanted, seats, true));
            return Ok(());
        };
        if known.stored == *wanted {
            self.imported.unchanged += 1;
            return Ok(());
        }
        let before = &known.stored.showtime;
        if before.status == ShowtimeStatus::Cancelled {
            self.clash(at, "it was cancelled, which is final; schedule a new one");
            return Ok(());
        }
        if before.ends_at <= self.now {
            self.imported.unchanged += 1;
            return Ok(());
        }
        let other_room =
            before.auditorium != wanted.showtime.auditorium || known.stored.plan != wanted.plan;
        if other_room && seats::is_any_taken(tx, known.key)? {
            self.clash(
                at,
                "seats of it are held or sold, so its room cannot be changed by an import",
            );
            return Ok(());
        }
        catalogue::change_showtime(tx, cinema, wanted)?;
        if other_room {
            seats::begin_anew(tx, known.key, &room.layout)?;
        }
        self.imported.changed.push(id.clone());
        let seats = room.layout.places.len();
        self.told.push(telling::showtime(wanted, seats, false));
        Ok(())
    }
}

/// Tells the hub the whole programme of each cinema once, if it was told in an earlier fashion.
pub(crate) async fn tell_anew(counter: &Counter) -> Result<(), crate::Fault> {
    for cinema in counter.cinemas() {
        let (telling, scope) = (counter.clone(), scope(&cinema));
        let told = counter.database.write(scope, move |tx| {
            if catalogue::tell_anew(tx, &cinema)? {
                tell_whole(tx, &telling, &cinema)?;
            }
            Ok::<_, crate::Fault>(())
        });
        told.await?;
    }
    Ok(())
}

fn tell_whole(tx: &mut Tx<'_>, counter: &Counter, cinema: &CinemaId) -> Result<(), crate::Fault> {
    let Some(whole) = catalogue::whole(tx, cinema, counter.clock.now())? else {
        return Ok(());
    };
    let mut told = vec![telling::cinema(&whole.cinema)];
    told.extend(whole.rooms.iter().map(telling::auditorium));
    told.extend(whole.films.iter().map(telling::film));
    for book in &whole.books {
        told.push(telling::price_book(book)?);
    }
    for Known { stored, .. } in &whole.showtimes {
        let room = whole.rooms.iter().find(|room| {
            room.id == stored.showtime.auditorium && room.layout.version == stored.plan
        });
        let seats = room.map_or(0, |room| room.layout.places.len());
        told.push(telling::showtime(stored, seats, false));
    }
    tracing::info!(%cinema, events = told.len(), "the programme is told anew, with what the hub needs to sell");
    counter.outbox_of(cinema).push(tx, told)
}

fn parts_of<'a>(
    programme: &'a Programme,
    showtime: &Showtime,
) -> Option<(&'a Film, &'a Auditorium, u32)> {
    let film = programme
        .films
        .iter()
        .find(|film| film.id == showtime.film)?;
    let auditorium = programme
        .auditoriums
        .iter()
        .find(|room| room.id == showtime.auditorium)?;
    let book = programme
        .price_books
        .iter()
        .find(|book| book.id == showtime.price_book)?;
    Some((film, auditorium, book.version))
}
