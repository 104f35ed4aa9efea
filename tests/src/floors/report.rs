//! The findings in words, a line for each thing that can be cut.

use std::collections::BTreeSet;

use super::{House, Use, circles, houses};
use crate::checkout::Checkout;

/// Everything that `cargo circles` says.
pub fn report(checkout: &Checkout) -> String {
    let houses = houses(checkout);
    let mut lines = Vec::new();
    let (count, found) = circle_lines(&houses);
    lines.push(format!("{count} modules stand in circles."));
    lines.extend(found);
    for (title, found) in [
        (
            "stores are named from outside their room",
            store_lines(&houses),
        ),
        ("files know App and should not", app_lines(&houses)),
    ] {
        lines.push(format!("\n{} {title}.", found.len()));
        lines.extend(found);
    }
    lines.join("\n") + "\n"
}

/// How many modules stand in circles, and each circle with its arrows.
pub fn circle_lines(houses: &[House]) -> (usize, Vec<String>) {
    let (mut count, mut lines) = (0, Vec::new());
    for circle in houses.iter().flat_map(circles) {
        count += circle.modules.len();
        let names: Vec<_> = circle.modules.iter().map(String::as_str).collect();
        lines.push(format!("\n{}: {}", circle.inside, names.join(", ")));
        for ((from, to), uses) in &circle.arrows {
            lines.push(format!("  {from} -> {to}: {}", in_words(uses)));
        }
    }
    (count, lines)
}

/// A line for each module that names the store of another room.
pub fn store_lines(houses: &[House]) -> Vec<String> {
    let found = houses.iter().flat_map(|house| {
        let found = house.stores_named_from_outside().into_iter();
        found.map(|((from, store), uses)| {
            format!("  {}: {from} -> {store}: {}", house.name, in_words(&uses))
        })
    });
    found.collect()
}

/// A line for each file that knows `App` and should not.
pub fn app_lines(houses: &[House]) -> Vec<String> {
    let found = houses.iter().flat_map(House::knowers_of_app);
    found
        .map(|(_, uses)| format!("  {}", in_words(&uses)))
        .collect()
}

/// By file, what is used there.
fn in_words(uses: &BTreeSet<Use>) -> String {
    let files: BTreeSet<_> = uses.iter().map(|used| used.file.as_str()).collect();
    let of_file = |file: &str| {
        let here = uses.iter().filter(|used| used.file == file);
        let things: Vec<_> = here.map(|used| used.thing.as_str()).collect();
        format!("{file} ({})", things.join(", "))
    };
    Vec::from_iter(files.into_iter().map(of_file)).join("; ")
}
