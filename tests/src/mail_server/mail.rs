//! A mail that was taken, and what its reader would see of it (RFC 5322, MIME).

use std::borrow::Cow;

use mail_parser::{HeaderForm, Message, MessageParser, MimeHeaders as _};

/// A mail as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The first is 1.
    pub number: u32,
    /// The sender of the envelope; empty for a mail about one that was not delivered.
    pub from: String,
    /// The recipients of the envelope, in the order in which they were named.
    pub to: Vec<String>,
    /// All of it, headers and body, as it was sent; what is no UTF-8 is replaced.
    pub raw: String,
}

/// A piece of a mail that is not itself made of others: a body, a picture, an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Such as `application/pdf`, without parameters.
    pub content_type: String,
    /// The name of its file.
    pub name: Option<String>,
    /// By which the HTML refers to it, without angle brackets.
    pub content_id: Option<String>,
    /// What it holds, decoded; texts as UTF-8.
    pub bytes: Vec<u8>,
}

impl Mail {
    /// The first header of that name, decoded and on one line.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.parsed()?;
        let values = message.header_as(name.to_owned(), HeaderForm::Text);
        let first = values.into_iter().next()?;
        first.into_text().map(Cow::into_owned)
    }

    /// What it is about.
    pub fn subject(&self) -> Option<String> {
        self.header("Subject")
    }

    /// What no other mail is called, without angle brackets.
    pub fn message_id(&self) -> Option<String> {
        let message = self.parsed()?;
        message.message_id().map(str::to_owned)
    }

    /// The body as plain text, with `\n` at the ends of lines.
    pub fn text(&self) -> Option<String> {
        let message = self.parsed()?;
        let mut bodies = message.text_bodies();
        let body = bodies.find(|part| part.is_text() && !part.is_text_html())?;
        body.text_contents().map(with_plain_ends)
    }

    /// The body as HTML, with `\n` at the ends of lines.
    pub fn html(&self) -> Option<String> {
        let message = self.parsed()?;
        let mut bodies = message.html_bodies();
        let body = bodies.find(|part| part.is_text_html())?;
        body.text_contents().map(with_plain_ends)
    }

    /// All pieces, in their order: bodies, pictures and attachments.
    pub fn parts(&self) -> Vec<Part> {
        let Some(message) = self.parsed() else {
            return Vec::new();
        };
        let pieces = message.parts.iter().filter(|part| !part.is_multipart());
        pieces
            .map(|part| Part {
                content_type: content_type(part.content_type()),
                name: part.attachment_name().map(str::to_owned),
                content_id: part.content_id().map(str::to_owned),
                bytes: part.contents().to_vec(),
            })
            .collect()
    }

    fn parsed(&self) -> Option<Message<'_>> {
        MessageParser::default().parse(&self.raw)
    }
}

/// What says nothing of itself is plain text (RFC 2045, 5.2).
fn content_type(said: Option<&mail_parser::ContentType<'_>>) -> String {
    let Some(said) = said else {
        return "text/plain".to_owned();
    };
    let name = match said.subtype() {
        Some(subtype) => format!("{}/{subtype}", said.ctype()),
        None => said.ctype().to_owned(),
    };
    name.to_ascii_lowercase()
}

fn with_plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::{Mail, Part};

    fn mail(lines: &[&str]) -> Mail {
        Mail {
            number: 1,
            from: "tickets@foyer.example".to_owned(),
            to: vec!["guest@home.example".to_owned()],
            raw: lines.iter().map(|line| format!("{line}\r\n")).collect(),
        }
    }

    fn with_everything() -> Mail {
        mail(&[
            "From: =?utf-8?Q?Kino_f=C3=BCr_alle?= <tickets@foyer.example>",
            "Subject: =?utf-8?B?SWhyZSBQbMOkdHpl?=",
            " tonight",
            "Message-ID: <7f@foyer.example>",
            "X-Foyer: one",
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=\"outer\"",
            "",
            "--outer",
            "Content-Type: multipart/alternative; boundary=\"bodies\"",
            "",
            "--bodies",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "Zwei Pl=C3=A4tze",
            "D5 and =",
            "D6",
            "--bodies",
            "Content-Type: multipart/related; boundary=\"related\"",
            "",
            "--related",
            "Content-Type: text/html; charset=utf-8",
            "",
            "<p>Two seats<img src=\"cid:code@foyer\">",
            "--related",
            "Content-Type: image/png",
            "Content-ID: <code@foyer>",
            "Content-Disposition: inline",
            "Content-Transfer-Encoding: base64",
            "",
            "iVBORw==",
            "--related--",
            "--bodies--",
            "--outer",
            "Content-Type: application/pdf",
            "Content-Disposition: attachment; filename=\"tickets.pdf\"",
            "Content-Transfer-Encoding: base64",
            "",
            "JVBERg==",
            "--outer--",
        ])
    }

    #[test]
    fn headers_are_decoded() {
        let mail = with_everything();
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(mail.header(name).as_deref(), expected, "{name}");
        };
        check("From", Some("Kino für alle <tickets@foyer.example>"));
        check("x-foyer", Some("one"));
        check("Reply-To", None);
        assert_eq!(mail.subject().unwrap(), "Ihre Plätze tonight");
        assert_eq!(mail.message_id().unwrap(), "7f@foyer.example");
    }

    #[test]
    fn bodies_and_attachments_are_told_apart() {
        let mail = with_everything();
        assert_eq!(mail.text().unwrap().trim_end(), "Zwei Plätze\nD5 and D6");
        let html = mail.html().unwrap();
        assert_eq!(html.trim_end(), "<p>Two seats<img src=\"cid:code@foyer\">");
        let parts = mail.parts();
        let types: Vec<&str> = parts
            .iter()
            .map(|part| part.content_type.as_str())
            .collect();
        assert_eq!(
            types,
            ["text/plain", "text/html", "image/png", "application/pdf"]
        );
        let picture = Part {
            content_type: "image/png".to_owned(),
            name: None,
            content_id: Some("code@foyer".to_owned()),
            bytes: b"\x89PNG".to_vec(),
        };
        assert_eq!(parts[2], picture);
        assert_eq!(parts[3].name.as_deref(), Some("tickets.pdf"));
        assert_eq!(parts[3].bytes, b"%PDF");
    }

    #[test]
    fn one_body_is_not_the_other() {
        let plain = mail(&["Subject: x", "", "Two seats."]);
        assert_eq!(plain.text().unwrap().trim_end(), "Two seats.");
        assert_eq!(plain.html(), None);
        assert_eq!(plain.message_id(), None);
        let html = mail(&["Content-Type: text/html", "", "<p>Two seats."]);
        assert_eq!(html.text(), None);
        assert_eq!(html.html().unwrap().trim_end(), "<p>Two seats.");
    }
}
