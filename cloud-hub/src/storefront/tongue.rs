//! How a page speaks: the language that its address names or its reader's browser prefers, and how that language writes days, times, amounts
//! and the languages of films.

use std::collections::BTreeMap;

use box_office::Money;
use box_office::film::{AgeRating, Format};
use counter::language::{self, name_of};
use counter_api::Showtime;
use jiff::civil::Date;
use words::storefront::Words;
use words::{Language, booking, counted, fill, mail};

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Tongue {
    pub(super) language: Language,
    /// Whether the page's address names it, so that the pages that it leads to are addressed so too.
    pub(super) is_chosen: bool,
}

impl Tongue {
    /// The language that was chosen, or the one of ours that the reader likes best, as their browser says; English, if it says nothing.
    pub(super) fn of(chosen: Option<&str>, accepted: Option<&str>) -> Self {
        let ours = |tag: &str| Language::ALL.into_iter().find(|it| it.short() == tag);
        match chosen.and_then(ours) {
            Some(language) => Self {
                language,
                is_chosen: true,
            },
            None => Self {
                language: accepted.and_then(liked_best).unwrap_or_default(),
                is_chosen: false,
            },
        }
    }

    /// Its tag: `de`.
    pub(super) fn tag(self) -> &'static str {
        self.language.short()
    }

    pub(super) fn words(self) -> &'static Words {
        self.language.storefront()
    }

    /// What is said about a booking.
    pub(super) fn booking(self) -> &'static booking::Words {
        self.language.booking()
    }

    /// What is written to guests.
    pub(super) fn mail(self) -> &'static mail::Words {
        self.language.mail()
    }

    /// The address of another page of ours in this language.
    pub(super) fn link(self, path: &str) -> String {
        match self.is_chosen {
            true => in_language(path, self.language),
            false => path.to_owned(),
        }
    }

    /// How paper in this language writes.
    fn written(self) -> language::Language {
        language::Language::of_tag(self.tag())
    }

    /// `€12.50`, in which no line ends.
    pub(super) fn amount(self, amount: Money) -> String {
        self.written().amount(amount).replace(' ', "\u{a0}")
    }

    /// A rate in basis points: `7 %`.
    pub(super) fn rate(self, basis_points: u16) -> String {
        let rate = self.written().rate(basis_points.into());
        rate.replace(' ', "\u{a0}")
    }

    /// `Monday, 23 November 2026`.
    pub(super) fn day(self, day: Date) -> String {
        self.written().day(day)
    }

    /// `Mon 23 Nov`, with no year.
    pub(super) fn short_day(self, day: Date) -> String {
        self.written().short_day(day)
    }

    /// Today, tomorrow, or the day in short.
    pub(super) fn near_day(self, day: Date, today: Date) -> String {
        match day {
            day if day == today => self.words().today.to_owned(),
            day if today.tomorrow().is_ok_and(|next| next == day) => {
                self.words().tomorrow.to_owned()
            }
            day => self.short_day(day),
        }
    }

    /// `153 min`.
    pub(super) fn minutes(self, minutes: u16) -> String {
        fill(self.words().minutes, &[("count", &minutes.to_string())])
    }

    pub(super) fn counted(self, text: &str, count: u32) -> String {
        counted(self.language, text, count.into())
    }

    /// What a language is called where nothing stands before it: `German`, `Allemand`.
    pub(super) fn name_of(self, tag: &str) -> String {
        begun_large(&name_of(self.written(), tag))
    }

    /// The version that a showtime shows: `English, German subtitles, 3D`.
    pub(super) fn version(self, showtime: &Showtime) -> String {
        let words = self.words();
        let name = |tag: &str| name_of(self.written(), tag);
        let mut parts = vec![name(&showtime.language)];
        if let Some(subtitles) = &showtime.subtitles {
            let text = match subtitles.captions {
                true => words.captions,
                false => words.subtitles,
            };
            let language = name(&subtitles.language);
            parts.push(fill(text, &[("language", &language)]));
        }
        match showtime.format {
            counter_api::Format::Stereo => parts.push(format_name(Format::Stereo).to_owned()),
            counter_api::Format::Flat => {}
        }
        if showtime.audio_description {
            parts.push(words.audio_description.to_owned());
        }
        begun_large(&parts.join(", "))
    }

    /// Who may see a film, in words.
    pub(super) fn age_rule(self, rating: &AgeRating) -> String {
        let (words, name) = (self.words(), rating_name(rating));
        let age = rating.from_age.to_string();
        match rating.accompanied_from_age {
            _ if rating.youngest() == 0 && rating.from_age == 0 => {
                fill(words.age_for_all, &[("rating", &name)])
            }
            Some(least) if least < rating.from_age => {
                let least = least.to_string();
                let values = [("rating", name.as_str()), ("age", &age), ("least", &least)];
                fill(words.age_accompanied, &values)
            }
            Some(_) | None => fill(words.age_checked, &[("rating", &name), ("age", &age)]),
        }
    }

    /// The text in this language, or another one with its tag.
    pub(super) fn pick(self, texts: &BTreeMap<String, String>) -> Option<(&str, &str)> {
        let english = Language::English.short();
        let own = texts.get_key_value(self.tag());
        let found = own.or_else(|| texts.get_key_value(english));
        let (tag, text) = found.or_else(|| texts.first_key_value())?;
        Some((tag, text))
    }

    /// The name of a kind of ticket, or what stands beside it.
    pub(super) fn name(self, texts: &BTreeMap<String, String>) -> &str {
        self.language.pick(texts).unwrap_or_default()
    }
}

