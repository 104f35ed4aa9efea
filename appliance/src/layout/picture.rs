//! A room as an SVG picture that is read at a glance: screen, blocks, rows, every seat with its number, and what the colours mean.

use std::fmt::Write as _;

use box_office::programme::Auditorium;
use box_office::text::in_markup;
use box_office::{Bend, Place, SeatKind, turned};

/// Around the seats, for the names of the rows, in hundredths of a seat's width.
const SIDE: i32 = 200;

/// Above them, for the room's name, the screen and the names of blocks.
const ABOVE: i32 = 640;

/// Below them, for what the colours mean.
const BELOW: i32 = 360;

/// The room's name and what the colours mean need so much.
const NARROWEST: i32 = 1400;

/// How the kinds look: word, fill and outline.
fn look(kind: SeatKind) -> (&'static str, &'static str) {
    match kind {
        SeatKind::Standard => ("#dfe5ee", "#5c6b80"),
        SeatKind::Premium => ("#fbe3a6", "#946c00"),
        SeatKind::LoveSeat => ("#f9cfdc", "#a8325c"),
        SeatKind::Wheelchair => ("#bfe3f7", "#0a6390"),
        SeatKind::Companion => ("#e3f3fb", "#0a6390"),
    }
}

/// The picture.
pub(super) fn svg(room: &Auditorium) -> String {
    let (layout, bend) = (&room.layout, Bend::new(room.layout.width, room.curve));
    let stands =
        |place: &Place| bend.place((place.x, place.y), other_half(room, place).map(|it| it.x));
    let points: Vec<(i32, i32)> = layout.places.iter().map(stands).collect();
    let edge = |of: fn(&(i32, i32)) -> i32| {
        let all = || points.iter().map(of);
        (all().min().unwrap_or(0), all().max().unwrap_or(0))
    };
    let ((left, right), (top, bottom)) = (edge(|point| point.0), edge(|point| point.1));
    let middle = i32::midpoint(left, right);
    let half = ((right - left) / 2 + SIDE).max(NARROWEST / 2);
    let (x, y, width, height) = (
        middle - half,
        top - ABOVE,
        2 * half,
        bottom - top + ABOVE + BELOW,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{x} {y} {width} {height}\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" text-anchor=\"middle\">\n\
         <title>{}</title>\n<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        width / 4,
        height / 4,
        in_markup(&room.name),
    );
    let mut text = |at: (i32, i32), size: i32, colour: &str, words: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{size}\" fill=\"{colour}\">{}</text>",
            at.0,
            at.1,
            in_markup(words)
        );
    };
    let seats = layout.places.len();
    let about = format!("{} · {seats} seats · layout {}", room.name, layout.version);
    let letters = i32::try_from(about.chars().count()).unwrap_or(1).max(1);
    text(
        (middle, y + 130),
        (width * 3 / 2 / letters).min(80),
        "#1d2733",
        &about,
    );
    text((middle, y + 390), 60, "#5c6b80", "screen");
    for (name, at, size) in block_names(room, &points) {
        text(at, size, "#1d2733", name);
    }
    for row in layout.places.chunk_by(Place::is_in_row_of) {
        for at in row_ends(row, &stands) {
            text((at.0, at.1 + 17), 48, "#5c6b80", &row[0].row);
        }
    }
    let reach = (half - SIDE).min(1600);
    let _ = writeln!(
        out,
        "<path d=\"M{} {}Q{middle} {} {} {}\" fill=\"none\" stroke=\"#1d2733\" stroke-width=\"16\" stroke-linecap=\"round\"/>",
        middle - reach,
        y + 300,
        y + 200,
        middle + reach,
        y + 300
    );
    for (place, at) in layout.places.iter().zip(&points) {
        draw_seat(&mut out, room, place, *at, bend);
    }
    draw_legend(&mut out, room, (middle, bottom + 210), width);
    out.push_str("</svg>\n");
    out
}

fn other_half<'r>(room: &'r Auditorium, place: &Place) -> Option<&'r Place> {
    let other = place
        .with
        .as_ref()
        .filter(|_| place.kind == SeatKind::LoveSeat)?;
    room.layout.places.iter().find(|it| it.seat == *other)
}

