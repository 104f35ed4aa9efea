//! The papers of sales: what a sale sends to the printer, and the same once more because somebody asks.

mod refusal;

use counter::cases::reason_of;
use counter::{Counter, checkout};
use jiff::Timestamp;

use crate::printing::{Again, Printing, Slip};

pub(crate) use refusal::ReprintRefused;

/// Has the tickets of the sale with this receipt number, `1-000042`, printed once more; says what that means.
///
/// # Errors
/// There is no such receipt, no reason, or no printer.
pub(crate) async fn reprint(
    (printing, counter): (&Printing, &Counter),
    receipt: &str,
    reason: &str,
    now: Timestamp,
) -> Result<String, ReprintRefused> {
    let reason = reason_of(reason).ok_or(ReprintRefused::NoReason)?;
    let at = counter.here().ok_or(ReprintRefused::UnknownReceipt)?;
    if !printing.is_set_up() {
        return Err(ReprintRefused::NoPrinter);
    }
    let (queue, receipt) = (printing.clone(), receipt.to_owned());
    let again = printing
        .write(move |tx| {
            let sold =
                checkout::by_receipt(tx, &at, &receipt)?.ok_or(ReprintRefused::UnknownReceipt)?;
            let papers = Slip::all(at.cinema(), &sold);
            Ok::<_, ReprintRefused>(queue.again(tx, &sold.sale.id, &papers, (now, &reason))?)
        })
        .await?;
    Ok(match again {
        Again::First => {
            "these tickets had no paper yet: it is on its way to the printer".to_owned()
        }
        Again::Waiting => "these tickets still wait for the printer".to_owned(),
        Again::Papers(papers) => format!("{papers} papers are on their way to the printer"),
        Again::Copies(1) => "one copy is on its way to the printer".to_owned(),
        Again::Copies(copies) => format!("{copies} copies are on their way to the printer"),
    })
}
