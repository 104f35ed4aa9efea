//! The last known state of a device at the box, for screens that ask more often than the device should be asked.

use std::sync::{Mutex, PoisonError};

/// A state that one task writes and many read.
#[derive(Debug)]
pub(crate) struct Watched<T>(Mutex<T>);

impl<T: Copy> Watched<T> {
    pub(crate) fn new(first: T) -> Self {
        Self(Mutex::new(first))
    }

    pub(crate) fn now(&self) -> T {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, state: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
