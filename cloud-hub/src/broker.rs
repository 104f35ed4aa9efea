//! The hub's own broker, for a hub and its boxes on one machine. It runs on threads of its own, cannot be stopped, has no access
//! lists, and is trusted with nothing.

mod at_once;

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use rumqttd::{ConnectionSettings, RouterConfig, ServerSettings};

use service::Lifecycle;
use sync_agent::{Broker, Transport};

use crate::config;

/// How many programs may be connected: a box each, and the hub.
const MOST_CONNECTIONS: usize = 1024;

/// Up to this much of each topic waits in memory for a slow reader: some seconds of a busy box. The rest is lost, and sent again.
const SEGMENT_BYTES: usize = 1024 * 1024;

/// See [`SEGMENT_BYTES`].
const SEGMENTS: usize = 4;

/// How long a program may take to say who it is.
const CONNECT_MS: u16 = 5_000;

/// How many messages may be on their way to one program.
const IN_FLIGHT: usize = 100;

/// Why there is no broker.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Its port is taken, or may not be used.
    #[error(
        "the hub's own broker cannot listen on {address}: {error}; set [broker] listen, or [broker] address to an outside one"
    )]
    Port {
        /// Where it should listen.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// It would be open to the network, and it lets everybody in.
    #[error(
        "the hub's own broker listens on loopback only, not on {0}: set [broker] address to an outside one"
    )]
    NotLoopback(SocketAddr),
    /// No thread for it.
    #[error("the hub's own broker cannot be started: {0}")]
    Thread(std::io::Error),
    /// The address of an outside broker, or what it needs, is wrong.
    #[error("the outside broker: {0}")]
    Outside(String),
}

/// How the hub reaches its broker; the hub's own is started if no outside one is set. Its files must be good at `now`.
///
/// # Errors
/// See [`BrokerError`].
pub(crate) fn transport(
    config: &config::Broker,
    now: Timestamp,
    life: &Lifecycle,
) -> Result<Transport, BrokerError> {
    let outside = |why: &dyn std::fmt::Display| BrokerError::Outside(why.to_string());
    let tls = match &config.address {
        Some(_) => config.tls().map_err(|why| outside(&why))?,
        None => {
            start(config.listen, life.clone())?;
            None
        }
    };
    if let Some(files) = &tls {
        files.check(now).map_err(|why| outside(&why))?;
    }
    let broker = Broker::parse(&config.own_address(), tls).map_err(|why| outside(&why))?;
    Ok(Transport::Mqtt(broker))
}

fn start(address: SocketAddr, life: Lifecycle) -> Result<(), BrokerError> {
    if !address.ip().is_loopback() {
        return Err(BrokerError::NotLoopback(address));
    }
    // The broker only logs that its port is taken: it is tried before, and given back at once.
    drop(TcpListener::bind(address).map_err(|error| BrokerError::Port { address, error })?);
    let mut broker = rumqttd::Broker::new(settings(address));
    // It cannot be begun again beside what is left of it.
    let run = move || {
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let ended = broker.start().map_err(|error| error.to_string());
            ended.map_or_else(|why| why, |()| "its listener has ended".to_owned())
        }));
        let why = ended.unwrap_or_else(|_| "a fault of its own".to_owned());
        life.fail(format!("the hub's own broker has ended: {why}"));
    };
    std::thread::Builder::new()
        .name("broker".to_owned())
        .spawn(run)
        .map_err(BrokerError::Thread)?;
    at_once::from_now_on(address);
    Ok(())
}

fn settings(listen: SocketAddr) -> rumqttd::Config {
    let connections = ConnectionSettings {
        connection_timeout_ms: CONNECT_MS,
        max_payload_size: wire::LARGEST_MESSAGE + 1024,
        max_inflight_count: IN_FLIGHT,
        auth: None,
        external_auth: None,
        // Without it a message that nobody listens for would disconnect its sender.
        dynamic_filters: true,
    };
    let server = ServerSettings {
        name: "foyer".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections,
    };
    let router = RouterConfig {
        max_connections: MOST_CONNECTIONS,
        max_outgoing_packet_count: 200,
        max_segment_size: SEGMENT_BYTES,
        max_segment_count: SEGMENTS,
        ..RouterConfig::default()
    };
    rumqttd::Config {
        router,
        v4: Some(HashMap::from([("foyer".to_owned(), server)])),
        ..rumqttd::Config::default()
    }
}

#[cfg(test)]
mod tests;
