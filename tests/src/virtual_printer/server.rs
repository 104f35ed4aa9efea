//! Port 9100: one connection at a time, as most printers have it; others wait.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::mechanism::Line;

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let all = async {
        while let Ok((line, _)) = listener.accept().await {
            serve_one(line, &shared).await;
        }
    };
    tokio::select! { () = all => stop.cancel(), () = stop.cancelled() => {} }
}

/// Until either side ends it. It also answers when somebody refills the paper, not only when bytes arrive.
async fn serve_one(mut line: TcpStream, shared: &Shared) {
    shared.mechanism().connected();
    let mut changes = shared.changes.subscribe();
    let mut bytes = [0; 4096];
    loop {
        tokio::select! {
            read = line.read(&mut bytes) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => shared.change(|mechanism| mechanism.receive(&bytes[..length])),
            },
            changed = changes.changed() => if changed.is_err() { return },
        }
        let (answers, fate) = shared.mechanism().answers();
        if line.write_all(&answers).await.is_err() || fate == Line::Breaks {
            return;
        }
    }
}
