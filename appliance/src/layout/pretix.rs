//! A seating plan as pretix publishes its form: zones with rows of seats at positions in pixels, each of a category. Blocks, rows,
//! numbers and places are carried; what is only for looking at is not, and is told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use box_office::SeatKind;
use box_office::programme::Programme;
use box_office::text::{plain, turns};
use serde::de::{Deserializer, Error as _, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most seats of a plan: as many as a room may have.
const MOST_SEATS: usize = 3000;

/// How far a position may lie from its origin, in thousandths of a pixel.
const FARTHEST: i64 = 100_000_000;

/// The most problems or changed names that are told of one plan.
const MOST_TOLD: usize = 20;

/// A room, and what is to be told about it.
#[derive(Debug)]
pub(super) struct Imported {
    /// As it stands in a programme file.
    pub(super) room: String,
    /// What was carried how, and what was not.
    pub(super) told: Vec<String>,
}

#[derive(Deserialize)]
struct SeatingPlan {
    name: String,
    zones: Vec<Zone>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Category {
    #[serde(default)]
    name: Value,
}

#[derive(Deserialize)]
struct Zone {
    #[serde(default)]
    name: String,
    position: Point,
    rows: Vec<Row>,
    #[serde(default)]
    areas: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Row {
    row_number: String,
    #[serde(default)]
    position: Point,
    seats: Vec<Seat>,
    row_label: Option<Value>,
    start_direction: Option<Value>,
}

#[derive(Deserialize)]
struct Seat {
    seat_number: String,
    position: Point,
    category: String,
    seat_label: Option<Value>,
}

/// A position in thousandths of a pixel.
#[derive(Deserialize, Default, Clone, Copy)]
struct Point {
    #[serde(deserialize_with = "thousandths")]
    x: i64,
    #[serde(deserialize_with = "thousandths")]
    y: i64,
}

/// Reads a number however it is written, `1e-14` as well, and rounds it.
fn thousandths<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let read = serde_json::Number::deserialize(from)?;
    let written = read.as_f64().map(|pixels| format!("{pixels:.3}"));
    let all = written.and_then(|written| written.replace('.', "").parse().ok());
    all.filter(|all| (-FARTHEST..=FARTHEST).contains(all))
        .ok_or_else(|| D::Error::custom(format!("{read} is no position in pixels")))
}

/// A seat with where it stands in the whole plan.
struct Placed<'p> {
    number: &'p str,
    category: &'p str,
    at: (i64, i64),
}

/// A row of a block.
struct PlacedRow<'p> {
    label: &'p str,
    seats: Vec<Placed<'p>>,
}

/// Rows whose names are all different.
struct Block<'p> {
    name: String,
    rows: Vec<PlacedRow<'p>>,
}

/// Reads a plan and writes it as a room. `kinds` says what the seats of a category are, by its name.
///
/// # Errors
/// In words, with the place in the file.
pub(super) fn import(plan: &[u8], kinds: &[(String, SeatKind)]) -> Result<Imported, String> {
    // As some editors write it before a text.
    let plan = plan.strip_prefix(b"\xef\xbb\xbf").unwrap_or(plan);
    let plan: SeatingPlan = serde_json::from_slice(plan)
        .map_err(|why| format!("this is no seating plan of pretix: {why}"))?;
    let rows = || plan.zones.iter().flat_map(|zone| &zone.rows);
    let seats: usize = rows().map(|row| row.seats.len()).sum();
    if seats == 0 || seats > MOST_SEATS {
        return Err(format!(
            "it has {seats} seats; a room has 1 to {MOST_SEATS}"
        ));
    }
    check_kinds(&plan, kinds)?;
    let mut told = Vec::new();
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (nth, zone) in plan.zones.iter().enumerate() {
        let name = match clean(&zone.name).as_str() {
            "" => format!("Block {}", nth + 1),
            name => name.to_owned(),
        };
        blocks.extend(blocks_of(zone, &name, &mut told)?);
    }
    let unit = seats_width(&blocks)?;
    let all = || {
        blocks
            .iter()
            .flat_map(|block| &block.rows)
            .flat_map(|row| &row.seats)
    };
    let origin = (
        all().map(|seat| seat.at.0).min().unwrap_or(0),
        all().map(|seat| seat.at.1).min().unwrap_or(0),
    );
    let mut writing = Writing {
        origin,
        unit,
        kinds,
        categories: BTreeMap::new(),
        renamed: Vec::new(),
    };
    let room = writing.room(&plan.name, &blocks);
    Programme::rooms_of(&room).map_err(|problems| {
        let words = problems
            .iter()
            .take(MOST_TOLD)
            .map(|it| format!("\n  {}", it.detail));
        format!(
            "what it describes cannot be a room:{}",
            words.collect::<String>()
        )
    })?;
    let rows: usize = blocks.iter().map(|block| block.rows.len()).sum();
    told.insert(
        0,
        format!(
            "{seats} seats in {rows} rows and {} blocks; {}.{:03} pixels are a seat's width, and the screen is taken to be above them",
            blocks.len(),
            unit / 1000,
            unit % 1000
        ),
    );
    told.append(&mut writing.told());
    told.push(left_out(&plan));
    Ok(Imported { room, told })
}

