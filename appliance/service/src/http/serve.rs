//! The socket: takes connections up to a limit, cuts those that never finish the head of a request or never take what they are sent, and
//! lets the others end well when the process stops.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::connections::{Connections, Place};
use super::encrypted::Encrypted;
use super::sending::Sending;
use crate::Metrics;

/// How long open requests may go on after shutdown has begun: a sale takes milliseconds, a slow device some seconds.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// The pause after the system gave no connection, as when it has no more file descriptors: others must end first.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Open connections, unless the settings say otherwise: a browser opens six, so this serves a lobby of eighty screens and stays
/// well below the 1024 files that a process may commonly have open.
pub const MOST_CONNECTIONS: u32 = 512;

/// Open connections of one address, unless the settings say otherwise: forty screens may stand behind one, and two are needed to take
/// all places.
pub const CONNECTIONS_PER_ADDRESS: u32 = 256;

/// Seconds in which some of what is sent must be taken, unless the settings say otherwise: a screen that sleeps takes what it is sent, a
/// line that was cut needs some repeats.
pub const WRITE_SECONDS: u64 = 30;

/// Seconds for the head of a request, unless the settings say otherwise. It is one packet; the time also bounds how long an idle
/// connection is kept, and screens that poll every few seconds should not have to open a new one each time.
pub const HEAD_SECONDS: u64 = 30;

/// What the socket bears.
#[derive(Debug, Clone)]
pub struct Door {
    /// Open connections; for a further one somebody who idles makes room.
    pub most_connections: u32,
    /// Those of one address.
    pub connections_per_address: u32,
    /// How long the head of a request may take, and an idle connection may last.
    pub head_within: Duration,
    /// How long nothing of what is sent may be taken.
    pub taken_within: Duration,
    /// Who stands in front and says for whom it asks, in `X-Forwarded-For`.
    pub proxies: Arc<[IpAddr]>,
    /// How connections are encrypted, if they are here.
    pub encrypted: Option<Encrypted>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            most_connections: MOST_CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            head_within: Duration::from_secs(HEAD_SECONDS),
            taken_within: Duration::from_secs(WRITE_SECONDS),
            proxies: Arc::new([]),
            encrypted: None,
        }
    }
}

/// Serves `router` until `shutdown`, then takes no new connection and lets the open requests end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    door: Door,
    metrics: &Metrics,
    shutdown: CancellationToken,
) {
    let (most, of_one) = (door.most_connections, door.connections_per_address);
    let places = Connections::new(most as usize, of_one as usize);
    places.show(metrics);
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let next = async {
            let (stream, from) = next(&listener).await;
            (stream, from.ip(), places.enter(from.ip()).await)
        };
        let (stream, from, place) = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            connection = next => connection,
        };
        let (router, shutdown, cut) = (router.clone(), shutdown.clone(), cut.clone());
        let door = door.clone();
        connections.spawn(async move {
            tokio::select! {
                biased;
                () = converse((stream, from), &place, router, door, shutdown) => {}
                () = place.cut.cancelled() => {}
                () = cut.cancelled() => {}
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(LAST_REQUESTS, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time and were cut");
        cut.cancel();
    }
}

/// The next connection; trouble of one that came and went is nobody's.
async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) if is_the_callers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE_AFTER_TROUBLE).await;
            }
        }
    }
}

fn is_the_callers(error: &io::Error) -> bool {
    [
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
    ]
    .contains(&error.kind())
}

/// Whom a request comes from: the other end of its connection or, where that is a proxy that is trusted, whom it has named last.
fn whom_it_is_for(from: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.contains(&address.to_canonical());
    if !is_proxy(from) {
        return from;
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let named = lines.filter_map(|line| line.to_str().ok());
    let named: Vec<_> = named.flat_map(|line| line.split(',')).collect();
    for address in named.into_iter().rev() {
        match address_in(address.trim()) {
            Some(address) if is_proxy(address) => {}
            Some(address) => return address,
            None => break,
        }
    }
    from
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let alone = text.parse().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let in_brackets = || {
        let inside = text.strip_prefix('[')?.strip_suffix(']')?;
        inside.parse().ok().map(IpAddr::V6)
    };
    alone.or_else(with_port).or_else(in_brackets)
}

/// Has a connection served, encrypted where it must be.
async fn converse(
    (stream, from): (TcpStream, IpAddr),
    place: &Place,
    router: Router,
    door: Door,
    shutdown: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone before it was served");
        return;
    }
    let Some(encrypted) = door.encrypted.clone() else {
        let stream = Sending::new(stream, door.taken_within);
        return answer((stream, from), place, router, door, shutdown).await;
    };
    let meeting = encrypted.meet(stream, door.taken_within);
    let met = tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        met = tokio::time::timeout(door.head_within, meeting) => met.ok().flatten(),
    };
    if let Some(stream) = met {
        answer((stream, from), place, router, door, shutdown).await;
    }
}

/// Answers the requests of one connection until it ends.
async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    (stream, from): (S, IpAddr),
    place: &Place,
    router: Router,
    door: Door,
    shutdown: CancellationToken,
) {
    let (caller, proxies) = (place.guest.clone(), Arc::clone(&door.proxies));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        let asks = whom_it_is_for(from, request.headers(), &proxies);
        request.extensions_mut().insert(caller.asking_for(asks));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.head_within)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_whom_it_named_itself() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        let asks = |from: &str, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            whom_it_is_for(address(from), &headers, &proxies).to_string()
        };
        assert_eq!(asks("10.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(asks("::ffff:10.0.0.1", &["2001:db8::7"]), "2001:db8::7");
        // Some write the port beside it.
        assert_eq!(asks("10.0.0.1", &["192.0.2.7:5678"]), "192.0.2.7");
        assert_eq!(asks("10.0.0.1", &["[2001:db8::7]:5678"]), "2001:db8::7");
        assert_eq!(asks("10.0.0.1", &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(asks("10.0.0.1", &["192.0.2.7, 10.0.0.2:80"]), "192.0.2.7");
        // What comes before is whatever the guest made up.
        assert_eq!(asks("10.0.0.1", &["192.0.2.9, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(asks("10.0.0.1", &["192.0.2.9", "192.0.2.7"]), "192.0.2.7");
        assert_eq!(asks("10.0.0.1", &["192.0.2.7, 10.0.0.2"]), "192.0.2.7");
        assert_eq!(asks("192.0.2.1", &["192.0.2.7"]), "192.0.2.1", "no proxy");
        for nonsense in [
            &[][..],
            &["nobody"],
            &["192.0.2.7:"],
            &["[192.0.2.7]"],
            &["192.0.2.9, "],
            &["10.0.0.2"],
        ] {
            assert_eq!(asks("10.0.0.1", nonsense), "10.0.0.1", "{nonsense:?}");
        }
    }
}
