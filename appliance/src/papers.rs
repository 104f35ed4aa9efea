//! The papers of sales: what a sale sends to the printer, and the same once more because somebody asks.

mod refusal;

use counter::cases::reason_of;
use counter::checkout;
use database::Scope;

use crate::app::App;
use crate::printing::{Again, Slip};

pub(crate) use refusal::ReprintRefused;

/// Has the tickets of the sale with this receipt number, `1-000042`, printed once more; says what that means.
///
/// # Errors
/// There is no such receipt, no reason, or no printer.
pub(crate) async fn reprint(
    app: &App,
    receipt: &str,
    reason: &str,
) -> Result<String, ReprintRefused> {
    let reason = reason_of(reason).ok_or(ReprintRefused::NoReason)?;
    let at = app.counter.here().ok_or(ReprintRefused::UnknownReceipt)?;
    if !app.printing.is_set_up() {
        return Err(ReprintRefused::NoPrinter);
    }
    let (printing, now, receipt) = (app.printing.clone(), app.clock.now(), receipt.to_owned());
    let again = app
        .database
        .write(Scope::of("printer", "all"), move |tx| {
            let sold = checkout::by_receipt(tx, &receipt)?.ok_or(ReprintRefused::UnknownReceipt)?;
            let papers = Slip::all(at.cinema(), &sold);
            Ok::<_, ReprintRefused>(printing.again(tx, &sold.sale.id, &papers, (now, &reason))?)
        })
        .await?;
    Ok(match again {
        Again::First => {
            "these tickets had no paper yet: it is on its way to the printer".to_owned()
        }
        Again::Waiting => "these tickets still wait for the printer".to_owned(),
        Again::Copies(1) => "one copy is on its way to the printer".to_owned(),
        Again::Copies(copies) => format!("{copies} copies are on their way to the printer"),
    })
}
