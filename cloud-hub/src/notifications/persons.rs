//! Messages that a person looks at: those that cannot be delivered, and those that wait for the server.

use database::Snapshot;
use service::http::Refusal;

use super::{Failed, Message, Notifications, store};

impl Message {
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
        match &self.failed {
            Some(why) => {
                format!("{line}  not delivered: {why}; `cloud-hub send-again {id}` tries once more")
            }
            None => format!("{line}  waits to be sent"),
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

/// What is not sent, a line each; those that wait for a person first.
///
/// # Errors
/// The database refuses.
pub(crate) async fn list(notifications: &Notifications) -> Result<Vec<String>, counter::Fault> {
    let mut unsent = notifications.database.read(store::unsent).await?;
    unsent.sort_by_key(|message| message.failed.is_none());
    Ok(unsent.iter().map(Message::in_words).collect())
}

/// Has a message sent that could not be delivered, or all of them; says what it does.
///
/// # Errors
/// There is none, or the database refuses.
pub(crate) async fn send_again(
    notifications: &Notifications,
    id: Option<String>,
) -> Result<String, Refusal> {
    let scope = database::Scope::Nothing;
    let again = notifications
        .database
        .write(scope, move |tx| store::wait_again(tx, id.as_deref()));
    let count = again.await.map_err(counter::Fault::from)?;
    notifications.bell.ring();
    match count {
        0 => Err(Refusal::not_found(
            "no_such_message",
            "No such message waits for a person",
            "`cloud-hub mails` lists them.",
        )),
        1 => Ok("it is sent again".to_owned()),
        many => Ok(format!("{many} are sent again")),
    }
}
