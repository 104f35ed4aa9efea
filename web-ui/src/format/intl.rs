//! Amounts, days and language names through the browser's `Intl`, which brings every locale's rules without a byte of ours.

use std::cell::RefCell;
use std::collections::HashMap;

use box_office::Money;
use js_sys::{Array, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::words::Language;

thread_local! {
    /// Making a formatter takes the browser longer than using it; a room of 400 seats uses it 400 times.
    static FORMATTERS: RefCell<HashMap<String, Function>> = RefCell::new(HashMap::new());
}

/// An amount as on a price tag: `€12.50`, `12,50 €`.
pub fn money(amount: Money, language: Language) -> String {
    money_as(amount, language, "symbol")
}

/// An amount as it is spoken: `14 euros`.
pub fn money_spoken(amount: Money, language: Language) -> String {
    money_as(amount, language, "name")
}

/// A business day in full: `Monday 23 November`.
pub fn day_name(day: &str, language: Language) -> String {
    day_as(
        day,
        language,
        &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
    )
}

/// A business day in short: `Mon 23 Nov`.
pub fn day_short(day: &str, language: Language) -> String {
    day_as(
        day,
        language,
        &[("weekday", "short"), ("day", "numeric"), ("month", "short")],
    )
}

/// What BCP 47 calls the language of a film in which nobody speaks.
const NOBODY_SPEAKS: &str = "zxx";

/// The name of a language by its BCP 47 tag; the tag itself where the browser knows no name.
pub fn language_name(tag: &str, language: Language) -> String {
    if tag == NOBODY_SPEAKS {
        return language.shared().without_dialogue.to_owned();
    }
    let named = || -> Option<String> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let names: Function = Reflect::get(&intl, &"DisplayNames".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let arguments = Array::of2(&language.tag().into(), &options(&[("type", "language")]));
        let names = Reflect::construct(&names, &arguments).ok()?;
        let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
        of.call1(&names, &tag.into()).ok()?.as_string()
    };
    named().unwrap_or_else(|| tag.to_owned())
}

fn money_as(amount: Money, language: Language, display: &str) -> String {
    // The digits go over as a text, which `Intl` formats exactly.
    let written = amount.to_string();
    let digits = written.split(' ').next().unwrap_or_default();
    let currency = amount.currency.as_str();
    let key = format!("{} {currency} {display}", language.tag());
    let make = || {
        let options = options(&[
            ("style", "currency"),
            ("currency", currency),
            ("currencyDisplay", display),
            (
                "trailingZeroDisplay",
                if display == "name" {
                    "stripIfInteger"
                } else {
                    "auto"
                },
            ),
        ]);
        Intl::NumberFormat::new(&Array::of1(&language.tag().into()), &options).format()
    };
    formatted(key, make, &digits.into()).unwrap_or(written)
}

/// A moment on the reader's own clock with the name of its zone: `Mon 23 Nov, 19:00 CET`.
pub fn moment(rfc3339: &str, language: Language) -> String {
    let fields = options(&[
        ("weekday", "short"),
        ("day", "numeric"),
        ("month", "short"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ]);
    let make = || Intl::DateTimeFormat::new(&Array::of1(&language.tag().into()), &fields).format();
    let moment = js_sys::Date::new(&rfc3339.into());
    formatted(format!("{} moment", language.tag()), make, &moment)
        .unwrap_or_else(|| rfc3339.to_owned())
}

fn day_as(day: &str, language: Language, fields: &[(&str, &str)]) -> String {
    let fields_key: String = fields
        .iter()
        .flat_map(|(name, value)| [*name, *value])
        .collect();
    let key = format!("{} {fields_key}", language.tag());
    let make = || {
        let options = options(fields);
        let _ = Reflect::set(&options, &"timeZone".into(), &"UTC".into());
        Intl::DateTimeFormat::new(&Array::of1(&language.tag().into()), &options).format()
    };
    let date = js_sys::Date::new(&day.into());
    formatted(key, make, &date).unwrap_or_else(|| day.to_owned())
}

fn formatted(key: String, make: impl FnOnce() -> Function, value: &JsValue) -> Option<String> {
    FORMATTERS.with_borrow_mut(|formatters| {
        formatters
            .entry(key)
            .or_insert_with(make)
            .call1(&JsValue::UNDEFINED, value)
            .ok()?
            .as_string()
    })
}

fn options(fields: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    options
}
