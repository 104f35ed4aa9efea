//! Which content encodings a request accepts (RFC 9110, section 12.5.3). It knows nothing of files.

/// How the bytes of an answer are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    /// What follows the path of the packed file.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
            Self::Plain => "",
        }
    }

    /// The value of `content-encoding`; none for plain bytes.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Plain => None,
        }
    }
}

/// The packed encodings that a value of `accept-encoding` allows, smallest first. Plain bytes are always allowed and not in the list.
pub(crate) fn accepted(accept_encoding: &str) -> Vec<Encoding> {
    [(Encoding::Brotli, "br"), (Encoding::Gzip, "gzip")]
        .into_iter()
        .filter(|(_, name)| is_accepted(accept_encoding, name))
        .map(|(encoding, _)| encoding)
        .collect()
}

/// Its own entry decides, else the star's.
fn is_accepted(accept_encoding: &str, wanted: &str) -> bool {
    let entry = |name: &str| {
        accept_encoding
            .split(',')
            .map(split_entry)
            .find(|(entry, _)| entry.eq_ignore_ascii_case(name))
    };
    entry(wanted)
        .or_else(|| entry("*"))
        .is_some_and(|(_, allowed)| allowed)
}

/// The name of an entry such as `gzip;q=0`, and whether its quality is above zero.
fn split_entry(entry: &str) -> (&str, bool) {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let refused = parts
        .filter_map(|part| part.strip_prefix("q="))
        .any(|quality| quality.chars().all(|digit| matches!(digit, '0' | '.')));
    (name, !refused)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, accepted};

    #[test]
    fn the_smallest_accepted_encoding_comes_first() {
        let check =
            |header, expected: &[Encoding]| assert_eq!(accepted(header), expected, "{header}");
        check("", &[]);
        check("identity", &[]);
        check(
            "gzip, deflate, br, zstd",
            &[Encoding::Brotli, Encoding::Gzip],
        );
        check("gzip;q=0.5", &[Encoding::Gzip]);
        check("br;q=0, gzip", &[Encoding::Gzip]);
        check("br;q=0.0, *", &[Encoding::Gzip]);
        check("*", &[Encoding::Brotli, Encoding::Gzip]);
    }
}
