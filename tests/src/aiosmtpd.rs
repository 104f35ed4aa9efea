//! aiosmtpd, as PyPI has it: a mail server that is not ours, as a process of a test's own. It takes mails over encrypted lines only, from
//! whoever signs in.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::certificates::Signed;
use crate::mail_server::Mail;
use crate::tools;

const PROGRAM: &str = include_str!("aiosmtpd.py");

/// Who may sign in.
pub const USER: &str = "metropol";
/// By which password.
pub const PASSWORD: &str = "a word of the night";

/// When the line is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypted {
    /// From its beginning.
    AtOnce,
    /// By STARTTLS.
    Later,
}

/// A server that runs; killed when dropped.
#[derive(Debug)]
pub struct Aiosmtpd {
    process: Child,
    address: SocketAddr,
    mails: PathBuf,
}

impl Aiosmtpd {
    /// One with this certificate, that keeps its mails in a new folder of this one.
    ///
    /// # Panics
    /// It cannot be run.
    pub fn start(folder: &Path, signed: &Signed, encrypted: Encrypted) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], tools::free_port()));
        let mails = folder.join("mails");
        let process = Command::new(tools::python())
            .args(["-c", PROGRAM])
            .args([&address.ip().to_string(), &address.port().to_string()])
            .args([&signed.certificate, &signed.key])
            .args([USER, PASSWORD])
            .arg(&mails)
            .arg(match encrypted {
                Encrypted::AtOnce => "at-once",
                Encrypted::Later => "later",
            })
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("python runs");
        Self {
            process,
            address,
            mails,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has taken so far.
    ///
    /// # Panics
    /// Its folder cannot be read.
    pub fn mails(&self) -> Vec<Mail> {
        let Ok(files) = std::fs::read_dir(self.mails.join("new")) else {
            return Vec::new();
        };
        let files = files.map(|file| file.expect("its folder can be read").path());
        let read = |(file, number): (PathBuf, u32)| {
            let raw = std::fs::read_to_string(file).expect("a mail can be read");
            Mail {
                number,
                from: String::new(),
                to: Vec::new(),
                raw,
            }
        };
        files.zip(1..).map(read).collect()
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
