//! What a database with a mark proves of its own past: at its opening its mark and its sums are compared with what it holds, and every commit
//! is counted in its own transaction, then marked before anybody is answered.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{cannot_open, told};
use super::fence::{forget_backup, is_backup};
use super::log;
use super::sums::Sums;
use crate::files::{beside, folder_of, sync};
use crate::mark::{Answered, MarkFile, Said};
use crate::{Doubt, Error, Mark, OpenError};

/// What was found before SQLite opened the file.
#[derive(Debug)]
pub(super) struct Inspected {
    mark: Mark,
    said: Option<Said>,
    sums: Option<Sums>,
    in_log: BTreeSet<u32>,
    damage: Option<String>,
}

/// What the writer keeps of it.
#[derive(Debug)]
pub(super) struct Proof {
    path: PathBuf,
    mark: Mark,
    answered: Answered,
    /// Nothing, while there is doubt: what the mark says is then the proof of what is missing.
    marking: Option<MarkFile>,
    sums: Sums,
    /// The files that are written, by which the next start must find them.
    main: Known,
    log: Known,
    /// The log itself, by whatever name.
    log_file: File,
    /// Whether a doubt that came up was kept.
    is_doubted: bool,
}

/// A file that is written: its name, and which it is.
#[derive(Debug)]
struct Known {
    path: PathBuf,
    inode: u64,
}

impl Known {
    fn of(path: PathBuf, file: &File) -> io::Result<Self> {
        let inode = file.metadata()?.ino();
        Ok(Self { path, inode })
    }

    fn check(&self) -> Result<(), Doubt> {
        let found = self.path.metadata();
        match found.is_ok_and(|found| found.ino() == self.inode) {
            true => Ok(()),
            false => Err(Doubt::Gone(self.path.clone())),
        }
    }
}

impl Inspected {
    /// Looks at what lies in the folder.
    pub(super) fn of(path: &Path, mark: &Mark) -> Result<Self, OpenError> {
        let at = |error| OpenError::File {
            path: path.to_owned(),
            error,
        };
        let said = MarkFile::read(&mark.file).map_err(|error| OpenError::Mark {
            path: mark.file.clone(),
            error,
        })?;
        let sums = Sums::read(path).map_err(at)?;
        let in_log = log::pages(&beside(path, "-wal")).map_err(at)?;
        let damage = match &sums {
            Some(sums) => {
                let file = File::open(path).map_err(at)?;
                sums.damage(&file, &in_log).map_err(at)?
            }
            None => None,
        };
        Ok(Self {
            mark: mark.clone(),
            said,
            sums,
            in_log,
            damage,
        })
    }

