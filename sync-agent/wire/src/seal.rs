//! The signature around everything that the link sends: a COSE_Sign1 (RFC 9052, EdDSA with Ed25519) whose external data is
//! the message's purpose, so that a frame can never pass as an acknowledgement. What it says stands inside, signed with it.

use box_office::LinkTrouble;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, KeyId};
use crate::context::End;
use crate::event::{EventError, decode, encode};
use crate::key::{Frames, KeyRing, PublicKey, Purpose, SecretKey};

/// The largest message of the link in bytes: a full frame, or a Hello with its custody hashes, and what goes around it.
pub const LARGEST_MESSAGE: usize = 96 * 1024;

/// Why a message counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It cannot be read.
    #[error("the message cannot be read")]
    Unreadable,
    /// Signed by a key that nobody enrolled.
    #[error("the key {0} is unknown")]
    UnknownKey(KeyId),
    /// Signed by a key that was revoked.
    #[error("the key {0} has been revoked")]
    RevokedKey(KeyId),
    /// The signature does not fit.
    #[error("the signature is wrong")]
    WrongSignature,
    /// It names another cinema than its key speaks for.
    #[error("the message is of another cinema than its key")]
    OtherCinema,
    /// Its events do not follow one another.
    #[error("the frame's events do not follow one another")]
    BrokenChain,
    /// The box says it is of another incarnation than the hub knows.
    #[error("the box is of another incarnation")]
    OtherIncarnation,
    /// The hub says it is of another generation than the box knows.
    #[error("the hub is of another generation")]
    OtherGeneration,
    /// The other side names an older session than was confirmed with it: it is a copy, or has been put back.
    #[error(
        "session {told} is named after session {confirmed} was confirmed: that side may be a copy"
    )]
    StaleSession {
        /// The session that it names.
        told: u64,
        /// The one that it has confirmed before.
        confirmed: u64,
    },
    /// The box names a session that the hub never gave: the hub has been put back.
    #[error(
        "session {told} is named, but only {given} sessions were ever given: the hub may have been put back"
    )]
    SessionNeverGiven {
        /// The session that the box names.
        told: u64,
        /// The highest that the hub has given.
        given: u64,
    },
    /// One side has applied events that their writer no longer has: the writer has been put back.
    #[error(
        "event {applied} has been applied, but its writer ends at {written}: it may have been put back"
    )]
    WriterForgot {
        /// The last event that the reader has applied.
        applied: u64,
        /// The last event that the writer has.
        written: u64,
        /// Who wrote it; programs of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        writer: Option<End>,
    },
    /// The other end speaks another version of the protocol.
    #[error("version {told} of the protocol is spoken to one that speaks version {spoken}")]
    OtherProtocol {
        /// The version that the other end speaks.
        told: u32,
        /// The version that is spoken here.
        spoken: u32,
    },
    /// Two histories under the same numbers.
    #[error("the two histories differ at event {0}")]
    Forked(u64),
    /// What the reader has not applied its writer has pruned: the reader's data is older than a copy may be that is put back.
    #[error(
        "the {} has applied {applied} events of the {}, which keeps only what comes after event {pruned}: it was put back from too old a copy",
        .writer.other().noun(), .writer.noun()
    )]
    NotKept {
        /// The last event that the reader has applied.
        applied: u64,
        /// The last event that its writer has pruned.
        pruned: u64,
        /// Who wrote it.
        writer: End,
    },
}

impl Refusal {
    /// What is wrong with the link if `by` refuses the other end for this; `None` for what may come from anybody and says nothing of the
    /// other end.
    pub fn trouble(&self, by: End) -> Option<LinkTrouble> {
        Some(match (self, by) {
            (Self::Unreadable | Self::WrongSignature | Self::BrokenChain, _) => return None,
            (Self::UnknownKey(_), End::Hub) => LinkTrouble::UnknownBox,
            (Self::RevokedKey(_), End::Hub) => LinkTrouble::KeyRevoked,
            (Self::UnknownKey(_) | Self::RevokedKey(_), End::Box) => LinkTrouble::UnknownHub,
            (Self::OtherCinema, _) => LinkTrouble::OtherCinema,
            (Self::OtherIncarnation, _) => LinkTrouble::OtherBox,
            (Self::OtherGeneration, _) => LinkTrouble::OtherHub,
            (Self::StaleSession { .. }, End::Hub) => LinkTrouble::Copied,
            (Self::StaleSession { .. }, End::Box) | (Self::SessionNeverGiven { .. }, _) => {
                LinkTrouble::HubForgot
            }
            (Self::WriterForgot { writer, .. }, _) => match writer {
                Some(End::Box) => LinkTrouble::BoxForgot,
                Some(End::Hub) => LinkTrouble::HubForgot,
                None => LinkTrouble::Forgot,
            },
            (Self::OtherProtocol { .. }, _) => LinkTrouble::OtherProtocol,
            (Self::Forked(_), _) => LinkTrouble::Forked,
            (Self::NotKept { writer, .. }, _) => match writer {
                End::Box => LinkTrouble::HubTooOld,
                End::Hub => LinkTrouble::BoxTooOld,
            },
        })
    }
}

