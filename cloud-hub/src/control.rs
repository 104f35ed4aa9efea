//! What the hub can be told by whoever is signed in on its machine. How the orders come is `service::control`'s affair.

use std::collections::BTreeSet;

use box_office::text::counted;
use box_office::{CinemaId, DeviceId, SaleId, SeatId, ShowtimeId, TenderId, TicketId};
use counter::cases::reason_of;
use counter::catalogue::CatalogueRefused;
use counter::checkout::CheckoutRefused;
pub use counter::checkout::{Decision, Matter};
use counter::custody::{self, AnsweredFor, AsItIs, Wanted};
pub use counter::refunds::Decision as RefundDecision;
pub use counter::refunds::Matter as RefundMatter;
use counter::refunds::Said as RefundSaid;
use counter::{At, Fault, Repeat, checkout, history};
use serde::{Deserialize, Serialize};
use service::http::Refusal;

use crate::OperatorName;
use crate::app::App;
use crate::notifications::Decided;
use crate::payments::Stops;
use crate::refunds::{self, Wanted as WantedBack};
use crate::{hand_over, head_office, notifications, proof, told};

/// Whoever gives orders on the hub's machine, as what they decide is kept.
const ON_THIS_MACHINE: &str = "on the hub's machine";

/// What the hub is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Make an enrolment code.
    Enrol {
        /// Of which cinema the box will be.
        cinema: CinemaId,
    },
    /// Revoke the keys of a box.
    Revoke {
        /// The cinema that it is of.
        cinema: CinemaId,
    },
    /// Make a code for a box that takes another's place.
    Replace {
        /// The cinema.
        cinema: CinemaId,
        /// Whether it is meant.
        yes: bool,
    },
    /// Somebody else has the keys of a box.
    Stolen {
        /// The cinema that it is or was of.
        cinema: CinemaId,
        /// Which; the present one, if none is named.
        device: Option<DeviceId>,
        /// Whether it is meant, if it is the present one.
        yes: bool,
    },
    /// Sign tickets with a new key.
    RenewTicketKeys {
        /// Whether somebody else has those before.
        stolen: bool,
    },
    /// Make a link for an operator.
    Operator {
        /// Who that is.
        name: OperatorName,
    },
    /// Take away an operator's password and sessions.
    RemoveOperator {
        /// Who that is.
        name: OperatorName,
    },
    /// List the operators.
    Operators,
    /// List the payments of guests at home, and the seats, that wait for a person.
    Cases,
    /// Close a case of a seat, or of what a cinema told, that somebody has looked at.
    CloseCase {
        /// What it is about, as `Cases` lists it: a seat, or a number.
        about: String,
        /// What they found.
        reason: String,
    },
    /// Compare the payment provider's list with what is known here.
    ComparePayments,
    /// List the messages to guests that are not sent.
    Mails,
    /// Send messages that could not be delivered.
    SendAgain {
        /// Which; all of them, if none is named.
        message: Option<String>,
        /// To which address, if it was the wrong one.
        to: Option<String>,
    },
    /// Give messages up that could not be delivered.
    SetAside {
        /// Which; all of them, if none is named.
        message: Option<String>,
    },
    /// Ask tickets back that were sold to a guest at home.
    Refund {
        /// At which cinema.
        cinema: CinemaId,
        /// Of which sale.
        sale: SaleId,
        /// Which; all of them if none is named.
        tickets: Vec<TicketId>,
        /// Why.
        reason: String,
    },
    /// Decide about a ticket that was asked back.
    DecideRefund {
        /// Which.
        ticket: TicketId,
        /// What becomes of its money.
        decision: RefundDecision,
        /// What was given by hand, in minor units, if that is said.
        #[serde(default)]
        given_minor: Option<i64>,
        /// What was seen, if that is said.
        #[serde(default)]
        about: Option<RefundMatter>,
        /// Why.
        reason: String,
    },
    /// Go on selling a cinema's seats although something of it is forgotten.
    AcceptLoss {
        /// Which cinema's.
        cinema: CinemaId,
        /// Why.
        reason: String,
    },
    /// Say what became of a seat.
    SeatHistory {
        /// Of which cinema.
        cinema: CinemaId,
        /// Of which showtime.
        showtime: ShowtimeId,
        /// The seat.
        seat: SeatId,
    },
    /// Sell seats again of which nobody can say whether somebody has a ticket.
    Release {
        /// At which cinema.
        cinema: CinemaId,
        /// Which seats.
        answered: AnsweredFor,
        /// Why.
        reason: String,
    },
    /// Hand seats over to a cinema by codes.
    HandOver {
        /// Which cinema.
        cinema: CinemaId,
        /// Of which showtime.
        showtime: ShowtimeId,
        /// Which seats.
        seats: SeatsWanted,
    },
    /// Decide what became of a payment.
    Decide {
        /// Which.
        payment: TenderId,
        /// Which of its cases, where more than one is open.
        #[serde(default)]
        about: Option<Matter>,
        /// What became of it.
        decision: Decision,
        /// How the person knows.
        reason: String,
    },
}

