//! What an import means for what is sold and for what is on: told before it is done, in words, times and numbers. It decides nothing.

use box_office::SeatId;
use box_office::programme::{Auditorium, Showtime, ShowtimeStatus};
use box_office::text::counted;
use jiff::tz::TimeZone;

use super::moving;

/// Something that an import brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consequence {
    pub(super) words: String,
    /// Whether people have tickets that say otherwise, or for what does not take place any more.
    pub(super) touches_sold: bool,
}

/// What is sold of a showtime, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Taken {
    /// Tickets that were sold here.
    pub(super) tickets: u64,
    /// Tickets of which the hub has told that they were sold online.
    pub(super) online: u64,
    pub(super) held: u64,
    /// Seats that are the hub's to sell, or that it has sold.
    pub(super) away: u64,
}

impl Taken {
    /// Whether people have it in hand as it was: a ticket, or seats that they are about to pay for.
    fn is_in_hand(self) -> bool {
        self.tickets > 0 || self.online > 0 || self.held > 0 || self.away > 0
    }

    fn words(self) -> String {
        let mut words = match (self.tickets, self.online) {
            (0, 0) => "no ticket is sold for it".to_owned(),
            (0, online) => counted(online, "ticket is sold", "tickets are sold") + " online for it",
            (tickets, 0) => counted(tickets, "ticket is sold", "tickets are sold") + " for it",
            (tickets, online) => {
                let words = counted(tickets + online, "ticket is sold", "tickets are sold");
                format!("{words} for it, {online} of them online")
            }
        };
        if self.held > 0 {
            words.push_str(", ");
            words.push_str(&counted(self.held, "seat is held", "seats are held"));
        }
        let may_be_sold = self.away.saturating_sub(self.online);
        if may_be_sold > 0 {
            words.push_str(", ");
            words.push_str(&counted(may_be_sold, "seat", "seats"));
            words.push_str(" may be sold online");
        }
        words
    }
}

/// What a change of a showtime means to whoever has a ticket for it, or wants one; nothing, if its prices alone are others.
pub(super) fn of_change(
    before: &Showtime,
    after: &Showtime,
    taken: Taken,
    zone: &TimeZone,
) -> Option<Consequence> {
    let mut changes = Vec::new();
    let is_cancelled = after.status == ShowtimeStatus::Cancelled;
    if is_cancelled {
        changes.push(format!("{} is cancelled", moment(before, zone)));
    }
    if before.starts_at != after.starts_at {
        let (from, to) = (moment(before, zone), moment(after, zone));
        changes.push(format!("moved from {from} to {to}"));
    }
    if before.film != after.film {
        changes.push(format!("shows {} instead of {}", after.film, before.film));
    }
    if before.auditorium != after.auditorium {
        let (from, to) = (&before.auditorium, &after.auditorium);
        changes.push(format!("is in {to} instead of {from}"));
    }
    let spoken = |showtime: &Showtime| {
        let (language, format) = (showtime.language.clone(), showtime.format);
        (language, showtime.subtitles.clone(), format)
    };
    if spoken(before) != spoken(after) {
        changes.push("its language, subtitles or format are others".to_owned());
    }
    let is_sale_alone = changes.is_empty();
    match (before.status, after.status) {
        (ShowtimeStatus::Open, ShowtimeStatus::Closed) => {
            changes.push("its sale is closed".to_owned());
        }
        (ShowtimeStatus::Closed, ShowtimeStatus::Open) => {
            changes.push("it is on sale again".to_owned());
        }
        (_, _) => {}
    }
    if changes.is_empty() {
        return None;
    }
    let mut words = format!("{}: {}; {}", before.id, changes.join(", "), taken.words());
    if is_cancelled && taken.online + taken.away > 0 {
        words.push_str("; whoever bought online gets the money back without asking");
    }
    Some(Consequence {
        words,
        touches_sold: taken.is_in_hand() && !is_sale_alone,
    })
}

/// A showtime that the file does not name, and that goes on being sold.
pub(super) fn of_absence(known: &Showtime, taken: Taken, zone: &TimeZone) -> Consequence {
    let (id, at, taken) = (&known.id, moment(known, zone), taken.words());
    Consequence {
        words: format!(
            "{id}: {at} is not in the file and stays on sale; {taken}; to cancel it, name it in the file with `status = \"cancelled\"`"
        ),
        touches_sold: false,
    }
}

/// A showtime that was cancelled, and that the file has take place.
pub(super) fn of_revival(known: &Showtime, zone: &TimeZone) -> Consequence {
    let (id, at) = (&known.id, moment(known, zone));
    Consequence {
        words: format!(
            "{id}: {at} stays cancelled, which is final; plan it anew under another `id`"
        ),
        touches_sold: false,
    }
}

/// A showtime that is over, and that the file has take place some other time.
pub(super) fn of_another(known: &Showtime, zone: &TimeZone) -> Consequence {
    let (id, at) = (&known.id, moment(known, zone));
    Consequence {
        words: format!(
            "{id}: is not planned, for a showtime of this `id` is over ({at}); plan it under another `id`"
        ),
        touches_sold: false,
    }
}

/// A showtime that keeps the plan of its room, for people have seats of it and cannot go along.
pub(super) fn of_kept_plan(known: &Showtime, plan: u32, taken: Taken, why: &str) -> Consequence {
    let (id, taken) = (&known.id, taken.words());
    Consequence {
        words: format!("{id}: keeps version {plan} of its room's layout; {taken}; {why}"),
        touches_sold: false,
    }
}

/// Seats of a showtime that are of another kind in the plan that it gets, and that somebody has.
pub(super) fn of_other_kinds(known: &Showtime, seats: &[SeatId], room: &Auditorium) -> Consequence {
    let (id, named) = (&known.id, moving::named(seats));
    Consequence {
        words: format!(
            "{id}: {named} of it are sold or held, and of another kind in {}: look where a wheelchair or a pair of guests belongs",
            room.id
        ),
        touches_sold: true,
    }
}

/// When a showtime begins, as the cinema's clocks show it.
pub(super) fn moment(showtime: &Showtime, zone: &TimeZone) -> String {
    let at = showtime.starts_at.to_zoned(zone.clone());
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
