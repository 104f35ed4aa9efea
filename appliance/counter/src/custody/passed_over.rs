//! What the other side has told and nothing here could apply: a person looks after it, and what comes after it goes on.

use database::Tx;
use wire::Event;

use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::counter::{At, Counter};

/// The kind of these cases, each of one event; its stage is the event's type.
pub(super) const KIND: &str = "told";

/// The cinema passes over an event of the hub's that breaks whatever applies it, in the transaction that moves the stream's position. Nothing is sold
/// here by that, whatever the event said: a seat that it gave is nobody's until both compare who has what, and a ticket that it sold proves itself at
/// the door.
///
/// # Errors
/// The database's.
pub fn pass_over(tx: &mut Tx<'_>, at: &At, event: &Event, why: &str) -> Result<(), Fault> {
    let id = event.id().to_string();
    let key = CaseKey {
        kind: KIND,
        about: &id,
    };
    let step = Move {
        by: By::Counter,
        what: "passed_over",
        reason: why,
        at: at.clock.now(),
    };
    Ok(cases::put(tx, key, at.cinema(), event.kind(), true, step)?)
}

/// The open cases of what was told and passed over, in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list_passed_over(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let open = cases::open_of(db, KIND)?.into_iter();
        let words = |case: cases::Case| {
            format!(
                "{}  since {}  the hub told {}, which could not be applied by a fault of this program, and is passed over: look what the hub knows",
                case.about,
                case.opened_at,
                case.stage.replace('_', " ")
            )
        };
        Ok::<_, Fault>(open.map(words).collect())
    });
    lines.await
}
