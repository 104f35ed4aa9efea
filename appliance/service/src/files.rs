//! How many files a process may have open, against what its settings promise: found out at the start and not in the evening.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files besides connections: a database with its readers, keys, the log, orders, lines to devices, broker and database server, and
/// connections that were cut and are not closed yet.
const OTHER_FILES: u64 = 128;

/// Makes sure that so many connections can be open, by raising the process's own limit if it may.
///
/// # Errors
/// The system allows fewer files; the words say what can be done.
pub(crate) fn allow(connections: u32) -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match wanted(u64::from(connections) + OTHER_FILES, current, maximum) {
        Wanted::Nothing => Ok(()),
        Wanted::Raise(to) => {
            let raised = Rlimit {
                current: Some(to),
                maximum,
            };
            Ok(setrlimit(Resource::Nofile, raised)?)
        }
        Wanted::More { needed, allowed } => {
            let fit = allowed.saturating_sub(OTHER_FILES);
            Err(io::Error::other(format!(
                "[http] most_connections = {connections} needs {needed} open files, and this process may have {allowed}: raise its limit \
                 (LimitNOFILE in its unit, ulimit -n in a shell), or set most_connections to {fit} at most"
            )))
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    Raise(u64),
    More { needed: u64, allowed: u64 },
}

/// What is to be done where so many files are allowed; `None` is any number.
fn wanted(needed: u64, current: Option<u64>, maximum: Option<u64>) -> Wanted {
    match (current, maximum) {
        (None, _) => Wanted::Nothing,
        (Some(current), _) if current >= needed => Wanted::Nothing,
        (Some(_), Some(allowed)) if allowed < needed => Wanted::More { needed, allowed },
        (Some(_), Some(_) | None) => Wanted::Raise(needed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_enough_raised_or_too_low() {
        assert_eq!(wanted(640, Some(1024), Some(1024)), Wanted::Nothing);
        assert_eq!(wanted(640, None, None), Wanted::Nothing);
        assert_eq!(wanted(640, Some(256), Some(4096)), Wanted::Raise(640));
        assert_eq!(wanted(640, Some(256), None), Wanted::Raise(640));
        let too_low = Wanted::More {
            needed: 640,
            allowed: 512,
        };
        assert_eq!(wanted(640, Some(256), Some(512)), too_low);
    }
}