    /// What is damaged, for whoever cannot open it at all.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Compares what was found with what the database says itself, and begins a run. The schema is up to date, and `file` is kept open for
    /// as long as SQLite has it: to close it would drop SQLite's own locks.
    pub(super) fn prove(
        self,
        connection: &mut Connection,
        path: &Path,
        file: &File,
    ) -> Result<(Proof, Option<Doubt>), OpenError> {
        let known = database_of(connection).map_err(|error| cannot_open(&error))?;
        let mut doubt = match (&self.said, known) {
            (None, None) => None,
            (None, Some(_)) => Some(Doubt::NoMark),
            // A birth that was cut short, before anything was answered.
            (Some(said), None) if said.answered.number == 0 => None,
            (Some(said), Some(known)) if said.answered.database == known => {
                let behind = behind(connection, &said.answered);
                let behind = behind.map_err(|error| cannot_open(&error))?;
                behind.or_else(|| said.is_copy.then_some(Doubt::Copied))
            }
            (Some(_), _) => Some(Doubt::OtherDatabase),
        };
        // Whatever the mark says: what was answered after it was made may be told by nothing else.
        if is_backup(connection).map_err(|error| cannot_open(&error))? {
            doubt = Some(Doubt::Backup);
        }
        if let Some(damage) = self.damage {
            doubt = Some(Doubt::Damaged(damage));
        }
        let failed = |error| OpenError::File {
            path: path.to_owned(),
            error,
        };
        let of_mark = {
            let path = self.mark.file.clone();
            move |error| OpenError::Mark {
                path: path.clone(),
                error,
            }
        };
        let is_birth = known.is_none() && doubt.is_none();
        if is_birth {
            // Before it has a name: a name without a mark is a mark that was lost. And a mark without a file is a file that was lost.
            sync(folder_of(path)).map_err(failed)?;
            MarkFile::create(&self.mark.file, unborn(&self.mark)).map_err(&of_mark)?;
        }
        let answered = begin(connection, known, &self.mark).map_err(|error| cannot_open(&error))?;
        let had_sums = self.sums.is_some();
        let unchecked = !had_sums && known.is_some();
        if unchecked && doubt.is_none() {
            tracing::warn!(
                "the sums of the database's pages are missing or damaged; all of it is checked by its structure"
            );
            doubt = unsound(connection).map_err(|error| cannot_open(&error))?;
        }
        let mut changed = self.in_log;
        changed.extend(log::pages(&beside(path, "-wal")).map_err(failed)?);
        // The log still holds what is moved when the sums are written, so that a cut in between leaves both.
        move_log(connection)?;
        let sums = match self.sums {
            Some(mut sums) => {
                if !matches!(doubt, Some(Doubt::Damaged(_))) {
                    sums.renew(file, &changed).map_err(failed)?;
                    sums.write().map_err(failed)?;
                }
                sums
            }
            None => {
                let sums = Sums::of(path, file).map_err(failed)?;
                sums.write().map_err(failed)?;
                sums
            }
        };
        empty_log(connection)?;
        let marking = match &doubt {
            Some(_) => None,
            None if is_birth => Some(MarkFile::create(&self.mark.file, answered).map_err(of_mark)?),
            None => match MarkFile::reopen(&self.mark.file, answered) {
                Ok(marking) => Some(marking),
                Err(error) => {
                    doubt = Some(unmarked(&self.mark.file, &error));
                    None
                }
            },
        };
        let log_file = File::open(beside(path, "-wal")).map_err(failed)?;
        let proof = Proof {
            main: Known::of(path.to_owned(), file).map_err(failed)?,
            log: Known::of(beside(path, "-wal"), &log_file).map_err(failed)?,
            log_file,
            path: path.to_owned(),
            marking,
            mark: self.mark,
            answered,
            sums,
            is_doubted: false,
        };
        Ok((proof, doubt))
    }
}

impl Proof {
    /// Counts a commit, in its transaction.
    pub(super) fn count(&self, connection: &Connection) -> Result<(), Error> {
        let sql = "UPDATE answered SET last = ?1 WHERE run = ?2";
        let counted = connection.prepare_cached(sql).and_then(|mut count| {
            count.execute(params![self.answered.number + 1, self.answered.run])
        });
        match counted.map_err(|error| told(&error))? {
            1 => Ok(()),
            _ => Err(Error::Conflict),
        }
    }

    /// Says outside what was counted and is on the disk. Nobody may be answered where that cannot be said, or where a file that is written
    /// is not the one that the next start will find.
    pub(super) fn committed(&mut self) -> Result<(), Doubt> {
        self.answered.number += 1;
        if let Some(mark) = &mut self.marking {
            let written = mark.write(self.answered);
            written.map_err(|error| unmarked(&self.mark.file, &error))?;
        }
        self.check_there()
    }

    /// Whether all that is written is still there: three system calls, of about a microsecond each.
    fn check_there(&self) -> Result<(), Doubt> {
        self.check_stored()?;
        match &self.marking {
            Some(mark) if !mark.is_at(&self.mark.file) => Err(Doubt::Gone(self.mark.file.clone())),
            Some(_) | None => Ok(()),
        }
    }

    fn check_stored(&self) -> Result<(), Doubt> {
        self.main.check()?;
        self.log.check()
    }

