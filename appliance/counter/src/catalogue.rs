//! What is on, in memory, one for each cinema: read by every request, replaced as a whole when it was changed. What a sale depends on
//! (whether a showtime is cancelled) is read again in its transaction.

mod refusal;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use box_office::business_day::BusinessDays;
use box_office::programme::{Auditorium, Cinema, Film, Showtime, ShowtimeStatus};
use box_office::{AuditoriumId, CinemaId, Currency, FilmId, Plan, PriceBook, ShowtimeId};
use database::Snapshot;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wire::ticket::TicketSigner;
use wire::{KeyId, PublicKey, Tickets};

use crate::Fault;
use crate::set_aside::SetAside;
use crate::ticket_seed::TicketSeed;

pub use refusal::CatalogueRefused;
pub(crate) use store::{
    Kept, Known, Sales, Stored, add_showtime, change_showtime, cinema, ending_after, former_digits,
    hub_keeps_whole, keep, keep_cinema, known_showtime, knows_cinema, knows_parts, named, on_sale,
    put_auditorium, put_rules, room_of, showtime_keys, tell_anew, whole, withheld_of, withhold,
};
pub use store::{PlannedNow, planned_now};

/// A showtime's number in this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShowtimeKey(pub(crate) i64);

/// A showtime with all that it names.
#[derive(Debug, Clone)]
pub(crate) struct Scheduled {
    pub(crate) key: ShowtimeKey,
    pub(crate) showtime: Showtime,
    pub(crate) film: Arc<Film>,
    pub(crate) auditorium: Arc<Auditorium>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) price_book: Arc<PriceBook>,
}

impl Scheduled {
    /// Whether the database has it like this.
    fn is_as(&self, known: &Known) -> bool {
        let Stored {
            showtime,
            film_version,
            plan,
            book_version,
        } = &known.stored;
        let versions = (
            self.film.version,
            self.plan.layout().version,
            self.price_book.version,
        );
        self.key == known.key
            && self.showtime == *showtime
            && versions == (*film_version, *plan, *book_version)
    }
}

/// A showtime as this transaction has it: from memory, which is of before for a moment while an import is committed, only if it is the same.
pub(crate) fn as_stored(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    known: &Known,
) -> Result<Arc<Scheduled>, Fault> {
    as_stored_if_whole(db, catalogue, known)?.ok_or_else(|| {
        let id = &known.stored.showtime.id;
        Fault::Broken(format!("something that {id} names is not there"))
    })
}

fn as_stored_if_whole(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    known: &Known,
) -> Result<Option<Arc<Scheduled>>, Fault> {
    let in_memory = catalogue.showtime(&known.stored.showtime.id);
    match in_memory.filter(|scheduled| scheduled.is_as(known)) {
        Some(scheduled) => Ok(Some(scheduled)),
        None => Ok(store::with_parts(db, &catalogue.cinema.id, known)?.map(Arc::new)),
    }
}

/// A cinema's programme as the database has it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The cinema.
    pub cinema: Cinema,
    /// Its business days.
    pub days: BusinessDays,
    /// Signs its tickets.
    pub signer: Arc<TicketSigner>,
    /// With which the boxes have signed whose place this one has taken.
    pub(crate) former_keys: Vec<PublicKey<Tickets>>,
    showtimes: HashMap<ShowtimeId, Arc<Scheduled>>,
    ids: HashMap<ShowtimeKey, ShowtimeId>,
    films: HashMap<FilmId, Arc<Film>>,
    /// What ended before is not in it.
    since: Timestamp,
    /// What of it cannot be read, and so is not sold.
    pub(crate) unreadable: Vec<SetAside>,
}

impl Catalogue {
    /// Whether it holds what it should at `now`: the wall clock may have been set back since it was read, and what is long over may go.
    pub(crate) fn fits(&self, now: Timestamp) -> bool {
        let later = kept_since(now).duration_since(self.since);
        (-CLOCK_TRIMMED..=KEPT_AFTER_END).contains(&later)
    }

    /// Whether tickets that this key proves are of this side.
    pub(crate) fn has_signed(&self, key: &KeyId) -> bool {
        let mut own = std::iter::once(self.signer.public()).chain(&self.former_keys);
        own.any(|own| own.id() == *key)
    }

