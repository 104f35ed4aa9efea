//! Posters drawn from a film's data, so that a cinema without artwork has a wall to look at. The same film gives the same
//! poster for ever; nothing but its facts goes in, and no picture or font from outside.

mod canvas;
mod dice;
mod lettering;
mod palette;
mod title;

mod arches;
mod discs;
mod dunes;
mod orbits;
mod rays;
mod stairs;
mod tiles;
mod windows;

use crate::programme::Film;
use canvas::Canvas;
use dice::Dice;
use palette::Palette;

/// A poster as an SVG document, 1000 units wide and 1500 high, with its title as outlines.
pub fn poster(film: &Film) -> String {
    let mut dice = Dice::of(film);
    let composition = dice.pick(compositions(film));
    let palette = dice.pick(composition.palettes());
    let mut canvas = Canvas::new(film, palette);
    composition.draw(&mut canvas, palette, &mut dice);
    title::draw(&mut canvas, film, palette);
    canvas.finish()
}

/// A way to fill the picture. Each leaves the ground's colour where the title stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Composition {
    /// A planet, its ring and its moons.
    Orbits,
    /// Dunes or waves under a sun.
    Dunes,
    /// A house front at night, where some are awake.
    Windows,
    /// A staircase with somebody on it.
    Stairs,
    /// Rays from a vanishing point.
    Rays,
    /// Arches within arches.
    Arches,
    /// Cut paper in a grid.
    Tiles,
    /// Two discs that meet.
    Discs,
}

impl Composition {
    fn palettes(self) -> &'static [Palette] {
        match self {
            Self::Orbits => &[palette::NIGHT, palette::VIOLET, palette::EMBER],
            Self::Dunes => &[palette::EMBER, palette::TIDE, palette::PLUM],
            Self::Windows => &[
                palette::SLATE,
                palette::NIGHT,
                palette::FOREST,
                palette::EMBER,
            ],
            Self::Stairs => &[
                palette::LEMON,
                palette::TIDE,
                palette::SIGNAL,
                palette::PAPER,
            ],
            Self::Rays => &[palette::SIGNAL, palette::LEMON, palette::INK],
            Self::Arches => &[palette::FOREST, palette::PLUM, palette::NIGHT],
            Self::Tiles => &[palette::PAPER, palette::SKY, palette::VIOLET],
            Self::Discs => &[palette::ROSE, palette::PLUM, palette::PAPER],
        }
    }

    fn draw(self, canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
        match self {
            Self::Orbits => orbits::draw(canvas, palette, dice),
            Self::Dunes => dunes::draw(canvas, palette, dice),
            Self::Windows => windows::draw(canvas, palette, dice),
            Self::Stairs => stairs::draw(canvas, palette, dice),
            Self::Rays => rays::draw(canvas, palette, dice),
            Self::Arches => arches::draw(canvas, palette, dice),
            Self::Tiles => tiles::draw(canvas, palette, dice),
            Self::Discs => discs::draw(canvas, palette, dice),
        }
    }
}

/// The compositions that suit a film, by its first genre.
fn compositions(film: &Film) -> &'static [Composition] {
    use Composition::{Arches, Discs, Dunes, Orbits, Rays, Stairs, Tiles, Windows};
    match film.genres.first().map_or("", String::as_str) {
        "science-fiction" => &[Orbits, Dunes],
        "adventure" | "western" | "war" | "history" => &[Dunes, Arches],
        "animation" | "family" | "comedy" => &[Tiles, Dunes],
        "romance" | "music" | "musical" | "concert" | "opera" => &[Discs, Tiles],
        "fantasy" | "horror" | "silent" => &[Arches, Orbits],
        "action" | "sport" => &[Rays],
        "thriller" | "mystery" => &[Stairs, Windows],
        "crime" => &[Stairs, Rays],
        "drama" | "biography" | "documentary" => &[Windows, Stairs],
        _ => &[Tiles, Discs, Rays],
    }
}

#[cfg(test)]
mod tests;
