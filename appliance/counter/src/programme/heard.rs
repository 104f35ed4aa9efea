//! What the hub hears of a cinema's programme, made its own catalogue's: complete, or not to be sold with the reason. The cinema is the
//! writer; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};

use box_office::business_day::DayTime;
use box_office::programme::{AgeRating, Auditorium, Cinema, Film, Format, Showtime, Subtitles};
use box_office::{CinemaId, Custodian, Epoch, PriceBook, SeatId, ShowtimeId, ShowtimeStatus};
use database::Tx;
use jiff::Timestamp;
use wire::Body;
use wire::event as told;

use crate::Fault;
use crate::catalogue::{self, Kept, Known, Stored};
use crate::counter::Counter;
use crate::custody;
use crate::programme::moving;
use crate::seats::{self, Heard};

/// Why a showtime is not sold by the hub: the cinema sells it by content that the hub has refused.
pub const WITHHELD_CONTENT_REFUSED: &str = "content_refused";

/// The cinema, or the box of an earlier version, did not tell all that is needed to sell it, or what it told could not be applied.
pub const WITHHELD_TOLD_INCOMPLETELY: &str = "told_incompletely";

/// The same: it was moved to another plan, and seats of the one before have been given to this side. Where they stand now nobody has told.
const WITHHELD_SEATS_HERE: &str = "moved_with_seats_here";

/// What one delivery brings of a cinema's programme.
#[derive(Debug, Default)]
pub struct Hearing {
    is_changed: bool,
    changed: Vec<ShowtimeId>,
    /// Those that are at another time, or in another room, than before.
    moved: BTreeSet<ShowtimeId>,
    /// Seats that the cinema has sold.
    sold: BTreeMap<ShowtimeId, BTreeMap<SeatId, Epoch>>,
}

