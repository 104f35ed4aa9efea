//! The settings of a box, as its file has them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use service::http::{Door, HEAD_SECONDS, MOST_CONNECTIONS, REQUESTS_PER_SECOND};

/// Everything that can be set. Only `[data] folder` must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the box keeps what it knows.
    pub data: Data,
    /// Where it listens.
    #[serde(default)]
    pub http: Http,
    /// How it sells.
    #[serde(default)]
    pub selling: Selling,
    /// The ticket printer; without it tickets are codes on screens.
    #[serde(default)]
    pub printer: Printer,
    /// The card terminal; without it nobody pays by card.
    #[serde(default)]
    pub terminal: Terminal,
    /// The link to the hub.
    #[serde(default)]
    pub hub: Hub,
}

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The folder of the database and the keys; made if it is missing.
    pub folder: PathBuf,
    /// How SQLite syncs: `full` unless a test shows what `off` loses.
    #[serde(default)]
    pub synchronous: Synchronous,
    /// Below this many free mebibytes no new hold begins, so that what is open can be finished.
    #[serde(default = "keep_free_mebibytes")]
    pub keep_free_mebibytes: u32,
}

/// More than ten thousand sales and a whole write-ahead log.
fn keep_free_mebibytes() -> u32 {
    64
}

/// How SQLite syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// A commit is on the disk before it is answered.
    #[default]
    Full,
    /// It is not: for the test that must go red.
    Off,
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port; loopback unless the site says otherwise.
    pub listen: SocketAddr,
    /// Requests per second of one paired device, or of one address that is none's; at once it may send twice as many.
    pub requests_per_second: u32,
    /// Open connections; further ones wait.
    pub most_connections: u32,
    /// Seconds for the head of a request, and for an idle connection.
    pub head_seconds: u64,
}

impl Http {
    /// What the socket bears.
    pub(crate) fn door(&self) -> Door {
        Door {
            most_connections: self.most_connections,
            head_within: Duration::from_secs(self.head_seconds),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            requests_per_second: REQUESTS_PER_SECOND,
            most_connections: MOST_CONNECTIONS,
            head_seconds: HEAD_SECONDS,
        }
    }
}

/// `[selling]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Selling {
    /// How long a hold lasts, in seconds: long enough to choose tickets and pay without hurry, short enough that a guest who
    /// walked away does not keep the seats for the next film's queue.
    pub hold_seconds: u64,
    /// How many holds a device may have open: a kiosk has one guest at a time, a till may park some.
    pub holds_per_device: u32,
}

impl Default for Selling {
    fn default() -> Self {
        Self {
            hold_seconds: 8 * 60,
            holds_per_device: 4,
        }
    }
}

/// `[printer]`: at most one of the two.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Printer {
    /// Address and port of a network printer, usually port 9100.
    pub address: Option<SocketAddr>,
    /// Device file of a USB printer, as `/dev/usb/lp0`.
    pub file: Option<PathBuf>,
}

/// `[terminal]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terminal {
    /// Address and port of the simulated terminal.
    pub simulated: Option<SocketAddr>,
}

/// `[hub]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hub {
    /// Address and port of the broker; the hub's answer to the enrolment otherwise.
    pub broker: Option<String>,
}
