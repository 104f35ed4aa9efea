use box_office::programme::{Auditorium, Programme};
use box_office::{Plan, SeatKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{picture, pretix};

/// A row whose seats, of these numbers, stand 24 pixels apart.
fn row(label: &str, (x, y): (i64, i64), numbers: &[&str], category: &str) -> Value {
    let seats: Vec<Value> = (0..).zip(numbers).map(|(nth, number)| {
        let position = json!({ "x": nth * 24, "y": 0.5 });
        json!({ "seat_guid": format!("{label}/{nth}/{x}"), "seat_number": number, "position": position, "category": category })
    }).collect();
    json!({ "row_number": label, "position": { "x": x, "y": y }, "seats": seats })
}

fn zone(name: &str, x: i64, rows: &[Value]) -> Value {
    let area = json!({ "shape": "rectangle", "text": "Stage", "position": { "x": 0, "y": 0 } });
    json!({ "name": name, "position": { "x": x, "y": 100 }, "rows": rows, "areas": [area] })
}

fn plan(zones: &[Value]) -> Value {
    let category = json!({ "name": "Parkett", "color": "#ff0000" });
    json!({ "name": "Großes Haus", "zones": zones, "categories": [category], "size": { "width": 1000, "height": 800 } })
}

/// Left and right, whose rows bear the same names; on the left the numbers run backwards.
fn two_zones() -> Value {
    plan(&[
        zone(
            "Parkett links",
            0,
            &[
                row("B", (0, 40), &["3", "2", "1"], "Parkett"),
                row("A", (0, 0), &["3", "2", "1"], "Loge"),
            ],
        ),
        zone(
            "Parkett rechts",
            120,
            &[
                row("A", (0, 0), &["1", "2", "3"], "Parkett"),
                row("B", (0, 40), &["1", "2", "3"], "Rollstuhlplätze"),
            ],
        ),
    ])
}

#[track_caller]
fn import(plan: &Value, kinds: &[(String, SeatKind)]) -> (Auditorium, Vec<String>) {
    let imported = pretix::import(plan.to_string().as_bytes(), kinds).unwrap();
    let rooms = Programme::rooms_of(&imported.room);
    let mut rooms = rooms.unwrap_or_else(|why| panic!("{why:?}\n{}", imported.room));
    (rooms.remove(0), imported.told)
}

fn ids(room: &Auditorium) -> String {
    room.layout
        .places
        .iter()
        .map(|it| it.seat.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn zones_become_blocks_and_pixels_seats() {
    let (room, told) = import(&two_zones(), &[("Loge".to_owned(), SeatKind::Premium)]);
    assert_eq!(
        (room.id.as_str(), room.name.as_str()),
        ("grosses-haus", "Großes Haus")
    );
    assert_eq!(
        ids(&room),
        "PL-A3 PL-A2 PL-A1 PL-B3 PL-B2 PL-B1 PR-A1 PR-A2 PR-A3 PR-B1 PR-B2 PR-B3"
    );
    let names = room.layout.blocks.iter().map(|block| block.name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["Parkett links", "Parkett rechts"]
    );
    let stands = |nth: usize| (room.layout.places[nth].x, room.layout.places[nth].y);
    assert_eq!(
        [stands(0), stands(1), stands(3), stands(6)],
        [(50, 360), (150, 360), (50, 526), (550, 360)]
    );
    let kinds = [0, 3, 9].map(|nth| room.layout.places[nth].kind);
    assert_eq!(
        kinds,
        [SeatKind::Premium, SeatKind::Standard, SeatKind::Wheelchair]
    );
    let plan = Plan::new(room.layout.clone());
    assert_eq!(plan.len(), 12);
    for words in [
        "12 seats in 4 rows and 2 blocks; 24.000 pixels are a seat's width",
        "category \"Loge\": 3 seats, as premium",
        "category \"Rollstuhlplätze\": 3 seats, as wheelchair",
        "not carried: 2 areas",
    ] {
        assert!(
            told.iter().any(|it| it.contains(words)),
            "{words}: {told:#?}"
        );
    }
}

#[test]
fn a_zone_that_repeats_rows_and_numbers_becomes_several_blocks() {
    let rows = [
        row("1", (0, 0), &["1", "2"], "P"),
        row("1", (100, 0), &["1", "2"], "P"),
        row("2", (0, 30), &["1"], "P"),
    ];
    let (room, told) = import(&plan(&[zone("Saal", 0, &rows)]), &[]);
    assert_eq!(ids(&room), "S-1-1 S-1-2 S-2-1 S2-1-1 S2-1-2");
    assert!(
        told.iter().any(|it| it.contains("becomes 2 blocks")),
        "{told:#?}"
    );
    // Without such numbers they are one row with an aisle in it, and one zone is a room without blocks.
    let rows = [
        row("1", (0, 0), &["1", "2"], "P"),
        row("1", (100, 0), &["3", "4"], "P"),
    ];
    let (room, _) = import(&plan(&[zone("Saal", 0, &rows)]), &[]);
    assert_eq!(ids(&room), "1-1 1-2 1-3 1-4");
    let runs: Vec<u32> = room.layout.places.iter().map(|it| it.run).collect();
    assert_eq!(runs, [1, 1, 2, 2]);
}

#[test]
fn names_that_do_not_fit_are_changed_and_told() {
    let rows = [
        row("Reihe 10", (0, 0), &["Platz 1", "Platz 2", ""], "P"),
        row("Reihe 101", (0, 30), &["é"], "P"),
    ];
    let (room, told) = import(&plan(&[zone("", 0, &rows)]), &[]);
    let names: Vec<_> = room
        .layout
        .places
        .iter()
        .map(|it| (it.row.as_str(), it.number.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("Reihe1", "Platz1"),
            ("Reihe1", "Platz2"),
            ("Reihe1", "N1"),
            ("R1", "e")
        ]
    );
    assert!(
        told.iter()
            .any(|it| it.contains("row \"Reihe 101\" is called R1")),
        "{told:#?}"
    );
}

#[test]
fn positions_are_read_however_a_program_writes_them() {
    let rows = [
        row("A", (120, 0), &["1", "2"], "P"),
        row("B", (0, 40), &["1", "2"], "P"),
    ];
    let text = plan(&[zone("Z", 0, &rows)]).to_string();
    let same = |written: &str, as_if: &str| {
        let [room, plain] = [written, as_if].map(|number| {
            let text = text.replacen("120", number, 1);
            pretix::import(text.as_bytes(), &[]).expect(number).room
        });
        assert_eq!(room, plain, "{written}");
    };
    for zero in ["1.4210854715202004e-14", "-7.1e-15", "1e-14", "-0.0"] {
        same(zero, "0");
    }
    same("1.2e2", "120");
    same("119.9999999999", "120");
    same("-0.5", "-5e-1");
    for far in [
        "1.234e300",
        "-1.234e300",
        "100000.001",
        "18446744073709551615",
    ] {
        let text = text.replacen("120", far, 1);
        let refused = pretix::import(text.as_bytes(), &[]).expect_err(far);
        assert!(refused.contains("is no position in pixels"), "{refused}");
    }
}

#[test]
fn labels_are_told_to_be_left_out() {
    let mut plan = two_zones();
    let (_, told) = import(&plan, &[]);
    let rest = told.last().unwrap();
    assert!(!rest.contains("label"), "{rest}");
    let row = &mut plan["zones"][0]["rows"][0];
    row["row_label"] = json!("Reihe B");
    row["start_direction"] = json!("rtl");
    row["seats"][0]["seat_label"] = json!("Sofa");
    row["seats"][1]["seat_label"] = json!("");
    let (_, told) = import(&plan, &[]);
    let rest = told.last().unwrap();
    for left_out in ["`row_label`", "`start_direction`", "`seat_label`"] {
        assert!(rest.contains(left_out), "{rest}");
    }
    assert!(rest.ends_with("`seat_number` (1)"), "{rest}");
}

#[test]
fn nonsense_is_refused_in_words_with_its_place() {
    let check = |text: &str, words: &str| {
        let refused = pretix::import(text.as_bytes(), &[]).expect_err(text);
        assert!(refused.contains(words), "{refused}");
    };
    check("", "no seating plan of pretix: EOF");
    check("[]", "line 1 column");
    check("{}", "missing field `name`");
    check(&"[".repeat(100_000), "line 1 column");
    check(&plan(&[]).to_string(), "it has 0 seats");
    let text = two_zones().to_string();
    check(&text.replacen("120", "\"far\"", 1), "line 1 column");
    check(
        &text.replacen("120", "1e300", 1),
        "1e+300 is no position in pixels",
    );
    check(
        &text.replacen("120", "100000001", 1),
        "is no position in pixels",
    );
    check(
        &text.replacen("120", "90000", 1),
        "what it describes cannot be a room:\n  row A:",
    );
    check(
        &text.replacen("24", "0", 200),
        "its seats stand on each other",
    );
    check(
        &text.replacen("\"2\"", "\"3\"", 1),
        "zone \"Parkett links\", row \"B\": seat \"3\" is there twice",
    );
    let many: Vec<String> = (0..3001).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(
        &plan(&[zone("Z", 0, &[row("A", (0, 0), &many, "P")])]).to_string(),
        "it has 3001 seats",
    );
}

proptest! {
    #[test]
    fn a_damaged_plan_is_a_room_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = two_zones().to_string().into_bytes();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(imported) = pretix::import(&bytes, &[]) {
            prop_assert!(Programme::rooms_of(&imported.room).is_ok());
        }
    }
}

#[test]
fn a_picture_names_every_seat_once_and_brings_no_markup() {
    let mut plan = two_zones();
    plan["name"] = json!("<script>\"&'</script>");
    plan["zones"][0]["name"] = json!("a<b> & c");
    let (room, _) = import(&plan, &[]);
    let svg = picture::svg(&room);
    for place in &room.layout.places {
        assert_eq!(
            svg.matches(&format!("<title>{}</title>", place.seat))
                .count(),
            1,
            "{}",
            place.seat
        );
    }
    assert!(
        svg.contains("&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;") && !svg.contains("<script"),
        "{svg}"
    );
    assert!(svg.contains(">a&lt;b&gt; &amp; c</text>"), "{svg}");
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    assert_eq!(
        svg.matches("<text ").count(),
        svg.matches("</text>").count()
    );
}

#[test]
fn zones_whose_names_begin_alike_become_blocks_of_their_own() {
    let check = |names: &[&str], ids: &[&str]| {
        let zones: Vec<Value> = (0..)
            .zip(names)
            .map(|(nth, name)| zone(name, nth * 500, &[row("A", (0, 0), &["1", "2"], "Parkett")]))
            .collect();
        let (room, _) = import(&plan(&zones), &[]);
        let found: Vec<_> = room
            .layout
            .blocks
            .iter()
            .map(|block| block.id.clone())
            .collect();
        assert_eq!(found, ids, "{names:?}");
    };
    check(&["Parkett", "Premium"], &["P", "P2"]);
    check(&["Parkett", "Parkett", "P2"], &["P", "P2", "P3"]);
    check(&["Block A", "Box A", "Balkon A"], &["BA", "BA2", "BA3"]);
    check(&["一", "二"], &["Y", "E"]);
    check(&["***", "!!!"], &["B", "B2"]);
    check(&["a b c d e f g", "a b c d e f h"], &["ABCDEF", "ABCDE2"]);
}

#[test]
fn a_category_that_is_not_there_is_refused_with_those_that_are() {
    let plan = two_zones().to_string();
    let import = |kinds: &[&str]| {
        let kinds: Vec<_> = kinds
            .iter()
            .map(|name| ((*name).to_owned(), SeatKind::Premium))
            .collect();
        pretix::import(plan.as_bytes(), &kinds).map(drop)
    };
    let unknown = import(&["loge"]).unwrap_err();
    for told in ["loge", "\"Loge\"", "\"Parkett\"", "\"Rollstuhlplätze\""] {
        assert!(unknown.contains(told), "{told} in {unknown}");
    }
    assert!(import(&["Loge", "Loge"]).unwrap_err().contains("twice"));
    assert_eq!(import(&["Loge", "Parkett"]), Ok(()));
}

#[test]
fn a_mark_that_an_editor_writes_before_the_text_is_taken_off() {
    let marked = format!("\u{feff}{}", two_zones());
    let imported = pretix::import(marked.as_bytes(), &[]).unwrap();
    assert_eq!(
        imported.room,
        pretix::import(two_zones().to_string().as_bytes(), &[])
            .unwrap()
            .room
    );
}
