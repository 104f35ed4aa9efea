//! Answers that do not end: a budget of their own, below that of the connections, for each address and for all; a known device has one of
//! its own.

use std::collections::HashMap;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Bytes, Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::Refusal;
use super::asker::Asker;
use super::known_device::KnownDevice;
use crate::Metrics;

/// Streams of one address, unless the settings say otherwise: a guest at home has one or two, some share a line.
pub const STREAMS_PER_ADDRESS: u32 = 32;

/// Streams of one known device: a screen has one, and some tabs are forgotten.
const OF_A_DEVICE: u32 = 8;

/// When a stream may be asked for again.
const AGAIN: Duration = Duration::from_secs(29);

/// How many streams strangers may have open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// All together.
    pub most: u32,
    /// Those of one address.
    pub per_address: u32,
}

/// The streams that are open. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Streams(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: StreamLimits,
    open: Mutex<HashMap<Asker, u32>>,
}

impl Streams {
    pub(super) fn new(limits: StreamLimits) -> Self {
        Self(Arc::new(Inner {
            limits,
            open: Mutex::default(),
        }))
    }

    /// Registers what `/metrics` says of them.
    pub(super) fn show(&self, metrics: &Metrics) {
        let (shown, streams) = (metrics.gauge("http_streams", "Open streams"), self.clone());
        metrics.before_each_reading(move || {
            let count: u32 = streams.open().values().sum();
            shown.set(count.into());
        });
    }

    /// Lets an answer through that ends, and a stream if there is room for one more of this asker's.
    pub(super) fn admit(
        &self,
        asker: Asker,
        device: Option<KnownDevice>,
        response: Response,
    ) -> Response {
        let kind = response.headers().get(header::CONTENT_TYPE);
        if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
            return response;
        }
        let Some(stream) = self.begin(asker, device) else {
            return refuse();
        };
        let gone = stream.device.as_ref().map(KnownDevice::gone);
        let ends = gone.map(|gone| Box::pin(gone.clone().cancelled_owned()));
        response.map(|body| {
            Body::new(Counted {
                body,
                ends,
                _stream: stream,
            })
        })
    }

    fn begin(&self, asker: Asker, device: Option<KnownDevice>) -> Option<Stream> {
        let mut open = self.open();
        let of_strangers: u32 = open
            .iter()
            .filter(|(asker, _)| matches!(asker, Asker::Address(_)))
            .map(|(_, count)| count)
            .sum();
        let limits = self.0.limits;
        let most = match asker {
            Asker::Device(_) => OF_A_DEVICE,
            Asker::Address(_) if of_strangers >= limits.most => return None,
            Asker::Address(_) => limits.per_address,
        };
        let count = open.entry(asker.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(open);
        if let Some(device) = &device {
            device.stream_begins();
        }
        Some(Stream {
            streams: self.clone(),
            asker,
            device,
        })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Asker, u32>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse() -> Response {
    let refusal = Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_streams",
        "Too many streams are open",
        "Close others, or fetch what you want to see again and again; Retry-After says when to try.",
    );
    refusal.again_after(AGAIN).into_response()
}

/// A stream that is open until this is dropped.
#[derive(Debug)]
struct Stream {
    streams: Streams,
    asker: Asker,
    device: Option<KnownDevice>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(device) = &self.device {
            device.stream_ends();
        }
        let mut open = self.streams.open();
        if let Some(count) = open.get_mut(&self.asker) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.asker);
            }
        }
    }
}

/// A body that is counted while it lasts, and ends when its device is known no more.
struct Counted {
    body: Body,
    ends: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    _stream: Stream,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let ends = self.ends.as_mut().map(|ends| ends.as_mut().poll(cx));
        if ends.is_some_and(|ends| ends.is_ready()) {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::http::Peer;

    #[test]
    fn an_address_and_all_have_a_budget_and_a_device_its_own() {
        let limits = StreamLimits {
            most: 3,
            per_address: 2,
        };
        let streams = Streams::new(limits);
        let from = |number: u8| Asker::Address(Peer(IpAddr::from([192, 0, 2, number])));
        let begin = |asker| streams.begin(asker, None);
        let first = begin(from(1));
        let second = begin(from(1));
        assert!(first.is_some() && second.is_some());
        assert!(begin(from(1)).is_none(), "the address has its share");
        let third = begin(from(2));
        assert!(third.is_some() && begin(from(3)).is_none());
        let known = KnownDevice::new("till");
        let till = || streams.begin(Asker::Device(known.id.clone()), Some(known.clone()));
        let tills: Vec<_> = (0..OF_A_DEVICE).map(|_| till().expect("its own")).collect();
        assert!(till().is_none() && known.streams() == OF_A_DEVICE);
        drop((first, tills));
        assert!(begin(from(3)).is_some() && known.streams() == 0);
        drop((second, third));
        assert!(streams.open().is_empty(), "nobody is remembered");
    }
}
