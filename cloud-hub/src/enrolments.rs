//! Enrolment: a one-time code made at the hub, carried by a person, and bound to the first box that presents it.

mod refusal;
pub(crate) mod routes;
mod store;

use std::time::Duration;

use box_office::text::counted;
use counter::Counter;
use counter::custody::{self, Told};
use counter::programme;
use database::{Database, Scope, Tx};
use jiff::Timestamp;
use mailbox::{StreamKey, session, stream};
use service::Machine;
use service::code::{self, Tries};
use service::http::{Peer, Refusal};
use sha2::{Digest as _, Sha256};
use sync_agent::Address;
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest, HexKeyList, HexLife, Succession};
use wire::key::hex;
use wire::{CinemaId, DeviceId, KeyBytes};

use crate::links::Links;
use crate::told;
use refusal::EnrolmentRefused;

/// How long a code can be used: long enough to drive to the cinema.
const CODE_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// Enrolment at this hub. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Enrolments {
    database: Database,
    machine: Machine,
    links: Links,
    counter: Counter,
    /// The broker's address as a box is told it.
    broker: String,
    tries: Tries,
}

impl Enrolments {
    pub(crate) fn new(
        database: Database,
        machine: Machine,
        (links, counter): (Links, Counter),
        broker: String,
    ) -> Self {
        Self {
            database,
            machine,
            links,
            counter,
            broker,
            tries: Tries::default(),
        }
    }

    /// Makes a one-time code for the box of `cinema`: `ABCD-EFGH-JKLM`.
    pub(crate) async fn new_code(&self, cinema: CinemaId) -> Result<String, EnrolmentRefused> {
        let code = code::new(&self.machine.random);
        let (hash, now) = (hash(&code), self.machine.clock.now());
        let until = now + CODE_LASTS;
        let scope = Scope::of("cinema", cinema.as_str());
        self.database
            .write(scope, move |tx| {
                store::check_has_none(tx, &cinema)?;
                store::add_code(tx, &hash, (&cinema, None), until, now)?;
                Ok::<_, EnrolmentRefused>(())
            })
            .await?;
        self.links.board().changed();
        Ok(code)
    }

    /// Makes a one-time code for a box that takes the place of the one that `cinema` has, whose keys are revoked by this, if that is meant.
    pub(crate) async fn replace(
        &self,
        cinema: CinemaId,
        is_meant: bool,
    ) -> Result<String, EnrolmentRefused> {
        let code = code::new(&self.machine.random);
        let (hash, now) = (hash(&code), self.machine.clock.now());
        let until = now + CODE_LASTS;
        let scope = Scope::of("cinema", cinema.as_str());
        let replacing = self.database.write(scope, move |tx| {
            let former = store::box_of(tx, &cinema)?;
            let (former, heard) = former.ok_or(EnrolmentRefused::NoBox)?;
            if !is_meant {
                let told = told::of_successor(tx, &cinema, (now, now))?;
                let words = consequences(&former, heard, &told);
                return Err(EnrolmentRefused::NotMeant(words));
            }
            store::revoke(tx, &cinema, now)?;
            store::add_code(tx, &hash, (&cinema, Some(&former.device)), until, now)?;
            Ok(former)
        });
        let former = replacing.await?;
        tracing::warn!(cinema = %former.cinema, device = %former.device, "the keys of a box are revoked, and another may take its place");
        self.links.keys_changed(former);
        Ok(code)
    }

    /// Enrols the box, or answers again what was answered before.
    pub(crate) async fn enrol(
        &self,
        from: Peer,
        request: EnrolmentRequest,
    ) -> Result<EnrolmentAnswer, EnrolmentRefused> {
        let outcome = self.try_to_enrol(from, &request).await;
        if let Err(
            refused @ (EnrolmentRefused::WrongCode
            | EnrolmentRefused::CodeOfAnotherBox
            | EnrolmentRefused::NotProven(_)),
        ) = &outcome
        {
            let address = Address {
                cinema: request.cinema,
                device: request.device,
            };
            let refusal = Refusal::from(refused.clone());
            let words = refusal.detail().trim_end_matches('.').to_owned();
            self.links.refuse(&address, refusal.code(), words);
        }
        outcome
    }

