//! The lists of the cinemas' keys: each cinema's root signs and numbers its own. A list is told with an enrolment and in each Hello; the hub signs
//! tickets with the newest key that the cinema's box is known to have. What a list has said once every later one says: a hub that was put back
//! takes in what the box has kept.
//!
//! That a key of the hub is stolen a box is told last: once it has the new key, and has heard of all that was sold with the stolen one. So
//! nobody is turned away who has bought.

mod store;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use counter::{TicketSeed, custody};
use database::{Database, Scope, Snapshot, Tx};
use mailbox::{StreamKey, outbox, stream};
use parking_lot::{Mutex, RwLock};
use service::Random;
use service::process::OpenError;
use wire::ticket::TicketSigner;
use wire::{CinemaId, KeyBytes, KeyId, KeyList, ListedKey, PublicKey, Tickets, ToldKeyList};

use crate::keys::{self, Seeds, TicketSeedFile};

/// The lists of all cinemas. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct KeyLists(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Where the files lie that the keys grow from.
    folder: PathBuf,
    seeds: RwLock<Seeds>,
    /// What signs the tickets of each cinema that has a list.
    signers: RwLock<HashMap<CinemaId, Arc<TicketSigner>>>,
    /// The cinemas that are to hear that a key of the hub is stolen.
    untold: Mutex<HashSet<CinemaId>>,
    /// How many keys of the hub the longest list has.
    most_keys: AtomicU32,
}

/// What came of a list that a box has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is the newest: its keys are signed with.
    Acknowledged,
    /// There is a newer one that the box must hear.
    MustHear,
    /// It changes nothing.
    Nothing,
}

/// What comes into a new list beside what was in the one before.
#[derive(Debug, Default)]
struct Change<'a> {
    /// What another list says.
    beside: Option<(&'a ToldKeyList, &'a KeyList)>,
    /// The key of a box that is stolen.
    stolen: Option<&'a KeyBytes>,
    /// Whether the box may be told which keys of the hub are stolen.
    tells_of_the_hub: bool,
}

/// All that the hub's stream to a cinema has, wherever it ends.
const ALL_OF_IT: u64 = i64::MAX.unsigned_abs();

