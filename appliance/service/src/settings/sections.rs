//! The sections that the settings of every process have: where its data is and where it listens.

use std::fmt;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use database::{Database, LookAt, Mark, Migration, Options, Synchronous};
use serde::Deserialize;

use super::OpenError;
use crate::http::{
    CONNECTIONS_PER_ADDRESS, Door, Encrypted, HEAD_SECONDS, MOST_CONNECTIONS, REQUESTS_PER_SECOND,
    STREAMS_PER_ADDRESS, StreamLimits, WRITE_SECONDS,
};
use crate::tls::TlsError;
use crate::{Clock, Random};

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The folder of the database and the keys; made if it is missing.
    pub folder: PathBuf,
    /// How SQLite syncs: `full` unless a test shows what `off` loses.
    #[serde(default)]
    pub synchronous: Syncs,
    /// Below this many free mebibytes nothing new begins, so that what is open can be finished.
    #[serde(default = "keep_free_mebibytes")]
    pub keep_free_mebibytes: u32,
    /// The folder of the mark, which says outside of the data folder how much was answered: so an older copy of the folder that was put back
    /// knows it. Unless it is set, the mark lies beside the data folder; in it, where that is a disk of its own or nothing may be
    /// written beside it.
    pub mark_folder: Option<PathBuf>,
    /// How many days old a backup may be that is still put back: the other side keeps so much more of what it tells. One that is older may
    /// not be told all that it lacks, and is stopped then.
    #[serde(default = "backups_kept_days")]
    pub backups_kept_days: u16,
}

/// A month and some days to find out that it was the last good one.
fn backups_kept_days() -> u16 {
    35
}

/// More than ten thousand sales and a whole write-ahead log.
fn keep_free_mebibytes() -> u32 {
    64
}

/// How SQLite syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Syncs {
    /// A commit is on the disk before it is answered.
    #[default]
    Full,
    /// It is not: for the test that must go red.
    Off,
}

impl Data {
    /// Opens the database `file` in the folder, which is made if it is missing.
    ///
    /// # Errors
    /// Another process has it, or it cannot be opened.
    pub fn open(&self, file: &str, migrations: &[Migration]) -> Result<Database, OpenError> {
        std::fs::create_dir_all(&self.folder)?;
        Ok(Database::open(
            &self.folder.join(file),
            migrations,
            self.options(),
        )?)
    }

    /// Opens the database `name.db` in the folder, which is made if it is missing, with its mark.
    ///
    /// # Errors
    /// As [`Data::open`], or the mark cannot be read or written.
    pub fn open_marked(
        &self,
        name: &str,
        migrations: &[Migration],
        random: &Random,
    ) -> Result<Database, OpenError> {
        std::fs::create_dir_all(&self.folder)?;
        let options = Options {
            mark: Some(self.mark(name, random)),
            ..self.options()
        };
        let file = self.folder.join(format!("{name}.db"));
        Ok(Database::open(&file, migrations, options)?)
    }

    /// Where the mark lies, and where it may have lain before.
    fn mark(&self, name: &str, random: &Random) -> Mark {
        let named = format!("{name}.mark");
        let inside = self.folder.join(&named);
        let outside = match &self.mark_folder {
            Some(_) => None,
            None => beside(&self.folder, &named),
        };
        let (file, was) = match (&self.mark_folder, outside) {
            (Some(folder), _) => (folder.join(named), None),
            (None, Some(outside)) => (outside, Some(inside)),
            (None, None) => (inside, None),
        };
        Mark {
            file,
            was,
            born: random.bytes(),
            run: random.bytes(),
        }
    }

    /// Opens the database on a server, which one process at a time has as if it were a file; the folder, which keeps the keys, is one
    /// process's as well: `name.db` is locked in it as if the database were there. Its mark is of this machine, as for one in a file.
    ///
    /// # Errors
    /// Another process has the folder or the database, or the server cannot be used.
    pub fn connect(
        &self,
        url: &DatabaseUrl,
        name: &str,
        migrations: &[Migration],
        random: &Random,
    ) -> Result<Database, OpenError> {
        std::fs::create_dir_all(&self.folder)?;
        let options = Options {
            locked: Some(self.folder.join(format!("{name}.db"))),
            mark: Some(self.mark(name, random)),
            leads_as: Some(format!(
                "process {} on {}",
                std::process::id(),
                self.folder.display()
            )),
            ..self.options()
        };
        Ok(Database::connect(&url.0, migrations, options)?)
    }

    fn options(&self) -> Options {
        Options {
            synchronous: match self.synchronous {
                Syncs::Full => Synchronous::Full,
                Syncs::Off => Synchronous::Off,
            },
            reserve_bytes: u64::from(self.keep_free_mebibytes) * 1024 * 1024,
            ..Options::default()
        }
    }
}

/// The file of this name beside a folder, where it is there or can be made: `box.appliance.mark` for `box`. Not on another disk, which may
/// be gone with the next start.
fn beside(folder: &Path, name: &str) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let (above, own) = (folder.parent()?, folder.file_name()?.to_str()?);
    let file = above.join(format!("{own}.{name}"));
    if file.exists() {
        return Some(file);
    }
    let disk = |folder: &Path| folder.metadata().map(|found| found.dev()).ok();
    if disk(above)? != disk(&folder)? {
        return None;
    }
    let tried = file.with_extension("try");
    let is_made = File::create(&tried).is_ok();
    let _is_gone = std::fs::remove_file(&tried).is_ok();
    is_made.then_some(file)
}

