//! Texts that a process draws itself, page by page: sent with what tells one state of them from another, so that a browser that has the
//! newest is told so, and packed where that is understood.

use std::io::Write as _;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
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
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// What it is: `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// In which language it is, if it is in one that the asker's headers have chosen.
    pub language: Option<&'static str>,
    /// How long it may be kept.
    pub caching: Caching,
    /// The text itself.
    pub text: String,
}

impl Page {
    /// The answer to a request with these headers.
    pub fn answer(self, asked: &HeaderMap) -> Response {
        let value = |name| asked.get(name).and_then(|value| value.to_str().ok());
        let etag = etag(&self.text);
        let mut head = Response::builder()
            .header(CONTENT_TYPE, self.content_type)
            .header(CACHE_CONTROL, self.caching.header())
            .header(VARY, "accept-language, accept-encoding");
        if self.caching != Caching::Never {
            head = head.header(ETAG, &etag);
        }
        if let Some(language) = self.language {
            head = head.header(CONTENT_LANGUAGE, language);
        }
        let is_known = self.caching != Caching::Never
            && self.status == StatusCode::OK
            && value(IF_NONE_MATCH).is_some_and(|known| names(known, &etag));
        let answer = if is_known {
            head.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            let head = head.status(self.status);
            match packed(&self.text, value(ACCEPT_ENCODING)) {
                Some(bytes) => head.header(CONTENT_ENCODING, "gzip").body(bytes.into()),
                None => head.body(self.text.into()),
            }
        };
        answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
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
fn etag(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("W/\"{hex}\"")
}

fn names(known: &str, etag: &str) -> bool {
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.split(',').any(|known| weak(known) == weak(etag))
}

/// The text packed by gzip, if whoever asks takes that.
fn packed(text: &str, accepted: Option<&str>) -> Option<Vec<u8>> {
    let is_wanted = accepted.is_some_and(|accepted| {
        accepted.split(',').any(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            let is_refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("gzip") && !is_refused
        })
    });
    if !is_wanted || text.len() < WORTH_PACKING {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).ok()?;
    packer.finish().ok()
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
