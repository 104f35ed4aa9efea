//! A sum of every page of the main file, kept beside it: SQLite finds a broken structure, and no changed bit in what people stored. The main
//! file changes only when the log is moved into it, so the sums are written then, before the log may begin anew; pages that the log
//! holds are read from there, with sums of its own.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::num::NonZero;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use sha2::{Digest as _, Sha256};

use super::log::PAGE;
use crate::files::{beside, folder_of, sync};

const MAGIC: &[u8; 8] = b"FOYSUMS1";
const HEADER_BYTES: usize = 8 + 8;
const DIGEST_BYTES: usize = 32;

/// The page that SQLite keeps for its locks and never writes: the one at 1 GiB, which begins as a hole.
const LOCKED_PAGE: u32 = 0x4000_0000 / 4096 + 1;

/// Pages that are read at once.
const AT_ONCE: usize = 256;

/// The most threads that read a file.
const READERS: usize = 4;

/// The first bytes of a digest: enough to see chance, which is all that they are for.
type Sum = [u8; 8];

/// The sums of a main file.
#[derive(Debug)]
pub(super) struct Sums {
    path: PathBuf,
    pages: Vec<Sum>,
    /// Whether damage was met, until a person accepts it.
    is_damaged: bool,
}

impl Sums {
    /// Those beside this main file; nothing, if there are none or they are not whole.
    pub(super) fn read(main: &Path) -> io::Result<Option<Self>> {
        let path = beside(main, "-sums");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some((said, digest)) = bytes.split_last_chunk::<DIGEST_BYTES>() else {
            return Ok(None);
        };
        if !said.starts_with(MAGIC) || Sha256::digest(said).as_slice() != digest {
            return Ok(None);
        }
        let Some(pages) = said.get(HEADER_BYTES..) else {
            return Ok(None);
        };
        Ok(Some(Self {
            path,
            is_damaged: said[MAGIC.len()] != 0,
            pages: pages.as_chunks().0.to_vec(),
        }))
    }

    /// The sums of a main file as it is.
    pub(super) fn of(main: &Path, file: &File) -> io::Result<Self> {
        Ok(Self {
            path: beside(main, "-sums"),
            pages: sums_of(file)?,
            is_damaged: false,
        })
    }

    /// The pages that are not as they were written, those aside that the log holds; or that damage was met before.
    pub(super) fn damage(&self, file: &File, in_log: &BTreeSet<u32>) -> io::Result<Option<String>> {
        let there = sums_of(file)?;
        let all = self.pages.len();
        let is_wrong = |page: &u32| {
            let index = *page as usize - 1;
            there.get(index) != self.pages.get(index)
        };
        let pages = 1..=u32::try_from(there.len().max(all)).unwrap_or(u32::MAX);
        let wrong: Vec<u32> = pages
            .filter(|page| *page != LOCKED_PAGE && !in_log.contains(page))
            .filter(is_wrong)
            .collect();
        Ok(match wrong.first() {
            Some(first) => Some(format!(
                "{} of {all} pages are not as they were written, the first is page {first}",
                wrong.len()
            )),
            None if self.is_damaged => Some("damage was met before".to_owned()),
            None => None,
        })
    }

    /// Takes the sums of these pages anew, and of the file's length.
    pub(super) fn renew(&mut self, file: &File, pages: &BTreeSet<u32>) -> io::Result<()> {
        let bytes = file.metadata()?.len();
        let all = usize::try_from(bytes).unwrap_or(usize::MAX) / PAGE;
        self.pages.resize(all, Sum::default());
        let mut page = [0; PAGE];
        for number in pages.iter().filter(|number| **number as usize <= all) {
            let index = *number as usize - 1;
            file.read_exact_at(&mut page, (index * PAGE) as u64)?;
            self.pages[index] = sum_of(&page);
        }
        Ok(())
    }

    /// Writes that damage was met, which only a new taking of all sums ends.
    pub(super) fn mark_damaged(&mut self) -> io::Result<()> {
        self.is_damaged = true;
        self.write()
    }

