//! What the seed decides.

use service::Random;

/// What the seed decides.
#[derive(Debug, Clone)]
pub struct Dice(pub Random);

impl Dice {
    /// Those that begin with this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// A number below `sides`, or none if there are no sides.
    pub fn below(&self, sides: usize) -> usize {
        let roll = u64::from_le_bytes(self.0.bytes());
        usize::try_from(roll % sides.max(1) as u64).unwrap_or(0)
    }

    /// Whether it comes, of a hundred times so often.
    pub fn happens(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
