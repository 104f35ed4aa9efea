//! A connection that is given up when what is sent to it is not taken: a client that never reads would keep its place for ever.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A connection whose other end must take what it is sent.
#[derive(Debug)]
pub(super) struct Sending<S> {
    stream: S,
    taken_within: Duration,
    /// Runs while nothing is taken.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Sending<S> {
    /// `stream`, given up once nothing was taken for so long.
    pub(super) fn new(stream: S, taken_within: Duration) -> Self {
        Self {
            stream,
            taken_within,
            stuck: None,
        }
    }

    fn watch<T>(&mut self, cx: &mut Context<'_>, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.stuck = None;
            return sent;
        }
        let within = self.taken_within;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(within)));
        ready!(stuck.as_mut().poll(cx));
        stuck.as_mut().reset(Instant::now() + within);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Sending<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Sending<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, sent)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, sent)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up_and_who_takes_a_little_is_not() {
        let (ours, mut theirs) = duplex(4);
        let mut ours = Sending::new(ours, Duration::from_secs(30));
        let ends = ours.write_all(b"0123456789").await;
        assert_eq!(ends.unwrap_err().kind(), io::ErrorKind::TimedOut);

        let (ours, mut slow) = duplex(4);
        let mut ours = Sending::new(ours, Duration::from_secs(30));
        let reads = async {
            let mut byte = [0];
            for _ in 0..10 {
                tokio::time::advance(Duration::from_secs(20)).await;
                slow.read_exact(&mut byte).await.unwrap();
            }
        };
        let (sent, ()) = tokio::join!(ours.write_all(b"0123456789"), reads);
        sent.unwrap();
        assert_eq!(theirs.read(&mut [0; 8]).await.unwrap(), 4);
    }
}