/// Which free seats somebody hands over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatsWanted {
    /// All of them.
    All,
    /// So many at most.
    Count(usize),
    /// These.
    Named(BTreeSet<SeatId>),
}

/// Does what was ordered; the words say what came of it, the code alone for an enrolment, the link alone for an operator.
pub(crate) async fn perform(app: &App, order: Order) -> Result<String, Refusal> {
    Ok(match order {
        Order::Enrol { cinema } => app.enrolments.new_code(cinema).await?,
        Order::Revoke { cinema } => app.enrolments.revoke(cinema).await?,
        Order::Replace { cinema, yes } => app.enrolments.replace(cinema, yes).await?,
        Order::Stolen {
            cinema,
            device,
            yes,
        } => app.enrolments.mark_stolen(cinema, device, yes).await?,
        Order::RenewTicketKeys { stolen } => app.enrolments.renew_ticket_keys(stolen).await?,
        Order::Operator { name } => app.operators.new_link(name).await?,
        Order::RemoveOperator { name } => app.operators.remove(name).await?,
        Order::Operators => app.operators.list().await?,
        Order::Cases => {
            let mut said = checkout::list(&app.counter).await?;
            if let Some(words) = proof::words(&app.base.database) {
                said = format!("{words}\n{said}");
            }
            for trouble in app.calls.troubles().into_iter().rev() {
                let (words, since) = (trouble.words, trouble.since);
                let what = match trouble.stops {
                    Stops::Payments => "guests cannot pay online",
                    Stops::Part => "the payment provider's key lacks a right",
                };
                said = format!("{what} since {since}: the payment provider says: {words}\n{said}");
            }
            for line in custody::list(&app.counter).await? {
                said.push_str("\nseat ");
                said.push_str(&line);
            }
            for line in counter::refunds::list(&app.counter).await? {
                said.push_str("\nrefund ");
                said.push_str(&line);
            }
            for line in custody::list_stopped(&app.counter).await? {
                said.push_str("\ncinema ");
                said.push_str(&line);
            }
            for line in checkout::waited_for(&app.counter).await? {
                said.push_str("\ncinema ");
                said.push_str(&line);
            }
            said.push_str(&kept_back(app, |_| true).await?);
            for line in told::list(&app.base.database).await? {
                said.push_str("\ntold ");
                said.push_str(&line);
            }
            for line in notifications::undelivered(&app.notifications).await? {
                said.push_str("\nmail ");
                said.push_str(&line);
            }
            said
        }
        Order::ComparePayments => match checkout::compare_list(&app.counter).await? {
            none if none.is_empty() => {
                "the provider's list is compared: every payment in it is known here".to_owned()
            }
            lines => lines.join("\n"),
        },
        Order::Mails => match notifications::list(&app.notifications).await? {
            none if none.is_empty() => "every message is sent".to_owned(),
            lines => lines.join("\n"),
        },
        Order::SendAgain {
            message: Some(message),
            to: Some(to),
        } => notifications::send_to(&app.notifications, message, &to).await?,
        // Not all of them were to go to one.
        Order::SendAgain {
            message: None,
            to: Some(_),
        } => return Err(notifications::no_such_message()),
        Order::SendAgain { message, to: None } => {
            notifications::decide(&app.notifications, message, Decided::SentAgain).await?
        }
        Order::SetAside { message } => {
            notifications::decide(&app.notifications, message, Decided::SetAside).await?
        }
        Order::AcceptLoss { cinema, reason } => accept_loss(app, cinema, &reason).await?,
        Order::CloseCase { about, reason } => close_case(app, about, &reason).await?,
        Order::Refund {
            cinema,
            sale,
            tickets,
            reason,
        } => refund(app, (cinema, sale), tickets, reason).await?,
        Order::DecideRefund {
            ticket,
            decision,
            given_minor,
            about,
            reason,
        } => {
            let now = app.base.machine.clock.now();
            let with = (&app.counter, &app.base.database, now);
            let said = RefundSaid {
                by: ON_THIS_MACHINE,
                reason: &reason,
                given_minor,
                about,
            };
            let decided = refunds::decide(with, ticket, decision, said);
            decided.await?.to_owned()
        }
        Order::SeatHistory {
            cinema,
            showtime,
            seat,
        } => {
            let rooms = (&app.counter, &app.base.database, &app.links);
            let history = head_office::seat_history(rooms, &cinema, (showtime, seat));
            history::in_words(&history.await?)
        }
        Order::Release {
            cinema,
            answered,
            reason,
        } => release(app, &cinema, answered, &reason).await?,
        Order::HandOver {
            cinema,
            showtime,
            seats,
        } => hand_seats_over(app, (cinema, showtime), seats).await?,
        Order::Decide {
            payment,
            about,
            decision,
            reason,
        } => checkout::decide(&app.counter, (payment, about), decision, reason).await?,
    })
}

