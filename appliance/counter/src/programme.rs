//! The programme: a cinema imports it from a file as a whole or not at all, and tells the hub, which fills its own catalogue from what it
//! hears.

mod consequences;
mod fixed;
mod former;
mod heard;
mod moving;
mod refusal;
pub(crate) mod routes;
mod shown;
mod telling;

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use box_office::programme::{Auditorium, Film, Programme, Showtime, ShowtimeStatus};
use box_office::text::counted;
use box_office::{CinemaId, Plan, SeatId, ShowtimeId};
use database::Tx;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use service::http::FieldProblem;
use wire::Body;
use wire::event::{KEEPS_PLACE_AND_RULES, Kinds, SeatAtEpoch};

use crate::catalogue::{self, Kept, Known, ShowtimeKey, Stored};
use crate::counter::{Counter, scope};
use crate::{Fault, custody, seats, tickets};

pub use former::{TakenOver, of_former, take_place, unknown_words};
pub use heard::{Hearing, WITHHELD_CONTENT_REFUSED, WITHHELD_TOLD_INCOMPLETELY, withhold};
pub use refusal::ProgrammeRefused;
pub use shown::{
    DayOn, FilmOn, FilmOnDay, Listed, PriceSpan, ShowtimeOn, may_be_held, may_sell, of_film,
    of_showtime, on_day, to_come,
};

use consequences::{Consequence, Taken};
use moving::Stays;

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
    /// When the first and the last of the new showtimes begin, as the cinema's clocks show it.
    between: Option<(String, String)>,
    consequences: Vec<Consequence>,
    remarks: Vec<String>,
    /// Whether nothing was done.
    is_only_told: bool,
}

/// What an import may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Whatever touches nothing that is sold.
    #[default]
    ForWhatTouchesNoTicket,
    /// All of it.
    Given,
    /// Nothing: what it would do is told.
    OnlyTell,
}

/// The most consequences that are told one by one: more than anybody reads.
const MOST_TOLD: usize = 100;

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheduled, changed) = (self.scheduled.len(), self.changed.len());
        write!(
            f,
            "{}, {} and {} read; ",
            counted(self.auditoriums, "screen", "screens"),
            counted(self.films, "film", "films"),
            counted(self.price_books, "price book", "price books"),
        )?;
        let added = counted(scheduled, "showtime", "showtimes");
        write!(f, "{added} added")?;
        match &self.between {
            Some((first, last)) if first == last => write!(f, " ({first})")?,
            Some((first, last)) => write!(f, " ({first} to {last})")?,
            None => {}
        }
        write!(f, ", {changed} changed, {} as they were", self.unchanged)?;
        if self.is_only_told {
            f.write_str("; nothing was imported, this is what it would do")?;
            if self.touching().next().is_some() {
                f.write_str(", with --yes alone")?;
            }
        }
        let consequences = self.consequences.iter().map(|told| &told.words);
        let told: Vec<&String> = consequences.chain(&self.remarks).collect();
        for words in told.iter().take(MOST_TOLD) {
            write!(f, "\n  {words}")?;
        }
        match told.len().saturating_sub(MOST_TOLD) {
            0 => Ok(()),
            left_out => write!(f, "\n  and {left_out} more"),
        }
    }
}

/// How long an import may take: nobody gets a seat while it is written. The largest programme of a cinema takes a few seconds.
pub const LONGEST_IMPORT: Duration = Duration::from_secs(30);

/// Reads a programme file and makes it the cinema's: all of it or nothing. Repeating it changes nothing.
///
/// # Errors
/// The file has problems, belongs to another cinema, takes longer than [`LONGEST_IMPORT`], or touches what is sold without consent.
pub async fn import(
    counter: &Counter,
    text: String,
    consent: Consent,
) -> Result<Imported, ProgrammeRefused> {
    import_within(counter, text, consent, LONGEST_IMPORT).await
}

