//! What every signed message of a session names, so that it counts nowhere else: the cinema, the incarnation of the box, the
//! generation of the hub, and the session.

use box_office::CinemaId;
use serde::{Deserialize, Serialize};

use crate::bytes::Nonce;
use crate::event::LifeOfHub;

/// A life of a box or of the hub between two times of forgetting: a number, and random bits that tell two of the same
/// number apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Life {
    /// One above the highest that either side has seen.
    #[serde(rename = "no")]
    pub number: u64,
    /// 128 random bits.
    pub random: Nonce,
}

/// A life of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incarnation(pub Life);

/// A life of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub Life);

impl Incarnation {
    /// The first life of a box.
    pub fn first(random: Nonce) -> Self {
        Self(Life { number: 1, random })
    }
}

impl From<Generation> for LifeOfHub {
    fn from(generation: Generation) -> Self {
        let Life { number, random } = generation.0;
        Self { number, random }
    }
}

impl From<LifeOfHub> for Generation {
    fn from(life: LifeOfHub) -> Self {
        let LifeOfHub { number, random } = life;
        Self(Life { number, random })
    }
}

impl Generation {
    /// The first life of a hub.
    pub fn first(random: Nonce) -> Self {
        Self(Life { number: 1, random })
    }
}

/// One of the two ends of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The box in the cinema.
    Box,
    /// The hub.
    Hub,
}

impl End {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Box => Self::Hub,
            Self::Hub => Self::Box,
        }
    }

    /// What people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Hub => "hub",
        }
    }

    /// The stream that this end writes.
    pub fn writes(self) -> crate::Stream {
        match self {
            Self::Box => crate::Stream::Up,
            Self::Hub => crate::Stream::Down,
        }
    }
}

/// Where a message belongs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    /// The cinema.
    pub cinema: CinemaId,
    /// The life of its box.
    #[serde(rename = "inc")]
    pub incarnation: Incarnation,
    /// The life of the hub.
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// The session, numbered by the hub.
    pub session: u64,
}
