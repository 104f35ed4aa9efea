//! The mark of a data folder, which knows a copy of itself.

use std::path::Path;
use std::{fs, io};

use sha2::{Digest as _, Sha256};

/// What a place of it says before its sum, as the first marks had it.
const SAID: usize = 56;

/// Makes a mark that was copied one that says nothing of when it was made, as after a power cut, or of a whole disk that was put back.
///
/// # Errors
/// It cannot be read or written.
pub fn take_for_the_same(mark: &Path) -> io::Result<()> {
    let mut bytes = fs::read(mark)?;
    forgets_its_birth(&mut bytes);
    fs::write(mark, bytes)
}

/// The same of a mark's bytes.
pub fn forgets_its_birth(mark: &mut [u8]) {
    for place in [0, 4096] {
        if let Some(place) = mark.get_mut(place..place + SAID + 32) {
            place[..8].copy_from_slice(b"FOYMARK1");
            let sum = Sha256::digest(&place[..SAID]);
            place[SAID..].copy_from_slice(&sum);
        }
    }
}
