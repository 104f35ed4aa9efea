//! The lists of the cinemas' keys: each cinema's root signs and numbers its own. A list is told with an enrolment and in each Hello; the hub signs
//! tickets with the newest key that the cinema's box is known to have. What a list has said once every later one says: a hub that was put back
//! takes in what the box has kept.

mod store;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use counter::TicketSeed;
use database::{Database, Scope, Snapshot, Tx};
use parking_lot::RwLock;
use service::Random;
use service::process::OpenError;
use wire::ticket::TicketSigner;
use wire::{CinemaId, KeyBytes, KeyId, KeyList, ListedKey, ToldKeyList};

use crate::keys::{self, Seeds};

/// The lists of all cinemas. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct KeyLists(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Where the files lie that the keys grow from.
    folder: PathBuf,
    seeds: RwLock<Seeds>,
    /// What signs the tickets of each cinema whose box has a list.
    signers: RwLock<HashMap<CinemaId, Arc<TicketSigner>>>,
}

/// What came of a list that a box has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is the newest: its keys are signed with.
    Acknowledged,
    /// It says what was forgotten here, and the newest one has more: the box must hear that.
    Forgotten,
    /// It changes nothing.
    Nothing,
}

impl KeyLists {
    /// Reads what signs each cinema's tickets, and brings every list up to date.
    ///
    /// # Errors
    /// The database refuses, or no key is left with which tickets of a cinema could be signed.
    pub(crate) async fn open(
        database: &Database,
        (folder, seeds): (&Path, Seeds),
    ) -> Result<Self, OpenError> {
        let lists = Self(Arc::new(Inner {
            folder: folder.to_owned(),
            seeds: RwLock::new(seeds),
            signers: RwLock::default(),
        }));
        for cinema in database.read(store::cinemas).await? {
            let (acting, of) = (lists.clone(), cinema.clone());
            let reading = database.read(move |db| store::newest(db, &of));
            if let Some(stored) = reading.await? {
                lists.go_on(&cinema, &stored)?;
            }
            let scope = Scope::of("cinema", cinema.as_str());
            let bringing = database.write(scope, move |tx| acting.bring_up_to_date(tx, &cinema));
            bringing.await?;
        }
        Ok(lists)
    }

    /// Signs a cinema's tickets as it did before; where the file of that key is missing, with an older one that the box has as well.
    fn go_on(&self, cinema: &CinemaId, stored: &store::Stored) -> Result<(), OpenError> {
        let Some(signs_with) = stored.signs_with else {
            return Ok(());
        };
        let seeds = self.0.seeds.read();
        let signer = signer_of(&seeds, cinema, &signs_with);
        let signer = match signer {
            Some(signer) => signer,
            None => {
                let key = KeyId::of(signs_with.as_bytes());
                tracing::error!(%cinema, %key, "the file of the key that signs tickets is missing: put the ticket-N.key files back from a copy of the folder");
                let older = best(&seeds, &read(cinema, &stored.told)?);
                older.ok_or_else(|| {
                    OpenError::Unfit(format!("no file of a key is here that {cinema} believes"))
                })?
            }
        };
        drop(seeds);
        let mut signers = self.0.signers.write();
        signers.insert(cinema.clone(), Arc::new(signer));
        Ok(())
    }

    /// What signs the hub's tickets of a cinema: the newest key that its box is known to have; before it has a list, the first one.
    pub(crate) fn signer(&self, cinema: &CinemaId) -> Arc<TicketSigner> {
        let known = self.0.signers.read().get(cinema).cloned();
        known.unwrap_or_else(|| {
            let seeds = self.0.seeds.read();
            Arc::new(TicketSeed::OfEach(seeds.ticket).signer(cinema))
        })
    }