    /// Has room on the disk for the sums of as many pages.
    pub(super) fn take_room(&self, pages: usize) -> io::Result<()> {
        self.sums.take_room(pages)
    }

    /// The log was moved into the main file, all of it: what it held may be forgotten with the next write.
    pub(super) fn moved(&mut self, file: &File) -> io::Result<()> {
        let moved = log::pages_in(&self.log_file)?;
        self.sums.renew(file, &moved)?;
        self.sums.write()
    }

    /// Keeps that there is doubt: what the mark says is not written over any more, and damage is remembered.
    pub(super) fn doubt(&mut self, doubt: &Doubt) -> Result<(), OpenError> {
        if self.is_doubted {
            return Ok(());
        }
        self.marking = None;
        match doubt {
            Doubt::Damaged(_) => self.sums.mark_damaged().map_err(|error| OpenError::File {
                path: self.path.clone(),
                error,
            })?,
            Doubt::Behind { .. }
            | Doubt::OtherRun
            | Doubt::OtherDatabase
            | Doubt::NoMark
            | Doubt::Copied
            | Doubt::Backup
            | Doubt::Gone(_)
            | Doubt::Unmarked(_) => {}
        }
        self.is_doubted = true;
        Ok(())
    }

    /// Looks whether all of it is as it was written.
    pub(super) fn look(
        &self,
        connection: &Connection,
        file: &File,
    ) -> Result<Option<Doubt>, OpenError> {
        let failed = |error| OpenError::File {
            path: self.path.clone(),
            error,
        };
        if let Err(gone) = self.check_there() {
            return Ok(Some(gone));
        }
        let in_log = log::pages_in(&self.log_file).map_err(failed)?;
        match self.sums.damage(file, &in_log).map_err(failed)? {
            Some(damage) => Ok(Some(Doubt::Damaged(damage))),
            None => unsound(connection).map_err(|error| cannot_open(&error)),
        }
    }

    /// A person takes the database as it is: from here on it is what was answered. Not, if its structure is broken.
    pub(super) fn accept(
        &mut self,
        connection: &Connection,
        file: &File,
    ) -> Result<Option<Doubt>, OpenError> {
        if let Err(gone) = self.check_stored() {
            return Ok(Some(gone));
        }
        if let Some(doubt) = unsound(connection).map_err(|error| cannot_open(&error))? {
            return Ok(Some(doubt));
        }
        let failed = |error| OpenError::File {
            path: self.path.clone(),
            error,
        };
        // What the log holds has sums of its own, and those of its pages are taken when it is moved.
        let sums = Sums::of(&self.path, file).map_err(failed)?;
        sums.write().map_err(failed)?;
        forget_backup(connection).map_err(|error| cannot_open(&error))?;
        let mark = MarkFile::create(&self.mark.file, self.answered);
        self.marking = Some(mark.map_err(|error| OpenError::Mark {
            path: self.mark.file.clone(),
            error,
        })?);
        (self.sums, self.is_doubted) = (sums, false);
        Ok(None)
    }
}

/// Where the main file is gone and what lies beside it says that it was in use, SQLite would begin a new one, and throw the log away.
pub(super) fn check_there(path: &Path, mark: &Mark) -> Result<(), OpenError> {
    let length = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let is_marked = || mark.file.exists() || mark.was.as_ref().is_some_and(|was| was.exists());
    let was_in_use =
        || is_marked() || beside(path, "-sums").exists() || length(&beside(path, "-wal")) > 0;
    match length(path) == 0 && was_in_use() {
        true => Err(OpenError::Missing(path.to_owned())),
        false => Ok(()),
    }
}

/// The name of the database, if it was born with one.
fn database_of(connection: &Connection) -> rusqlite::Result<Option<[u8; 16]>> {
    connection
        .query_row("SELECT database FROM marked", [], |row| row.get(0))
        .optional()
}

