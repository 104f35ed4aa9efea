//! Reads a programme file (`PROGRAMME.md` describes it for its writers). It reports everything that is wrong in one go,
//! each by its line, and gives a programme only if nothing is.

mod encoding;
mod problems;
mod section;
mod suggest;
mod value;

mod cinema;
mod drawing;
mod films;
mod hall;
mod names;
mod part;
mod placed;
mod prices;
mod rooms;
mod showtimes;

mod checks;

use jiff::Timestamp;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeTable;

use crate::business_day::BusinessDays;
use crate::programme::{Auditorium, Programme, ProgrammeProblem};
use problems::Problems;
use section::{Section, sections};

/// What the first key of a file says, so that a later format is never read as this one.
pub const FORMAT: &str = "foyer-programme/1";

/// The largest file in bytes: a year of a large multiplex is a tenth of it, and more would only fill memory.
pub const LARGEST_FILE: usize = 4 * 1024 * 1024;

/// The most problems that are told of one file: more than anybody corrects before the next try.
pub const MOST_PROBLEMS: usize = 100;

/// The most showtimes of one file, the repeated ones counted singly: thirty rooms for four months. They are counted before they are made.
pub const MOST_SHOWTIMES: usize = 20_000;

impl Programme {
    /// Reads a programme file; `today` is the cinema's business day, which the file's relative days count from.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines; the file is then to be refused as a whole.
    pub fn parse(text: &str, today: Date) -> Result<Self, Vec<ProgrammeProblem>> {
        Self::parse_by(text, &|_| today)
    }

    /// As [`Programme::parse`]; today is the business day at `now` of the very cinema that the file describes.
    ///
    /// # Errors
    /// As [`Programme::parse`].
    pub fn parse_at(text: &str, now: Timestamp) -> Result<Self, Vec<ProgrammeProblem>> {
        Self::parse_by(text, &|days| days.day_of(now))
    }

    /// The rooms of a programme file, whatever else is in it or is not.
    ///
    /// # Errors
    /// Every problem of the rooms, in the order of their lines.
    pub fn rooms_of(text: &str) -> Result<Vec<Auditorium>, Vec<ProgrammeProblem>> {
        let problems = Problems::of(text);
        let rooms = table(text, &problems).map(|table| {
            let root = Section::new(&problems, table.get_ref(), 1, "the file".to_owned());
            rooms::read_all(&sections(&root, "auditorium"), None).into_items()
        });
        match (rooms, problems.into_lists().0) {
            (Some(rooms), found) if found.is_empty() => Ok(rooms),
            (Some(_) | None, found) => Err(found),
        }
    }

    fn parse_by(
        text: &str,
        today: &dyn Fn(&BusinessDays) -> Date,
    ) -> Result<Self, Vec<ProgrammeProblem>> {
        let problems = Problems::of(text);
        let programme = read(text, today, &problems);
        let (found, remarks) = problems.into_lists();
        match programme {
            Some(programme) if found.is_empty() => Ok(Self {
                remarks,
                ..programme
            }),
            Some(_) | None => Err(found),
        }
    }
}

/// The file as TOML, if it is that and no longer than a programme.
fn table<'t>(text: &'t str, problems: &Problems<'_>) -> Option<Spanned<DeTable<'t>>> {
    if text.len() > LARGEST_FILE {
        problems.push(
            1,
            format!(
                "the file has {} bytes; a programme has at most {LARGEST_FILE}",
                text.len()
            ),
        );
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| problems.line_of(span.start));
        problems.push(line, format!("this is not TOML: {}", error.message()));
    }
    errors.is_empty().then_some(table)
}

fn read(
    text: &str,
    today: &dyn Fn(&BusinessDays) -> Date,
    problems: &Problems<'_>,
) -> Option<Programme> {
    let table = table(text, problems)?;
    let root = Section::new(problems, table.get_ref(), 1, "the file".to_owned());
    check_format(&root)?;

    let cinema = root
        .section("cinema", true)
        .and_then(|section| cinema::read(&section));
    let currency = cinema.as_ref().map(|read| read.cinema.currency);
    let books = prices::read_all(&sections(&root, "price_book"), currency);
    let films = films::read_all(&sections(&root, "film"), cinema.as_ref());
    let rooms = rooms::read_all(
        &sections(&root, "auditorium"),
        cinema.as_ref().map(|read| &read.cinema),
    );
    let known = showtimes::Known {
        cinema: cinema.as_ref(),
        films: &films,
        rooms: &rooms,
        books: &books,
        // A file without a cinema is refused: its days are only read for what else is wrong with them.
        today: cinema
            .as_ref()
            .map_or(Date::constant(2000, 1, 1), |read| today(&read.days)),
    };
    let planned = showtimes::read_all(&sections(&root, "showtime"), &known);
    root.finish();

    checks::no_two_in_one_room(problems, &planned, &films, &rooms);
    checks::every_seat_has_a_price(problems, &planned, &rooms, &books);

    let mut showtimes: Vec<_> = planned
        .into_iter()
        .map(|planned| planned.showtime)
        .collect();
    showtimes.sort_by(|a, b| (a.starts_at, &a.auditorium).cmp(&(b.starts_at, &b.auditorium)));
    Some(Programme {
        cinema: cinema?.cinema,
        auditoriums: rooms.into_items(),
        films: films.into_items(),
        price_books: books
            .into_items()
            .into_iter()
            .map(|book| book.book)
            .collect(),
        showtimes,
        remarks: Vec::new(),
    })
}

/// A file of another format is told so, and nothing more: its other keys may mean anything.
fn check_format(root: &Section<'_>) -> Option<()> {
    let line = root.line_of("format");
    let format = root.required("format", value::text)?;
    if format == FORMAT {
        return Some(());
    }
    let hint = match format.strip_prefix("foyer-programme/") {
        Some(version) => {
            format!("version {version} of the format is not known here; this reads {FORMAT:?}")
        }
        None => format!("{format:?} is not a programme's format: write {FORMAT:?}"),
    };
    root.problems().push(line, hint);
    None
}

#[cfg(test)]
mod tests;
