//! Single values of the file: each reader gives the value, or says in words what it should have been.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use toml::de::DeValue;

use super::suggest::did_you_mean;
use crate::text::{plain, turns};
use crate::{Currency, IdError};

/// The longest text in characters: a title, a name, a line of an address must fit a ticket.
const LONGEST_TEXT: usize = 200;

/// The longest text that is read at leisure, in characters: what a film is about fits a screen with its times.
const LONGEST_PROSE: usize = 600;

/// The longest address of a page, in characters.
const LONGEST_ADDRESS: usize = 500;

/// The longest drawing or table in bytes.
const LONGEST_DRAWING: usize = 64 * 1024;

/// The highest price in minor units: a slip of the keyboard, not a ticket, is above it.
const HIGHEST_PRICE: i64 = 10_000_000;

/// The languages of the screens: every name that guests read must be there in each.
pub(super) const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

/// What a value is, in a writer's words.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A text of the file as it is repeated in a message: short, and nothing that upsets a terminal.
pub(super) fn shown(text: &str) -> String {
    let short: String = text
        .chars()
        .take(60)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().count() > 60 {
        short + ".."
    } else {
        short
    }
}

fn string<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("must be a text in quotes, not {}", kind(value)))
}

/// A text of one line, in the form in which it is kept.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, String> {
    text_up_to(LONGEST_TEXT, value)
}

fn text_up_to(longest: usize, value: &DeValue<'_>) -> Result<String, String> {
    let written = string(value)?;
    if written.chars().any(char::is_control) {
        return Err("must be one line without control characters".to_owned());
    }
    if turns(written) {
        return Err("has signs that turn the direction of the text: leave them out".to_owned());
    }
    let text = plain(written);
    match text.trim() {
        "" => Err("may not be empty".to_owned()),
        trimmed if trimmed.len() != text.len() => {
            Err("has a space at its beginning or end".to_owned())
        }
        _ if text.chars().count() > longest => Err(format!("has more than {longest} characters")),
        _ => Ok(text),
    }
}

/// A text of several lines.
pub(super) fn drawn_text(value: &DeValue<'_>) -> Result<String, String> {
    match string(value)? {
        text if text.len() > LONGEST_DRAWING => {
            Err(format!("has more than {LONGEST_DRAWING} bytes"))
        }
        text => Ok(text.to_owned()),
    }
}

/// An id.
pub(super) fn id<T: FromStr<Err = IdError>>(value: &DeValue<'_>) -> Result<T, String> {
    let text = string(value)?;
    text.parse()
        .map_err(|error| format!("{:?}: {error}", shown(text)))
}

/// Anything that is read from a text and says itself what is wrong with it.
pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(value: &DeValue<'_>) -> Result<T, String> {
    string(value)?
        .parse()
        .map_err(|error: T::Err| error.to_string())
}

/// A whole number from `least` to `most`.
pub(super) fn whole<T: TryFrom<i64>>(
    least: i64,
    most: i64,
) -> impl Fn(&DeValue<'_>) -> Result<T, String> {
    move |value| {
        let wanted = || format!("must be a whole number from {least} to {most}");
        let integer = value
            .as_integer()
            .ok_or_else(|| format!("{}, not {}", wanted(), kind(value)))?;
        let number =
            i64::from_str_radix(integer.as_str(), integer.radix()).map_err(|_| wanted())?;
        if !(least..=most).contains(&number) {
            return Err(format!("{}, not {number}", wanted()));
        }
        T::try_from(number).map_err(|_| wanted())
    }
}

/// A point: `[250, 360]`, each from 0 to `most`.
pub(super) fn point(most: i32) -> impl Fn(&DeValue<'_>) -> Result<(i32, i32), String> {
    move |value| {
        let wanted = || {
            format!(
                "must be two numbers, from the left wall and from the screen, as [250, 360], not {}",
                kind(value)
            )
        };
        let Some([x, y]) = value.as_array().map(AsRef::as_ref) else {
            return Err(wanted());
        };
        let number = whole(0, most.into());
        Ok((number(x.get_ref())?, number(y.get_ref())?))
    }
}

/// True or false.
pub(super) fn truth(value: &DeValue<'_>) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("must be true or false, not {}", kind(value)))
}

/// One of some words.
pub(super) fn one_of<T: Copy>(
    words: &[(&'static str, T)],
) -> impl Fn(&DeValue<'_>) -> Result<T, String> {
    move |value| {
        let text = string(value)?;
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, meaning)| *meaning);
        found.ok_or_else(|| {
            format!(
                "{:?} is not known{}",
                shown(text),
                did_you_mean(text, words.iter().map(|(word, _)| *word))
            )
        })
    }
}

/// A language by BCP 47, as far as it can be checked without a list: `de`, `pt-BR`; `zxx` where nobody speaks.
pub(super) fn language(value: &DeValue<'_>) -> Result<String, String> {
    let text = string(value)?;
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|part| {
        matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase())
    });
    let rest = parts.all(|part| {
        (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if first && rest && text.len() <= 35 {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{:?} is not a language: a BCP 47 tag, as \"de\" or \"pt-BR\"",
            shown(text)
        ))
    }
}

