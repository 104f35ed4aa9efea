//! Whether a guest at home can have tickets of a showtime at this moment, and if not, why. It knows no page.

use box_office::programme::ShowtimeStatus;
use counter::Fault;
use counter::catalogue::CatalogueRefused;
use counter::programme::{Listed, ShowtimeOn};
use counter_api::ShowtimeState;
use jiff::Timestamp;

/// What a guest at home can have of a showtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// So many seats, here and now.
    Online(u32),
    /// None here.
    Not(WhyNot),
}

/// Whether tickets of a cinema are sold online at all at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sales {
    /// Somebody takes the money of guests at home.
    pub(super) takes_money: bool,
    /// The hub may sell for this cinema.
    pub(super) may_sell: bool,
    /// The line to the cinema is up.
    pub(super) is_reached: bool,
}

/// Why nothing of a showtime is sold online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyNot {
    /// It does not take place.
    Cancelled,
    /// It is over.
    Over,
    /// No seat is free.
    SoldOut,
    /// Nobody takes the money of guests at home.
    AtCinema,
    /// Its cinema alone still sells.
    EndedOnline,
    /// Nobody sells any more.
    Ended,
    /// The office has closed its sales.
    Closed,
    /// The hub may not sell for this cinema.
    Stopped,
    /// What may be free is the cinema's, and the line is cut.
    OutOfReach,
}

impl Offer {
    /// As it stands in a list of many.
    pub(super) fn of_listed(listed: &Listed, now: Timestamp, sales: Sales) -> Self {
        let showtime = &listed.showtime;
        let is_past = |time: &str| time.parse().is_ok_and(|time: Timestamp| time <= now);
        let is_sold_out = showtime.seats_free == 0 && listed.out_of_reach == 0;
        let is_sold_here = sales.takes_money && !listed.is_withheld && listed.from.is_some();
        match showtime.state {
            ShowtimeState::Cancelled => Self::Not(WhyNot::Cancelled),
            ShowtimeState::Closed if is_past(&showtime.ends_at) => Self::Not(WhyNot::Over),
            // By its office, or because it is too late here.
            ShowtimeState::Closed if listed.status == ShowtimeStatus::Closed => {
                Self::Not(WhyNot::Closed)
            }
            ShowtimeState::Closed if is_sold_out => Self::Not(WhyNot::SoldOut),
            ShowtimeState::Closed => Self::Not(WhyNot::EndedOnline),
            ShowtimeState::SoldOut => Self::Not(WhyNot::SoldOut),
            ShowtimeState::OnSale | ShowtimeState::OutOfReach if !is_sold_here => {
                Self::Not(WhyNot::AtCinema)
            }
            ShowtimeState::OnSale | ShowtimeState::OutOfReach if !sales.may_sell => {
                Self::Not(WhyNot::Stopped)
            }
            ShowtimeState::OutOfReach => Self::Not(WhyNot::OutOfReach),
            ShowtimeState::OnSale => Self::Online(showtime.seats_free),
        }
    }

    /// As it stands alone, where whoever would hold its seats was asked as well.
    pub(super) fn of_one(
        on: &ShowtimeOn,
        may_be_held: &Result<(), CatalogueRefused>,
        sales: Sales,
    ) -> Self {
        match Self::of_listed(&on.listed, on.now, sales) {
            Self::Not(WhyNot::EndedOnline) if on.sold_there_until <= on.now => {
                Self::Not(WhyNot::Ended)
            }
            Self::Online(seats) => match may_be_held {
                Ok(()) => Self::Online(seats),
                Err(CatalogueRefused::ShowtimeCancelled) => Self::Not(WhyNot::Cancelled),
                Err(CatalogueRefused::ShowtimeOver) => Self::Not(WhyNot::Over),
                Err(CatalogueRefused::Fault(Fault::Stopped)) => Self::Not(WhyNot::Stopped),
                // What the hub has not been told whole, or cannot read, its cinema may sell.
                Err(
                    CatalogueRefused::SalesClosed
                    | CatalogueRefused::Unreadable
                    | CatalogueRefused::NoProgramme
                    | CatalogueRefused::UnknownShowtime
                    | CatalogueRefused::UnknownFilm
                    | CatalogueRefused::WrongQuery(_)
                    | CatalogueRefused::Fault(_),
                ) => Self::Not(WhyNot::AtCinema),
            },
            other @ Self::Not(_) => other,
        }
    }
}

impl WhyNot {
    /// The word by which its text is found.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Over => "over",
            Self::SoldOut => "sold_out",
            Self::AtCinema => "at_cinema",
            Self::EndedOnline => "ended_online",
            Self::Ended => "ended",
            Self::Closed => "closed",
            Self::Stopped => "stopped",
            Self::OutOfReach => "out_of_reach",
        }
    }
}

