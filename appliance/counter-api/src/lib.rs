#![doc = include_str!("../README.md")]

pub mod history;
pub mod problem;
pub mod programme;
pub mod refund;
pub mod sale;
pub mod seats;
pub mod ticket;

pub use history::{
    HeardSoFar, HistoryGap, SeatDeed, SeatHappening, SeatHistory, SeatOutcome, SeatStanding,
    SeatStands,
};
pub use problem::Problem;
pub use programme::{
    AgeRating, Cinema, DayProgramme, Film, FilmOnDay, Format, Price, Showtime, ShowtimeState,
    ShowtimeWithLayout, Subtitles, TicketKind,
};
pub use refund::{Refund, RefundRequest, RefundState, RefundTerms, Refunds};
pub use sale::{
    Basket, CardRequest, CardSlip, DeclineReason, Hold, HoldRequest, HoldState, Line, PaperState,
    Sale, SeatChoice, SettleRequest, Tender, TenderRequest, TenderState, TenderWay, UnderWay,
    Warning,
};
pub use seats::{BestAvailable, IfCut, SeatChange, SeatMap, SeatNow, SeatState};
pub use ticket::{Ticket, TicketKey, TicketKeys};