/// What a signature is for; part of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Frame,
    Acknowledgement,
    Hello,
    Ask,
    Answer,
    HandOver,
    KeyList,
}

impl Word {
    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Frame => b"foyer.frame.v1",
            Self::Acknowledgement => b"foyer.ack.v1",
            Self::Hello => b"foyer.hello.v1",
            Self::Ask => b"foyer.ask.v1",
            Self::Answer => b"foyer.answer.v1",
            Self::HandOver => b"foyer.hand-over.v1",
            Self::KeyList => b"foyer.key-list.v1",
        }
    }
}

/// `content` as CBOR, signed for one purpose.
///
/// # Errors
/// Only if the content cannot be written as CBOR.
pub(crate) fn seal<P: Purpose, T: Serialize>(
    word: Word,
    key: &SecretKey<P>,
    content: &T,
) -> Result<Vec<u8>, EventError> {
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(key.public().id().as_bytes().to_vec())
        .build();
    CoseSign1Builder::new()
        .protected(protected)
        .payload(encode(content)?)
        .create_signature(word.as_bytes(), |bytes| key.sign_bytes(bytes))
        .build()
        .to_vec()
        .map_err(|error| EventError::Unreadable(error.to_string()))
}

/// A message that has been taken apart, and whose signature nobody has looked at.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    message: CoseSign1,
    key: KeyId,
}

impl Sealed {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > LARGEST_MESSAGE {
            return Err(Refusal::Unreadable);
        }
        let message = CoseSign1::from_slice(bytes).map_err(|_| Refusal::Unreadable)?;
        let header = &message.protected.header;
        let eddsa = header.alg
            == Some(coset::RegisteredLabelWithPrivate::Assigned(
                iana::Algorithm::EdDSA,
            ));
        let key = KeyId::try_from(header.key_id.as_slice()).map_err(|_| Refusal::Unreadable)?;
        if !eddsa || !header.crit.is_empty() || message.payload.is_none() {
            return Err(Refusal::Unreadable);
        }
        Ok(Self { message, key })
    }

    /// The key that it names.
    pub(crate) fn key(&self) -> KeyId {
        self.key
    }

    /// What it says, believed by nobody: only to answer a message that is refused.
    pub(crate) fn peek<T: DeserializeOwned>(&self) -> Option<T> {
        decode(self.message.payload.as_deref()?).ok()
    }

    /// What it says, once the signature has been found right, and the cinema that the key speaks for.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        word: Word,
        keys: &Keys,
    ) -> Result<(T, box_office::CinemaId), Refusal> {
        if keys.revoked.contains(&self.key) {
            return Err(Refusal::RevokedKey(self.key));
        }
        let key = keys
            .valid
            .find(self.key)
            .ok_or(Refusal::UnknownKey(self.key))?;
        Ok((self.open_by(word, key)?, key.cinema().clone()))
    }

    /// What it says, once the signature of this key has been found right.
    pub(crate) fn open_by<P: Purpose, T: DeserializeOwned>(
        &self,
        word: Word,
        key: &PublicKey<P>,
    ) -> Result<T, Refusal> {
        if key.id() != self.key {
            return Err(Refusal::UnknownKey(self.key));
        }
        self.message
            .verify_signature(word.as_bytes(), |signature, bytes| {
                if key.proves(bytes, signature) {
                    Ok(())
                } else {
                    Err(Refusal::WrongSignature)
                }
            })?;
        decode(self.message.payload.as_deref().unwrap_or_default()).map_err(|_| Refusal::Unreadable)
    }
}

/// The keys of the other side: those that count, and those that did once, so that a refusal can say which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Those that count.
    pub valid: KeyRing<Frames>,
    /// Those that count no longer.
    pub revoked: Vec<KeyId>,
}

impl Keys {
    /// Only keys that count.
    pub fn valid(keys: impl IntoIterator<Item = crate::PublicKey<Frames>>) -> Self {
        Self {
            valid: KeyRing::new(keys),
            revoked: Vec::new(),
        }
    }
}

/// Bytes of many things, each a CBOR byte string of its own.
pub(crate) fn blobs<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Blob> {
    parts.into_iter().map(|part| Blob(part.to_vec())).collect()
}
