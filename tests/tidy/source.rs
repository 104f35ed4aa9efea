//! What may stand in which Rust file.

use crate::checkout::Checkout;

/// Long enough for any module that does one thing; the median should be far below.
const ADVISED_LINES: usize = 400;

/// What begins a statement of SQL. Upper case, as we write it.
const SQL: [&str; 8] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "BEGIN IMMEDIATE",
    "PRAGMA ",
    "VACUUM INTO",
];

/// The crates that are a way to a database, so that SQL is their subject.
const SQL_CRATES: [&str; 2] = ["appliance/database/", "sync-agent/mailbox/"];

/// The files of a service that speak HTTP, besides `service/src/http`: who calls what, what is refused how, what is documented, what is streamed.
const HTTP_FILES: [&str; 10] = [
    "/routes.rs",
    "/router.rs",
    "/error.rs",
    "/service/src/control.rs",
    "/service/src/process.rs",
    "/extract.rs",
    "/fault.rs",
    "/refusal.rs",
    "/openapi.rs",
    "/live.rs",
];

/// A thing outside, how code names it, and the one place that may. A place that ends in `/` is a folder.
const OUTSIDE_THINGS: [(&str, &str, &[&str]); 3] = [
    ("MQTT's client", "rumqttc::", &["sync-agent/src/mqtt.rs"]),
    ("MQTT's broker", "rumqttd::", &["cloud-hub/src/broker.rs"]),
    ("ESC/POS", "escpos::", &["appliance/src/printer/"]),
];

pub(crate) fn sql(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in products(checkout).filter(|(path, _)| {
        !path.ends_with("/store.rs")
            && !path.ends_with("/tests.rs")
            && !SQL_CRATES.iter().any(|folder| path.starts_with(folder))
    }) {
        for (number, line) in code(production(text)) {
            if SQL.iter().any(|word| line.contains(&format!("\"{word}"))) {
                complaints.push(format!("{path}:{number} holds SQL. Put the query into the feature's store.rs, as a function that is named by its intent."));
            }
        }
    }
    complaints
}

pub(crate) fn axum(checkout: &Checkout) -> Vec<String> {
    let allowed = |path: &str| {
        path.starts_with("appliance/service/src/http")
            || HTTP_FILES.iter().any(|file| path.ends_with(file))
    };
    products(checkout)
        .filter(|(path, _)| !allowed(path))
        .flat_map(|(path, text)| code(text).filter(|(_, line)| line.contains("axum::")).map(move |(number, _)| (path, number)).collect::<Vec<_>>())
        .map(|(path, number)| {
            format!("{path}:{number} knows axum. A feature's HTTP stands in its routes.rs and calls the feature with plain values; what all routes share stands in service/src/http.")
        })
        .collect()
}

pub(crate) fn outside_things(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for (thing, name, places) in OUTSIDE_THINGS {
        for (path, text) in products(checkout)
            .filter(|(path, _)| !places.iter().any(|place| path.starts_with(place)))
        {
            for (number, _) in code(text).filter(|(_, line)| line.contains(name)) {
                complaints.push(format!("{path}:{number} knows {thing}, which only {} may. Give that file a function in our words and call it.", places.join(" and ")));
            }
        }
    }
    complaints
}

/// Which of two ready things is taken must follow from the code, or one seed is not one run.
pub(crate) fn no_dice_in_select(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in products(checkout) {
        let choices = text.split("select! {").skip(1);
        if choices
            .into_iter()
            .any(|choice| !choice.trim_start().starts_with("biased;"))
        {
            complaints.push(format!(
                "{path} has a select! that rolls dice. Begin it with `biased;` and put first what matters first, as shutdown does."
            ));
        }
    }
    complaints
}

pub(crate) fn nothing_left_for_later(checkout: &Checkout) -> Vec<String> {
    let found = [
        (
            ["#[ign", "ore"].concat(),
            "A test that is not run proves nothing: make it pass or take it out.",
        ),
        (["to", "do!("].concat(), "Build it whole or leave it out."),
        (
            ["unimpl", "emented!("].concat(),
            "Build it whole or leave it out.",
        ),
        (
            ["TO", "DO"].concat(),
            "File an issue; a comment is read by nobody who could act.",
        ),
        (
            ["FIX", "ME"].concat(),
            "File an issue; a comment is read by nobody who could act.",
        ),
    ];
    let mut complaints = Vec::new();
    for (path, text) in checkout.rust() {
        for (number, line) in text.lines().enumerate() {
            for (word, instead) in &found {
                if line.contains(word.as_str()) {
                    complaints.push(format!("{path}:{} has {word}. {instead}", number + 1));
                }
            }
        }
    }
    complaints
}

