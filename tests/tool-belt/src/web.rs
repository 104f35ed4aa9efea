//! Just enough of a web client to see whether a service of ours on loopback is ready.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Loopback answers within milliseconds; a service that is busy starting may take longer and is asked again.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Whether a GET of `path` is answered with 200.
#[must_use]
pub fn answers_ok(address: SocketAddr, path: &str) -> bool {
    ask(address, path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Whether something takes connections there.
#[must_use]
pub fn takes_connections(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, ANSWER_WITHIN).is_ok()
}

/// The wanted port on loopback, or the next free one above it if another program has it.
///
/// # Errors
/// None of the hundred ports from there on is free.
pub fn free_port(wanted: u16) -> Result<SocketAddr, String> {
    (wanted..wanted.saturating_add(100))
        .map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .ok_or_else(|| format!("no port from {wanted} on is free on this machine"))
}

/// The status line and headers of the answer.
fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    // In one piece: a server may answer and close after the first.
    stream.write_all(request.as_bytes())?;
    // The status line may come in several pieces.
    let (mut head, mut piece) = (Vec::new(), [0; 512]);
    while !head.contains(&b'\n') && head.len() < piece.len() {
        match stream.read(&mut piece)? {
            0 => break,
            length => head.extend_from_slice(&piece[..length]),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::{answers_ok, free_port, takes_connections};

    #[test]
    fn only_a_200_is_ready() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            for status in ["503 Service Unavailable", "200 OK"] {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 512]).unwrap();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        });
        assert!(!answers_ok(address, "/readyz"));
        assert!(answers_ok(address, "/readyz"));
        server.join().unwrap();
        assert!(!takes_connections(address));
    }

    #[test]
    fn a_taken_port_is_passed_over() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_port(port).unwrap().port(), port);
    }
}
