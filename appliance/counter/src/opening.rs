//! Opening and closing a counter: the one place that knows its rooms from the lowest to the highest.

use std::sync::Arc;

use box_office::Custodian;
use database::Database;
use parking_lot::RwLock;
use service::{Bell, Machine};
use wire::Life;

use crate::asking::Asking;
use crate::counter::{Counter, Inner, Selling};
use crate::following::Following;
use crate::ports::{Ports, Stopped};
use crate::refunding::Refunding;
use crate::running_time::RunningTime;
use crate::ticket_seed::TicketSeed;
use crate::watching::Watching;
use crate::{Fault, catalogue, checkout, custody, holds, programme};

/// Who a counter is.
pub struct Who {
    /// Whose seats it sells.
    pub side: Custodian,
    /// The life in which this side writes its streams.
    pub life: Life,
    /// What the keys of this side's tickets grow from.
    pub ticket_seed: TicketSeed,
    /// The rooms above.
    pub ports: Arc<dyn Ports>,
}

/// Opens a counter on a database that has its tables: reads the catalogues of its cinemas, and tells the other side what it must
/// know and was not told.
///
/// # Errors
/// The database refuses, or holds what cannot be read.
pub async fn open(
    who: Who,
    database: Database,
    machine: Machine,
    selling: Selling,
) -> Result<Counter, Fault> {
    let (side, ticket_seed) = (who.side, who.ticket_seed);
    let counter = Counter::new(Inner {
        side,
        time: RunningTime::open(&database, machine.clock.clone()).await?,
        following: Following::new(&machine.metrics),
        watching: Watching::default(),
        asking: Asking::new(),
        metrics: machine.metrics,
        in_question: checkout::in_question,
        database,
        clock: machine.clock,
        random: machine.random,
        lifecycle: machine.lifecycle,
        selling,
        ports: who.ports,
        life: who.life,
        ticket_seed,
        shops: RwLock::default(),
        allotting: Bell::default(),
        refunding: Refunding::default(),
        listing: Bell::default(),
        importing: tokio::sync::Mutex::default(),
    });
    let since = catalogue::kept_since(counter.clock.now());
    let catalogues = counter
        .database
        .read(move |db| {
            let also = checkout::in_question(db)?;
            catalogue::load_all(db, (since, &also), &ticket_seed)
        })
        .await?;
    for catalogue in catalogues {
        counter.put(catalogue);
    }
    custody::receive_all_kept(&counter).await;
    match side {
        // At a later start, where this one may not.
        Custodian::Cinema if counter.ports.stopped() == Some(Stopped::All) => {}
        Custodian::Cinema => {
            custody::tell_all_admissions(&counter).await;
            programme::tell_anew(&counter).await?;
        }
        Custodian::Hub => {}
    }
    Ok(counter)
}

/// Why nobody can go on with what a database holds, in words that say what to do with it; nothing, if they can.
///
/// # Errors
/// The database refuses.
pub async fn unfit(database: &Database) -> Result<Option<String>, database::Error> {
    let currencies = database.read(catalogue::former_digits).await?;
    Ok((!currencies.is_empty()).then(|| {
        let currencies = currencies.join(", ");
        format!(
            "amounts in {currencies} were stored by a version that counted a smaller unit, which there is not: they would read a hundred times as \
            large. Keep what is stored here: that version goes on with it"
        )
    }))
}

/// Writes down what must outlive the process.
///
/// # Errors
/// The database refuses; guests then get some of the time of their holds again.
pub async fn close(counter: &Counter) -> Result<(), database::Error> {
    holds::write_time(counter).await
}
