//! Enrolment: a one-time code made at the hub, carried by a person, and bound to the first box that presents it.

mod refusal;
pub(crate) mod routes;
mod store;

use std::time::Duration;

use database::{Database, Scope};
use service::Machine;
use service::code::{self, Tries};
use service::http::{Peer, Refusal};
use sha2::{Digest as _, Sha256};
use sync_agent::Address;
use wire::CinemaId;
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use crate::links::Links;
use refusal::EnrolmentRefused;

/// How long a code can be used: long enough to drive to the cinema.
const CODE_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// Enrolment at this hub. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Enrolments {
    database: Database,
    machine: Machine,
    links: Links,
    /// The broker's address as a box is told it.
    broker: String,
    tries: Tries,
}

impl Enrolments {
    pub(crate) fn new(database: Database, machine: Machine, links: Links, broker: String) -> Self {
        Self {
            database,
            machine,
            links,
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
                store::add_code(tx, &hash, &cinema, until, now)?;
                Ok::<_, EnrolmentRefused>(())
            })
            .await?;
        self.links.board().changed();
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
        let (hash, now, enrolling) = (
            hash(&request.code),
            self.machine.clock.now(),
            address.clone(),
        );
        let enrolled = self
            .database
            .write(Scope::of("cinema", request.cinema.as_str()), move |tx| {
                store::use_code(tx, &hash, &enrolling, &applicant, now)
            })
            .await;
        if enrolled? {
            tracing::info!(cinema = %address.cinema, device = %address.device, "a box was enrolled");
            self.links.keys_changed(address);
        }
        self.tries.right(from, begun);
        let frames = self.links.frame_key(&request.cinema);
        let tickets = self.links.ticket_key(&request.cinema);
        Ok(EnrolmentAnswer::new(
            (frames.public(), &tickets),
            self.links.generation(),
            self.broker.clone(),
        ))
    }

    /// Revokes the keys of a cinema's box.
    pub(crate) async fn revoke(&self, cinema: CinemaId) -> Result<String, EnrolmentRefused> {
        let now = self.machine.clock.now();
        let revoked = self
            .database
            .write(Scope::of("cinema", cinema.as_str()), move |tx| {
                store::revoke(tx, &cinema, now)
            })
            .await?;
        let Some(address) = revoked else {
            return Err(EnrolmentRefused::NoBox);
        };
        let words = format!(
            "the keys of {} at {} are revoked",
            address.device, address.cinema
        );
        tracing::warn!(cinema = %address.cinema, device = %address.device, "the keys of a box were revoked");
        self.links.keys_changed(address);
        Ok(words)
    }
}

/// Only the hashes of codes are stored.
fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code::bare(code)).into()
}
