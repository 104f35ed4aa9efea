//! Messages that a person looks at: those that cannot be delivered, and those that wait for the server.

use box_office::CinemaId;
use counter::catalogue::local;
use counter::checkout;
use database::{Scope, Snapshot, Tx};
use hub_api::{MailKind, UndeliveredMail, UndeliveredMails};
use jiff::tz::TimeZone;
use service::http::Refusal;

use super::{
    Address, ContactRefused, Decided, Failed, Kind, Message, NoAddress, Notifications, store,
};

/// How many head office is shown at once: what fits a page.
const SHOWN: usize = 50;

impl Message {
    fn shown(self, reference: Option<String>, written_at: String) -> UndeliveredMail {
        UndeliveredMail {
            id: self.id,
            cinema: self.cinema,
            sale: self.sale,
            reference,
            kind: match self.kind {
                Kind::Bought => MailKind::Bought,
                Kind::Back => MailKind::Back,
                Kind::Time => MailKind::Time,
                Kind::Room => MailKind::Room,
            },
            address: self.address,
            written_at,
            why: self.why,
            tries: u32::try_from(self.tries).unwrap_or(u32::MAX),
        }
    }

    /// A line for whoever is signed in on the hub's machine.
    fn in_words(&self) -> String {
        let Self {
            id,
            cinema,
            sale,
            address,
            written_at,
            ..
        } = self;
        let kind = self.kind.word();
        let line = format!("{id}  {cinema}  sale {sale}  {kind}  to {address}  since {written_at}");
        let why = &self.why;
        match (self.is_failed, self.tries) {
            (true, _) => format!(
                "{line}  not delivered: {why}; `cloud-hub send-again {id}` tries once more, `--to ADDRESS` elsewhere; `cloud-hub set-aside {id}` gives it up"
            ),
            (false, 0) => format!("{line}  waits to be sent"),
            (false, tries) => format!("{line}  turned away {}: {why}", counted_times(tries)),
        }
    }
}

/// What could not be delivered.
///
/// # Errors
/// The database refuses.
pub(crate) fn failed(db: &mut Snapshot<'_>) -> Result<Vec<Failed>, database::Error> {
    store::failed_ones(db)
}

/// The same, a line each.
///
/// # Errors
/// The database refuses.
pub(crate) async fn undelivered(
    notifications: &Notifications,
) -> Result<Vec<String>, counter::Fault> {
    let found = notifications.database.read(failed).await?;
    let line = |it: &Failed| {
        let Failed {
            id, cinema, sale, ..
        } = it;
        format!("{id}  {cinema}  sale {sale}  could not be delivered; `cloud-hub mails` says why")
    };
    Ok(found.iter().map(line).collect())
}

/// What could not be delivered, for whoever is at head office.
///
/// # Errors
/// The database refuses.
pub(crate) async fn for_head_office(
    notifications: &Notifications,
) -> Result<UndeliveredMails, counter::Fault> {
    let counter = notifications.counter.clone();
    let read = notifications.database.read(move |db| {
        let unsent = store::unsent(db)?.into_iter();
        let mut failed: Vec<_> = unsent.filter(|message| message.is_failed).collect();
        let more = failed.len().saturating_sub(SHOWN);
        failed.truncate(SHOWN);
        let zone_of = |cinema: &CinemaId| {
            let at = counter.at(cinema);
            at.map_or(TimeZone::UTC, |at| at.catalogue().zone().clone())
        };
        let shown = failed.into_iter().map(|message| {
            let reference = checkout::receipt_of(db, &message.sale)?;
            let written_at = local(message.written_at, &zone_of(&message.cinema));
            Ok(message.shown(reference, written_at))
        });
        let mails = shown.collect::<Result<Vec<_>, counter::Fault>>()?;
        Ok::<_, counter::Fault>((mails, u32::try_from(more).unwrap_or(u32::MAX)))
    });
    let (mails, more) = read.await?;
    Ok(UndeliveredMails {
        mails,
        more,
        server_takes_nothing: notifications.pauses.has_no_server(),
    })
}

/// What is not sent, a line each; those that wait for a person first.
///
/// # Errors
/// The database refuses.
pub(crate) async fn list(notifications: &Notifications) -> Result<Vec<String>, counter::Fault> {
    let mut unsent = notifications.database.read(store::unsent).await?;
    unsent.sort_by_key(|message| !message.is_failed);
    let server = notifications.pauses.has_no_server();
    let server = server.then(|| "the mail server takes nothing at the moment".to_owned());
    Ok(server
        .into_iter()
        .chain(unsent.iter().map(Message::in_words))
        .collect())
}

/// Decides about a message that could not be delivered, or about all of them; says what becomes of it.
///
/// # Errors
/// There is none, or the database refuses.
pub(crate) async fn decide(
    notifications: &Notifications,
    id: Option<String>,
    decided: Decided,
) -> Result<String, Refusal> {
    let work = move |tx: &mut Tx<'_>| store::decide(tx, id.as_deref(), decided);
    let decided_of = notifications.database.write(Scope::Nothing, work).await;
    let count = decided_of.map_err(counter::Fault::from)?;
    notifications.bell.ring();
    let becomes = match decided {
        Decided::SentAgain => "sent again",
        Decided::SetAside => "set aside",
    };
    are(count, becomes).ok_or_else(no_such_message)
}

/// Sends a message that could not be delivered to another address, and whatever is told of that booking later.
///
/// # Errors
/// It is no address, there is no such message, or the database refuses.
pub(crate) async fn send_to(
    notifications: &Notifications,
    id: String,
    address: &str,
) -> Result<String, Refusal> {
    let address: Address = address
        .parse()
        .map_err(|NoAddress| Refusal::from(ContactRefused::NoAddress))?;
    let work = move |tx: &mut Tx<'_>| store::correct(tx, &id, address.as_str());
    let scope = Scope::of("messages", "corrected");
    let sent = notifications.database.write(scope, work).await;
    let count = sent.map_err(counter::Fault::from)?;
    notifications.bell.ring();
    are(count, "sent again").ok_or_else(no_such_message)
}

fn are(count: u64, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("it is {what}")),
        many => Some(format!("{many} are {what}")),
    }
}

fn counted_times(times: i64) -> String {
    match times {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

/// Why nothing is done.
pub(crate) fn no_such_message() -> Refusal {
    Refusal::not_found(
        "no_such_message",
        "No such message waits for a person",
        "`cloud-hub mails` lists them.",
    )
}
