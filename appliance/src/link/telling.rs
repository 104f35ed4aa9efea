//! What each change tells the hub: our rows as the events of the wire.

use box_office::PriceBook;
use box_office::programme::{Auditorium, Cinema, Film, Format};
use database::Tx;
use wire::event as told;

use super::push;
use crate::app::App;
use crate::catalogue::Scheduled;
use crate::column;
use crate::error::Refused;
use crate::programme::store::Stored;
use crate::sales::Sold;
use crate::tenders::{StoredState, TenderRow};

/// What happened to a showtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is new.
    Scheduled,
    /// Something about it is another.
    Changed,
    /// It does not take place.
    Cancelled,
}

/// Tells of a sale.
pub(crate) fn tell_sale(
    tx: &mut Tx<'_>,
    app: &App,
    scheduled: &Scheduled,
    sold: &Sold,
) -> Result<(), Refused> {
    let (sale, catalogue) = (&sold.sale, app.catalogue.now().ok_or(Refused::NoProgramme)?);
    let tickets = sold.tickets.iter().map(|ticket| told::SoldTicket {
        id: ticket.id.clone(),
        seat: ticket.seat.clone(),
        plan: ticket.plan,
        epoch: ticket.epoch.number().into(),
        edition: ticket.edition,
        kind: ticket.kind.clone(),
        price: ticket.price_minor,
        tax: ticket.tax_minor,
    });
    let body = told::SaleSettled {
        sale: sale.id.clone(),
        receipt: told::Receipt {
            series: number(sale.series)?,
            number: number(sale.number)?,
        },
        showtime: sale.showtime.clone(),
        device: sale.device.clone(),
        time: sale.sold_at.as_millisecond(),
        day: catalogue.days.day_of(sale.sold_at).to_string(),
        currency: scheduled.price_book.currency,
        total: sale.total_minor,
        tax: sale.tax_minor,
        tickets: tickets.collect(),
        tenders: sold
            .tenders
            .iter()
            .filter(|tender| tender.state == StoredState::Approved)
            .map(paid)
            .collect(),
    };
    push(tx, app, body.into())
}

fn number<T: TryFrom<i64>>(number: i64) -> Result<T, Refused> {
    T::try_from(number)
        .map_err(|_| Refused::Internal(format!("the receipt number {number} is out of range")))
}

fn paid(tender: &TenderRow) -> told::PaidTender {
    told::PaidTender {
        id: tender.id.clone(),
        way: match tender.way {
            appliance_api::TenderWay::Cash => told::TenderWay::Cash,
            appliance_api::TenderWay::Card => told::TenderWay::Card,
        },
        amount: tender.amount_minor,
        given: tender.given_minor,
        slip: tender.slip.as_ref().map(|slip| told::CardSlip {
            last_four: slip.last_four.clone(),
            authorisation: slip.authorisation.clone(),
        }),
    }
}

/// Tells that a card was charged and given back, since no ticket was issued.
pub(crate) fn tell_refund(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
    reason: &str,
) -> Result<(), Refused> {
    let catalogue = app.catalogue.now().ok_or(Refused::NoProgramme)?;
    let hold = crate::holds::store::by_id(tx, &tender.hold)?.ok_or(Refused::UnknownHold)?;
    let now = app.clock.now();
    let body = told::PaymentRefunded {
        tender: tender.id.clone(),
        hold: tender.hold.clone(),
        showtime: hold.showtime,
        device: tender.device.clone(),
        time: now.as_millisecond(),
        day: catalogue.days.day_of(now).to_string(),
        amount: tender.amount_minor,
        currency: catalogue.cinema.currency,
        reason: reason.to_owned(),
    };
    push(tx, app, body.into())
}

/// Tells that nobody knows what became of a payment.
pub(crate) fn tell_payment_unknown(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
) -> Result<(), Refused> {
    let catalogue = app.catalogue.now().ok_or(Refused::NoProgramme)?;
    let hold = crate::holds::store::by_id(tx, &tender.hold)?.ok_or(Refused::UnknownHold)?;
    let body = told::PaymentUnknown {
        tender: tender.id.clone(),
        hold: tender.hold.clone(),
        showtime: hold.showtime,
        device: tender.device.clone(),
        started: tender.started_ms,
        amount: tender.amount_minor,
        currency: catalogue.cinema.currency,
    };
    push(tx, app, body.into())
}

