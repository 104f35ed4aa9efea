//! Two discs that meet, and what they have in common.

use super::canvas::Canvas;
use super::dice::Dice;
use super::palette::Palette;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let (radius, rise) = (dice.roll(300, 330), dice.roll(60, 120));
    let left = (340, 520 - rise / 2);
    let right = (660, 520 + rise / 2);
    for ring in 1..=9 {
        let fill = if ring % 2 == 0 {
            palette.main
        } else {
            palette.second
        };
        canvas.group("opacity=\".22\"", |canvas| {
            canvas.ring(500, 520, 300 + ring * 46, 4, fill);
        });
    }
    canvas.circle(left.0, left.1, radius, palette.main);
    canvas.circle(right.0, right.1, radius, palette.second);
    let first = format!(
        "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>",
        left.0, left.1
    );
    canvas.clipped(&first, |canvas| {
        canvas.circle(right.0, right.1, radius, palette.spark);
    });
    profile(canvas, palette, left, radius, 1);
    profile(canvas, palette, right, radius, -1);
}

/// Somebody in profile who looks at the other one, cut off by the disc.
fn profile(canvas: &mut Canvas, palette: Palette, (x, y): (i32, i32), radius: i32, towards: i32) {
    let disc = format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    let place = format!("transform=\"translate({x} {y}) scale({towards} 1)\"");
    canvas.clipped(&disc, |canvas| {
        canvas.group(place, |canvas| {
            canvas.path(
                "M-230 400 C-220 290 -170 250 -110 226 C-86 214 -88 176 -104 150 C-150 100 -172 20 -160 -60 C-146 -160 -90 -202 -30 -204 \
                 C40 -206 84 -160 90 -100 C92 -84 88 -74 96 -58 L128 -6 C132 4 126 10 112 12 C108 24 116 30 116 40 C116 48 110 52 108 58 \
                 C114 70 108 82 104 92 C100 124 76 132 30 124 C18 146 16 176 30 204 C90 240 130 300 136 400 Z",
                palette.ground,
            );
            canvas.add(format!(
                "<path d=\"M56 -48 q22 -14 40 -2\" fill=\"none\" stroke=\"{}\" stroke-width=\"7\" stroke-linecap=\"round\"/>",
                palette.spark
            ));
        });
    });
}