/// `[database]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseServer {
    /// The database on a PostgreSQL server; without it the database is a file in the data folder.
    pub url: Option<DatabaseUrl>,
}

/// `postgresql://user:password@host:port/name`. Since it may hold a password, nothing shows it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The database, to be looked at from beside whoever has it.
    pub fn look_at(&self) -> LookAt {
        LookAt::Server(self.0.clone())
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = &'static str;

    fn try_from(url: String) -> Result<Self, &'static str> {
        let is_one = ["postgresql://", "postgres://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        is_one.then_some(Self(url)).ok_or(
            "the address of a database server begins with postgresql://, as in postgresql://user:password@host/name",
        )
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgresql://..")
    }
}

/// An address under which people reach a process: `https://office.example`, with a port where it has one, and nothing behind it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicAddress(String);

impl TryFrom<String> for PublicAddress {
    type Error = &'static str;

    fn try_from(address: String) -> Result<Self, &'static str> {
        let address = address.trim_end_matches('/').to_ascii_lowercase();
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme));
        let is_one = host.is_some_and(|host| {
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-.:[]".contains(sign);
            host.chars().all(is_plain) && host.contains(|sign: char| sign.is_ascii_alphanumeric())
        });
        is_one.then_some(Self(address)).ok_or(
            "an address for people is http:// or https:// and a host, as in https://office.example",
        )
    }
}

impl PublicAddress {
    /// It, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port, if not the process's usual ones.
    pub listen: Option<SocketAddr>,
    /// The address under which people reach it, `https://office.example`, if that is another: a proxy stands in front.
    pub public: Option<PublicAddress>,
    /// The file of its own certificate, PEM, with those of its issuers behind it: it then speaks https, and only that.
    pub certificate: Option<PathBuf>,
    /// The file of the certificate's key, PEM.
    pub private_key: Option<PathBuf>,
    /// The addresses of proxies in front, which say in `X-Forwarded-For` for whom they ask: limits then are that household's.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests per second of one known device, or of one address that is none's; at once it may send twice as many.
    pub requests_per_second: u32,
    /// Open connections; for a further one somebody who idles makes room, but no paired device. At most half of them are streams of those
    /// who are no device.
    pub most_connections: u32,
    /// Those of one address.
    pub connections_per_address: u32,
    /// Streams of one address that is no device's.
    pub streams_per_address: u32,
    /// Seconds for the head of a request, and for an idle connection.
    pub head_seconds: u64,
    /// Seconds after which a connection is cut that takes nothing of what it is sent.
    pub write_seconds: u64,
}

impl Http {
    /// What the socket bears.
    ///
    /// # Errors
    /// Its certificate cannot be used.
    pub(crate) fn door(&self, clock: &Clock) -> Result<Door, OpenError> {
        let wrong = |why: &dyn fmt::Display| OpenError::Settings(format!("[http] {why}"));
        let encrypted = match (&self.certificate, &self.private_key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => {
                let public = self.public.as_ref().map(PublicAddress::as_str);
                if public.is_some_and(|public| public.starts_with("http://")) {
                    return Err(wrong(
                        &"public begins with http://, and there is a certificate: it begins with https://",
                    ));
                }
                let by = Encrypted::by(certificate.clone(), key.clone(), clock.clone());
                Some(by.map_err(|why| wrong(&why))?)
            }
            (Some(_), None) | (None, Some(_)) => {
                return Err(wrong(&TlsError::OneOfTwo("certificate", "private_key")));
            }
        };
        Ok(Door {
            encrypted,
            most_connections: self.most_connections,
            connections_per_address: self.connections_per_address,
            head_within: Duration::from_secs(self.head_seconds),
            taken_within: Duration::from_secs(self.write_seconds),
            proxies: self.trusted_proxies.as_slice().into(),
        })
    }

    /// Whether people reach it encrypted, by itself or by a proxy in front.
    pub fn is_encrypted(&self) -> bool {
        let public = self.public.as_ref().map(PublicAddress::as_str);
        self.certificate.is_some() || public.is_some_and(|public| public.starts_with("https://"))
    }

    /// Answers that do not end.
    pub fn streams(&self) -> StreamLimits {
        StreamLimits {
            most: self.most_connections / 2,
            per_address: self.streams_per_address,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: None,
            public: None,
            certificate: None,
            private_key: None,
            trusted_proxies: Vec::new(),
            requests_per_second: REQUESTS_PER_SECOND,
            most_connections: MOST_CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            streams_per_address: STREAMS_PER_ADDRESS,
            head_seconds: HEAD_SECONDS,
            write_seconds: WRITE_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PublicAddress;

    #[test]
    fn an_address_for_people_is_a_scheme_and_a_host() {
        let read = |text: &str| PublicAddress::try_from(text.to_owned());
        for (text, address) in [
            ("https://office.example", "https://office.example"),
            ("HTTPS://Office.Example/", "https://office.example"),
            ("http://10.0.0.1:8090", "http://10.0.0.1:8090"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ] {
            assert_eq!(read(text).unwrap().as_str(), address);
        }
        for wrong in [
            "",
            "https://",
            "office.example",
            "ftp://x",
            "https://a/b",
            "https://a?b",
            "https://a b",
            "https://a@b",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
