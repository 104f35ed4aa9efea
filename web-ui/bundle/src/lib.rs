#![doc = include_str!("../README.md")]

mod encoding;

use std::borrow::Cow;

use encoding::Encoding;
use rust_embed::RustEmbed;

/// An answer to a GET, for any web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status: 200, 304, 404, or 503 when no screen is built.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// Empty with 304.
    pub body: Cow<'static, [u8]>,
}

/// Answers a GET of a page (`/kiosk`, and what a screen shows below it) or of an asset (`/assets/..`). The last two arguments are the values of
/// the request's headers of those names.
#[must_use]
pub fn respond(path: &str, accept_encoding: Option<&str>, if_none_match: Option<&str>) -> Answer {
    let path = path.trim_start_matches('/');
    if path.starts_with("assets/") {
        return file(path, Caching::Forever, accept_encoding, if_none_match)
            .unwrap_or_else(|| plain_page(404, NOT_HERE));
    }
    let screen = path.split('/').next().unwrap_or(path);
    match file(
        &format!("{screen}.html"),
        Caching::AskAgain,
        accept_encoding,
        if_none_match,
    ) {
        Some(answer) => answer,
        None if nothing_is_built() => plain_page(503, NOT_BUILT),
        None => plain_page(404, NOT_HERE),
    }
}

/// What the head of a page that another draws has for a screen on it: the lines of the screen's own page. Nothing, if it is not built.
#[must_use]
pub fn head(screen: &str) -> Option<String> {
    let page = Dist::get(&format!("{screen}.html"))?;
    String::from_utf8(page.data.into_owned()).ok()
}

/// Whether `cargo screens` has not run: there is no page at all.
#[must_use]
pub fn nothing_is_built() -> bool {
    !Dist::iter().any(|path| path.ends_with(".html"))
}

/// The paths inside `dist`, such as `kiosk.html` and `kiosk.html.br`, each with its size in bytes.
pub fn sizes() -> impl Iterator<Item = (Cow<'static, str>, usize)> {
    Dist::iter().filter_map(|path| Dist::get(&path).map(|found| (path, found.data.len())))
}

#[derive(RustEmbed)]
#[folder = "dist"]
#[allow_missing = true]
struct Dist;

/// What every page may load and do: scripts, WebAssembly and styles from here only, nothing inlined, no other origin for anything.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT: &str =
    "The screens are not built: run <code>cargo screens</code> and load this page again.";
const NOT_HERE: &str = "There is no such screen here.";

#[derive(Clone, Copy)]
enum Caching {
    AskAgain,
    Forever,
}

/// A file of `dist` in the best encoding that the browser accepts and that exists.
fn file(
    path: &str,
    caching: Caching,
    accept_encoding: Option<&str>,
    if_none_match: Option<&str>,
) -> Option<Answer> {
    let plain = Dist::get(path)?;
    let (encoding, found) = encoding::accepted(accept_encoding.unwrap_or_default())
        .into_iter()
        .find_map(|encoding| {
            Dist::get(&format!("{path}.{}", encoding.ending())).map(|found| (encoding, found))
        })
        .unwrap_or((Encoding::Plain, plain));

    let etag = etag(&found.metadata.sha256_hash());
    let mut headers: Vec<(&'static str, Cow<'static, str>)> = vec![
        ("content-type", mime(path).into()),
        ("vary", "accept-encoding".into()),
        ("etag", etag.clone().into()),
        ("x-content-type-options", "nosniff".into()),
    ];
    match caching {
        Caching::AskAgain => headers.extend([
            ("cache-control", "no-cache".into()),
            ("referrer-policy", "no-referrer".into()),
        ]),
        Caching::Forever => headers.push((
            "cache-control",
            "public, max-age=31536000, immutable".into(),
        )),
    }
    if if_none_match.is_some_and(|known| {
        known
            .split(',')
            .any(|known| known.trim().trim_start_matches("W/") == etag)
    }) {
        return Some(Answer {
            status: 304,
            headers,
            body: Cow::Borrowed(&[]),
        });
    }
    if let Some(name) = encoding.name() {
        headers.push(("content-encoding", name.into()));
    }
    Some(Answer {
        status: 200,
        headers,
        body: found.data,
    })
}

fn plain_page(status: u16, words: &str) -> Answer {
    let body = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Foyer</title><p>{words}</p></html>\n"
    );
    Answer {
        status,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".into()),
            ("cache-control", "no-store".into()),
        ],
        body: body.into_bytes().into(),
    }
}

/// A strong ETag (RFC 9110, section 8.8.3) of the bytes as sent.
fn etag(sha256: &[u8]) -> String {
    let hex: String = sha256
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{mime, nothing_is_built, respond};

    #[test]
    fn a_page_without_a_file_says_what_to_do() {
        let answer = respond("/no-such-screen", None, None);
        assert_eq!(answer.status, if nothing_is_built() { 503 } else { 404 });
        let words = String::from_utf8(answer.body.into_owned()).unwrap();
        assert_eq!(words.contains("cargo screens"), nothing_is_built());
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in [
            "/assets/../../Cargo.toml",
            "/assets/../../src/lib.rs",
            "/..%2fCargo.toml",
            "/assets/",
        ] {
            assert_ne!(respond(path, None, None).status, 200, "{path}");
        }
    }

    #[test]
    fn a_program_is_announced_as_one() {
        assert_eq!(mime("assets/0/kiosk/kiosk_bg.wasm"), "application/wasm");
        assert_eq!(mime("licence"), "application/octet-stream");
    }
}
