//! Mosquitto, as Debian has it: a broker that is not ours, as a process of a test's own.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use service::Clock;

/// How long it may take to listen.
const LISTENS_WITHIN: Duration = Duration::from_secs(30);

/// A broker that runs; killed when dropped.
#[derive(Debug)]
pub struct Mosquitto {
    process: Child,
}

impl Mosquitto {
    /// One with the settings in this file.
    ///
    /// # Errors
    /// It is not installed, or cannot be run.
    pub fn start(settings: &Path) -> io::Result<Self> {
        let process = Command::new(program()?)
            .arg("-c")
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { process })
    }

    /// Ends it at once.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a broker says that lets in everybody of this machine, for a hub and its boxes as the hub's page wants it.
pub fn open_to_all(address: SocketAddr) -> String {
    format!(
        "user root\npersistence false\nset_tcp_nodelay true\nmax_packet_size 131072\nallow_anonymous true\nlistener {} {}\n",
        address.port(),
        address.ip()
    )
}

/// Waits until somebody listens there.
///
/// # Errors
/// Nobody does in time.
pub async fn listens(address: SocketAddr, clock: &Clock) -> io::Result<()> {
    let begin = clock.monotonic();
    while let Err(error) = TcpStream::connect(address) {
        if clock.monotonic().saturating_sub(begin) > LISTENS_WITHIN {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

fn program() -> io::Result<PathBuf> {
    let installed = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].map(PathBuf::from);
    let found = installed.into_iter().find(|path| path.is_file());
    found.ok_or_else(|| {
        io::Error::other("mosquitto is not installed: run `cargo verify` once, which installs it")
    })
}
