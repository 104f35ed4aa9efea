//! How a payment provider proves that it is the one who calls: HMAC-SHA-256 over the time of sending, a dot and the body, under a secret that
//! both know, in a header `t=1700000000,v1=<hex>`. It is the form that Stripe has (<https://docs.stripe.com/webhooks>), so that one check does
//! for both.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// The header in which the sandbox provider sends it.
pub const HEADER: &str = "sandbox-signature";

/// How far the time of sending may be from ours, in seconds, as Stripe's libraries have it: a copied message is worth nothing afterwards, and
/// clocks that agree worse than this are not set.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Signatures of one header that are looked at: two while a secret is exchanged, and some to spare.
const MOST_SIGNATURES: usize = 8;

/// Why a message counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// There is no time or no signature in the header.
    #[error("the signature cannot be read")]
    Unreadable,
    /// It was sent too long ago, or in the future.
    #[error("it was signed {0} seconds away from now")]
    OtherTime(i64),
    /// No secret of ours has made it.
    #[error("the signature is another one")]
    Wrong,
}

/// The header's value for a body that is sent at `now`.
pub fn sign(secret: &[u8], now: Timestamp, body: &[u8]) -> String {
    let time = now.as_second().to_string();
    let mac = mac(secret, &time, body).finalize().into_bytes();
    format!("t={time},v1={}", wire::key::hex(&mac))
}

/// Whether one of the secrets has signed this body, about now. The comparison takes as long for a wrong signature as for the right one.
///
/// # Errors
/// None has.
pub fn verify<'s>(
    secrets: impl IntoIterator<Item = &'s [u8]>,
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), NotSigned> {
    let parts = || header.split(',').filter_map(|part| part.split_once('='));
    let time = parts().find(|(name, _)| name.trim() == "t");
    let (_, time) = time.ok_or(NotSigned::Unreadable)?;
    let sent: i64 = time.parse().map_err(|_| NotSigned::Unreadable)?;
    let signatures: Vec<Vec<u8>> = parts()
        .filter(|(name, _)| name.trim() == "v1")
        .filter_map(|(_, hex)| wire::key::unhex(hex.trim()))
        .take(MOST_SIGNATURES)
        .collect();
    if signatures.is_empty() {
        return Err(NotSigned::Unreadable);
    }
    let away = now.as_second().saturating_sub(sent);
    if away.saturating_abs() > TOLERANCE_SECONDS {
        return Err(NotSigned::OtherTime(away));
    }
    let is_ours = secrets.into_iter().any(|secret| {
        let mac = mac(secret, time, body);
        let mut all = signatures.iter();
        all.any(|signature| mac.clone().verify_slice(signature).is_ok())
    });
    is_ours.then_some(()).ok_or(NotSigned::Wrong)
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(secret: &[u8], time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests;
