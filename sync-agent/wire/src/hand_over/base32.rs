//! Crockford's base 32: capitals and digits without those that are taken for one another, so that it can be typed as well as scanned.

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The text of some bytes: eight characters for five of them.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut bits, mut have) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        have += 8;
        while have >= 5 {
            have -= 5;
            text.push(digit(bits >> have));
        }
        bits &= (1 << have) - 1;
    }
    if have > 0 {
        text.push(digit(bits << (5 - have)));
    }
    text
}

fn digit(bits: u32) -> char {
    char::from(DIGITS[usize::try_from(bits & 31).unwrap_or(0)])
}

/// The bytes of a text in capitals; `O` is taken for a zero, `I` and `L` for a one. Nothing, if another character is in it.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut have) = (0_u32, 0);
    for typed in text.bytes() {
        let meant = match typed {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = DIGITS.iter().position(|digit| *digit == meant)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        have += 5;
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from(bits >> have).ok()?);
            bits &= (1 << have) - 1;
        }
    }
    // What fills the last character is nothing, and less than one.
    (have < 5 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_go_both_ways() {
        for length in 0..=20_u8 {
            let bytes: Vec<u8> = (0..length).map(|it| it.wrapping_mul(89) ^ 0xa5).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!(encode(b"foyer"), "CSQQJSBJ");
    }

    #[test]
    fn what_is_taken_for_another_is_that() {
        assert_eq!(decode("CSQQJSBJ"), Some(b"foyer".to_vec()));
        assert_eq!(decode("OO"), decode("00"));
        assert_eq!(decode("IG"), decode("1G"));
        assert_eq!(decode("LG"), decode("1G"));
    }

    #[test]
    fn what_was_never_written_is_not_read() {
        for typed in ["U0", "!0", "0", "01", "éé"] {
            assert_eq!(decode(typed), None, "{typed}");
        }
    }
}
