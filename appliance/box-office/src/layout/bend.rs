//! Curved rows: how much nearer to the screen a seat stands than the middle of its row, and how far it is turned to face
//! the screen. Whole numbers, in hundredths of a seat's width and in degrees.

/// The bend of every row of a room: a parabola, highest in the middle of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bend {
    /// The middle of the room, from its left wall.
    middle: i32,
    /// From the middle to the wall, at least 1.
    half: i32,
    /// How far the ends of a row as wide as the room are drawn before its middle.
    depth: i32,
}

impl Bend {
    /// The bend of a room of this width whose programme says `curve`. It is drawn no deeper than a quarter of the width,
    /// where the outermost seats are turned by half a right angle: beyond it rows would run into each other.
    pub fn new(width: i32, curve: i32) -> Self {
        let half = (width / 2).max(1);
        Self {
            middle: width / 2,
            half,
            depth: curve.clamp(0, half / 2),
        }
    }

    /// How much nearer to the screen than the middle of its row something at `x` stands.
    pub fn lift(self, x: i32) -> i32 {
        let aside = i64::from(x - self.middle);
        whole(i64::from(self.depth) * aside * aside / i64::from(self.half).pow(2))
    }

    /// How many thousandths of a step to the right lead away from the screen at `x`; below 0 towards it.
    pub fn slope(self, x: i32) -> i32 {
        let aside = i64::from(x - self.middle);
        whole(-2000 * i64::from(self.depth) * aside / i64::from(self.half).pow(2))
    }

    /// How many degrees, clockwise, something at `x` is turned to face the screen.
    pub fn turn(self, x: i32) -> i32 {
        let slope = i64::from(self.slope(x));
        // The arc tangent, within a third of a degree up to the steepest slope.
        whole(57_300 * slope / (1_000_000 + 280 * slope * slope / 1000))
    }

    /// Where a seat at `x`, `y` of the layout is drawn. The half of a love seat stands on the line through the middle of
    /// both halves, half a seat from it, so that they meet.
    pub fn place(self, (x, y): (i32, i32), other_half_x: Option<i32>) -> (i32, i32) {
        let middle = other_half_x.map_or(x, |other| i32::midpoint(x, other));
        let (aside, slope) = (i64::from(x - middle), i64::from(self.slope(middle)));
        let along = aside * 1000 / (1_000_000 + slope * slope).isqrt().max(1);
        (
            middle + whole(along),
            y - self.lift(middle) + whole(along * slope / 1000),
        )
    }

    /// A line across the room from `left` to `right` that is bent as a row at `y` is, as an SVG path.
    pub fn line(self, y: i32, left: i32, right: i32) -> String {
        let middle = i32::midpoint(left, right);
        let start = y - self.lift(left);
        let top = start + whole(i64::from(self.slope(left)) * i64::from(middle - left) / 1000);
        format!(
            "M{left} {start}Q{middle} {top} {right} {}",
            y - self.lift(right)
        )
    }
}

fn whole(length: i64) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Bend;

    #[test]
    fn the_ends_of_a_full_row_stand_as_far_ahead_as_the_programme_says() {
        let bend = Bend::new(2800, 240);
        assert_eq!(
            [0, 700, 1400, 2800].map(|x| bend.lift(x)),
            [240, 60, 0, 240]
        );
        assert_eq!(Bend::new(2800, 0).place((50, 360), None), (50, 360));
    }

    #[test]
    fn seats_face_the_screen() {
        let bend = Bend::new(2800, 240);
        assert_eq!([0, 1400, 2800].map(|x| bend.turn(x)), [18, 0, -18]);
        for curve in [60, 240, 500, 700] {
            let bend = Bend::new(2800, curve);
            let exact = (f64::from(bend.slope(0)) / 1000.0).atan().to_degrees();
            let error = f64::from(bend.turn(0)) - exact;
            assert!(
                error.abs() < 1.4,
                "curve {curve}: {error} degrees beside {exact}"
            );
        }
    }

    #[test]
    fn the_deepest_bend_turns_by_half_a_right_angle() {
        assert_eq!(Bend::new(1000, 1000).slope(0), 1000);
        assert_eq!(Bend::new(0, 1000).lift(10), 0, "a room without seats");
    }

    #[test]
    fn the_halves_of_a_love_seat_meet() {
        let bend = Bend::new(2000, 300);
        let (left, right) = (
            bend.place((150, 500), Some(250)),
            bend.place((250, 500), Some(150)),
        );
        let apart = (left.0 - right.0).pow(2) + (left.1 - right.1).pow(2);
        assert!((98 * 98..=102 * 102).contains(&apart), "{left:?} {right:?}");
    }

    #[test]
    fn a_line_across_the_room_is_bent_as_the_rows_are() {
        assert_eq!(
            Bend::new(2000, 200).line(1000, 0, 2000),
            "M0 800Q1000 1200 2000 800"
        );
    }
}