impl KeyLists {
    /// Reads what signs each cinema's tickets, and brings every list up to date. What is wrong with the list of one cinema keeps no other from
    /// going on.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn open(
        database: &Database,
        (folder, seeds): (&Path, Seeds),
    ) -> Result<Self, OpenError> {
        let lists = Self(Arc::new(Inner {
            folder: folder.to_owned(),
            seeds: RwLock::new(seeds),
            signers: RwLock::default(),
            untold: Mutex::default(),
            most_keys: AtomicU32::new(0),
        }));
        let cinemas = database.read(store::cinemas).await?;
        let mut known = Vec::new();
        for cinema in &cinemas {
            let of = cinema.clone();
            let stored = database.read(move |db| store::newest(db, &of)).await?;
            known.extend(stored.and_then(|it| Some((read(cinema, &it.told)?, it.signs_with))));
        }
        for (list, signs_with) in &known {
            lists.go_on(list, *signs_with);
            lists.note_untold(list);
        }
        // What is stolen stands in the list of any cinema, for all of them.
        for (list, _) in &known {
            lists.learn_from(list);
        }
        for cinema in cinemas {
            let (acting, scope) = (lists.clone(), Scope::of("cinema", cinema.as_str()));
            let of = cinema.clone();
            let bringing = database.write(scope, move |tx| acting.bring_up_to_date(tx, &of));
            if let Err(error) = bringing.await {
                tracing::error!(%cinema, %error, "the list of the cinema's keys cannot be brought up to date; it goes on with the one before");
            }
        }
        Ok(lists)
    }

    /// Signs a cinema's tickets as it did before; where the file of that key is missing, with the first one, which the box has as well.
    fn go_on(&self, list: &KeyList, signs_with: Option<KeyBytes>) {
        let (cinema, seeds) = (&list.cinema, self.0.seeds.read());
        let as_before = signs_with.and_then(|key| {
            let known = own(&seeds, cinema).find(|(signer, _)| is(signer, &key));
            if known.is_none() {
                let key = KeyId::of(key.as_bytes());
                tracing::error!(%cinema, %key, "the file of the key that signs tickets is missing: put the ticket-N.key files back from a copy of the folder");
            }
            known.map(|(signer, _)| signer)
        });
        if let Some(signer) = as_before.or_else(|| first(&seeds, list)) {
            let mut signers = self.0.signers.write();
            signers.insert(cinema.clone(), Arc::new(signer));
        }
    }

    /// The mark beside a seed may not have been copied with it, or was put back to a time before: a list says the same. All cinemas are to
    /// hear of it then.
    fn learn_from(&self, list: &KeyList) {
        let keys = u32::try_from(list.hub.len()).unwrap_or(u32::MAX);
        self.0.most_keys.fetch_max(keys, Ordering::Relaxed);
        let (mut seeds, mut is_news) = (self.0.seeds.write(), false);
        for file in seeds.tickets_mut().filter(|file| !file.is_stolen) {
            let signer = TicketSeed::OfEach(file.seed).signer(&list.cinema);
            if !(list.hub.iter()).any(|it| it.is_stolen && is(&signer, &it.key)) {
                continue;
            }
            (file.is_stolen, is_news) = (true, true);
            if let Err(error) = keys::mark_stolen(&self.0.folder, file.nth) {
                tracing::error!(%error, file.nth, "that a seed for tickets is stolen cannot be kept beside it");
            }
        }
        if is_news {
            let all = self.0.signers.read();
            self.0.untold.lock().extend(all.keys().cloned());
        }
    }

    /// Keeps in mind that a cinema has to hear of a stolen key.
    fn note_untold(&self, list: &KeyList) {
        let seeds = self.0.seeds.read();
        let is_untold = own(&seeds, &list.cinema).any(|(signer, is_stolen)| {
            is_stolen && (list.hub.iter()).any(|it| !it.is_stolen && is(&signer, &it.key))
        });
        if is_untold {
            self.0.untold.lock().insert(list.cinema.clone());
        }
    }

    /// A hub in another life: whatever is written must be heard, for it is told again.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn begin_anew(tx: &mut Tx<'_>) -> Result<(), database::Error> {
        store::hear_all(tx, ALL_OF_IT)
    }

    /// What signs the hub's tickets of a cinema: the newest key that its box is known to have; before it is known to have one, the first that its
    /// list does not call stolen.
    pub(crate) fn signer(&self, cinema: &CinemaId) -> Arc<TicketSigner> {
        let known = self.0.signers.read().get(cinema).cloned();
        known.unwrap_or_else(|| {
            let seeds = self.0.seeds.read();
            let honest = seeds.tickets().find(|file| !file.is_stolen);
            let file = honest.unwrap_or(&seeds.first);
            Arc::new(TicketSeed::OfEach(file.seed).signer(cinema))
        })
    }

    /// All keys with which the hub can sign a cinema's tickets, the newest first.
    pub(crate) fn own_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Tickets>> {
        let seeds = self.0.seeds.read();
        let keys = own(&seeds, cinema).map(|(signer, _)| signer.public().clone());
        keys.collect()
    }

    /// Whether somebody else has this key of the hub.
    pub(crate) fn is_stolen(&self, cinema: &CinemaId, key: KeyId) -> bool {
        let seeds = self.0.seeds.read();
        own(&seeds, cinema).any(|(signer, is_stolen)| is_stolen && signer.public().id() == key)
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
        // Nobody has bought with a key that a cinema without a list has never had.
        let is_first = store::newest(tx, cinema)?.is_none();
        let change = Change {
            tells_of_the_hub: is_first,
            ..Change::default()
        };
        self.renew(tx, cinema, &change)
    }

    /// The ticket key of a box of this cinema is stolen: from the next list on it proves only tickets that are known.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn mark_stolen(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        stolen: &KeyBytes,
    ) -> Result<ToldKeyList, database::Error> {
        let change = Change {
            stolen: Some(stolen),
            ..Change::default()
        };
        self.renew(tx, cinema, &change)
    }

    /// Another box takes the place of a cinema's: which keys that one knows is not known.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn box_leaves(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
    ) -> Result<(), database::Error> {
        store::sign_with(tx, cinema, None, 0)?;
        let stored = store::newest(tx, cinema)?;
        let list = stored.and_then(|stored| read(cinema, &stored.told));
        let lists = self.clone();
        tx.after_commit(move || {
            if let Some(list) = list {
                lists.go_on(&list, None);
            }
        });
        Ok(())
    }

    fn renew(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        change: &Change<'_>,
    ) -> Result<ToldKeyList, database::Error> {
        let stored = store::newest(tx, cinema)?;
        let before = (stored.as_ref()).and_then(|stored| read(cinema, &stored.told));
        let seeds = self.0.seeds.read().clone();
        let listed = |key, is_stolen| ListedKey { key, is_stolen };
        let tells = change.tells_of_the_hub;
        let mut list = KeyList {
            cinema: cinema.clone(),
            number: 0,
            hub: own(&seeds, cinema)
                .map(|(signer, is_stolen)| listed(bytes(&signer), is_stolen && tells))
                .collect(),
            boxes: (store::box_keys(tx, cinema)?.into_iter())
                .map(|key| listed(KeyBytes::from(key), false))
                .collect(),
            codes: vec![KeyBytes::from(
                *keys::code_key(&seeds.frame, cinema).public().as_bytes(),
            )],
        };
        let others = before.iter().chain(change.beside.map(|(_, list)| list));
        for other in others {
            list.take_in(other);
            list.number = list.number.max(other.number);
        }
        for listed in &mut list.boxes {
            listed.is_stolen |= change.stolen == Some(&listed.key);
        }
        // Two lists under one number: only a higher one is taken by whoever has the other.
        let collides = |before: &KeyList, stored: &ToldKeyList| {
            let beside = change.beside;
            beside.is_some_and(|(told, list)| list.number == before.number && told != stored)
        };
        if let (Some(before), Some(stored)) = (&before, stored)
            && before.number == list.number
            && list.says_the_same(before)
            && !collides(before, &stored.told)
        {
            return Ok(stored.told);
        }
        let beside = change.beside.filter(|(_, beside)| {
            let is_newer = before.as_ref().is_none_or(|it| it.number < beside.number);
            is_newer && list.says_the_same(beside)
        });
        let told = match beside {
            Some((told, _)) => told.clone(),
            None => {
                let number = list.number.checked_add(1);
                let number = number.filter(|number| i64::try_from(*number).is_ok());
                let too_high = || database::Error::Column("no list has a higher number".into());
                list.number = number.ok_or_else(too_high)?;
                let told = list.sign(&keys::root(&seeds.frame, cinema));
                told.map_err(|why| database::Error::Column(why.to_string()))?
            }
        };
        store::put(tx, cinema, (list.number, &told))?;
        let (lists, number) = (self.clone(), list.number);
        tx.after_commit(move || {
            tracing::info!(cinema = %list.cinema, number, "the cinema has a new list of keys");
            lists.learn_from(&list);
            lists.note_untold(&list);
            if !lists.0.signers.read().contains_key(&list.cinema) {
                lists.go_on(&list, None);
            }
        });
        Ok(told)
    }

    /// What the box of a cinema has kept, when it opens a session; `down` is the stream that the hub writes to it.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn hear(
        &self,
        tx: &mut Tx<'_>,
        (cinema, down): (&CinemaId, &StreamKey),
        told: &ToldKeyList,
    ) -> Result<Heard, mailbox::Error> {
        let root = keys::root(&self.0.seeds.read().frame, cinema);
        if told.root.as_bytes() != root.public().as_bytes() {
            tracing::error!(%cinema, "the box believes the lists of another hub: it does not know the keys of this one");
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
        let before = (stored.as_ref()).and_then(|stored| read(cinema, &stored.told));
        if let Some(before) = before.filter(|before| before.has_all_of(&list))
            && before.number > list.number
        {
            return Ok(Heard::Nothing);
        }
        let change = Change {
            beside: Some((told, &list)),
            ..Change::default()
        };
        let newest = self.renew(tx, cinema, &change)?;
        self.sign_with_newest(tx, &list, down)?;
        if newest != *told {
            tracing::warn!(%cinema, list.number, "the box has a list of keys that is forgotten here: it is taken in");
            return Ok(Heard::MustHear);
        }
        match self.tell_what_is_stolen(tx, (cinema, down))? {
            true => Ok(Heard::MustHear),
            false => Ok(Heard::Acknowledged),
        }
    }

    /// Whether a cinema is to hear that a key of the hub is stolen.
    pub(crate) fn has_untold(&self, cinema: &CinemaId) -> bool {
        self.0.untold.lock().contains(cinema)
    }

    /// The next list says which keys of the hub are stolen, if the box has another one and has heard of all that was sold before it had.
    /// Says whether there is such a list.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn tell_what_is_stolen(
        &self,
        tx: &mut Tx<'_>,
        (cinema, down): (&CinemaId, &StreamKey),
    ) -> Result<bool, mailbox::Error> {
        let stored = store::newest(tx, cinema)?;
        let Some((stored, signs_with)) = stored.and_then(|it| Some((it.clone(), it.signs_with?)))
        else {
            return Ok(false);
        };
        let key = KeyId::of(signs_with.as_bytes());
        if !self.has_untold(cinema) || self.is_stolen(cinema, key) {
            return Ok(false);
        }
        let Some(down) = stream::find(tx, down)? else {
            return Ok(false);
        };
        // What was to be heard in an earlier life of the hub is told again in this one, once the box has told what is forgotten.
        if custody::has_forgotten_of(tx, cinema)? {
            return Ok(false);
        }
        let heard_to = stored.heard_to.min(stream::head(tx, down)?.seq);
        if outbox::acknowledged(tx, down)?.seq < heard_to {
            return Ok(false);
        }
        let change = Change {
            tells_of_the_hub: true,
            ..Change::default()
        };
        let told = self.renew(tx, cinema, &change)?;
        let (lists, cinema) = (self.clone(), cinema.clone());
        tx.after_commit(move || {
            lists.0.untold.lock().remove(&cinema);
        });
        Ok(told != stored.told)
    }

    /// From here on what signs a cinema's tickets is the newest key of this list that the hub has.
    fn sign_with_newest(
        &self,
        tx: &mut Tx<'_>,
        list: &KeyList,
        down: &StreamKey,
    ) -> Result<(), mailbox::Error> {
        let Some(signer) = best(&self.0.seeds.read(), list) else {
            tracing::error!(cinema = %list.cinema, "the box knows none of the keys with which this hub can sign tickets");
            return Ok(());
        };
        if list.is_stolen(signer.public().id()) {
            tracing::error!(cinema = %list.cinema, "tickets are signed with a key that is stolen, for the file of no other is here: whoever buys while the line is cut is not let in. Put the ticket-N.key files back, or `renew-ticket-keys`");
        }
        let key = bytes(&signer);
        let stored = store::newest(tx, &list.cinema)?;
        let is_known = stored.is_some_and(|stored| stored.signs_with == Some(key));
        if is_known && is(&self.signer(&list.cinema), &key) {
            return Ok(());
        }
        let down = stream::open(tx, down)?;
        let heard_to = match custody::has_forgotten_of(tx, &list.cinema)? {
            true => ALL_OF_IT,
            false => stream::head(tx, down)?.seq,
        };
        store::sign_with(tx, &list.cinema, Some(&key), heard_to)?;
        let (lists, cinema) = (self.clone(), list.cinema.clone());
        tx.after_commit(move || {
            let key = signer.public().id();
            tracing::info!(%cinema, %key, "tickets are signed with the newest key that the box has");
            lists.0.signers.write().insert(cinema, Arc::new(signer));
        });
        Ok(())
    }

    /// Grows a new key for tickets: the next lists have it; what the ones before have signed is doubted, if they are stolen. Gives the name of
    /// its file.
    ///
    /// # Errors
    /// It cannot be kept.
    pub(crate) fn grow_ticket_key(
        &self,
        are_stolen: bool,
        random: &Random,
    ) -> Result<String, OpenError> {
        let mut seeds = self.0.seeds.write();
        let most_keys = self.0.most_keys.load(Ordering::Relaxed);
        let made = keys::make_ticket_seed(&self.0.folder, most_keys, random)?;
        if are_stolen {
            for file in seeds.tickets_mut() {
                keys::mark_stolen(&self.0.folder, file.nth)?;
                file.is_stolen = true;
            }
        }
        let TicketSeedFile { nth, .. } = made;
        seeds.later.push(made);
        Ok(keys::file_name(nth))
    }
}

