//! Guests at home: a session without an account, known by a random token of which only a hash names the buyer; how much they may ask for;
//! and the work that a browser does where many choose at once.

mod refusal;
pub(crate) mod routes;

use std::sync::Arc;
use std::time::Duration;

use box_office::DeviceId;
use box_office::price::Channel;
use counter::{Buyer, BuyerKind, Crowd};
use service::Machine;
use service::http::{Allowances, Peer};
use sha2::{Digest as _, Sha256};

pub(crate) use refusal::GuestRefused;

/// Holds that one session may have open: one that is being paid, and one in another tab.
const MOST_HOLDS: u32 = 2;

/// Holds and sessions that one address may begin at once: a family, an office or a school behind one line.
const AT_ONCE: u32 = 30;

/// The time in which it may begin one more: who holds seats in turn, again and again, has at most what is held in twelve minutes.
const ONE_MORE_EVERY: Duration = Duration::from_secs(10);

/// Leading zero bits of the hash that a browser looks for: 2^17 tries or so, a third of a second on a laptop and two or three on an old
/// phone, where a program that takes a whole house pays for every ten seats of it.
pub(crate) const WORK_BITS: u32 = 17;

/// The longest answer to the puzzle, in bytes.
const LONGEST_WORK: usize = 40;

/// What a token is the hex of.
const TOKEN_BYTES: usize = 32;

/// What is known of guests at home. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Guests {
    machine: Machine,
    /// The hub's address as people have it, without a slash at its end.
    address: Arc<str>,
    /// Whether somebody takes their money: nobody holds what they cannot pay.
    is_selling: bool,
    begun: Arc<Allowances<Peer>>,
    held: Arc<Allowances<Peer>>,
}

impl Guests {
    pub(crate) fn new(machine: Machine, address: &str, is_selling: bool) -> Self {
        let allowance = || Arc::new(Allowances::steadily(ONE_MORE_EVERY, AT_ONCE));
        Self {
            machine,
            address: address.trim_end_matches('/').into(),
            is_selling,
            begun: allowance(),
            held: allowance(),
        }
    }

    /// Whether a cookie may only travel encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// Host and port of the hub as people have them.
    pub(crate) fn host(&self) -> &str {
        let address = &*self.address;
        address.split_once("://").map_or(address, |(_, host)| host)
    }

    /// Begins a session, and gives its token.
    pub(crate) fn begin(&self, from: Peer) -> Result<String, GuestRefused> {
        self.allows(&self.begun, from)?;
        let token: [u8; TOKEN_BYTES] = self.machine.random.bytes();
        Ok(wire::key::hex(&token))
    }

    /// Somebody at this address wants to hold seats.
    pub(crate) fn may_hold(&self, from: Peer) -> Result<(), GuestRefused> {
        if !self.is_selling {
            return Err(GuestRefused::NotSelling);
        }
        self.allows(&self.held, from)
    }

    fn allows(&self, allowance: &Allowances<Peer>, from: Peer) -> Result<(), GuestRefused> {
        let asked = allowance.ask(from, self.machine.clock.monotonic());
        asked.map_err(GuestRefused::TooManyFromHere)
    }
}

/// Whoever has this token, as the counter knows whoever buys; nobody, if it is no token. A made-up one is a session like any other: it
/// gives its maker nothing but what every session has.
pub(crate) fn buyer(token: &str) -> Option<Buyer> {
    let is_token =
        token.len() == 2 * TOKEN_BYTES && token.bytes().all(|sign| sign.is_ascii_hexdigit());
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"foyer guest ")
        .chain_update(token)
        .finalize()
        .into();
    let (id, _) = hash.split_first_chunk::<16>()?;
    is_token.then(|| Buyer {
        kind: BuyerKind::Guest,
        id: DeviceId::from_bits(*id),
        channel: Channel::Online,
        limits: counter::Limits {
            holds: MOST_HOLDS,
            cash: false,
            crowd: Some(Crowd { has_worked: false }),
        },
    })
}

/// Whether `work` solves the puzzle of this wish: the SHA-256 of `buyer:of:key:work` begins with [`WORK_BITS`] zero bits, where `of` is the
/// showtime of a new hold, or the hold of a new choice. The key is the wish's `Idempotency-Key`, so that work that is done counts for one hold.
pub(crate) fn has_worked(buyer: &DeviceId, (of, key): (&str, &str), work: &str) -> bool {
    if work.len() > LONGEST_WORK {
        return false;
    }
    let hash = Sha256::digest(format!("{buyer}:{of}:{key}:{work}"));
    let mut zeros = 0;
    for byte in hash {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= WORK_BITS
}

#[cfg(test)]
mod tests;
