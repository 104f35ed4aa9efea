//! The settings of a box, as its file has them.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use service::settings::{Data, Http};
use service::tls::TlsError;
use sync_agent::TlsFiles;

/// Everything that can be set. Only `[data] folder` must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the box keeps what it knows.
    pub data: Data,
    /// Where it listens; port 8080 on loopback unless the site says otherwise.
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
    /// For a broker at `mqtts://`: the certificate of the authority that signed the broker's, PEM.
    pub authority: Option<PathBuf>,
    /// The box's own certificate for the broker, if it wants one, PEM; with `key`.
    pub certificate: Option<PathBuf>,
    /// The key of `certificate`, PEM.
    pub key: Option<PathBuf>,
}

impl Hub {
    /// The files for a broker with TLS, if any are set.
    pub(crate) fn tls(&self) -> Result<Option<TlsFiles>, TlsError> {
        let [authority, certificate, key] =
            [&self.authority, &self.certificate, &self.key].map(Clone::clone);
        TlsFiles::of(authority, certificate, key)
    }
}
