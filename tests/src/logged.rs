//! A log in memory, and the errors in it: no test leaves one that it did not expect.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Dispatch;
use tracing::dispatcher::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// What is logged, in memory. Clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    /// What writes warnings and errors into it.
    pub fn dispatch(&self) -> Dispatch {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_ansi(false)
            .without_time()
            .with_writer(self.clone())
            .finish();
        Dispatch::new(subscriber)
    }

    /// Has this thread log into it for as long as the guard lives.
    pub fn begin(&self) -> DefaultGuard {
        tracing::dispatcher::set_default(&self.dispatch())
    }

    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock()).into_owned()
    }

    /// The lines that tell of an error, but for those with words that are expected.
    pub fn errors_but(&self, expected: &[String]) -> Vec<String> {
        errors_in(&self.text(), expected)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of a log that tell of an error, but for those with words that are expected.
pub fn errors_in(log: &str, expected: &[String]) -> Vec<String> {
    let errors = log.lines().filter(|line| line.contains("ERROR"));
    errors
        .filter(|line| !expected.iter().any(|words| line.contains(words)))
        .map(str::to_owned)
        .collect()
}

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Logged {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
