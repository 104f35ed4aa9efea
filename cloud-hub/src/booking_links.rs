//! The secret links by which guests come back to what they have bought: paths that only this hub can make. Whoever has one has the booking,
//! as whoever has a ticket has its seat; so a proof stands in no log and no meter.

use std::fmt;
use std::sync::Arc;

use box_office::{CinemaId, SaleId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// 128 bits: nobody finds one by trying.
const PROOF_BYTES: usize = 16;

/// What makes links and knows them again. Clones share it.
#[derive(Clone)]
pub(crate) struct BookingLinks {
    key: [u8; 32],
    /// The hub's address as people have it, without a slash at its end, where somebody has set it.
    public: Option<Arc<str>>,
}

impl fmt::Debug for BookingLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BookingLinks").finish_non_exhaustive()
    }
}

impl BookingLinks {
    pub(crate) fn new(key: [u8; 32], public: Option<&str>) -> Self {
        Self {
            key,
            public: public.map(|address| address.trim_end_matches('/').into()),
        }
    }

    /// Where a booking stands below the hub's address.
    pub(crate) fn path(&self, cinema: &CinemaId, sale: &SaleId) -> String {
        let proof = self.mac(cinema, sale).finalize().into_bytes();
        let proof = wire::key::hex(&proof[..PROOF_BYTES]);
        format!("/bookings/{cinema}/{sale}/{proof}")
    }

    /// The link to a booking; a path on the host that is asked, where nobody has set under which address people have the hub.
    pub(crate) fn link(&self, cinema: &CinemaId, sale: &SaleId) -> String {
        let path = self.path(cinema, sale);
        match &self.public {
            Some(address) => format!("{address}{path}"),
            None => path,
        }
    }

    /// The booking that a link names; nothing, if this hub has not made it.
    pub(crate) fn named(
        &self,
        (cinema, sale, proof): (&str, &str, &str),
    ) -> Option<(CinemaId, SaleId)> {
        let (cinema, sale) = (cinema.parse().ok()?, sale.parse().ok()?);
        let proof = wire::key::unhex(proof)?;
        let is_ours = proof.len() == PROOF_BYTES
            && self
                .mac(&cinema, &sale)
                .verify_truncated_left(&proof)
                .is_ok();
        is_ours.then_some((cinema, sale))
    }

    /// Over what no two bookings have in common: an id holds no slash.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, cinema: &CinemaId, sale: &SaleId) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key);
        let mac = mac.expect("a key of any length");
        mac.chain_update(format!("{cinema}/{sale}"))
    }
}

#[cfg(test)]
mod tests;