/// Whoever says what a category is has written it as the plan does, and says it once.
fn check_kinds(plan: &SeatingPlan, kinds: &[(String, SeatKind)]) -> Result<(), String> {
    let rows = plan.zones.iter().flat_map(|zone| &zone.rows);
    let of_seats = rows
        .flat_map(|row| &row.seats)
        .map(|seat| seat.category.as_str());
    let listed = plan
        .categories
        .iter()
        .filter_map(|category| category.name.as_str());
    let known: BTreeSet<&str> = of_seats.chain(listed).collect();
    let mut said = HashSet::new();
    for (category, _) in kinds {
        if !known.contains(category.as_str()) {
            let known: Vec<_> = known
                .iter()
                .take(MOST_TOLD)
                .map(|name| format!("{name:?}"))
                .collect();
            return Err(format!(
                "--kind names {category:?}, which is no category of it; it has {}",
                known.join(", ")
            ));
        }
        if !said.insert(category) {
            return Err(format!("--kind names {category:?} twice"));
        }
    }
    Ok(())
}

/// The blocks of a zone: one, but where rows of one name have seats of one number, which are as many as there are such rows.
fn blocks_of<'p>(
    zone: &'p Zone,
    name: &str,
    told: &mut Vec<String>,
) -> Result<Vec<Block<'p>>, String> {
    let mut numbers: HashSet<(&str, &str)> = HashSet::new();
    let (mut collide, mut twice) = (false, None);
    for row in &zone.rows {
        let mut of_row = HashSet::new();
        for seat in &row.seats {
            if !of_row.insert(seat.seat_number.as_str()) {
                twice = Some((&row.row_number, &seat.seat_number));
            }
            collide |= !numbers.insert((&row.row_number, &seat.seat_number));
        }
    }
    if let Some((row, number)) = twice {
        return Err(format!(
            "zone {name:?}, row {row:?}: seat {number:?} is there twice"
        ));
    }
    let mut blocks: Vec<Block<'p>> = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for row in zone.rows.iter().filter(|row| !row.seats.is_empty()) {
        let times = seen.entry(&row.row_number).or_default();
        let nth = if collide { *times } else { 0 };
        *times += 1;
        if blocks.len() == nth {
            let name = match nth {
                0 => name.to_owned(),
                _ => format!("{name} {}", nth + 1),
            };
            blocks.push(Block {
                name,
                rows: Vec::new(),
            });
        }
        let seats = row.seats.iter().map(|seat| Placed {
            number: &seat.seat_number,
            category: &seat.category,
            at: (
                zone.position.x + row.position.x + seat.position.x,
                zone.position.y + row.position.y + seat.position.y,
            ),
        });
        let rows = &mut blocks[nth].rows;
        match rows.iter_mut().find(|known| known.label == row.row_number) {
            Some(known) => known.seats.extend(seats),
            None => rows.push(PlacedRow {
                label: &row.row_number,
                seats: seats.collect(),
            }),
        }
    }
    if blocks.len() > 1 {
        told.push(format!(
            "zone {name:?} has rows of one name with seats of one number: it becomes {} blocks",
            blocks.len()
        ));
    }
    for block in &mut blocks {
        // From the screen to the back.
        block.rows.sort_by_key(|row| {
            let depth: i64 = row.seats.iter().map(|seat| seat.at.1).sum();
            depth / i64::try_from(row.seats.len()).unwrap_or(1)
        });
    }
    Ok(blocks)
}