    async fn try_to_enrol(
        &self,
        from: Peer,
        request: &EnrolmentRequest,
    ) -> Result<EnrolmentAnswer, EnrolmentRefused> {
        let begun = self.machine.clock.monotonic();
        self.tries
            .begin(from, begun)
            .map_err(|wait| EnrolmentRefused::TooManyCodes { wait })?;
        let applicant = request.verify().map_err(EnrolmentRefused::NotProven)?;
        let address = Address {
            cinema: request.cinema.clone(),
            device: request.device.clone(),
        };
        let (hash, now, cinema) = (
            hash(&request.code),
            self.machine.clock.now(),
            &request.cinema,
        );
        let (counter, down) = (self.counter.clone(), self.links.down(cinema));
        let comes = Comes {
            address: address.clone(),
            is_blank: request.is_blank,
            former: request.former.clone(),
        };
        let generation = HexLife::from(self.links.generation().0);
        let links = self.links.clone();
        let enrolling = self
            .database
            .write(Scope::of("cinema", cinema.as_str()), move |tx| {
                let cinema = &comes.address.cinema;
                let has_forgotten = custody::has_forgotten_of(tx, cinema)?;
                let was_enrolled = comes.former.is_some();
                let may_replace = comes.is_blank || (was_enrolled && has_forgotten);
                let who = (&comes.address, may_replace);
                // This life of the hub enrolled it, and does not know it.
                let is_forgotten = !comes.is_blank
                    && comes.former.as_ref() == Some(&generation)
                    && !store::has_known(tx, &comes.address)?;
                let used = match store::use_code(tx, &hash, who, &applicant, now) {
                    Ok(used) if used.is_new && is_forgotten => {
                        return Err(EnrolmentRefused::HasForgotten);
                    }
                    Err(EnrolmentRefused::NotBlank) if is_forgotten => {
                        return Err(EnrolmentRefused::HasForgotten);
                    }
                    used => used?,
                };
                let succeeds = used.replaces.is_some() && comes.is_blank;
                let goes_on = used.is_new && succeeds && has_forgotten;
                if goes_on {
                    go_on_without_former(tx, &counter, cinema, now)?;
                }
                let succession = match succeeds {
                    false => None,
                    true => Some(succession(tx, &counter, (cinema, &down), now)?),
                };
                match (used.is_new, &succession) {
                    (false, _) => {}
                    (true, Some(_)) => {
                        custody::go_on_with_another_box(tx, cinema, now)?;
                        session::begin_anew(tx, cinema)?;
                        told::forget_lobby(tx, cinema)?;
                    }
                    // It tells all that a hub has forgotten which does not know it.
                    (true, None) if was_enrolled => {
                        custody::stop_to_hear(tx, cinema, now)?;
                        session::begin_anew(tx, cinema)?;
                    }
                    (true, None) => custody::go_on_with_another_box(tx, cinema, now)?,
                }
                if used.is_new && used.replaces.is_some() {
                    links.key_lists().box_leaves(tx, cinema)?;
                }
                let key_list = links.key_lists().bring_up_to_date(tx, cinema)?;
                Ok::<_, EnrolmentRefused>((used, succession, goes_on, key_list))
            })
            .await;
        if let Err(EnrolmentRefused::HasForgotten) = &enrolling {
            let is_another = custody::IsAnother(true);
            custody::stop(&self.counter, request.cinema.clone(), is_another).await?;
        }
        let (used, succession, goes_on, key_list) = enrolling?;
        if goes_on {
            self.links.recovered(&address.cinema);
        }
        if used.is_new {
            let (cinema, device) = (&address.cinema, &address.device);
            tracing::info!(%cinema, %device, replaces = used.replaces.as_ref().map(tracing::field::display), "a box was enrolled");
            if let Some(device) = used.replaces {
                let cinema = cinema.clone();
                counter::allotment::tell_anew(&self.counter, &cinema);
                self.links.keys_changed(Address { cinema, device });
            }
            self.links.keys_changed(address);
        }
        self.tries.right(from, begun);
        let frames = self.links.frame_key(&request.cinema);
        let tickets = self.links.ticket_key(&request.cinema);
        let keys = (frames.public(), &tickets);
        Ok(EnrolmentAnswer {
            succession,
            key_list: Some(HexKeyList::from(&key_list)),
            ..EnrolmentAnswer::new(keys, self.links.generation(), self.broker.clone())
        })
    }