/// Asks tickets back; says where each that was asked back stands.
async fn refund(
    app: &App,
    (cinema, sale): (CinemaId, SaleId),
    tickets: Vec<TicketId>,
    reason: String,
) -> Result<String, Refusal> {
    // Asking twice is no harm: what is on its way back stays so.
    let repeat = new_repeat(app);
    let sale = sale_named(app, &cinema, sale).await?;
    let wanted = WantedBack {
        cinema,
        sale,
        tickets,
        reason,
    };
    let (_, asked) = refunds::ask(&app.counter, ON_THIS_MACHINE, wanted, repeat).await?;
    let each = asked.refunds.iter().map(|row| {
        let (ticket, amount, state) = (&row.ticket, row.amount, row.state.stored());
        // What was asked back before and is on its way is as it was.
        let kept = row.kept.of(amount.currency);
        let kept = kept.map_or_else(String::new, |kept| format!("  {kept} of its price is kept"));
        format!("{ticket}  {amount}  {state}{kept}")
    });
    Ok(each.collect::<Vec<_>>().join("\n"))
}

/// The sale that somebody means: by its id, or by the reference that its guest has.
async fn sale_named(app: &App, cinema: &CinemaId, named: SaleId) -> Result<SaleId, Fault> {
    let Some(at) = app.counter.at(cinema) else {
        return Ok(named);
    };
    let reading = app.base.database.read(move |db| {
        let found = checkout::by_receipt(db, &at, named.as_str())?;
        Ok::<_, Fault>(found.map_or(named, |sold| sold.sale.id))
    });
    reading.await
}

/// What is kept back of each showtime to come, and how it is sold again; a line each.
async fn kept_back(app: &App, is_meant: impl Fn(&At) -> bool) -> Result<String, Refusal> {
    let mut said = String::new();
    for cinema in app.counter.cinemas() {
        let Some(at) = app.counter.at(&cinema).filter(&is_meant) else {
            continue;
        };
        for (showtime, seats) in custody::in_doubt(&at).await? {
            let seats = counted(
                usize::try_from(seats).unwrap_or(usize::MAX),
                "seat",
                "seats",
            );
            said.push_str(&format!(
                "\nkept back {cinema}/{showtime}  {seats}, of which nobody can say whether somebody has a ticket; `cloud-hub release {cinema} {showtime} --reason ..` sells them again"
            ));
        }
    }
    Ok(said)
}

