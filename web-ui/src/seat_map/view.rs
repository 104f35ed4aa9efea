//! Which part of the room is shown. Whole numbers only: rooms in hundredths of a seat's width, the map on the screen in pixels.

/// The part of the room that is shown, as an SVG `viewBox`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// How large the map is on the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Width, at least 1.
    pub width: i32,
    /// Height, at least 1.
    pub height: i32,
}

/// A seat that is narrower than this, in pixels, is brought closer by a touch before it is chosen: fingers, and the hands of people who
/// see little, miss it.
const SMALLEST_TOUCHED: i32 = 28;

/// How wide a touch makes such seats.
const BROUGHT_CLOSER: i32 = 48;

/// At the closest six seats fit across: larger than any finger.
const CLOSEST: i32 = 600;

/// The width of a seat.
const SEAT: i32 = 100;

impl View {
    /// The smallest view with the map's proportions that shows the whole frame.
    pub fn fit(frame: Self, size: Size) -> Self {
        let wide = scaled(frame.height, size.width, size.height);
        let (width, height) = if wide >= frame.width {
            (wide, frame.height)
        } else {
            (frame.width, scaled(frame.width, size.height, size.width))
        };
        Self {
            x: frame.x - (width - frame.width) / 2,
            y: frame.y - (height - frame.height) / 2,
            width,
            height,
        }
    }

    /// The smallest view that shows `part`, no closer than guests come and without leaving `whole`.
    pub fn fit_in(whole: Self, part: Self, size: Size) -> Self {
        let fitted = Self::fit(part, size);
        let permille = scaled(whole.width, 1000, fitted.width.max(1));
        let middle = fitted.middle();
        let closer = whole.zoomed(whole, whole.middle(), permille.max(1000));
        closer.moved(
            whole,
            middle.0 - closer.middle().0,
            middle.1 - closer.middle().1,
        )
    }

    /// The point of the room under a pixel of the map.
    pub fn room_point(self, size: Size, (x, y): (i32, i32)) -> (i32, i32) {
        (
            self.x + scaled(self.width, x, size.width),
            self.y + scaled(self.height, y, size.height),
        )
    }

    /// A length of the room for a length on the map.
    pub fn room_length(self, size: Size, pixels: i32) -> i32 {
        scaled(self.width, pixels, size.width)
    }

    /// Zoomed so that `around` stays where it is: above 1000 permille closer, below farther, never beyond `whole`.
    pub fn zoomed(self, whole: Self, around: (i32, i32), permille: i32) -> Self {
        let width =
            scaled(self.width, 1000, permille.max(1)).clamp(CLOSEST.min(whole.width), whole.width);
        let height = scaled(whole.height, width, whole.width);
        let x = around.0 - scaled(around.0 - self.x, width, self.width);
        let y = around.1 - scaled(around.1 - self.y, height, self.height);
        Self {
            x,
            y,
            width,
            height,
        }
        .within(whole)
    }

    /// Where a touch leads if seats are too small to be aimed at: closer, around `point`.
    pub fn brought_closer(self, whole: Self, size: Size, point: (i32, i32)) -> Option<Self> {
        let seat = scaled(size.width, SEAT, self.width);
        let permille = scaled(BROUGHT_CLOSER, 1000, seat.max(1));
        let closer = self.zoomed(whole, point, permille);
        (seat < SMALLEST_TOUCHED).then(|| closer.showing(whole, point, closer.width / 3))
    }

    /// Moved, but not out of `whole`.
    pub fn moved(self, whole: Self, dx: i32, dy: i32) -> Self {
        Self {
            x: self.x + dx,
            y: self.y + dy,
            ..self
        }
        .within(whole)
    }

    /// Moved as little as needed so that a point stands at least `margin` inside.
    pub fn showing(self, whole: Self, (x, y): (i32, i32), margin: i32) -> Self {
        let into = |start: i32, length: i32, point: i32| {
            let margin = margin.min(length / 2);
            start.min(point - margin).max(point + margin - length)
        };
        Self {
            x: into(self.x, self.width, x),
            y: into(self.y, self.height, y),
            ..self
        }
        .within(whole)
    }

