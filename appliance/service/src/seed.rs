//! A process's secret keys: seeds of 32 random bytes, each in a file of its own that only its user may read. They lie beside the
//! database and not in it, so that a copy of the one is no copy of the other. Database, keys and folder name one another: what does not
//! belong together is not opened, and a key is made only for a database that was never in use.

mod store;

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use database::{Database, Scope};
use sha2::{Digest as _, Sha256};

use crate::Random;
use crate::settings::OpenError;
use store::{Fingerprints, Identity};

/// The table by which a database knows its keys, on SQLite. After it, whoever was in use gets a row.
pub const IDENTITY_TABLE: &str = include_str!("../migrations/identity.sql");

/// The same on PostgreSQL.
pub const POSTGRES_IDENTITY_TABLE: &str = include_str!("../migrations/postgres_identity.sql");

/// What the folder has the name of its database in.
const NAME_FILE: &str = "database.name";

/// The seeds of a process.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// Of the key that signs frames.
    pub frame: [u8; 32],
    /// Of the key that signs tickets.
    pub ticket: [u8; 32],
}

impl Seeds {
    /// Those in a folder, which belong to this database; made for one that was never in use.
    ///
    /// # Errors
    /// They do not belong together: the words say what to do. Or they cannot be read or made.
    pub async fn in_folder(
        folder: &Path,
        database: &Database,
        random: &Random,
    ) -> Result<Self, OpenError> {
        let files = Files(folder);
        let (known, named) = (database.read(store::identity).await?, files.name()?);
        let name = match (&known, named) {
            (None, Some(_)) => {
                return Err(files.foreign("its database is missing, and this one is empty"));
            }
            (None, None) if files.has_a_key() => {
                return Err(files.foreign("there are keys, and this database is empty"));
            }
            (
                Some(Identity {
                    name: Some(name), ..
                }),
                Some(named),
            ) if *name != named => {
                return Err(files.foreign("its keys are those of another database"));
            }
            (Some(Identity { name: None, .. }), Some(_)) => {
                return Err(files.foreign("its keys are those of another database"));
            }
            (
                Some(Identity {
                    name: Some(name), ..
                }),
                _,
            ) => *name,
            (Some(Identity { name: None, .. }), None) => {
                return files.name_whoever_was_in_use(database, random).await;
            }
            (None, None) => {
                let name = random.bytes();
                let naming = database.write(scope(), move |tx| store::set_name(tx, name));
                naming.await?;
                name
            }
        };
        let keys = known.and_then(|known| known.keys);
        // One that was cut short has a name already.
        let is_birth = keys.is_none();
        if is_birth {
            files.set_name(name)?;
        }
        let seeds = files.seeds(keys, is_birth, random)?;
        if is_birth {
            let made = Fingerprints::of(&seeds);
            let keeping = database.write(scope(), move |tx| store::set_keys(tx, made));
            keeping.await?;
        } else if named.is_none() {
            tracing::warn!(
                "the name of the database is missing beside its keys; they fit, and it is written anew"
            );
            files.set_name(name)?;
        }
        Ok(seeds)
    }
}

/// The seed of this name in a folder, beside those of every process; nothing, if there is none.
///
/// # Errors
/// It cannot be read, or is none.
pub fn find(folder: &Path, name: &str) -> Result<Option<[u8; 32]>, OpenError> {
    let files = Files(folder);
    match files.found(name)? {
        None => Ok(None),
        Some(bytes) => match <[u8; 32]>::try_from(bytes) {
            Ok(seed) => Ok(Some(seed)),
            Err(_) => Err(files.unfit(name, "does not hold a key of 32 bytes")),
        },
    }
}

/// Makes the seed of this name in a folder.
///
/// # Errors
/// It cannot be written.
pub fn make(folder: &Path, name: &str, random: &Random) -> Result<[u8; 32], OpenError> {
    let seed = random.bytes();
    write(folder, &Files(folder).key(name), &seed)?;
    Ok(seed)
}

impl Fingerprints {
    fn of(seeds: &Seeds) -> Self {
        Self {
            frame: fingerprint(&seeds.frame),
            ticket: fingerprint(&seeds.ticket),
        }
    }
}

