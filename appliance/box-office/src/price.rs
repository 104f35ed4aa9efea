//! What a ticket costs: a price book answers for a kind of ticket on a kind of seat at a screening, tax inside.
//! It knows no basket and no discount; a basket's total is the sum of its lines.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::business_day::DayTime;
use crate::film::{AgeRating, Film, Format};
use crate::tax::TaxRate;
use crate::{Currency, Money, MoneyError, PriceBookId, RefundRules, SeatKind, TicketKindId};

/// The prices of a cinema, complete in itself: a stored version answers the same for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// Its id.
    pub id: PriceBookId,
    /// Rises with every change of what is written here; the hub refuses other content under a known version.
    pub version: u32,
    /// Its name, for the office.
    pub name: String,
    /// What it sells in.
    pub currency: Currency,
    /// The tax inside every price.
    pub tax: TaxRate,
    /// Added to every ticket of a 3D screening, in minor units.
    pub surcharge_3d_minor: i64,
    /// By which rules a guest gives a ticket back.
    #[serde(default, skip_serializing_if = "RefundRules::are_default")]
    pub refunds: RefundRules,
    /// The kinds of ticket; the first is the full price and the default.
    pub ticket_kinds: Vec<TicketKind>,
    /// The days that are holidays.
    pub holidays: Vec<Holiday>,
    /// The bands of time with their prices; the first that fits a screening counts.
    pub time_bands: Vec<TimeBand>,
}

/// A kind of ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketKind {
    /// Its id: `child`.
    pub id: TicketKindId,
    /// Its name in each language, by BCP 47: `{"en": "Child", "de": "Kind"}`.
    pub names: BTreeMap<String, String>,
    /// What is asked for at the door, in each language: "with a student card".
    pub notes: BTreeMap<String, String>,
    /// The youngest guest who may have it, in years.
    pub min_age: Option<u8>,
    /// The oldest guest who may have it, in years. A film for older guests only excludes the kind.
    pub max_age: Option<u8>,
    /// Whether it is not sold where the film admits everyone who may have it only beside a parent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_only_alone: bool,
    /// Where it is sold; a kind that needs a look at a card may be for the till alone.
    pub channels: BTreeSet<Channel>,
}

/// Where a ticket is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the guest at a kiosk in the lobby.
    Kiosk,
    /// By a clerk.
    Till,
    /// By the guest at home.
    Online,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kiosk, Self::Till, Self::Online];
}

/// A day on which other prices may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// The same day every year.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// One day.
    On(Date),
}

/// When a price holds, and the prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBand {
    /// Its name, for the office: `matinee`.
    pub name: String,
    /// The business days of the week on which it holds, 1 for Monday to 7 for Sunday.
    pub weekdays: BTreeSet<u8>,
    /// The first start to which it applies.
    pub from: Option<DayTime>,
    /// The first start to which it applies no longer.
    pub until: Option<DayTime>,
    /// Whether it holds on holidays.
    pub holidays: OnHolidays,
    /// Minor units, tax inside, by kind of ticket and kind of seat; what is absent is not sold.
    pub prices: BTreeMap<TicketKindId, BTreeMap<SeatKind, i64>>,
}

/// What a holiday means to a band of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnHolidays {
    /// A holiday is a day like any other.
    Also,
    /// It does not hold on a holiday.
    Never,
    /// It holds on every holiday whatever the weekday, and on no other day.
    Only,
}

/// What of a showtime decides a price.
#[derive(Debug, Clone, Copy)]
pub struct Screening<'a> {
    /// The business day: a screening at 00:30 on Sunday has Saturday's prices.
    pub business_day: Date,
    /// When it begins, counted from the midnight of its business day.
    pub time: DayTime,
    /// How it is projected.
    pub format: Format,
    /// Who may see the film.
    pub age_rating: Option<&'a AgeRating>,
}

/// What one ticket costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePrice {
    /// What the guest pays.
    pub price: Money,
    /// The tax inside it.
    pub tax: Money,
}

/// Why a ticket has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    /// The price book has no such kind of ticket.
    #[error("there is no ticket kind {0}")]
    UnknownTicketKind(TicketKindId),
    /// Whoever may have this ticket may not see the film.
    #[error("{kind} tickets are not sold for this film: it admits from {from_age} years")]
    TooYoung {
        /// The kind of ticket.
        kind: TicketKindId,
        /// The youngest age that is admitted.
        from_age: u8,
    },
    /// This kind of ticket is not sold for this kind of seat.
    #[error("{kind} tickets are not sold for {seat} seats", seat = .seat.word())]
    NotForThisSeat {
        /// The kind of ticket.
        kind: TicketKindId,
        /// The kind of seat.
        seat: SeatKind,
    },
    /// No band of the price book holds at that time.
    #[error("there is no price at that time")]
    NoTimeBand,
    /// The price and its surcharge do not fit a number.
    #[error("the price is too large")]
    TooLarge,
}

