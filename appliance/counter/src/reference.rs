//! What names a booking that was made online: as good as random, for nobody is to read from it how many there are, and no two that sell at once
//! wait for each other to count.

use std::fmt;
use std::str::FromStr;

use service::random::LETTERS;

/// So many letters, of 5 bits each.
const LENGTH: usize = 8;

/// Bits of a letter.
const LETTER_BITS: usize = 5;

/// The reference of a booking, `K7QP-2MXD`: 40 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference(u64);

/// A text that is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReference;

impl Reference {
    /// The one of these bits, of which some are left.
    pub(crate) fn from_bits(bits: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(bits) % (1 << (LETTER_BITS * LENGTH));
        Self(u64::try_from(bits).unwrap_or_default())
    }

    /// The one that is kept as this number.
    pub(crate) fn of(number: i64) -> Self {
        Self(number.unsigned_abs())
    }

    /// As it is kept.
    pub(crate) fn number(self) -> i64 {
        // 40 bits.
        self.0.cast_signed()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for nth in 0..LENGTH {
            if nth == LENGTH / 2 {
                f.write_str("-")?;
            }
            let bits = self.0 >> (LETTER_BITS * (LENGTH - 1 - nth));
            let letter = usize::try_from(bits % 32).unwrap_or_default();
            write!(f, "{}", char::from(LETTERS[letter]))?;
        }
        Ok(())
    }
}

impl FromStr for Reference {
    type Err = NoReference;

    /// As it is printed, or as people type it: in small letters, with other gaps.
    fn from_str(text: &str) -> Result<Self, NoReference> {
        let (mut sum, mut length) = (0, 0);
        for byte in text.bytes() {
            if matches!(byte, b'-' | b' ') {
                continue;
            }
            let letter = byte.to_ascii_uppercase();
            let bits = LETTERS.iter().position(|it| *it == letter);
            sum =
                (sum << LETTER_BITS) | u64::try_from(bits.ok_or(NoReference)?).unwrap_or_default();
            length += 1;
            if length > LENGTH {
                return Err(NoReference);
            }
        }
        match length {
            LENGTH => Ok(Self(sum)),
            _ => Err(NoReference),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_it_is_printed_and_as_it_is_typed() {
        let drawn = Reference::from_bits([0xa7; 16]);
        let printed = drawn.to_string();
        assert_eq!(printed, "W8V4-RK7H");
        assert_eq!(printed.parse(), Ok(drawn));
        assert_eq!(Reference::of(drawn.number()), drawn);
        let typed = format!(" {} ", printed.to_lowercase().replace('-', ""));
        assert_eq!(typed.parse(), Ok(drawn));
        assert_eq!(Reference::of(1).to_string(), "AAAA-AAAB");
    }

    #[test]
    fn what_is_no_reference_is_none() {
        for text in [
            "",
            "K7QP",
            "K7QP-2MXDA",
            "K7QP-2MX0",
            "1-000042",
            "K7QP_2MXD",
        ] {
            assert_eq!(text.parse::<Reference>(), Err(NoReference), "{text}");
        }
    }
}
