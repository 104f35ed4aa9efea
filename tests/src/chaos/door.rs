//! An usher: lets in whoever was sold a ticket at either counter and never asked for their money back, and holds each ticket before the door once
//! more. What the door says may never depend on which process was killed, and on whether the line was cut when the ticket was sold.

use std::io;
use std::sync::Arc;

use tokio::sync::RwLock;

use super::memory::{AtTheDoor, Memory};
use super::seller::{Heard, Seller};

/// Lets in the guests of both counters until it is told to stop, and while the door is open.
///
/// # Errors
/// The box did not answer for a minute.
pub async fn admit(mut usher: Seller, home: Memory, door: Arc<RwLock<()>>) -> io::Result<()> {
    while !usher.stop.is_cancelled() {
        let open = door.read().await;
        let chance = usher.below(usize::MAX);
        let memory = match chance % 2 {
            0 => &home,
            _ => &usher.memory,
        };
        if let Some(guest) = memory.next_at_the_door(chance / 2) {
            let memory = memory.clone();
            let first = scan(&mut usher, &guest).await?;
            match first.status {
                201 => memory.admitted(guest.ticket.clone()),
                status => memory.refused_wrongly(format!(
                    "ticket {} is good and was refused: {status} {}",
                    guest.ticket, first.body
                )),
            }
            let again = scan(&mut usher, &guest).await?;
            if again.body["code"] != "already_admitted" {
                memory.complain(format!(
                    "ticket {} came a second time: {} {}",
                    guest.ticket, again.status, again.body
                ));
            }
        }
        drop(open);
        usher.think().await;
    }
    Ok(())
}

/// Holds a ticket before the door.
///
/// # Errors
/// As [`Seller::ask`].
pub(super) async fn scan(usher: &mut Seller, guest: &AtTheDoor) -> io::Result<Heard> {
    let key = usher.key();
    let body = serde_json::json!({ "code": guest.code, "showtime": guest.showtime }).to_string();
    let path = "/api/v1/door/admissions";
    usher.ask("POST", path, Some(&key), &body).await
}
