//! Files of a box as they were at a moment, and what can befall them.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use service::Random;

use crate::marks::forgets_its_birth;

/// A page of the database.
const PAGE: u64 = 4096;

/// Into how many regions a file is divided, each of which is met in turn.
const REGIONS: u64 = 16;

/// The files of a data folder, and of the folder of its mark, at a moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Image {
    data: Vec<(String, Vec<u8>)>,
    marks: Vec<(String, Vec<u8>)>,
}

impl Image {
    pub(super) fn of(data: &Path, marks: &Path) -> io::Result<Self> {
        Ok(Self {
            data: files(data)?,
            marks: files(marks)?,
        })
    }

    /// The same with marks that do not know when they were made: what is put back are the files of one disk, damaged where they lay.
    pub(super) fn of_one_disk(mut self) -> Self {
        for (_, mark) in &mut self.marks {
            forgets_its_birth(mark);
        }
        self
    }

    /// The folders are as they were, with nothing else in them.
    pub(super) fn put_back(&self, data: &Path, marks: &Path) -> io::Result<()> {
        for (folder, files) in [(data, &self.data), (marks, &self.marks)] {
            fs::remove_dir_all(folder)?;
            fs::create_dir_all(folder)?;
            for (name, bytes) in files {
                fs::write(folder.join(name), bytes)?;
            }
        }
        Ok(())
    }

    /// The files that no harm is done to, by their names.
    pub(super) fn unharmed(&self) -> Vec<&str> {
        let all = self.data.iter().chain(&self.marks);
        let names = all.map(|(name, _)| name.as_str());
        names.filter(|name| !FILES.contains(name)).collect()
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        let mut all = self.data.iter().chain(&self.marks);
        all.find(|(known, _)| known == name)
            .map(|(_, bytes)| bytes.as_slice())
    }
}

fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if !folder.exists() {
        return Ok(files);
    }
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_type()?.is_file() {
            let name = file.file_name().to_string_lossy().into_owned();
            files.push((name, fs::read(file.path())?));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The files that are damaged: the database and its log twice as often as the others.
const FILES: [&str; 11] = [
    "appliance.db",
    "appliance.db-wal",
    "appliance.db-sums",
    "appliance.mark",
    "appliance.db",
    "appliance.db-wal",
    "appliance.db-shm",
    "ticket.key",
    "frame.key",
    "database.name",
    EVERYTHING,
];

/// The whole data folder, but for the mark, which lies elsewhere.
const EVERYTHING: &str = "the data folder";

const KINDS: [Kind; 8] = [
    Kind::Flipped,
    Kind::Overwritten,
    Kind::Flipped,
    Kind::Truncated,
    Kind::Zeroed,
    Kind::Older,
    Kind::Deleted,
    Kind::Emptied,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One bit is another.
    Flipped,
    /// A page holds anything.
    Overwritten,
    /// A page holds zeros.
    Zeroed,
    /// It ends earlier.
    Truncated,
    /// It is there and holds nothing.
    Emptied,
    /// It is an older copy.
    Older,
    /// It is gone.
    Deleted,
}

/// What befalls a box that is not running.
#[derive(Debug)]
pub(super) struct Harm {
    file: &'static str,
    kind: Kind,
    region: u64,
    random: [u8; 16],
    pub(super) after_a_kill: bool,
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = if self.after_a_kill { "kill" } else { "stop" };
        let (file, kind, region) = (self.file, self.kind, self.region);
        write!(f, "{file} {kind:?} in region {region} after a {after}")
    }
}

impl Harm {
    /// Files, kinds and regions come in turns, so that each pair of them is met; where in the region is rolled.
    pub(super) fn draw(nth: u64, random: &Random) -> Self {
        let at = |count: usize| usize::try_from(nth).unwrap_or(0) % count;
        Self {
            file: FILES[at(FILES.len())],
            kind: KINDS[at(KINDS.len())],
            region: nth * 7 % REGIONS,
            random: random.bytes(),
            // The log is empty after a stop.
            after_a_kill: !(nth / FILES.len() as u64).is_multiple_of(4),
        }
    }

    /// Whether a box must sell on after it, if it found its files as in `before`: nothing is another, or nothing that proves anything. SQLite
    /// makes the shared memory anew, and an older mark is what a power cut leaves.
    pub(super) fn is_harmless(&self, before: &Image, after: &Image) -> bool {
        before == after
            || self.file == "appliance.db-shm"
            || (self.file, self.kind) == ("appliance.mark", Kind::Older)
    }

    /// Does it.
    pub(super) fn inflict(&self, data: &Path, marks: &Path, older: &Image) -> io::Result<()> {
        if self.file == EVERYTHING {
            return match self.kind {
                Kind::Deleted => fs::remove_dir_all(data),
                Kind::Emptied => fs::remove_dir_all(data).and_then(|()| fs::create_dir_all(data)),
                Kind::Flipped
                | Kind::Overwritten
                | Kind::Zeroed
                | Kind::Truncated
                | Kind::Older => {
                    fs::remove_dir_all(data)?;
                    fs::create_dir_all(data)?;
                    older
                        .data
                        .iter()
                        .try_for_each(|(name, bytes)| fs::write(data.join(name), bytes))
                }
            };
        }
        let folder = if self.file == "appliance.mark" {
            marks
        } else {
            data
        };
        let path = folder.join(self.file);
        match self.kind {
            Kind::Older => match older.bytes(self.file) {
                Some(bytes) => fs::write(path, bytes),
                None => gone(&path),
            },
            Kind::Deleted => gone(&path),
            Kind::Emptied => fs::write(path, []),
            Kind::Truncated => {
                let length = length(&path);
                let file = fs::OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(false)
                    .open(path)?;
                file.set_len(self.place(length))
            }
            Kind::Flipped => self.change(&path, |at, bytes| {
                bytes[at] ^= 1 << (self.random[0] % 8);
            }),
            Kind::Overwritten => self.change(&path, |at, bytes| {
                for (nth, byte) in page(at, bytes).iter_mut().enumerate() {
                    *byte = self.random[nth % 16].wrapping_add(u8::try_from(nth / 16).unwrap_or(7));
                }
            }),
            Kind::Zeroed => self.change(&path, |at, bytes| page(at, bytes).fill(0)),
        }
    }

    /// A place in the region.
    fn place(&self, length: u64) -> u64 {
        let mut rolled = [0; 8];
        rolled.copy_from_slice(&self.random[8..]);
        let wide = (length / REGIONS).max(1);
        (self.region * length / REGIONS + u64::from_le_bytes(rolled) % wide)
            .min(length.saturating_sub(1))
    }

    fn change(&self, path: &Path, change: impl FnOnce(usize, &mut [u8])) -> io::Result<()> {
        let mut bytes = fs::read(path).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        let at = usize::try_from(self.place(bytes.len() as u64)).unwrap_or(0);
        change(at, &mut bytes);
        let file = fs::OpenOptions::new().write(true).open(path)?;
        file.write_all_at(&bytes, 0)
    }
}

fn page(at: usize, bytes: &mut [u8]) -> &mut [u8] {
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let begins = at / page * page;
    let ends = bytes.len().min(begins + page);
    &mut bytes[begins..ends]
}

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

fn gone(path: &PathBuf) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
