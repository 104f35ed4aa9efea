#![doc = include_str!("../README.md")]

pub mod id;
pub mod money;
pub mod layout;

pub use id::{
    AuditoriumId, BlockId, CinemaId, DeviceId, EventId, FilmId, HoldId, IdError, PriceBookId, PrintJobId, SaleId, SeatId, ShowtimeId,
    TenderId, TicketId, TicketKindId,
};
pub use layout::{Layout, Place, SeatKind};
pub use money::{Currency, Money, MoneyError};
