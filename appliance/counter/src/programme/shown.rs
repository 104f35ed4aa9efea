//! What is on, as guests are shown it: plain values, for whoever answers as JSON and for whoever draws pages.

use std::sync::Arc;

use box_office::price::Channel;
use box_office::programme::{Auditorium, Film, Format, ShowtimeStatus};
use box_office::tax::TaxRate;
use box_office::{FilmId, Money, Plan, RefundRules, SeatKind, ShowtimeId};
use counter_api as api;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Fault;
use crate::catalogue::{self, Catalogue, CatalogueRefused, Scheduled, local};
use crate::counter::At;
use crate::seats::{self, Available};
use crate::standing;

/// A business day of a cinema.
#[derive(Debug, Clone)]
pub struct DayOn {
    /// The day.
    pub day: Date,
    /// Today.
    pub today: Date,
    /// Every business day from today on that has showtimes.
    pub days: Vec<Date>,
    /// The films of the day, in the order in which each begins.
    pub films: Vec<FilmOnDay>,
    /// When it was looked.
    pub now: Timestamp,
}

/// A film and when it is on.
#[derive(Debug, Clone)]
pub struct FilmOnDay {
    /// The film.
    pub film: Arc<Film>,
    /// Its showtimes of the day, by start.
    pub showtimes: Vec<Listed>,
}

/// A showtime with what its state alone does not say.
#[derive(Debug, Clone)]
pub struct Listed {
    /// As everybody is shown it.
    pub showtime: api::Showtime,
    /// Whether its cinema sells it, seats and times aside.
    pub status: ShowtimeStatus,
    /// How many seats the other side may have, which cannot be asked.
    pub out_of_reach: u32,
    /// Whether this side may not sell it, though its cinema does.
    pub is_withheld: bool,
    /// The lowest price of the first kind of ticket that may be sold for it in this way, a companion's place aside; none, if none may be.
    pub from: Option<Money>,
}

/// A film with all that is told of it.
#[derive(Debug, Clone)]
pub struct FilmOn {
    /// The film.
    pub film: Arc<Film>,
    /// Its showtimes that are not over, by start.
    pub showtimes: Vec<Listed>,
    /// What each kind of ticket costs for those of them that are sold still.
    pub prices: Vec<PriceSpan>,
    /// The tax inside these prices; none, where they differ in it.
    pub tax: Option<TaxRate>,
    /// When it was looked.
    pub now: Timestamp,
}

/// What a kind of ticket costs, by showtime and seat.
#[derive(Debug, Clone)]
pub struct PriceSpan {
    /// The kind of ticket.
    pub kind: api::TicketKind,
    /// The lowest price, tax included, a companion's place aside.
    pub least: Money,
    /// The highest.
    pub most: Money,
}

/// A showtime as somebody sees it who may want to buy.
#[derive(Debug, Clone)]
pub struct ShowtimeOn {
    /// The showtime, with whether tickets can be had.
    pub listed: Listed,
    /// Its film.
    pub film: Arc<Film>,
    /// The room.
    pub auditorium: Arc<Auditorium>,
    /// Its seats.
    pub plan: Arc<Plan>,
    /// The kinds of ticket that may be sold for it here, the default first.
    pub ticket_kinds: Vec<api::TicketKind>,
    /// The price of each ticket kind on each kind of seat in the room.
    pub prices: Vec<api::Price>,
    /// The tax inside them.
    pub tax: TaxRate,
    /// By which rules a guest at home gives its tickets back.
    pub refunds: RefundRules,
    /// When it begins.
    pub starts_at: Timestamp,
    /// Until when its cinema sells.
    pub sold_there_until: Timestamp,
    /// When it is over.
    pub ends_at: Timestamp,
    /// When it was looked.
    pub now: Timestamp,
}

/// The films and showtimes of a business day, today's if none is named, for whoever buys in this way.
///
/// # Errors
/// Only the database's.
pub async fn on_day(
    at: &At,
    wanted: Option<Date>,
    channel: Channel,
) -> Result<DayOn, CatalogueRefused> {
    let catalogue = at.catalogue();
    let now = at.clock.now();
    let today = catalogue.days.day_of(now);
    let day = wanted.unwrap_or(today);
    let on = catalogue.on(day);
    let mut films: Vec<FilmOnDay> = Vec::new();
    for (scheduled, showtime) in on.iter().zip(listed(at, &on, channel).await?) {
        match films
            .iter_mut()
            .find(|known| known.film.id == scheduled.film.id)
        {
            Some(known) => known.showtimes.push(showtime),
            None => films.push(FilmOnDay {
                film: Arc::clone(&scheduled.film),
                showtimes: vec![showtime],
            }),
        }
    }
    Ok(DayOn {
        day,
        today,
        days: catalogue.days_from(today),
        films,
        now,
    })
}

