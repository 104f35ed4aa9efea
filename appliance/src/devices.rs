//! Pairing: a one-time code becomes a device's token, until it is revoked. Without a token nothing is sold.

mod refusal;
pub(crate) mod routes;
mod store;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use appliance_api::{Device, DeviceKind, Paired};
use box_office::{DeviceId, text};
use database::{Database, Scope};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parking_lot::RwLock;
use service::code::{self, Tries};
use service::http::{KnownDevice, Peer};
use service::{Due, Machine};
use sha2::{Digest as _, Sha256};

pub(crate) use refusal::{DeviceRefused, PairingRefused};

/// How long a pairing code can be used: long enough to walk to the kiosk, short enough to forget about it.
pub const CODE_LASTS: Duration = Duration::from_secs(15 * 60);

/// The longest name of a device, in characters, so that it fits in a status line.
const LONGEST_NAME: usize = 40;

/// How often it is written down when devices were last heard: whoever looks for a kiosk that has died counts in hours.
const SEEN_WRITTEN_EVERY: Duration = Duration::from_secs(600);

/// A hash of a code or a token; only hashes are stored.
type Hash = [u8; 32];

/// A device with what is known of it besides. Clones are the same device.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    device: Device,
    paired_at: Timestamp,
    /// When it asked last, in milliseconds; 0 if it never did.
    seen_ms: Arc<AtomicI64>,
    /// What stands around the routes knows it by this.
    pub(crate) visits: KnownDevice,
}

impl Known {
    fn new(device: Device, paired_at: Timestamp, seen_ms: i64) -> Self {
        Self {
            visits: KnownDevice::new(device.id.as_str()),
            device,
            paired_at,
            seen_ms: Arc::new(AtomicI64::new(seen_ms)),
        }
    }
}

/// The paired devices by the hash of their token, kept in memory since every request asks.
#[derive(Debug, Clone)]
pub(crate) struct Devices {
    database: Database,
    machine: Machine,
    /// How many holds a device may have open.
    holds_per_device: u32,
    /// Whether the box is reached encrypted: a token then travels in no other way.
    is_encrypted: bool,
    by_token: Arc<RwLock<HashMap<Hash, Known>>>,
    tries: Tries,
}

impl Devices {
    /// The devices that the database knows.
    pub(crate) async fn load(
        database: Database,
        machine: Machine,
        (holds_per_device, is_encrypted): (u32, bool),
    ) -> Result<Self, database::Error> {
        let devices = database.read(store::devices).await?;
        Ok(Self {
            database,
            machine,
            holds_per_device,
            is_encrypted,
            by_token: Arc::new(RwLock::new(devices.into_iter().collect())),
            tries: Tries::default(),
        })
    }

    /// The device that holds this token, which is heard by this.
    pub(crate) fn find(&self, token: &str) -> Option<Known> {
        let known = self.by_token.read().get(&hash(token)).cloned()?;
        let now_ms = self.machine.clock.now().as_millisecond();
        known.seen_ms.store(now_ms, Ordering::Relaxed);
        Some(known)
    }

    /// Whether this is a device that is not revoked.
    pub(crate) fn knows(&self, id: &DeviceId) -> bool {
        let known = self.by_token.read();
        known.values().any(|known| known.device.id == *id)
    }

    /// Whether this is a till that is not revoked.
    pub(crate) fn is_till(&self, id: &DeviceId) -> bool {
        let known = self.by_token.read();
        let mut devices = known.values().map(|known| &known.device);
        devices.any(|device| device.id == *id && device.kind == DeviceKind::Till)
    }

    /// What people call a device that is paired.
    pub(crate) fn name(&self, id: &DeviceId) -> Option<String> {
        let known = self.by_token.read();
        let named = known.values().find(|known| known.device.id == *id);
        named.map(|known| known.device.name.clone())
    }

    /// Every device, a line each: which, what, when it was paired and last heard, and how many streams it has open.
    pub(crate) fn list(&self, zone: &TimeZone) -> String {
        let mut known: Vec<Known> = self.by_token.read().values().cloned().collect();
        known.sort_by(|one, other| {
            let by = |known: &Known| (known.paired_at, known.device.id.clone());
            by(one).cmp(&by(other))
        });
        if known.is_empty() {
            return "no device is paired; `appliance pair` makes a code for one".to_owned();
        }
        let shown = |at: Timestamp| {
            at.to_zoned(zone.clone())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        };
        let mut lines = String::new();
        for known in known {
            let seen_ms = known.seen_ms.load(Ordering::Relaxed);
            let seen = Timestamp::from_millisecond(seen_ms).map(shown);
            let seen = seen.ok().filter(|_| seen_ms > 0);
            let _ = writeln!(
                lines,
                "{}  {}  \"{}\"  paired {}  last seen {}  {} open",
                known.device.id,
                default_name(known.device.kind).to_lowercase(),
                known.device.name,
                shown(known.paired_at),
                seen.as_deref().unwrap_or("never"),
                text::counted(known.visits.streams(), "stream", "streams"),
            );
        }
        lines.truncate(lines.trim_end().len());
        lines
    }

