//! `[[price_book]]`: kinds of ticket, bands of time, and a table of prices for each band.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeValue;

use super::films::HIGHEST_VERSION;
use super::section::{Listed, Section, sections};
use super::value;
use crate::price::{Channel, Holiday, OnHolidays, PriceBook, TicketKind, TimeBand};
use crate::refund_rules::{LONGEST_NOTICE_MINUTES, RefundRules, RefundsUntil};
use crate::tax::TaxRate;
use crate::{Currency, DayTime, Money, PriceBookId, SeatKind, TicketKindId};

/// The most kinds of ticket, and the most bands of time, of one price book: more than a guest or a manager could read.
const MOST_KINDS: usize = 50;

/// A price book, and where its tables stand.
pub(super) struct BookSection {
    pub(super) book: PriceBook,
    /// For each band of time: the line of its table, and the kinds of seat that the table has a column for.
    pub(super) tables: Vec<(usize, BTreeSet<SeatKind>)>,
}

pub(super) fn read_all(
    sections: &[Section<'_>],
    currency: Option<Currency>,
) -> Listed<PriceBookId, BookSection> {
    Listed::read(sections, |section| read(section, currency))
}

fn read(
    section: &Section<'_>,
    currency: Option<Currency>,
) -> (Option<PriceBookId>, Option<BookSection>) {
    let id: Option<PriceBookId> = section.required("id", value::id);
    let version = section.required("version", value::whole(1, HIGHEST_VERSION));
    let name = section.required("name", value::text);
    let tax = section.required("tax_basis_points", tax_rate);
    let surcharge_3d_minor =
        currency.and_then(|currency| section.optional("surcharge_3d", value::amount(currency)));
    // Asked for even where the cinema's currency could not be read, so that the key is known.
    let surcharge_is_given = section.has("surcharge_3d");
    let holidays: Vec<Holiday> = section
        .list("holidays", holiday)
        .into_iter()
        .map(|lined| lined.value)
        .collect();
    let refunds = read_refunds(section, currency);
    let ticket_kinds = read_ticket_kinds(section);
    let bands = read_time_bands(section, currency, ticket_kinds.as_deref());

    let book = || {
        let (time_bands, tables) = bands?.into_iter().unzip();
        let surcharge_3d_minor = if surcharge_is_given {
            surcharge_3d_minor?
        } else {
            0
        };
        let book = PriceBook {
            id: id.clone()?,
            version: version?,
            name: name?,
            currency: currency?,
            tax: tax?,
            surcharge_3d_minor,
            refunds: refunds?,
            ticket_kinds: ticket_kinds?,
            holidays,
            time_bands,
        };
        Some(BookSection { book, tables })
    };
    let book = book();
    (id, book)
}

/// `[price_book.refunds]`; where it is left out, the whole price goes back until the showtime begins.
fn read_refunds(book: &Section<'_>, currency: Option<Currency>) -> Option<RefundRules> {
    let Some(section) = book.section("refunds", false) else {
        return (!book.has("refunds")).then(RefundRules::default);
    };
    let until = match section.has("until_minutes") {
        true => section.optional("until_minutes", refunds_until),
        false => Some(RefundsUntil::default()),
    };
    let kept = section.has("kept");
    // Asked for even where the cinema's currency could not be read, so that the key is known.
    let kept_minor: Option<i64> = match (kept, currency) {
        (false, _) => Some(0),
        (true, currency) => section.optional("kept", value::amount(currency?)),
    };
    // The rest of a price could be given back to no card.
    let step_minor = currency.map_or(1, Currency::step_minor);
    if kept_minor.is_some_and(|minor| minor % step_minor != 0) {
        let step = currency.map(|currency| Money::new(step_minor, currency).to_string());
        let step = step.unwrap_or_default();
        section.problems().push(
            section.line_of("kept"),
            format!("`kept` must be a multiple of {step}: no card is given less back"),
        );
    }
    if kept && until == Some(RefundsUntil::Never) {
        section.problems().push(
            section.line_of("kept"),
            "`kept` is what the cinema keeps of a ticket that goes back, and by `until_minutes` none does: leave one of them out",
        );
    }
    section.finish();
    Some(RefundRules {
        until: until?,
        kept_minor: kept_minor?,
    })
}

fn refunds_until(value: &DeValue<'_>) -> Result<RefundsUntil, String> {
    let most = i64::from(LONGEST_NOTICE_MINUTES);
    match value.as_str() {
        Some("never") => Ok(RefundsUntil::Never),
        Some(other) => Err(format!(
            "{:?} is neither a number of minutes before the start, from 0 to {most}, nor \"never\"",
            value::shown(other)
        )),
        None => value::whole::<u32>(0, most)(value)
            .map(RefundsUntil::MinutesBefore)
            .map_err(|detail| format!("{detail}, or \"never\"")),
    }
}

fn tax_rate(value: &DeValue<'_>) -> Result<TaxRate, String> {
    let basis_points: u16 = value::whole(0, 10_000)(value)
        .map_err(|detail| format!("{detail}, in hundredths of a percent: 7 % is 700"))?;
    TaxRate::from_basis_points(basis_points).map_err(|error| error.to_string())
}

/// `12-25` is every year, `2027-03-26` once.
fn holiday(value: &DeValue<'_>) -> Result<Holiday, String> {
    let text = value::text(value)?;
    let refused = || {
        format!(
            "{:?} is not a holiday: \"12-25\" for every year, \"2027-03-26\" for once",
            value::shown(&text)
        )
    };
    if let Ok(date) = text.parse() {
        return if text.len() == 10 {
            Ok(Holiday::On(date))
        } else {
            Err(refused())
        };
    }
    // 2000 has a 29 February.
    let date: jiff::civil::Date = format!("2000-{text}").parse().map_err(|_| refused())?;
    if text.len() == 5 {
        Ok(Holiday::Yearly {
            month: date.month(),
            day: date.day(),
        })
    } else {
        Err(refused())
    }
}

fn read_ticket_kinds(book: &Section<'_>) -> Option<Vec<TicketKind>> {
    let sections = sections(book, "ticket_kind");
    if sections.is_empty() || sections.len() > MOST_KINDS {
        book.problems().push(book.line(), format!("a price book needs 1 to {MOST_KINDS} tables [[price_book.ticket_kind]], the full price first; it has {}", sections.len()));
        return None;
    }
    if let Some(first) = sections.first() {
        for key in ["max_age", "sold_at"] {
            if first.has(key) {
                first.problems().push(first.line_of(key), format!("the first kind of ticket is the default, for every film and at every counter: it cannot have `{key}`"));
            }
        }
    }
    let kinds = Listed::read(&sections, read_ticket_kind).into_items();
    (kinds.len() == sections.len()).then_some(kinds)
}

fn read_ticket_kind(section: &Section<'_>) -> (Option<TicketKindId>, Option<TicketKind>) {
    let age = value::whole::<u8>(0, 120);
    let id: Option<TicketKindId> = section.required("id", value::id);
    let names = section.required("names", value::in_each_language);
    let notes = section
        .optional("notes", value::in_each_language)
        .unwrap_or_default();
    let min_age = section.optional("min_age", &age);
    let max_age = section.optional("max_age", &age);
    if let (Some(least), Some(most)) = (min_age, max_age)
        && least > most
    {
        section.problems().push(
            section.line_of("max_age"),
            format!("nobody is at least {least} and at most {most} years old"),
        );
    }
    let is_accompanied = section.optional("accompanied", value::truth);
    if section.has("accompanied") && !section.has("max_age") {
        section.problems().push(
            section.line_of("accompanied"),
            "`accompanied` says what becomes of a kind whose `max_age` is below the age from which a film admits: it needs `max_age`"
                .to_owned(),
        );
    }
    let channels = if section.has("sold_at") {
        let words = value::one_of(&[
            ("kiosk", Channel::Kiosk),
            ("till", Channel::Till),
            ("online", Channel::Online),
        ]);
        section.some("sold_at", words).map(BTreeSet::from_iter)
    } else {
        Some(BTreeSet::from(Channel::ALL))
    };
    let kind = || {
        Some(TicketKind {
            id: id.clone()?,
            names: names?,
            notes,
            min_age,
            max_age,
            is_only_alone: is_accompanied == Some(false),
            channels: channels?,
        })
    };
    let kind = kind();
    (id, kind)
}

type Bands = Vec<(TimeBand, (usize, BTreeSet<SeatKind>))>;

fn read_time_bands(
    book: &Section<'_>,
    currency: Option<Currency>,
    kinds: Option<&[TicketKind]>,
) -> Option<Bands> {
    let sections = sections(book, "time_band");
    if sections.is_empty() || sections.len() > MOST_KINDS {
        book.problems().push(
            book.line(),
            format!(
                "a price book needs 1 to {MOST_KINDS} tables [[price_book.time_band]]; it has {}",
                sections.len()
            ),
        );
        return None;
    }
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut bands = Vec::new();
    for section in &sections {
        if let Some((band, columns)) = read_time_band(section, currency, kinds) {
            if let Some(line) = names.insert(band.name.clone(), section.line()) {
                section.problems().push(
                    section.line_of("name"),
                    format!(
                        "the time band {:?} is there already, on line {line}",
                        band.name
                    ),
                );
            }
            bands.push((band, (section.line_of("prices"), columns)));
        }
        section.finish();
    }
    if bands.len() < sections.len() {
        return None;
    }
    let (last, section) = bands.last().zip(sections.last())?;
    let everything = last.0.weekdays.len() == 7
        && last.0.from.is_none()
        && last.0.until.is_none()
        && last.0.holidays == OnHolidays::Also;
    if !everything {
        section.problems().push(section.line(), "the last time band is for every time that no other band has: it cannot have `weekdays`, `from`, `until` or `holidays`");
    }
    Some(bands)
}

fn read_time_band(
    section: &Section<'_>,
    currency: Option<Currency>,
    kinds: Option<&[TicketKind]>,
) -> Option<(TimeBand, BTreeSet<SeatKind>)> {
    let name = section.required("name", value::text);
    let weekdays: BTreeSet<u8> = if section.has("weekdays") {
        section
            .some("weekdays", value::weekdays)
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .collect()
    } else {
        (1..=7).collect()
    };
    let from: Option<DayTime> = section.optional("from", value::parsed);
    let until: Option<DayTime> = section.optional("until", value::parsed);
    let words = [
        ("also", OnHolidays::Also),
        ("never", OnHolidays::Never),
        ("only", OnHolidays::Only),
    ];
    let holidays = section
        .optional("holidays", value::one_of(&words))
        .unwrap_or(OnHolidays::Also);
    if let (Some(first), Some(last)) = (from, until)
        && first >= last
    {
        section.problems().push(
            section.line_of("until"),
            format!(
                "no time is from {first} and before {last}; after midnight write 24:00 and more"
            ),
        );
    }
    if holidays == OnHolidays::Only && section.has("weekdays") {
        section.problems().push(
            section.line_of("weekdays"),
            "a band for holidays only holds on every weekday: leave `weekdays` out",
        );
    }
    let lines = section.lines("prices")?;
    let (prices, columns) = table::read(section, &lines, currency?, kinds?)?;
    Some((
        TimeBand {
            name: name?,
            weekdays,
            from,
            until,
            holidays,
            prices,
        },
        columns,
    ))
}
