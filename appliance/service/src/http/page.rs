//! Texts that a process draws itself, page by page: sent with what tells one state of them from another, so that a browser that has the
//! newest is told so, and packed where that is understood.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// What is shorter fits into one packet as it is.
const WORTH_PACKING: usize = 1024;

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It is asked for anew each time, and not sent again if it has not changed.
    AskAgain,
    /// It never changes under its address.
    Forever,
    /// Nobody keeps it.
    Never,
}

/// A text with what is said of it.
#[derive(Debug, Clone)]
pub struct Page<T = String> {
    /// The status.
    pub status: StatusCode,
    /// What it is: `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// In which language it is, if it is in one that the asker's headers have chosen.
    pub language: Option<&'static str>,
    /// How long it may be kept.
    pub caching: Caching,
    /// The text itself.
    pub text: T,
}

impl Page {
    /// The answer to a request with these headers.
    pub fn answer(self, asked: &HeaderMap) -> Response {
        KeptPage::from(self).answer(asked)
    }
}

/// A page that is sent again and again: what is said of it is worked out once. Clones share it.
#[derive(Debug, Clone)]
pub struct KeptPage(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    page: Page<Bytes>,
    etag: HeaderValue,
    /// The text packed by gzip, once somebody takes that.
    packed: OnceLock<Option<Bytes>>,
}

impl From<Page> for KeptPage {
    fn from(page: Page) -> Self {
        Self(Arc::new(Kept {
            etag: etag(&page.text),
            page: Page {
                status: page.status,
                content_type: page.content_type,
                language: page.language,
                caching: page.caching,
                text: page.text.into(),
            },
            packed: OnceLock::new(),
        }))
    }
}

impl KeptPage {
    /// The answer to a request with these headers.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let value = |name| asked.get(name).and_then(|value| value.to_str().ok());
        let Kept { page, etag, .. } = &*self.0;
        let caching = page.caching;
        let is_known = caching != Caching::Never
            && page.status == StatusCode::OK
            && value(IF_NONE_MATCH).is_some_and(|known| names(known, etag));
        let packed = match is_known {
            true => None,
            false => self.packed_for(value(ACCEPT_ENCODING)),
        };
        let mut answer = Response::default();
        let headers = answer.headers_mut();
        let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
        say(CONTENT_TYPE, page.content_type);
        say(CACHE_CONTROL, caching.header());
        say(VARY, "accept-language, accept-encoding");
        if let Some(language) = page.language {
            say(CONTENT_LANGUAGE, language);
        }
        if packed.is_some() {
            say(CONTENT_ENCODING, "gzip");
        }
        if caching != Caching::Never {
            headers.insert(ETAG, etag.clone());
        }
        match is_known {
            true => *answer.status_mut() = StatusCode::NOT_MODIFIED,
            false => {
                *answer.status_mut() = page.status;
                *answer.body_mut() = packed.unwrap_or_else(|| page.text.clone()).into();
            }
        }
        answer
    }

    /// How many bytes of text it has.
    pub fn len(&self) -> usize {
        self.0.page.text.len()
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn packed_for(&self, accepted: Option<&str>) -> Option<Bytes> {
        let Kept { page, packed, .. } = &*self.0;
        match page.text.len() >= WORTH_PACKING && takes_gzip(accepted) {
            true => packed.get_or_init(|| pack(&page.text)).clone(),
            false => None,
        }
    }
}

impl Caching {
    fn header(self) -> &'static str {
        match self {
            Self::AskAgain => "no-cache",
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Never => "no-store",
        }
    }
}

/// A weak ETag (RFC 9110, section 8.8.3), for packed and not it is the same text.
fn etag(text: &str) -> HeaderValue {
    let hash = Sha256::digest(text.as_bytes());
    let mut etag = String::from("W/\"");
    for byte in &hash[..12] {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    HeaderValue::try_from(etag).unwrap_or(NO_ETAG)
}

/// What no text has.
const NO_ETAG: HeaderValue = HeaderValue::from_static("W/\"\"");

fn names(known: &str, etag: &HeaderValue) -> bool {
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let etag = etag.to_str().map(weak).unwrap_or_default();
    known.split(',').any(|known| weak(known) == etag)
}

/// Whether whoever asks takes what is packed by gzip.
fn takes_gzip(accepted: Option<&str>) -> bool {
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            let is_refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("gzip") && !is_refused
        })
    })
}

fn pack(text: &[u8]) -> Option<Bytes> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).ok()?;
    packer.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> HeaderMap {
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn page(text: &str, status: StatusCode, caching: Caching) -> Page {
        Page {
            status,
            content_type: "text/html; charset=utf-8",
            language: None,
            caching,
            text: text.to_owned(),
        }
    }

    #[test]
    fn who_has_the_newest_is_told_so() {
        let ok = |text: &str| page(text, StatusCode::OK, Caching::AskAgain);
        let first = ok("one").answer(&HeaderMap::new());
        let etag = first.headers()[ETAG].to_str().unwrap().to_owned();
        let known = asked(&[("if-none-match", &format!("\"x\", {etag}"))]);
        let status = |page: Page| page.answer(&known).status();
        assert_eq!(status(ok("one")), StatusCode::NOT_MODIFIED);
        assert_eq!(status(ok("other")), StatusCode::OK);
        let kept = KeptPage::from(ok("one"));
        for _ in 0..2 {
            assert_eq!(kept.answer(&known).status(), StatusCode::NOT_MODIFIED);
        }
        let missing = page("one", StatusCode::NOT_FOUND, Caching::Never);
        assert_eq!(status(missing), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_long_page_is_packed_for_whoever_takes_it() {
        let check = |accepted: &str, length: usize, is_packed: bool| {
            let page = page(&"a".repeat(length), StatusCode::OK, Caching::AskAgain);
            let answer = page.answer(&asked(&[("accept-encoding", accepted)]));
            let packed = answer.headers().contains_key(CONTENT_ENCODING);
            assert_eq!(packed, is_packed, "{accepted} {length}");
        };
        check("br, gzip;q=0.5", 5000, true);
        check("GZIP", 5000, true);
        check("gzip;q=0", 5000, false);
        check("br", 5000, false);
        check("gzip", 100, false);
    }
}