/// Sells what is kept back, at the chain's risk.
async fn release(
    app: &App,
    cinema: &CinemaId,
    answered: AnsweredFor,
    reason: &str,
) -> Result<String, Refusal> {
    let reason = reason_of(reason).ok_or(CheckoutRefused::NoReason)?;
    let at = app.counter.at(cinema);
    let at = at.ok_or(CatalogueRefused::NoProgramme)?;
    let released = custody::release(&at, answered, reason).await?;
    Ok(format!(
        "{cinema}:\n{}",
        custody::released_in_words(released)
    ))
}

/// Hands seats over; what is on its way is shown as well.
async fn hand_seats_over(
    app: &App,
    (cinema, showtime): (CinemaId, ShowtimeId),
    seats: SeatsWanted,
) -> Result<String, Refusal> {
    let wanted = match seats {
        SeatsWanted::All => Wanted::All,
        SeatsWanted::Count(count) => Wanted::Count(count),
        SeatsWanted::Named(seats) => Wanted::Named(seats),
    };
    let rooms = (&app.counter, &app.base.database, &app.links);
    let said = (ON_THIS_MACHINE, new_repeat(app));
    let given = hand_over::give(rooms, (&cinema, showtime), wanted, said);
    Ok(hand_over::words(&given.await?))
}

/// Each order is one of its own.
fn new_repeat(app: &App) -> Repeat {
    let key: [u8; 16] = app.base.machine.random.bytes();
    Repeat {
        key: wire::key::hex(&key),
        request_hash: [0; 32],
    }
}

/// Goes on with what is stored of a cinema.
async fn accept_loss(app: &App, cinema: CinemaId, reason: &str) -> Result<String, Refusal> {
    let reason = reason_of(reason).ok_or(CheckoutRefused::NoReason)?;
    let of = cinema.to_string();
    // What is there is what was answered from here on, before anything is sold from it.
    let was_in_doubt = proof::accept(&app.base.database).await?;
    match checkout::take_as_it_is(&app.counter, cinema, reason).await? {
        AsItIs::Taken => {
            tracing::warn!(cinema = of, "a person has taken what is stored as it is");
            let kept_back = kept_back(app, |at| at.cinema().as_str() == of).await?;
            Ok(format!(
                "the hub goes on at {of} with what it has; seats that are free here may be sold in what is forgotten, so that they are kept back: `cloud-hub release {of} SHOWTIME --reason ..` sells those of a showtime{kept_back}"
            ))
        }
        AsItIs::BeginsAnewFirst => Err(Refusal::conflict(
            "starts_again_first",
            "Start the hub again first",
            "It has learnt while it ran that it has forgotten something of this cinema. Started again, it hears from the box what that was; where no box can tell it, take what is stored as it is then.",
        )),
        AsItIs::NotStopped if was_in_doubt => Ok("what is stored is taken as it is".to_owned()),
        AsItIs::NotStopped => Err(Refusal::not_found(
            "nothing_missing",
            "Nothing is missing",
            "The hub is not stopped at this cinema: `cloud-hub cases` lists those at which it is.",
        )),
    }
}

/// Closes the case of a seat, which begins with the cinema, or one of what a cinema told, which has a number.
async fn close_case(app: &App, about: String, reason: &str) -> Result<String, Refusal> {
    let reason = reason_of(reason).ok_or(CheckoutRefused::NoReason)?;
    let no_case = || {
        Refusal::not_found(
            "unknown_case",
            "No person is asked about this",
            "`cloud-hub cases` lists what waits for one: a seat by what stands behind the word, what a cinema told by its number.",
        )
    };
    if let Ok(number) = about.parse() {
        let now = app.base.machine.clock.now();
        return match told::close(&app.base.database, number, reason, now).await? {
            Some(words) => Ok(format!("closed: {words}")),
            None => Err(no_case()),
        };
    }
    let cinema = about
        .split_once('/')
        .and_then(|(cinema, _)| cinema.parse().ok());
    let at = cinema.and_then(|cinema: CinemaId| app.counter.at(&cinema));
    let closed = match at {
        Some(at) => custody::close_case(&at, about, reason).await?,
        None => None,
    };
    match closed {
        Some(closed) => Ok(closed.to_string()),
        None => Err(no_case()),
    }
}
