//! Some work for the browser where many choose at once: a program that takes a whole house pays for it, a guest hardly feels it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use hub_api::leading_zero_bits;
use sha2::{Digest as _, Sha256};

use crate::clock;

/// So many tries without a pause: a hundredth of a second or so, in which nothing else moves.
const AT_ONCE: u32 = 5_000;

/// What, put behind `wish`, makes the SHA-256 of both begin with so many zero bits.
pub fn done(wish: String, bits: u32) -> Pin<Box<dyn Future<Output = String>>> {
    Box::pin(async move {
        let begun = Sha256::new().chain_update(&wish);
        let mut tried = 0_u32;
        loop {
            if let Some(found) = (tried..tried + AT_ONCE).find(|&it| zeros(&begun, it) >= bits) {
                return found.to_string();
            }
            tried += AT_ONCE;
            clock::sleep(Duration::ZERO).await;
        }
    })
}

fn zeros(begun: &Sha256, tried: u32) -> u32 {
    leading_zero_bits(&begun.clone().chain_update(tried.to_string()).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_that_does_is_found() {
        let begun = Sha256::new().chain_update("guest:tonight:key:");
        let found = (0..).find(|&it| zeros(&begun, it) >= 12).unwrap();
        let hash = Sha256::digest(format!("guest:tonight:key:{found}"));
        assert_eq!((hash[0], hash[1] >> 4), (0, 0));
        assert!((0..found).all(|it| zeros(&begun, it) < 12));
    }
}
