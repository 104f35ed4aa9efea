//! What proves a place: when its guest came, whether they had their turn, when that was said and by which start of the hub, under a key of the hub's. So the order is
//! the same for a hub that was started anew, and an old proof is no way past those who wait: what this start of the hub has said it knows itself.

use box_office::{CinemaId, DeviceId, ShowtimeId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::queue::{Before, KEPT_FOR};

/// Bytes of the proof itself: nobody guesses 128 bits.
const PROOF_BYTES: usize = 16;

/// When its guest came, in microseconds, when that was said, in seconds, whether they had their turn, and when the hub was started that said so, in microseconds.
const CLAIM_BYTES: usize = 25;

/// Proves places, and knows its proofs again.
#[derive(Clone)]
pub(super) struct Proofs {
    key: [u8; 32],
    /// What this start of the hub is known by.
    started: [u8; 8],
}

impl Proofs {
    pub(super) fn new(key: [u8; 32], started: Timestamp) -> Self {
        let started = started.as_microsecond().to_be_bytes();
        Self { key, started }
    }

    /// The proof for a guest who stood there, as of `now`.
    pub(super) fn prove(
        &self,
        of: &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        (stood, now): (Before, Timestamp),
    ) -> String {
        let mut claim = [0; CLAIM_BYTES];
        claim[..8].copy_from_slice(&stood.arrived_us.to_be_bytes());
        claim[8..16].copy_from_slice(&now.as_second().to_be_bytes());
        claim[16] = stood.has_turn.into();
        claim[17..].copy_from_slice(&self.started);
        let proof = self.mac(of, guest, &claim).finalize().into_bytes();
        wire::key::hex(&[claim.as_slice(), &proof[..PROOF_BYTES]].concat())
    }

    /// Where the guest stood, if the hub has said so lately, and before it was started.
    pub(super) fn stood(
        &self,
        of: &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        (proof, now): (&str, Timestamp),
    ) -> Option<Before> {
        let bytes = wire::key::unhex(proof)?;
        let (claim, proof) = bytes.split_first_chunk::<CLAIM_BYTES>()?;
        let mac = self.mac(of, guest, claim);
        if proof.len() != PROOF_BYTES || mac.verify_truncated_left(proof).is_err() {
            return None;
        }
        let (arrived, rest) = claim.split_first_chunk::<8>()?;
        let (said, rest) = rest.split_first_chunk::<8>()?;
        let (turn, started) = rest.split_first_chunk::<1>()?;
        let said = i64::from_be_bytes(*said);
        let kept = i64::try_from(KEPT_FOR.as_secs()).ok()?;
        let age = now.as_second().saturating_sub(said);
        // A clock that was set back makes no proof old.
        let is_old = age > kept || started == self.started;
        (!is_old).then(|| Before {
            arrived_us: u64::from_be_bytes(*arrived),
            has_turn: *turn == [1],
        })
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(
        &self,
        (cinema, showtime): &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        claim: &[u8; CLAIM_BYTES],
    ) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        mac.chain_update(format!("{cinema} {showtime} {guest} "))
            .chain_update(claim)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_proof_is_its_guests_its_showtimes_and_good_for_ten_minutes() {
        let now = Timestamp::UNIX_EPOCH;
        let proofs = Proofs::new([1; 32], now);
        let started_anew = Proofs::new([1; 32], now + SignedDuration::from_micros(1));
        let [guest, other] = ["guest", "other"].map(|id| id.parse().unwrap());
        let [tonight, tomorrow] = ["tonight", "tomorrow"]
            .map(|showtime| ("metropol".parse().unwrap(), showtime.parse().unwrap()));
        let stood = |has_turn| Before {
            arrived_us: 7_000_123,
            has_turn,
        };
        let proof = proofs.prove(&tonight, &guest, (stood(false), now));
        let later = |seconds| now + SignedDuration::from_secs(seconds);
        let check = |of, guest, proof: &str, at| started_anew.stood(of, guest, (proof, at));
        assert_eq!(
            check(&tonight, &guest, &proof, later(600)),
            Some(stood(false))
        );
        assert_eq!(check(&tonight, &guest, &proof, later(601)), None);
        assert_eq!(
            check(&tonight, &guest, &proof, later(-90)),
            Some(stood(false))
        );
        assert_eq!(check(&tonight, &other, &proof, now), None);
        assert_eq!(check(&tomorrow, &guest, &proof, now), None);
        let earlier = proof.replacen("6ad03b", "5ad03b", 1);
        assert_ne!(earlier, proof, "the claim is in it");
        for wrong in [
            "",
            "00",
            "nonsense",
            &proof[2..],
            &format!("{proof}00"),
            &earlier,
        ] {
            assert_eq!(check(&tonight, &guest, wrong, now), None, "{wrong}");
        }
        let turn = proofs.prove(&tonight, &guest, (stood(true), now));
        assert_eq!(check(&tonight, &guest, &turn, now), Some(stood(true)));
        let itself = proofs.stood(&tonight, &guest, (&turn, now));
        assert_eq!(itself, None, "this hub knows what it has said");
        let elsewhere = Proofs::new([2; 32], later(1));
        assert_eq!(elsewhere.stood(&tonight, &guest, (&proof, now)), None);
    }
}
