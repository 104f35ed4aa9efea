//! What proves a place: when its guest came, and when that was said, under a key of the hub's. So the order is the same for a hub that was started anew,
//! and an old proof is no way past those who wait.

use box_office::{CinemaId, DeviceId, ShowtimeId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::queue::KEPT_FOR;

/// Bytes of the proof itself: nobody guesses 128 bits.
const PROOF_BYTES: usize = 16;

/// When its guest came, in microseconds, and when that was said, in seconds.
const CLAIM_BYTES: usize = 16;

/// Proves places, and knows its proofs again.
#[derive(Clone)]
pub(super) struct Proofs {
    key: [u8; 32],
}

impl Proofs {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The proof for a guest who came at `arrived_us`, as of `now`.
    pub(super) fn prove(
        &self,
        of: &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        (arrived_us, now): (u64, Timestamp),
    ) -> String {
        let mut claim = [0; CLAIM_BYTES];
        let (arrived, said) = claim.split_at_mut(8);
        arrived.copy_from_slice(&arrived_us.to_be_bytes());
        said.copy_from_slice(&now.as_second().to_be_bytes());
        let proof = self.mac(of, guest, &claim).finalize().into_bytes();
        wire::key::hex(&[claim.as_slice(), &proof[..PROOF_BYTES]].concat())
    }

    /// When the guest came, if this hub has said so lately.
    pub(super) fn arrival(
        &self,
        of: &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        (proof, now): (&str, Timestamp),
    ) -> Option<u64> {
        let bytes = wire::key::unhex(proof)?;
        let (claim, proof) = bytes.split_first_chunk::<CLAIM_BYTES>()?;
        let mac = self.mac(of, guest, claim);
        if proof.len() != PROOF_BYTES || mac.verify_truncated_left(proof).is_err() {
            return None;
        }
        let (arrived, said) = claim.split_first_chunk::<8>()?;
        let said = i64::from_be_bytes(said.try_into().ok()?);
        let kept = i64::try_from(KEPT_FOR.as_secs()).ok()?;
        let age = now.as_second().saturating_sub(said);
        // A clock that was set back makes no proof old.
        (age <= kept).then(|| u64::from_be_bytes(*arrived))
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
        let (proofs, now) = (Proofs::new([1; 32]), Timestamp::UNIX_EPOCH);
        let [guest, other] = ["guest", "other"].map(|id| id.parse().unwrap());
        let [tonight, tomorrow] = ["tonight", "tomorrow"]
            .map(|showtime| ("metropol".parse().unwrap(), showtime.parse().unwrap()));
        let proof = proofs.prove(&tonight, &guest, (7_000_123, now));
        let later = |seconds| now + SignedDuration::from_secs(seconds);
        let check = |of, guest, proof: &str, at| proofs.arrival(of, guest, (proof, at));
        assert_eq!(check(&tonight, &guest, &proof, later(600)), Some(7_000_123));
        assert_eq!(check(&tonight, &guest, &proof, later(601)), None);
        assert_eq!(check(&tonight, &guest, &proof, later(-90)), Some(7_000_123));
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
        let elsewhere = Proofs::new([2; 32]);
        assert_eq!(elsewhere.arrival(&tonight, &guest, (&proof, now)), None);
    }
}
