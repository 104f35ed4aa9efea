//! The line between boxes and hub, which can be cut and mended: what connects to its near end is connected to the far one, while it is whole.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A line, which lasts as long as the command. Clones share it.
#[derive(Debug, Clone)]
pub struct Line(Arc<Mutex<Ends>>);

#[derive(Debug, Default)]
struct Ends {
    is_cut: bool,
    /// Both ends of everything that is connected.
    open: Vec<TcpStream>,
}

impl Line {
    /// A line from `near` to `far`, which is whole.
    ///
    /// # Errors
    /// The port is taken.
    pub fn lay(near: SocketAddr, far: SocketAddr) -> Result<Self, String> {
        let line = Self(Arc::default());
        let listener = TcpListener::bind(near)
            .map_err(|error| format!("the line cannot begin at {near}: {error}"))?;
        let laid = line.clone();
        std::thread::spawn(move || {
            for from in listener.incoming().flatten() {
                // What cannot be connected is tried again by whoever wants it.
                let _ = laid.connect(from, far);
            }
        });
        Ok(line)
    }

    /// Whether it is cut now: it was whole before, or the other way round.
    pub fn cut_or_mend(&self) -> bool {
        let mut ends = self.ends();
        ends.is_cut = !ends.is_cut;
        if ends.is_cut {
            for end in ends.open.drain(..) {
                // It may be closed already.
                let _ = end.shutdown(Shutdown::Both);
            }
        }
        ends.is_cut
    }

    fn connect(&self, from: TcpStream, far: SocketAddr) -> io::Result<()> {
        let to = TcpStream::connect(far)?;
        let mut ends = self.ends();
        if ends.is_cut {
            return Ok(());
        }
        ends.open.retain(|end| end.peer_addr().is_ok());
        ends.open.extend([from.try_clone()?, to.try_clone()?]);
        drop(ends);
        let (from_again, to_again) = (from.try_clone()?, to.try_clone()?);
        std::thread::spawn(move || carry(from, to));
        std::thread::spawn(move || carry(to_again, from_again));
        Ok(())
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries what comes until either side closes; then both are.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut piece = [0; 16 * 1024];
    while let Ok(length) = from.read(&mut piece) {
        if length == 0 || to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        // It may be closed already.
        let _ = end.shutdown(Shutdown::Both);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use super::Line;
    use crate::web::free_port;

    #[test]
    fn a_line_carries_both_ways_until_it_is_cut_and_again_once_it_is_mended() {
        let far = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = free_port(19_300).unwrap();
        let line = Line::lay(near, far.local_addr().unwrap()).unwrap();
        std::thread::spawn(move || {
            for mut stream in far.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut piece = [0; 64];
                    while let Ok(length @ 1..) = stream.read(&mut piece) {
                        stream.write_all(&piece[..length]).unwrap();
                    }
                });
            }
        });
        let echo = |stream: &mut TcpStream| {
            let mut heard = [0; 5];
            stream.write_all(b"hello")?;
            stream.read_exact(&mut heard)?;
            Ok::<_, std::io::Error>(heard)
        };
        let connected = || TcpStream::connect(near).unwrap();
        let mut first = connected();
        assert_eq!(echo(&mut first).unwrap(), *b"hello");
        assert!(line.cut_or_mend());
        assert!(echo(&mut first).is_err() && echo(&mut connected()).is_err());
        assert!(!line.cut_or_mend());
        assert_eq!(echo(&mut connected()).unwrap(), *b"hello");
    }
}
