//! A process's secret keys: seeds of 32 random bytes, each in a file of its own that only its user may read. They lie beside the
//! database and not in it, so that a copy of the one is no copy of the other.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::Random;

/// The seeds of a process.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// Of the key that signs frames.
    pub frame: [u8; 32],
    /// Of the key that signs tickets.
    pub ticket: [u8; 32],
}

impl Seeds {
    /// Those in a folder; made at the first start.
    ///
    /// # Errors
    /// See [`seed`].
    pub fn in_folder(folder: &Path, random: &Random) -> io::Result<Self> {
        Ok(Self {
            frame: seed(folder, "frame", random)?,
            ticket: seed(folder, "ticket", random)?,
        })
    }
}

/// The seed in `folder/name.key`; made at the first start.
///
/// # Errors
/// The file cannot be read or written, or holds something else than 32 bytes.
pub fn seed(folder: &Path, name: &str, random: &Random) -> io::Result<[u8; 32]> {
    let path = folder.join(format!("{name}.key"));
    match OpenOptions::new().read(true).open(&path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let words = || {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} does not hold a key of 32 bytes", path.display()),
                )
            };
            bytes.try_into().map_err(|_| words())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(folder, &path, random),
        Err(error) => Err(error),
    }
}

/// Written under another name and renamed, so that a power cut leaves a whole key or none.
fn make(folder: &Path, path: &Path, random: &Random) -> io::Result<[u8; 32]> {
    let (bytes, half_made) = (random.bytes::<32>(), path.with_extension("new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&half_made)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&half_made, path)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let first = seed(folder.path(), "ticket", &Random::seeded(1)).unwrap();
        assert_eq!(
            first,
            seed(folder.path(), "ticket", &Random::seeded(2)).unwrap()
        );
        assert_ne!(
            first,
            seed(folder.path(), "frame", &Random::seeded(2)).unwrap()
        );
        let mode = folder
            .path()
            .join("ticket.key")
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(folder.path().join("ticket.key"), "short").unwrap();
        assert!(seed(folder.path(), "ticket", &Random::seeded(2)).is_err());
    }
}
