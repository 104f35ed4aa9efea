//! ESC/POS, read: the commands of Epson's reference that ticket printing uses, and the length of those that have no effect here.

/// What the bytes tell the printer to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Text(Vec<u8>),
    LineFeed,
    /// So many lines of the present height.
    Feed(u8),
    Initialise,
    CodePage(u8),
    Bold(bool),
    Underline(bool),
    Reverse(bool),
    /// Times the normal width and height.
    Size(u8, u8),
    Justify(u8),
    Cut,
    CodeDots(u8),
    CodeLevel(u8),
    CodeText(Vec<u8>),
    PrintCode,
    /// A picture: bytes in a row, then rows of eight dots a byte.
    Picture {
        row_bytes: usize,
        rows: Vec<u8>,
    },
    /// `GS r n`: the status, in its turn.
    Status,
    /// `GS a n`: status unasked; nothing but "off" is understood.
    StatusUnasked(u8),
    /// Known, and without effect on the picture.
    WithoutEffect,
    /// Not known: the printer prints something odd, and the test should see it.
    Unknown(Vec<u8>),
}

/// The first command of `bytes` and how long it is; nothing if its end has not arrived.
pub(super) fn first(bytes: &[u8]) -> Option<(Command, usize)> {
    match *bytes.first()? {
        0x1b => escape(bytes),
        0x1d => group_separator(bytes),
        b'\n' => Some((Command::LineFeed, 1)),
        0 | b'\r' => Some((Command::WithoutEffect, 1)),
        byte if byte < b' ' => Some((Command::Unknown(vec![byte]), 1)),
        _ => {
            let length = bytes
                .iter()
                .position(|byte| *byte < b' ')
                .unwrap_or(bytes.len());
            Some((Command::Text(bytes[..length].to_vec()), length))
        }
    }
}

fn escape(bytes: &[u8]) -> Option<(Command, usize)> {
    let name = *bytes.get(1)?;
    if matches!(name, b'@' | b'2') {
        let command = if name == b'@' {
            Command::Initialise
        } else {
            Command::WithoutEffect
        };
        return Some((command, 2));
    }
    if name == b'p' {
        return bytes.get(4).map(|_| (Command::WithoutEffect, 5));
    }
    if name == b'$' {
        return bytes.get(3).map(|_| (Command::WithoutEffect, 4));
    }
    let n = *bytes.get(2)?;
    let command = match name {
        b't' => Command::CodePage(n),
        b'E' | b'G' => Command::Bold(n & 1 == 1),
        b'-' => Command::Underline(n & 3 != 0),
        b'a' => Command::Justify(n & 3),
        b'd' => Command::Feed(n),
        b'3' | b'M' | b'R' | b'{' | b'J' | b' ' => Command::WithoutEffect,
        _ => Command::Unknown(bytes[..3].to_vec()),
    };
    Some((command, 3))
}

fn group_separator(bytes: &[u8]) -> Option<(Command, usize)> {
    let (name, n) = (*bytes.get(1)?, *bytes.get(2)?);
    match (name, n) {
        (b'(', _) => with_length(bytes),
        (b'v', b'0') => picture(bytes),
        (b'V', b'A' | b'B') => bytes.get(3).map(|_| (Command::Cut, 4)),
        (b'V', 0 | 1 | b'0' | b'1') => Some((Command::Cut, 3)),
        (b'!', _) => Some((Command::Size((n >> 4 & 7) + 1, (n & 7) + 1), 3)),
        (b'B', _) => Some((Command::Reverse(n & 1 == 1), 3)),
        (b'r', _) => Some((Command::Status, 3)),
        (b'a', _) => Some((Command::StatusUnasked(n), 3)),
        (b'b' | b'H' | b'f' | b'h' | b'w', _) => Some((Command::WithoutEffect, 3)),
        (b'P' | b'L' | b'W', _) => bytes.get(3).map(|_| (Command::WithoutEffect, 4)),
        _ => Some((Command::Unknown(bytes[..3].to_vec()), 3)),
    }
}

/// `GS ( x pL pH ..`: as many bytes as it says.
fn with_length(bytes: &[u8]) -> Option<(Command, usize)> {
    let length = usize::from(u16::from_le_bytes([*bytes.get(3)?, *bytes.get(4)?]));
    let body = bytes.get(5..5 + length)?;
    let command = match (bytes[2], body) {
        (b'k', [49, 65, ..]) => Command::WithoutEffect,
        (b'k', [49, 67, dots, ..]) => Command::CodeDots(*dots),
        (b'k', [49, 69, level, ..]) => Command::CodeLevel(*level),
        (b'k', [49, 80, 48, text @ ..]) => Command::CodeText(text.to_vec()),
        (b'k', [49, 81, 48]) => Command::PrintCode,
        _ => Command::Unknown(bytes[..5 + length].to_vec()),
    };
    Some((command, 5 + length))
}

/// `GS v 0 m xL xH yL yH ..`
fn picture(bytes: &[u8]) -> Option<(Command, usize)> {
    let head = bytes.get(..8)?;
    let row_bytes = usize::from(u16::from_le_bytes([head[4], head[5]]));
    let end = 8 + row_bytes * usize::from(u16::from_le_bytes([head[6], head[7]]));
    let rows = bytes.get(8..end)?.to_vec();
    Some((Command::Picture { row_bytes, rows }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_apart_and_wait_for_their_end() {
        let check = |bytes: &[u8], expected: Option<(Command, usize)>| {
            assert_eq!(first(bytes), expected, "{bytes:02x?}");
        };
        check(b"Am\xe9\n", Some((Command::Text(b"Am\xe9".to_vec()), 3)));
        check(b"\x1b", None);
        check(b"\x1bt", None);
        check(b"\x1bt\x10", Some((Command::CodePage(16), 3)));
        check(b"\x1d!\x51", Some((Command::Size(6, 2), 3)));
        check(
            b"\x1d(k\x05\x001P0ab",
            Some((Command::CodeText(b"ab".to_vec()), 10)),
        );
        check(b"\x1d(k\x05\x001P0a", None);
        check(b"\x1dv0\x00\x01\x00\x02\x00\xf0", None);
        check(b"\x1dVA\x00", Some((Command::Cut, 4)));
        check(
            b"\x1bz\x01",
            Some((Command::Unknown(b"\x1bz\x01".to_vec()), 3)),
        );
    }
}
