//! Rays from a vanishing point, and what runs out of it.

use super::canvas::{Canvas, HORIZON};
use super::dice::Dice;
use super::palette::Palette;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let (x, y) = (dice.roll(420, 580), dice.roll(420, 520));
    let frame = format!("<rect width=\"1000\" height=\"{HORIZON}\"/>");
    canvas.clipped(&frame, |canvas| {
        canvas.rect(0, 0, 1000, HORIZON, palette.second);
        let (rays, turn) = (dice.pick(&[14, 16, 18]), dice.roll(0, 20));
        for ray in 0..rays {
            canvas.group(
                format!("transform=\"rotate({} {x} {y})\"", turn + ray * 360 / rays),
                |canvas| {
                    let half = 1300 * 314 / (100 * rays * 2);
                    let fill = if ray % 4 == 1 {
                        palette.ground
                    } else {
                        palette.main
                    };
                    canvas.path(
                        format!("M{x} {y} L{} {} V{} Z", x + 1300, y - half, y + half),
                        fill,
                    );
                },
            );
        }
        spiral(canvas, palette, dice, (x, y));
    });
    canvas.rect(0, HORIZON - 2, 1000, 14, palette.spark);
}

/// Broken rings that close in on a disc.
fn spiral(canvas: &mut Canvas, palette: Palette, dice: &mut Dice, (x, y): (i32, i32)) {
    canvas.circle(x, y, 300, palette.ground);
    for ring in 0..4 {
        let radius = 262 - ring * 56;
        let (turn, length) = (dice.roll(0, 359), dice.roll(190, 290));
        canvas.group(format!("transform=\"rotate({turn} {x} {y})\""), |canvas| {
            canvas.add(format!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"none\" stroke=\"{}\" stroke-width=\"26\" pathLength=\"360\" stroke-dasharray=\"{length} {}\"/>",
                if ring % 2 == 0 { palette.second } else { palette.spark }, 360 - length
            ));
        });
    }
    canvas.circle(x, y, 44, palette.spark);
}