impl Hearing {
    /// Takes up an event of the cinema, if it is of its programme or of its seats; gives why a showtime that it told of is not sold here.
    /// What is told of a cinema that was not told whole has no place yet; it is told again with it.
    ///
    /// # Errors
    /// Only the database's.
    pub fn hear(
        &mut self,
        tx: &mut Tx<'_>,
        (cinema, now): (&CinemaId, Timestamp),
        body: &Body,
    ) -> Result<Option<&'static str>, Fault> {
        match body {
            Body::CinemaDescribed(told) => {
                if let Some(cinema) = described(told) {
                    self.is_changed |= catalogue::keep_cinema(tx, &cinema)?;
                }
            }
            Body::FilmImported(told) => {
                if let Some(film) = film(told)
                    && catalogue::knows_cinema(tx, cinema)?
                {
                    let kept = catalogue::keep(tx, cinema, &film)?;
                    warn_of_other(cinema, kept, (film.id.as_str(), film.version));
                    self.is_changed |= kept == Kept::New;
                }
            }
            Body::PriceBookImported(told) => {
                if let Ok(book) = serde_json::from_str::<PriceBook>(&told.content)
                    && catalogue::knows_cinema(tx, cinema)?
                {
                    let kept = catalogue::keep(tx, cinema, &book)?;
                    let is_whole_now =
                        kept == Kept::OtherContent && catalogue::put_rules(tx, cinema, &book)?;
                    if !is_whole_now {
                        warn_of_other(cinema, kept, (book.id.as_str(), book.version));
                    }
                    self.is_changed |= kept == Kept::New || is_whole_now;
                }
            }
            Body::AuditoriumDescribed(told) => {
                if let Some(room) = auditorium(told)
                    && catalogue::knows_cinema(tx, cinema)?
                {
                    catalogue::put_auditorium(tx, cinema, &room)?;
                    self.is_changed = true;
                }
            }
            Body::ShowtimeScheduled(told) | Body::ShowtimeChanged(told::ShowtimeChanged(told)) => {
                return self.scheduled(tx, cinema, told, now);
            }
            Body::ShowtimeMoved(moved) => {
                self.left_behind(tx, cinema, moved, now)?;
                let withheld = self.scheduled(tx, cinema, &moved.showtime, now)?;
                // And of one that was not known here before.
                self.left_behind(tx, cinema, moved, now)?;
                return Ok(withheld);
            }
            Body::ShowtimeCancelled(told) => self.cancelled(tx, cinema, &told.showtime)?,
            Body::SaleSettled(sale) => self.sold(sale),
            Body::PaymentRefunded(_)
            | Body::PaymentUnknown(_)
            | Body::PaymentDecided(_)
            | Body::SeatsReleased(_)
            | Body::StaffCalled(_)
            | Body::StaffCame(_)
            | Body::PrinterStopped(_)
            | Body::PrinterReady(_)
            | Body::ContentAdopted(_)
            | Body::ContentRefused(_)
            | Body::OnlineSales(_)
            | Body::SeatsGranted(_)
            | Body::TicketsSold(_)
            | Body::TicketAdmitted(_)
            | Body::RefundRequested(_)
            | Body::RefundAnswered(_)
            | Body::SeatsQuarantined(_)
            | Body::SeatsFreed(_)
            | Body::CustodyTold(_)
            | Body::CustodyToldAll(_)
            | Body::CustodyClaimed(_)
            | Body::TicketsStanding(_) => {}
        }
        Ok(None)
    }

    /// After the last event of a delivery.
    ///
    /// # Errors
    /// Only the database's.
    pub fn finish(
        self,
        tx: &mut Tx<'_>,
        counter: &Counter,
        cinema: &CinemaId,
    ) -> Result<(), Fault> {
        let at = counter.at(cinema);
        let keys = catalogue::showtime_keys(tx, cinema, self.sold.keys())?;
        let sold: Vec<_> = keys
            .iter()
            .filter_map(|(id, key)| Some((*key, id, self.sold.get(id)?)))
            .collect();
        seats::hear(tx, at.as_ref(), &sold, Heard::Sold)?;
        for showtime in &self.moved {
            counter.ports.moved(tx, cinema, showtime)?;
        }
        if self.is_changed {
            counter.reload(tx, cinema, self.changed)?;
            custody::receive_kept(tx, counter, cinema)?;
        }
        Ok(())
    }

    /// A showtime has gone to another room with whoever has a seat of it. What is told under the names there is of its seats, whether or not
    /// this side can go along by now, and what was left behind was the cinema's.
    fn left_behind(
        &mut self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        moved: &told::ShowtimeMoved,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let told = &moved.showtime;
        let Some(known) = catalogue::known_showtime(tx, cinema, &told.showtime)? else {
            return Ok(());
        };
        let left: Vec<_> = moved.left.iter().map(custody::at_epoch).collect();
        seats::hear_left(tx, known.key, &left)?;
        let former = (&moved.former, moved.former_plan);
        custody::note_moved(tx, known.key, former, now)?;
        custody::expect_moved(tx, known.key, (&told.auditorium, told.plan))?;
        self.is_changed = true;
        Ok(())
    }

    fn scheduled(
        &mut self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        told: &told::ShowtimeScheduled,
        now: Timestamp,
    ) -> Result<Option<&'static str>, Fault> {
        let known = catalogue::known_showtime(tx, cinema, &told.showtime)?;
        let Some(stored) = stored(told) else {
            return withhold_known(tx, known.as_ref(), WITHHELD_TOLD_INCOMPLETELY);
        };
        if !catalogue::knows_parts(tx, cinema, &stored)? {
            return withhold_known(tx, known.as_ref(), WITHHELD_TOLD_INCOMPLETELY);
        }
        let is_cancelled =
            |known: &Known| known.stored.showtime.status == ShowtimeStatus::Cancelled;
        if known.as_ref().is_some_and(is_cancelled) {
            // Final: whatever is told later of it.
            return Ok(None);
        }
        if let Some(known) = &known
            && known.stored.seats_are_others(&stored)
            && seats::is_any_taken(tx, known.key)?
        {
            // Told now, or before, when this side could not go along.
            let to = (&stored.showtime.auditorium, stored.plan);
            let goes_along = custody::has_moved(tx, known.key, to)?;
            if !goes_along || !move_with_guests(tx, cinema, (known, &stored), now)? {
                return withhold_known(tx, Some(known), WITHHELD_SEATS_HERE);
            }
        }
        match known {
            Some(known) => {
                catalogue::withhold(tx, known.key, None)?;
                if known.stored != stored {
                    catalogue::change_showtime(tx, cinema, &stored)?;
                    if known.stored.is_elsewhere(&stored) {
                        self.moved.insert(told.showtime.clone());
                    }
                    self.changed.push(told.showtime.clone());
                    self.is_changed = true;
                }
            }
            None => {
                catalogue::add_showtime(tx, cinema, &stored)?;
                self.is_changed = true;
            }
        }
        Ok(None)
    }

    fn cancelled(
        &mut self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        id: &ShowtimeId,
    ) -> Result<(), Fault> {
        let Some(mut known) = catalogue::known_showtime(tx, cinema, id)? else {
            return Ok(());
        };
        known.stored.showtime.status = ShowtimeStatus::Cancelled;
        catalogue::change_showtime(tx, cinema, &known.stored)?;
        self.changed.push(id.clone());
        self.is_changed = true;
        Ok(())
    }

    fn sold(&mut self, sale: &told::SaleSettled) {
        let seats = self.sold.entry(sale.showtime.clone()).or_default();
        for ticket in &sale.tickets {
            let told = Epoch::new(u32::try_from(ticket.epoch).unwrap_or(u32::MAX));
            let epoch = seats.entry(ticket.seat.clone()).or_insert(told);
            *epoch = told.max(*epoch);
        }
    }

    /// The hub has refused content: what the cinema sells by it, the hub does not sell.
    ///
    /// # Errors
    /// Only the database's.
    pub fn withhold(
        &mut self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        showtime: &ShowtimeId,
    ) -> Result<(), Fault> {
        if let Some(known) = catalogue::known_showtime(tx, cinema, showtime)? {
            catalogue::withhold(tx, known.key, Some(WITHHELD_CONTENT_REFUSED))?;
            self.is_changed = true;
        }
        Ok(())
    }
}

