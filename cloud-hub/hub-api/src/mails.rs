//! How the mails to guests look, for head office.

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
