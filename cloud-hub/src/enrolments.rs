//! Enrolment: a one-time code made at the hub, carried by a person, and bound to the first box that presents it.

pub(crate) mod routes;
pub(crate) mod store;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use database::Scope;
use sha2::{Digest as _, Sha256};
use sync_agent::{Address, Change};
use wire::CinemaId;
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use crate::app::App;
use crate::error::Refused;
use crate::links;
use store::Enrolled;

/// How long a code can be used: long enough to drive to the cinema.
const CODE_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// How many wrong codes are heard in [`TRIES_TIME`]: with 60 bits in a code nobody guesses one at this rate.
const TRIES: usize = 20;

/// See [`TRIES`].
const TRIES_TIME: Duration = Duration::from_secs(60);

/// When wrong codes were presented, by the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<Vec<Duration>>);

impl Tries {
    fn are_left(&self, now: Duration) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|at| now.saturating_sub(*at) < TRIES_TIME);
        tries.len() < TRIES
    }

    fn add(&self, now: Duration) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(now);
    }
}

/// Makes a one-time code for the box of `cinema`: `ABCD-EFGH-JKLM`.
pub(crate) async fn new_code(app: &App, cinema: CinemaId) -> Result<String, Refused> {
    let [first, second, third] = std::array::from_fn(|_| service::random::code::<4>(&app.random));
    let code = format!("{first}-{second}-{third}");
    let (hash, now) = (hash(&code), app.clock.now());
    let until = now + CODE_LASTS;
    let scope = Scope::of("cinema", cinema.as_str());
    app.database
        .write(scope, move |tx| {
            if store::has_a_box(tx, &cinema)? {
                return Err(Refused::HasABox);
            }
            store::add_code(tx, &hash, &cinema, until, now)?;
            Ok(())
        })
        .await?;
    app.board.changed();
    Ok(code)
}

/// Enrols the box, or answers again what was answered before.
pub(crate) async fn enrol(
    app: &App,
    request: EnrolmentRequest,
) -> Result<EnrolmentAnswer, Refused> {
    let outcome = try_to_enrol(app, &request).await;
    let (code, words) = match &outcome {
        Ok(_) => return outcome,
        Err(Refused::WrongCode) => ("wrong_code", Refused::WrongCode.to_string()),
        Err(Refused::CodeOfAnotherBox) => {
            ("code_of_another_box", Refused::CodeOfAnotherBox.to_string())
        }
        Err(refused @ Refused::NotProven(_)) => ("not_proven", refused.to_string()),
        Err(
            Refused::TooManyCodes
            | Refused::HasABox
            | Refused::NoBox
            | Refused::Database(_)
            | Refused::Streams(_),
        ) => return outcome,
    };
    let address = Address {
        cinema: request.cinema,
        device: request.device,
    };
    links::refuse(app, &address, code, words);
    outcome
}

async fn try_to_enrol(app: &App, request: &EnrolmentRequest) -> Result<EnrolmentAnswer, Refused> {
    if !app.tries.are_left(app.clock.monotonic()) {
        return Err(Refused::TooManyCodes);
    }
    let applicant = request.verify().map_err(Refused::NotProven)?;
    let address = Address {
        cinema: request.cinema.clone(),
        device: request.device.clone(),
    };
    let (hash, now, enrolling) = (hash(&request.code), app.clock.now(), address.clone());
    let enrolled = app
        .database
        .write(Scope::of("cinema", request.cinema.as_str()), move |tx| {
            Ok::<_, Refused>(store::use_code(tx, &hash, &enrolling, &applicant, now)?)
        })
        .await?;
    match enrolled {
        Enrolled::Now => {
            tracing::info!(cinema = %address.cinema, device = %address.device, "a box was enrolled");
            app.bells.tell(Change::Keys(address));
            app.board.changed();
        }
        Enrolled::Before => {}
        Enrolled::WrongCode => {
            app.tries.add(app.clock.monotonic());
            return Err(Refused::WrongCode);
        }
        Enrolled::OtherKey => return Err(Refused::CodeOfAnotherBox),
        Enrolled::HasABox => return Err(Refused::HasABox),
    }
    let key = app.frame_key(&request.cinema);
    Ok(EnrolmentAnswer::new(
        key.public(),
        app.generation,
        app.config.broker.told_address(),
    ))
}

/// Revokes the keys of a cinema's box.
pub(crate) async fn revoke(app: &App, cinema: CinemaId) -> Result<String, Refused> {
    let now = app.clock.now();
    let revoked = app
        .database
        .write(Scope::of("cinema", cinema.as_str()), move |tx| {
            Ok::<_, Refused>(store::revoke(tx, &cinema, now)?)
        })
        .await?;
    let Some(address) = revoked else {
        return Err(Refused::NoBox);
    };
    let words = format!(
        "the keys of {} at {} are revoked",
        address.device, address.cinema
    );
    tracing::warn!(cinema = %address.cinema, device = %address.device, "the keys of a box were revoked");
    app.bells.tell(Change::Keys(address));
    app.board.changed();
    Ok(words)
}

/// Codes are compared without dashes and case; only their hashes are stored.
fn hash(code: &str) -> [u8; 32] {
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    Sha256::digest(code).into()
}
