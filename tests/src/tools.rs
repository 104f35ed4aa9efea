//! Where `cargo verify` has put what the tests need from package managers: `tools` inside the folder that cargo builds into, beside the
//! folder that the test itself is in.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The Python of an environment with `tests/requirements.txt`.
///
/// # Panics
/// It is not there: `cargo verify` has not run.
#[must_use]
pub fn python() -> PathBuf {
    tool("python/bin/python")
}

/// A program of that environment, as `schemathesis`.
///
/// # Panics
/// As [`python`].
#[must_use]
pub fn python_program(name: &str) -> PathBuf {
    tool(&format!("python/bin/{name}"))
}

/// The accessibility checker as one script.
///
/// # Panics
/// As [`python`].
#[must_use]
pub fn axe_core() -> PathBuf {
    tool("npm/node_modules/axe-core/axe.min.js")
}

/// A program of ours that cargo has built beside this one, as `appliance`.
///
/// # Panics
/// It is not there: `cargo build --workspace --bins` has not run.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let profile = build_folder();
    let found = profile.join(name);
    assert!(
        found.is_file(),
        "{name} is not built: run `cargo build --workspace --bins`"
    );
    found
}

fn tool(path: &str) -> PathBuf {
    let profile = build_folder();
    let target = profile
        .parent()
        .expect("cargo puts a profile's folder into another");
    let found = target.join("tools").join(path);
    assert!(
        found.exists(),
        "{path} is not installed: run `cargo verify` once, which installs it"
    );
    found
}

/// Cargo puts programs into `TARGET/PROFILE` and tests into `TARGET/PROFILE/deps`.
fn build_folder() -> PathBuf {
    let this = std::env::current_exe().expect("the system knows the program that runs");
    let folder = this.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder).to_path_buf()
    } else {
        folder.to_path_buf()
    }
}

/// The ports that tests have programs listen on: the system gives none of them to whoever calls out, as thousands of requests do.
const PORTS: std::ops::Range<u16> = 10_000..30_000;

/// A port of this machine that nobody uses, and that no other call gives before all have been given.
///
/// # Panics
/// All are in use.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    // Programs that run at the same time begin at different ones.
    let begin = std::process::id().wrapping_mul(97);
    let ports = (0..count).map(|_| {
        let nth = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % count;
        PORTS.start + u16::try_from(nth).expect("fewer than there are ports")
    });
    let mut free = ports.filter(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.next().expect("a port that nobody uses")
}