/// How far neighbours stand from each other: the median of what every seat has to the nearest one of its row.
fn seats_width(blocks: &[Block<'_>]) -> Result<i64, String> {
    let mut widths = Vec::new();
    for row in blocks.iter().flat_map(|block| &block.rows) {
        for (nth, seat) in row.seats.iter().enumerate() {
            let others = row
                .seats
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != nth);
            let apart = |other: &Placed<'_>| {
                let (dx, dy) = (seat.at.0 - other.at.0, seat.at.1 - other.at.1);
                (dx * dx).saturating_add(dy * dy).isqrt()
            };
            widths.extend(others.map(|(_, other)| apart(other)).min());
        }
    }
    widths.sort_unstable();
    match widths.get(widths.len() / 2) {
        Some(0) => Err("its seats stand on each other".to_owned()),
        Some(&width) => Ok(width),
        // Nobody has a neighbour: a seat is as wide as pretix draws one.
        None => Ok(25_000),
    }
}

/// What a room in the programme's notation is written with.
struct Writing<'k> {
    origin: (i64, i64),
    unit: i64,
    kinds: &'k [(String, SeatKind)],
    categories: BTreeMap<String, (SeatKind, usize)>,
    renamed: Vec<String>,
}

impl Writing<'_> {
    fn room(&mut self, name: &str, blocks: &[Block<'_>]) -> String {
        let name = match clean(name).as_str() {
            "" => "Screen".to_owned(),
            name => name.to_owned(),
        };
        let mut out = format!(
            "[[auditorium]]\nid = {}\nname = {}\nlayout_version = 1\n",
            quoted(&id_of(&name)),
            quoted(&name)
        );
        let (mut ids, mut names) = (Names::default(), HashSet::new());
        for block in blocks {
            if blocks.len() > 1 {
                let id = ids.another(&initials(&block.name), "B");
                let short: String = block.name.chars().take(26).collect();
                let mut name = short.trim_end().to_owned();
                let mut nth = 2;
                while !names.insert(name.clone()) {
                    name = format!("{} {nth}", short.trim_end());
                    nth += 1;
                }
                let _ = write!(
                    out,
                    "\n[[auditorium.block]]\nid = {}\nname = {}\n",
                    quoted(&id),
                    quoted(&name)
                );
            }
            out.push_str("places = '''\n");
            let mut rows = Names::default();
            for row in &block.rows {
                let label = rows.of(row.label, "R");
                self.renamed(&block.name, "row", row.label, &label);
                let _ = write!(out, "{label} |");
                let mut numbers = Names::default();
                for seat in &row.seats {
                    let number = numbers.of(seat.number, "N");
                    self.renamed(&block.name, "seat", seat.number, &number);
                    let sign = match self.kind(seat.category) {
                        SeatKind::Premium => 'p',
                        SeatKind::Wheelchair => 'w',
                        SeatKind::Standard | SeatKind::LoveSeat | SeatKind::Companion => 's',
                    };
                    let (x, y) = (
                        (seat.at.0 - self.origin.0) * 100 / self.unit + 50,
                        (seat.at.1 - self.origin.1) * 100 / self.unit + 360,
                    );
                    let _ = write!(out, " {sign}{number}@{x},{y}");
                }
                out.push('\n');
            }
            out.push_str("'''\n");
        }
        out
    }

    fn kind(&mut self, category: &str) -> SeatKind {
        let said = self.kinds.iter().find(|(name, _)| name == category);
        let kind = said.map_or_else(|| kind_by_name(category), |(_, kind)| *kind);
        self.categories
            .entry(category.to_owned())
            .or_insert((kind, 0))
            .1 += 1;
        kind
    }

    fn renamed(&mut self, block: &str, what: &str, before: &str, now: &str) {
        if before != now {
            self.renamed
                .push(format!("{block}: {what} {before:?} is called {now}"));
        }
    }

    fn told(self) -> Vec<String> {
        let mut told: Vec<String> = self
            .categories
            .into_iter()
            .map(|(name, (kind, seats))| {
                format!(
                    "category {:?}: {seats} seats, as {}",
                    clean(&name),
                    kind.word()
                )
            })
            .collect();
        let more = self.renamed.len().saturating_sub(MOST_TOLD);
        told.extend(self.renamed.into_iter().take(MOST_TOLD));
        if more > 0 {
            told.push(format!("and {more} other names are changed"));
        }
        told
    }
}