/// The text with a capital at its beginning.
fn begun_large(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next();
    let first = first.into_iter().flat_map(char::to_uppercase);
    first.chain(signs).collect()
}

/// `FSK 12`.
pub(super) fn rating_name(rating: &AgeRating) -> String {
    format!("{} {}", rating.system, rating.label)
}

/// How a film is projected, which every language calls alike.
fn format_name(format: Format) -> &'static str {
    match format {
        Format::Flat => "2D",
        Format::Stereo => "3D",
    }
}

/// The address of the same page in a language that it names.
pub(super) fn in_language(path: &str, language: Language) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}lang={}", language.short())
}

/// The language of ours that stands first in a list of what is liked, by how much it is.
fn liked_best(accepted: &str) -> Option<Language> {
    let mut liked: Vec<(u16, Language)> = Vec::new();
    for one in accepted.split(',') {
        let (tag, quality) = one.split_once(';').unwrap_or((one, "q=1"));
        let main = language::main_part(tag.trim());
        let ours = Language::ALL.into_iter().find(|it| it.short() == main);
        if let Some(language) = ours {
            liked.push((thousandths(quality.trim()), language));
        }
    }
    liked.retain(|(how, _)| *how > 0);
    // Of those that are liked alike the first.
    liked.sort_by_key(|(how, _)| std::cmp::Reverse(*how));
    liked.first().map(|(_, language)| *language)
}

/// A quality value in thousandths (RFC 9110, section 12.4.2): `q=0.8`; what is none counts in full.
fn thousandths(quality: &str) -> u16 {
    let Some(value) = quality.strip_prefix("q=") else {
        return 1000;
    };
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    if whole != "0" {
        return 1000;
    }
    let rest: String = format!("{rest:0<3}").chars().take(3).collect();
    rest.parse().unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_speaks_as_its_address_says_or_as_its_reader_likes_best() {
        let check = |chosen: Option<&str>, accepted: Option<&str>, tag: &str| {
            let tongue = Tongue::of(chosen, accepted);
            assert_eq!(tongue.tag(), tag, "{chosen:?} {accepted:?}");
        };
        check(None, None, "en");
        check(None, Some("de-AT,de;q=0.9,en;q=0.8"), "de");
        check(None, Some("ja, fr;q=0.4, es;q=0.41"), "es");
        check(None, Some("en;q=0.5,FR"), "fr");
        check(None, Some("de;q=0, es;q=0.001"), "es");
        check(None, Some("ja,*;q=0.1"), "en");
        check(None, Some(";;q=,,"), "en");
        check(Some("fr"), Some("de"), "fr");
        check(Some("klingon"), Some("de"), "de");
    }

    #[test]
    fn a_language_that_was_chosen_is_kept_in_every_link() {
        let chosen = Tongue::of(Some("de"), None);
        assert_eq!(chosen.link("/"), "/?lang=de");
        assert_eq!(
            chosen.link("/cinemas/a?day=2026-11-23"),
            "/cinemas/a?day=2026-11-23&lang=de"
        );
        let liked = Tongue::of(None, Some("de"));
        assert_eq!(liked.link("/cinemas/a"), "/cinemas/a");
    }
}