    fn new(
        cinema: Cinema,
        since: Timestamp,
        (ticket_seed, former_keys): (&TicketSeed, Vec<PublicKey<Tickets>>),
        films: Vec<Arc<Film>>,
        showtimes: Vec<Scheduled>,
        unreadable: Vec<SetAside>,
    ) -> Result<Self, Fault> {
        let days = cinema
            .business_days()
            .map_err(|why| Fault::Broken(why.to_string()))?;
        let signer = Arc::new(ticket_seed.signer(&cinema.id));
        let ids = showtimes
            .iter()
            .map(|scheduled| (scheduled.key, scheduled.showtime.id.clone()))
            .collect();
        let showtimes = showtimes
            .into_iter()
            .map(|scheduled| (scheduled.showtime.id.clone(), Arc::new(scheduled)))
            .collect();
        let mut newest: HashMap<FilmId, Arc<Film>> = HashMap::new();
        for film in films {
            let known = newest
                .entry(film.id.clone())
                .or_insert_with(|| Arc::clone(&film));
            if known.version < film.version {
                *known = film;
            }
        }
        Ok(Self {
            former_keys,
            since,
            cinema,
            days,
            signer,
            showtimes,
            ids,
            films: newest,
            unreadable,
        })
    }

    pub(crate) fn showtime(&self, id: &ShowtimeId) -> Option<Arc<Scheduled>> {
        self.showtimes.get(id).cloned()
    }

    /// The same by its key.
    pub(crate) fn showtime_of(&self, key: ShowtimeKey) -> Option<Arc<Scheduled>> {
        self.showtime(self.ids.get(&key)?)
    }

    /// The showtimes that are not over at `now`, the next first.
    pub(crate) fn not_over(&self, now: Timestamp) -> Vec<Arc<Scheduled>> {
        let not_over = |it: &&Arc<Scheduled>| now < it.showtime.ends_at;
        let mut found: Vec<_> = self.showtimes.values().filter(not_over).cloned().collect();
        found.sort_by_key(|it| (it.showtime.starts_at, it.key));
        found
    }

    pub(crate) fn film(&self, id: &FilmId) -> Option<&Arc<Film>> {
        self.films.get(id)
    }

    /// What the cinema sells in.
    pub fn currency(&self) -> Currency {
        self.cinema.currency
    }

    /// Where its clocks are.
    pub fn zone(&self) -> &TimeZone {
        self.days.zone()
    }

    /// The showtimes of a business day, by start and then by room.
    pub(crate) fn on(&self, day: Date) -> Vec<Arc<Scheduled>> {
        let mut found: Vec<_> = self
            .showtimes
            .values()
            .filter(|scheduled| scheduled.showtime.business_day == day)
            .cloned()
            .collect();
        found.sort_by(|a, b| by_start(a).cmp(&by_start(b)));
        found
    }

