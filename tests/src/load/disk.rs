//! What the disk itself can do: append and `fdatasync`, as a write-ahead log does, with nothing around it.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use service::Clock;

use super::figure::percentile;

/// A few hundred syncs.
#[derive(Debug, Clone, Copy)]
pub struct Syncs {
    /// How many a second, one after the other.
    pub per_second: u64,
    /// What 99 of 100 stay below, in microseconds.
    pub p99_us: u64,
}

/// How much is appended before the log begins again from its start, as a write-ahead log does after a checkpoint.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

/// Appends `bytes` and syncs, again and again for `time`, in a file of `folder`.
///
/// # Errors
/// The file cannot be written.
pub fn sample(folder: &Path, bytes: usize, time: Duration, clock: &Clock) -> io::Result<Syncs> {
    let path = folder.join("sync.probe");
    let mut file = File::create(&path)?;
    let page = vec![0x5a_u8; bytes.max(1)];
    let mut took = Vec::new();
    let begin = clock.monotonic();
    while clock.monotonic().saturating_sub(begin) < time {
        let before = clock.monotonic();
        if file.stream_position()? > LOG_BYTES {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&page)?;
        file.sync_data()?;
        took.push(micros(clock.monotonic().saturating_sub(before)));
    }
    let whole = clock.monotonic().saturating_sub(begin);
    std::fs::remove_file(&path)?;
    took.sort_unstable();
    Ok(Syncs {
        per_second: per_second(took.len() as u64, whole),
        p99_us: percentile(&took, 990),
    })
}

/// `count` in `time`, per second.
pub fn per_second(count: u64, time: Duration) -> u64 {
    count.saturating_mul(1_000_000) / micros(time).max(1)
}

/// Whole microseconds.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