/// The same, of what may take so long.
///
/// # Errors
/// As those of [`import`].
pub async fn import_within(
    counter: &Counter,
    text: String,
    consent: Consent,
    longest: Duration,
) -> Result<Imported, ProgrammeRefused> {
    let (acting, now) = (counter.clone(), counter.clock.now());
    let programme = Programme::parse_at(&text, now).map_err(|problems| {
        let told = problems.into_iter().map(|problem| FieldProblem {
            at: problem.at,
            detail: problem.detail,
        });
        ProgrammeRefused::Problems(told.collect())
    })?;
    let cinema = programme.cinema.id.clone();
    let days = programme.cinema.business_days();
    let zone = days.map_err(|why| crate::Fault::Broken(why.to_string()))?;
    let zone = zone.zone().clone();
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
                until: (acting.clock.monotonic().saturating_add(longest), longest),
                counter: &acting,
                zone: zone.clone(),
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
                return Err(Undone::Refused(ProgrammeRefused::Problems(
                    importing.clashes,
                )));
            }
            importing.absent(tx)?;
            let imported = importing.imported;
            let touching: Vec<String> = imported.touching().map(str::to_owned).collect();
            match consent {
                Consent::OnlyTell => return Err(Undone::OnlyTold(Box::new(imported))),
                Consent::ForWhatTouchesNoTicket if !touching.is_empty() => {
                    let refused = ProgrammeRefused::TouchesSold(touching);
                    return Err(Undone::Refused(refused));
                }
                Consent::ForWhatTouchesNoTicket | Consent::Given => {}
            }
            custody::receive_former(tx, &programme.cinema.id)?;
            acting.reload(tx, &programme.cinema.id, imported.changed.clone())?;
            custody::receive_kept(tx, &acting, &programme.cinema.id)?;
            Ok(imported)
        })
        .await;
    let imported = match imported {
        Ok(imported) => imported,
        Err(Undone::Refused(refused)) => return Err(refused),
        Err(Undone::OnlyTold(told)) => {
            return Ok(Imported {
                is_only_told: true,
                ..*told
            });
        }
    };
    tracing::info!(
        scheduled = imported.scheduled.len(),
        changed = imported.changed.len(),
        "a programme was imported"
    );
    Ok(imported)
}

/// Why nothing of an import stays.
enum Undone {
    Refused(ProgrammeRefused),
    /// It was only to be told what it would do.
    OnlyTold(Box<Imported>),
}

impl<E: Into<ProgrammeRefused>> From<E> for Undone {
    fn from(refused: E) -> Self {
        Self::Refused(refused.into())
    }
}

impl Imported {
    /// What touches tickets that are sold, in words.
    fn touching(&self) -> impl Iterator<Item = &str> {
        let touching = self.consequences.iter().filter(|told| told.touches_sold);
        touching.map(|told| told.words.as_str())
    }
}