    /// The business days from `day` on that have showtimes.
    pub(crate) fn days_from(&self, day: Date) -> Vec<Date> {
        let mut days: Vec<_> = self
            .showtimes
            .values()
            .map(|scheduled| scheduled.showtime.business_day)
            .filter(|on| *on >= day)
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

fn by_start(scheduled: &Scheduled) -> (Timestamp, &AuditoriumId) {
    (scheduled.showtime.starts_at, &scheduled.auditorium.id)
}

/// How long a showtime stays in memory after its end, so that it can still be looked at.
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(36);

/// How far a clock is set back without notice, as a time server trims it.
const CLOCK_TRIMMED: SignedDuration = SignedDuration::from_secs(60);

/// Showtimes that ended before this are not read into memory.
pub(crate) fn kept_since(now: Timestamp) -> Timestamp {
    now.checked_sub(KEPT_AFTER_END).unwrap_or(Timestamp::MIN)
}

/// The catalogue of a cinema, if it is known: the showtimes that end after `since`, and those in `also`.
pub(crate) fn load(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (since, also): (Timestamp, &[ShowtimeKey]),
    ticket_seed: &TicketSeed,
) -> Result<Option<Catalogue>, Fault> {
    let Some(cinema) = store::cinema(db, cinema)? else {
        return Ok(None);
    };
    let mut aside = Vec::new();
    let parts = store::parts(db, &cinema.id)?;
    let showtimes = store::scheduled(db, &cinema.id, (since, also), &parts, &mut aside)?;
    let films = parts.films.into_values().collect();
    let keys = (ticket_seed, store::former_keys(db, &cinema.id)?);
    Catalogue::new(cinema, since, keys, films, showtimes, aside).map(Some)
}

/// The catalogues of all cinemas.
pub(crate) fn load_all(
    db: &mut Snapshot<'_>,
    (since, also): (Timestamp, &[ShowtimeKey]),
    ticket_seed: &TicketSeed,
) -> Result<Vec<Catalogue>, Fault> {
    let mut found = Vec::new();
    for cinema in store::cinemas(db)? {
        found.extend(load(db, &cinema, (since, also), ticket_seed)?);
    }
    Ok(found)
}

/// A showtime of a cinema with all that it names, whether or not it is in memory: a clock that was ahead at the start leaves it out.
///
/// # Errors
/// The database refuses, or holds what cannot be read.
pub(crate) fn scheduled(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    showtime: &ShowtimeId,
) -> Result<Option<Arc<Scheduled>>, Fault> {
    match known_showtime(db, &catalogue.cinema.id, showtime)? {
        Some(known) => as_stored_if_whole(db, catalogue, &known),
        None => Ok(None),
    }
}

/// Whether and until when a showtime is sold, and as what, read in the transaction that asks.
///
/// # Errors
/// There is no such showtime.
pub(crate) fn sales(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Sales, CatalogueRefused> {
    store::sales_of(db, showtime)?.ok_or(CatalogueRefused::UnknownShowtime)
}

/// Whether this side may not sell a showtime, for it has not been told all of it or has refused some.
///
/// # Errors
/// The database refuses.
pub(crate) fn is_withheld(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<bool, Fault> {
    Ok(store::sales_of(db, showtime)?.is_some_and(|sales| sales.is_withheld))
}

/// The same with all that the showtime names: what names something that cannot be read is not sold.
///
/// # Errors
/// There is no such showtime, or it or what it names cannot be read.
pub(crate) fn sold_as(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    showtime: ShowtimeKey,
) -> Result<(Sales, Arc<Scheduled>), CatalogueRefused> {
    let found = sales(db, showtime).and_then(|sales| {
        let scheduled = as_stored(db, catalogue, &sales.known)?;
        Ok((sales, scheduled))
    });
    if let Err(CatalogueRefused::Fault(fault)) = &found
        && fault.is_unreadable()
    {
        return Err(CatalogueRefused::Unreadable);
    }
    found
}

/// A showtime that is on sale at `now`, as the transaction that sells it has it.
///
/// # Errors
/// It is cancelled, closed or over, or cannot be read.
pub(crate) fn on_sale_now(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    showtime: ShowtimeKey,
    now: Timestamp,
) -> Result<Arc<Scheduled>, CatalogueRefused> {
    let (sales, scheduled) = sold_as(db, catalogue, showtime)?;
    sales.check_on_sale(now)?;
    Ok(scheduled)
}

impl Sales {
    /// Whether seats may be held or paid for at `now`.
    ///
    /// # Errors
    /// It is cancelled, closed or over, or this side is frozen at its cinema.
    pub(crate) fn check_on_sale(&self, now: Timestamp) -> Result<(), CatalogueRefused> {
        if self.is_frozen {
            return Err(Fault::Stopped.into());
        }
        match self.state {
            ShowtimeStatus::Cancelled => Err(CatalogueRefused::ShowtimeCancelled),
            ShowtimeStatus::Closed => Err(CatalogueRefused::SalesClosed),
            ShowtimeStatus::Open if self.is_withheld => Err(CatalogueRefused::SalesClosed),
            ShowtimeStatus::Open if now >= self.ends_at => Err(CatalogueRefused::ShowtimeOver),
            ShowtimeStatus::Open if now >= self.sales_end_at => Err(CatalogueRefused::SalesClosed),
            ShowtimeStatus::Open => Ok(()),
        }
    }

    /// Whether a ticket may still be issued for what was paid: the end of sales does not stop it, a cancellation and the end of the
    /// showtime do.
    ///
    /// # Errors
    /// It is cancelled or over.
    pub(crate) fn check_may_issue(&self, now: Timestamp) -> Result<(), CatalogueRefused> {
        match self.state {
            ShowtimeStatus::Cancelled => Err(CatalogueRefused::ShowtimeCancelled),
            ShowtimeStatus::Open | ShowtimeStatus::Closed if now >= self.ends_at => {
                Err(CatalogueRefused::ShowtimeOver)
            }
            ShowtimeStatus::Open | ShowtimeStatus::Closed => Ok(()),
        }
    }
}

/// The id of a showtime of this cinema, which may be too old to be in memory; nothing, if it is another cinema's.
pub(crate) fn name_of(
    db: &mut Snapshot<'_>,
    catalogue: &Catalogue,
    showtime: ShowtimeKey,
) -> Result<Option<ShowtimeId>, Fault> {
    if let Some(id) = catalogue.ids.get(&showtime) {
        return Ok(Some(id.clone()));
    }
    let named = named(db, showtime)?;
    Ok((named.cinema == catalogue.cinema.id).then_some(named.id))
}

/// A time as RFC 3339 with the offset of the cinema's zone, whole seconds.
pub fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

#[cfg(test)]
mod tests;
