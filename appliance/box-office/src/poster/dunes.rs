//! Dunes or waves under a sun.

use super::canvas::{Canvas, HORIZON, WIDTH};
use super::dice::Dice;
use super::palette::Palette;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    canvas.rect(0, 0, WIDTH, HORIZON + 60, palette.main);
    let (x, y, radius) = (
        dice.roll(330, 670),
        dice.roll(330, 390),
        dice.roll(190, 250),
    );
    for halo in (1..=3).rev() {
        canvas.group("opacity=\".2\"", |canvas| {
            canvas.circle(x, y, radius + halo * 80, palette.second);
        });
    }
    canvas.circle(x, y, radius, palette.spark);
    let ridges = 5;
    for ridge in 0..ridges {
        let base = 470 + ridge * (HORIZON - 500) / (ridges - 1);
        let last = ridge == ridges - 1;
        let fill = if last { palette.ground } else { palette.second };
        let shade = if last { 0 } else { 16 + ridge * 20 };
        let path = ridge_path(dice, base, ridge);
        canvas.path(&path, fill);
        // Nearer ridges are darker: the ground's colour over the ridge's own.
        canvas.group(format!("opacity=\".{shade:02}\""), |canvas| {
            canvas.path(&path, palette.ground);
        });
    }
    walker(canvas, palette, dice);
}

/// One ridge from edge to edge: long slope, sharp crest, and down to the foot of the sheet.
fn ridge_path(dice: &mut Dice, base: i32, ridge: i32) -> String {
    let crest = if ridge % 2 == 0 {
        dice.roll(180, 420)
    } else {
        dice.roll(580, 820)
    };
    let (height, sink) = (dice.roll(70, 130), dice.roll(10, 50));
    format!(
        "M-10 {} C{} {} {} {} {crest} {} C{} {} {} {} 1010 {} V1510 H-10 Z",
        base + sink,
        crest / 3,
        base + sink,
        crest * 2 / 3,
        base - height / 4,
        base - height,
        crest + 90,
        base - height / 2,
        crest + (1000 - crest) / 2,
        base + sink,
        base - sink / 2
    )
}

/// Somebody on the way, with a shadow.
fn walker(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let (x, y) = (dice.roll(240, 760), 800);
    canvas.group("opacity=\".5\"", |canvas| {
        canvas.path(
            format!("M{} {} l190 46 l-186 -34 Z", x - 4, y + 52),
            palette.ground,
        );
    });
    canvas.path(
        format!("M{x} {y} c14 0 20 20 22 56 h-44 c2 -36 8 -56 22 -56 Z"),
        palette.ground,
    );
    canvas.circle(x, y - 8, 13, palette.ground);
}
