//! How the mails to guests look, and those that did not reach them, for head office.

use box_office::{CinemaId, SaleId};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/head-office/mails`: what guests are written, and in which languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mails {
    /// Each kind of mail, in the order in which a booking may come to them.
    pub kinds: Vec<MailKind>,
    /// The languages of all of them: `de`.
    pub languages: Vec<String>,
}

/// What a mail tells its guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The tickets that they have bought.
    Bought,
    /// The same, after the showtime has begun: it could not be sent before.
    Late,
    /// A ticket went back, and its money with it.
    Back,
    /// A ticket did not go back, for its guest was let in.
    NotBack,
    /// The showtime does not take place.
    Cancelled,
    /// It begins at another time.
    Time,
    /// It is in another room.
    Room,
}

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bought,
        Self::Late,
        Self::Back,
        Self::NotBack,
        Self::Cancelled,
        Self::Time,
        Self::Room,
    ];

    /// As it is written in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Late => "late",
            Self::Back => "back",
            Self::NotBack => "not_back",
            Self::Cancelled => "cancelled",
            Self::Time => "time",
            Self::Room => "room",
        }
    }
}

/// `GET /api/v1/head-office/mails/{kind}/{language}`: such a mail about a booking that nobody has made. Its page is at the same address with
/// `/page` behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailSample {
    /// What it tells.
    pub kind: MailKind,
    /// Its language.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// What is read where no page is shown.
    pub text: String,
    /// Whether the tickets come with it as a PDF file.
    pub has_tickets: bool,
}

/// `GET /api/v1/head-office/mails/undelivered`: the mails that wait for a person, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndeliveredMails {
    /// The mails, no more than fit a page.
    pub mails: Vec<UndeliveredMail>,
    /// How many more there are.
    pub more: u32,
    /// Whether the mail server takes nothing at the moment, so that others wait for it as well.
    pub server_takes_nothing: bool,
}

/// A mail that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndeliveredMail {
    /// Its name.
    pub id: String,
    /// The cinema of the booking that it tells of.
    pub cinema: CinemaId,
    /// The sale.
    pub sale: SaleId,
    /// What names the booking to its guest: `K7QP-2MXD`.
    pub reference: Option<String>,
    /// What it tells.
    pub kind: MailKind,
    /// Where it was to go.
    pub address: String,
    /// When it was written, by the cinema's clock.
    pub written_at: String,
    /// Why it could not be delivered, in English: the mail server's words, or the hub's own.
    pub why: String,
    /// How often the server has turned it away.
    pub tries: u32,
}

/// `POST /api/v1/head-office/mails/undelivered/{mail}`: what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MailOrder {
    /// Whether it is sent again or given up.
    pub decision: MailDecision,
    /// Where it goes from now on, with whatever is told of that booking later; where it was to go, if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What becomes of a mail that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailDecision {
    /// It is sent once more.
    SendAgain,
    /// It is given up: nobody need look at it any more.
    SetAside,
}
