//! Pairing: a one-time code becomes a device's token. Without a token nothing is sold.

pub(crate) mod routes;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use appliance_api::{Device, DeviceKind, Paired};
use box_office::DeviceId;
use database::{Database, Scope};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::error::Refused;

/// How long a pairing code can be used: long enough to walk to the kiosk, short enough to forget about it.
pub const CODE_LASTS: Duration = Duration::from_secs(15 * 60);

/// How many wrong codes are heard in [`TRIES_TIME`]: with 40 bits in a code nobody guesses one at this rate.
const TRIES: usize = 20;

/// See [`TRIES`].
const TRIES_TIME: Duration = Duration::from_secs(60);

/// The longest name of a device, in characters, so that it fits in a status line.
const LONGEST_NAME: usize = 40;

/// Letters and digits that nobody mistakes for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A hash of a code or a token; only hashes are stored.
type Hash = [u8; 32];

/// The paired devices by the hash of their token, kept in memory since every request asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Devices {
    by_token: Arc<RwLock<HashMap<Hash, Device>>>,
    wrong_codes: Arc<Mutex<Vec<Duration>>>,
}

impl Devices {
    /// The devices that the database knows.
    pub(crate) async fn load(database: &Database) -> Result<Self, database::Error> {
        let devices = database.read(store::devices).await?;
        Ok(Self {
            by_token: Arc::new(RwLock::new(devices.into_iter().collect())),
            wrong_codes: Arc::default(),
        })
    }

    /// The device that holds this token.
    pub(crate) fn find(&self, token: &str) -> Option<Device> {
        self.by_token
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash(token))
            .cloned()
    }

    fn add(&self, token: &str, device: Device) {
        self.by_token
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash(token), device);
    }

    /// Whether a further code may be tried at `now`.
    fn may_try(&self, now: Duration) -> bool {
        let mut tries = self
            .wrong_codes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tries.retain(|at| now.saturating_sub(*at) < TRIES_TIME);
        tries.len() < TRIES
    }

    fn tried_wrongly(&self, now: Duration) {
        self.wrong_codes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(now);
    }
}

/// Makes a one-time code for a device of this kind.
pub(crate) async fn new_code(app: &App, kind: DeviceKind) -> Result<String, Refused> {
    let code: String = app
        .random
        .bytes::<8>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let (stored, until) = (hash(&code), app.clock.now() + CODE_LASTS);
    let now = app.clock.now();
    app.database
        .write(Scope::of("device", "all"), move |tx| {
            store::add_code(tx, &stored, kind, until, now)
        })
        .await?;
    Ok(format!("{}-{}", &code[..4], &code[4..]))
}

/// Pairs a device by a code that [`new_code`] gave; the code is used up.
pub(crate) async fn pair(app: &App, code: &str, name: Option<String>) -> Result<Paired, Refused> {
    if !app.devices.may_try(app.clock.monotonic()) {
        return Err(Refused::TooManyCodes);
    }
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let (stored, now) = (hash(&code), app.clock.now());
    let token: String = app
        .random
        .bytes::<32>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (id, token_hash) = (DeviceId::from_bits(app.random.bytes()), hash(&token));
    let name = name
        .map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>())
        .filter(|name| !name.is_empty());
    let paired = app
        .database
        .write(Scope::of("device", "all"), move |tx| {
            let Some(kind) = store::use_code(tx, &stored, now)? else {
                return Ok::<_, database::Error>(None);
            };
            let number = store::count(tx)? + 1;
            let name = name
                .clone()
                .unwrap_or_else(|| format!("{} {number}", default_name(kind)));
            let device = Device {
                id: id.clone(),
                kind,
                name,
            };
            store::add(tx, &device, &token_hash, now)?;
            Ok(Some(device))
        })
        .await?;
    let Some(device) = paired else {
        app.devices.tried_wrongly(app.clock.monotonic());
        return Err(Refused::WrongCode);
    };
    tracing::info!(device.id = %device.id, device.name = device.name, "a device was paired");
    app.devices.add(&token, device.clone());
    Ok(Paired { device, token })
}

fn default_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "Kiosk",
        DeviceKind::Till => "Till",
    }
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}
