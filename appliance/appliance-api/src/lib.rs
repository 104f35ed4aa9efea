#![doc = include_str!("../README.md")]

pub mod device;
pub mod problem;
pub mod programme;
pub mod sale;
pub mod seats;
pub mod status;
pub mod ticket;

pub use device::{Device, DeviceKind, PairRequest, Paired};
pub use problem::Problem;
pub use programme::{
    AgeRating, Cinema, DayProgramme, Film, FilmOnDay, Format, Price, Showtime, ShowtimeState,
    ShowtimeWithLayout, Subtitles, TicketKind,
};
pub use sale::{
    Basket, CardRequest, Hold, HoldRequest, HoldState, Line, PaperState, Sale, SeatChoice,
    SettleRequest, Tender, TenderRequest, TenderState, TenderWay, Warning,
};
pub use seats::{BestAvailable, SeatChange, SeatMap, SeatNow, SeatState};
pub use status::{LinkState, PrinterState, Status, TerminalState};
pub use ticket::{Ticket, TicketKey, TicketKeys};
