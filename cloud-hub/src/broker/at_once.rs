//! What the broker has to say goes out at once. Its library has no setting for that: a small message waits until the one before it is
//! acknowledged, which a program that has nothing to say itself does after 40 ms, so that each guest who asks for seats of a cinema waits
//! for them. On Linux a connection has from its listener what the listener has.

use std::net::{SocketAddr, TcpStream};
use std::os::fd::{BorrowedFd, RawFd};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How often it is looked whether the broker listens, and how many times: two seconds.
const LOOKS: (Duration, usize) = (Duration::from_millis(5), 400);

/// The sockets that this process has open.
const OPEN: &str = "/proc/self/fd";

/// Waits until this process listens at `address`; whoever comes from then on is answered at once. A system that does not show a process its
/// sockets leaves the broker as it is: slower, and as right.
pub(super) fn from_now_on(address: SocketAddr) {
    let (between, times) = LOOKS;
    if !Path::new(OPEN).exists() {
        return;
    }
    for _ in 0..times {
        let sockets = sockets_at(address);
        for socket in &sockets {
            if let Err(error) = socket.set_nodelay(true) {
                tracing::warn!(%error, "what the broker says may wait for an acknowledgement");
            }
        }
        if !sockets.is_empty() {
            return;
        }
        thread::sleep(between);
    }
    tracing::warn!(%address, "the broker is not seen to listen; what it says may wait for an acknowledgement");
}

/// Second handles to the sockets of this process whose own end is at `address`: the listener, and whom it has taken.
pub(super) fn sockets_at(address: SocketAddr) -> Vec<TcpStream> {
    let open = std::fs::read_dir(OPEN).into_iter().flatten().flatten();
    let numbers = open.filter_map(|entry| {
        let is_socket = std::fs::read_link(entry.path())
            .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
        let number = entry.file_name().to_str()?.parse().ok();
        number.filter(|_| is_socket)
    });
    let sockets = numbers.filter_map(second_handle);
    let is_there = |socket: &TcpStream| socket.local_addr().is_ok_and(|own| own == address);
    sockets.filter(is_there).collect()
}

fn second_handle(number: RawFd) -> Option<TcpStream> {
    #[expect(
        unsafe_code,
        reason = "the number is duplicated and not used again: whatever has it by then stays as it is"
    )]
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned().ok().map(TcpStream::from)
}