/// An import on its way through a file.
struct Importing<'a> {
    counter: &'a Counter,
    /// The monotonic time at which it is given up, and how long that is.
    until: (Duration, Duration),
    /// Where the cinema's clocks are.
    zone: TimeZone,
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
        for (at, why) in fixed::changes_in_the_way(tx, (cinema, &programme.showtimes), self.now)? {
            self.clash(at.to_owned(), &why);
        }
        if catalogue::keep_cinema(tx, cinema)? {
            self.told.push(telling::cinema(cinema));
        }
        for room in &programme.auditoriums {
            let kept = catalogue::keep(tx, &cinema.id, room)?;
            self.note(kept, &format!("auditoriums.{}", room.id), || {
                telling::auditorium(room).into()
            });
            self.imported.auditoriums += 1;
        }
        for film in &programme.films {
            let kept = catalogue::keep(tx, &cinema.id, film)?;
            self.note(kept, &format!("films.{}", film.id), || {
                telling::film(film).into()
            });
            self.imported.films += 1;
        }
        for book in &programme.price_books {
            let kept = catalogue::keep(tx, &cinema.id, book)?;
            let event = telling::price_book(book)?.into();
            self.note(kept, &format!("price_books.{}", book.id), || event);
            self.imported.price_books += 1;
        }
        for showtime in &programme.showtimes {
            self.check_time()?;
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

    /// Others wait for the database until it is written.
    fn check_time(&self) -> Result<(), ProgrammeRefused> {
        let (until, longest) = self.until;
        match self.counter.clock.monotonic() >= until {
            true => Err(ProgrammeRefused::TookTooLong { longest }),
            false => Ok(()),
        }
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

    fn tell(&mut self, told: Consequence) {
        self.imported.consequences.push(told);
    }

    /// What is sold of a showtime, or may be.
    fn taken(&self, tx: &mut Tx<'_>, showtime: ShowtimeKey) -> Result<Taken, ProgrammeRefused> {
        let (held, away) = seats::count_held_and_away(tx, self.counter.side, showtime)?;
        let tickets = tickets::count_live(tx, showtime)?;
        let named = catalogue::named(tx, showtime)?;
        Ok(Taken {
            tickets,
            online: custody::count_heard(tx, &named.cinema, &named.id)?,
            held,
            away,
        })
    }

    /// Tells of the showtimes that go on being sold although the file does not name them, and when the new ones are.
    fn absent(&mut self, tx: &mut Tx<'_>) -> Result<(), ProgrammeRefused> {
        let showtimes = &self.programme.showtimes;
        let named: HashSet<&ShowtimeId> = showtimes.iter().map(|showtime| &showtime.id).collect();
        let cinema = &self.programme.cinema.id;
        for known in catalogue::on_sale(tx, cinema, self.now)? {
            if !named.contains(&known.stored.showtime.id) {
                let taken = self.taken(tx, known.key)?;
                let told = consequences::of_absence(&known.stored.showtime, taken, &self.zone);
                self.tell(told);
            }
        }
        let new: HashSet<&ShowtimeId> = self.imported.scheduled.iter().collect();
        let mut new = showtimes
            .iter()
            .filter(|showtime| new.contains(&showtime.id))
            .map(|showtime| consequences::moment(showtime, &self.zone));
        let first = new.next();
        let last = new.next_back().or_else(|| first.clone());
        self.imported.between = first.zip(last);
        Ok(())
    }

    /// Adds or changes one showtime. What is over is left as it was, a cancellation is final, and a room is not changed under guests who
    /// hold or have seats: each of these is no reason to refuse the others.
    fn schedule(
        &mut self,
        tx: &mut Tx<'_>,
        wanted: &Stored,
        room: &Auditorium,
    ) -> Result<(), ProgrammeRefused> {
        let (id, cinema) = (&wanted.showtime.id, &self.programme.cinema.id);
        let at = format!("showtimes.{id}");
        let known = match catalogue::known_showtime(tx, cinema, id).map_err(Fault::from) {
            Err(fault) if fault.is_unreadable() => {
                self.clash(
                    at,
                    "what is stored of it cannot be read; give it another id",
                );
                return Ok(());
            }
            known => known?,
        };
        let Some(known) = known else {
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
        if before.ends_at <= self.now {
            if wanted.showtime.ends_at > self.now {
                self.tell(consequences::of_another(before, &self.zone));
            }
            self.imported.unchanged += 1;
            return Ok(());
        }
        // Final, and no reason to refuse all others.
        if before.status == ShowtimeStatus::Cancelled {
            if wanted.showtime.status != ShowtimeStatus::Cancelled {
                self.tell(consequences::of_revival(before, &self.zone));
            }
            self.imported.unchanged += 1;
            return Ok(());
        }
        let is_elsewhere = before.auditorium != wanted.showtime.auditorium;
        let mut other_room = is_elsewhere || known.stored.plan != wanted.plan;
        let mut wanted = wanted.clone();
        let is_taken = other_room && seats::is_any_taken(tx, known.key)?;
        let is_cancelled = wanted.showtime.status == ShowtimeStatus::Cancelled;
        let mut is_moved = false;
        let mut left = Vec::new();
        if is_taken {
            // What does not take place goes nowhere.
            let going = match is_cancelled {
                true => None,
                false => Some(self.move_with_guests(tx, &known, room)?),
            };
            match going {
                Some(Ok(behind)) => (left, is_moved) = (behind, true),
                Some(Err(stays)) if is_elsewhere => {
                    self.clash(at, &stays.in_words(id, room));
                    return Ok(());
                }
                stays => {
                    wanted.showtime.auditorium = before.auditorium.clone();
                    wanted.plan = known.stored.plan;
                    if let Some(Err(stays)) = stays {
                        let taken = self.taken(tx, known.key)?;
                        let why = stays.in_words(id, room);
                        let told = consequences::of_kept_plan(before, wanted.plan, taken, &why);
                        self.tell(told);
                    }
                }
            }
            other_room = false;
            if known.stored == wanted {
                self.imported.unchanged += 1;
                return Ok(());
            }
        }
        let wanted = &wanted;
        let taken = self.taken(tx, known.key)?;
        let told = consequences::of_change(before, &wanted.showtime, taken, &self.zone);
        self.imported.consequences.extend(told);
        catalogue::change_showtime(tx, cinema, wanted)?;
        if other_room {
            seats::begin_anew(tx, known.key, &room.layout)?;
        }
        self.imported.changed.push(id.clone());
        let seats = room.layout.places.len();
        self.told.push(match is_moved {
            true => telling::moved(&known.stored, (wanted, seats), left),
            false => telling::showtime(wanted, seats, false),
        });
        Ok(())
    }

    /// Puts a showtime into another room, or another layout of its own, with whoever has, or may have, a seat of it; or says why not.
    fn move_with_guests(
        &mut self,
        tx: &mut Tx<'_>,
        known: &Known,
        room: &Auditorium,
    ) -> Result<Result<Vec<SeatAtEpoch>, Stays>, ProgrammeRefused> {
        let (cinema, side) = (&self.programme.cinema.id, self.counter.side);
        let showtime = &known.stored.showtime;
        if !custody::may_hear(tx, self.counter, cinema)? {
            return Ok(Err(Stays::Stopped));
        }
        if !self.counter.ports.is_understood(cinema, telling::MOVED) {
            return Ok(Err(Stays::HubMayBeOld));
        }
        if custody::is_former_in_doubt(tx, (side, cinema), (&showtime.id, self.now))? {
            return Ok(Err(Stays::FormerInDoubt));
        }
        let of = (&showtime.auditorium, known.stored.plan);
        let from = catalogue::room_of(tx, cinema, of)?.map(|from| Plan::new(from.layout));
        let to = Plan::new(room.layout.clone());
        let left = match moving::move_to(tx, side, known, room, self.now)? {
            Ok(left) => left,
            Err(nowhere) => return Ok(Err(Stays::Seats(nowhere))),
        };
        let taken = seats::taken(tx, known.key)?.into_iter();
        let is_other = |seat: &SeatId| {
            let kind = |plan: &Plan| {
                let place = plan.at(plan.place_of(seat)?)?;
                Some((place.kind, place.with.clone()))
            };
            from.as_ref().and_then(kind) != kind(&to)
        };
        let others: Vec<SeatId> = taken.filter(is_other).collect();
        if !others.is_empty() {
            self.tell(consequences::of_other_kinds(showtime, &others, room));
        }
        Ok(Ok(left))
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

/// The hub says what it understands: one that keeps more of a programme than it did is told all of each cinema once more. `is_first` is of a hub
/// that has said nothing before, and hears all for the first time.
///
/// # Errors
/// The database refuses.
pub fn tell_as_understood(
    tx: &mut Tx<'_>,
    counter: &Counter,
    (kinds, is_first): (&Kinds, bool),
) -> Result<(), crate::Fault> {
    let is_whole = kinds.contain(KEEPS_PLACE_AND_RULES);
    for cinema in counter.cinemas() {
        let keeps_more = catalogue::hub_keeps_whole(tx, &cinema, is_whole)?;
        if keeps_more && !is_first {
            tell_whole(tx, counter, &cinema)?;
        }
    }
    Ok(())
}

fn tell_whole(tx: &mut Tx<'_>, counter: &Counter, cinema: &CinemaId) -> Result<(), crate::Fault> {
    let Some(whole) = catalogue::whole(tx, cinema, counter.clock.now())? else {
        return Ok(());
    };
    let mut told = vec![telling::cinema(&whole.cinema)];
    told.extend(whole.rooms.iter().map(telling::auditorium).map(Body::from));
    told.extend(whole.films.iter().map(telling::film).map(Body::from));
    for book in &whole.books {
        told.push(telling::price_book(book)?.into());
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
