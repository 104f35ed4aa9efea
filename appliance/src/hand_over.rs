//! Seats of the hub that come to this cinema by a code from head office, while the line is down.

pub(crate) mod routes;

use appliance_api::HandedOver;
use box_office::text::counted;
use counter::At;
use counter::custody::{Scanned, scan};
use database::{Database, Tx};

use crate::link::{CodeRefused, Link};

/// Applies a code: what it hands over is on sale here from the commit on.
///
/// # Errors
/// Why it changes nothing.
pub(crate) async fn take(
    (database, link): (&Database, &Link),
    at: &At,
    code: String,
) -> Result<HandedOver, CodeRefused> {
    let (acting, link) = (at.clone(), link.clone());
    let taking = database.write(at.scope(), move |tx: &mut Tx<'_>| {
        let cinema = acting.cinema();
        let (code, name, hub) = link.read_code(tx, cinema, &code)?;
        let scanned = scan(tx, &acting, cinema, (&code, name), hub)?;
        Ok::<_, CodeRefused>((code.showtime, scanned))
    });
    let (showtime, scanned) = taking.await?;
    tracing::info!(%showtime, ?scanned, "a hand-over code is applied");
    let few = |seats: usize| u32::try_from(seats).unwrap_or(u32::MAX);
    let Scanned {
        taken,
        waiting,
        known,
        out_of_turn,
    } = scanned;
    Ok(HandedOver {
        showtime,
        taken: few(taken),
        waiting: few(waiting),
        known: few(known),
        out_of_turn: few(out_of_turn),
    })
}

/// What a code came to, for whoever gave the order.
pub(crate) fn words(handed_over: &HandedOver) -> String {
    let HandedOver {
        showtime,
        taken,
        waiting,
        known,
        out_of_turn,
    } = handed_over;
    let seats = |number: &u32| {
        counted(
            usize::try_from(*number).unwrap_or(usize::MAX),
            "seat",
            "seats",
        )
    };
    let mut said = Vec::new();
    if *taken > 0 {
        said.push(format!("{} on sale here", seats(taken)));
    }
    if *waiting > 0 {
        said.push(format!(
            "{} wait until this box knows the showtime and its plan: import the programme",
            seats(waiting)
        ));
    }
    if *known > 0 {
        let before = "came before, by a code or by the line";
        said.push(format!("{} {before}", seats(known)));
    }
    if *out_of_turn > 0 {
        said.push(format!(
            "{} do not fit what this box knows: see `appliance cases`",
            seats(out_of_turn)
        ));
    }
    if *taken + *waiting + *out_of_turn == 0 {
        return format!("{showtime}: nothing new, all of it came before");
    }
    format!("{showtime}: {}", said.join("; "))
}