/// What was adopted once stays as it is: what is told under its version is not.
fn warn_of_other(cinema: &CinemaId, kept: Kept, (id, version): (&str, u32)) {
    match kept {
        Kept::New | Kept::Same => {}
        Kept::OtherContent => {
            tracing::warn!(%cinema, id, version, "a film or price book is told otherwise than it is kept under its version, and stays as it is");
        }
    }
}

/// The hub does not sell a showtime, whether or not what is stored of it can be read.
///
/// # Errors
/// The database refuses.
pub fn withhold(
    tx: &mut Tx<'_>,
    counter: &Counter,
    (cinema, showtime): (&CinemaId, &ShowtimeId),
    reason: &'static str,
) -> Result<(), Fault> {
    for (_, key) in catalogue::showtime_keys(tx, cinema, [showtime].into_iter())? {
        catalogue::withhold(tx, key, Some(reason))?;
    }
    counter.reload(tx, cinema, vec![showtime.clone()])
}

/// Puts what this side has of a showtime into the room to which the cinema has moved it; says whether it could. What has a seat here that is
/// not there contradicts what the cinema knows.
fn move_with_guests(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (known, stored): (&Known, &Stored),
    now: Timestamp,
) -> Result<bool, Fault> {
    let of = (&stored.showtime.auditorium, stored.plan);
    let Some(to) = catalogue::room_of(tx, cinema, of)? else {
        return Ok(false);
    };
    let moved = moving::move_to(tx, Custodian::Hub, known, &to, now)?;
    if let Err(refusal) = &moved {
        let showtime = &stored.showtime.id;
        tracing::error!(%cinema, %showtime, ?refusal, "a showtime is moved to a room that lacks seats which are somebody's here");
    }
    Ok(moved.is_ok())
}

