//! Calls about the same payment are heard one after another, from the question what became of it to its record: of two answers the later would
//! else be overtaken by the earlier, and stand.

use tokio::sync::{Mutex, MutexGuard};

/// So many are heard side by side; two payments may share a turn.
const SIDE_BY_SIDE: usize = 64;

/// Who is heard at this moment.
#[derive(Debug)]
pub(super) struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..SIDE_BY_SIDE).map(|_| Mutex::default()).collect())
    }
}

impl Turns {
    /// Waits until nobody else is heard about this.
    pub(super) async fn of(&self, about: &str) -> Option<MutexGuard<'_, ()>> {
        let sum = about.bytes().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        let turn = self.0.get(sum % SIDE_BY_SIDE)?;
        Some(turn.lock().await)
    }
}
