//! Pairing: a one-time code becomes a device's token. Without a token nothing is sold.

mod refusal;
pub(crate) mod routes;
mod store;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use appliance_api::{Device, DeviceKind, Paired};
use box_office::DeviceId;
use database::{Database, Scope};
use parking_lot::RwLock;
use service::Machine;
use service::code::{self, Tries};
use service::http::Peer;
use sha2::{Digest as _, Sha256};

pub(crate) use refusal::PairingRefused;

/// How long a pairing code can be used: long enough to walk to the kiosk, short enough to forget about it.
pub const CODE_LASTS: Duration = Duration::from_secs(15 * 60);

/// The longest name of a device, in characters, so that it fits in a status line.
const LONGEST_NAME: usize = 40;

/// A hash of a code or a token; only hashes are stored.
type Hash = [u8; 32];

/// The paired devices by the hash of their token, kept in memory since every request asks.
#[derive(Debug, Clone)]
pub(crate) struct Devices {
    database: Database,
    machine: Machine,
    /// How many holds a device may have open.
    holds_per_device: u32,
    by_token: Arc<RwLock<HashMap<Hash, Device>>>,
    tries: Tries,
}

impl Devices {
    /// The devices that the database knows.
    pub(crate) async fn load(
        database: Database,
        machine: Machine,
        holds_per_device: u32,
    ) -> Result<Self, database::Error> {
        let devices = database.read(store::devices).await?;
        Ok(Self {
            database,
            machine,
            holds_per_device,
            by_token: Arc::new(RwLock::new(devices.into_iter().collect())),
            tries: Tries::default(),
        })
    }

    /// The device that holds this token.
    pub(crate) fn find(&self, token: &str) -> Option<Device> {
        self.by_token.read().get(&hash(token)).cloned()
    }

    /// Makes a one-time code for a device of this kind.
    pub(crate) async fn new_code(&self, kind: DeviceKind) -> Result<String, PairingRefused> {
        let code = code::new(&self.machine.random);
        let (stored, now) = (hash(&code::bare(&code)), self.machine.clock.now());
        self.database
            .write(Scope::of("device", "all"), move |tx| {
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
        if name
            .as_deref()
            .is_some_and(|name| name.chars().any(is_unseen))
        {
            return Err(PairingRefused::WrongName);
        }
        let name = name
            .map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>())
            .filter(|name| !name.is_empty());
        let paired = self
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
            return Err(PairingRefused::WrongCode);
        };
        self.tries.right(from, begun);
        tracing::info!(device.id = %device.id, device.name = device.name, "a device was paired");
        self.by_token.write().insert(token_hash, device.clone());
        Ok(Paired { device, token })
    }
}

/// What nobody sees and what turns the text around it: in a log or on a status line it would show something else than was said.
fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
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
