//! What rows, blocks and seats may be called, and how a seat's id is made of the three.

use crate::{IdError, SeatId};

/// The longest name of a row, a block or a seat's number, so that a seat's id fits a ticket.
const LONGEST_NAME: usize = 6;

/// Refuses what cannot name a row, the id of a block or the number of a seat.
pub(super) fn check(what: &str, name: &str) -> Result<(), String> {
    if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(format!(
        "{:?} cannot name a {what}: 1 to {LONGEST_NAME} letters and digits",
        super::value::shown(name)
    ))
}

/// `F7`, and `L-F7` in block L; with a dash where `27` or `AB` would not say which part is the row.
pub(super) fn seat_id(block: Option<&str>, row: &str, number: &str) -> Result<SeatId, String> {
    let joins = row.ends_with(|c: char| c.is_ascii_digit())
        || number.starts_with(|c: char| !c.is_ascii_digit());
    let dash = if joins { "-" } else { "" };
    let name = match block {
        Some(block) => format!("{block}-{row}{dash}{number}"),
        None => format!("{row}{dash}{number}"),
    };
    name.parse()
        .map_err(|error: IdError| format!("{name:?} cannot name a seat: {error}"))
}

#[cfg(test)]
mod tests {
    use super::seat_id;

    #[test]
    fn no_two_seats_have_one_id() {
        let name = |block, row, number| seat_id(block, row, number).unwrap().to_string();
        assert_eq!(name(None, "F", "7"), "F7");
        assert_eq!(name(None, "2", "7"), "2-7");
        assert_eq!(name(None, "A", "B7"), "A-B7");
        assert_eq!(name(None, "AB", "7"), "AB7");
        assert_eq!(name(Some("L"), "F", "7"), "L-F7");
        assert_eq!(name(Some("L1"), "2", "7a"), "L1-2-7a");
    }
}
