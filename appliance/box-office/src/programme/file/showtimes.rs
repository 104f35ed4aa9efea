//! `[[showtime]]`: one film in one room, on one or many days, at one or many times.

mod days;

use jiff::SignedDuration;
use jiff::civil::Date;
use toml::de::DeValue;

use super::cinema::{CinemaSection, LONGEST_MINUTES};
use super::prices::BookSection;
use super::section::{Lined, Listed, Section};
use super::{MOST_SHOWTIMES, value};
use crate::business_day::{DayTime, Moment};
use crate::programme::showtime::{FORMATS, SINGLE_SEAT_MODES, STATUSES};
use crate::programme::{
    Auditorium, Film, Format, Showtime, ShowtimeStatus, SingleSeatMode, Subtitles,
};
use crate::{AuditoriumId, FilmId, PriceBookId, ShowtimeId};

/// What a showtime names.
pub(super) struct Known<'a> {
    pub(super) cinema: Option<&'a CinemaSection>,
    pub(super) films: &'a Listed<FilmId, Film>,
    pub(super) rooms: &'a Listed<AuditoriumId, Auditorium>,
    pub(super) books: &'a Listed<PriceBookId, BookSection>,
    pub(super) today: Date,
}

/// A showtime and the line that plans it.
pub(super) struct Planned {
    pub(super) line: usize,
    pub(super) showtime: Showtime,
}

pub(super) fn read_all(sections: &[Section<'_>], known: &Known<'_>) -> Vec<Planned> {
    let mut planned = Planning {
        known,
        list: Vec::new(),
        ids: std::collections::BTreeMap::new(),
        expected: 0,
    };
    for section in sections {
        if planned.expected > MOST_SHOWTIMES {
            break;
        }
        planned.read(section);
        section.finish();
    }
    planned.list
}

struct Planning<'a> {
    known: &'a Known<'a>,
    list: Vec<Planned>,
    ids: std::collections::BTreeMap<ShowtimeId, usize>,
    /// How many showtimes the sections up to here want, also those that are refused.
    expected: usize,
}

/// What all showtimes of one section share.
struct Common {
    film: FilmId,
    length: SignedDuration,
    auditorium: AuditoriumId,
    price_book: PriceBookId,
    language: String,
    subtitles: Option<Subtitles>,
    format: Format,
    audio_description: bool,
    advertisements_minutes: u16,
    sales_end_minutes: u16,
    single_seats: SingleSeatMode,
    status: ShowtimeStatus,
}

impl Planning<'_> {
    fn read(&mut self, section: &Section<'_>) {
        let common = self.read_common(section);
        let days = days::read(section, self.known.today);
        let times = read_times(section);
        let id: Option<ShowtimeId> = section.optional("id", value::id);
        if id.is_some() && (days.len() > 1 || times.len() > 1) {
            section.problems().push(section.line_of("id"), "an `id` names one showtime; this plans several: leave it out, or give one `day` and one `time`");
            return;
        }
        // A section that plans nothing was read as well.
        self.expected += days.len().max(1).saturating_mul(times.len().max(1));
        if self.expected > MOST_SHOWTIMES {
            section.problems().push(section.line(), format!("a file has at most {MOST_SHOWTIMES} showtimes, and more than that are planned up to here"));
            return;
        }
        let Some((common, cinema)) = common.zip(self.known.cinema) else {
            return;
        };
        for day in &days {
            for time in &times {
                self.plan(section, &common, cinema, id.clone(), *day, time);
            }
        }
    }

    fn read_common(&self, section: &Section<'_>) -> Option<Common> {
        let known = self.known;
        let film = named(section, "film", known.films);
        let auditorium = named(section, "auditorium", known.rooms);
        let price_book = match section.has("price_book") {
            true => named(section, "price_book", known.books),
            false => only_book(section, known.books),
        };
        let minutes = value::whole::<u16>(0, LONGEST_MINUTES);
        let language = section.required("language", value::language);
        let subtitles = section.optional("subtitles", subtitles);
        let format = section
            .optional("format", value::one_of(&FORMATS))
            .unwrap_or(Format::Flat);
        let audio_description = section
            .optional("audio_description", value::truth)
            .unwrap_or(false);
        let advertisements_minutes = section.optional("advertisements_minutes", &minutes);
        let sales_end_minutes = section.optional("sales_end_minutes", &minutes);
        let single_seats = section.optional("single_seats", value::one_of(&SINGLE_SEAT_MODES));
        let status = section
            .optional("status", value::one_of(&STATUSES))
            .unwrap_or(ShowtimeStatus::Open);
        let (film, length) = film.map(|(id, film)| {
            (
                id,
                SignedDuration::from_mins(film.map_or(0, |film| film.length_minutes.into())),
            )
        })?;
        let cinema = known.cinema?;
        Some(Common {
            film,
            length,
            auditorium: auditorium?.0,
            price_book: price_book?.0,
            language: language?,
            subtitles,
            format,
            audio_description,
            advertisements_minutes: advertisements_minutes.unwrap_or(cinema.advertisements_minutes),
            sales_end_minutes: sales_end_minutes.unwrap_or(cinema.cinema.sales_end_minutes),
            single_seats: single_seats.unwrap_or(cinema.cinema.single_seats),
            status,
        })
    }

    fn plan(
        &mut self,
        section: &Section<'_>,
        common: &Common,
        cinema: &CinemaSection,
        id: Option<ShowtimeId>,
        day: Date,
        time: &Lined<DayTime>,
    ) {
        let problems = section.problems();
        let Some(starts_at) = moment(section, cinema, day, time) else {
            return;
        };
        let id = match id.map_or_else(|| format!("{}-{day}-{}", common.auditorium, time.value.digits()).parse(), Ok) {
            Ok(id) => id,
            Err(error) => return problems.push(section.line(), format!("the showtime needs an `id`, for the one made of its room, day and time does not do: {error}")),
        };
        if let Some(line) = self.ids.insert(id.clone(), section.line()) {
            return problems.push(
                section.line(),
                format!("the showtime {id} is there already, on line {line}"),
            );
        }
        let film_starts_at = starts_at
            .saturating_add(SignedDuration::from_mins(
                common.advertisements_minutes.into(),
            ))
            .unwrap_or(starts_at);
        let showtime = Showtime {
            id,
            film: common.film.clone(),
            auditorium: common.auditorium.clone(),
            price_book: common.price_book.clone(),
            business_day: day,
            time: time.value,
            starts_at,
            advertisements_minutes: common.advertisements_minutes,
            ends_at: film_starts_at
                .saturating_add(common.length)
                .unwrap_or(film_starts_at),
            sales_end_minutes: common.sales_end_minutes,
            language: common.language.clone(),
            subtitles: common.subtitles.clone(),
            format: common.format,
            audio_description: common.audio_description,
            single_seats: common.single_seats,
            status: common.status,
        };
        self.list.push(Planned {
            line: section.line(),
            showtime,
        });
    }
}

