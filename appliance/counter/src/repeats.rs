//! Requests that may be repeated: the same `Idempotency-Key` and the same request give the same answer, another request under a used
//! key is refused. The key is a unique column of the row that the request made, and lives as long as that row.

mod refusal;

use database::{Error, Row};
use service::http::IdempotencyKey;
use sha2::{Digest as _, Sha256};

pub use refusal::KeyReused;

/// A request as it is known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The key.
    pub key: String,
    /// What was asked of whom.
    pub request_hash: [u8; 32],
}

impl Repeat {
    /// The key and a hash over what was asked of whom: `about` is the path's id.
    pub fn new(key: IdempotencyKey, about: &str, body: &[u8]) -> Self {
        let mut hash = Sha256::new_with_prefix(about);
        hash.update([0]);
        hash.update(body);
        Self {
            key: key.0,
            request_hash: hash.finalize().into(),
        }
    }

    /// The two columns `key, request_hash`, the first of them at `index`.
    pub(crate) fn read(row: &Row<'_>, index: usize) -> Result<Self, Error> {
        Ok(Self {
            key: row.get(index)?,
            request_hash: row.get(index + 1)?,
        })
    }

    /// Whether `stored` was made by this very request.
    ///
    /// # Errors
    /// The key was used for another request.
    pub fn is(&self, stored: &Self) -> Result<(), KeyReused> {
        if self.request_hash == stored.request_hash {
            Ok(())
        } else {
            Err(KeyReused)
        }
    }
}
