//! The settings of a hub, as its file has them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::Deserialize;
use service::settings::{Data, DatabaseServer, Http};
use service::tls::TlsError;
use sync_agent::TlsFiles;

/// Everything that can be set. Only `[data] folder` must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the hub keeps what it knows.
    pub data: Data,
    /// Where its database is, if that is not a file in the folder.
    #[serde(default)]
    pub database: DatabaseServer,
    /// Where it listens; port 8090 of every address unless the site says otherwise.
    #[serde(default)]
    pub http: Http,
    /// The broker between it and the boxes.
    #[serde(default)]
    pub broker: Broker,
    /// Whoever takes the money of guests at home.
    #[serde(default)]
    pub payments: Payments,
    /// How it sells to guests at home.
    #[serde(default)]
    pub online: Online,
    /// What guests at home read of whoever sells to them.
    #[serde(default)]
    pub storefront: Storefront,
    /// How guests are written to; nobody is, without it.
    #[serde(default)]
    pub mail: Option<Mail>,
}

impl Config {
    /// Whether others reach the address that people are told: somebody has said it, or the hub listens nowhere else.
    pub(crate) fn is_addressed(&self, usual: SocketAddr) -> bool {
        let listens = self.http.listen.unwrap_or(usual);
        self.http.public.is_some() || !listens.ip().is_unspecified()
    }

    /// The hub's address as people have it: the one that is set, or where it listens, at `usual` unless it
    /// is set, seen from its own machine.
    pub(crate) fn public_address(&self, usual: SocketAddr) -> String {
        let set = self
            .http
            .public
            .as_ref()
            .map(|address| address.as_str().to_owned());
        set.unwrap_or_else(|| {
            let listens = self.http.listen.unwrap_or(usual);
            let host = match listens.ip().is_unspecified() {
                true => IpAddr::V4(Ipv4Addr::LOCALHOST),
                false => listens.ip(),
            };
            let scheme = match self.http.is_encrypted() {
                true => "https",
                false => "http",
            };
            format!("{scheme}://{}", SocketAddr::new(host, listens.port()))
        })
    }
}

/// `[online]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Online {
    /// So many minutes before its start the free seats of a showtime go back to its cinema.
    pub end_before_start_minutes: u16,
}

impl Default for Online {
    fn default() -> Self {
        // Whoever buys later stands in the lobby.
        Self {
            end_before_start_minutes: 10,
        }
    }
}

/// `[storefront]`: pages of the house elsewhere, to which each page of the storefront leads. Many countries want them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storefront {
    /// Who sells: `https://cinema.example/imprint`.
    pub imprint: Option<PageAddress>,
    /// By which terms.
    pub terms: Option<PageAddress>,
    /// What becomes of what guests tell of themselves.
    pub privacy: Option<PageAddress>,
}

/// The whole address of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PageAddress(String);

impl PageAddress {
    /// It as it is linked.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_page = |address: &Url| matches!(address.scheme(), "https" | "http");
        match Url::parse(&text).is_ok_and(|address| is_page(&address)) {
            true => Ok(Self(text)),
            false => Err(format!(
                "{text} is not the address of a page: it begins with https://"
            )),
        }
    }
}

/// `[payments]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// The address of the sandbox provider, `http://127.0.0.1:9300`; nobody at home can pay without it.
    pub sandbox: Option<String>,
    /// The address of Stripe, `https://api.stripe.com`: it takes the cards in the sandbox's place.
    pub stripe: Option<String>,
    /// The secret key of the account there, from the environment.
    pub stripe_secret_key: Option<Secret>,
    /// The same from a file.
    pub stripe_secret_key_file: Option<PathBuf>,
    /// The key by which browsers name the account.
    pub stripe_publishable_key: Option<String>,
    /// The address of Stripe's script, if that is not Stripe's own.
    pub stripe_script: Option<String>,
    /// What the provider signs its calls with, from the environment.
    pub webhook_secret: Option<Secret>,
    /// The same from a file: one a line, two while one is exchanged.
    pub webhook_secret_file: Option<PathBuf>,
}

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server that takes mails: `smtps://mail.example:465`, or `smtp://mail.example:587`, which is encrypted by STARTTLS unless it is this
    /// machine and `authority` is not set.
    pub smtp: String,
    /// Who writes: `Metropol <tickets@metropol.example>`.
    pub from: String,
    /// Whom guests answer, if that is somebody else.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// The name that the server knows the hub by, if it wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// The password that belongs to it, from the environment.
    #[serde(default)]
    pub password: Option<Secret>,
    /// The same from a file.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The certificate of whoever signed the server's, PEM, if the machine does not trust them by itself.
    #[serde(default)]
    pub authority: Option<PathBuf>,
}

