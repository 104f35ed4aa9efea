//! Guests at home.

use serde::{Deserialize, Serialize};

/// Answer to `POST /api/v1/guests`: a session, whose token comes as a cookie.
///
/// Where many choose at once, a hold, or a choice of more seats in it, is refused with `work_needed` until its request carries work: a header
/// `Foyer-Work` such that the SHA-256 of `id:of:key:work` begins with so many zero bits, where `of` is the id in the request's path (the
/// showtime's, or the hold's) and `key` its `Idempotency-Key`. Then no hold gets more time either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// What the session is known by; no secret.
    pub id: String,
    /// How many bits.
    pub work_bits: u32,
}

/// `PUT /api/v1/cinemas/{cinema}/holds/{hold}/contact`: where whoever holds seats is written to. It is kept until a month after the showtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// An e-mail address: `name@example.com`.
    pub email: String,
}

/// `PUT /api/v1/cinemas/{cinema}/showtimes/{showtime}/place`: a guest wants to choose seats of a showtime.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceRequest {
    /// What the last answer had: with it the place is the same after the hub was started anew.
    #[serde(default)]
    pub proof: Option<String>,
}

/// Its answer. Whoever asks again, as often as it says, keeps the place; who has not asked for ten minutes loses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Whether it is the guest's turn to choose: where others wait for five minutes, and for as long as they hold seats.
    pub has_turn: bool,
    /// How many guests come before.
    pub ahead: u32,
    /// In about how many minutes it is the guest's turn, where that can be said.
    pub about_minutes: Option<u32>,
    /// How long the turn lasts still if nothing is held, in seconds, where others wait for it.
    pub turn_seconds: Option<u32>,
    /// The seats that nobody has paid for, where many want them.
    pub seats: Option<SeatsLeft>,
    /// When to ask again, in seconds.
    pub again_seconds: u32,
    /// What proves the place.
    pub proof: String,
}

/// The seats of a showtime that nobody has paid for, as far as guests at home can have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatsLeft {
    /// Free.
    pub free: u32,
    /// Held by guests who choose or pay.
    pub held: u32,
}

/// How many zero bits a hash begins with: what [`Guest::work_bits`] counts.
#[must_use]
pub fn leading_zero_bits(hash: &[u8]) -> u32 {
    let whole = hash.iter().take_while(|byte| **byte == 0);
    let rest = hash.iter().find(|byte| **byte != 0);
    whole.map(|_| 8).sum::<u32>() + rest.map_or(0, |byte| byte.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::leading_zero_bits;

    #[test]
    fn zero_bits_are_counted_from_the_front() {
        for (hash, expected) in [
            (&[0x80, 0][..], 0),
            (&[0x01, 0], 7),
            (&[0, 0x10, 0], 11),
            (&[0, 0], 16),
            (&[], 0),
        ] {
            assert_eq!(leading_zero_bits(hash), expected, "{hash:?}");
        }
    }
}