/// What is missing of what was answered: only the run that the mark tells of can say, for a copy that went on by itself counts others.
fn behind(connection: &Connection, said: &Answered) -> rusqlite::Result<Option<Doubt>> {
    let sql = "SELECT last FROM answered WHERE run = ?1";
    let last = connection
        .query_row(sql, [said.run], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(match last {
        Some(last) if last >= said.number => None,
        Some(last) => Some(Doubt::Behind {
            commits: said.number.abs_diff(last),
        }),
        None => Some(Doubt::OtherRun),
    })
}

/// What SQLite itself finds wrong.
fn unsound(connection: &Connection) -> rusqlite::Result<Option<Doubt>> {
    let said: String = match connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
    {
        Ok(said) => said,
        Err(error) if told(&error).is_damage() => error.to_string(),
        Err(error) => return Err(error),
    };
    Ok((said != "ok").then_some(Doubt::Damaged(said)))
}

/// Gives the database its name, if it has none, and writes down that a run begins.
fn begin(
    connection: &mut Connection,
    known: Option<[u8; 16]>,
    mark: &Mark,
) -> rusqlite::Result<Answered> {
    let tx = connection.transaction()?;
    if known.is_none() {
        tx.execute(
            "INSERT INTO marked (one, database) VALUES (1, ?1)",
            [mark.born],
        )?;
    }
    let number: Option<i64> =
        tx.query_row("SELECT MAX(last) FROM answered", [], |row| row.get(0))?;
    let number = number.unwrap_or_default() + 1;
    tx.execute(
        "INSERT INTO answered (run, last) VALUES (?1, ?2)",
        params![mark.run, number],
    )?;
    tx.commit()?;
    Ok(Answered {
        database: known.unwrap_or(mark.born),
        run: mark.run,
        number,
        place: [0; 16],
    })
}

/// The mark is there, and cannot be written.
fn unmarked(mark: &Path, error: &io::Error) -> Doubt {
    Doubt::Unmarked(format!("{}: {error}", mark.display()))
}

/// What the mark says of a database that has yet to be given its name.
fn unborn(mark: &Mark) -> Answered {
    Answered {
        database: mark.born,
        run: mark.run,
        number: 0,
        place: [0; 16],
    }
}

/// How often it is tried to move the log while another program reads what is older than its end, and how long after one another.
const TRIES: u32 = 200;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Moves the log into the main file and leaves it as it is; waits for whoever reads beside.
fn move_log(connection: &Connection) -> Result<(), OpenError> {
    for _ in 0..TRIES {
        let is_moved = connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?)
            })
            .map_err(|error| cannot_open(&error))?;
        if is_moved {
            return Ok(());
        }
        thread::sleep(BETWEEN_TRIES);
    }
    Err(read_beside(connection))
}

/// Moves the log into the main file and empties it. The engine itself waits some seconds for whoever reads beside.
pub(super) fn empty_log(connection: &Connection) -> Result<(), OpenError> {
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(|error| cannot_open(&error))?;
    match busy {
        0 => Ok(()),
        _ => Err(read_beside(connection)),
    }
}

fn read_beside(connection: &Connection) -> OpenError {
    OpenError::Read(connection.path().unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use super::super::open::{Kept, writer};
    use super::*;
    use crate::shared::Shared;
    use crate::{MARK_MIGRATION, Options};

    #[test]
    fn a_commit_that_the_mark_does_not_take_is_answered_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box.db");
        let mark = Mark {
            file: folder.path().join("box.mark"),
            was: None,
            born: [1; 16],
            run: [2; 16],
        };
        let shared = Shared::new(Options {
            mark: Some(mark.clone()),
            ..Options::default()
        });
        let opened = writer(&path, &[MARK_MIGRATION], &shared).unwrap();
        let Some(Kept {
            proof: Some(mut proof),
            ..
        }) = opened.file
        else {
            panic!("it has a mark");
        };
        assert_eq!(proof.committed(), Ok(()));
        proof.marking = Some(MarkFile::unwritable(&mark.file).unwrap());
        let told = proof.committed();
        assert!(matches!(told, Err(Doubt::Unmarked(_))), "{told:?}");
    }
}
