//! One-way doors: no circle among the modules of a crate, no store named from outside its room, `App` known at the top
//! only, and rooms that use only lower floors. `cargo circles` prints what is counted here.

use std::collections::BTreeSet;

use crate::checkout::Checkout;
use tests::floors::{House, app_lines, circle_lines, houses, store_lines};

/// How many modules stand in circles. It only goes down.
const MODULES_IN_CIRCLES: usize = 0;

/// How many modules name the store of another room. It only goes down.
const STORES_NAMED_FROM_OUTSIDE: usize = 0;

/// How many files know `App` and should not. It only goes down.
const KNOWERS_OF_APP: usize = 0;

/// The floors of a crate from the lowest up, each with its rooms.
type Floors = &'static [&'static [&'static str]];

/// The crates whose rooms stand on floors.
const FLOORS: [(&str, Floors); 3] = [
    ("counter", COUNTER),
    ("appliance", APPLIANCE),
    ("cloud-hub", HUB),
];

const COUNTER: Floors = &[
    &["outside"],
    &["fault", "set_aside"],
    &[
        "buyer",
        "in_hand",
        "language",
        "live",
        "reference",
        "repeats",
        "running_time",
        "standing",
        "ticket_seed",
        "watching",
    ],
    &["cases", "catalogue"],
    &["sold"],
    &["asking", "ports"],
    &["following", "refunding"],
    &["outbox"],
    &["counter"],
    &["extract"],
    &["seats"],
    &["tickets"],
    &["custody"],
    &["holds"],
    &["checkout"],
    &["refunds"],
    &["allotment", "bookings", "history", "programme", "pruning"],
    &["opening", "openapi", "routes"],
];

const APPLIANCE: Floors = &[
    &["config", "migrations"],
    &["devices", "terminal", "printer", "proof"],
    &["printing"],
    &["link", "papers", "printer_watch"],
    &["ports"],
    &["app"],
    &[
        "calls",
        "door",
        "hand_over",
        "history",
        "status",
        "takeover",
    ],
    &["openapi", "control"],
    &["router", "command"],
    &["layout", "prove", "backup"],
];

const HUB: Floors = &[
    &["config", "keys", "migrations"],
    &["booking_links", "broker", "key_lists"],
    &["links"],
    &[
        "guests",
        "operators",
        "payments",
        "proof",
        "storefront",
        "told",
    ],
    &["enrolments", "notifications", "waiting_room"],
    &["ports"],
    &["app"],
    &["hand_over", "head_office", "refunds"],
    &["openapi"],
    &["router", "control"],
    &["command", "prove", "backup"],
];

pub(crate) fn no_circles(checkout: &Checkout) -> Vec<String> {
    let (found, lines) = circle_lines(&houses(checkout));
    let advice = "Cut an arrow: let the upper module hand over what the lower one needs, or move what both need below them.";
    ratchet(
        "MODULES_IN_CIRCLES",
        MODULES_IN_CIRCLES,
        found,
        &lines,
        advice,
    )
}

pub(crate) fn private_stores(checkout: &Checkout) -> Vec<String> {
    let lines = store_lines(&houses(checkout));
    let advice =
        "Ask the room itself for what is needed, by a function that is named by its intent.";
    let allowed = STORES_NAMED_FROM_OUTSIDE;
    ratchet(
        "STORES_NAMED_FROM_OUTSIDE",
        allowed,
        lines.len(),
        &lines,
        advice,
    )
}

pub(crate) fn app_at_the_top(checkout: &Checkout) -> Vec<String> {
    let lines = app_lines(&houses(checkout));
    let advice = "Take what is needed of it as an argument; only lib, app, router, control, command and files named routes.rs know the whole.";
    ratchet(
        "KNOWERS_OF_APP",
        KNOWERS_OF_APP,
        lines.len(),
        &lines,
        advice,
    )
}

pub(crate) fn floors(checkout: &Checkout) -> Vec<String> {
    let houses = houses(checkout);
    let of_crate = |(name, floors): &(&str, Floors)| {
        let house = houses.iter().find(|house| house.name == *name);
        house.map_or_else(
            || {
                vec![format!(
                    "{name} has floors in tests/tidy/floors.rs and is no crate: take it out there."
                )]
            },
            |house| on_floors(house, floors),
        )
    };
    FLOORS.iter().flat_map(of_crate).collect()
}

fn ratchet(
    name: &str,
    allowed: usize,
    found: usize,
    lines: &[String],
    advice: &str,
) -> Vec<String> {
    match found.cmp(&allowed) {
        std::cmp::Ordering::Equal => Vec::new(),
        std::cmp::Ordering::Less => vec![format!(
            "{name} in tests/tidy/floors.rs is {allowed}, and only {found} are left: lower it to {found}, so that none comes back."
        )],
        std::cmp::Ordering::Greater => vec![format!(
            "{found} where {name} in tests/tidy/floors.rs allows {allowed}. {advice}\n{}",
            lines.join("\n")
        )],
    }
}

/// Every room has its floor and uses only rooms on lower ones.
fn on_floors(house: &House, floors: Floors) -> Vec<String> {
    if floors.is_empty() {
        return Vec::new();
    }
    let floor_of = |room: &str| floors.iter().position(|rooms| rooms.contains(&room));
    let listed: BTreeSet<String> = floors.concat().into_iter().map(str::to_owned).collect();
    let there = house.room_names();
    let name = &house.name;
    let new = there.difference(&listed).map(|room| {
        format!("{name}: the room {room} stands on no floor. Give it one in tests/tidy/floors.rs, above all that it uses.")
    });
    let gone = listed.difference(&there).map(|room| {
        format!("{name}: there is no room {room}. Take it out of tests/tidy/floors.rs.")
    });
    let upwards = house.rooms().into_iter().filter_map(|((from, to), uses)| {
        let (upper, lower) = (floor_of(&from)?, floor_of(&to)?);
        let things: Vec<_> = uses.iter().map(|used| format!("{} in {}", used.thing, used.file)).collect();
        (lower >= upper).then(|| {
            format!(
                "{name}: {from} uses {to}, which stands on no lower floor ({}). Return it to whoever calls, or move what both need down.",
                things.join(", ")
            )
        })
    });
    new.chain(gone).chain(upwards).collect()
}

const MANIFEST: (&str, &str) = ("box/Cargo.toml", "[package]\nname = \"box\"\n");

/// A made-up crate by the files below its `src`.
fn made_up(files: &[(&str, &str)]) -> Vec<House> {
    let paths: Vec<_> = files
        .iter()
        .map(|(file, _)| format!("box/src/{file}"))
        .collect();
    let texts = files.iter().map(|(_, text)| *text);
    let mut all: Vec<_> = paths.iter().map(String::as_str).zip(texts).collect();
    all.push(MANIFEST);
    houses(&Checkout::of(&all))
}

/// How many modules of a made-up crate stand in circles.
fn in_circles(files: &[(&str, &str)]) -> usize {
    circle_lines(&made_up(files)).0
}

#[test]
fn a_circle_is_seen_however_it_is_written() {
    let rooms = "mod holds;\nmod sales;\npub use sales::Sale;\n";
    let check = |count: usize, holds: &str, sales: &str| {
        let files = [("lib.rs", rooms), ("holds.rs", holds), ("sales.rs", sales)];
        assert_eq!(in_circles(&files), count, "{holds}\n{sales}");
    };
    let sales = "use crate::{holds::{self as held, Hold}};\npub struct Sale;\n";
    check(0, "pub struct Hold;", sales);
    check(2, "use crate::sales::Sale;", sales);
    check(2, "use crate::{a, b::{c, d}, sales};", sales);
    check(2, "use super::{sales::{Sale as Sold}};", sales);
    check(2, "use crate::Sale;", sales);
    check(2, "pub struct Hold(crate::sales::Sale);", sales);
    check(2, "fn end() { crate::sales::settle() }", sales);
    check(
        2,
        "fn end() { use crate::sales as sold; sold::settle() }",
        sales,
    );
    check(
        2,
        "fn end() { select!({ x = crate::sales::settle() => {} }) }",
        sales,
    );
    check(
        2,
        "#[openapi(paths(crate::sales::settle))] struct Hold;",
        sales,
    );
    check(2, "use crate::sales::*;", sales);
    check(2, "mod row { impl crate::sales::Sold for u8 {} }", sales);
    check(
        0,
        "#[cfg(test)] mod tests { use crate::sales::Sale; }",
        sales,
    );
    check(0, "#[cfg(test)] use crate::sales::Sale;", sales);
    check(
        0,
        "#[cfg(test)] fn test() { crate::sales::settle() }",
        sales,
    );
    check(
        0,
        "use other::sales::Sale; fn end(sales: u8) { sales; }",
        sales,
    );
    check(
        0,
        "// crate::sales::Sale\nconst WORDS: &str = \"crate::sales::Sale\";",
        sales,
    );
}

#[test]
fn a_circle_of_three_and_one_inside_a_room_are_seen() {
    let three = [
        ("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\n"),
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", "use crate::a::A;"),
        ("d.rs", "use crate::a::A;"),
    ];
    assert_eq!(in_circles(&three), 3);
    let inside = [
        ("lib.rs", "mod holds;\n"),
        (
            "holds.rs",
            "mod rows;\nmod words;\npub use words::say;\npub fn end() { rows::all() }\n",
        ),
        ("holds/rows.rs", "use super::say;"),
        ("holds/words.rs", "use super::rows::all;"),
    ];
    assert_eq!(in_circles(&inside), 2);
    let (_, lines) = circle_lines(&made_up(&inside));
    let said = lines.join("\n");
    assert!(said.contains("box::holds: rows, words"), "{said}");
    assert!(
        said.contains("rows -> words: box/src/holds/rows.rs (holds::words::say)"),
        "{said}"
    );
    // A room and what lies in it are one.
    let parent = [
        ("lib.rs", "mod holds;\n"),
        ("holds.rs", "mod rows;\npub fn end() { rows::all() }\n"),
        ("holds/rows.rs", "use super::end;"),
    ];
    assert_eq!(in_circles(&parent), 0);
}

#[test]
fn a_store_named_from_outside_is_seen() {
    let check = |count: usize, sales: &str| {
        let files = [
            ("lib.rs", "mod holds;\nmod sales;\n"),
            (
                "holds.rs",
                "mod routes;\nmod store;\npub use store::HoldRow;\nfn end() { store::by_id() }\n",
            ),
            (
                "holds/routes.rs",
                "use super::store;\nuse crate::holds::store::all;\n",
            ),
            ("holds/store.rs", "pub struct HoldRow;\n"),
            ("sales.rs", sales),
        ];
        assert_eq!(store_lines(&made_up(&files)).len(), count, "{sales}");
    };
    check(0, "use crate::holds::HoldRow;");
    check(1, "use crate::holds::store::HoldRow;");
    check(1, "use crate::holds;\nfn end() { holds::store::by_id() }");
    check(1, "use crate::holds::{self, store as rows};");
}

#[test]
fn whoever_knows_app_below_the_top_is_seen() {
    let knows = "use crate::app::App;";
    let files = |holds: &'static str| {
        [
            (
                "lib.rs",
                "mod app;\nmod holds;\nmod router;\npub use app::App;\n",
            ),
            ("app.rs", "pub struct App;\n"),
            ("router.rs", knows),
            ("holds.rs", holds),
            ("holds/routes.rs", knows),
        ]
    };
    assert!(app_lines(&made_up(&files("mod routes;"))).is_empty());
    let found = app_lines(&made_up(&files("mod routes;\nuse crate::App;")));
    assert_eq!(found, ["  box/src/holds.rs (app::App)"]);
}

