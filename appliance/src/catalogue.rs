//! What is on, in memory: read by every request, replaced as a whole when a programme was imported. What a sale depends on
//! (whether a showtime is cancelled) is read again in its transaction.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use box_office::business_day::BusinessDays;
use box_office::programme::{Auditorium, Cinema, Film, Showtime};
use box_office::{AuditoriumId, Currency, FilmId, Plan, PriceBook, ShowtimeId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use wire::ticket::TicketSigner;

/// A showtime with all that it names.
#[derive(Debug, Clone)]
pub(crate) struct Scheduled {
    pub(crate) showtime: Showtime,
    pub(crate) film: Arc<Film>,
    pub(crate) auditorium: Arc<Auditorium>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) price_book: Arc<PriceBook>,
}

/// The programme as the database has it.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    pub(crate) cinema: Cinema,
    pub(crate) days: BusinessDays,
    /// Signs this cinema's tickets.
    pub(crate) signer: Arc<TicketSigner>,
    showtimes: HashMap<ShowtimeId, Arc<Scheduled>>,
    films: HashMap<FilmId, Arc<Film>>,
}

impl Catalogue {
    /// Puts together what was read; showtimes whose parts are missing cannot be (foreign keys), and would be left out.
    pub(crate) fn new(
        cinema: Cinema,
        days: BusinessDays,
        ticket_seed: &[u8; 32],
        films: Vec<Arc<Film>>,
        showtimes: Vec<Scheduled>,
    ) -> Self {
        let signer = Arc::new(TicketSigner::from_seed(cinema.id.clone(), ticket_seed));
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
        Self {
            cinema,
            days,
            signer,
            showtimes,
            films: newest,
        }
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

/// The catalogue that holds now; none before the first import.
#[derive(Debug, Default)]
pub(crate) struct CatalogueCell(RwLock<Option<Arc<Catalogue>>>);

impl CatalogueCell {
    /// The catalogue, if a programme was ever imported.
    pub(crate) fn now(&self) -> Option<Arc<Catalogue>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces it.
    pub(crate) fn set(&self, catalogue: Option<Catalogue>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = catalogue.map(Arc::new);
    }

    pub(crate) fn showtime(&self, id: &ShowtimeId) -> Option<Arc<Scheduled>> {
        self.now()?.showtimes.get(id).cloned()
    }

    pub(crate) fn film(&self, id: &FilmId) -> Option<Arc<Film>> {
        self.now()?.films.get(id).cloned()
    }

    /// What the cinema sells in.
    pub(crate) fn currency(&self) -> Option<Currency> {
        self.now().map(|catalogue| catalogue.cinema.currency)
    }

    /// Where its clocks are.
    pub(crate) fn zone(&self) -> Option<TimeZone> {
        self.now().map(|catalogue| catalogue.days.zone().clone())
    }
}

/// A time as RFC 3339 with the offset of the cinema's zone, whole seconds.
pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}
