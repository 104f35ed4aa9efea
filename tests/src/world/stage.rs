//! Where a world runs: on threads of its own, so that it goes on while its story ends, with a log of its own, in which no story may leave an
//! error that it did not expect.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tracing::Dispatch;
use tracing_subscriber::fmt::MakeWriter;

/// How often it is looked whether a queue has become empty once its story has ended: for ten seconds at least.
const LOOKS: u32 = 1_000;

/// Between two looks at what is left.
const LOOKED_AT: Duration = Duration::from_millis(10);

/// Threads, and what is logged on them.
#[derive(Debug)]
pub(super) struct Stage {
    runtime: Option<Runtime>,
    log: Log,
    expected: Mutex<Vec<String>>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_ansi(false)
            .without_time()
            .with_writer(log.clone())
            .finish();
        let dispatch = Dispatch::new(subscriber);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("world")
            .enable_all()
            // For as long as the thread lives.
            .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&dispatch)))
            .build();
        Self {
            runtime: Some(runtime.expect("threads for a world")),
            log,
            expected: Mutex::default(),
        }
    }

    /// Begins something on the world's threads.
    pub(super) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let runtime = self.runtime.as_ref().expect("it ends with its world");
        runtime.spawn(work)
    }

    /// Runs something on the world's threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let ran = self.begin(work).await;
        ran.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// The story knows that an error with these words will be logged.
    pub(super) fn expects(&self, words: &str) {
        lock(&self.expected).push(words.to_owned());
    }

    /// Waits until `left` finds nothing, or gives what it finds in the end. The story's own thread stands still meanwhile.
    pub(super) fn wait_until_nothing(left: impl Fn() -> Vec<String>) -> Vec<String> {
        for _ in 0..LOOKS {
            if left().is_empty() {
                return Vec::new();
            }
            std::thread::park_timeout(LOOKED_AT);
        }
        left()
    }

    /// What was logged as an error without being expected; a job that is started again is one.
    pub(super) fn unexpected(&self) -> Vec<String> {
        let log = lock(&self.log.0);
        let text = String::from_utf8_lossy(&log);
        unexpected(&text, &lock(&self.expected))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The lines of a log that tell of an error, but for those with words that are expected.
pub(super) fn unexpected(log: &str, expected: &[String]) -> Vec<String> {
    let errors = log.lines().filter(|line| line.contains("ERROR"));
    errors
        .filter(|line| !expected.iter().any(|words| line.contains(words)))
        .map(str::to_owned)
        .collect()
}

/// What is logged, in memory.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
