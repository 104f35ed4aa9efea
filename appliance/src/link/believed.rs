//! Which keys a box believes: what the hub tells of them is kept, and believed from when it is committed.

use box_office::CinemaId;
use database::{Snapshot, Tx};
use wire::{KeyId, PublicKey, Tickets, ToldKeyList};

use super::hub_keys::Counts;
use super::{Link, store};

impl Link {
    /// The keys that sign tickets of `cinema` beside this box's own, the newest first.
    pub(crate) fn listed_ticket_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Tickets>> {
        self.0.hub_keys.lock().ticket_keys(cinema)
    }

    /// Whether somebody else may sign tickets with this key.
    pub(crate) fn is_stolen(&self, key: KeyId) -> bool {
        self.0.hub_keys.lock().is_stolen(key)
    }

    /// Whether it is a key of one of the cinema's boxes.
    pub(crate) fn is_of_a_box(&self, key: KeyId) -> bool {
        self.0.hub_keys.lock().is_of_a_box(key)
    }

    /// The newest list of keys that is kept.
    pub(crate) fn key_list(
        &self,
        db: &mut Snapshot<'_>,
    ) -> Result<Option<ToldKeyList>, database::Error> {
        Ok(store::hub_keys(db)?.newest().cloned())
    }

    /// Keeps a list of keys that the hub offers, if its root has signed it and it is newer than what is known, and believes it once that is
    /// committed. A box that knows no root yet takes the one that the hub names.
    pub(crate) fn hear_key_list(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        told: &ToldKeyList,
    ) -> Result<(), database::Error> {
        let list = match told.read(cinema) {
            Ok(list) => list,
            Err(why) => {
                tracing::error!(%why, "the hub tells a list of keys that is none; what is known before counts on");
                return Ok(());
            }
        };
        match store::hub_keys(tx)?.judge(told, &list) {
            Counts::Newer => {
                tracing::info!(list.number, "the hub tells a newer list of keys");
                store::keep_key_list(tx, &list, told)?;
                self.believe_what_is_stored(tx)
            }
            Counts::Known => Ok(()),
            Counts::BesideKnown => {
                tracing::warn!(
                    list.number,
                    "the hub has signed a list of keys without what is known here: it is told that"
                );
                Ok(())
            }
            Counts::OtherRoot => {
                tracing::error!(
                    "the hub tells the list of keys of another root than it had when this box was enrolled: its keys are not believed"
                );
                Ok(())
            }
        }
    }

    /// Keeps a key with which the hub says that it signs tickets, and believes it once that is committed. Whoever knows a root believes its
    /// lists alone.
    pub(crate) fn hear_ticket_key(
        &self,
        tx: &mut Tx<'_>,
        key: [u8; 32],
    ) -> Result<(), database::Error> {
        let known = store::hub_keys(tx)?;
        if known.root.is_some() || known.told.contains(&key) {
            return Ok(());
        }
        tracing::info!("the hub tells its key for tickets");
        store::keep_ticket_key(tx, &key)?;
        self.believe_what_is_stored(tx)
    }

    /// Believes what is stored, once it is committed.
    pub(super) fn believe_what_is_stored(&self, tx: &mut Tx<'_>) -> Result<(), database::Error> {
        let (link, known) = (self.clone(), store::hub_keys(tx)?);
        tx.after_commit(move || *link.0.hub_keys.lock() = known);
        Ok(())
    }
}
