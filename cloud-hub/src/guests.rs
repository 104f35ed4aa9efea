//! Guests at home: a session without an account, known by a token that only this hub can make, of which only a hash names the buyer; how much they may ask for;
//! and the work that a browser does where many choose at once.

mod refusal;
pub(crate) mod routes;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_office::DeviceId;
use box_office::price::Channel;
use counter::{Buyer, BuyerKind, Crowd};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hub_api::leading_zero_bits;
use service::Machine;
use service::http::{Allowances, Peer};
use sha2::{Digest as _, Sha256};

pub(crate) use refusal::GuestRefused;

/// Holds that one session may have open: one that is being paid, and one in another tab.
const MOST_HOLDS: u32 = 2;

/// Sessions, holds and payments that one address may begin at once: a family, an office or a school behind one line.
const AT_ONCE: u32 = 30;

/// The time in which it may begin one more: who holds seats in turn, again and again, has at most what is held in twelve minutes.
const ONE_MORE_EVERY: Duration = Duration::from_secs(10);

/// The time in which an address may choose once more: who goes through a whole house so, seat by seat, has many minutes to do.
const ONE_MORE_CHOICE_EVERY: Duration = Duration::from_secs(2);

/// Leading zero bits of the hash that a browser looks for: 2^17 tries or so, a third of a second on a laptop and two or three on an old
/// phone, where a program that takes a whole house pays for every ten seats of it.
pub(crate) const WORK_BITS: u32 = 17;

/// The longest answer to the puzzle, in bytes.
const LONGEST_WORK: usize = 40;

/// What makes a session one of its own.
const RANDOM_BYTES: usize = 16;

/// What proves that this hub has begun it, so that the allowances of whoever begins sessions count: nobody makes one up.
const PROOF_BYTES: usize = 16;

/// What is known of guests at home. Clones share it.
#[derive(Clone)]
pub(crate) struct Guests {
    machine: Machine,
    /// The hub's address as people have it, without a slash at its end.
    address: Arc<str>,
    /// Whether somebody takes their money: nobody holds what they cannot pay.
    is_selling: bool,
    /// What the tokens of sessions are proved with.
    key: [u8; 32],
    begun: Arc<Allowances<Peer>>,
    held: Arc<Allowances<Peer>>,
    chosen: Arc<Allowances<Peer>>,
    paid: Arc<Allowances<Peer>>,
}

impl fmt::Debug for Guests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guests").finish_non_exhaustive()
    }
}

impl Guests {
    pub(crate) fn new(
        machine: Machine,
        key: [u8; 32],
        (address, is_selling): (&str, bool),
    ) -> Self {
        let allowance = || Arc::new(Allowances::steadily(ONE_MORE_EVERY, AT_ONCE));
        Self {
            machine,
            address: address.trim_end_matches('/').into(),
            is_selling,
            key,
            begun: allowance(),
            held: allowance(),
            chosen: Arc::new(Allowances::steadily(ONE_MORE_CHOICE_EVERY, 2 * AT_ONCE)),
            paid: allowance(),
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
        let random = self.machine.random.bytes();
        let proof = self.mac(&random).finalize().into_bytes();
        let token = [random.as_slice(), &proof[..PROOF_BYTES]].concat();
        Ok(wire::key::hex(&token))
    }

    /// Somebody at this address wants to hold seats.
    pub(crate) fn may_hold(&self, from: Peer) -> Result<(), GuestRefused> {
        if !self.is_selling {
            return Err(GuestRefused::NotSelling);
        }
        self.allows(&self.held, from)
    }

    /// Somebody at this address wants other seats.
    pub(crate) fn may_choose(&self, from: Peer) -> Result<(), GuestRefused> {
        self.allows(&self.chosen, from)
    }

    /// Somebody at this address wants to pay.
    pub(crate) fn may_pay(&self, from: Peer) -> Result<(), GuestRefused> {
        self.allows(&self.paid, from)
    }

    /// Whoever has this token, as the counter knows whoever buys; nobody, if this hub has not made it.
    pub(crate) fn buyer(&self, token: &str) -> Option<Buyer> {
        let bytes = wire::key::unhex(token)?;
        let (random, proof) = bytes.split_first_chunk::<RANDOM_BYTES>()?;
        let mac = self.mac(random);
        if proof.len() != PROOF_BYTES || mac.verify_truncated_left(proof).is_err() {
            return None;
        }
        let hash: [u8; 32] = Sha256::new()
            .chain_update(b"foyer guest ")
            .chain_update(random)
            .finalize()
            .into();
        let (id, _) = hash.split_first_chunk::<16>()?;
        Some(Buyer {
            kind: BuyerKind::Guest,
            id: DeviceId::from_bits(*id),
            channel: Channel::Online,
            limits: counter::Limits {
                holds: MOST_HOLDS,
                cash: false,
                crowd: Some(Crowd {
                    has_worked: false,
                    has_turn: false,
                }),
            },
        })
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, random: &[u8; RANDOM_BYTES]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key);
        mac.expect("a key of any length").chain_update(random)
    }

    fn allows(&self, allowance: &Allowances<Peer>, from: Peer) -> Result<(), GuestRefused> {
        let asked = allowance.ask(from, self.machine.clock.monotonic());
        asked.map_err(GuestRefused::TooManyFromHere)
    }
}

/// Whether `work` solves the puzzle of this wish: the SHA-256 of `buyer:of:key:work` begins with [`WORK_BITS`] zero bits, where `of` is the
/// showtime of a new hold, or the hold of a new choice. The key is the wish's `Idempotency-Key`, so that work that is done counts for one hold.
pub(crate) fn has_worked(buyer: &DeviceId, (of, key): (&str, &str), work: &str) -> bool {
    if work.len() > LONGEST_WORK {
        return false;
    }
    let hash = Sha256::digest(format!("{buyer}:{of}:{key}:{work}"));
    leading_zero_bits(&hash) >= WORK_BITS
}

#[cfg(test)]
mod tests;