    /// The newest list of a cinema, as it is told.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn newest(
        &self,
        db: &mut Snapshot<'_>,
        cinema: &CinemaId,
    ) -> Result<Option<ToldKeyList>, database::Error> {
        Ok(store::newest(db, cinema)?.map(|stored| stored.told))
    }

    /// Whether a cinema's box is known to have a list.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn is_known_to_box(
        &self,
        db: &mut Snapshot<'_>,
        cinema: &CinemaId,
    ) -> Result<bool, database::Error> {
        let stored = store::newest(db, cinema)?;
        Ok(stored.is_some_and(|stored| stored.signs_with.is_some()))
    }

    /// The newest list of a cinema: another than the one before, if a key has come to it since.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn bring_up_to_date(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
    ) -> Result<ToldKeyList, database::Error> {
        self.renew(tx, cinema, |_| {})
    }

    /// The ticket key of a box of this cinema is stolen, or one of the hub's: from the next list on it proves only tickets that are known.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn mark_stolen(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        stolen: &KeyBytes,
    ) -> Result<ToldKeyList, database::Error> {
        self.renew(tx, cinema, |list| {
            for listed in list.hub.iter_mut().chain(&mut list.boxes) {
                listed.is_stolen |= listed.key == *stolen;
            }
        })
    }

    fn renew(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        change: impl FnOnce(&mut KeyList),
    ) -> Result<ToldKeyList, database::Error> {
        let stored = store::newest(tx, cinema)?;
        let before = stored.as_ref().map(|stored| read(cinema, &stored.told));
        let before = before.transpose()?;
        let seeds = self.0.seeds.read().clone();
        let mut list = KeyList {
            cinema: cinema.clone(),
            number: 1,
            hub: own_keys(&seeds, cinema).map(listed).collect(),
            boxes: (store::box_keys(tx, cinema)?.into_iter())
                .map(|key| listed(KeyBytes::from(key)))
                .collect(),
            codes: vec![KeyBytes::from(
                *keys::code_key(&seeds.frame, cinema).public().as_bytes(),
            )],
        };
        if let Some(before) = &before {
            list.take_in(before);
            list.number = before.number + 1;
        }
        change(&mut list);
        if let (Some(before), Some(stored)) = (before, stored)
            && list.says_the_same(&before)
        {
            return Ok(stored.told);
        }
        let told = list.sign(&keys::root(&seeds.frame, cinema));
        let told = told.map_err(|why| database::Error::Column(why.to_string()))?;
        store::put(tx, cinema, (list.number, &told))?;
        tracing::info!(%cinema, list.number, "the cinema has a new list of keys");
        Ok(told)
    }

    /// What the box of a cinema has kept, when it opens a session.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn hear(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        told: &ToldKeyList,
    ) -> Result<Heard, database::Error> {
        if told.root != root_of(&self.0.seeds.read(), cinema) {
            tracing::error!(%cinema, "the box believes the lists of another root: enrol it again to give it this one");
            return Ok(Heard::Nothing);
        }
        let list = match told.read(cinema) {
            Ok(list) => list,
            Err(why) => {
                tracing::error!(%cinema, %why, "the box tells a list of keys that is none");
                return Ok(Heard::Nothing);
            }
        };
        let stored = store::newest(tx, cinema)?;
        let known = stored.as_ref().map_or(0, |stored| stored.number);
        let is_newest = stored.is_some_and(|stored| stored.told == *told);
        if list.number < known {
            return Ok(Heard::Nothing);
        }
        let mut heard = Heard::Acknowledged;
        if !is_newest {
            tracing::warn!(%cinema, list.number, known, "the box has a list of keys that is forgotten here: it is taken in");
            // What is stored beside it under its number is in it from here on, too.
            let before = store::newest(tx, cinema)?;
            store::put(tx, cinema, (list.number, told))?;
            let before = before
                .map(|stored| read(cinema, &stored.told))
                .transpose()?;
            let newest = self.renew(tx, cinema, |list| {
                if let Some(before) = &before {
                    list.take_in(before);
                }
            })?;
            if newest != *told {
                heard = Heard::Forgotten;
            }
        }
        self.sign_with_newest(tx, &list)?;
        Ok(heard)
    }

    /// From here on what signs a cinema's tickets is the newest key of this list that the hub has.
    fn sign_with_newest(&self, tx: &mut Tx<'_>, list: &KeyList) -> Result<(), database::Error> {
        let Some(signer) = best(&self.0.seeds.read(), list) else {
            tracing::error!(cinema = %list.cinema, "the box knows none of the keys with which this hub can sign tickets");
            return Ok(());
        };
        let key = KeyBytes::from(*signer.public().as_bytes());
        if self.signer(&list.cinema).public() == signer.public()
            && store::newest(tx, &list.cinema)?.is_some_and(|it| it.signs_with == Some(key))
        {
            return Ok(());
        }
        store::sign_with(tx, &list.cinema, &key)?;
        let (lists, cinema) = (self.clone(), list.cinema.clone());
        tx.after_commit(move || {
            let key = signer.public().id();
            tracing::info!(%cinema, %key, "tickets are signed with the newest key that the box has");
            lists.0.signers.write().insert(cinema, Arc::new(signer));
        });
        Ok(())
    }

    /// All keys but the newest one with which the hub signs tickets are stolen.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn mark_former_stolen(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
    ) -> Result<ToldKeyList, database::Error> {
        self.renew(tx, cinema, |list| {
            for listed in list.hub.iter_mut().skip(1) {
                listed.is_stolen = true;
            }
        })
    }

    /// Grows a new key for tickets: the next lists have it. Gives the name of its file.
    ///
    /// # Errors
    /// It cannot be kept.
    pub(crate) fn grow_ticket_key(&self, random: &Random) -> Result<String, OpenError> {
        let mut seeds = self.0.seeds.write();
        let (file, seed) = keys::make_ticket_seed(&self.0.folder, seeds.later.len(), random)?;
        seeds.later.push(seed);
        Ok(file)
    }
}