    /// Has room on the disk for the sums of as many pages, under the name that they have first.
    pub(super) fn take_room(&self, pages: usize) -> io::Result<()> {
        let mut file = self.half_made()?;
        file.write_all(&vec![
            0;
            HEADER_BYTES + pages * size_of::<Sum>() + DIGEST_BYTES
        ])
    }

    /// Writes them whole to the disk, under another name first.
    pub(super) fn write(&self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.pages.len() * 8 + DIGEST_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&u64::from(self.is_damaged).to_le_bytes());
        bytes.extend_from_slice(self.pages.as_flattened());
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        let mut file = self.half_made()?;
        file.write_all(&bytes)?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()?;
        fs::rename(self.first_name(), &self.path)?;
        sync(folder_of(&self.path))
    }

    /// What it holds is written over, in the room that it has.
    fn half_made(&self) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.first_name())
    }

    fn first_name(&self) -> PathBuf {
        self.path.with_extension("db-sums-new")
    }
}

fn sum_of(page: &[u8]) -> Sum {
    let digest: [u8; DIGEST_BYTES] = Sha256::digest(page).into();
    let mut sum = Sum::default();
    sum.copy_from_slice(&digest[..8]);
    sum
}

/// The sum of every page, as far as the file has whole ones; what is left of a page has no sum that fits. Several read at once,
/// for a start waits for it.
fn sums_of(file: &File) -> io::Result<Vec<Sum>> {
    let bytes = file.metadata()?.len();
    let pages = usize::try_from(bytes.div_ceil(PAGE as u64)).unwrap_or(usize::MAX);
    let readers = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(READERS);
    let share = pages.div_ceil(readers).max(AT_ONCE);
    let mut sums = vec![Sum::default(); pages];
    thread::scope(|scope| {
        let reading: Vec<_> = sums
            .chunks_mut(share)
            .enumerate()
            .map(|(nth, sums)| scope.spawn(move || fill(sums, file, nth * share)))
            .collect();
        // A thread that panics ends this one too.
        reading
            .into_iter()
            .try_for_each(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    Ok(sums)
}

/// Fills in the sums of the pages from `first` on, counted from nought.
fn fill(sums: &mut [Sum], file: &File, first: usize) -> io::Result<()> {
    let mut bytes = vec![0; AT_ONCE * PAGE];
    for (nth, sums) in sums.chunks_mut(AT_ONCE).enumerate() {
        let at = (first + nth * AT_ONCE) * PAGE;
        let filled = read_at_most(file, &mut bytes[..sums.len() * PAGE], at as u64)?;
        for (sum, page) in sums.iter_mut().zip(bytes[..filled].chunks(PAGE)) {
            *sum = sum_of(page);
        }
    }
    Ok(())
}

/// Reads until the bytes are full or the file ends.
fn read_at_most(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_sqlite_never_writes_is_not_damage_and_its_neighbours_are() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("a.db");
        let file = File::create_new(&main).unwrap();
        file.write_all_at(&[1; PAGE], 0).unwrap();
        let mut sums = Sums::of(&main, &file_of(&main)).unwrap();
        // It grows past the page, with a page before it and one behind.
        let (before, behind) = (LOCKED_PAGE - 1, LOCKED_PAGE + 1);
        for page in [before, behind] {
            file.write_all_at(&[2; PAGE], u64::from(page - 1) * PAGE as u64)
                .unwrap();
        }
        sums.renew(&file_of(&main), &BTreeSet::from([before, behind]))
            .unwrap();
        // What lies far below is left out: a hole of this test's own.
        let below = (2..before).collect();
        for page in [before, behind] {
            let at = u64::from(page - 1) * PAGE as u64;
            file.write_all_at(&[3], at).unwrap();
        }
        let damage = sums.damage(&file_of(&main), &below).unwrap().unwrap();
        assert!(
            damage.starts_with("2 of ") && damage.ends_with(&before.to_string()),
            "{damage}"
        );
    }

    fn file_of(main: &Path) -> File {
        File::open(main).unwrap()
    }
}
