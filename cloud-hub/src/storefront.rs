//! The storefront's pages as the hub draws them: what is on at each cinema, when, and for how much, and what a guest has bought, readable
//! before any script runs. It reads what the counter shows, and sells nothing: nobody who reads is given a session.

mod offer;
mod page;
pub(crate) mod paths;
mod structured;
mod style;
mod tongue;

pub(crate) mod booking;
mod cinemas;
mod day;
mod film;
mod kept;
mod missing;
mod poster;
mod showtime;
mod site_map;
mod times;

pub(crate) mod routes;

use std::fmt;
use std::sync::Arc;

use box_office::price::Channel;
use box_office::programme::Cinema;
use box_office::{CinemaId, ShowtimeId};
use counter::catalogue::CatalogueRefused;
use counter::{At, Counter, Fault, checkout, programme};
use jiff::civil::Date;
use service::http::KeptPage;

use crate::booking_links::BookingLinks;
use crate::config;
use kept::{KeptPages, State, Which};
use missing::Missing;
use offer::{Offer, Sales};
use tongue::Tongue;

/// The storefront. Clones share it.
#[derive(Clone)]
pub(crate) struct Storefront {
    counter: Counter,
    booking_links: BookingLinks,
    /// The hub's address as people have it, without a slash at its end.
    address: Arc<str>,
    sells: Sells,
    kept: Arc<KeptPages>,
}

/// How the hub sells to guests at home.
#[derive(Debug, Clone)]
pub(crate) struct Sells {
    /// Whether somebody takes their money.
    pub(crate) is_selling: bool,
    /// Whether they are written to.
    pub(crate) writes_mails: bool,
    /// What asks for their cards, if that is the provider's own.
    pub(crate) card_fields: Option<CardFields>,
    /// The pages of the house elsewhere.
    pub(crate) house: config::Storefront,
    /// Whether some of them wait for seats of a showtime.
    pub(crate) is_waited_for: IsWaitedFor,
}

/// Whether guests wait for seats of a showtime, as whoever keeps them in order says: where all are held some may come back.
#[derive(Clone)]
pub(crate) struct IsWaitedFor(Arc<Asks>);

type Asks = dyn Fn(&CinemaId, &ShowtimeId) -> bool + Send + Sync;

impl IsWaitedFor {
    pub(crate) fn new(
        asks: impl Fn(&CinemaId, &ShowtimeId) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(asks))
    }
}

impl fmt::Debug for IsWaitedFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsWaitedFor").finish_non_exhaustive()
    }
}

/// What a page has a guest's card asked for with, where the provider has fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardFields {
    /// The address of the script that draws them.
    pub(crate) script: String,
    /// The key by which a browser says whose they are.
    pub(crate) key: String,
    /// What a page that has them may load and do, as a Content-Security-Policy.
    pub(crate) policy: String,
}

impl fmt::Debug for Storefront {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storefront")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What is answered to somebody who asks for a page.
#[derive(Debug)]
enum Answer {
    /// The page.
    Shown(String),
    /// The same, of those that everyone is shown alike.
    Kept(KeptPage),
    /// There is no such thing; the page says so.
    Missing(String),
    /// Something of ours is broken for the moment; the page says so.
    Broken(String, Fault),
    /// Another page of ours.
    LedTo(String),
    /// It is not done; the page says why.
    Refused(String),
    /// It is done; another page of ours shows it.
    Done(String),
}

impl Storefront {
    pub(crate) fn new(
        counter: Counter,
        booking_links: BookingLinks,
        address: &str,
        mut sells: Sells,
    ) -> Self {
        if let Some(fields) = &mut sells.card_fields {
            fields.policy = style::widened(&fields.policy);
        }
        Self {
            counter,
            booking_links,
            address: address.trim_end_matches('/').into(),
            sells,
            kept: Arc::default(),
        }
    }

    /// The choice of cinema; where there is but one, its own page.
    fn cinemas(&self, tongue: Tongue) -> Answer {
        let cinemas = self.all();
        match cinemas.as_slice() {
            [only] => Answer::LedTo(tongue.link(&paths::cinema(&only.id))),
            all => Answer::Shown(cinemas::draw(self, tongue, all)),
        }
    }

    /// What is on at a cinema; today, if the day that is asked for is none.
    async fn day(&self, tongue: Tongue, cinema: &str, wanted: Option<&str>) -> Answer {
        let Some(at) = self.at(cinema) else {
            return self.missing(tongue, Missing::Cinema);
        };
        let wanted: Option<Date> = wanted.and_then(|day| day.parse().ok());
        let draw = async || {
            let sales = self.sales(&at).await?;
            let on = programme::on_day(&at, wanted, Channel::Online).await?;
            Ok(day::draw(self, tongue, &at, (&on, sales)))
        };
        let which = Which::Day(cinema.to_owned(), wanted);
        self.page(tongue, &at, (which, false), draw).await
    }

