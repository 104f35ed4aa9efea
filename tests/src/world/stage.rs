//! Where a world runs: on threads of its own, so that it goes on while its story ends, with a log of its own, in which no story may leave an
//! error that it did not expect.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::logged::Logged;

/// How often it is looked whether a queue has become empty once its story has ended: for ten seconds at least.
const LOOKS: u32 = 1_000;

/// How many lines of a log are shown when a story fails.
const LAST_LINES: usize = 60;

/// How long the box may take to say how it stands when its story has failed: it may hang.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Between two looks at what is left.
const LOOKED_AT: Duration = Duration::from_millis(10);

/// Threads, and what is logged on them.
#[derive(Debug)]
pub(super) struct Stage {
    runtime: Option<Runtime>,
    log: Logged,
    expected: Mutex<Vec<String>>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let log = Logged::default();
        let dispatch = log.dispatch();
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

    /// How many lines tell of an error with these words.
    pub(super) fn errors_with(&self, words: &str) -> usize {
        let errors = self.log.errors_but(&[]);
        errors.iter().filter(|line| line.contains(words)).count()
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

    /// Shows what the world's log and `word` have to say about a story that has failed.
    #[expect(
        clippy::print_stdout,
        reason = "it is told with the failure, as a test tells"
    )]
    pub(super) fn show<T: std::fmt::Debug + Send + 'static>(
        &self,
        word: impl Future<Output = T> + Send + 'static,
    ) {
        show_end("the box", &self.log.text());
        let (told, heard) = std::sync::mpsc::channel();
        self.begin(async move { told.send(word.await) });
        println!("the box stands: {:#?}", heard.recv_timeout(LAST_WORD));
    }

    /// What was logged as an error without being expected; a job that is started again is one.
    pub(super) fn unexpected(&self) -> Vec<String> {
        self.log.errors_but(&lock(&self.expected))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Shows the end of a log, for a story that has failed.
#[expect(
    clippy::print_stdout,
    reason = "it is told with the failure, as a test tells"
)]
pub(super) fn show_end(whose: &str, log: &str) {
    let lines: Vec<_> = log.lines().collect();
    let end = &lines[lines.len().saturating_sub(LAST_LINES)..];
    println!("{whose} has logged at the end:\n{}", end.join("\n"));
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
