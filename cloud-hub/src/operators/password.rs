//! Passwords: argon2id in the parameters that OWASP recommends (19 MiB, two passes, one lane), which are the crate's own.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use unicode_normalization::UnicodeNormalization as _;

use super::OperatorRefused;

/// The fewest characters of a password: NIST SP 800-63B asks for eight, and advises more where nothing else is asked.
const FEWEST: usize = 12;

/// The most.
const MOST: usize = 200;

/// A password on its way. Nothing shows it.
pub(super) struct Password(String);

impl Password {
    /// One that somebody chooses.
    ///
    /// # Errors
    /// It is too short or too long.
    pub(super) fn chosen(text: &str) -> Result<Self, OperatorRefused> {
        // Keyboards differ in how they make one letter (RFC 8265, opaque strings).
        let text: String = text.nfc().collect();
        match (FEWEST..=MOST).contains(&text.chars().count()) {
            true => Ok(Self(text)),
            false => Err(OperatorRefused::PasswordLength {
                fewest: FEWEST,
                most: MOST,
            }),
        }
    }

    /// One that somebody types; none, if nobody can have chosen it.
    pub(super) fn typed(text: &str) -> Option<Self> {
        Self::chosen(text).ok()
    }

    /// What is kept of it: a PHC string.
    pub(super) fn hashed(&self, salt: &[u8; 16]) -> String {
        let hashed: Result<PasswordHash, _> =
            Argon2::default().hash_password_with_salt(self.0.as_bytes(), salt);
        hashed.map_or_else(
            // Only for parameters that are none: nobody can sign in by it.
            |error| format!("no hash: {error}"),
            |hash| hash.to_string(),
        )
    }

    /// Whether it is the one of which this was kept.
    pub(super) fn is(&self, phc: &str) -> bool {
        PasswordHash::new(phc).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(self.0.as_bytes(), &hash)
                .is_ok()
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[test]
    fn a_password_is_known_by_what_was_kept_of_it_and_no_other_is() {
        let password = |text: &str| Password::typed(text).unwrap();
        let kept = password("twelve signs").hashed(&[7; 16]);
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(password("twelve signs").is(&kept));
        assert!(!password("twelve signS").is(&kept));
        assert!(!password("twelve signs").is("twelve signs"));
        assert!(
            password("gru\u{308}ne Wälder").is(&password("gr\u{fc}ne Wälder").hashed(&[7; 16]))
        );
        assert_eq!(format!("{:?}", password("twelve signs")), "Password(..)");
    }

    #[test]
    fn a_password_has_neither_few_characters_nor_very_many() {
        for (text, is_one) in [
            ("elevensigns".to_owned(), false),
            ("twelve signs".to_owned(), true),
            ("ä".repeat(12), true),
            ("x".repeat(200), true),
            ("x".repeat(201), false),
        ] {
            assert_eq!(Password::typed(&text).is_some(), is_one, "{text}");
        }
    }
}
