//! What the box can be told by whoever is signed in on its machine. How the orders come is `service::control`'s affair.

use appliance_api::DeviceKind;
use box_office::{DeviceId, HoldId, SeatId, ShowtimeId, TenderId, TicketKindId};
use counter::cases::reason_of;
use counter::catalogue::CatalogueRefused;
use counter::checkout::{CheckoutRefused, GoneEnded};
use counter::custody::{self, AnsweredFor};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use service::http::Refusal;

use crate::{App, calls, hand_over, history, link, papers, status, takeover};
pub use counter::checkout::Decision;
pub use counter::programme::Consent;

/// What the box is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Import this programme.
    Import {
        /// The text of the file.
        programme: String,
        /// What it may do.
        #[serde(default)]
        consent: Consent,
    },
    /// Make a pairing code.
    Pair {
        /// What the device will be.
        kind: DeviceKind,
    },
    /// List the devices.
    Devices,
    /// Give a device another name.
    RenameDevice {
        /// Which.
        id: DeviceId,
        /// The name.
        name: String,
    },
    /// Let a device in no more.
    RevokeDevice {
        /// Which.
        id: DeviceId,
    },
    /// Say how the box is, and what waits for a person.
    Status,
    /// Somebody of the staff has been at a device that called.
    Attend {
        /// Which.
        device: DeviceId,
    },
    /// Say what became of a seat.
    SeatHistory {
        /// The showtime.
        showtime: ShowtimeId,
        /// The seat.
        seat: SeatId,
    },
    /// List the payments and seats that wait for a person.
    Cases,
    /// Close a case of a seat that somebody has looked at.
    CloseCase {
        /// What it is about, as `Cases` lists it.
        about: String,
        /// What they found.
        reason: String,
    },
    /// Decide what became of a payment.
    Decide {
        /// Which.
        payment: TenderId,
        /// What became of it.
        decision: Decision,
        /// How the person knows.
        reason: String,
    },
    /// End a hold that was set aside.
    FreeHold {
        /// Which.
        hold: HoldId,
        /// Why.
        reason: String,
    },
    /// Sell seats again that the box before may have sold.
    Release {
        /// Which seats.
        answered: AnsweredFor,
        /// Why.
        reason: String,
    },
    /// Sell seats at the cinema's risk that the hub, or the box before, may have sold.
    Takeover {
        /// The showtime.
        showtime: ShowtimeId,
        /// The seats.
        seats: Vec<SeatId>,
        /// The kind of ticket; the first that a till sells, if none is named.
        #[serde(default)]
        kind: Option<TicketKindId>,
        /// The till whose drawer the cash is put in; none, if it is put in none.
        #[serde(default)]
        till: Option<DeviceId>,
        /// Why.
        reason: String,
    },
    /// Take over seats by a code from head office.
    HandOver {
        /// The code.
        code: String,
    },
    /// Print the tickets of a sale again.
    Reprint {
        /// The number of its receipt: `1-000042`.
        receipt: String,
        /// Why.
        reason: String,
    },
    /// Look at all that is stored.
    Check,
    /// Take what is stored as it is, although something may be missing.
    AcceptLoss {
        /// Why.
        reason: String,
        /// Whether older data was put back, which the box itself may have no means to see.
        #[serde(default)]
        set_back: bool,
    },
    /// Enrol with a hub.
    Enrol {
        /// The one-time code from head office.
        code: String,
        /// The hub's address.
        hub: String,
    },
}