/// A film of a cinema with its showtimes to come.
///
/// # Errors
/// There is no such film.
pub async fn of_film(at: &At, film: &FilmId, channel: Channel) -> Result<FilmOn, CatalogueRefused> {
    let catalogue = at.catalogue();
    let known = catalogue.film(film).ok_or(CatalogueRefused::UnknownFilm)?;
    let now = at.clock.now();
    let mut on = catalogue.not_over(now);
    on.retain(|scheduled| scheduled.film.id == *film);
    let showtimes = listed(at, &on, channel).await?;
    let is_sold = |(scheduled, listed): &(&Arc<Scheduled>, &Listed)| {
        listed.status == ShowtimeStatus::Open
            && !listed.is_withheld
            && now < at.holds_until(&scheduled.showtime)
    };
    let (mut prices, mut taxes): (Vec<PriceSpan>, Vec<TaxRate>) = (Vec::new(), Vec::new());
    for (scheduled, _) in on.iter().zip(&showtimes).filter(is_sold) {
        add_prices(&mut prices, scheduled, channel);
        taxes.push(scheduled.price_book.tax);
    }
    let tax = taxes.first().copied();
    Ok(FilmOn {
        film: Arc::clone(known),
        showtimes,
        prices,
        tax: tax.filter(|first| taxes.iter().all(|tax| tax == first)),
        now,
    })
}

/// A showtime with its room, its kinds of ticket and its prices for whoever buys in this way.
///
/// # Errors
/// There is no such showtime.
pub async fn of_showtime(
    at: &At,
    showtime: &ShowtimeId,
    channel: Channel,
) -> Result<ShowtimeOn, CatalogueRefused> {
    let catalogue = at.catalogue();
    let scheduled = catalogue
        .showtime(showtime)
        .ok_or(CatalogueRefused::UnknownShowtime)?;
    let mut found = listed(at, std::slice::from_ref(&scheduled), channel).await?;
    let listed = found.pop().ok_or(CatalogueRefused::UnknownShowtime)?;
    let (ticket_kinds, prices) = for_sale(&scheduled, channel);
    Ok(ShowtimeOn {
        listed,
        film: Arc::clone(&scheduled.film),
        auditorium: Arc::clone(&scheduled.auditorium),
        plan: Arc::clone(&scheduled.plan),
        ticket_kinds,
        prices,
        tax: scheduled.price_book.tax,
        refunds: scheduled.price_book.refunds,
        starts_at: scheduled.showtime.starts_at,
        sold_there_until: scheduled.showtime.sales_end_at(),
        ends_at: scheduled.showtime.ends_at,
        now: at.clock.now(),
    })
}

/// Whether this side may sell at all at a cinema, as far as it knows of itself.
///
/// # Errors
/// Only the database's.
pub async fn may_sell(at: &At) -> Result<bool, CatalogueRefused> {
    let cinema = at.cinema().clone();
    let stopped = at.database.read(move |db| standing::stopped(db, &cinema));
    Ok(at.ports.stopped().is_none() && stopped.await?.is_none())
}

/// Whether a guest may hold seats of a showtime here and now, whether or not one is free: as a transaction would decide that holds some.
///
/// # Errors
/// Why not.
pub async fn may_be_held(at: &At, showtime: &ShowtimeId) -> Result<(), CatalogueRefused> {
    if at.ports.stopped().is_some() {
        return Err(Fault::Stopped.into());
    }
    let known = at.catalogue().showtime(showtime);
    let key = known.ok_or(CatalogueRefused::UnknownShowtime)?.key;
    let asking = at.clone();
    let held = at
        .database
        .read(move |db| asking.held_now(db, key).map(|_| ()));
    held.await
}

/// The films and showtimes of a cinema that have not begun and take place, by start.
pub fn to_come(at: &At) -> Vec<(FilmId, ShowtimeId)> {
    let now = at.clock.now();
    let not_over = at.catalogue().not_over(now);
    let showtimes = not_over.iter().map(|scheduled| &scheduled.showtime);
    showtimes
        .filter(|it| it.status != ShowtimeStatus::Cancelled && now < it.starts_at)
        .map(|it| (it.film.clone(), it.id.clone()))
        .collect()
}

/// These showtimes as they are shown, in their order.
async fn listed(
    at: &At,
    on: &[Arc<Scheduled>],
    channel: Channel,
) -> Result<Vec<Listed>, CatalogueRefused> {
    let (catalogue, cinema) = (at.catalogue(), at.cinema().clone());
    let available = seats::available(at, on).await?;
    let reading = (at.database).read(move |db| catalogue::withheld_of(db, &cinema));
    let withheld = reading.await?;
    let of = |(scheduled, seats): (&Arc<Scheduled>, Available)| Listed {
        showtime: shown(at, &catalogue, scheduled, seats),
        status: scheduled.showtime.status,
        out_of_reach: seats.out_of_reach,
        is_withheld: withheld.contains(&scheduled.key),
        from: from(scheduled, channel),
    };
    Ok(on.iter().zip(available).map(of).collect())
}

