//! Seats that a manager sells at the cinema's risk. The rules are the counter's; here it is said who sells, and what that means.

use box_office::price::Channel;
use box_office::text::counted;
use box_office::{DeviceId, SeatId, ShowtimeId, TicketKindId};
use counter::checkout::{self, CheckoutRefused, TakenOver, Takeover};
use counter::{At, Buyer, BuyerKind, Limits};
use counter_api::SeatChoice;
use service::http::Refusal;

use crate::devices::Devices;

/// What a manager takes over.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) showtime: ShowtimeId,
    pub(crate) seats: Vec<SeatId>,
    /// The kind of ticket; the first that a till sells, if none is named.
    pub(crate) kind: Option<TicketKindId>,
    /// The till whose drawer the cash is put in.
    pub(crate) till: Option<DeviceId>,
    pub(crate) reason: String,
}

/// Who has sold what is ordered at the machine itself and is put in no drawer.
const THE_BOX: &str = "box";

/// Sells them for cash; says what that means.
///
/// # Errors
/// Why not, or there is no such till.
pub(crate) async fn take((at, devices): (&At, &Devices), wish: Wish) -> Result<String, Refusal> {
    let seller = match wish.till {
        Some(till) if devices.is_till(&till) => till,
        Some(till) => {
            return Err(Refusal::not_found(
                "unknown_till",
                "There is no such till",
                format!("No till {till} is paired. `appliance devices` lists those that are."),
            ));
        }
        None => the_box()?,
    };
    let buyer = Buyer {
        kind: BuyerKind::Device,
        id: seller,
        channel: Channel::Till,
        limits: Limits {
            holds: 1,
            cash: true,
            crowd: None,
        },
    };
    let seats = wish.seats.into_iter().map(|seat| SeatChoice {
        seat,
        ticket_kind: wish.kind.clone(),
    });
    let takeover = Takeover {
        showtime: wish.showtime,
        seats: seats.collect(),
        reason: wish.reason,
    };
    let taken = checkout::take_over(at, &buyer, takeover).await?;
    Ok(words(&taken))
}

fn the_box() -> Result<DeviceId, CheckoutRefused> {
    let id = THE_BOX.parse::<DeviceId>();
    id.map_err(|why| counter::Fault::Broken(why.to_string()).into())
}

/// What a takeover came to, for whoever gave the order.
fn words(TakenOver { sold, is_again }: &TakenOver) -> String {
    let seats: Vec<_> = sold
        .tickets
        .iter()
        .map(|ticket| ticket.seat.as_str())
        .collect();
    let total = box_office::Money::new(sold.sale.total_minor, sold.sale.currency);
    let money = match is_again {
        false => format!("Take {total} in cash."),
        true => format!(
            "That was done before by the same order, and nothing more is sold: these are its tickets, for {total} in cash once."
        ),
    };
    let mut said = format!(
        "{}: {} of {} sold at the cinema's risk, receipt {}. {money}",
        counted(seats.len(), "seat", "seats"),
        seats.join(", "),
        sold.showtime,
        sold.receipt_number(),
    );
    if sold.paper == counter_api::PaperState::NoPrinter {
        said.push_str(" There is no printer; the tickets are pages of this box:");
        for ticket in &sold.tickets {
            said.push_str(&format!(" /tickets/{}", ticket.id));
        }
    }
    said.push_str(
        "\nA guest who comes with another ticket for one of them is let in as well: keep a chair. `appliance cases` lists it.",
    );
    said
}
