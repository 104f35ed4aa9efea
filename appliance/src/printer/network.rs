//! A network printer: one connection a conversation. A write to it is not a print, so the conversation ends with an answer.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::{CONNECT_TIME, PRINT_TIME, PrintOutcome, PrinterStatus, STATUS_TIME, WATCH_TIME};

/// `DLE EOT 1` to `4`: printer, why offline, errors, paper. Answered at once, whatever the printer is doing.
const HOW_ARE_YOU: [u8; 12] = [0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4];

/// `DLE EOT 2`: why offline.
const WHY_OFFLINE: [u8; 3] = [0x10, 4, 2];

/// See [`super::Printer::Network`].
#[derive(Debug, Clone)]
pub struct NetworkPrinter {
    address: Arc<str>,
    /// Most printers listen to one connection at a time.
    turn: Arc<Mutex<()>>,
}

impl NetworkPrinter {
    pub(super) fn new(address: String) -> Self {
        Self {
            address: address.into(),
            turn: Arc::default(),
        }
    }

    pub(super) async fn status(&self) -> PrinterStatus {
        let _turn = self.turn.lock().await;
        match self.connect().await {
            Ok(mut line) => ask(&mut line).await,
            Err(unreachable) => unreachable,
        }
    }

    pub(super) async fn print(&self, job: &[u8]) -> PrintOutcome {
        let _turn = self.turn.lock().await;
        let mut line = match self.connect().await {
            Ok(line) => line,
            Err(unreachable) => return PrintOutcome::NotStarted(unreachable),
        };
        let status = ask(&mut line).await;
        if !status.can_print() {
            return PrintOutcome::NotStarted(status);
        }
        let until = Instant::now() + PRINT_TIME;
        match timeout_at(until, send_and_watch(&mut line, job)).await {
            Ok(Ok(())) => PrintOutcome::Printed,
            Ok(Err(trouble)) => PrintOutcome::Uncertain(trouble),
            Err(_) => PrintOutcome::Uncertain(PrinterStatus::Unreachable(format!(
                "not done within {PRINT_TIME:?}"
            ))),
        }
    }

    async fn connect(&self) -> Result<TcpStream, PrinterStatus> {
        match timeout(CONNECT_TIME, TcpStream::connect(&*self.address)).await {
            Ok(Ok(line)) => {
                // Without it a paper waits for the acknowledgement of the question before it.
                line.set_nodelay(true).map_err(|error| lost(&error))?;
                Ok(line)
            }
            Ok(Err(error)) => Err(lost(&error)),
            Err(_) => Err(PrinterStatus::Unreachable(format!(
                "no connection within {CONNECT_TIME:?}"
            ))),
        }
    }
}

async fn ask(line: &mut TcpStream) -> PrinterStatus {
    let mut answers = [0; 4];
    let asked = async {
        line.write_all(&HOW_ARE_YOU).await?;
        line.read_exact(&mut answers).await
    };
    match timeout(STATUS_TIME, asked).await {
        Ok(Ok(_)) => PrinterStatus::from_answers(answers),
        Ok(Err(error)) => lost(&error),
        Err(_) => PrinterStatus::Unreachable(format!("no status within {STATUS_TIME:?}")),
    }
}

/// Sends the job and waits for the answer that stands behind its cut, asking meanwhile whether the printer had to stop.
async fn send_and_watch(line: &mut TcpStream, job: &[u8]) -> Result<(), PrinterStatus> {
    line.write_all(job).await.map_err(|error| lost(&error))?;
    loop {
        match timeout(WATCH_TIME, line.read_u8()).await {
            Ok(Ok(byte)) => match Answer::of(byte) {
                Answer::Done => return Ok(()),
                Answer::RealTime => {
                    if let Some(trouble) = PrinterStatus::stopped_by(byte) {
                        return Err(trouble);
                    }
                }
                Answer::Other => {}
            },
            Ok(Err(error)) => return Err(lost(&error)),
            Err(_) => line
                .write_all(&WHY_OFFLINE)
                .await
                .map_err(|error| lost(&error))?,
        }
    }
}

/// What a byte from the printer answers, told apart by its fixed bits.
enum Answer {
    /// `GS r`: 0**0****.
    Done,
    /// `DLE EOT`: 0**1**10.
    RealTime,
    /// Anything else, as flow control.
    Other,
}

impl Answer {
    fn of(byte: u8) -> Self {
        if byte & 0b1001_0000 == 0 {
            Self::Done
        } else if byte & 0b1001_0011 == 0b0001_0010 {
            Self::RealTime
        } else {
            Self::Other
        }
    }
}

fn lost(error: &io::Error) -> PrinterStatus {
    PrinterStatus::Unreachable(error.to_string())
}
