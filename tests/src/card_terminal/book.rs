//! The terminal's memory: every payment by its reference, written to the journal before anybody is told.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use appliance::terminal::{CardSlip, Payment};
use box_office::TenderId;
use serde::{Deserialize, Serialize};

use super::{Behaviour, RefundBehaviour, Till};

/// One payment, and one line of the journal: the last line of a reference counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The box's name for it.
    pub reference: TenderId,
    /// What was asked for, in minor units; 0 if it was cancelled before it was asked for.
    pub amount_minor: i64,
    /// What became of it.
    pub payment: Payment,
}

/// What to do with a request to pay.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It is new: so it goes on.
    New(Behaviour),
    /// The reference is known: this became of it.
    Known(Payment),
    /// The reference is known with another amount.
    OtherAmount,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Book {
    next: VecDeque<Behaviour>,
    always: Behaviour,
    refunds: RefundBehaviour,
    /// The refunds that wait, and how much each is.
    in_hand: BTreeMap<TenderId, i64>,
    payments: Vec<Entry>,
    places: HashMap<TenderId, usize>,
    journal: Option<File>,
}

impl Book {
    /// The book as its journal has it. What was waiting when the terminal went down has not been paid.
    pub(super) fn open(journal: Option<PathBuf>) -> io::Result<Self> {
        let mut book = Self {
            next: VecDeque::new(),
            always: Behaviour::Approve { after_ms: 0 },
            refunds: RefundBehaviour::GiveBack,
            in_hand: BTreeMap::new(),
            payments: Vec::new(),
            places: HashMap::new(),
            journal: None,
        };
        let Some(path) = journal else { return Ok(book) };
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
                Ok(entry) => book.keep(entry),
                // It was being written when the terminal was killed: nobody was told.
                Err(error) if error.is_eof() => {}
                Err(error) => return Err(error.into()),
            }
        }
        book.journal = Some(file);
        let waiting = |entry: &&Entry| entry.payment == Payment::Waiting;
        let interrupted: Vec<TenderId> = book
            .payments
            .iter()
            .filter(waiting)
            .map(|entry| entry.reference.clone())
            .collect();
        for reference in interrupted {
            book.set(&reference, Payment::Cancelled);
        }
        Ok(book)
    }

    pub(super) fn next(&mut self, behaviour: Behaviour) {
        self.next.push_back(behaviour);
    }

    pub(super) fn always(&mut self, behaviour: Behaviour) {
        self.always = behaviour;
    }

    pub(super) fn set_refunds(&mut self, behaviour: RefundBehaviour) {
        self.refunds = behaviour;
        if !behaviour.waits() {
            for (reference, amount_minor) in std::mem::take(&mut self.in_hand) {
                // Whoever still waits for it is told the same again.
                let _ = self.refund(&reference, amount_minor);
            }
        }
    }

    pub(super) fn refunds(&self) -> RefundBehaviour {
        self.refunds
    }

    /// Takes a refund in hand, which is made when it need not wait any more.
    pub(super) fn take_in_hand(&mut self, reference: &TenderId, amount_minor: i64) {
        self.in_hand.insert(reference.clone(), amount_minor);
    }

    pub(super) fn behaviour(&self) -> Behaviour {
        self.always
    }

    pub(super) fn till(&self) -> Till {
        let (mut captured_minor, mut refunded_minor) = (0, 0);
        for entry in &self.payments {
            match entry.payment {
                Payment::Approved { .. } => captured_minor += entry.amount_minor,
                Payment::Refunded { amount_minor } => {
                    captured_minor += entry.amount_minor;
                    refunded_minor += amount_minor;
                }
                Payment::Unknown
                | Payment::Waiting
                | Payment::Declined { .. }
                | Payment::Cancelled => {}
            }
        }
        Till {
            captured_minor,
            refunded_minor,
            refunds_waiting: self.in_hand.len() as u64,
            payments: self.payments.clone(),
        }
    }

    /// The newest payments, newest first.
    pub(super) fn newest(&self, count: usize) -> impl Iterator<Item = &Entry> {
        self.payments.iter().rev().take(count)
    }

    /// Begins a payment, or says what became of it.
    pub(super) fn start(&mut self, reference: &TenderId, amount_minor: i64) -> Start {
        if let Some(entry) = self.find(reference) {
            if entry.amount_minor != amount_minor && entry.payment != Payment::Cancelled {
                return Start::OtherAmount;
            }
            return Start::Known(entry.payment.clone());
        }
        let behaviour = self.next.pop_front().unwrap_or(self.always);
        let payment = match behaviour {
            Behaviour::VanishBefore => return Start::New(behaviour),
            Behaviour::AnswerLate { .. } | Behaviour::Vanish => self.approved(amount_minor),
            Behaviour::Approve { .. } | Behaviour::Decline { .. } | Behaviour::NeverAnswer => {
                Payment::Waiting
            }
        };
        self.write(Entry {
            reference: reference.clone(),
            amount_minor,
            payment,
        });
        Start::New(behaviour)
    }

    /// What is said of it: that it waits, while its refund does.
    pub(super) fn status(&self, reference: &TenderId) -> Payment {
        if self.in_hand.contains_key(reference) {
            return Payment::Waiting;
        }
        self.became(reference)
    }

    fn became(&self, reference: &TenderId) -> Payment {
        self.find(reference)
            .map_or(Payment::Unknown, |entry| entry.payment.clone())
    }

    /// Guest and bank decide, unless it is too late.
    pub(super) fn decide(&mut self, reference: &TenderId, approve: bool) {
        let Some(entry) = self
            .find(reference)
            .filter(|entry| entry.payment == Payment::Waiting)
        else {
            return;
        };
        let payment = match approve {
            true => self.approved(entry.amount_minor),
            false => Payment::Declined {
                reason: "declined by the bank".to_owned(),
            },
        };
        self.set(reference, payment);
    }

    /// Somebody works at the terminal itself; what it takes is what it was asked for.
    pub(super) fn become_of(&mut self, reference: &TenderId, payment: Payment) {
        let Some(mut entry) = self.find(reference).cloned() else {
            return;
        };
        if let Payment::Approved { amount_minor, .. } = payment {
            entry.amount_minor = amount_minor;
        }
        self.write(Entry { payment, ..entry });
    }

    pub(super) fn cancel(&mut self, reference: &TenderId) -> Payment {
        match self.became(reference) {
            Payment::Waiting => self.set(reference, Payment::Cancelled),
            Payment::Unknown => {
                self.write(Entry {
                    reference: reference.clone(),
                    amount_minor: 0,
                    payment: Payment::Cancelled,
                });
            }
            Payment::Approved { .. }
            | Payment::Declined { .. }
            | Payment::Cancelled
            | Payment::Refunded { .. } => {}
        }
        self.became(reference)
    }

    /// Gives money back, once.
    pub(super) fn refund(
        &mut self,
        reference: &TenderId,
        amount_minor: i64,
    ) -> Result<Payment, &'static str> {
        match self.became(reference) {
            Payment::Approved {
                amount_minor: taken,
                ..
            } if amount_minor < 1 || amount_minor > taken => {
                Err("not an amount that can be given back")
            }
            Payment::Approved { .. } => {
                self.set(reference, Payment::Refunded { amount_minor });
                Ok(self.became(reference))
            }
            Payment::Refunded {
                amount_minor: given,
            } if given != amount_minor => Err("another amount was given back"),
            other @ (Payment::Unknown
            | Payment::Waiting
            | Payment::Declined { .. }
            | Payment::Cancelled
            | Payment::Refunded { .. }) => Ok(other),
        }
    }

    fn find(&self, reference: &TenderId) -> Option<&Entry> {
        self.places
            .get(reference)
            .and_then(|place| self.payments.get(*place))
    }

    fn set(&mut self, reference: &TenderId, payment: Payment) {
        if let Some(entry) = self.find(reference).cloned() {
            self.write(Entry { payment, ..entry });
        }
    }

    /// Journal first, memory second. A terminal that cannot remember must not take money: it ends.
    #[expect(
        clippy::expect_used,
        reason = "a terminal without its journal would lie"
    )]
    fn write(&mut self, entry: Entry) {
        if let Some(journal) = &mut self.journal {
            let mut line = serde_json::to_vec(&entry).expect("an entry is JSON");
            line.push(b'\n');
            journal
                .write_all(&line)
                .expect("the journal can be written");
        }
        self.keep(entry);
    }

    fn keep(&mut self, entry: Entry) {
        match self.places.get(&entry.reference) {
            Some(place) => self.payments[*place] = entry,
            None => {
                self.places
                    .insert(entry.reference.clone(), self.payments.len());
                self.payments.push(entry);
            }
        }
    }

    fn approved(&self, amount_minor: i64) -> Payment {
        let authorisation = format!("{:06}", (self.payments.len() + 1) % 1_000_000);
        Payment::Approved {
            amount_minor,
            slip: CardSlip {
                last_four: "4242".to_owned(),
                authorisation,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_is_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal.journal");
        let id = |text: &str| text.parse::<TenderId>().unwrap();
        let mut book = Book::open(Some(path.clone())).unwrap();
        book.start(&id("paid"), 1250);
        book.decide(&id("paid"), true);
        book.start(&id("waiting"), 900);
        let before = book.till();
        drop(book);
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(br#"{"reference":"torn","amou"#)
            .unwrap();

        for _restart in 0..2 {
            let mut book = Book::open(Some(path.clone())).unwrap();
            assert_eq!(book.till().captured_minor, before.captured_minor);
            assert_eq!(book.status(&id("waiting")), Payment::Cancelled);
            assert_eq!(book.status(&id("torn")), Payment::Unknown);
            assert!(matches!(
                book.start(&id("paid"), 1250),
                Start::Known(Payment::Approved { .. })
            ));
        }
    }
}
