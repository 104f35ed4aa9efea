//! The durable queue of the printer: a ticket's job is written in the transaction of its sale, so paper out never loses a ticket.

mod store;

use appliance_api::PaperState;
use box_office::SaleId;
use database::Tx;

use crate::app::App;
use crate::error::Refused;
use crate::tickets::TicketRow;

/// Queues the tickets of a sale, in the transaction that issues them. `language` is the guest's.
pub(crate) fn enqueue(
    tx: &mut Tx<'_>,
    app: &App,
    language: &str,
    tickets: &[TicketRow],
) -> Result<(), Refused> {
    if !app.printer.is_set_up() {
        return Ok(());
    }
    for ticket in tickets {
        store::add(tx, ticket, language)?;
    }
    let app = app.clone();
    tx.after_commit(move || app.print_bell.notify_one());
    Ok(())
}

/// Where the paper of a sale is.
pub(crate) async fn paper_of(app: &App, sale: &SaleId) -> Result<PaperState, Refused> {
    if !app.printer.is_set_up() {
        return Ok(PaperState::NoPrinter);
    }
    let id = sale.clone();
    let waiting = app
        .database
        .read(move |db| store::waiting_of(db, &id))
        .await?;
    Ok(if waiting == 0 {
        PaperState::Printed
    } else {
        PaperState::Queued
    })
}
