//! The server's web page: the mails that it took as their readers see them, and buttons for what goes wrong with mail servers.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Mail, Mood, Part, Shared};

/// Mails on the page, newest first: more than anybody scrolls through.
const SHOWN: usize = 40;

/// The moods, with the words of their buttons.
const BUTTONS: [(Mood, &str); 7] = [
    (Mood::Takes, "Takes mails"),
    (Mood::RefusesRecipient, "Refuses the recipient"),
    (Mood::NotNow, "Not now"),
    (Mood::TooBusy, "Too busy"),
    (Mood::CutsBeforeItsAnswer, "Keeps, cuts before its answer"),
    (Mood::CutsInTheMiddle, "Cuts in the middle"),
    (Mood::SaysNothing, "Says nothing"),
];

/// With everything that a mail brought: whatever it is, no program of it runs here.
const GUARDED: [(&str, &str); 2] = [
    ("content-security-policy", "script-src 'none'"),
    ("x-content-type-options", "nosniff"),
];

/// A mail in `/mails.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The first is 1.
    pub number: u32,
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// What no other mail is called.
    pub message_id: Option<String>,
    /// The body as plain text.
    pub text: Option<String>,
}

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let router = Router::new()
        .route("/", get(page))
        .route("/mails.json", get(mails))
        .route("/mails/{number}/html", get(html))
        .route("/mails/{number}/parts/{content_id}", get(picture))
        .route(
            "/mails/{number}/attachments/{place}/{name}",
            get(attachment),
        )
        .route("/mood/{mood}", post(set_mood))
        .route("/changed", get(changed))
        .with_state(shared);
    // Dropped and not drained: a browser that waits for a change would keep it open.
    tokio::select! {
        _ = async { axum::serve(listener, router).await } => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

async fn mails(State(shared): State<Arc<Shared>>) -> Json<Vec<Summary>> {
    let mails: Vec<Mail> = shared.inbox().mails().cloned().collect();
    Json(mails.iter().map(summary).collect())
}

fn summary(mail: &Mail) -> Summary {
    Summary {
        number: mail.number,
        from: mail.from.clone(),
        to: mail.to.clone(),
        subject: mail.subject(),
        message_id: mail.message_id(),
        text: mail.text(),
    }
}

/// The HTML of a mail with its own pictures; its links open beside it.
async fn html(State(shared): State<Arc<Shared>>, Path(number): Path<u32>) -> Response {
    let mail = shared.inbox().find(number).cloned();
    let body = mail.as_ref().and_then(|mail| Some((mail, mail.html()?)));
    let Some((mail, body)) = body else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = with_pictures(&body, mail);
    let shown = Html(format!(r#"<!doctype html><base target="_blank">{body}"#));
    (GUARDED, shown).into_response()
}

fn with_pictures(html: &str, mail: &Mail) -> String {
    let parts = mail.parts().into_iter();
    let mut content_ids: Vec<String> = parts.filter_map(|part| part.content_id).collect();
    // One may begin as another does.
    content_ids.sort_unstable_by_key(|content_id| Reverse(content_id.len()));
    content_ids
        .iter()
        .fold(html.to_owned(), |html, content_id| {
            let picture = format!("/mails/{}/parts/{}", mail.number, encoded(content_id));
            html.replace(&format!("cid:{content_id}"), &picture)
        })
}

async fn picture(
    State(shared): State<Arc<Shared>>,
    Path((number, content_id)): Path<(u32, String)>,
) -> Response {
    let mail = shared.inbox().find(number).cloned();
    let parts = mail.map(|mail| mail.parts()).unwrap_or_default();
    let found = parts
        .into_iter()
        .find(|part| part.content_id.as_ref() == Some(&content_id));
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), brought)
}

/// The last piece of its address is the name under which a browser would keep it.
async fn attachment(
    State(shared): State<Arc<Shared>>,
    Path((number, place, _name)): Path<(u32, usize, String)>,
) -> Response {
    let mail = shared.inbox().find(number).cloned();
    let parts = mail.map(|mail| mail.parts()).unwrap_or_default();
    let found = parts.into_iter().nth(place);
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), brought)
}