/// Whatever is known of a showtime is not sold, for that is not how it stands now. Gives the reason.
fn withhold_known(
    tx: &mut Tx<'_>,
    known: Option<&Known>,
    reason: &'static str,
) -> Result<Option<&'static str>, Fault> {
    if let Some(known) = known {
        catalogue::withhold(tx, known.key, Some(reason))?;
    }
    Ok(Some(reason))
}

fn described(told: &told::CinemaDescribed) -> Option<Cinema> {
    let selling = told.selling.as_ref()?;
    let cinema = Cinema {
        id: told.cinema.clone(),
        name: told.name.clone(),
        address: selling.address.clone(),
        location: selling.location,
        tax_number: selling.tax_number.clone(),
        time_zone: told.zone.clone(),
        currency: told.currency,
        business_day_start: day_time(told.day_starts)?,
        sales_end_minutes: selling.sales_end_minutes,
        turnaround_minutes: selling.turnaround_minutes,
        single_seats: selling.single_seats,
    };
    // A zone that this machine does not know has no business days, and so nothing to sell.
    cinema.business_days().is_ok().then_some(cinema)
}

fn day_time(minutes: u16) -> Option<DayTime> {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
        .parse()
        .ok()
}

pub(super) fn film(told: &told::FilmImported) -> Option<Film> {
    let selling = told.selling.as_ref()?;
    Some(Film {
        id: told.film.clone(),
        version: told.version,
        title: told.title.clone(),
        original_title: selling.original_title.clone(),
        year: told.year,
        directors: told.directors.clone(),
        length_minutes: told.minutes,
        genres: told.genres.clone(),
        original_language: told.language.clone(),
        synopsis: selling.synopsis.clone(),
        // Guests are led there, whatever a box tells.
        trailer: (selling.trailer.clone()).filter(|address| address.starts_with("https://")),
        age_rating: told.rating.as_ref().map(|rating| AgeRating {
            system: rating.system.clone(),
            label: rating.label.clone(),
            from_age: rating.from,
            accompanied_from_age: selling.accompanied_from,
        }),
    })
}

pub(super) fn auditorium(told: &told::AuditoriumDescribed) -> Option<Auditorium> {
    let usage = told.usage.as_ref()?;
    Some(Auditorium {
        id: told.auditorium.clone(),
        name: told.name.clone(),
        layout: told.layout.clone().into(),
        curve: usage.curve,
        turnaround_minutes: usage.turnaround_minutes,
    })
}

pub(super) fn stored(told: &told::ShowtimeScheduled) -> Option<Stored> {
    Some(Stored {
        showtime: showtime(told)?,
        film_version: told.film_version,
        plan: told.plan,
        book_version: told.book_version,
    })
}

fn showtime(told: &told::ShowtimeScheduled) -> Option<Showtime> {
    let selling = told.selling.as_ref()?;
    let minutes = |from: i64, to: i64| u16::try_from(to.checked_sub(from)? / 60_000).ok();
    let at = |ms| Timestamp::from_millisecond(ms).ok();
    Some(Showtime {
        id: told.showtime.clone(),
        film: told.film.clone(),
        auditorium: told.auditorium.clone(),
        price_book: told.book.clone(),
        business_day: told.day.parse().ok()?,
        time: selling.time,
        starts_at: at(told.start)?,
        advertisements_minutes: minutes(told.start, told.film_start)?,
        ends_at: at(told.end)?,
        sales_end_minutes: minutes(told.start, told.sales_end)?,
        language: told.language.clone(),
        subtitles: told.subtitles.as_ref().map(|subtitles| Subtitles {
            language: subtitles.language.clone(),
            captions: subtitles.captions,
        }),
        format: match told.format.as_str() {
            "2D" => Format::Flat,
            "3D" => Format::Stereo,
            _ => return None,
        },
        audio_description: told.audio_description,
        single_seats: selling.single_seats,
        status: selling.status,
    })
}

#[cfg(test)]
mod tests;
