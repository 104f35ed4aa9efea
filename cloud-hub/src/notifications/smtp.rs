//! Mails by SMTP: the one file that knows it. What the server says is told apart by whether it is about the message or about everything.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use box_office::text::plain;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor};

use super::Message;
use crate::storefront::booking::letter::Letter;

/// How long it may take to reach the server, and how long a mail may take from then on: some look at one before they take it.
const CONNECT_TIME: Duration = Duration::from_secs(10);
const MAIL_TIME: Duration = Duration::from_secs(60);

/// Connections that are kept open between two mails.
const MOST_CONNECTIONS: u32 = 4;

/// So much of what the server says is kept, in characters.
const LONGEST_REASON: usize = 300;

/// The longest address in octets (RFC 5321, section 4.5.3.1.3, without its brackets).
const LONGEST_ADDRESS: usize = 254;

/// An address that a mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(lettre::Address);

/// It is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAddress;

impl Address {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let address: lettre::Address = text.trim().parse().map_err(|_| NoAddress)?;
        // Nobody at home has a mailbox at a machine without a domain, or at a number.
        let is_top = |top: &str| top.len() > 1 && top.starts_with(|it: char| it.is_alphabetic());
        let has_domain = address
            .domain()
            .rsplit_once('.')
            .is_some_and(|(host, top)| !host.is_empty() && is_top(top));
        let text: &str = address.as_ref();
        // Few servers take other letters.
        let fits = text.len() <= LONGEST_ADDRESS && text.is_ascii();
        (has_domain && fits)
            .then_some(Self(address))
            .ok_or(NoAddress)
    }
}

/// Why a mail is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotSent {
    /// The server takes nothing, or nobody knows whether it has taken this one: it is about no message.
    ServerAway(String),
    /// It does not take this one now.
    NotNow(String),
    /// It will not take this one.
    Never(String),
}

/// Who sends mails. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    /// How long a mail may take.
    mail_time: Duration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// A mail server, as the settings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encrypted: Encrypted,
}

/// How the line to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encrypted {
    /// From its beginning.
    AtOnce,
    /// By STARTTLS, and nothing is said before.
    Later,
    /// Not: the server is on this machine.
    No,
}

/// How a mailer is let in, and whom it trusts.
pub(super) struct Trust {
    pub(super) login: Option<(String, String)>,
    /// PEM, beside whom the machine trusts.
    pub(super) authority: Option<Vec<u8>>,
}

impl Mailer {
    /// One that sends by this server.
    ///
    /// # Errors
    /// In words, what of it cannot be.
    pub(super) fn by(
        server: &Server,
        trust: Trust,
        (from, reply_to): (&str, Option<&str>),
    ) -> Result<Self, String> {
        let mailbox = |name: &str, text: &str| {
            let read: Result<Mailbox, _> = text.parse();
            read.map_err(|why| {
                format!("{name} is no address, as in `Metropol <tickets@metropol.example>`: {why}")
            })
        };
        let from = mailbox("from", from)?;
        let reply_to = reply_to.map(|text| mailbox("reply_to", text)).transpose()?;
        let tls = || {
            let mut parameters = TlsParameters::builder(server.host.clone());
            if let Some(pem) = &trust.authority {
                let certificate = Certificate::from_pem(pem);
                let certificate =
                    certificate.map_err(|why| format!("authority cannot be used: {why}"))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            let built = parameters.build();
            built.map_err(|why| format!("the server's certificate could not be checked: {why}"))
        };
        let tls = match server.encrypted {
            Encrypted::AtOnce => Tls::Wrapper(tls()?),
            Encrypted::Later => Tls::Required(tls()?),
            Encrypted::No => Tls::None,
        };
        let pool = PoolConfig::new().max_size(MOST_CONNECTIONS);
        let domain = from.email.domain().to_owned();
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
                .port(server.port)
                .tls(tls)
                .timeout(Some(CONNECT_TIME))
                .hello_name(ClientId::Domain(domain))
                .pool_config(pool);
        if let Some((user, password)) = trust.login {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            reply_to,
            mail_time: MAIL_TIME,
        })
    }

    /// Sends a letter as this message; resolves when the server has taken it for good.
    pub(super) async fn send(
        &self,
        (message, now): (&Message, Timestamp),
        letter: Letter,
    ) -> Result<(), NotSent> {
        let mail = self.mail((message, now), letter).map_err(NotSent::Never)?;
        // The transport's own time is for reaching the server alone.
        let sending = tokio::time::timeout(self.mail_time, self.transport.send(mail));
        match sending.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(told_apart(&error)),
            Err(_) => Err(NotSent::ServerAway("it does not answer".to_owned())),
        }
    }

    fn mail(&self, (message, now): (&Message, Timestamp), letter: Letter) -> Result<Mail, String> {
        let to: Address = message
            .address
            .parse()
            .map_err(|NoAddress| "its address is none".to_owned())?;
        // The same for the same cause, so that whoever gets it twice sees it once.
        let (id, causes) = (&message.id, message.causes);
        let name = format!("<{id}.{causes}@{}>", self.from.email.domain());
        let mut mail = Mail::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.0))
            .date(now.into())
            .message_id(Some(name))
            .subject(letter.subject.clone())
            // A machine writes: no machine shall answer (RFC 3834, section 5).
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("Content-Language", letter.language));
        if let Some(reply_to) = &self.reply_to {
            mail = mail.reply_to(reply_to.clone());
        }
        mail.multipart(parts(letter)?)
            .map_err(|why| why.to_string())
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The text, or the page with its pictures; and the tickets beside.
fn parts(letter: Letter) -> Result<MultiPart, String> {
    let kind = |text: &str| ContentType::parse(text).map_err(|why| why.to_string());
    let png = kind("image/png")?;
    let mut page = MultiPart::related().singlepart(SinglePart::html(letter.html));
    for picture in letter.pictures {
        let name = format!("{}.png", picture.name);
        let shown = Attachment::new_inline_with_name(picture.name, name);
        page = page.singlepart(shown.body(picture.png, png.clone()));
    }
    let body = MultiPart::alternative()
        .singlepart(SinglePart::plain(letter.text))
        .multipart(page);
    Ok(match letter.tickets {
        None => body,
        Some(file) => {
            let tickets = Attachment::new("tickets.pdf".to_owned());
            let tickets = tickets.body(file, kind("application/pdf")?);
            MultiPart::mixed().multipart(body).singlepart(tickets)
        }
    })
}

/// What became of it. Codes of RFC 5321, section 4.2.2, and RFC 4954, section 6: those of the conversation and of the login are about no message.
fn told_apart(error: &lettre::transport::smtp::Error) -> NotSent {
    let Some(code) = error.status() else {
        return NotSent::ServerAway(error.to_string());
    };
    let why: String = plain(&error.to_string())
        .chars()
        .take(LONGEST_REASON)
        .collect();
    match u16::from(code) {
        // Its words may name whom it was for, and these are logged.
        421 | 432 | 454 | 530 | 534 | 535 | 538 => {
            NotSent::ServerAway(format!("it answers {code}"))
        }
        _ if error.is_permanent() => NotSent::Never(why),
        _ => NotSent::NotNow(why),
    }
}

#[cfg(test)]
mod tests;