impl PriceBook {
    /// What a ticket of `kind` on a seat of kind `seat` costs at `screening`.
    ///
    /// # Errors
    /// [`PriceRefusal`]: what is not sold has no price.
    pub fn price(
        &self,
        kind: &TicketKindId,
        seat: SeatKind,
        screening: &Screening<'_>,
    ) -> Result<LinePrice, PriceRefusal> {
        let ticket_kind = self
            .ticket_kind(kind)
            .ok_or_else(|| PriceRefusal::UnknownTicketKind(kind.clone()))?;
        if let Some(from_age) = ticket_kind.excluded_by(screening.age_rating) {
            return Err(PriceRefusal::TooYoung {
                kind: kind.clone(),
                from_age,
            });
        }
        let band = self.time_band(screening).ok_or(PriceRefusal::NoTimeBand)?;
        let minor = band
            .prices
            .get(kind)
            .and_then(|by_seat| by_seat.get(&seat))
            .copied();
        let minor = minor.ok_or_else(|| PriceRefusal::NotForThisSeat {
            kind: kind.clone(),
            seat,
        })?;
        let surcharge = match screening.format {
            Format::Flat => 0,
            Format::Stereo => self.surcharge_3d_minor,
        };
        let minor = minor.checked_add(surcharge).ok_or(PriceRefusal::TooLarge)?;
        Ok(self.line(minor))
    }

    /// The kinds of ticket that `channel` may sell for `film`, the default first.
    pub fn ticket_kinds_for(
        &self,
        film: &Film,
        channel: Channel,
    ) -> impl Iterator<Item = &TicketKind> {
        let age_rating = film.age_rating.as_ref();
        self.ticket_kinds.iter().filter(move |kind| {
            kind.channels.contains(&channel) && kind.excluded_by(age_rating).is_none()
        })
    }

    /// The kind of ticket that a seat has until the guest says otherwise: the first that `channel` may sell for `film`.
    pub fn default_ticket_kind(&self, film: &Film, channel: Channel) -> Option<&TicketKind> {
        self.ticket_kinds_for(film, channel).next()
    }

    /// The lowest price of a full-price ticket on any of `seats`, which "from 9.50" on a poster means.
    pub fn price_from(
        &self,
        seats: impl IntoIterator<Item = SeatKind>,
        screening: &Screening<'_>,
    ) -> Option<Money> {
        let full = self
            .ticket_kinds
            .iter()
            .find(|kind| kind.excluded_by(screening.age_rating).is_none())?;
        // A companion's place is sold beside a wheelchair's only, and often costs nothing.
        let prices = seats
            .into_iter()
            .filter(|seat| *seat != SeatKind::Companion)
            .filter_map(|seat| self.price(&full.id, seat, screening).ok());
        prices
            .map(|line| line.price)
            .min_by_key(|price| price.minor)
    }

    /// The kind of ticket with this id.
    pub fn ticket_kind(&self, id: &TicketKindId) -> Option<&TicketKind> {
        self.ticket_kinds.iter().find(|kind| kind.id == *id)
    }

    /// The band whose prices hold at `screening`: the first that fits.
    pub fn time_band(&self, screening: &Screening<'_>) -> Option<&TimeBand> {
        let holiday = self
            .holidays
            .iter()
            .any(|holiday| holiday.falls_on(screening.business_day));
        self.time_bands
            .iter()
            .find(|band| band.holds(screening.business_day.weekday(), screening.time, holiday))
    }

    fn line(&self, minor: i64) -> LinePrice {
        let price = Money::new(minor, self.currency);
        LinePrice {
            price,
            tax: self.tax.inside(price),
        }
    }
}

impl TicketKind {
    /// The age from which the film admits, if that is older than everyone who may have this ticket.
    pub fn excluded_by(&self, age_rating: Option<&AgeRating>) -> Option<u8> {
        let rating = age_rating?;
        let from_age = match self.is_only_alone {
            true => rating.from_age,
            false => rating.youngest(),
        };
        (self.max_age? < from_age).then_some(from_age)
    }

    /// From which age the film admits whoever may have this ticket beside a parent, if it admits none of them alone.
    pub fn accompanied_from(&self, age_rating: Option<&AgeRating>) -> Option<u8> {
        let rating = age_rating?;
        let is_too_young_alone = self.max_age? < rating.from_age;
        rating
            .accompanied_from_age
            .filter(|_| is_too_young_alone && !self.is_only_alone)
    }
}

impl Holiday {
    /// Whether it is on `day`.
    pub fn falls_on(self, day: Date) -> bool {
        match self {
            Self::Yearly {
                month,
                day: of_month,
            } => (day.month(), day.day()) == (month, of_month),
            Self::On(date) => date == day,
        }
    }
}

impl TimeBand {
    /// Whether it holds for a screening that begins at `time` of a business day.
    pub fn holds(&self, weekday: Weekday, time: DayTime, holiday: bool) -> bool {
        let day_fits = match self.holidays {
            OnHolidays::Only => holiday,
            OnHolidays::Never => !holiday && self.has(weekday),
            OnHolidays::Also => self.has(weekday),
        };
        day_fits
            && self.from.is_none_or(|from| from <= time)
            && self.until.is_none_or(|until| time < until)
    }

    fn has(&self, weekday: Weekday) -> bool {
        u8::try_from(weekday.to_monday_one_offset())
            .is_ok_and(|number| self.weekdays.contains(&number))
    }
}

impl LinePrice {
    /// A basket's total and the tax inside it: the sums of its lines.
    ///
    /// # Errors
    /// [`MoneyError`]: mixed currencies, or a sum beyond 64 bits.
    pub fn total(
        currency: Currency,
        lines: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        let nothing = Self {
            price: Money::zero(currency),
            tax: Money::zero(currency),
        };
        lines.into_iter().try_fold(nothing, |sum, line| {
            Ok(Self {
                price: sum.price.plus(line.price)?,
                tax: sum.tax.plus(line.tax)?,
            })
        })
    }
}

#[cfg(test)]
mod tests;
