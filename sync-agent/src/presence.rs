//! Presence: a retained word that a box is there, and a last will that takes it back. It names the connection, so that a late
//! will never ends a newer one. Unsigned: it is shown, and decides nothing.

use wire::{Nonce, key};

/// Whether a connection is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// The connection, as in the Hello that was sent over it.
    pub connection: Nonce,
    /// Whether it is there.
    pub there: bool,
}

impl Presence {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let word = if self.there { "here" } else { "gone" };
        format!("{word} {}", self.connection).into_bytes()
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (word, connection) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
        let there = match word {
            "here" => true,
            "gone" => false,
            _ => return None,
        };
        let connection = Nonce::try_from(key::unhex(connection)?.as_slice()).ok()?;
        Some(Self { connection, there })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_goes_both_ways() {
        for there in [true, false] {
            let presence = Presence {
                connection: Nonce::from([7; 16]),
                there,
            };
            assert_eq!(Presence::parse(&presence.to_bytes()), Some(presence));
        }
        assert_eq!(Presence::parse(b"here"), None);
        assert_eq!(Presence::parse(b"here 00"), None);
        assert_eq!(
            Presence::parse(b"perhaps 07070707070707070707070707070707"),
            None
        );
    }
}