#[cfg(test)]
mod tests {
    use box_office::Money;
    use counter_api::Showtime;
    use words::Language;

    use super::*;

    const ONLINE: Sales = Sales {
        takes_money: true,
        may_sell: true,
        is_reached: true,
    };

    /// A showtime that begins at 20:15, is sold online until 20:05 and is over at 23:00.
    fn listed(state: ShowtimeState) -> Listed {
        let at = |time: &str| format!("2026-11-29T{time}:00+01:00");
        let from = Money::new(1000, "EUR".parse().unwrap());
        let showtime = Showtime {
            id: "tonight".parse().unwrap(),
            film: "metropolis".parse().unwrap(),
            auditorium: "screen-1".parse().unwrap(),
            auditorium_name: "Screen 1".to_owned(),
            starts_at: at("20:15"),
            film_starts_at: at("20:30"),
            ends_at: at("23:00"),
            sales_end_at: at("20:05"),
            language: "de".to_owned(),
            subtitles: None,
            format: counter_api::Format::Flat,
            audio_description: false,
            state,
            seats_free: 7,
            seats: 30,
            price_from: from,
        };
        Listed {
            showtime,
            status: ShowtimeStatus::Open,
            out_of_reach: 0,
            is_withheld: false,
            from: Some(from),
        }
    }

    #[test]
    fn what_can_be_had_follows_from_the_showtime_and_from_what_stands_in_the_way() {
        use ShowtimeState as S;
        let check_of = |listed: &Listed, time: &str, sales: Sales, offer: Offer| {
            let now = format!("2026-11-29T{time}:00+01:00").parse().unwrap();
            let found = Offer::of_listed(listed, now, sales);
            assert_eq!(found, offer, "{listed:?} {time} {sales:?}");
        };
        let check = |state: ShowtimeState, time: &str, sales: Sales, offer: Offer| {
            check_of(&listed(state), time, sales, offer);
        };
        let free = Sales {
            takes_money: false,
            ..ONLINE
        };
        let stopped = Sales {
            may_sell: false,
            ..ONLINE
        };
        check(S::OnSale, "19:00", ONLINE, Offer::Online(7));
        check(S::OnSale, "19:00", free, Offer::Not(WhyNot::AtCinema));
        check(S::OnSale, "19:00", stopped, Offer::Not(WhyNot::Stopped));
        let away = Offer::Not(WhyNot::OutOfReach);
        check(S::OutOfReach, "19:00", ONLINE, away);
        check(S::OutOfReach, "19:00", free, Offer::Not(WhyNot::AtCinema));
        check(S::SoldOut, "19:00", stopped, Offer::Not(WhyNot::SoldOut));
        // The office closed it, whatever the time.
        let closed = Listed {
            status: ShowtimeStatus::Closed,
            ..listed(S::Closed)
        };
        for time in ["19:00", "20:05"] {
            check_of(&closed, time, ONLINE, Offer::Not(WhyNot::Closed));
        }
        // Nobody is sent to the cinema for what is sold out.
        let mut sold_out = listed(S::Closed);
        sold_out.showtime.seats_free = 0;
        check_of(&sold_out, "20:05", ONLINE, Offer::Not(WhyNot::SoldOut));
        let withheld = Listed {
            is_withheld: true,
            ..listed(S::OnSale)
        };
        check_of(&withheld, "19:00", ONLINE, Offer::Not(WhyNot::AtCinema));
        let no_kind = Listed {
            from: None,
            ..listed(S::OnSale)
        };
        check_of(&no_kind, "19:00", ONLINE, Offer::Not(WhyNot::AtCinema));
        check(S::Closed, "20:05", ONLINE, Offer::Not(WhyNot::EndedOnline));
        check(S::Closed, "23:00", ONLINE, Offer::Not(WhyNot::Over));
        check(S::Cancelled, "23:00", free, Offer::Not(WhyNot::Cancelled));
    }

    #[test]
    fn each_reason_has_its_text_in_every_language() {
        let all = [
            WhyNot::Cancelled,
            WhyNot::Over,
            WhyNot::SoldOut,
            WhyNot::AtCinema,
            WhyNot::EndedOnline,
            WhyNot::Ended,
            WhyNot::Closed,
            WhyNot::Stopped,
            WhyNot::OutOfReach,
        ];
        for language in Language::ALL {
            for why in all {
                let text = language.storefront().why(why.word());
                assert!(text.is_some(), "{} in {language:?}", why.word());
            }
        }
    }
}