fn scope() -> Scope {
    Scope::of("identity", "one")
}

/// By what a key is known that is shown to nobody.
fn fingerprint(seed: &[u8; 32]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(b"foyer key fingerprint")
        .chain_update(seed)
        .finalize()
        .into();
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    short
}

/// What lies in the folder.
struct Files<'a>(&'a Path);

impl Files<'_> {
    fn key(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.key"))
    }

    fn has_a_key(&self) -> bool {
        ["frame", "ticket"]
            .iter()
            .any(|name| self.key(name).exists())
    }

    /// The name of the database that the keys belong to; nothing, if it is not there or not readable.
    fn name(&self) -> io::Result<Option<[u8; 16]>> {
        match std::fs::read(self.0.join(NAME_FILE)) {
            Ok(bytes) => Ok(name_in(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn set_name(&self, name: [u8; 16]) -> io::Result<()> {
        let mut bytes = name.to_vec();
        bytes.extend_from_slice(&Sha256::digest(name));
        write(self.0, &self.0.join(NAME_FILE), &bytes)
    }

    /// The keys of a database that was in use before there were names. It must have both: a name without them would look like a birth that
    /// was cut short, to which keys are made.
    async fn name_whoever_was_in_use(
        &self,
        database: &Database,
        random: &Random,
    ) -> Result<Seeds, OpenError> {
        let seeds = self.seeds(None, false, random)?;
        let (name, keys) = (random.bytes(), Fingerprints::of(&seeds));
        let naming = database.write(scope(), move |tx| {
            store::set_name(tx, name)?;
            store::set_keys(tx, keys)
        });
        naming.await?;
        self.set_name(name)?;
        Ok(seeds)
    }

    fn seeds(
        &self,
        known: Option<Fingerprints>,
        may_make: bool,
        random: &Random,
    ) -> Result<Seeds, OpenError> {
        Ok(Seeds {
            frame: self.seed("frame", known.map(|keys| keys.frame), may_make, random)?,
            ticket: self.seed("ticket", known.map(|keys| keys.ticket), may_make, random)?,
        })
    }

    /// A key: the one that is known, or any, or one that is made.
    fn seed(
        &self,
        name: &str,
        known: Option<[u8; 16]>,
        may_make: bool,
        random: &Random,
    ) -> Result<[u8; 32], OpenError> {
        let found = self.found(name)?;
        let seed: Option<[u8; 32]> = found.as_deref().and_then(|bytes| bytes.try_into().ok());
        match (found, seed) {
            (_, Some(seed)) if known.is_none_or(|known| known == fingerprint(&seed)) => Ok(seed),
            (None, None) if may_make => make(self.0, name, random),
            (None, _) => Err(self.unfit(name, "is missing")),
            (Some(_), None) => Err(self.unfit(name, "does not hold a key of 32 bytes")),
            (Some(_), Some(_)) => {
                Err(self.unfit(name, "is another key than the one of this database"))
            }
        }
    }

    /// What the file of a key holds, if there is one.
    fn found(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match OpenOptions::new().read(true).open(self.key(name)) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn unfit(&self, name: &str, what: &str) -> OpenError {
        OpenError::Unfit(format!(
            "{} {what}: with another, what was signed before would not be believed any more. Put the file back from a copy of the folder; if there is none, set up a new one in an empty folder",
            self.key(name).display()
        ))
    }

    fn foreign(&self, what: &str) -> OpenError {
        OpenError::Unfit(format!(
            "what lies in {} does not belong together: {what}. Put the database and the keys back that belong together; to begin anew, take an empty folder",
            self.0.display()
        ))
    }
}

/// The name in its file, if it is whole.
fn name_in(bytes: &[u8]) -> Option<[u8; 16]> {
    let (name, sum) = bytes.split_first_chunk::<16>()?;
    (Sha256::digest(name).as_slice() == sum).then_some(*name)
}

/// Written under another name and renamed, so that a power cut leaves all of it or nothing.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let half_made = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&half_made)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half_made, path)?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
