//! The provider's memory: every charge by its reference, written to the disk before anybody is told.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use box_office::{TenderId, TicketId};
use cloud_hub::payments::protocol::{
    Charge, ChargeRequest, ChargeState, Charges, Event, Part, RefundRequest,
};
use counter_api::DeclineReason;

/// Charges of one answer.
const MOST_LISTED: usize = 100;

/// A card of the sandbox, by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// Takes the money.
    Approve,
    /// Is declined.
    Decline(DeclineReason),
    /// Wants the guest at a page of their bank.
    Step,
    /// Takes the money, and says so late.
    Late {
        /// How late, in milliseconds.
        after_ms: u64,
    },
    /// Takes the money, and tells it twice.
    Twice,
    /// Takes the money, and answers with an error.
    Vanish,
    /// Never answers.
    Never,
}

impl FromStr for Card {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let unknown = || format!("there is no card {name:?} in the sandbox");
        let kind = name.strip_prefix("card_").ok_or_else(unknown)?;
        let declined = DeclineReason::ALL
            .into_iter()
            .find(|reason| reason.as_str() == kind);
        Ok(match (kind, declined) {
            (_, Some(reason)) => Self::Decline(reason),
            ("approve", None) => Self::Approve,
            ("step", None) => Self::Step,
            ("twice", None) => Self::Twice,
            ("vanish", None) => Self::Vanish,
            ("never", None) => Self::Never,
            (other, None) => {
                let late = other.strip_prefix("late_").ok_or_else(unknown)?;
                let after_ms = late.parse().map_err(|_| unknown())?;
                Self::Late { after_ms }
            }
        })
    }
}

/// What to do with a wish to take money.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It is new, and stands so: whoever is told of changes is told of this one.
    New(Charge, Event),
    /// The reference is known: this became of it.
    Known(Charge),
    /// The reference is known with another amount.
    OtherAmount,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Book {
    charges: Vec<Charge>,
    places: HashMap<TenderId, usize>,
    changed: u64,
    file: Option<File>,
}

