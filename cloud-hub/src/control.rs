//! The hub's own door for whoever is signed in on its machine: a Unix socket in the data folder that only the hub's user may open.
//! One order a connection: a line of JSON in, a line of JSON out.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use box_office::CinemaId;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::app::App;

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";

/// The longest order in bytes: a cinema's id has 64.
const LONGEST_ORDER: u64 = 4096;

/// How long an order may take to be said.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the hub is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Make an enrolment code.
    Enrol { cinema: CinemaId },
    /// Revoke the keys of a box.
    Revoke { cinema: CinemaId },
}

/// What came of it: the words to print, or why not.
type Answer = Result<String, String>;

/// Does what was ordered.
pub(crate) async fn perform(app: &App, order: Order) -> Answer {
    let done = match order {
        Order::Enrol { cinema } => crate::enrolments::new_code(app, cinema).await,
        Order::Revoke { cinema } => crate::enrolments::revoke(app, cinema).await,
    };
    done.map_err(|refused| refused.to_string())
}

/// Opens the socket. The database has made sure that no other hub runs on this folder, so one that lies here is left over.
pub(crate) fn open(folder: &Path) -> io::Result<UnixListener> {
    let path = folder.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let socket = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Takes orders until shutdown.
pub(crate) async fn serve(app: App, socket: UnixListener) {
    loop {
        let stream = tokio::select! {
            () = app.life.shutdown().cancelled() => return,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "an order could not be heard");
                    continue;
                }
            },
        };
        let app_of_order = app.clone();
        app.life.run(async move {
            let taken = tokio::time::timeout(PATIENCE, take(&app_of_order, stream)).await;
            if let Ok(Err(error)) = taken {
                tracing::debug!(%error, "an order was not said to its end");
            }
        });
    }
}

async fn take(app: &App, stream: UnixStream) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(LONGEST_ORDER))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str(&line) {
        Ok(order) => perform(app, order).await,
        Err(error) => Err(format!("this is no order: {error}")),
    };
    let mut words = serde_json::to_vec(&answer)?;
    words.push(b'\n');
    writer.write_all(&words).await
}

/// Sends an order to the hub that runs on this folder; `None` if none does.
pub(crate) async fn send(folder: &Path, order: &Order) -> Option<Answer> {
    let stream = UnixStream::connect(folder.join(SOCKET)).await.ok()?;
    Some(
        exchange(stream, order)
            .await
            .unwrap_or_else(|error| Err(format!("the running hub did not answer: {error}"))),
    )
}

async fn exchange(mut stream: UnixStream, order: &Order) -> io::Result<Answer> {
    let mut words = serde_json::to_vec(order)?;
    words.push(b'\n');
    stream.write_all(&words).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}