fn from(scheduled: &Scheduled, channel: Channel) -> Option<Money> {
    let (kinds, prices) = for_sale(scheduled, channel);
    let first = &kinds.first()?.id;
    let of_first = prices
        .iter()
        .filter(|price| price.ticket_kind == *first && price.seat_kind != SeatKind::Companion);
    of_first
        .map(|price| price.price)
        .min_by_key(|price| price.minor)
}

fn add_prices(prices: &mut Vec<PriceSpan>, scheduled: &Scheduled, channel: Channel) {
    let (kinds, of_showtime) = for_sale(scheduled, channel);
    let of_showtime = of_showtime.iter();
    for price in of_showtime.filter(|price| price.seat_kind != SeatKind::Companion) {
        let amount = price.price;
        match prices
            .iter_mut()
            .find(|known| known.kind.id == price.ticket_kind)
        {
            Some(known) if amount.minor < known.least.minor => known.least = amount,
            Some(known) if amount.minor > known.most.minor => known.most = amount,
            Some(_) => {}
            None => {
                let kind = kinds.iter().find(|kind| kind.id == price.ticket_kind);
                prices.extend(kind.map(|kind| PriceSpan {
                    kind: kind.clone(),
                    least: amount,
                    most: amount,
                }));
            }
        }
    }
}

fn for_sale(scheduled: &Scheduled, channel: Channel) -> (Vec<api::TicketKind>, Vec<api::Price>) {
    let screening = scheduled.showtime.screening(&scheduled.film);
    let (mut kinds, mut prices) = (Vec::new(), Vec::new());
    for kind in scheduled
        .price_book
        .ticket_kinds_for(&scheduled.film, channel)
    {
        kinds.push(api::TicketKind {
            id: kind.id.clone(),
            names: kind.names.clone(),
            notes: kind.notes.clone(),
            accompanied_from: kind.accompanied_from(scheduled.film.age_rating.as_ref()),
        });
        for seat_kind in scheduled.auditorium.seat_kinds() {
            if let Ok(line) = scheduled.price_book.price(&kind.id, seat_kind, &screening) {
                prices.push(api::Price {
                    ticket_kind: kind.id.clone(),
                    seat_kind,
                    price: line.price,
                });
            }
        }
    }
    (kinds, prices)
}

fn shown(at: &At, catalogue: &Catalogue, scheduled: &Scheduled, seats: Available) -> api::Showtime {
    let (showtime, zone, now) = (&scheduled.showtime, catalogue.days.zone(), at.clock.now());
    let state = match showtime.status {
        ShowtimeStatus::Cancelled => api::ShowtimeState::Cancelled,
        ShowtimeStatus::Closed => api::ShowtimeState::Closed,
        ShowtimeStatus::Open if now >= at.holds_until(showtime) || now >= showtime.ends_at => {
            api::ShowtimeState::Closed
        }
        ShowtimeStatus::Open if seats.free > 0 => api::ShowtimeState::OnSale,
        ShowtimeStatus::Open if seats.out_of_reach > 0 => api::ShowtimeState::OutOfReach,
        ShowtimeStatus::Open => api::ShowtimeState::SoldOut,
    };
    let price_from = scheduled.price_book.price_from(
        scheduled.auditorium.seat_kinds(),
        &showtime.screening(&scheduled.film),
    );
    api::Showtime {
        id: showtime.id.clone(),
        film: showtime.film.clone(),
        auditorium: showtime.auditorium.clone(),
        auditorium_name: scheduled.auditorium.name.clone(),
        starts_at: local(showtime.starts_at, zone),
        film_starts_at: local(showtime.film_starts_at(), zone),
        ends_at: local(showtime.ends_at, zone),
        sales_end_at: local(at.holds_until(showtime), zone),
        language: showtime.language.clone(),
        subtitles: showtime.subtitles.as_ref().map(|subtitles| api::Subtitles {
            language: subtitles.language.clone(),
            captions: subtitles.captions,
        }),
        format: match showtime.format {
            Format::Flat => api::Format::Flat,
            Format::Stereo => api::Format::Stereo,
        },
        audio_description: showtime.audio_description,
        state,
        seats_free: seats.free,
        seats: u32::try_from(scheduled.plan.len()).unwrap_or(u32::MAX),
        price_from: price_from.unwrap_or(box_office::Money::zero(catalogue.cinema.currency)),
    }
}
