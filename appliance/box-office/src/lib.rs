#![doc = include_str!("../README.md")]

pub mod best_available;
pub mod business_day;
pub mod checkout;
pub mod custody;
pub mod film;
#[cfg(test)]
mod fixture;
pub mod geo;
pub mod id;
pub mod layout;
pub mod ledger;
pub mod link_trouble;
pub mod money;
pub mod plan;
pub mod poster;
pub mod price;
pub mod printer_trouble;
pub mod programme;
pub mod refund_rules;
mod single_seats;
pub mod tax;
pub mod text;

pub use best_available::{Closeness, Proposal, Wish, best_available};
pub use business_day::{BusinessDays, DayTime};
pub use custody::{Changes, Custodian, Epoch, SeatMove, SeatRecord, SeatState};
pub use geo::GeoPoint;
pub use id::{
    AuditoriumId, BlockId, CinemaId, DeviceId, EventId, FilmId, HoldId, IdError, PriceBookId,
    PrintJobId, SaleId, SeatId, ShowtimeId, TenderId, TicketId, TicketKindId,
};
pub use layout::{Bend, Block, Layout, Place, SeatKind, turned};
pub use ledger::{
    BlockRefusal, Held, HoldRefusal, HoldRules, Ledger, MOST_SEATS_PER_HOLD, SeatsRefusal,
    SellRefusal, places_needed,
};
pub use link_trouble::LinkTrouble;
pub use money::{Currency, Money, MoneyError};
pub use plan::Plan;
pub use price::{Channel, LinePrice, PriceBook, PriceRefusal, Screening, TicketKind};
pub use printer_trouble::PrinterTrouble;
pub use programme::{
    AgeRating, Auditorium, Cinema, Film, Format, Programme, ProgrammeProblem, Showtime,
    ShowtimeStatus, SingleSeatMode, Subtitles,
};
pub use refund_rules::{RefundRules, RefundsUntil};
pub use tax::TaxRate;