/// A stored list, if it can be read: one that cannot is as good as none, and the box tells what it has.
fn read(cinema: &CinemaId, told: &ToldKeyList) -> Option<KeyList> {
    let list = told.read(cinema);
    list.inspect_err(|why| tracing::error!(%cinema, %why, "the stored list of keys cannot be read"))
        .ok()
}

/// What signs with the oldest key here that a list does not call stolen: whoever has the list, or one before it, has that.
fn first(seeds: &Seeds, list: &KeyList) -> Option<TicketSigner> {
    let is_good =
        |signer: &TicketSigner| (list.hub.iter()).any(|it| !it.is_stolen && is(signer, &it.key));
    let signers = own(seeds, &list.cinema).map(|(signer, _)| signer);
    signers.filter(is_good).last().or_else(|| best(seeds, list))
}

/// What signs a cinema's tickets, the newest first, and whether it is stolen.
fn own<'a>(
    seeds: &'a Seeds,
    cinema: &'a CinemaId,
) -> impl Iterator<Item = (TicketSigner, bool)> + 'a {
    let files = seeds.tickets().rev();
    files.map(|file| (TicketSeed::OfEach(file.seed).signer(cinema), file.is_stolen))
}

fn bytes(signer: &TicketSigner) -> KeyBytes {
    KeyBytes::from(*signer.public().as_bytes())
}

fn is(signer: &TicketSigner, key: &KeyBytes) -> bool {
    signer.public().as_bytes() == key.as_bytes()
}

/// What signs with the newest key of a list that is here, and not stolen if there is one such.
fn best(seeds: &Seeds, list: &KeyList) -> Option<TicketSigner> {
    let is_listed = |signer: &TicketSigner| list.hub.iter().any(|it| is(signer, &it.key));
    let mut listed: Vec<_> = own(seeds, &list.cinema)
        .filter(|(signer, _)| is_listed(signer))
        .collect();
    let honest = listed
        .iter()
        .position(|(signer, is_stolen)| !is_stolen && !list.is_stolen(signer.public().id()));
    let chosen = honest.unwrap_or(0);
    (chosen < listed.len()).then(|| listed.swap_remove(chosen).0)
}

#[cfg(test)]
mod tests;
