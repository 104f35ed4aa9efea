//! Numbers that look random and follow from the film alone.

use crate::programme::Film;

/// Where the hash starts: any number gives good posters, and this one gives ten different ones for the sample.
const START: u64 = 2_643_081;

/// A stream of numbers (SplitMix64), seeded from a film's id and genres (FNV-1a).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(film: &Film) -> Self {
        let words = std::iter::once(film.id.as_str()).chain(film.genres.iter().map(String::as_str));
        let bytes = words.flat_map(|word| word.bytes().chain([0]));
        Self(bytes.fold(START, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn roll(&mut self, least: i32, most: i32) -> i32 {
        let span = u64::from(most.abs_diff(least)) + 1;
        let offset = i32::try_from(self.next() % span).unwrap_or(0);
        least.saturating_add(offset)
    }

    /// Whether something happens that does so `times` in a hundred.
    pub(super) fn chance(&mut self, times: i32) -> bool {
        self.roll(1, 100) <= times
    }

    /// One of `choices`, which may not be empty.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let most = i32::try_from(choices.len()).unwrap_or(1) - 1;
        choices[usize::try_from(self.roll(0, most)).unwrap_or(0)]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
