//! The programme: imported from a file as a whole or not at all, and shown to the screens.

pub(crate) mod routes;
pub(crate) mod store;

use std::fmt;
use std::sync::Arc;

use box_office::ShowtimeId;
use box_office::business_day::BusinessDays;
use box_office::programme::{Auditorium, Film, Programme, Showtime, ShowtimeStatus};
use database::{Database, Scope, Tx};
use jiff::Timestamp;
use service::http::FieldProblem;

use crate::app::App;
use crate::catalogue::Catalogue;
use crate::error::Refused;
use crate::link;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) auditoriums: usize,
    pub(crate) films: usize,
    pub(crate) price_books: usize,
    pub(crate) scheduled: Vec<ShowtimeId>,
    pub(crate) changed: Vec<ShowtimeId>,
    pub(crate) unchanged: usize,
    pub(crate) remarks: Vec<String>,
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

/// Reads a programme file and makes it the box's: all of it or nothing. Repeating it changes nothing.
pub(crate) async fn import(app: &App, text: String) -> Result<Imported, Refused> {
    let (acting, now) = (app.clone(), app.clock.now());
    let programme = Programme::parse_at(&text, now).map_err(|problems| {
        let told = problems.into_iter().map(|problem| FieldProblem {
            at: problem.at,
            detail: problem.detail,
        });
        Refused::WrongProgramme(told.collect())
    })?;
    let imported = app
        .database
        .write(Scope::of("programme", "all"), move |tx| {
            let mut imported = Imported {
                remarks: programme.remarks.iter().map(ToString::to_string).collect(),
                ..Imported::default()
            };
            import_in(tx, &acting, &programme, &mut imported, now)?;
            Ok::<_, Refused>(imported)
        })
        .await?;
    app.catalogue
        .set(load(&app.database, &app.ticket_seed, app.clock.now()).await?);
    for showtime in &imported.changed {
        app.live.forget(showtime);
    }
    tracing::info!(
        scheduled = imported.scheduled.len(),
        changed = imported.changed.len(),
        "a programme was imported"
    );
    Ok(imported)
}

fn import_in(
    tx: &mut Tx<'_>,
    app: &App,
    programme: &Programme,
    imported: &mut Imported,
    now: Timestamp,
) -> Result<(), Refused> {
    let mut clashes = Vec::new();
    if let Some(known) = store::cinema(tx)?.filter(|known| known.id != programme.cinema.id) {
        let detail = format!(
            "this box belongs to the cinema {}, the file is for {}",
            known.id, programme.cinema.id
        );
        return Err(Refused::WrongProgramme(vec![FieldProblem {
            at: "cinema.id".into(),
            detail,
        }]));
    }
    if store::keep_cinema(tx, &programme.cinema)? {
        link::tell_cinema(tx, app, &programme.cinema)?;
    }
    for auditorium in &programme.auditoriums {
        let kept = store::keep_auditorium(tx, auditorium)?;
        note(kept, &mut clashes, || {
            format!("auditoriums.{}", auditorium.id)
        });
        imported.auditoriums += 1;
        if kept == Kept::New {
            link::tell_auditorium(tx, app, auditorium)?;
        }
    }
    for film in &programme.films {
        let kept = store::keep_film(tx, film)?;
        note(kept, &mut clashes, || format!("films.{}", film.id));
        imported.films += 1;
        if kept == Kept::New {
            link::tell_film(tx, app, film)?;
        }
    }
    for book in &programme.price_books {
        let kept = store::keep_price_book(tx, book)?;
        note(kept, &mut clashes, || format!("price_books.{}", book.id));
        imported.price_books += 1;
        if kept == Kept::New {
            link::tell_price_book(tx, app, book)?;
        }
    }
    for showtime in &programme.showtimes {
        let parts = parts_of(programme, showtime);
        if let Some((film, auditorium, book_version)) = parts {
            let stored = store::Stored {
                showtime,
                film,
                auditorium,
                book_version,
            };
            schedule(tx, app, &stored, imported, &mut clashes, now)?;
        }
    }
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(Refused::WrongProgramme(clashes))
    }
}

/// What became of something with an id and a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It was not known.
    New,
    /// It was known, with this very content.
    Same,
    /// Its version is known with other content.
    OtherContent,
}

fn note(kept: Kept, clashes: &mut Vec<FieldProblem>, at: impl Fn() -> String) {
    match kept {
        Kept::New | Kept::Same => {}
        Kept::OtherContent => {
            let detail = "its content differs from what was imported under this version; give it a higher version".to_owned();
            clashes.push(FieldProblem { at: at(), detail });
        }
    }
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

/// Adds or changes one showtime. A cancellation is final; a room cannot be changed under guests who hold or have seats.
fn schedule(
    tx: &mut Tx<'_>,
    app: &App,
    wanted: &store::Stored<'_>,
    imported: &mut Imported,
    clashes: &mut Vec<FieldProblem>,
    now: Timestamp,
) -> Result<(), Refused> {
    let id = &wanted.showtime.id;
    let mut clash = |detail: &str| {
        clashes.push(FieldProblem {
            at: format!("showtimes.{id}"),
            detail: detail.to_owned(),
        });
    };
    let Some(known) = store::showtime(tx, id)? else {
        store::add_showtime(tx, wanted)?;
        store::add_seats(tx, id, &wanted.auditorium.layout)?;
        imported.scheduled.push(id.clone());
        return link::tell_showtime(tx, app, wanted, link::Told::Scheduled);
    };
    if known.is(wanted) {
        imported.unchanged += 1;
        return Ok(());
    }
    if known.showtime.status == ShowtimeStatus::Cancelled {
        clash("it was cancelled, which is final; schedule a new one");
        return Ok(());
    }
    if known.showtime.ends_at <= now {
        imported.unchanged += 1;
        return Ok(());
    }
    let other_room = known.showtime.auditorium != wanted.showtime.auditorium
        || known.plan != wanted.auditorium.layout.version;
    if other_room && store::is_any_seat_taken(tx, id)? {
        clash("seats of it are held or sold, so its room cannot be changed by an import");
        return Ok(());
    }
    store::change_showtime(tx, wanted)?;
    if other_room {
        store::remove_seats(tx, id)?;
        store::add_seats(tx, id, &wanted.auditorium.layout)?;
    }
    imported.changed.push(id.clone());
    let told = match wanted.showtime.status {
        ShowtimeStatus::Cancelled => link::Told::Cancelled,
        ShowtimeStatus::Open | ShowtimeStatus::Closed => link::Told::Changed,
    };
    link::tell_showtime(tx, app, wanted, told)
}

/// How long a showtime stays in the catalogue after its end, so that its sales can still be looked at.
const KEPT_AFTER_END: jiff::SignedDuration = jiff::SignedDuration::from_hours(36);

/// The catalogue as the database has it; none before the first import.
pub(crate) async fn load(
    database: &Database,
    ticket_seed: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Catalogue>, Refused> {
    let seed = *ticket_seed;
    let since = now.checked_sub(KEPT_AFTER_END).unwrap_or(Timestamp::MIN);
    database
        .read(move |db| {
            let Some(cinema) = store::cinema(db)? else {
                return Ok(None);
            };
            let days: BusinessDays = cinema
                .business_days()
                .map_err(|why| Refused::Internal(why.to_string()))?;
            let parts = store::parts(db)?;
            let showtimes = store::scheduled(db, since, &parts)?;
            Ok(Some(Catalogue::new(
                cinema,
                days,
                &seed,
                parts.films.values().map(Arc::clone).collect(),
                showtimes,
            )))
        })
        .await
}
