//! Printing the tickets of a sale again, because somebody asks: the papers say COPY, and when and why is kept.

use box_office::SaleId;
use database::{Scope, Tx};

use super::store;
use crate::app::App;
use crate::cases::reason_of;
use crate::error::Refused;
use crate::{holds, sales, tickets};

/// Queues the tickets of the sale with this receipt number, `1-000042`, once more; says what that means. One that still waits for the
/// printer is not queued twice, and one that never had a paper gets its first.
///
/// # Errors
/// There is no such receipt, no reason, or no printer.
pub(crate) async fn reprint(app: &App, receipt: &str, reason: &str) -> Result<String, Refused> {
    let reason = reason_of(reason)?;
    let (series, number) = numbers(receipt).ok_or(Refused::UnknownReceipt)?;
    if !app.printer.is_set_up() {
        return Err(Refused::NoPrinter);
    }
    let acting = app.clone();
    app.database
        .write(Scope::of("printer", "all"), move |tx| {
            let sale =
                sales::store::by_receipt(tx, series, number)?.ok_or(Refused::UnknownReceipt)?;
            store::note_reprint(tx, &sale, acting.clock.now(), &reason)?;
            again(tx, &acting, &sale)
        })
        .await
}

fn again(tx: &mut Tx<'_>, app: &App, sale: &SaleId) -> Result<String, Refused> {
    if store::states_of(tx, sale)?.is_empty() {
        let sold = sales::store::by_id(tx, sale)?.ok_or(Refused::UnknownReceipt)?;
        let hold = holds::store::by_id(tx, &sold.hold)?.ok_or(Refused::UnknownHold)?;
        let issued = tickets::store::of_sale(tx, sale)?;
        super::enqueue(tx, app, &hold.language, &issued)?;
        return Ok("these tickets had no paper yet: it is on its way to the printer".to_owned());
    }
    let copies = store::print_again(tx, sale)?;
    let ringing = app.clone();
    tx.after_commit(move || ringing.print_bell.notify_one());
    Ok(match copies {
        0 => "these tickets still wait for the printer".to_owned(),
        1 => "one copy is on its way to the printer".to_owned(),
        copies => format!("{copies} copies are on their way to the printer"),
    })
}

/// The series and the number of a receipt, as they are printed or without the zeros.
fn numbers(receipt: &str) -> Option<(i64, i64)> {
    let (series, number) = receipt.trim().split_once('-')?;
    Some((series.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_number_is_read_as_it_is_printed() {
        assert_eq!(numbers(" 1-000042 "), Some((1, 42)));
        assert_eq!(numbers("12-7"), Some((12, 7)));
        assert_eq!([numbers("42"), numbers("1-"), numbers("a-1")], [None; 3]);
    }
}