/// A secret. Nothing shows it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// The largest file of a secret: two a file while one is exchanged, each under 100 bytes.
const LARGEST_FILE: u64 = 4096;

impl Secret {
    /// What is said in the environment or in a file, of which one is enough; nothing, if neither is set.
    ///
    /// # Errors
    /// Both are set, or the file is none of a secret; the words name the setting and never the secret.
    pub(crate) fn text_of(
        name: &str,
        secret: Option<&Self>,
        file: Option<&Path>,
    ) -> Result<Option<String>, String> {
        match (secret, file) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(format!(
                "{name} and {name}_file are both set: one is enough"
            )),
            (Some(secret), None) => Ok(Some(secret.0.clone())),
            (None, Some(file)) => {
                let wrong =
                    |why: &dyn fmt::Display| format!("{name}_file {}: {why}", file.display());
                let about = std::fs::metadata(file).map_err(|why| wrong(&why))?;
                if !about.is_file() || about.len() > LARGEST_FILE {
                    return Err(wrong(&"it is no file with a secret a line"));
                }
                let text = std::fs::read_to_string(file).map_err(|why| wrong(&why))?;
                Ok(Some(text))
            }
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// `[broker]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Broker {
    /// Where the hub's own broker listens, on loopback only: it has no access lists.
    pub listen: SocketAddr,
    /// An outside broker, `mqtt://host:1883` or `mqtts://host:8883`; the hub's own is not started then.
    pub address: Option<String>,
    /// The outside broker's address as boxes shall use it, if that is another one.
    pub address_for_boxes: Option<String>,
    /// The certificate of the outside broker's authority, PEM.
    pub authority: Option<PathBuf>,
    /// The hub's own certificate and key for the outside broker, PEM.
    pub certificate: Option<PathBuf>,
    /// See `certificate`.
    pub key: Option<PathBuf>,
}

impl Default for Broker {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 1883)),
            address: None,
            address_for_boxes: None,
            authority: None,
            certificate: None,
            key: None,
        }
    }
}

impl Broker {
    /// The files for an outside broker with TLS, if any are set.
    pub(crate) fn tls(&self) -> Result<Option<TlsFiles>, TlsError> {
        let [authority, certificate, key] =
            [&self.authority, &self.certificate, &self.key].map(Clone::clone);
        TlsFiles::of(authority, certificate, key)
    }

    /// The broker's address as the hub uses it.
    pub(crate) fn own_address(&self) -> String {
        self.address
            .clone()
            .unwrap_or_else(|| format!("mqtt://{}", self.listen))
    }

    /// The broker's address as a box is told it.
    pub(crate) fn told_address(&self) -> String {
        self.address_for_boxes
            .clone()
            .unwrap_or_else(|| self.own_address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_whole_address_that_browsers_open() {
        let check = |text: &str, is_one: bool| {
            let address = PageAddress::try_from(text.to_owned());
            assert_eq!(address.is_ok(), is_one, "{text}: {address:?}");
        };
        check("https://cinema.example/imprint?of=us", true);
        check("http://cinema.example", true);
        check("cinema.example/imprint", false);
        check("/imprint", false);
        check("javascript:alert(1)", false);
        check("", false);
    }
}
