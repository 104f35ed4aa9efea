//! An SVG document that grows shape by shape. All lengths are whole units of the 1000 x 1500 sheet.

use std::fmt::Display;

use super::palette::Palette;
use crate::programme::Film;
use crate::text::in_markup;

/// The width of a poster.
pub(super) const WIDTH: i32 = 1000;
/// The height of a poster.
pub(super) const HEIGHT: i32 = 1500;
/// Above it is the picture, below it the title on the ground's colour.
pub(super) const HORIZON: i32 = 1010;

/// A poster under way.
pub(super) struct Canvas {
    svg: String,
    name: String,
    clips: u32,
}

impl Canvas {
    /// An empty sheet in the palette's ground colour, named for screen readers.
    pub(super) fn new(film: &Film, palette: Palette) -> Self {
        let title = in_markup(&film.title);
        let mut canvas = Self {
            svg: String::with_capacity(8 * 1024),
            name: film.id.to_string(),
            clips: 0,
        };
        canvas.add(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
        ));
        canvas.rect(0, 0, WIDTH, HEIGHT, palette.ground);
        canvas
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }

    /// Any element.
    pub(super) fn add(&mut self, element: impl AsRef<str>) {
        self.svg.push_str(element.as_ref());
    }

    pub(super) fn rect(&mut self, x: i32, y: i32, width: i32, height: i32, fill: &str) {
        self.add(format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
        ));
    }

    pub(super) fn circle(&mut self, x: i32, y: i32, radius: i32, fill: &str) {
        self.add(format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"/>"
        ));
    }

    /// A circle that is only a line.
    pub(super) fn ring(&mut self, x: i32, y: i32, radius: i32, width: i32, stroke: &str) {
        self.add(format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"));
    }

    /// A filled path in SVG's path language.
    pub(super) fn path(&mut self, path: impl Display, fill: &str) {
        self.add(format!("<path d=\"{path}\" fill=\"{fill}\"/>"));
    }

    /// Draws `inside` where `shape` is, and nowhere else.
    pub(super) fn clipped(&mut self, shape: &str, inside: impl FnOnce(&mut Self)) {
        self.clips += 1;
        let id = format!("{}-{}", self.name, self.clips);
        self.add(format!(
            "<clipPath id=\"{id}\">{shape}</clipPath><g clip-path=\"url(#{id})\">"
        ));
        inside(self);
        self.add("</g>");
    }

    /// Draws `inside` with an attribute on all of it: `transform="rotate(..)"`, `opacity=".5"`.
    pub(super) fn group(&mut self, attribute: impl Display, inside: impl FnOnce(&mut Self)) {
        self.add(format!("<g {attribute}>"));
        inside(self);
        self.add("</g>");
    }
}