#[test]
fn a_room_that_uses_a_higher_floor_is_seen() {
    let check = |count: usize, files: &[(&str, &str)]| {
        let houses = made_up(files);
        let complaints = on_floors(&houses[0], &[&["standing", "seats"], &["holds"]]);
        assert_eq!(complaints.len(), count, "{complaints:?}");
    };
    let rooms = ("lib.rs", "mod standing;\nmod seats;\nmod holds;\n");
    let holds = ("holds.rs", "use crate::{seats::Seat, standing::Standing};");
    let standing = ("standing.rs", "");
    check(0, &[rooms, holds, standing, ("seats.rs", "")]);
    check(
        1,
        &[
            rooms,
            holds,
            standing,
            ("seats.rs", "use crate::holds::Hold;"),
        ],
    );
    check(
        1,
        &[
            rooms,
            holds,
            standing,
            ("seats.rs", "use crate::standing::Standing;"),
        ],
    );
    check(
        1,
        &[
            ("lib.rs", "mod standing;\nmod seats;\nmod holds;\nmod new;"),
            holds,
            standing,
            ("seats.rs", ""),
            ("new.rs", ""),
        ],
    );
    check(
        1,
        &[
            ("lib.rs", "mod standing;\nmod seats;\n"),
            standing,
            ("seats.rs", ""),
        ],
    );
}

#[test]
fn a_number_that_rises_or_could_be_lower_is_seen() {
    let lines = ["  holds -> sales".to_owned()];
    assert!(ratchet("IN_CIRCLES", 2, 2, &lines, "Cut.").is_empty());
    let risen = ratchet("IN_CIRCLES", 2, 3, &lines, "Cut.");
    assert!(risen[0].contains("holds -> sales"), "{risen:?}");
    let fallen = ratchet("IN_CIRCLES", 2, 1, &lines, "Cut.");
    assert!(fallen[0].contains("lower it to 1"), "{fallen:?}");
}
