#![doc = include_str!("../README.md")]

pub mod business_day;
pub mod id;
pub mod layout;
pub mod money;
pub mod price;
pub mod programme;
pub mod tax;

pub use business_day::{BusinessDays, DayTime};
pub use id::{
    AuditoriumId, BlockId, CinemaId, DeviceId, EventId, FilmId, HoldId, IdError, PriceBookId,
    PrintJobId, SaleId, SeatId, ShowtimeId, TenderId, TicketId, TicketKindId,
};
pub use layout::{Layout, Place, SeatKind};
pub use money::{Currency, Money, MoneyError};
pub use price::{Channel, LinePrice, PriceBook, PriceRefusal, Screening, TicketKind};
pub use programme::{
    AgeRating, Auditorium, Cinema, Film, Format, Programme, ProgrammeProblem, Showtime,
    ShowtimeStatus, SingleSeatMode, Subtitles,
};
pub use tax::TaxRate;