fn brought(part: Part) -> Response {
    let content_type = match part.content_type.starts_with("text/") {
        true => format!("{}; charset=utf-8", part.content_type),
        false => part.content_type,
    };
    (GUARDED, [("content-type", content_type)], part.bytes).into_response()
}

async fn set_mood(State(shared): State<Arc<Shared>>, Path(mood): Path<Mood>) -> Redirect {
    shared.set(mood);
    Redirect::to("/")
}

#[derive(Deserialize)]
struct Since {
    since: u64,
}

/// Answers as soon as something has happened after `since`.
async fn changed(
    State(shared): State<Arc<Shared>>,
    Query(Since { since }): Query<Since>,
) -> String {
    let mut changes = shared.changes.subscribe();
    match changes.wait_for(|changes| *changes > since).await {
        Ok(changes) => changes.to_string(),
        Err(_) => since.to_string(),
    }
}

async fn page(State(shared): State<Arc<Shared>>) -> Html<String> {
    let changes = *shared.changes.borrow();
    let (mood, count, newest) = {
        let inbox = shared.inbox();
        let newest: Vec<Mail> = inbox.mails().rev().take(SHOWN).cloned().collect();
        (inbox.mood(), inbox.mails().count(), newest)
    };
    let buttons: String = BUTTONS
        .iter()
        .map(|button| self::button(*button, mood))
        .collect();
    let shown: String = newest.iter().map(article).collect();
    let shown = if shown.is_empty() {
        "<p>No mail has come yet.</p>".to_owned()
    } else {
        shown
    };
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mail server</title><style>{STYLE}</style>
<header><h1>Mail server</h1><p>Mails: {count}, none delivered</p><nav>{buttons}</nav></header><main>{shown}</main>
<script>fetch("/changed?since={changes}").then(() => location.reload(), () => setTimeout(() => location.reload(), 2000))</script></html>"#
    ))
}

fn button((mood, words): (Mood, &str), now: Mood) -> String {
    let name = serde_json::to_value(mood)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default();
    let pressed = mood == now;
    format!(
        r#"<form method="post" action="/mood/{name}"><button aria-pressed="{pressed}">{words}</button></form>"#
    )
}

fn article(mail: &Mail) -> String {
    let number = mail.number;
    let subject = mail.subject().unwrap_or_else(|| "(no subject)".to_owned());
    let from = mail.header("From").unwrap_or_else(|| mail.from.clone());
    let (subject, from) = (escaped(&subject), escaped(&from));
    let to = escaped(&mail.to.join(", "));
    let html = mail.html();
    let body = match &html {
        Some(_) => format!(
            r#"<iframe title="Mail {number}" src="/mails/{number}/html" sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy"></iframe>"#
        ),
        None => String::new(),
    };
    let text = mail.text().map_or_else(String::new, |text| {
        let open = if html.is_none() { " open" } else { "" };
        format!(
            "<details{open}><summary>As plain text</summary><pre>{}</pre></details>",
            escaped(&text)
        )
    });
    let attachments = attachments(mail, html.as_deref().unwrap_or_default());
    format!(
        r#"<article id="mail-{number}"><h2>{subject}</h2><p class="envelope">{from} to {to}, mail {number}</p>{body}{text}{attachments}</article>"#
    )
}

/// Links to what is neither a body nor a picture in the HTML.
fn attachments(mail: &Mail, html: &str) -> String {
    let is_shown = |part: &Part| {
        let is_body = part.name.is_none() && part.content_type.starts_with("text/");
        let is_picture = |content_id: &String| html.contains(&format!("cid:{content_id}"));
        is_body || part.content_id.as_ref().is_some_and(is_picture)
    };
    let links: String = mail
        .parts()
        .iter()
        .enumerate()
        .filter(|(_, part)| !is_shown(part))
        .map(|(place, part)| link(mail.number, place, part))
        .collect();
    match links.is_empty() {
        true => links,
        false => format!("<ul>{links}</ul>"),
    }
}