/// The names of the blocks above the middle of their seats, and how large each is written.
fn block_names<'r>(room: &'r Auditorium, points: &[(i32, i32)]) -> Vec<(&'r str, (i32, i32), i32)> {
    let places = &room.layout.places;
    let name = |id: &str| {
        let block = room.layout.blocks.iter().find(|block| block.id == id);
        block.map(|block| block.name.as_str())
    };
    let mut found = Vec::new();
    let mut first = 0;
    for block in places.chunk_by(|one, other| one.block == other.block) {
        let stands = &points[first..first + block.len()];
        first += block.len();
        let Some(name) = block[0].block.as_deref().and_then(name) else {
            continue;
        };
        let (left, right) = (
            stands.iter().map(|it| it.0).min().unwrap_or(0),
            stands.iter().map(|it| it.0).max().unwrap_or(0),
        );
        let top = stands.iter().map(|it| it.1).min().unwrap_or(0);
        let letters = i32::try_from(name.chars().count()).unwrap_or(1).max(1);
        let size = ((right - left + 100) * 5 / 3 / letters).clamp(40, 72);
        found.push((name, (i32::midpoint(left, right), top - 90), size));
    }
    found
}

/// Where the name of a row stands: in line with its seats, beyond both ends.
fn row_ends(row: &[Place], stands: &impl Fn(&Place) -> (i32, i32)) -> [(i32, i32); 2] {
    let beyond = |end: &Place, inner: Option<&Place>, side: i32| {
        let (at, (dx, dy)) = (
            stands(end),
            match inner.map(stands) {
                Some(inner) => (stands(end).0 - inner.0, stands(end).1 - inner.1),
                None => turned((side, 0), end.turn),
            },
        );
        let length = (i64::from(dx).pow(2) + i64::from(dy).pow(2)).isqrt();
        let length = i32::try_from(length).unwrap_or(1).max(1);
        (at.0 + dx * 95 / length, at.1 + dy * 95 / length)
    };
    let last = row.len() - 1;
    [
        beyond(&row[0], row.get(1), -1),
        beyond(&row[last], last.checked_sub(1).map(|it| &row[it]), 1),
    ]
}

fn draw_seat(out: &mut String, room: &Auditorium, place: &Place, (x, y): (i32, i32), bend: Bend) {
    let (fill, line) = look(place.kind);
    let turn = bend.turn(place.x) + place.turn;
    let form = match place.kind {
        SeatKind::Wheelchair => "<circle r=\"42\"".to_owned(),
        // Both halves reach to the line between them.
        SeatKind::LoveSeat => {
            let across = other_half(room, place).map_or(1, |it| {
                turned((it.x - place.x, it.y - place.y), -place.turn).0
            });
            let left = if across > 0 { -42 } else { -50 };
            format!("<rect x=\"{left}\" y=\"-42\" width=\"92\" height=\"84\" rx=\"14\"")
        }
        SeatKind::Standard | SeatKind::Premium | SeatKind::Companion => {
            "<rect x=\"-42\" y=\"-42\" width=\"84\" height=\"84\" rx=\"14\"".to_owned()
        }
    };
    let dashes = match place.kind {
        SeatKind::Companion => " stroke-dasharray=\"14 8\"",
        SeatKind::Standard | SeatKind::Premium | SeatKind::LoveSeat | SeatKind::Wheelchair => "",
    };
    let size = if place.number.len() > 3 { 26 } else { 36 };
    let _ = writeln!(
        out,
        "<g transform=\"translate({x} {y})rotate({turn})\"><title>{}</title>{form} fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"5\"{dashes}/>\
         <text y=\"13\" font-size=\"{size}\" fill=\"#1d2733\">{}</text></g>",
        in_markup(place.seat.as_str()),
        in_markup(&place.number)
    );
}

/// What the colours mean, and how many seats there are of each kind.
fn draw_legend(out: &mut String, room: &Auditorium, (middle, y): (i32, i32), width: i32) {
    let kinds: Vec<SeatKind> = room.seat_kinds().into_iter().collect();
    let each = (width - 100) / i32::try_from(kinds.len()).unwrap_or(1).max(1);
    let each = each.min(640);
    let size = (each / 9).min(48);
    let all = each * i32::try_from(kinds.len()).unwrap_or(0);
    for (nth, kind) in (0_i32..).zip(kinds) {
        let x = middle - all / 2 + nth * each + 30;
        let (fill, line) = look(kind);
        let seats = room.layout.places.iter().filter(|place| place.kind == kind);
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{}\" width=\"{size}\" height=\"{size}\" rx=\"8\" fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"4\"/>\
             <text x=\"{}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"start\" fill=\"#1d2733\">{} {}</text>",
            y - size * 5 / 6,
            x + size * 4 / 3,
            kind.word(),
            seats.count()
        );
    }
}