/// The moment of a day and a time; a time that lies in another business day is refused.
fn moment(
    section: &Section<'_>,
    cinema: &CinemaSection,
    day: Date,
    time: &Lined<DayTime>,
) -> Option<jiff::Timestamp> {
    let (problems, time, line) = (section.problems(), time.value, time.line);
    let start = cinema.cinema.business_day_start;
    if time < start {
        let later = time.minutes() + 24 * 60;
        problems.push(line, format!("{time} is before {start}, when the business day begins: write the day before, and {:02}:{:02}", later / 60, later % 60));
        return None;
    }
    if time.minutes() >= start.minutes() + 24 * 60 {
        problems.push(line, format!("{time} is in the next business day, which begins at {start}: write that day and its time"));
        return None;
    }
    let zone = &cinema.cinema.time_zone;
    match cinema.days.moment(day, time) {
        Ok(Moment::Plain(at)) => Some(at),
        Ok(Moment::Skipped(at)) => {
            let wall = at
                .to_zoned(cinema.days.zone().clone())
                .strftime("%H:%M")
                .to_string();
            problems.remark(
                line,
                format!("on {day} the clocks of {zone} skip {time}: the showtime begins at {wall}"),
            );
            Some(at)
        }
        Ok(Moment::Twice(at)) => {
            problems.remark(line, format!("on {day} the clocks of {zone} show {time} twice: the showtime begins the first time"));
            Some(at)
        }
        Err(error) => {
            problems.push(line, format!("{day} {time}: {error}"));
            None
        }
    }
}

/// The times of a section: `time = ".."` or `times = [..]`, one of the two.
fn read_times(section: &Section<'_>) -> Vec<Lined<DayTime>> {
    let (one, many) = (section.has("time"), section.has("times"));
    if one == many {
        section.problems().push(
            section.line(),
            "[[showtime]] needs either `time` or `times`",
        );
        return section
            .list("times", value::parsed)
            .into_iter()
            .take(0)
            .collect();
    }
    section.list(if one { "time" } else { "times" }, value::parsed)
}

/// What `key` names, or a problem that says what it may have meant.
fn named<'l, K, T>(
    section: &Section<'_>,
    key: &'static str,
    list: &'l Listed<K, T>,
) -> Option<(K, Option<&'l T>)>
where
    K: Ord + std::fmt::Display + std::str::FromStr<Err = crate::IdError>,
{
    let id: K = section.required(key, value::id)?;
    match list.get(&id) {
        Some(item) => Some((id, item)),
        None => {
            let ids: Vec<String> = list.ids().map(ToString::to_string).collect();
            let hint = section
                .problems()
                .hint(&id.to_string(), ids.iter().map(String::as_str));
            section.problems().push(
                section.line_of(key),
                format!("`{key}`: there is no [[{key}]] with the id \"{id}\"{hint}"),
            );
            None
        }
    }
}

/// The price book of a showtime that names none.
fn only_book<'l>(
    section: &Section<'_>,
    books: &'l Listed<PriceBookId, BookSection>,
) -> Option<(PriceBookId, Option<&'l BookSection>)> {
    let mut ids = books.ids();
    match (ids.next(), ids.next()) {
        (Some(only), None) => Some((only.clone(), books.get(only)?)),
        (Some(_), Some(_)) => {
            section.problems().push(
                section.line(),
                "[[showtime]] needs `price_book`, for there are several",
            );
            None
        }
        (None, _) => {
            section.problems().push(
                section.line(),
                "there is no [[price_book]] for this showtime",
            );
            None
        }
    }
}

/// `"en"`, or `{ language = "en", captions = true }`.
fn subtitles(value: &DeValue<'_>) -> Result<Subtitles, String> {
    let Some(table) = value.as_table() else {
        return Ok(Subtitles {
            language: value::language(value)?,
            captions: false,
        });
    };
    let (mut language, mut captions) = (None, false);
    for (key, item) in table {
        match key.get_ref().as_ref() {
            "language" => language = Some(value::language(item.get_ref())?),
            "captions" => {
                captions =
                    value::truth(item.get_ref()).map_err(|detail| format!("captions {detail}"))?;
            }
            other => {
                return Err(format!(
                    "has no key `{}` (there are: language, captions)",
                    value::shown(other)
                ));
            }
        }
    }
    language
        .map(|language| Subtitles { language, captions })
        .ok_or_else(|| "needs `language`".to_owned())
}
