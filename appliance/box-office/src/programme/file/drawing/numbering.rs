//! How the chairs of a row are numbered.

/// How the chairs of a row are numbered, and whether the row stands a little to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Numbering {
    way: Way,
    /// How far to the right of its drawing the row stands, in hundredths of a seat's width.
    pub(super) shift: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From one end of the row to the other.
    Through { from: Side, start: u32, step: u32 },
    /// From the middle of the room outwards, odd numbers on one side and even ones on the other.
    FromMiddle { odd: Side },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Default for Numbering {
    fn default() -> Self {
        Self {
            way: Way::Through {
                from: Side::Left,
                start: 1,
                step: 1,
            },
            shift: 0,
        }
    }
}

const HOW: &str = "is not how seats are numbered: \"from left\", \"from right\" or \"from middle\", then \"start 5\", \"step 2\", \"odd right\", \"shift 50\"";

impl Numbering {
    /// This numbering with what `words` say differently: `from right, start 2, step 2`.
    pub(in super::super) fn with(self, words: &str) -> Result<Self, String> {
        words
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .try_fold(self, Self::change)
    }

    fn change(self, words: &str) -> Result<Self, String> {
        let refused = || format!("{:?} {HOW}", super::super::value::shown(words));
        let (word, value) = words.split_once(' ').ok_or_else(refused)?;
        let value = value.trim();
        let number = |least: u32, most: u32| match value.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            Ok(_) | Err(_) => Err(format!(
                "\"{word}\" is followed by a number from {least} to {most}"
            )),
        };
        let (from, start, step) = match self.way {
            Way::Through { from, start, step } => (from, start, step),
            Way::FromMiddle { .. } => (Side::Left, 1, 1),
        };
        let through = !matches!(self.way, Way::FromMiddle { .. });
        let way = match (word, value) {
            ("from", "left") => Way::Through {
                from: Side::Left,
                start,
                step,
            },
            ("from", "right") => Way::Through {
                from: Side::Right,
                start,
                step,
            },
            ("from", "middle") => Way::FromMiddle { odd: Side::Left },
            ("odd", "left") if !through => Way::FromMiddle { odd: Side::Left },
            ("odd", "right") if !through => Way::FromMiddle { odd: Side::Right },
            ("start", _) if through => Way::Through {
                from,
                start: number(0, 999)?,
                step,
            },
            ("step", _) if through => Way::Through {
                from,
                start,
                step: number(1, 10)?,
            },
            ("shift", _) => {
                return Ok(Self {
                    shift: i32::try_from(number(0, 100)?).unwrap_or(0),
                    ..self
                });
            }
            _ => return Err(refused()),
        };
        Ok(Self { way, ..self })
    }

    /// The numbers of `count` chairs from left to right, `left` of which stand left of the room's middle.
    pub(super) fn numbers(self, count: usize, left: usize) -> Vec<u32> {
        let count = u32::try_from(count).unwrap_or(0);
        let left = u32::try_from(left).unwrap_or(0).min(count);
        match self.way {
            Way::Through {
                from: Side::Left,
                start,
                step,
            } => (0..count).map(|i| start + i * step).collect(),
            Way::Through {
                from: Side::Right,
                start,
                step,
            } => (0..count).rev().map(|i| start + i * step).collect(),
            Way::FromMiddle { odd } => {
                let (first_left, first_right) = match odd {
                    Side::Left => (1, 2),
                    Side::Right => (2, 1),
                };
                let on_left = (0..left).rev().map(|i| first_left + 2 * i);
                on_left
                    .chain((0..count - left).map(|i| first_right + 2 * i))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(words: &str, count: usize, left: usize) -> Vec<u32> {
        Numbering::default()
            .with(words)
            .unwrap()
            .numbers(count, left)
    }

    #[test]
    fn chairs_are_numbered_as_halls_number_them() {
        assert_eq!(numbers("", 3, 0), [1, 2, 3]);
        assert_eq!(numbers("from right, start 5", 3, 0), [7, 6, 5]);
        assert_eq!(numbers("start 2, step 2", 3, 0), [2, 4, 6]);
        assert_eq!(numbers("from middle", 5, 3), [5, 3, 1, 2, 4]);
        assert_eq!(numbers("from middle, odd right", 4, 2), [4, 2, 1, 3]);
    }

    #[test]
    fn other_words_are_refused() {
        for words in [
            "left",
            "from above",
            "start x",
            "step 0",
            "from middle, start 3",
            "odd left",
            "shift -1",
            "start 99999999999",
        ] {
            assert!(Numbering::default().with(words).is_err(), "{words}");
        }
    }
}
