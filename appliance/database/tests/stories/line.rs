//! The line between a process and its PostgreSQL server, which a story can cut at the very word where it hurts.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

use postgres_server::{SOCKET, Server, address};

/// When to cut, once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// The word is sent, and never arrives.
    Before(&'static str),
    /// The word arrives and is obeyed, and the answer never comes.
    After(&'static str),
}

pub(crate) struct Line {
    folder: TempDir,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// How many more times to cut, and where.
    cut: Mutex<Option<(Cut, u32)>>,
    open: Mutex<Vec<[UnixStream; 2]>>,
    /// Whether the far end does not hear any more that the near one is gone.
    is_torn: AtomicBool,
}

impl Line {
    pub(crate) fn to(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let shared = Arc::new(Shared::default());
        let (line, far_end) = (Arc::clone(&shared), server.socket());
        // It waits for callers until the process of the tests ends.
        thread::spawn(move || {
            for caller in listener.incoming() {
                line.connect(caller.unwrap(), &far_end);
            }
        });
        Self { folder, shared }
    }

    /// The same database, by this line.
    pub(crate) fn address(&self, direct: &str) -> String {
        address(self.folder.path(), direct.rsplit('/').next().unwrap())
    }

    /// Cuts whatever connection next says the word, `times` times.
    pub(crate) fn cut(&self, cut: Cut, times: u32) {
        *self.shared.cut.lock().unwrap() = Some((cut, times));
    }

    /// Whether the cuts have been made.
    pub(crate) fn is_whole(&self) -> bool {
        self.shared.cut.lock().unwrap().is_none()
    }

    /// Cuts every connection that is open.
    pub(crate) fn cut_all(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..).flatten() {
            // Its ends may be gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Cuts every connection that is open at its near end alone: the server believes that it is there still.
    pub(crate) fn tear_all(&self) {
        self.shared.is_torn.store(true, SeqCst);
        for [near, _] in &*self.shared.open.lock().unwrap() {
            let _ = near.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn connect(self: &Arc<Self>, near: UnixStream, far_end: &PathBuf) {
        let Ok(far) = UnixStream::connect(far_end) else {
            return;
        };
        let is_mute = Arc::new(AtomicBool::new(false));
        let copies = [&near, &far].map(|stream| stream.try_clone().unwrap());
        self.open.lock().unwrap().push(copies);
        let (mut from_far, mut to_near) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        let (mute, shared) = (Arc::clone(&is_mute), Arc::clone(self));
        thread::spawn(move || {
            pass(&mut from_far, &mut to_near, &shared.is_torn, |_| {
                if mute.load(SeqCst) {
                    Fate::Cut
                } else {
                    Fate::Pass
                }
            });
        });
        let (mut near, mut far) = (near, far);
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let decide = |words: &[u8]| match shared.cut_at(words) {
                Some(Cut::Before(_)) => Fate::Cut,
                Some(Cut::After(_)) => {
                    is_mute.store(true, SeqCst);
                    Fate::Pass
                }
                None => Fate::Pass,
            };
            pass(&mut near, &mut far, &shared.is_torn, decide);
        });
    }

    fn cut_at(&self, words: &[u8]) -> Option<Cut> {
        let mut cut = self.cut.lock().unwrap();
        let (at, times) = (*cut)?;
        let (Cut::Before(word) | Cut::After(word)) = at;
        if !words.windows(word.len()).any(|it| it == word.as_bytes()) {
            return None;
        }
        *cut = (times > 1).then_some((at, times - 1));
        Some(at)
    }
}

enum Fate {
    Pass,
    Cut,
}

/// Passes on what comes until one end is gone or the line is cut, and closes both.
fn pass(
    from: &mut UnixStream,
    to: &mut UnixStream,
    is_torn: &AtomicBool,
    decide: impl Fn(&[u8]) -> Fate,
) {
    let mut words = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut words) {
        match decide(&words[..length]) {
            Fate::Pass if to.write_all(&words[..length]).is_ok() => {}
            Fate::Pass | Fate::Cut => break,
        }
    }
    let ends = if is_torn.load(SeqCst) {
        vec![]
    } else {
        vec![from, to]
    };
    for stream in ends {
        // The other end may be gone already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}
