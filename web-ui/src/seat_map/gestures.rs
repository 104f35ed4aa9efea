//! Fingers on the map: one moves it, two pinch it. A finger that hardly moved was a touch of a seat.

/// Fingers tremble; less than this, in pixels, is no movement.
const TREMBLE: i32 = 10;

/// The fingers that are down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingers {
    down: Vec<Finger>,
    moved: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Finger {
    id: i32,
    start: (i32, i32),
    at: (i32, i32),
}

/// What a movement of fingers does to the map, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// The map follows the finger.
    Drag {
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
    },
    /// The map grows or shrinks around the point between two fingers.
    Pinch {
        /// The point between them.
        around: (i32, i32),
        /// Above 1000: they move apart.
        permille: i32,
    },
}

impl Fingers {
    /// A finger comes down.
    pub fn press(&mut self, id: i32, at: (i32, i32)) {
        if self.down.is_empty() {
            self.moved = false;
        }
        self.down.retain(|finger| finger.id != id);
        self.down.push(Finger { id, start: at, at });
    }

    /// A finger moves.
    pub fn slide(&mut self, id: i32, to: (i32, i32)) -> Option<Motion> {
        let index = self.down.iter().position(|finger| finger.id == id)?;
        let before = self.down[index];
        self.down[index].at = to;
        if let [other] = self
            .down
            .iter()
            .filter(|finger| finger.id != id)
            .collect::<Vec<_>>()[..]
        {
            self.moved = true;
            return pinch(before.at, to, other.at);
        }
        if !self.moved && distance_squared(before.start, to) < i64::from(TREMBLE).pow(2) {
            return None;
        }
        let from = if self.moved { before.at } else { before.start };
        self.moved = true;
        Some(Motion::Drag {
            dx: to.0 - from.0,
            dy: to.1 - from.1,
        })
    }

    /// A finger leaves.
    pub fn lift(&mut self, id: i32) {
        self.down.retain(|finger| finger.id != id);
    }

    /// Whether the fingers moved the map since the first came down: then the click that follows is no touch of a seat.
    pub fn have_moved(&self) -> bool {
        self.moved
    }
}

fn pinch(before: (i32, i32), now: (i32, i32), other: (i32, i32)) -> Option<Motion> {
    let was = distance_squared(before, other).isqrt().max(1);
    let is = distance_squared(now, other).isqrt();
    let permille = i32::try_from(is * 1000 / was).ok()?;
    let around = (i32::midpoint(now.0, other.0), i32::midpoint(now.1, other.1));
    Some(Motion::Pinch { around, permille })
}

fn distance_squared(a: (i32, i32), b: (i32, i32)) -> i64 {
    i64::from(a.0 - b.0).pow(2) + i64::from(a.1 - b.1).pow(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trembling_finger_touches_and_a_moving_one_drags() {
        let mut fingers = Fingers::default();
        fingers.press(1, (100, 100));
        assert_eq!(fingers.slide(1, (104, 103)), None);
        assert!(!fingers.have_moved());
        assert_eq!(
            fingers.slide(1, (120, 100)),
            Some(Motion::Drag { dx: 20, dy: 0 })
        );
        assert_eq!(
            fingers.slide(1, (121, 90)),
            Some(Motion::Drag { dx: 1, dy: -10 })
        );
        fingers.lift(1);
        assert!(fingers.have_moved(), "until the next finger comes down");
        fingers.press(2, (0, 0));
        assert!(!fingers.have_moved());
    }

    #[test]
    fn two_fingers_apart_zoom_in() {
        let mut fingers = Fingers::default();
        fingers.press(1, (0, 0));
        fingers.press(2, (100, 0));
        assert_eq!(
            fingers.slide(2, (200, 0)),
            Some(Motion::Pinch {
                around: (100, 0),
                permille: 2000
            })
        );
        assert_eq!(
            fingers.slide(1, (100, 0)),
            Some(Motion::Pinch {
                around: (150, 0),
                permille: 500
            })
        );
    }
}