    /// Revokes the keys of a cinema's box.
    pub(crate) async fn revoke(&self, cinema: CinemaId) -> Result<String, EnrolmentRefused> {
        let now = self.machine.clock.now();
        let revoked = self
            .database
            .write(Scope::of("cinema", cinema.as_str()), move |tx| {
                let revoked = store::revoke(tx, &cinema, now)?;
                if revoked.is_some() {
                    custody::stop_without_box(tx, &cinema, now)?;
                }
                Ok::<_, database::Error>(revoked)
            })
            .await?;
        let Some(address) = revoked else {
            return Err(EnrolmentRefused::NoBox);
        };
        let words = format!(
            "the keys of {} at {} are revoked; nothing of it is sold online until another box takes its place: `replace {} --yes`",
            address.device, address.cinema, address.cinema
        );
        tracing::warn!(cinema = %address.cinema, device = %address.device, "the keys of a box were revoked");
        self.links.keys_changed(address);
        Ok(words)
    }

    /// Somebody else has the keys of a box: those for frames are revoked, if they are the cinema's present ones, and its key for tickets proves
    /// only tickets that are known.
    pub(crate) async fn mark_stolen(
        &self,
        cinema: CinemaId,
        device: Option<DeviceId>,
        is_meant: bool,
    ) -> Result<String, EnrolmentRefused> {
        let (now, links) = (self.machine.clock.now(), self.links.clone());
        let scope = Scope::of("cinema", cinema.as_str());
        let marking = self.database.write(scope, move |tx| {
            let (present, heard) = store::box_of(tx, &cinema)?.unzip();
            let device = device.clone();
            let named = device.or_else(|| Some(present.as_ref()?.device.clone()));
            let address = Address {
                cinema: cinema.clone(),
                device: named.ok_or(EnrolmentRefused::NoBox)?,
            };
            let key = store::ticket_key(tx, &address)?;
            let key = key.ok_or(EnrolmentRefused::UnknownBox)?;
            let is_present = present.as_ref() == Some(&address);
            if is_present && !is_meant {
                let before = store::former_devices(tx, &address.cinema)?;
                let words = which_is_stolen(&address, heard.flatten(), &before);
                return Err(EnrolmentRefused::NotMeant(words));
            }
            if is_present && store::revoke(tx, &address.cinema, now)?.is_some() {
                custody::stop_without_box(tx, &address.cinema, now)?;
            }
            let lists = links.key_lists();
            lists.mark_stolen(tx, &address.cinema, &KeyBytes::from(key))?;
            Ok::<_, EnrolmentRefused>((address, present))
        });
        let (address, present) = marking.await?;
        let Address { cinema, device } = &address;
        tracing::warn!(%cinema, %device, "the keys of a box are stolen");
        let words = match present.as_ref() == Some(&address) {
            true => format!(
                "the keys of {device} at {cinema} are revoked, and the box that takes its place lets in nobody with a ticket that they sign and nobody knows: \
                 `replace {cinema} --yes` makes its code"
            ),
            false => format!(
                "the box of {cinema} lets in nobody with a ticket that the keys of {device} sign and nobody knows, as soon as it hears that"
            ),
        };
        if let Some(present) = present {
            self.links.keys_changed(present);
        }
        Ok(words)
    }

