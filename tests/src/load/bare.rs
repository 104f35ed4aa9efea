//! The least that a server can be: axum, one route, the bytes of a file, an ETag. What the box is held against.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::appliance_process::free_address;

/// The ETag that it always has.
pub const BARE_ETAG: &str = "\"1\"";

/// Serves `file` at `/` until it is killed.
///
/// # Errors
/// The address is taken, or the file cannot be read.
pub async fn serve(address: SocketAddr, file: &Path) -> io::Result<()> {
    let bytes = Bytes::from(std::fs::read(file)?);
    let kind = match bytes.starts_with(b"<") {
        true => "text/html; charset=utf-8",
        false => "application/json",
    };
    let router = Router::new().route(
        "/",
        get(move |headers: HeaderMap| {
            let answer = answer(&headers, (kind, bytes.clone()));
            async move { answer }
        }),
    );
    axum::serve(TcpListener::bind(address).await?, router).await
}

fn answer(headers: &HeaderMap, (kind, bytes): (&'static str, Bytes)) -> Response {
    match headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == BARE_ETAG)
    {
        true => (StatusCode::NOT_MODIFIED, [(ETAG, BARE_ETAG)]).into_response(),
        false => ([(ETAG, BARE_ETAG), (CONTENT_TYPE, kind)], bytes).into_response(),
    }
}

/// This very program as such a server, in a process of its own; killed when dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Running {
    /// Starts one that serves these bytes, which it finds in `folder`.
    ///
    /// # Errors
    /// They cannot be written, or the program cannot be run.
    pub fn start(folder: &Path, body: &[u8]) -> io::Result<Self> {
        let file = folder.join("bare.body");
        std::fs::write(&file, body)?;
        let address = free_address();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(address.to_string()).arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Self {
            process: command.spawn()?,
            address,
        })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