impl Book {
    /// The book as the disk has it. What waits goes on waiting.
    pub(super) fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let mut book = Self {
            charges: Vec::new(),
            places: HashMap::new(),
            changed: 0,
            file: None,
        };
        let Some(path) = path else { return Ok(book) };
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)?;
        let mut lines = String::new();
        file.read_to_string(&mut lines)?;
        if !lines.is_empty() && !lines.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        for line in lines.lines() {
            match serde_json::from_str(line) {
                Ok(charge) => book.keep(charge),
                // It was being written when the provider was killed: nobody was told.
                Err(error) if error.is_eof() => {}
                Err(error) => return Err(error.into()),
            }
        }
        book.file = Some(file);
        Ok(book)
    }

    /// Begins a charge, or says what became of it. `origin` is where the page of a second step is.
    pub(super) fn start(&mut self, request: ChargeRequest, card: Card, origin: &str) -> Start {
        if let Some(known) = self.find(&request.reference) {
            let is_same = known.amount_minor == request.amount_minor
                && known.currency == Some(request.currency);
            return match is_same || known.state == ChargeState::Cancelled {
                true => Start::Known(known.clone()),
                false => Start::OtherAmount,
            };
        }
        let state = match card {
            Card::Approve | Card::Late { .. } | Card::Twice | Card::Vanish => {
                self.captured(request.amount_minor)
            }
            Card::Decline(reason) => ChargeState::Declined { reason },
            Card::Step => ChargeState::Step {
                address: format!("{origin}/steps/{}", request.reference),
            },
            Card::Never => ChargeState::Waiting,
        };
        let (charge, event) = self.write(Charge {
            reference: request.reference,
            amount_minor: request.amount_minor,
            currency: Some(request.currency),
            metadata: Some(request.metadata),
            return_to: request.return_to,
            parts: Vec::new(),
            state,
            changed: 0,
        });
        Start::New(charge, event)
    }

    /// What became of it, if it was ever heard of.
    pub(super) fn find(&self, reference: &TenderId) -> Option<&Charge> {
        let place = self.places.get(reference)?;
        self.charges.get(*place)
    }

    /// Guest or bank decide; nothing, if it is too late.
    pub(super) fn decide(&mut self, reference: &TenderId, approve: bool) -> Option<Event> {
        let charge = self.find(reference)?.clone();
        let state = match (&charge.state, approve) {
            (ChargeState::Waiting | ChargeState::Step { .. }, true) => {
                self.captured(charge.amount_minor)
            }
            (ChargeState::Step { .. }, false) => ChargeState::Declined {
                reason: DeclineReason::NotConfirmed,
            },
            (ChargeState::Waiting, false) => ChargeState::Declined {
                reason: DeclineReason::Refused,
            },
            (
                ChargeState::Captured { .. }
                | ChargeState::Declined { .. }
                | ChargeState::Cancelled
                | ChargeState::Refunded { .. },
                _,
            ) => return None,
        };
        Some(self.write(Charge { state, ..charge }).1)
    }

    /// Stops it, if it was not taken; what is true afterwards. One that was never heard of is cancelled for good.
    pub(super) fn cancel(&mut self, reference: &TenderId) -> (Charge, Option<Event>) {
        let charge = self.find(reference).cloned().unwrap_or_else(|| Charge {
            reference: reference.clone(),
            amount_minor: 0,
            currency: None,
            metadata: None,
            return_to: None,
            parts: Vec::new(),
            state: ChargeState::Waiting,
            changed: 0,
        });
        match charge.state {
            ChargeState::Waiting | ChargeState::Step { .. } => {
                let state = ChargeState::Cancelled;
                let (charge, event) = self.write(Charge { state, ..charge });
                (charge, Some(event))
            }
            ChargeState::Captured { .. }
            | ChargeState::Declined { .. }
            | ChargeState::Cancelled
            | ChargeState::Refunded { .. } => (charge, None),
        }
    }

    /// Gives money back, once; nothing, if it was never heard of.
    pub(super) fn refund(
        &mut self,
        reference: &TenderId,
        RefundRequest { amount_minor }: &RefundRequest,
    ) -> Result<Option<(Charge, Option<Event>)>, &'static str> {
        let Some(charge) = self.find(reference).cloned() else {
            return Ok(None);
        };
        match charge.state {
            ChargeState::Captured {
                amount_minor: taken,
                ..
            } => {
                if *amount_minor < 1 || *amount_minor > taken - given(&charge) {
                    return Err("not an amount that can be given back");
                }
                let state = ChargeState::Refunded {
                    amount_minor: *amount_minor,
                };
                let (charge, event) = self.write(Charge { state, ..charge });
                Ok(Some((charge, Some(event))))
            }
            ChargeState::Refunded {
                amount_minor: given,
            } if given != *amount_minor => Err("another amount was given back"),
            ChargeState::Refunded { .. }
            | ChargeState::Waiting
            | ChargeState::Step { .. }
            | ChargeState::Declined { .. }
            | ChargeState::Cancelled => Ok(Some((charge, None))),
        }
    }

    /// Gives the price of a ticket back, once; nothing, if the charge was never heard of.
    pub(super) fn refund_part(
        &mut self,
        reference: &TenderId,
        part: Part,
    ) -> Result<Option<(Part, Option<Event>)>, &'static str> {
        let Some(mut charge) = self.find(reference).cloned() else {
            return Ok(None);
        };
        if let Some(known) = part_of(&charge, &part.ticket) {
            return match known.amount_minor == part.amount_minor {
                true => Ok(Some((part, None))),
                false => Err("another amount was given back"),
            };
        }
        let ChargeState::Captured {
            amount_minor: taken,
            ..
        } = charge.state
        else {
            return Err("it was not taken, or is given back");
        };
        if part.amount_minor < 1 || part.amount_minor > taken - given(&charge) {
            return Err("not an amount that can be given back");
        }
        charge.parts.push(part.clone());
        let (_, event) = self.write(charge);
        Ok(Some((part, Some(event))))
    }

    /// Those that have changed after this change, in the order of their last changes.
    pub(super) fn since(&self, changed: u64) -> Charges {
        let later = self
            .charges
            .iter()
            .filter(|charge| charge.changed > changed);
        let mut charges: Vec<Charge> = later.cloned().collect();
        charges.sort_by_key(|charge| charge.changed);
        let more = charges.len() > MOST_LISTED;
        charges.truncate(MOST_LISTED);
        Charges { charges, more }
    }

    /// All, in the order in which they began.
    pub(super) fn all(&self) -> &[Charge] {
        &self.charges
    }

    /// What was taken, given back or not, and what was given back.
    pub(super) fn sums(&self) -> (i64, i64) {
        let each = self.charges.iter().map(|charge| match charge.state {
            ChargeState::Captured { amount_minor, .. } => (amount_minor, given(charge)),
            ChargeState::Refunded { amount_minor } => {
                (charge.amount_minor, amount_minor + given(charge))
            }
            ChargeState::Waiting
            | ChargeState::Step { .. }
            | ChargeState::Declined { .. }
            | ChargeState::Cancelled => (0, 0),
        });
        each.fold((0, 0), |sums, (taken, given)| {
            (sums.0 + taken, sums.1 + given)
        })
    }

    fn captured(&self, amount_minor: i64) -> ChargeState {
        ChargeState::Captured {
            amount_minor,
            last_four: "4242".to_owned(),
            authorisation: format!("{:06}", (self.charges.len() + 1) % 1_000_000),
        }
    }

    /// Disk first, memory second. A provider that cannot remember must not take money: it ends.
    #[expect(clippy::expect_used, reason = "a provider without its book would lie")]
    fn write(&mut self, charge: Charge) -> (Charge, Event) {
        let changed = self.changed + 1;
        let charge = Charge { changed, ..charge };
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&charge).expect("a charge is JSON");
            line.push(b'\n');
            file.write_all(&line).expect("the book can be written");
            file.sync_data().expect("the book can be written");
        }
        self.keep(charge.clone());
        let event = Event {
            id: format!("event_{changed}"),
            reference: charge.reference.clone(),
            changed,
        };
        (charge, event)
    }

    fn keep(&mut self, charge: Charge) {
        self.changed = self.changed.max(charge.changed);
        match self.places.get(&charge.reference) {
            Some(place) => self.charges[*place] = charge,
            None => {
                let place = self.charges.len();
                self.places.insert(charge.reference.clone(), place);
                self.charges.push(charge);
            }
        }
    }
}

/// What was given back of a charge ticket by ticket, in minor units.
fn given(charge: &Charge) -> i64 {
    charge.parts.iter().map(|part| part.amount_minor).sum()
}

/// What was given back for a ticket.
pub(super) fn part_of<'c>(charge: &'c Charge, ticket: &TicketId) -> Option<&'c Part> {
    charge.parts.iter().find(|part| part.ticket == *ticket)
}

#[cfg(test)]
mod tests;