/// Tells what was found out about such a payment, and by whom.
pub(crate) fn tell_payment_decided(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
    outcome: told::PaymentOutcome,
    by: told::DecidedBy,
    reason: &str,
) -> Result<(), Refused> {
    let body = told::PaymentDecided {
        tender: tender.id.clone(),
        time: app.clock.now().as_millisecond(),
        outcome,
        by,
        reason: reason.to_owned(),
    };
    push(tx, app, body.into())
}

/// Tells what the cinema is.
pub(crate) fn tell_cinema(tx: &mut Tx<'_>, app: &App, cinema: &Cinema) -> Result<(), Refused> {
    let body = told::CinemaDescribed {
        cinema: cinema.id.clone(),
        name: cinema.name.clone(),
        zone: cinema.time_zone.clone(),
        currency: cinema.currency,
        day_starts: cinema.business_day_start.minutes(),
    };
    push(tx, app, body.into())
}

/// Tells of a room and its seats.
pub(crate) fn tell_auditorium(
    tx: &mut Tx<'_>,
    app: &App,
    room: &Auditorium,
) -> Result<(), Refused> {
    let body = told::AuditoriumDescribed {
        auditorium: room.id.clone(),
        name: room.name.clone(),
        layout: (&room.layout).into(),
    };
    push(tx, app, body.into())
}

/// Tells of a film.
pub(crate) fn tell_film(tx: &mut Tx<'_>, app: &App, film: &Film) -> Result<(), Refused> {
    let body = told::FilmImported {
        film: film.id.clone(),
        version: film.version,
        title: film.title.clone(),
        year: film.year,
        directors: film.directors.clone(),
        minutes: film.length_minutes,
        genres: film.genres.clone(),
        language: film.original_language.clone(),
        rating: film.age_rating.as_ref().map(|rating| told::AgeRating {
            system: rating.system.clone(),
            label: rating.label.clone(),
            from: rating.from_age,
        }),
    };
    push(tx, app, body.into())
}

/// Tells of a price book, whole, as a document.
pub(crate) fn tell_price_book(tx: &mut Tx<'_>, app: &App, book: &PriceBook) -> Result<(), Refused> {
    let body = told::PriceBookImported {
        book: book.id.clone(),
        version: book.version,
        currency: book.currency,
        content: column::text(book)?,
    };
    push(tx, app, body.into())
}

/// Tells of a showtime.
pub(crate) fn tell_showtime(
    tx: &mut Tx<'_>,
    app: &App,
    stored: &Stored<'_>,
    what: Told,
) -> Result<(), Refused> {
    let showtime = stored.showtime;
    let body = told::ShowtimeScheduled {
        showtime: showtime.id.clone(),
        film: showtime.film.clone(),
        film_version: stored.film.version,
        auditorium: showtime.auditorium.clone(),
        plan: stored.auditorium.layout.version,
        day: showtime.business_day.to_string(),
        start: showtime.starts_at.as_millisecond(),
        film_start: showtime.film_starts_at().as_millisecond(),
        end: showtime.ends_at.as_millisecond(),
        sales_end: showtime.sales_end_at().as_millisecond(),
        book: showtime.price_book.clone(),
        book_version: stored.book_version,
        language: showtime.language.clone(),
        subtitles: showtime
            .subtitles
            .as_ref()
            .map(|subtitles| told::Subtitles {
                language: subtitles.language.clone(),
                captions: subtitles.captions,
            }),
        format: match showtime.format {
            Format::Flat => "2D".into(),
            Format::Stereo => "3D".into(),
        },
        audio_description: showtime.audio_description,
        seats: u32::try_from(stored.auditorium.layout.places.len()).unwrap_or(u32::MAX),
    };
    let body = match what {
        Told::Scheduled => body.into(),
        Told::Changed => told::ShowtimeChanged(body).into(),
        Told::Cancelled => told::ShowtimeCancelled {
            showtime: showtime.id.clone(),
            reason: "programme".into(),
        }
        .into(),
    };
    push(tx, app, body)
}