    /// The middle.
    pub fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }

    /// The text of the attribute `viewBox`.
    pub fn view_box(self) -> String {
        format!("{} {} {} {}", self.x, self.y, self.width, self.height)
    }

    fn within(self, whole: Self) -> Self {
        Self {
            x: self.x.min(whole.x + whole.width - self.width).max(whole.x),
            y: self
                .y
                .min(whole.y + whole.height - self.height)
                .max(whole.y),
            ..self
        }
    }
}

/// `length * times / by` without overflow.
fn scaled(length: i32, times: i32, by: i32) -> i32 {
    let product = i64::from(length) * i64::from(times) / i64::from(if by == 0 { 1 } else { by });
    i32::try_from(product).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: View = View {
        x: -100,
        y: -200,
        width: 2000,
        height: 1000,
    };
    const SIZE: Size = Size {
        width: 1000,
        height: 1000,
    };

    #[test]
    fn a_fitted_view_shows_all_in_the_middle() {
        let whole = View::fit(FRAME, SIZE);
        assert_eq!(
            whole,
            View {
                x: -100,
                y: -700,
                width: 2000,
                height: 2000
            }
        );
        assert_eq!(whole.room_point(SIZE, (0, 0)), (-100, -700));
        assert_eq!(whole.room_point(SIZE, (1000, 500)), (1900, 300));
    }

    #[test]
    fn a_part_is_shown_as_large_as_it_fits_and_in_the_middle() {
        let whole = View::fit(FRAME, SIZE);
        let part = View {
            x: 400,
            y: 0,
            width: 1000,
            height: 200,
        };
        let near = View::fit_in(whole, part, SIZE);
        assert_eq!((near.width, near.height), (1000, 1000));
        assert_eq!(near.middle(), part.middle());
        assert_eq!(View::fit_in(whole, whole, SIZE), whole);
        let beyond = View { x: 1500, ..part };
        assert_eq!(
            View::fit_in(whole, beyond, SIZE).x,
            900,
            "it stays in the room"
        );
    }

    #[test]
    fn zoom_keeps_the_point_under_the_finger() {
        let whole = View::fit(FRAME, SIZE);
        let near = whole.zoomed(whole, (900, 300), 2000);
        assert_eq!((near.width, near.height), (1000, 1000));
        assert_eq!(near.middle(), (900, 300));
        let finger = near.room_point(SIZE, (250, 250));
        assert_eq!(
            near.zoomed(whole, finger, 1250)
                .room_point(SIZE, (250, 250)),
            finger
        );
    }

    #[test]
    fn no_view_leaves_the_room() {
        let whole = View::fit(FRAME, SIZE);
        let near = whole.zoomed(whole, (0, 0), 100_000);
        assert_eq!(near.width, CLOSEST);
        assert_eq!(
            near.moved(whole, -100_000, 100_000),
            View {
                x: -100,
                y: 700,
                ..near
            }
        );
        assert_eq!(near.zoomed(whole, (0, 0), 1), whole);
    }

    #[test]
    fn a_touch_brings_seats_closer_that_are_too_small_to_aim_at() {
        let size = Size {
            width: 300,
            height: 300,
        };
        let whole = View::fit(FRAME, size);
        let closer = whole.brought_closer(whole, size, (900, 300)).unwrap();
        assert_eq!(size.width * 100 / closer.width, 48);
        assert!(closer.brought_closer(whole, size, (900, 300)).is_none());
        let large = View::fit(FRAME, SIZE);
        assert!(large.brought_closer(large, SIZE, (900, 300)).is_none());
    }

    #[test]
    fn a_seat_comes_into_view_by_the_shortest_way() {
        let whole = View::fit(FRAME, SIZE);
        let near = whole.zoomed(whole, (900, 300), 2000);
        assert_eq!(near.showing(whole, (900, 300), 100), near);
        assert_eq!(near.showing(whole, (1500, 300), 100).x, near.x + 200);
    }
}