/// Does what was ordered; the words say what came of it, the code alone for a pairing.
pub(crate) async fn perform(app: &App, order: Order) -> Result<String, Refusal> {
    Ok(match order {
        Order::Import { programme, consent } => {
            if let Some(refusal) = app.proof.refusal_of_writing() {
                return Err(refusal);
            }
            let imported = counter::programme::import(&app.counter, programme, consent);
            imported.await?.to_string()
        }
        Order::Pair { kind } => app.devices.new_code(kind).await?,
        Order::Devices => {
            let zone = app.counter.here().map(|at| at.catalogue().zone().clone());
            app.devices.list(&zone.unwrap_or(TimeZone::UTC))
        }
        Order::RenameDevice { id, name } => app.devices.rename(&id, &name).await?,
        Order::RevokeDevice { id } => {
            let name = app.devices.revoke(&id).await?;
            let ended = counter::checkout::end_of_the_gone(&app.counter).await;
            // It is revoked, whatever else can be said.
            let owed = papers::owed_by((&app.counter, &app.base.database), &id).await;
            let owed = owed.unwrap_or_else(|fault| {
                tracing::error!(%fault, "what a revoked device has sold could not be looked at");
                "\nWhat it has sold lately could not be looked at: ask its guests for their tickets"
                    .to_owned()
            });
            format!("\"{name}\" is revoked{}{owed}", under_way(ended))
        }
        Order::Status => {
            let mut now = status::routes::now(app, None).await?;
            now.if_cut = status::routes::if_cut(app, now.link).await?;
            let papers = app.base.database.read(status::papers_aside).await?;
            let why_down = app.link.trouble().map(|trouble| trouble.words);
            let why = (app.proof.words(), why_down);
            let (aside, life) = (app.counter.set_aside(), &app.base.machine.lifecycle);
            let mut text = status::words(&now, why, &papers, &aside);
            let zone = app.counter.here().map(|at| at.catalogue().zone().clone());
            let waiting = app.base.database.read(calls::all).await;
            let waiting = waiting.map_err(counter::Fault::from)?;
            text.push_str(&calls::words(&waiting, &zone.unwrap_or(TimeZone::UTC)));
            let seats = custody::list(&app.counter).await?.len();
            if seats > 0 {
                text.push_str(&format!(
                    "\nseats that wait for a person: {seats} (`appliance cases` lists them)"
                ));
            }
            let told = custody::list_passed_over(&app.counter).await?.len();
            if told > 0 {
                text.push_str(&format!(
                    "\ntold by the hub and not applied: {told} (`appliance cases` lists them)"
                ));
            }
            if let Some(at) = app.counter.here() {
                let unknown = custody::not_known(&at).await?;
                text.push_str(&counter::programme::unknown_words(&unknown));
                text.push_str(&link::in_doubt(&custody::in_doubt(&at).await?));
            }
            if app.proof.stops().is_some() {
                text.push('\n');
                text.push_str(&counter::checkout::stopped_payments(&app.counter).await);
            }
            status::with_failing(text, &life.failures().found(), &life.failures().failing())
        }
        Order::Attend { device } => {
            let rooms = (&app.base.database, app.counter.here(), app.proof.stops());
            calls::attend(rooms, device, app.base.machine.clock.now()).await?
        }
        Order::SeatHistory { showtime, seat } => {
            let rooms = (&app.base.database, app.counter.here(), &app.devices);
            let history = history::look(rooms, showtime, seat).await?;
            counter::history::in_words(&history)
        }
        Order::Cases => {
            let mut said = counter::checkout::list(&app.counter).await?;
            for line in custody::list(&app.counter).await? {
                said.push_str("\nseat ");
                said.push_str(&line);
            }
            for line in custody::list_passed_over(&app.counter).await? {
                said.push_str("\ntold ");
                said.push_str(&line);
            }
            said
        }
        Order::CloseCase { about, reason } => close_case(app, about, &reason).await?,
        Order::Decide {
            payment,
            decision,
            reason,
        } => counter::checkout::decide(&app.counter, (payment, None), decision, reason).await?,
        Order::FreeHold { hold, reason } => {
            if let Some(refusal) = app.proof.refusal_of_writing() {
                return Err(refusal);
            }
            counter::checkout::free_by_hand(&app.counter, hold, &reason).await?
        }
        Order::Release { answered, reason } => {
            let reason = reason_of(&reason).ok_or(CheckoutRefused::NoReason)?;
            let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
            let released = custody::release(&at, answered, reason).await;
            let released = released.map_err(|why| app.proof.refusal().unwrap_or(why.into()))?;
            custody::released_in_words(released)
        }
        Order::Takeover {
            showtime,
            seats,
            kind,
            till,
            reason,
        } => {
            let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
            let wish = takeover::Wish {
                showtime,
                seats,
                kind,
                till,
                reason,
            };
            let taken = takeover::take((&at, &app.devices), wish).await;
            taken.map_err(|refusal| app.proof.refusal().unwrap_or(refusal))?
        }
        Order::HandOver { code } => {
            let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
            let rooms = (&app.base.database, &app.link);
            hand_over::words(&hand_over::take(rooms, &at, code).await?)
        }
        Order::Reprint { receipt, reason } => {
            let rooms = (&app.printing, &app.counter);
            papers::reprint(rooms, &receipt, &reason, app.base.machine.clock.now()).await?
        }
        Order::Check => {
            let looked = app.proof.look(app.counter.here().as_ref()).await;
            app.link.written();
            looked?
        }
        Order::AcceptLoss { reason, set_back } => {
            let here = app.counter.here();
            // Before it is taken: the queue goes on as soon as it is.
            let doubted = app.printing.is_taken_as_it_is().await;
            doubted.map_err(counter::Fault::from)?;
            let accepted = match (set_back, &here) {
                (true, Some(here)) => app.proof.accept_copy(here, &reason).await,
                (true, None) => return Err(CatalogueRefused::NoProgramme.into()),
                (false, here) => app.proof.accept(here.as_ref(), &reason).await,
            };
            // What waited may be told.
            app.link.written();
            let mut said = accepted?;
            if let Some(at) = &here {
                said.push_str(&link::in_doubt(&custody::in_doubt(at).await?));
            }
            said
        }
        Order::Enrol { code, hub } => {
            let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
            app.link.enrol(&at, &code, &hub).await?
        }
    })
}

/// Closes the case of a seat.
async fn close_case(app: &App, about: String, reason: &str) -> Result<String, Refusal> {
    let reason = reason_of(reason).ok_or(CheckoutRefused::NoReason)?;
    let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
    match custody::close_case(&at, about, reason).await? {
        Some(closed) => Ok(closed.to_string()),
        None => Err(Refusal::not_found(
            "unknown_case",
            "No person is asked about this seat",
            "`appliance cases` lists those that wait for one.",
        )),
    }
}

/// What becomes of what a revoked device had under way.
fn under_way(ended: GoneEnded) -> String {
    const HOW: &str = "seats are free as soon as no payment for them is under way, a card that was taken is given back, and what was \
        counted in cash is among `appliance cases`";
    match ended {
        GoneEnded::All { ended: 0 } => String::new(),
        GoneEnded::All { ended } => format!("; what it had under way ends ({ended}): {HOW}"),
        GoneEnded::Some { ended, left } => format!(
            "; what it had under way ends ({ended}), but for {left} that cannot end yet and may still be paid until then: this is tried \
             again, see `appliance status`. {HOW}"
        ),
        GoneEnded::Unseen => format!(
            "; what it had under way could not be looked at and may still be paid: this is tried again, see `appliance status`. {HOW}"
        ),
    }
}
