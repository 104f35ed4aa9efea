//! What a counter's keys for tickets grow from. A key speaks for one cinema: the hub, which has many, grows one for each.

use box_office::CinemaId;
use sha2::{Digest as _, Sha256};
use wire::ticket::TicketSigner;

/// What a counter's keys for tickets grow from.
#[derive(Clone, Copy)]
pub enum TicketSeed {
    /// The key of a box's only cinema.
    OfOne([u8; 32]),
    /// Those of all of the hub's cinemas.
    OfEach([u8; 32]),
}

impl TicketSeed {
    /// What signs the tickets of `cinema` on this side.
    pub fn signer(&self, cinema: &CinemaId) -> TicketSigner {
        match self {
            Self::OfOne(seed) => TicketSigner::from_seed(cinema.clone(), seed),
            Self::OfEach(seed) => {
                let mut hash = Sha256::new();
                hash.update(seed);
                hash.update(b"foyer hub ticket key");
                hash.update(cinema.as_str());
                TicketSigner::from_seed(cinema.clone(), &hash.finalize().into())
            }
        }
    }
}

impl std::fmt::Debug for TicketSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TicketSeed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_has_a_key_of_its_own_for_each_cinema() {
        let seed = TicketSeed::OfEach([7; 32]);
        let key = |cinema: &str| seed.signer(&cinema.parse().unwrap()).public().id();
        assert_eq!(key("metropol"), key("metropol"));
        assert_ne!(key("metropol"), key("odeon"));
        let of_a_box = TicketSeed::OfOne([7; 32]).signer(&"metropol".parse().unwrap());
        assert_ne!(key("metropol"), of_a_box.public().id());
    }
}
