//! What head office sees: every cinema with its link and its day. Times are RFC 3339 texts; a cinema's own times carry its
//! offset, so that a browser needs no zone data.

use box_office::{CinemaId, DeviceId, LinkTrouble, Money, PrinterTrouble, ShowtimeId};
use counter_api::IfCut;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/head-office/cinemas`, and each `cinemas` event of `GET /api/v1/head-office/cinemas/events`, which is sent at
/// once and then whenever something has changed, and every ten seconds though nothing has, so that silence means that the hub is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadOffice {
    /// The time at the hub, UTC.
    pub now: String,
    /// What keeps the hub from its broker, and with it from every cinema, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<BrokerTrouble>,
    /// Every cinema that was ever enrolled or expected, by name.
    pub cinemas: Vec<Cinema>,
    /// Who was refused lately, the latest first.
    pub refused: Vec<RefusedContact>,
    /// What a person must decide, the latest first.
    pub cases: Vec<Case>,
}

/// Why the hub does not reach its broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerTrouble {
    /// Of what kind it is.
    pub trouble: LinkTrouble,
    /// What was heard of it, in words.
    pub words: String,
}

/// A cinema as the hub knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cinema {
    /// The cinema.
    pub id: CinemaId,
    /// Its name; the id until it has told it.
    pub name: String,
    /// The time on its walls.
    pub now: String,
    /// How the link to it stands.
    pub link: Link,
    /// What a cut of the line would leave to sell today; none until the cinema has told its programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_cut: Option<IfCut>,
    /// Its kiosks at which somebody waits for the staff, the longest first.
    #[serde(default)]
    pub staff_calls: Vec<StaffCall>,
    /// What keeps its printer from printing, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printer: Option<StoppedPrinter>,
    /// What it has sold on its present business day.
    pub today: Today,
    /// What is sold for the days to come, as far as a fortnight ahead, by day; days without a ticket are left out.
    pub ahead: Vec<DayAhead>,
}

/// A printer from which no ticket comes. Kiosks go on selling: whoever goes without paper is asked before they pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoppedPrinter {
    /// What keeps it from printing.
    pub trouble: PrinterTrouble,
    /// Since when it prints nothing.
    pub since: String,
}

/// A kiosk at which somebody waits for the staff: a person there ends it (`appliance attend`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffCall {
    /// The kiosk.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Since when.
    pub since: String,
    /// When it called last.
    pub called_at: String,
    /// How often it has called since.
    pub times: u32,
}

/// What is sold in advance for a day, at either counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayAhead {
    /// The business day, `2026-11-24`.
    pub day: String,
    /// How many tickets.
    pub tickets: u64,
    /// For how many showtimes.
    pub showtimes: u64,
}

/// The link to a cinema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// How it stands.
    pub state: LinkState,
    /// When the box was last heard in a session; none if never.
    pub last_contact: Option<String>,
    /// How many events of the cinema the hub has applied: the position in the `up` stream.
    pub received: u64,
    /// How many events the hub has written for it: the end of the `down` stream.
    pub written: u64,
    /// How many of them the cinema has acknowledged.
    pub acknowledged: u64,
    /// The version of the box's program.
    pub program: Option<String>,
    /// What a person must see to before the link does its work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<LinkTrouble>,
    /// What was heard of it, or what else must be looked at, in words.
    pub attention: Option<String>,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// A code was made, and no box has used it yet.
    NotEnrolled,
    /// A session is open.
    Up,
    /// Nothing is heard. The cinema goes on selling.
    Down,
    /// The hub refuses the box, or the box the hub.
    Refused,
    /// One of the two is too old for what the other tells, which waits.
    UpdateNeeded,
}

/// A cinema's present business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Today {
    /// The business day, `2026-11-23`.
    pub day: String,
    /// What both counters sold: the cinema's, as far as the hub has heard, and the hub's.
    pub sold: SoldToday,
    /// What of it the hub sold to guests at home.
    pub online: SoldToday,
    /// The day's showtimes, by start.
    pub showtimes: Vec<Showtime>,
}

/// What was sold on a business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SoldToday {
    /// How many sales.
    pub sales: u64,
    /// How many tickets, without those bought online that went back since.
    pub tickets: u64,
    /// What they cost, tax included, with what is kept of those that went back; none until the cinema has told its currency.
    pub total: Option<Money>,
}

/// `GET /api/v1/head-office/cinemas/{cinema}/showtimes?day=2026-11-23`: the showtimes of a business day, also of one that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayShowtimes {
    /// The business day.
    pub day: String,
    /// Its showtimes, by start.
    pub showtimes: Vec<Showtime>,
}

/// How full a showtime is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Showtime {
    /// The showtime.
    pub id: ShowtimeId,
    /// The film's title.
    pub film: String,
    /// The room as guests call it: "Screen 3".
    pub auditorium: String,
    /// When it begins, with the cinema's offset.
    pub starts_at: String,
    /// How many seats the room has.
    pub seats: u32,
    /// How many of them are sold at either counter, as far as the hub has heard.
    pub sold: u32,
    /// How many of these the hub sold to guests at home.
    pub online: u32,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Why the hub does not sell it, if it does not: `told_incompletely`, `content_refused`, `moved_with_seats_here`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
}

/// Somebody whom the hub refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedContact {
    /// When last.
    pub at: String,
    /// The cinema that it said it is.
    pub cinema: String,
    /// The device that it said it is, if it can be one.
    pub device: Option<DeviceId>,
    /// `unknown_key`, `revoked_key`, `wrong_signature`, `unreadable`, `other_incarnation`, `stale_session`, `wrong_code` and the like.
    pub code: String,
    /// The same in words.
    pub reason: String,
    /// How often.
    pub times: u64,
}

/// Something that a person must decide: what contradicts, what is kept back, and money of which nobody knows whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// Its number, where a cinema has told it.
    pub id: Option<u64>,
    /// Since when, where that is known.
    pub at: Option<String>,
    /// The cinema.
    pub cinema: CinemaId,
    /// `hub_has_forgotten`, `box_revoked`, `seats_kept_back`, `online_payment_unknown`, `seat_sold_twice`, `ticket_told_twice`, `unknown_showtime`, `other_content`, `payment_refunded_twice`,
    /// `payment_unknown`, `refund_owed` and the like.
    pub code: String,
    /// What it is about, in words.
    pub words: String,
    /// What it names, for whoever says it in another language; nothing of cases that are older than this.
    #[serde(default)]
    pub facts: Vec<CaseFact>,
    /// The order at the hub's machine that ends it, to be typed with a reason behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Something that a case names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseFact {
    /// `cinema`, `showtime`, `seats` (how many), `seat`, `ticket`, `sale`, `payment`, `amount`, `film`, `price_book`.
    pub what: String,
    /// Which.
    pub name: String,
    /// The same as money, where it is, for whoever writes that in another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}
