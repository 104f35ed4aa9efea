//! `[[film]]`.

use toml::de::DeValue;

use super::cinema::CinemaSection;
use super::section::{Listed, Section};
use super::value;
use crate::FilmId;
use crate::programme::{AgeRating, Film, GENRES};

/// The first film was shown in 1895.
const FIRST_YEAR: i64 = 1888;

/// The longest film in minutes that is shown in one go: beyond ten hours it is a slip of the keyboard.
const LONGEST_FILM: i64 = 600;

/// The highest version of a film, a price book or a room.
pub(super) const HIGHEST_VERSION: i64 = 1_000_000;

pub(super) fn read_all(
    sections: &[Section<'_>],
    cinema: Option<&CinemaSection>,
) -> Listed<FilmId, Film> {
    Listed::read(sections, |section| read(section, cinema))
}

fn read(section: &Section<'_>, cinema: Option<&CinemaSection>) -> (Option<FilmId>, Option<Film>) {
    let id: Option<FilmId> = section.required("id", value::id);
    let version = section.required("version", value::whole(1, HIGHEST_VERSION));
    let title = section.required("title", value::text);
    let original_title = section.optional("original_title", value::text);
    let year = section.required("year", value::whole(FIRST_YEAR, 2100));
    let directors = section.some("directors", value::text);
    let length_minutes = section.required("length_minutes", value::whole(1, LONGEST_FILM));
    let genres = section.some("genres", value::one_of(&GENRES.map(|genre| (genre, genre))));
    let original_language = section.required("original_language", value::language);
    let synopsis = section.optional("synopsis", value::prose_in_each_language);
    let trailer = section.optional("trailer", value::web_address);
    let age_rating = section.optional("age_rating", |value| age_rating(value, cinema));

    let film = || {
        Some(Film {
            id: id.clone()?,
            version: version?,
            title: title?,
            original_title,
            year: year?,
            directors: directors?,
            length_minutes: length_minutes?,
            genres: genres?.into_iter().map(str::to_owned).collect(),
            original_language: original_language?,
            synopsis: synopsis.unwrap_or_default(),
            trailer,
            age_rating: age_rating.flatten(),
        })
    };
    let film = film();
    (id, film)
}

/// The rating with this label; nothing if the cinema could not be read, for then its labels are not known.
fn age_rating(
    value: &DeValue<'_>,
    cinema: Option<&CinemaSection>,
) -> Result<Option<AgeRating>, String> {
    let label = value::text(value)?;
    let Some(cinema) = cinema else {
        return Ok(None);
    };
    let found = cinema
        .age_ratings
        .iter()
        .find(|rating| rating.label == label)
        .cloned();
    let labels: Vec<&str> = cinema
        .age_ratings
        .iter()
        .map(|rating| rating.label.as_str())
        .collect();
    match found {
        Some(rating) => Ok(Some(rating)),
        None if labels.is_empty() => Err("the cinema has no table [cinema.age_ratings]".to_owned()),
        None => Err(format!(
            "{label:?} is not one of the cinema's age ratings: {}",
            labels.join(", ")
        )),
    }
}