pub(crate) fn no_sleeps_in_tests(checkout: &Checkout) -> Vec<String> {
    let words = ["thread::sleep(", "time::sleep(", " sleep("];
    let mut complaints = Vec::new();
    // These rules themselves have to name what they refuse.
    for (path, text) in checkout
        .rust()
        .filter(|(path, _)| !path.starts_with("tests/tidy"))
    {
        let is_a_suite = path.starts_with("tests/")
            && !path.starts_with("tests/src/")
            && !path.starts_with("tests/tool-belt/");
        let after = if is_a_suite {
            0
        } else {
            production(text).lines().count()
        };
        for (number, _) in code(text).filter(|(number, line)| {
            *number > after && words.iter().any(|word| line.contains(word))
        }) {
            complaints.push(format!(
                "{path}:{number} sleeps in a test. A pause is too short on a busy machine and too long on any other: wait for the condition itself, or move the manual clock."
            ));
        }
    }
    complaints
}

pub(crate) fn module_docs(checkout: &Checkout) -> Vec<String> {
    checkout
        .rust()
        // What a file of tests is for, its folder says.
        .filter(|(path, _)| !path.ends_with("/tests.rs"))
        .filter(|(_, text)| !text.starts_with("//!") && !text.starts_with("#![doc = include_str!("))
        .map(|(path, _)| format!("{path} does not say what it is for. Begin it with one to three sentences: `//! ..`: its job, and what it refuses to know."))
        .collect()
}

pub(crate) fn longest_files(checkout: &Checkout) -> Vec<String> {
    let mut long: Vec<(usize, &str)> = checkout
        .rust()
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > ADVISED_LINES)
        .collect();
    long.sort_unstable_by(|one, other| other.cmp(one));
    long.into_iter()
        .map(|(lines, path)| format!("{path} has {lines} lines: does it do one thing?"))
        .collect()
}

/// The Rust files of what we ship: not the proofs and tools.
fn products(checkout: &Checkout) -> impl Iterator<Item = (&str, &str)> {
    checkout
        .rust()
        .filter(|(path, _)| !path.starts_with("tests/"))
}

/// The part of a file before its tests.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The lines that are not comments, numbered from one.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn sql_outside_a_store_is_seen() {
    let query = "//! Holds.\nlet rows = tx.query(\"SELECT seat FROM seat\", &[]);\n";
    assert_eq!(
        sql(&Checkout::of(&[("appliance/src/holds.rs", query)])).len(),
        1
    );
    assert!(sql(&Checkout::of(&[("appliance/src/holds/store.rs", query)])).is_empty());
}

#[test]
fn axum_outside_the_http_layer_is_seen() {
    let handler = "//! Holds.\nuse axum::Router;\n";
    assert_eq!(
        axum(&Checkout::of(&[("appliance/src/holds.rs", handler)])).len(),
        1
    );
    assert!(axum(&Checkout::of(&[("appliance/src/holds/routes.rs", handler)])).is_empty());
}

#[test]
fn a_second_place_that_knows_mqtt_is_seen() {
    let client = "//! Link.\nuse rumqttc::AsyncClient;\n";
    assert_eq!(
        outside_things(&Checkout::of(&[("appliance/src/link.rs", client)])).len(),
        1
    );
    assert!(outside_things(&Checkout::of(&[("sync-agent/src/mqtt.rs", client)])).is_empty());
}

#[test]
fn a_select_that_rolls_dice_is_seen() {
    let check = |count: usize, text: &str| {
        let text = format!("//! Link.\nfn run() {{ tokio::{text} }}\n");
        let checkout = Checkout::of(&[("sync-agent/src/link.rs", &text)]);
        assert_eq!(no_dice_in_select(&checkout).len(), count, "{text}");
    };
    check(0, "select! { biased; () = a => {} () = b => {} }");
    check(0, "select! {\n    biased;\n    () = a => {} }");
    check(1, "select! { () = a => {} () = b => {} }");
}

#[test]
fn unfinished_work_is_seen() {
    let text = ["//! Holds.\n#[ign", "ore]\nfn test() { to", "do!() }\n"].concat();
    assert_eq!(
        nothing_left_for_later(&Checkout::of(&[("tests/stories/main.rs", &text)])).len(),
        2
    );
}

#[test]
fn a_sleep_in_a_test_is_seen() {
    let text = "//! Holds.\nfn work() { thread::sleep(A); }\n#[cfg(test)]\nmod tests { fn test() { thread::sleep(B); } }\n";
    assert_eq!(
        no_sleeps_in_tests(&Checkout::of(&[("appliance/src/holds.rs", text)])).len(),
        1
    );
    assert_eq!(
        no_sleeps_in_tests(&Checkout::of(&[("tests/stories/holds.rs", text)])).len(),
        2
    );
}

#[test]
fn a_module_without_words_is_seen() {
    assert_eq!(
        module_docs(&Checkout::of(&[(
            "appliance/src/holds.rs",
            "use std::fmt;\n"
        )]))
        .len(),
        1
    );
}

#[test]
fn a_long_file_is_named() {
    let text = "//! Long.\n".repeat(ADVISED_LINES + 1);
    assert_eq!(
        longest_files(&Checkout::of(&[("appliance/src/holds.rs", &text)])).len(),
        1
    );
}
