//! Arches within arches, and a moon at the end.

use super::canvas::{Canvas, HORIZON};
use super::dice::Dice;
use super::palette::Palette;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    canvas.rect(0, 0, 1000, HORIZON, palette.main);
    let arches = 6;
    for arch in 0..arches {
        let half = 470 - arch * 72;
        let foot = HORIZON - arch * 22;
        let spring = 560 - arch * 8;
        let outline = format!(
            "M{} {foot} V{spring} a{half} {half} 0 0 1 {} 0 V{foot} Z",
            500 - half,
            2 * half
        );
        let fill = if arch % 2 == 0 {
            palette.ground
        } else {
            palette.main
        };
        canvas.path(&outline, fill);
        if arch % 2 == 1 {
            canvas.group(format!("opacity=\".{}\"", 2 + arch), |canvas| {
                canvas.path(&outline, palette.second);
            });
        }
    }
    let moon = (500, 520, 66);
    canvas.circle(moon.0, moon.1, moon.2, palette.spark);
    let shadow = dice.pick(&[-34, 34]);
    let disc = format!(
        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
        moon.0, moon.1, moon.2
    );
    canvas.clipped(&disc, |canvas| {
        canvas.circle(moon.0 + shadow, moon.1 - 12, moon.2 - 6, palette.main);
    });
    twigs(canvas, palette, dice);
    canvas.path("M430 900 L570 900 L1000 1010 H0 Z", palette.second);
    canvas.path("M470 900 L530 900 L640 1010 H360 Z", palette.spark);
    child(canvas, palette);
}

/// Branches that grow in from both upper corners.
fn twigs(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    for side in ["", "transform=\"translate(1000 0) scale(-1 1)\""] {
        canvas.group(
            format!(
                "{side} fill=\"none\" stroke=\"{}\" stroke-linecap=\"round\"",
                palette.ground
            ),
            |canvas| {
                for branch in 0..6 {
                    let (x, y) = (-20, 40 + branch * 120);
                    let (reach, drop) = (dice.roll(90, 210), dice.roll(-40, 90));
                    canvas.add(format!(
                        "<path d=\"M{x} {y} q{} -30 {reach} {drop}\" stroke-width=\"{}\"/>",
                        reach / 2,
                        dice.roll(9, 20)
                    ));
                    canvas.add(format!(
                        "<path d=\"M{} {} q30 -40 {} {}\" stroke-width=\"8\"/>",
                        x + reach / 2,
                        y + drop / 4 - 12,
                        dice.roll(40, 90),
                        dice.roll(-90, -20)
                    ));
                }
            },
        );
    }
}

/// Somebody small at the entrance.
fn child(canvas: &mut Canvas, palette: Palette) {
    canvas.path(
        "M500 868 q16 0 26 44 l10 46 h-72 l10 -46 q10 -44 26 -44 Z",
        palette.ground,
    );
    canvas.circle(500, 852, 21, palette.ground);
}
