//! Cut paper in a grid.

use super::canvas::Canvas;
use super::dice::Dice;
use super::palette::Palette;

const SIDE: i32 = 250;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let colours = [palette.main, palette.second, palette.spark];
    let mut before = 0;
    for row in 0..4 {
        for column in 0..4 {
            // Never the colour of the tile before, so that the shapes stay apart.
            let paper = (before + usize::try_from(dice.roll(1, 2)).unwrap_or(1)) % 3;
            before = paper;
            let shape = if dice.chance(60) {
                (paper + 1) % 3
            } else {
                (paper + 2) % 3
            };
            canvas.rect(column * SIDE, row * SIDE, SIDE, SIDE, colours[paper]);
            let turn = dice.pick(&[0, 90, 180, 270]);
            let middle = (column * SIDE + SIDE / 2, row * SIDE + SIDE / 2);
            canvas.group(
                format!(
                    "transform=\"translate({} {}) rotate({turn})\"",
                    middle.0, middle.1
                ),
                |canvas| {
                    tile(canvas, dice, colours[shape], palette.ground);
                },
            );
        }
    }
}

/// One shape around the origin, in a tile from -125 to 125.
fn tile(canvas: &mut Canvas, dice: &mut Dice, colour: &str, ground: &str) {
    match dice.roll(0, 6) {
        0 => canvas.path("M-125 -125 H125 A250 250 0 0 1 -125 125 Z", colour),
        1 => {
            canvas.path("M-125 -125 A125 125 0 0 1 -125 125 Z", colour);
            canvas.path("M125 -125 A125 125 0 0 0 125 125 Z", ground);
        }
        2 => {
            canvas.circle(0, 0, 96, colour);
            canvas.circle(0, 0, 40, ground);
        }
        3 => {
            for (radius, fill) in [(250, colour), (180, ground), (110, colour)] {
                canvas.path(
                    format!(
                        "M-125 125 V{} A{radius} {radius} 0 0 1 {} 125 Z",
                        125 - radius,
                        radius - 125
                    ),
                    fill,
                );
            }
        }
        4 => canvas.path("M-125 125 L125 125 L125 -125 Z", colour),
        5 => {
            canvas.path("M-125 0 A125 125 0 0 1 125 0 Z", colour);
            canvas.path("M-125 125 A125 125 0 0 1 125 125 Z", ground);
        }
        _ => canvas.path(
            "M0 -105 C62 -105 105 -62 105 0 C105 62 62 105 0 105 C-40 60 -40 -60 0 -105 Z",
            colour,
        ),
    }
}