    /// Gives a device another name.
    pub(crate) async fn rename(&self, id: &DeviceId, name: &str) -> Result<String, DeviceRefused> {
        if text::hides(name) {
            return Err(DeviceRefused::WrongName);
        }
        let name = text::plain(name).trim().to_owned();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
            return Err(DeviceRefused::NameLength);
        }
        let (of, new) = (id.clone(), name.clone());
        let renaming = self
            .database
            .write(scope(), move |tx| store::rename(tx, &of, &new));
        if !renaming.await? {
            return Err(DeviceRefused::UnknownDevice);
        }
        let mut known = self.by_token.write();
        let device = known.values_mut().find(|known| known.device.id == *id);
        let device = device.ok_or(DeviceRefused::UnknownDevice)?;
        let former = std::mem::replace(&mut device.device.name, name.clone());
        tracing::info!(device.id = %id, former, name, "a device has another name");
        Ok(format!("\"{former}\" is \"{name}\" from now on"))
    }

    /// Lets a device in no more, from this moment on; its streams end. Whoever calls ends what it has under way. Gives its name.
    pub(crate) async fn revoke(&self, id: &DeviceId) -> Result<String, DeviceRefused> {
        let (token, known) = {
            let mut known = self.by_token.write();
            let token = known.iter().find(|(_, known)| known.device.id == *id);
            let token = token.map(|(token, _)| *token);
            let token = token.ok_or(DeviceRefused::UnknownDevice)?;
            (
                token,
                known.remove(&token).ok_or(DeviceRefused::UnknownDevice)?,
            )
        };
        let (of, now) = (id.clone(), self.machine.clock.now());
        let revoking = self
            .database
            .write(scope(), move |tx| store::revoke(tx, &of, now));
        if let Err(error) = revoking.await {
            self.by_token.write().insert(token, known);
            return Err(error.into());
        }
        known.visits.leaves();
        tracing::info!(device.id = %id, device.name = known.device.name, "a device was revoked");
        Ok(known.device.name)
    }

    /// As a job: writes down when devices were last heard.
    pub(crate) async fn write_seen_due(self, now: Duration) -> Due {
        self.write_seen().await;
        Due::At(now + SEEN_WRITTEN_EVERY)
    }

    /// Writes down when devices were last heard.
    pub(crate) async fn write_seen(&self) {
        let seen = |known: &Known| {
            let seen_ms = known.seen_ms.load(Ordering::Relaxed);
            (known.device.id.clone(), seen_ms)
        };
        let mut all: Vec<_> = self.by_token.read().values().map(seen).collect();
        all.sort_unstable();
        let writing = self.database.write(scope(), move |tx| {
            all.iter()
                .try_for_each(|(id, seen_ms)| store::put_seen(tx, id, *seen_ms))
        });
        if let Err(error) = writing.await {
            tracing::warn!(%error, "it could not be written down when devices were last heard");
        }
    }

    /// Makes a one-time code for a device of this kind.
    pub(crate) async fn new_code(&self, kind: DeviceKind) -> Result<String, PairingRefused> {
        let code = code::new(&self.machine.random);
        let (stored, now) = (hash(&code::bare(&code)), self.machine.clock.now());
        self.database
            .write(scope(), move |tx| {
                store::add_code(tx, &stored, kind, now + CODE_LASTS, now)
            })
            .await?;
        Ok(code)
    }

    /// Pairs a device by a code that [`Devices::new_code`] gave; the code is used up.
    pub(crate) async fn pair(
        &self,
        from: Peer,
        code: &str,
        name: Option<String>,
    ) -> Result<Paired, PairingRefused> {
        let begun = self.machine.clock.monotonic();
        self.tries
            .begin(from, begun)
            .map_err(|wait| PairingRefused::TooManyCodes { wait })?;
        let (stored, now) = (hash(&code::bare(code)), self.machine.clock.now());
        let token = wire::key::hex(&self.machine.random.bytes::<32>());
        let (id, token_hash) = (
            DeviceId::from_bits(self.machine.random.bytes()),
            hash(&token),
        );
        if name.as_deref().is_some_and(text::hides) {
            return Err(PairingRefused::WrongName);
        }
        let name = name
            .map(|name| text::plain(&name))
            .map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>())
            .filter(|name| !name.is_empty());
        let paired = self
            .database
            .write(scope(), move |tx| {
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
            return Err(PairingRefused::WrongCode);
        };
        self.tries.right(from, begun);
        tracing::info!(device.id = %device.id, device.name = device.name, "a device was paired");
        let known = Known::new(device.clone(), now, now.as_millisecond());
        self.by_token.write().insert(token_hash, known);
        Ok(Paired { device, token })
    }
}

/// Every write of this room has one scope.
fn scope() -> Scope {
    Scope::of("device", "all")
}

fn default_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "Kiosk",
        DeviceKind::Till => "Till",
        DeviceKind::Door => "Door",
    }
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}
