//! The papers of sales: what a sale sends to the printer, and the same once more because somebody asks.

mod refusal;

use std::fmt::Write as _;
use std::time::Duration;

use box_office::DeviceId;
use counter::cases::reason_of;
use counter::{BuyerId, BuyerKind, Counter, Fault, checkout};
use counter_api::PaperState;
use database::Database;
use jiff::Timestamp;

use crate::printing::{Again, Printing, Slip};

pub(crate) use refusal::ReprintRefused;

/// For how long a guest may still stand before the kiosk that has sold to them, whatever its clock is set to.
const LATELY: Duration = Duration::from_secs(600);

/// What a device has sold lately and no printer has printed, a line each with the way out; nothing, if all is out.
///
/// # Errors
/// The database refuses.
pub(crate) async fn owed_by(
    (counter, database): (&Counter, &Database),
    device: &DeviceId,
) -> Result<String, Fault> {
    let Some(at) = counter.here() else {
        return Ok(String::new());
    };
    let (kind, id) = (BuyerKind::Device, device.clone());
    let sold = database.read(move |db| {
        let buyer = BuyerId { kind, id };
        checkout::sold_within(db, &at, &buyer, LATELY)
    });
    let mut words = String::new();
    for sold in sold.await? {
        let receipt = sold.sale.receipt_number();
        match sold.paper {
            PaperState::Printed => continue,
            PaperState::NoPrinter => {
                let _ = write!(
                    words,
                    "\n{receipt}: no printer; its tickets are pages of this box:"
                );
                for ticket in &sold.tickets {
                    let _ = write!(words, " /tickets/{}", ticket.id);
                }
            }
            PaperState::Queued
            | PaperState::Printing
            | PaperState::PaperOut
            | PaperState::CoverOpen
            | PaperState::PrinterFault
            | PaperState::SetAside => {
                let _ = write!(
                    words,
                    "\n{receipt}: not printed yet; if it does not come out, `appliance reprint {receipt} REASON`"
                );
            }
        }
    }
    Ok(match words.as_str() {
        "" => words,
        _ => format!(
            "\nIts guests of the last ten minutes who have no paper, and see no tickets on it any more:{words}"
        ),
    })
}

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