/// Names of 1 to 6 letters and digits, each once.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    /// The name for what was called `written`, as near to it as it goes.
    fn of(&mut self, written: &str, otherwise: &str) -> String {
        let mut name = short(&deunicode::deunicode(written), 6);
        let mut nth = 0;
        while name.is_empty() || self.0.get(&name).is_some_and(|known| known != written) {
            nth += 1;
            let digits = nth.to_string();
            name = format!("{}{digits}", short(otherwise, 6 - digits.len().min(5)));
        }
        self.0.insert(name.clone(), written.to_owned());
        name
    }

    /// A name that nothing has yet: `near`, or that with a number.
    fn another(&mut self, near: &str, otherwise: &str) -> String {
        let near = match short(near, 6).as_str() {
            "" => otherwise.to_owned(),
            near => near.to_owned(),
        };
        let mut name = near.clone();
        let mut nth = 1;
        while self.0.contains_key(&name) {
            nth += 1;
            let digits = nth.to_string();
            name = format!("{}{digits}", short(&near, 6 - digits.len().min(5)));
        }
        self.0.insert(name.clone(), String::new());
        name
    }
}

/// The first letters and digits of a text.
fn short(text: &str, length: usize) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.take(length).collect()
}

fn kind_by_name(category: &str) -> SeatKind {
    let name = category.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if says(&[
            "wheelchair",
            "rollstuhl",
            "fauteuil roulant",
            "silla de ruedas",
        ]) =>
        {
            SeatKind::Wheelchair
        }
        () if says(&["premium"]) => SeatKind::Premium,
        () => SeatKind::Standard,
    }
}

/// The first letters of the words of a name: `SL` for "Stalls left".
fn initials(name: &str) -> String {
    let plain = deunicode::deunicode(name);
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let first = words.filter_map(|word| match word.chars().all(|c| c.is_ascii_digit()) {
        true => Some(word.to_owned()),
        false => word
            .chars()
            .next()
            .map(|c| c.to_ascii_uppercase().to_string()),
    });
    first.collect()
}

/// An id for a room of this name.
fn id_of(name: &str) -> String {
    let plain = deunicode::deunicode(name).to_ascii_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let id: String = words.join("-").chars().take(40).collect();
    match id.trim_end_matches('-') {
        "" => "screen".to_owned(),
        id => id.to_owned(),
    }
}

/// A name on one line, of what can be read.
fn clean(name: &str) -> String {
    let plain = plain(name);
    let kept: String = plain
        .chars()
        .filter(|c| !turns(c.encode_utf8(&mut [0; 4])))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").chars().take(200).collect()
}

/// A text in quotes; what JSON escapes so, TOML does too.
fn quoted(text: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn left_out(plan: &SeatingPlan) -> String {
    let areas: usize = plan.zones.iter().map(|zone| zone.areas.len()).sum();
    let mut words = format!(
        "not carried: {areas} areas (shapes and texts), the colours of {} categories, the outlines of zones, and the ids of seats, which are block, row and number here",
        plan.categories.len()
    );
    let rows = || plan.zones.iter().flat_map(|zone| &zone.rows);
    let seats = rows().flat_map(|row| &row.seats);
    let said = |text: Option<&Value>| text.is_some_and(|text| text.as_str() != Some(""));
    for (what, count) in [
        (
            "`row_label` of rows, which are called by `row_number`",
            rows().filter(|row| said(row.row_label.as_ref())).count(),
        ),
        (
            "`start_direction` of rows, whose seats are where they are drawn",
            rows()
                .filter(|row| said(row.start_direction.as_ref()))
                .count(),
        ),
        (
            "`seat_label` of seats, which are called by `seat_number`",
            seats.filter(|seat| said(seat.seat_label.as_ref())).count(),
        ),
    ] {
        if count > 0 {
            let _ = write!(words, "; {what} ({count})");
        }
    }
    words
}