    /// A new key signs the hub's tickets of each cinema from when its box knows it. If the one before is stolen, it proves only tickets that
    /// are known.
    pub(crate) async fn renew_ticket_keys(
        &self,
        is_stolen: bool,
    ) -> Result<String, EnrolmentRefused> {
        let lists = self.links.key_lists();
        let file = lists.grow_ticket_key(is_stolen, &self.machine.random);
        let file = file.map_err(|why| EnrolmentRefused::NoNewKey(why.to_string()))?;
        let cinemas = self.links.cinemas().await?;
        let (count, mut behind) = (counted(cinemas.len(), "cinema", "cinemas"), Vec::new());
        for cinema in cinemas {
            let (links, scope) = (self.links.clone(), Scope::of("cinema", cinema.as_str()));
            let of = cinema.clone();
            let renewing = self.database.write(scope, move |tx| {
                links.key_lists().bring_up_to_date(tx, &of)?;
                store::box_of(tx, &of)
            });
            match renewing.await {
                Ok(Some((address, _))) => self.links.keys_changed(address),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%cinema, %error, "the cinema's list of keys cannot be renewed; it is tried again at the next start");
                    behind.push(cinema.to_string());
                }
            }
        }
        tracing::warn!(file, is_stolen, "a new key for tickets has grown");
        let stolen = match is_stolen {
            true => {
                "; from when it has heard of all that they have signed, that counts only where the ticket is known"
            }
            false => "",
        };
        let behind = match behind.as_slice() {
            [] => String::new(),
            behind => format!(" Not yet those of {}: the log says why.", behind.join(", ")),
        };
        Ok(format!(
            "the tickets of {count} are signed with a new key, each as soon as its box knows it{stolen}. Keep {file} with the other keys, and copy it and the \
             files `*.stolen` to the machine that stands by.{behind}"
        ))
    }
}

/// A box that wants to be enrolled.
struct Comes {
    address: Address,
    /// Whether it has never held or sold a seat.
    is_blank: bool,
    /// The life of the hub with which it was enrolled before, with this hub or another.
    former: Option<HexLife>,
}

/// What the hub has forgotten nobody tells it any more: the box that knew it is lost. What it has free at the cinema it may have sold.
fn go_on_without_former(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<(), EnrolmentRefused> {
    if custody::is_any_held(tx, cinema, now)? {
        return Err(EnrolmentRefused::BeingPaid);
    }
    Ok(custody::go_on_without_former(tx, counter, cinema)?)
}

/// What a box begins with that takes the place of others, at the head of the hub's stream.
fn succession(
    tx: &mut Tx<'_>,
    counter: &Counter,
    (cinema, down): (&CinemaId, &StreamKey),
    now: Timestamp,
) -> Result<Succession, EnrolmentRefused> {
    let since = custody::told_since(now);
    let told = told::of_successor(tx, cinema, (since, now))?;
    let showtimes = custody::for_successor(tx, counter, cinema, told)?;
    let programme = programme::of_former(tx, cinema, &showtimes, now)?;
    let keys = store::former_ticket_keys(tx, cinema)?;
    let stream = stream::open(tx, down)?;
    let head = stream::head(tx, stream)?;
    // Behind the head: the new box hears it, and knows what it begins with.
    custody::ask_again(tx, counter, cinema)?;
    Ok(Succession {
        before: u32::try_from(keys.len()).unwrap_or(u32::MAX),
        head: (head.seq, hex(head.hash.as_bytes())),
        ticket_keys: keys.iter().map(|key| hex(key)).collect(),
        showtimes,
        programme,
    })
}

/// What it means that a cinema's present box is stolen, in words.
fn which_is_stolen(present: &Address, heard: Option<Timestamp>, before: &[DeviceId]) -> String {
    let heard = heard.map_or_else(|| "never".to_owned(), |heard| heard.to_string());
    let before = match before {
        [] => String::new(),
        before => {
            let names: Vec<_> = before.iter().map(DeviceId::as_str).collect();
            format!(
                " Those before it were {}: name one with --device.",
                names.join(", ")
            )
        }
    };
    format!(
        "The cinema's present box is {}, heard last {heard}: its keys are revoked by this for good, and it sells no more.{before}",
        present.device
    )
}

/// What it means that another box takes the place of one, in words.
fn consequences(former: &Address, heard: Option<Timestamp>, told: &[Told]) -> String {
    let tickets: usize = told.iter().map(|told| told.tickets.len()).sum();
    let heard = heard.map_or_else(|| "never".to_owned(), |heard| heard.to_string());
    format!(
        "Nothing that the box {} tells counts any more; it was heard last {heard}. Another begins with the {} to come that are known here and \
         {} that it sold for them. What else it may have sold is not sold again until a person at the cinema says so: switch it off first.",
        former.device,
        counted(told.len(), "showtime", "showtimes"),
        counted(tickets, "ticket", "tickets"),
    )
}

/// Only the hashes of codes are stored.
fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code::bare(code)).into()
}