/// A text in each of the screens' languages: `{ en = "Adult", de = ".." }`.
pub(super) fn in_each_language(value: &DeValue<'_>) -> Result<BTreeMap<String, String>, String> {
    each_language(LONGEST_TEXT, value)
}

/// The same for what is read at leisure.
pub(super) fn prose_in_each_language(
    value: &DeValue<'_>,
) -> Result<BTreeMap<String, String>, String> {
    each_language(LONGEST_PROSE, value)
}

/// The address of a page on the web that guests are led to.
pub(super) fn web_address(value: &DeValue<'_>) -> Result<String, String> {
    let text = text_up_to(LONGEST_ADDRESS, value)?;
    let is_host = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        let is_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
        name.contains('.')
            && name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && name.chars().all(is_of_a_name)
            && port.chars().all(|digit| digit.is_ascii_digit())
            && port.parse::<u16>().is_ok()
    };
    let is_address = text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let is_of_an_address =
            |letter: char| letter.is_ascii_graphic() && !"\"<>\\^`{|}".contains(letter);
        is_host(host) && rest.chars().all(is_of_an_address)
    });
    match is_address {
        true => Ok(text),
        false => Err(format!(
            "{text:?} is not the address of a page, as \"https://www.example.org/trailer\""
        )),
    }
}

fn each_language(longest: usize, value: &DeValue<'_>) -> Result<BTreeMap<String, String>, String> {
    let table = value.as_table().ok_or_else(|| {
        format!(
            "must be a table of languages, as {{ en = \"Adult\" }}, not {}",
            kind(value)
        )
    })?;
    let mut names = BTreeMap::new();
    for (key, name) in table {
        let language = self::language(&DeValue::String(key.get_ref().clone()))?;
        let name = text_up_to(longest, name.get_ref())
            .map_err(|detail| format!("{language}: {detail}"))?;
        names.insert(language, name);
    }
    let missing: Vec<&str> = LANGUAGES
        .into_iter()
        .filter(|language| !names.contains_key(*language))
        .collect();
    if missing.is_empty() {
        Ok(names)
    } else {
        Err(format!(
            "is not there in {}; the screens speak {}",
            missing.join(", "),
            LANGUAGES.join(", ")
        ))
    }
}

/// An amount of money in the currency's units, exact to its smallest: `9.50`. It is a text, for a number with a point is not
/// exact.
pub(super) fn amount(currency: Currency) -> impl Fn(&DeValue<'_>) -> Result<i64, String> {
    move |value| match value {
        DeValue::String(text) => minor_units(text, currency),
        DeValue::Integer(_) | DeValue::Float(_) => Err(format!(
            "must be a text in quotes, as {:?}",
            example(currency)
        )),
        DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            Err(format!(
                "must be an amount, as {:?}, not {}",
                example(currency),
                kind(value)
            ))
        }
    }
}

/// The minor units of an amount as [`amount`] reads it.
pub(super) fn minor_units(text: &str, currency: Currency) -> Result<i64, String> {
    let wanted = || {
        format!(
            "{:?} is not an amount: write {}",
            shown(text),
            example(currency)
        )
    };
    if text.starts_with('-') {
        return Err(format!(
            "{:?} is negative; a price is 0 or more",
            shown(text)
        ));
    }
    let digits = usize::try_from(currency.minor_digits()).unwrap_or(0);
    let (units, fraction) = match text.split_once('.') {
        Some((units, fraction)) => (units, fraction),
        None => (text, ""),
    };
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if units.is_empty()
        || fraction.len() != digits
        || !plain(units)
        || !plain(fraction)
        || (digits == 0 && text.contains('.'))
    {
        return Err(wanted());
    }
    match format!("{units}{fraction}").parse() {
        Ok(minor) if minor <= HIGHEST_PRICE => Ok(minor),
        Ok(_) | Err(_) => Err(format!("{:?} is more than any ticket costs", shown(text))),
    }
}

fn example(currency: Currency) -> &'static str {
    match currency.minor_digits() {
        0 => "950",
        3 => "9.500",
        _ => "9.50",
    }
}

const WEEKDAYS: [(&str, u8); 7] = [
    ("mon", 1),
    ("tue", 2),
    ("wed", 3),
    ("thu", 4),
    ("fri", 5),
    ("sat", 6),
    ("sun", 7),
];

/// A weekday or a range of them, as numbers from 1 for Monday: `mon`, `fri..mon`.
pub(super) fn weekdays(value: &DeValue<'_>) -> Result<BTreeSet<u8>, String> {
    let text = string(value)?;
    let number = |word: &str| one_of(&WEEKDAYS)(&DeValue::String(word.into()));
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    let mut days = BTreeSet::from([first]);
    let mut day = first;
    while day != last {
        day = day % 7 + 1;
        days.insert(day);
    }
    Ok(days)
}
