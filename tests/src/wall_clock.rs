//! The wall clock of a process, set while it runs, as somebody sets a machine's: see `wall_clock.c`. The machine's own stays as it is.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is loaded before the system's library, compiled by whatever links Rust's programs.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/wall_clock.c");

/// A clock that processes go by, as far ahead of the machine's as it is set, or behind.
#[derive(Debug, Clone)]
pub struct WallClock {
    library: PathBuf,
    file: PathBuf,
}

impl WallClock {
    /// One that goes as the machine's, with its files in `folder`.
    ///
    /// # Errors
    /// There is no C compiler, or the folder cannot be written.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let clock = Self {
            library: folder.join("wall_clock.so"),
            file: folder.join("wall_clock"),
        };
        clock.set(0)?;
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&clock.library)
            .arg(SOURCE)
            .status()?;
        match compiled.success() {
            true => Ok(clock),
            false => Err(io::Error::other(format!("{SOURCE} cannot be compiled"))),
        }
    }

    /// What a process has in its environment that goes by it.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let [library, file] = [&self.library, &self.file].map(|it| it.clone().into_os_string());
        vec![("LD_PRELOAD", library), ("WALL_CLOCK", file)]
    }

    /// Sets it so many seconds ahead of the machine's.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn set(&self, seconds: i64) -> io::Result<()> {
        // In place, and never empty: running processes look at it.
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.file)?;
        file.write_all_at(&seconds.to_ne_bytes(), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_goes_by_it() {
        let folder = tempfile::tempdir().unwrap();
        let clock = WallClock::new(folder.path()).unwrap();
        let asked = || {
            let said = Command::new("date")
                .arg("+%s")
                .envs(clock.variables())
                .output();
            let said = String::from_utf8(said.unwrap().stdout).unwrap();
            said.trim().parse::<i64>().unwrap()
        };
        let now = asked();
        for seconds in [86_400, -86_400] {
            clock.set(seconds).unwrap();
            let away = asked() - now - seconds;
            assert!((0..3_600).contains(&away), "{away} s from {seconds}");
        }
    }
}
