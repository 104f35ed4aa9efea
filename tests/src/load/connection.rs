//! An HTTP/1.1 client that costs next to nothing, since it shares the machine with what it measures: one kept-alive connection,
//! one request at a time, no redirects, no chunks. It knows nothing of what is asked.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection to a server that answers with a `Content-Length`.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// An answer, as it lies in the connection's buffer.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// The longest answer: an OpenAPI document has some hundred KiB.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: Vec::with_capacity(1024),
            answer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads the whole answer. `headers` are complete lines, each with its end.
    ///
    /// # Errors
    /// The connection broke, or the answer is not one that this client understands.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Reply<'_>> {
        self.request.clear();
        let head = [
            method,
            " ",
            path,
            " HTTP/1.1\r\nhost: box\r\n",
            headers,
            "content-length: ",
            &body.len().to_string(),
            "\r\n\r\n",
        ];
        for part in head {
            self.request.extend_from_slice(part.as_bytes());
        }
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let head_ends = self.read_head().await?;
        let (status, length) = understand(&self.answer[..head_ends])?;
        if length > LONGEST_ANSWER {
            return Err(unexpected("an answer that is too long"));
        }
        while self.answer.len() < head_ends + length {
            self.read_more().await?;
        }
        let (head, body) = self.answer.split_at(head_ends);
        Ok(Reply {
            status,
            head,
            body: &body[..length],
        })
    }

    async fn read_head(&mut self) -> io::Result<usize> {
        loop {
            if let Some(at) = find(&self.answer, b"\r\n\r\n") {
                return Ok(at + 4);
            }
            if self.answer.len() > LONGEST_ANSWER {
                return Err(unexpected("a head without an end"));
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Where `wanted` first stands in `text`.
pub fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

/// The text after `before` and up to the next quotation mark: enough to find an id in JSON of our own.
pub fn text_after<'a>(json: &'a [u8], before: &str) -> Option<&'a str> {
    let rest = &json[find(json, before.as_bytes())? + before.len()..];
    std::str::from_utf8(&rest[..find(rest, b"\"")?]).ok()
}

/// Status and length of the body.
fn understand(head: &[u8]) -> io::Result<(u16, usize)> {
    let head = std::str::from_utf8(head).map_err(|_| unexpected("a head that is no text"))?;
    let status = head
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| unexpected("no status"))?;
    let length = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    match (length, status) {
        (Some((_, length)), _) => Ok((
            status,
            length
                .trim()
                .parse()
                .map_err(|_| unexpected("a length that is no number"))?,
        )),
        (None, 204 | 304) => Ok((status, 0)),
        (None, _) => Err(unexpected("an answer without a length")),
    }
}

fn unexpected(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_understood() {
        let check = |head: &str, expected: Option<(u16, usize)>| {
            assert_eq!(understand(head.as_bytes()).ok(), expected, "{head}");
        };
        check(
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
            Some((200, 12)),
        );
        check(
            "HTTP/1.1 304 Not Modified\r\netag: \"3\"\r\n\r\n",
            Some((304, 0)),
        );
        check(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            None,
        );
        check("HTTP", None);
    }

    #[test]
    fn an_id_is_found_in_json() {
        assert_eq!(
            text_after(br#"{"id":"7f","seat":"A1"}"#, "\"id\":\""),
            Some("7f")
        );
        assert_eq!(text_after(br#"{"id":"7f"#, "\"id\":\""), None);
        assert_eq!(text_after(b"{}", "\"id\":\""), None);
    }
}