fn read(cinema: &CinemaId, told: &ToldKeyList) -> Result<KeyList, database::Error> {
    let list = told.read(cinema);
    list.map_err(|why| database::Error::Column(format!("the list of keys of {cinema}: {why}")))
}

fn listed(key: KeyBytes) -> ListedKey {
    ListedKey {
        key,
        is_stolen: false,
    }
}

fn root_of(seeds: &Seeds, cinema: &CinemaId) -> KeyBytes {
    KeyBytes::from(*keys::root(&seeds.frame, cinema).public().as_bytes())
}

fn signers<'a>(seeds: &'a Seeds, cinema: &'a CinemaId) -> impl Iterator<Item = TicketSigner> + 'a {
    let all = seeds
        .later
        .iter()
        .rev()
        .chain(std::iter::once(&seeds.ticket));
    all.map(|seed| TicketSeed::OfEach(*seed).signer(cinema))
}

/// The keys with which the hub can sign a cinema's tickets, the newest first.
fn own_keys<'a>(seeds: &'a Seeds, cinema: &'a CinemaId) -> impl Iterator<Item = KeyBytes> + 'a {
    signers(seeds, cinema).map(|signer| KeyBytes::from(*signer.public().as_bytes()))
}

/// What signs with the newest key of a list that is here, and not stolen if there is one such.
fn best(seeds: &Seeds, list: &KeyList) -> Option<TicketSigner> {
    let rank = |signer: &TicketSigner| {
        let mut listed = list.hub.iter();
        listed
            .find(|it| it.key.as_bytes() == signer.public().as_bytes())
            .map(|it| it.is_stolen)
    };
    let listed: Vec<_> = signers(seeds, &list.cinema)
        .filter(|it| rank(it).is_some())
        .collect();
    let honest = listed.iter().position(|it| rank(it) == Some(false));
    listed.into_iter().nth(honest.unwrap_or(0))
}

fn signer_of(seeds: &Seeds, cinema: &CinemaId, key: &KeyBytes) -> Option<TicketSigner> {
    signers(seeds, cinema).find(|signer| signer.public().as_bytes() == key.as_bytes())
}

#[cfg(test)]
mod tests;
