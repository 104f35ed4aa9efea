//! Keys: one pair per cinema and purpose, so that what signs a ticket can never sign a frame. A key's type names its
//! purpose, and the key itself the cinema that it may speak for.

use std::fmt;
use std::marker::PhantomData;

use box_office::CinemaId;
use ed25519_dalek::Signer as _;
use sha2::{Digest, Sha256};

pub use crate::bytes::KeyId;
pub use crate::bytes::hex;

/// What a key may sign.
pub trait Purpose {
    /// The word that is signed with everything, so that a signature made for one purpose proves nothing in another.
    const WORD: &'static str;
}

/// Keys that sign tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tickets {}

/// Keys that sign frames, acknowledgements and Hellos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frames {}

/// The root keys that sign lists of keys, see [`crate::key_list`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyLists {}

/// Keys that sign hand-over codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {}

impl Purpose for KeyLists {
    const WORD: &'static str = "key list";
}

impl Purpose for Codes {
    const WORD: &'static str = "code";
}

impl Purpose for Tickets {
    const WORD: &'static str = "ticket";
}

impl Purpose for Frames {
    const WORD: &'static str = "frame";
}

impl KeyId {
    /// The id of the public key with these 32 bytes.
    pub fn of(public: &[u8; 32]) -> Self {
        let hash: [u8; 32] = Sha256::digest(public).into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        Self::from([a, b, c, d, e, f, g, h])
    }
}

/// The bytes that a hex text of either case says, if it says any.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    Some(pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Why bytes are not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an Ed25519 public key")]
pub struct NotAKey;

/// The secret half of a key.
pub struct SecretKey<P> {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey<P>,
}

impl<P: Purpose> SecretKey<P> {
    /// The key of `cinema` that grows from 32 random bytes; the same bytes give the same key.
    pub fn from_seed(cinema: CinemaId, seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::new(cinema, secret.verifying_key());
        Self { secret, public }
    }

    /// The half that may be told.
    pub fn public(&self) -> &PublicKey<P> {
        &self.public
    }

    /// The cinema that this key speaks for.
    pub fn cinema(&self) -> &CinemaId {
        &self.public.cinema
    }

    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.secret.sign(bytes).to_bytes().to_vec()
    }
}

impl<P: Purpose> fmt::Debug for SecretKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey<{}>({})", P::WORD, self.public.id)
    }
}

/// The public half of a key, and the cinema for which alone it counts.
pub struct PublicKey<P> {
    cinema: CinemaId,
    key: ed25519_dalek::VerifyingKey,
    id: KeyId,
    purpose: PhantomData<P>,
}

impl<P: Purpose> PublicKey<P> {
    fn new(cinema: CinemaId, key: ed25519_dalek::VerifyingKey) -> Self {
        let id = KeyId::of(key.as_bytes());
        Self {
            cinema,
            key,
            id,
            purpose: PhantomData,
        }
    }

    /// The key with these 32 bytes.
    ///
    /// # Errors
    /// They are no point of the curve, or one of the few weak ones.
    pub fn from_bytes(cinema: CinemaId, bytes: &[u8; 32]) -> Result<Self, NotAKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| NotAKey)?;
        if key.is_weak() {
            return Err(NotAKey);
        }
        Ok(Self::new(cinema, key))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The cinema that it speaks for.
    pub fn cinema(&self) -> &CinemaId {
        &self.cinema
    }

    /// Whether `signature` over `bytes` was made by the secret half (RFC 8032, without the malleable forms).
    pub(crate) fn proves(&self, bytes: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(bytes, &signature).is_ok())
    }
}

impl<P> Clone for PublicKey<P> {
    fn clone(&self) -> Self {
        Self {
            cinema: self.cinema.clone(),
            key: self.key,
            id: self.id,
            purpose: PhantomData,
        }
    }
}

impl<P> PartialEq for PublicKey<P> {
    fn eq(&self, other: &Self) -> bool {
        self.cinema == other.cinema && self.key == other.key
    }
}

impl<P> Eq for PublicKey<P> {}

impl<P: Purpose> fmt::Debug for PublicKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey<{}>({}, {})", P::WORD, self.cinema, self.id)
    }
}

/// The keys of one purpose that are valid side by side: during a rotation there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRing<P: Purpose> {
    keys: Vec<PublicKey<P>>,
}

impl<P: Purpose> KeyRing<P> {
    /// A ring of these keys, the newest first.
    pub fn new(keys: impl IntoIterator<Item = PublicKey<P>>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }

    /// The key of that name.
    pub fn find(&self, id: KeyId) -> Option<&PublicKey<P>> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// All keys, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey<P>> {
        self.keys.iter()
    }
}

impl<P: Purpose> Default for KeyRing<P> {
    fn default() -> Self {
        Self { keys: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_the_hash_of_its_public_half() {
        let cinema: CinemaId = "metropol".parse().unwrap();
        let key = SecretKey::<Frames>::from_seed(cinema.clone(), &[7; 32]);
        let public = PublicKey::<Frames>::from_bytes(cinema, key.public().as_bytes()).unwrap();
        assert_eq!(&public, key.public());
        let hash: [u8; 32] = Sha256::digest(public.as_bytes()).into();
        assert_eq!(public.id().to_string(), hex(&hash[..8]));
    }

    #[test]
    fn weak_points_are_no_keys() {
        let cinema: CinemaId = "metropol".parse().unwrap();
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(
            PublicKey::<Frames>::from_bytes(cinema, &identity),
            Err(NotAKey)
        );
    }

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(unhex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        assert_eq!(unhex("0F"), Some(vec![15]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
    }
}