fn link(number: u32, place: usize, part: &Part) -> String {
    let name = part.name.as_ref().filter(|name| !name.is_empty());
    let name = name.map_or("attachment", String::as_str);
    let (address, words) = (encoded(name), escaped(name));
    let content_type = escaped(&part.content_type);
    let bytes = part.bytes.len();
    format!(
        r#"<li><a href="/mails/{number}/attachments/{place}/{address}" target="_blank">{words}</a> {content_type}, {bytes} bytes</li>"#
    )
}

/// As a piece of an address (RFC 3986).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    text.bytes()
        .map(|byte| match is_plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// As text and attributes of HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

const STYLE: &str = "
:root { color-scheme: light dark; --ground: light-dark(#f3f1ec, #1d2024); --sheet: light-dark(#fff, #282c31); --line: light-dark(#d8d4ca, #454b53); --quiet: light-dark(#5d5a52, #b3b9c1) }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--ground); color: light-dark(#1d1c19, #f2f3f5) }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 12px 20px; background: var(--sheet); border-bottom: 1px solid var(--line) }
h1 { font-size: 18px; margin: 0 } header p, .envelope, li { color: var(--quiet) } header p { margin: 0 }
nav { display: flex; flex-wrap: wrap; gap: 8px }
button { font: inherit; padding: 8px 14px; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; cursor: pointer }
button[aria-pressed=true] { background: #f2c14e; color: #111; border-color: #f2c14e }
main { max-width: 760px; margin: 0 auto; padding: 24px 16px }
article { margin: 0 0 24px; padding: 20px; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere }
h2 { font-size: 20px; margin: 0 } .envelope { margin: 4px 0 16px; font-size: 14px }
iframe { display: block; width: 100%; height: 640px; resize: vertical; border: 1px solid var(--line); border-radius: 6px }
details { margin-top: 16px } summary { cursor: pointer } pre { margin: 8px 0 0; white-space: pre-wrap; font: 14px/1.5 ui-monospace, monospace }
ul { margin: 16px 0 0; padding: 0; list-style: none } a { color: light-dark(#0b57a4, #8fc1ff) }";

#[cfg(test)]
mod tests {
    use super::{Mail, article, encoded, escaped, with_pictures};

    fn mail(body: &str) -> Mail {
        Mail {
            number: 7,
            from: "tickets@foyer.example".to_owned(),
            to: vec!["guest@home.example".to_owned()],
            raw: format!("Subject: <b>& \"two\"\r\n{body}"),
        }
    }

    #[test]
    fn what_a_mail_says_is_no_html_of_the_page() {
        let shown = article(&mail("\r\n<script>alert(1)</script>\r\n"));
        assert!(
            shown.contains("<h2>&lt;b&gt;&amp; &quot;two&quot;</h2>"),
            "{shown}"
        );
        assert!(shown.contains("<pre>&lt;script&gt;"), "{shown}");
        assert!(!shown.contains("<script"), "{shown}");
        assert_eq!(escaped("'"), "&#39;");
    }

    #[test]
    fn pictures_are_found_by_their_whole_id() {
        let mail = mail(
            "Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>\r\n\
             --x\r\nContent-Type: image/png\r\nContent-ID: <a>\r\n\r\nA\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a/b>\r\n\r\nB\r\n--x--\r\n",
        );
        assert_eq!(
            with_pictures("<img src=\"cid:a/b\"><img src='cid:a'> placid:c", &mail),
            "<img src=\"/mails/7/parts/a%2Fb\"><img src='/mails/7/parts/a'> placid:c"
        );
    }

    #[test]
    fn an_address_takes_any_name() {
        assert_eq!(encoded("Plätze 1/2.pdf"), "Pl%C3%A4tze%201%2F2.pdf");
        assert_eq!(encoded("code@foyer"), "code@foyer");
    }
}
