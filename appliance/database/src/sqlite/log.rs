//! Which pages the write-ahead log holds, read from its bytes as SQLite's file format defines them: only these may differ in the main file
//! from what was last moved there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _};
use std::path::Path;

/// A page of the main file, and of a frame.
pub(super) const PAGE: usize = 4096;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;

/// The numbers of the pages in transactions that were committed, as recovery would find them. None, if there is no log or it is damaged
/// from its beginning.
pub(super) fn pages(log: &Path) -> io::Result<BTreeSet<u32>> {
    match File::open(log) {
        Ok(file) => pages_in(&file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// The same of a log that is open, which may have lost its name.
pub(super) fn pages_in(mut file: &File) -> io::Result<BTreeSet<u32>> {
    file.rewind()?;
    let mut frames = BufReader::with_capacity(64 * 1024, file);
    let mut header = [0; HEADER_BYTES];
    let (mut committed, mut open) = (BTreeSet::new(), Vec::new());
    if !read(&mut frames, &mut header)? {
        return Ok(committed);
    }
    let words = match word(&header, 0) {
        0x377f_0682 => u32::from_le_bytes,
        0x377f_0683 => u32::from_be_bytes,
        _ => return Ok(committed),
    };
    let mut sum = summed(words, (0, 0), &header[..24]);
    if sum != (word(&header, 24), word(&header, 28)) || word(&header, 8) as usize != PAGE {
        return Ok(committed);
    }
    let (mut frame, mut page) = ([0; FRAME_HEADER_BYTES], [0; PAGE]);
    while read(&mut frames, &mut frame)? && read(&mut frames, &mut page)? {
        sum = summed(words, summed(words, sum, &frame[..8]), &page);
        if frame[8..16] != header[16..24] || sum != (word(&frame, 16), word(&frame, 20)) {
            break;
        }
        open.push(word(&frame, 0));
        // A transaction ends with the frame that says how long the file is then.
        if word(&frame, 4) > 0 {
            committed.extend(open.drain(..));
        }
    }
    Ok(committed)
}

/// Whether there was as much to read.
fn read(from: &mut BufReader<&File>, into: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(into) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(word)
}

/// The format's running sum, over an even number of words.
fn summed(words: fn([u8; 4]) -> u32, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
    for pair in bytes.as_chunks::<8>().0 {
        let [a, b, c, d, e, f, g, h] = *pair;
        one = one.wrapping_add(words([a, b, c, d])).wrapping_add(two);
        two = two.wrapping_add(words([e, f, g, h])).wrapping_add(one);
    }
    (one, two)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn what_sqlite_has_committed_is_found_and_nothing_after_a_damage() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let log = folder.path().join("a.db-wal");
        assert!(pages(&log).unwrap().is_empty());
        let database = Connection::open(&file).unwrap();
        let sql = "PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; CREATE TABLE a (x); CREATE TABLE b (x);";
        database.execute_batch(sql).unwrap();
        assert_eq!(pages(&log).unwrap(), BTreeSet::from([1, 2, 3]));
        database
            .execute_batch("BEGIN; INSERT INTO b VALUES (1); COMMIT")
            .unwrap();
        let whole = std::fs::read(&log).unwrap();
        assert_eq!(
            (whole.len() - HEADER_BYTES) / (FRAME_HEADER_BYTES + PAGE),
            5
        );
        let check = |byte: usize, found: &[u32]| {
            let mut damaged = whole.clone();
            damaged[byte] ^= 1;
            std::fs::write(folder.path().join("copy"), damaged).unwrap();
            let read = pages(&folder.path().join("copy")).unwrap();
            assert_eq!(read, found.iter().copied().collect(), "byte {byte}");
        };
        check(whole.len() - 1, &[1, 2, 3]);
        check(
            HEADER_BYTES + 3 * (FRAME_HEADER_BYTES + PAGE) + 100,
            &[1, 2],
        );
        check(HEADER_BYTES + 2, &[]);
        check(9, &[]);
    }
}
