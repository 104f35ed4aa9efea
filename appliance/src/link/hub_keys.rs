//! With which keys a box believes that a ticket or a hand-over code of its cinema is signed: the lists that the hub's root has signed, the newest
//! of each hub that the box was enrolled with, and what hubs of the first version told beside any list.

use box_office::CinemaId;
use wire::{Codes, KeyBytes, KeyId, KeyList, PublicKey, Tickets, ToldKeyList};

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

#[cfg(test)]
mod tests;
