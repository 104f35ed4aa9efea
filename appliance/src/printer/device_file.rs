//! A printer behind a device file. The file takes bytes and answers nothing: a paper counts as printed once the file took it all.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{PRINT_TIME, PrintOutcome, PrinterStatus};

/// See [`super::Printer::File`].
#[derive(Debug, Clone)]
pub struct DeviceFile {
    path: Arc<Path>,
    /// Held by the thread that writes, so that a write that hangs is not joined by another one.
    turn: Arc<Mutex<()>>,
}

impl DeviceFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path: path.into(),
            turn: Arc::default(),
        }
    }

    pub(super) async fn status(&self) -> PrinterStatus {
        let path = Arc::clone(&self.path);
        match tokio::task::spawn_blocking(move || OpenOptions::new().append(true).open(path)).await
        {
            Ok(Ok(_)) => PrinterStatus::Ready,
            Ok(Err(error)) => PrinterStatus::Unreachable(error.to_string()),
            Err(error) => PrinterStatus::Unreachable(error.to_string()),
        }
    }

    pub(super) async fn print(&self, job: Vec<u8>) -> PrintOutcome {
        let status = self.status().await;
        let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() else {
            return PrintOutcome::NotStarted(PrinterStatus::Fault(
                "it does not take the paper before".to_owned(),
            ));
        };
        if !status.can_print() {
            return PrintOutcome::NotStarted(status);
        }
        let path = Arc::clone(&self.path);
        let writing = tokio::task::spawn_blocking(move || {
            let written = write(&path, &job);
            drop(turn);
            written
        });
        match timeout(PRINT_TIME, writing).await {
            Ok(Ok(Ok(()))) => PrintOutcome::Printed,
            Ok(Ok(Err(error))) => {
                PrintOutcome::Uncertain(PrinterStatus::Unreachable(error.to_string()))
            }
            Ok(Err(error)) => PrintOutcome::Uncertain(PrinterStatus::Fault(error.to_string())),
            Err(_) => PrintOutcome::Uncertain(PrinterStatus::Fault(format!(
                "it took no more for {PRINT_TIME:?}"
            ))),
        }
    }
}

fn write(path: &Path, job: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(job)?;
    file.flush()
}
