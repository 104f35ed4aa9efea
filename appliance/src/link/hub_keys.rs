//! With which keys a box believes that a ticket or a hand-over code of its cinema is signed: the lists that the hub's root has signed, the newest
//! of each hub that the box was enrolled with, and what hubs of the first version told beside any list.

use box_office::CinemaId;
use database::{Snapshot, Tx};
use wire::{Codes, KeyBytes, KeyId, KeyList, PublicKey, Tickets, ToldKeyList};

use super::{Link, store};

/// What is known of the hub's keys.
#[derive(Debug, Clone, Default)]
pub(super) struct HubKeys {
    /// Whose lists count from here on.
    pub(super) root: Option<KeyBytes>,
    /// The newest list of each root.
    pub(super) lists: Vec<(ToldKeyList, KeyList)>,
    /// Keys for tickets that were told without a list, the newest first.
    pub(super) told: Vec<[u8; 32]>,
}

/// What a list that was told comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// It is newer than what is known, and is kept.
    Newer,
    /// It is what is known, or older.
    Known,
    /// It lacks what is known, or says more under a number that is not higher: a hub that was put back has signed it, and takes in what is known
    /// here.
    BesideKnown,
    /// It is of another root than the one whose lists count.
    OtherRoot,
}

impl HubKeys {
    /// Whether a list counts, whose signature is right.
    pub(super) fn judge(&self, told: &ToldKeyList, list: &KeyList) -> Counts {
        if self.root.is_some_and(|root| root != told.root) {
            return Counts::OtherRoot;
        }
        match self.of(&told.root) {
            Some((known, _)) if known == told => Counts::Known,
            Some((_, known)) if known.number > list.number && known.has_all_of(list) => {
                Counts::Known
            }
            Some((_, known)) if known.number > list.number => Counts::BesideKnown,
            Some((_, known)) if known.number == list.number => Counts::BesideKnown,
            Some((_, known)) if !list.has_all_of(known) => Counts::BesideKnown,
            Some(_) | None => Counts::Newer,
        }
    }

    /// The newest list of the root whose lists count.
    pub(super) fn newest(&self) -> Option<&ToldKeyList> {
        let (told, _) = self.of(&self.root?)?;
        Some(told)
    }

    /// The keys that sign tickets of `cinema`, those of each list the newest first.
    pub(super) fn ticket_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Tickets>> {
        let listed = self.lists.iter().filter_map(|(_, list)| {
            let is_of_it = list.cinema == *cinema;
            is_of_it.then(|| list.ticket_keys().unwrap_or_default())
        });
        let told = self.told.iter();
        let told = told.filter_map(|key| PublicKey::from_bytes(cinema.clone(), key).ok());
        listed.flatten().chain(told).collect()
    }

    /// The keys that sign hand-over codes for `cinema`, the newest first.
    pub(super) fn code_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Codes>> {
        let newest = self.root.and_then(|root| self.of(&root));
        let list = newest.filter(|(_, list)| list.cinema == *cinema);
        list.and_then(|(_, list)| list.code_keys().ok())
            .unwrap_or_default()
    }

    /// Whether it is a key of one of the cinema's boxes.
    pub(super) fn is_of_a_box(&self, key: KeyId) -> bool {
        self.lists.iter().any(|(_, list)| list.is_of_a_box(key))
    }

    /// Whether somebody else may sign with this key.
    pub(super) fn is_stolen(&self, key: KeyId) -> bool {
        self.lists.iter().any(|(_, list)| list.is_stolen(key))
    }

    fn of(&self, root: &KeyBytes) -> Option<&(ToldKeyList, KeyList)> {
        self.lists.iter().find(|(told, _)| told.root == *root)
    }
}

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

#[cfg(test)]
mod tests;
