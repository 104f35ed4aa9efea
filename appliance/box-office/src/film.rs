//! A film: facts only, and how one is projected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::FilmId;

/// A film and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Film {
    /// The film's id.
    pub id: FilmId,
    /// Rises with every change of what is written here; the hub refuses other content under a known version.
    pub version: u32,
    /// The title under which the cinema shows it.
    pub title: String,
    /// The title in the original language, if it is another one.
    pub original_title: Option<String>,
    /// Year of the first release.
    pub year: u16,
    /// Who directed it.
    pub directors: Vec<String>,
    /// Running time of the film itself in minutes, without advertisements.
    pub length_minutes: u16,
    /// Genres, in English words that the screens translate: `drama`, `science-fiction`.
    pub genres: Vec<String>,
    /// Original language, BCP 47: `ja`.
    pub original_language: String,
    /// What it is about, in each language by BCP 47; empty if nothing was written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub synopsis: BTreeMap<String, String>,
    /// Where its trailer is shown on the web, an `https` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer: Option<String>,
    /// Who may see it; nothing is known if absent, and then nobody is turned away.
    pub age_rating: Option<AgeRating>,
}

/// Who may see a film, by the rating body of the cinema's country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeRating {
    /// The body: `FSK`, `BBFC`.
    pub system: String,
    /// The label as it is shown: `12`.
    pub label: String,
    /// From which age guests are admitted on their own, in years; 0 for all.
    pub from_age: u8,
    /// From which age guests are admitted beside a parent, where the law knows that.
    pub accompanied_from_age: Option<u8>,
}

impl AgeRating {
    /// The youngest guest who may be in the room at all, in years.
    pub fn youngest(&self) -> u8 {
        self.accompanied_from_age
            .map_or(self.from_age, |age| age.min(self.from_age))
    }
}

/// How a film is projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Flat.
    #[serde(rename = "2D")]
    Flat,
    /// With glasses.
    #[serde(rename = "3D")]
    Stereo,
}

/// The genres that a programme file may name, for the screens translate each of them.
pub const GENRES: [&str; 24] = [
    "action",
    "adventure",
    "animation",
    "biography",
    "comedy",
    "concert",
    "crime",
    "documentary",
    "drama",
    "family",
    "fantasy",
    "history",
    "horror",
    "music",
    "musical",
    "mystery",
    "opera",
    "romance",
    "science-fiction",
    "silent",
    "sport",
    "thriller",
    "war",
    "western",
];
