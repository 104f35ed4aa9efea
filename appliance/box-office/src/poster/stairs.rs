//! A staircase with somebody on it.

use super::canvas::{Canvas, HORIZON, WIDTH};
use super::dice::Dice;
use super::palette::Palette;

const STEPS: i32 = 9;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let mirrored = dice.chance(50);
    let flip = if mirrored {
        "transform=\"translate(1000 0) scale(-1 1)\""
    } else {
        ""
    };
    let lamp = (dice.roll(180, 300), dice.roll(190, 260));
    canvas.group(flip, |canvas| {
        // The light falls from a window high on the left down the stairs.
        canvas.group("opacity=\".32\"", |canvas| {
            canvas.path(
                format!(
                    "M{} {} L1000 {} V1010 H{} Z",
                    lamp.0,
                    lamp.1,
                    HORIZON - 420,
                    lamp.0 + 140
                ),
                palette.spark,
            );
        });
        canvas.circle(lamp.0, lamp.1, 122, palette.spark);
        canvas.circle(lamp.0, lamp.1, 78, palette.second);
        flight(canvas, palette);
        let step = dice.roll(3, 6);
        figure(canvas, palette, step);
    });
}

/// The flight rises to the right; below it is solid.
fn flight(canvas: &mut Canvas, palette: Palette) {
    let (run, rise) = (WIDTH / STEPS + 1, 82);
    let mut outline = format!("M0 {HORIZON}");
    for step in 0..STEPS {
        outline.push_str(&format!(
            " V{} H{}",
            HORIZON - step * rise,
            (step + 1) * run
        ));
    }
    outline.push_str(&format!(" V{HORIZON} Z"));
    canvas.path(&outline, palette.main);
    for step in 1..STEPS {
        let (x, y) = (step * run, HORIZON - step * rise);
        canvas.rect(x, y, run, 14, palette.second);
        canvas.group("opacity=\".28\"", |canvas| {
            canvas.rect(x, y + 14, 10, rise - 14, palette.second);
        });
    }
    canvas.rect(0, HORIZON - 2, WIDTH, 16, palette.second);
}

fn figure(canvas: &mut Canvas, palette: Palette, step: i32) {
    let (run, rise) = (WIDTH / STEPS + 1, 82);
    let (x, foot) = (step * run + run / 2, HORIZON - step * rise);
    // A long shadow climbs the steps behind.
    canvas.path(
        format!(
            "M{} {foot} l16 -170 q8 -40 20 -40 q12 0 20 40 l14 170 Z",
            x - 36
        ),
        palette.second,
    );
    canvas.circle(x, foot - 236, 28, palette.second);
}