    /// A film at a cinema.
    async fn film(&self, tongue: Tongue, (cinema, film): (&str, &str)) -> Answer {
        let Some(at) = self.at(cinema) else {
            return self.missing(tongue, Missing::Cinema);
        };
        let draw = async || {
            let id = film.parse().map_err(|_| CatalogueRefused::UnknownFilm)?;
            let on = programme::of_film(&at, &id, Channel::Online).await?;
            let sales = self.sales(&at).await?;
            Ok(film::draw(self, tongue, &at, (&on, sales)))
        };
        let which = Which::Film(cinema.to_owned(), film.to_owned());
        self.page(tongue, &at, (which, false), draw).await
    }

    /// A showtime of a cinema.
    async fn showtime(&self, tongue: Tongue, (cinema, showtime): (&str, &str)) -> Answer {
        let Some(at) = self.at(cinema) else {
            return self.missing(tongue, Missing::Cinema);
        };
        let Ok(id) = showtime.parse() else {
            return self.refused(tongue, &at, CatalogueRefused::UnknownShowtime);
        };
        // What others hold may come back: whoever waits for it goes on waiting.
        let is_waited_for = (self.sells.is_waited_for.0)(at.cinema(), &id);
        let draw = async || {
            let on = programme::of_showtime(&at, &id, Channel::Online).await?;
            let may_be_held = match programme::may_be_held(&at, &id).await {
                Err(CatalogueRefused::Fault(fault)) if fault != Fault::Stopped => {
                    return Err(CatalogueRefused::Fault(fault));
                }
                decided => decided,
            };
            let offer = Offer::of_one(&on, &may_be_held, self.sales(&at).await?);
            let seats = (offer, is_waited_for);
            Ok(showtime::draw(self, tongue, &at, (&on, seats)))
        };
        let which = Which::Showtime(cinema.to_owned(), showtime.to_owned());
        self.page(tongue, &at, (which, is_waited_for), draw).await
    }

    /// A page that everyone is shown alike.
    async fn page(
        &self,
        tongue: Tongue,
        at: &At,
        (which, is_waited_for): (Which, bool),
        draw: impl AsyncFnOnce() -> Result<String, CatalogueRefused>,
    ) -> Answer {
        let state = State {
            second: self.counter.now().as_second(),
            changes: at.changes(),
            has_many: self.has_many(),
            is_waited_for,
        };
        match self.kept.page((tongue, which), state, draw).await {
            Ok(page) => Answer::Kept(page),
            Err(refused) => self.refused(tongue, at, refused),
        }
    }

    /// Where a guest goes on who comes back from their bank: at the showtime whose seats they pay for, in the language of the order; at the cinema's
    /// page, if nobody knows the order. Who they are says their session alone.
    async fn back_from_the_bank(&self, tongue: Tongue, (cinema, hold): (&str, &str)) -> Answer {
        let Some(at) = self.at(cinema) else {
            return self.missing(tongue, Missing::Cinema);
        };
        let known = match hold.parse() {
            Ok(hold) => checkout::what_for(&at, hold).await,
            Err(_) => Ok(None),
        };
        match known {
            Ok(Some((showtime, language))) => {
                let path = paths::paid(at.cinema(), &showtime, hold);
                Answer::LedTo(Tongue::of(Some(&language), None).link(&path))
            }
            Ok(None) => Answer::LedTo(tongue.link(&paths::cinema(at.cinema()))),
            Err(fault) => Answer::Broken(missing::draw_trouble(self, tongue), fault),
        }
    }

    async fn sales(&self, at: &At) -> Result<Sales, CatalogueRefused> {
        Ok(Sales {
            takes_money: self.sells.is_selling,
            may_sell: programme::may_sell(at).await?,
            is_reached: at.is_reached(),
        })
    }

    fn refused(&self, tongue: Tongue, at: &At, refused: CatalogueRefused) -> Answer {
        let catalogue = at.catalogue();
        let cinema = &catalogue.cinema;
        let what = match refused {
            CatalogueRefused::UnknownFilm => Missing::Film(cinema),
            CatalogueRefused::Fault(fault) => {
                return Answer::Broken(missing::draw_trouble(self, tongue), fault);
            }
            CatalogueRefused::NoProgramme
            | CatalogueRefused::UnknownShowtime
            | CatalogueRefused::SalesClosed
            | CatalogueRefused::ShowtimeOver
            | CatalogueRefused::ShowtimeCancelled
            | CatalogueRefused::Unreadable
            | CatalogueRefused::WrongQuery(_) => Missing::Showtime(cinema),
        };
        self.missing(tongue, what)
    }

    fn missing(&self, tongue: Tongue, what: Missing<'_>) -> Answer {
        Answer::Missing(missing::draw(self, tongue, what))
    }

    /// Every cinema that has told its programme, by name.
    fn all(&self) -> Vec<Cinema> {
        let known = self.counter.cinemas();
        let known = known.iter().filter_map(|cinema| self.counter.at(cinema));
        let mut all: Vec<Cinema> = known.map(|at| at.catalogue().cinema.clone()).collect();
        all.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        all
    }

    /// Whether there is a choice of cinema.
    fn has_many(&self) -> bool {
        let cinemas = self.counter.cinemas();
        let mut told = cinemas
            .iter()
            .filter(|cinema| self.counter.at(cinema).is_some());
        told.nth(1).is_some()
    }

    fn at(&self, cinema: &str) -> Option<At> {
        self.counter.at(&cinema.parse().ok()?)
    }

    /// The address of a page of ours from anywhere.
    fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}
