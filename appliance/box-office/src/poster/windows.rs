//! A house front at night, where some are awake.

use super::canvas::{Canvas, HORIZON, WIDTH};
use super::dice::Dice;
use super::palette::Palette;

const COLUMNS: i32 = 5;
const FLOORS: i32 = 6;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    canvas.rect(0, 0, WIDTH, HORIZON, palette.main);
    let (wide, high) = (WIDTH / COLUMNS, HORIZON / FLOORS);
    let watcher = (dice.roll(1, COLUMNS - 2), dice.roll(1, 2));
    let watched = (dice.roll(0, COLUMNS - 1), dice.roll(3, FLOORS - 2));
    for floor in 0..FLOORS {
        canvas.group("opacity=\".35\"", |canvas| {
            canvas.rect(0, floor * high + high - 6, WIDTH, 6, palette.ground);
        });
        for column in 0..COLUMNS {
            let at = (column * wide + 38, floor * high + 22, wide - 76, high - 52);
            if (column, floor) == watcher || (column, floor) == watched {
                lit(canvas, palette, at, (column, floor) == watcher);
            } else {
                dark(canvas, palette, dice, at);
            }
        }
    }
    canvas.rect(0, HORIZON, WIDTH, 14, palette.spark);
}

type Window = (i32, i32, i32, i32);

fn dark(canvas: &mut Canvas, palette: Palette, dice: &mut Dice, (x, y, width, height): Window) {
    let glass = if dice.chance(22) {
        palette.second
    } else {
        palette.ground
    };
    canvas.rect(x, y, width, height, glass);
    if dice.chance(45) {
        let drawn = dice.roll(20, height * 3 / 4);
        canvas.group("opacity=\".55\"", |canvas| {
            canvas.rect(x, y, width, drawn, palette.second);
        });
    }
    frame(canvas, palette, (x, y, width, height));
}

/// Light in the room; at one window somebody stands, at the other somebody sits.
fn lit(canvas: &mut Canvas, palette: Palette, (x, y, width, height): Window, standing: bool) {
    canvas.rect(x, y, width, height, palette.spark);
    let (middle, foot) = (x + width / 2, y + height);
    let (head, shoulders) = if standing {
        (y + height / 3, 34)
    } else {
        (y + height * 3 / 5, 30)
    };
    canvas.circle(middle + 14, head, 17, palette.ground);
    canvas.path(
        format!(
            "M{} {foot} v-{} q0 -{s} {s} -{s} q{s} 0 {s} {s} V{foot} Z",
            middle + 14 - shoulders,
            foot - head - 22 - shoulders,
            s = shoulders
        ),
        palette.ground,
    );
    frame(canvas, palette, (x, y, width, height));
}

fn frame(canvas: &mut Canvas, palette: Palette, (x, y, width, height): Window) {
    canvas.rect(x + width / 2 - 3, y, 6, height, palette.main);
    canvas.rect(x, y + height / 3, width, 5, palette.main);
    canvas.rect(x - 10, y + height, width + 20, 9, palette.second);
}
