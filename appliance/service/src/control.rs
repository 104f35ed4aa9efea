//! A process's own door for whoever is signed in on its machine: a Unix socket in the data folder that only the process's user may
//! open. One order a connection: a line of JSON in, a line of JSON out. It knows no order; it carries them.

use std::fmt;
use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::Lifecycle;
use crate::http::{Problem, Refusal};

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";

/// The longest order in bytes: a programme of a year has some megabytes.
const LONGEST_ORDER: u64 = 16 * 1024 * 1024;

/// How long an order may take to be said: it comes from the same machine, in one piece.
const SAID_WITHIN: Duration = Duration::from_secs(5);

/// The pause after the system gave no connection, as when it has no more file descriptors: others must end first.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Why an order was not done.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// It was refused.
    #[error("{0}")]
    Refused(Problem),
    /// The process that took it ended or broke before it answered: it may have been done.
    #[error("the running process did not answer: {0}")]
    Broken(#[from] io::Error),
}

/// What came of an order: the words to print, or why not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(String),
    Problem(Problem),
}

/// Sends an order to the process that runs on this folder; `None` if none does.
pub async fn send<O: Serialize>(folder: &Path, order: &O) -> Option<Result<String, OrderError>> {
    let stream = reach(folder).await?;
    Some(exchange(stream, order).await)
}

/// A connection to the process that runs on this folder, if one does.
pub(crate) async fn reach(folder: &Path) -> Option<UnixStream> {
    UnixStream::connect(folder.join(SOCKET)).await.ok()
}

/// Says an order on such a connection and hears what came of it.
pub(crate) async fn exchange<O: Serialize>(
    mut stream: UnixStream,
    order: &O,
) -> Result<String, OrderError> {
    say(&mut stream, order).await?;
    let mut line = String::new();
    if BufReader::new(stream).read_line(&mut line).await? == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    match serde_json::from_str(&line).map_err(io::Error::from)? {
        Answer::Done(words) => Ok(words),
        Answer::Problem(problem) => Err(OrderError::Refused(problem)),
    }
}

/// Opens the socket. The lock on the database says that no other process runs on this folder, so one that lies here is left over.
///
/// # Errors
/// The folder cannot be written.
pub fn open(folder: &Path) -> io::Result<UnixListener> {
    let path = folder.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let socket = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Takes orders until shutdown; those that were taken are done to their end.
pub async fn serve<O, F>(
    socket: Arc<UnixListener>,
    life: Lifecycle,
    perform: impl Fn(O) -> F + Clone + Send + 'static,
) where
    O: DeserializeOwned + Send,
    F: Future<Output = Result<String, Refusal>> + Send + 'static,
{
    loop {
        let stream = tokio::select! {
            biased;
            () = life.shutdown().cancelled() => return,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "an order could not be heard");
                    tokio::time::sleep(PAUSE_AFTER_TROUBLE).await;
                    continue;
                }
            },
        };
        let perform = perform.clone();
        life.run("order", async move {
            if let Err(error) = take(stream, perform).await {
                tracing::debug!(%error, "an order was not said to its end, or its answer not heard");
            }
        });
    }
}

async fn take<O, F>(mut stream: UnixStream, perform: impl Fn(O) -> F) -> io::Result<()>
where
    O: DeserializeOwned,
    F: Future<Output = Result<String, Refusal>>,
{
    let line = tokio::time::timeout(SAID_WITHIN, hear(&mut stream)).await??;
    if line.is_empty() {
        // Somebody looked whether anybody is here.
        return Ok(());
    }
    let done = match serde_json::from_slice(&line) {
        Ok(order) => perform(order).await,
        Err(error) => Err(Refusal::not_understood(&format!(
            "{error}. Is the running program of another version?"
        ))),
    };
    let answer = match done {
        Ok(words) => Answer::Done(words),
        Err(refusal) => Answer::Problem(refusal.problem()),
    };
    say(&mut stream, &answer).await
}

async fn hear(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    BufReader::new(stream.take(LONGEST_ORDER))
        .read_until(b'\n', &mut line)
        .await?;
    Ok(line)
}

async fn say<T: Serialize>(stream: &mut UnixStream, what: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)?;
        self.errors
            .iter()
            .try_for_each(|error| write!(f, "\n  {}: {}", error.at, error.detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::FieldProblem;

    async fn perform(order: u8) -> Result<String, Refusal> {
        if order == 7 {
            return Ok("seven\nis done".to_owned());
        }
        let line = FieldProblem {
            at: "line 3".to_owned(),
            detail: "no seven".to_owned(),
        };
        Err(Refusal::not_understood(&"Say 7.").with_errors(vec![line]))
    }

    #[tokio::test]
    async fn an_order_is_answered_with_words_or_a_problem() {
        let (folder, life) = (tempfile::tempdir().unwrap(), Lifecycle::default());
        assert!(send(folder.path(), &7).await.is_none(), "nobody is there");
        std::fs::write(folder.path().join(SOCKET), "left over").unwrap();
        let socket = open(folder.path()).unwrap();
        life.run("orders", serve(socket.into(), life.clone(), perform));
        let done = send(folder.path(), &7).await.unwrap().unwrap();
        assert_eq!(done, "seven\nis done");
        let refused = send(folder.path(), &8).await.unwrap().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "This cannot be understood: Say 7.\n  line 3: no seven"
        );
        let unknown = send(folder.path(), &"eight").await.unwrap().unwrap_err();
        assert!(unknown.to_string().contains("another version"), "{unknown}");
        life.shutdown().cancel();
        assert!(life.drain().await);
        assert!(send(folder.path(), &7).await.is_none(), "nobody any more");
    }
}
