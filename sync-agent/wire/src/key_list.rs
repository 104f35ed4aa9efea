//! The list of a cinema's keys: which keys sign its tickets and its hand-over codes, and which of them are stolen. A root signs and numbers
//! it; a box gets the root when it is enrolled, and both ends tell their newest list in Hello. A list only grows: what was signed once is
//! believed later, too, but for what a thief may have signed.

use std::collections::BTreeMap;

use box_office::CinemaId;
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, KeyBytes};
use crate::event::EventError;
use crate::key::{Codes, KeyId, KeyLists, NotAKey, PublicKey, SecretKey, Tickets};
use crate::seal::{Refusal, Sealed, Word, seal};

/// The keys of one cinema, as they stand in one list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The cinema.
    pub cinema: CinemaId,
    /// Rises with every list of the cinema.
    pub number: u64,
    /// The keys with which the hub signs tickets, the newest first.
    pub hub: Vec<ListedKey>,
    /// Those of the cinema's boxes, of all times, the newest first.
    pub boxes: Vec<ListedKey>,
    /// The keys with which the hub signs hand-over codes, the newest first.
    pub codes: Vec<KeyBytes>,
}

/// A key that signs tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// The key.
    pub key: KeyBytes,
    /// Whether somebody else may sign with it: it proves only tickets that are known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_stolen: bool,
}

/// A list as it travels: with the root that has signed it, so that a box which has none yet takes this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldKeyList {
    /// The public half of the root, 32 bytes.
    pub root: KeyBytes,
    /// The signed list.
    pub list: Blob,
}

/// Why a told list counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyListRefusal {
    /// It cannot be read, or its signature is wrong.
    #[error(transparent)]
    Message(#[from] Refusal),
    /// A key in it is none.
    #[error(transparent)]
    Key(#[from] NotAKey),
}

impl KeyList {
    /// The list, signed by the cinema's root.
    ///
    /// # Errors
    /// Only if it cannot be written as CBOR.
    pub fn sign(&self, root: &SecretKey<KeyLists>) -> Result<ToldKeyList, EventError> {
        Ok(ToldKeyList {
            root: KeyBytes::from(*root.public().as_bytes()),
            list: Blob(seal(Word::KeyList, root, self)?),
        })
    }

    /// All keys that sign tickets of the cinema.
    ///
    /// # Errors
    /// One is no key.
    pub fn ticket_keys(&self) -> Result<Vec<PublicKey<Tickets>>, NotAKey> {
        let all = self.hub.iter().chain(&self.boxes);
        all.map(|key| self.public(key)).collect()
    }

    /// The keys with which the hub signs hand-over codes, the newest first.
    ///
    /// # Errors
    /// One is no key.
    pub fn code_keys(&self) -> Result<Vec<PublicKey<Codes>>, NotAKey> {
        let keys = self.codes.iter();
        keys.map(|key| PublicKey::from_bytes(self.cinema.clone(), key.as_bytes()))
            .collect()
    }

    /// Whether it is a key of one of the cinema's boxes.
    pub fn is_of_a_box(&self, key: KeyId) -> bool {
        let mut boxes = self.boxes.iter();
        boxes.any(|listed| KeyId::of(listed.key.as_bytes()) == key)
    }

    /// Whether somebody else may sign with this key.
    pub fn is_stolen(&self, key: KeyId) -> bool {
        let mut all = self.hub.iter().chain(&self.boxes);
        all.any(|listed| listed.is_stolen && KeyId::of(listed.key.as_bytes()) == key)
    }

    /// Takes in what another list of the same cinema says: each key of it, and that it is stolen. The order and the number stay this one's.
    pub fn take_in(&mut self, other: &Self) {
        take_in(&mut self.hub, &other.hub);
        take_in(&mut self.boxes, &other.boxes);
        for key in &other.codes {
            if !self.codes.contains(key) {
                self.codes.push(*key);
            }
        }
    }

    /// Whether it has every key of another, and says of each that it is stolen where the other does.
    pub fn has_all_of(&self, other: &Self) -> bool {
        let has = |own: &[ListedKey], others: &[ListedKey]| {
            others.iter().all(|other| {
                let known = own.iter().find(|known| known.key == other.key);
                known.is_some_and(|known| known.is_stolen || !other.is_stolen)
            })
        };
        has(&self.hub, &other.hub)
            && has(&self.boxes, &other.boxes)
            && other.codes.iter().all(|key| self.codes.contains(key))
    }

    /// Whether it says the same of every key, under whatever number.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let of = |keys: &[ListedKey]| -> BTreeMap<KeyBytes, bool> {
            keys.iter().map(|it| (it.key, it.is_stolen)).collect()
        };
        let first = |keys: &[ListedKey]| keys.first().map(|it| it.key);
        of(&self.hub) == of(&other.hub)
            && first(&self.hub) == first(&other.hub)
            && of(&self.boxes) == of(&other.boxes)
            && self.codes == other.codes
    }

    fn public(&self, listed: &ListedKey) -> Result<PublicKey<Tickets>, NotAKey> {
        PublicKey::from_bytes(self.cinema.clone(), listed.key.as_bytes())
    }
}

fn take_in(keys: &mut Vec<ListedKey>, others: &[ListedKey]) {
    for other in others {
        match keys.iter_mut().find(|known| known.key == other.key) {
            Some(known) => known.is_stolen |= other.is_stolen,
            None => keys.push(*other),
        }
    }
}

impl ToldKeyList {
    /// The list, if its root has signed it for `cinema` and every key in it is one. Whether the root is the right one is for the receiver
    /// to say.
    ///
    /// # Errors
    /// See [`KeyListRefusal`].
    pub fn read(&self, cinema: &CinemaId) -> Result<KeyList, KeyListRefusal> {
        let root = PublicKey::<KeyLists>::from_bytes(cinema.clone(), self.root.as_bytes())?;
        let list: KeyList = Sealed::parse(&self.list.0)?.open_by(Word::KeyList, &root)?;
        if list.cinema != *cinema {
            return Err(Refusal::OtherCinema.into());
        }
        // No database keeps a larger one.
        if i64::try_from(list.number).is_err() {
            return Err(Refusal::Unreadable.into());
        }
        list.ticket_keys()?;
        list.code_keys()?;
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
