//! A planet, its ring and its moons.

use super::canvas::Canvas;
use super::dice::Dice;
use super::palette::Palette;

pub(super) fn draw(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    stars(canvas, palette, dice);
    let (x, y, radius) = (
        dice.roll(380, 620),
        dice.roll(500, 560),
        dice.roll(270, 330),
    );
    for orbit in 1..=4 {
        canvas.group("opacity=\".38\"", |canvas| {
            canvas.ring(x, y, radius + orbit * 95, 3, palette.second);
        });
    }
    canvas.circle(x, y, radius, palette.main);
    let planet = format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    let tilt = dice.roll(-32, -14);
    canvas.clipped(&planet, |canvas| {
        canvas.group(format!("transform=\"rotate({tilt} {x} {y})\""), |canvas| {
            bands(canvas, palette, dice, (x, y, radius));
        });
        // The night side: the same disc, moved away from the light.
        let night = format!(
            "M{} {} h{w} v{w} h-{w} Z M{} {} a{r} {r} 0 1 0 {d} 0 a{r} {r} 0 1 0 -{d} 0 Z",
            x - 2 * radius,
            y - 2 * radius,
            x - radius - radius * 2 / 5,
            y - radius / 4,
            w = 4 * radius,
            r = radius * 11 / 10,
            d = radius * 22 / 10
        );
        canvas.group("fill-rule=\"evenodd\" opacity=\".62\"", |canvas| {
            canvas.path(&night, palette.ground);
        });
    });
    for orbit in [1, 2, 4] {
        let turn = dice.roll(0, 359);
        canvas.group(format!("transform=\"rotate({turn} {x} {y})\""), |canvas| {
            let fill = if orbit == 2 {
                palette.spark
            } else {
                palette.second
            };
            canvas.circle(
                x + radius + orbit * 95,
                y,
                dice.roll(14, 20) + 6 * orbit,
                fill,
            );
        });
    }
    traveller(canvas, palette, dice);
}

fn stars(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    for _ in 0..90 {
        let (x, y, radius) = (
            dice.roll(10, 990),
            dice.roll(10, 1040),
            dice.pick(&[2, 2, 2, 3, 3, 5]),
        );
        canvas.circle(x, y, radius, palette.ink);
    }
}

fn bands(canvas: &mut Canvas, palette: Palette, dice: &mut Dice, (x, y, radius): (i32, i32, i32)) {
    let mut top = y - radius + dice.roll(30, 80);
    while top < y + radius {
        let height = dice.roll(14, 64);
        canvas.group(
            format!("opacity=\"{}\"", dice.pick(&[".55", ".8", ".3"])),
            |canvas| {
                canvas.rect(x - radius, top, 2 * radius, height, palette.second);
            },
        );
        top += height + dice.roll(34, 90);
    }
}

/// Somebody small, far from home, on a line.
fn traveller(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let (x, y) = (dice.roll(120, 220), dice.roll(90, 170));
    canvas.add(format!(
        "<path d=\"M{x} {y} C{} {} {} {} {} {}\" fill=\"none\" stroke=\"{}\" stroke-width=\"4\"/>",
        x + 90,
        y + 130,
        x - 60,
        y + 170,
        x + 130,
        y + 250,
        palette.spark
    ));
    canvas.circle(x, y, 15, palette.spark);
}
