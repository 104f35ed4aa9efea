#![doc = include_str!("../README.md")]

pub mod guests;
pub mod hand_over;
pub mod head_office;
pub mod mails;
pub mod operators;
pub mod refunds;

pub use guests::{Contact, Guest, Place, PlaceRequest, SeatsLeft, leading_zero_bits};
pub use hand_over::{HandOver, HandOverCode, HandOverOrder, HandOverShowtime, HandOvers};
pub use head_office::{
    BrokerTrouble, Case, CaseFact, Cinema, DayAhead, DayShowtimes, HeadOffice, Link, LinkState,
    RefusedContact, Showtime, SoldToday, StaffCall, StoppedPrinter, Today,
};
pub use mails::{
    MailDecision, MailKind, MailOrder, MailSample, Mails, UndeliveredMail, UndeliveredMails,
};
pub use operators::{
    LinkOf, LinkRequest, PasswordRequest, Session, Sessions, SignInRequest, SignedIn,
};
pub use refunds::{RefundDecision, RefundMatter, RefundOrder, RefundWord};
