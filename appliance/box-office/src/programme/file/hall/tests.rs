use super::super::{Date, Programme, ProgrammeProblem};
use crate::{Auditorium, Layout, Place, Plan, SeatKind};

/// Two blocks of 57 rows, 760 seats.
const TWO_BLOCKS: &str = include_str!("two_blocks.toml");

/// The rest of a programme.
const CINEMA: &str = r#"
format = "foyer-programme/1"
[cinema]
id = "c"
name = "C"
address = ["1 Road"]
tax_number = "1"
time_zone = "UTC"
currency = "EUR"
business_day_start = "05:00"
"#;

fn read(room: &str) -> Result<Auditorium, Vec<ProgrammeProblem>> {
    let programme = Programme::parse(&format!("{CINEMA}{room}"), Date::constant(2026, 11, 23))?;
    Ok(programme.auditoriums.into_iter().next().expect("a room"))
}

#[track_caller]
fn layout(room: &str) -> Layout {
    read(room)
        .unwrap_or_else(|problems| panic!("{problems:?}"))
        .layout
}

/// A room with this in it.
fn room(inside: &str) -> String {
    format!("[[auditorium]]\nid = \"r\"\nname = \"R\"\nlayout_version = 1\n{inside}\n")
}

/// Refused, and told on the line that begins with `line`.
#[track_caller]
fn check(inside: &str, line: &str, words: &str) {
    let text = room(inside);
    let problems = read(&text).expect_err("the room should be refused");
    let before = text
        .lines()
        .position(|of| of.starts_with(line))
        .expect("the line");
    let at = format!("line {}", CINEMA.lines().count() + before + 1);
    let found = problems
        .iter()
        .any(|it| it.at == at && it.detail.contains(words));
    assert!(found, "{at}: {words}\nis not among\n{problems:#?}");
}

fn ids(places: &[&Place]) -> String {
    places
        .iter()
        .map(|place| place.seat.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn row<'l>(layout: &'l Layout, block: &str, label: &str) -> Vec<&'l Place> {
    let of = |place: &&Place| place.block.as_deref().unwrap_or("") == block && place.row == label;
    layout.places.iter().filter(of).collect()
}

#[test]
fn two_blocks_side_by_side_have_rows_of_the_same_names() {
    let layout = layout(TWO_BLOCKS);
    assert_eq!(layout.places.len(), 760);
    assert_eq!(
        ids(&row(&layout, "L", "2")),
        "L-2-7 L-2-6 L-2-5 L-2-4 L-2-3 L-2-2 L-2-1"
    );
    assert_eq!(
        ids(&row(&layout, "R", "2")),
        "R-2-1 R-2-2 R-2-3 R-2-4 R-2-5 R-2-6 R-2-7"
    );
    let (left, right) = (row(&layout, "L", "2"), row(&layout, "R", "2"));
    assert_eq!((left[6].y, left[6].x), (right[0].y, 650), "at one height");
    assert_eq!(right[0].x - left[6].x, 300, "with an aisle between");
    let names = layout.places.iter().map(|place| layout.block_name(place));
    assert_eq!(
        names.collect::<std::collections::BTreeSet<_>>(),
        [Some("Left"), Some("Right")].into()
    );
    assert_eq!(layout.focus, (800, row(&layout, "L", "38")[0].y));
    let plan = Plan::new(layout);
    assert_eq!(plan.rows().len(), 2 * 57);
    let in_row = |run: &std::ops::Range<usize>| {
        plan.rows()
            .iter()
            .any(|row| row.contains(&run.start) && run.end <= row.end)
    };
    assert!(
        plan.runs().iter().all(in_row),
        "no run goes across the aisle"
    );
}

#[test]
fn one_block_alone_needs_no_name_on_a_ticket() {
    let one = "[[auditorium.block]]\nid = \"L\"\nname = \"Left\"\nseats = 'A | ss'";
    let layout = layout(&room(one));
    assert_eq!(ids(&row(&layout, "L", "A")), "L-A1 L-A2");
    assert_eq!(layout.block_name(&layout.places[0]), None);
}

#[test]
fn a_block_stands_where_it_says_and_as_it_is_turned() {
    let blocks = "
[[auditorium.block]]
id = 'M'
name = 'Middle'
seats = 'A | sss'
[[auditorium.block]]
id = 'B'
name = 'Box'
at = [1000, 600]
turn = -90
seats = '''
A | <>s
B | sss
'''";
    let layout = layout(&room(blocks));
    let stands = |label: &str| {
        row(&layout, "B", label)
            .iter()
            .map(|it| (it.x, it.y, it.turn))
            .collect::<Vec<_>>()
    };
    // About the middle seat of the first row, whose right end comes to be nearer to the screen; the second row stands to the right.
    assert_eq!(
        stands("A"),
        [(1150, 700, -90), (1150, 600, -90), (1150, 500, -90)]
    );
    assert_eq!(
        stands("B"),
        [(1295, 700, -90), (1295, 600, -90), (1295, 500, -90)]
    );
    assert_eq!(layout.width, 1345);
}

#[test]
fn placed_seats_are_neighbours_by_where_they_stand() {
    let layout = layout(&room(
        "places = '''\nA | s3@350,380 p1@150,360/10 s2@250,368 s4@620,420 w6@820,470 c5@720,450\nB | s1@100,600 . s2@200,600 <3@350,600 >4@440,605\n'''",
    ));
    let a = row(&layout, "", "A");
    assert_eq!(ids(&a), "A1 A2 A3 A4 A5 A6", "from the left");
    assert_eq!((a[0].kind, a[0].turn), (SeatKind::Premium, 10));
    assert_eq!(a[4].with.as_ref(), Some(&a[5].seat));
    let runs: Vec<u32> = layout.places.iter().map(|place| place.run).collect();
    // A gap wider than one and a half seats, a wheelchair place and a written aisle end a run.
    assert_eq!(runs, [1, 1, 1, 2, 2, 3, 4, 5, 5, 5]);
    let b = row(&layout, "", "B");
    assert_eq!(b[2].with.as_ref(), Some(&b[3].seat));
    assert_eq!((layout.width, layout.focus), (870, (460, 600)));
}

#[test]
fn a_room_drawn_as_one_is_written_as_it_always_was() {
    let json = serde_json::to_string(&layout(&room("seats = 'A | s'"))).unwrap();
    assert_eq!(
        json,
        r#"{"version":1,"width":100,"depth":505,"focus":[50,360],"gallery_from":null,"places":[{"seat":"A1","row":"A","number":"1","kind":"standard","x":50,"y":360,"with":null,"run":1}]}"#
    );
}

#[test]
fn what_cannot_be_a_hall_is_refused_in_words() {
    check("", "[[auditorium]]", "needs its seats in one way");
    check(
        "seats = 'A | s'\nplaces = 'A | s1@50,60'",
        "[[auditorium]]",
        "needs its seats in one way",
    );
    let placed = |row: &str| format!("places = '''\n{row}\n'''");
    for (line, words) in [
        ("A | s1@50,60 s1@150,60", "seat A1 is there twice"),
        (
            "A | s1@50,60 s2@70,80",
            "seats A1 and A2 stand on each other, at 70,80",
        ),
        (
            "A | s1@99999,60",
            "\"s1@99999,60\" stands outside: 99999 is not from 0 to 40000",
        ),
        (
            "A | s1@20,60",
            "seat A1 stands to the left of the left wall, at 20,60",
        ),
        ("A | s1@50,40", "seat A1 stands before the screen, at 50,40"),
        ("A | s1@50,60/181", "181 is not from -180 to 180"),
        ("A | z1@50,60", "\"z1@50,60\" is not a seat"),
        ("A | s1@50", "\"s1@50\" is not a seat"),
        ("A | @50,60", "\"@50,60\" is not a seat"),
        ("A | ß1@50,60", "is not a seat"),
        ("A | s1234567@50,60", "\"1234567\" cannot name a seat"),
        ("A |", "row A: has no seat"),
        ("A s1@50,60", "a row is placed as its label"),
        ("A | <1@50,60 s2@150,60", "seat 1 is half of a love seat"),
        (
            "A | c1@50,60 s2@150,60",
            "the companion seat 1 has no wheelchair place beside it",
        ),
    ] {
        check(&placed(line), line, words);
    }
    check(
        &placed("A | s1@50,60\nA | s1@50,260"),
        "A | s1@50,260",
        "row A is there already",
    );
    check("places = ''", "places", "no seat is placed");
    let block = |inside: &str| format!("[[auditorium.block]]\n{inside}");
    check(
        &block("id = 'L'\nname = 'L'"),
        "[[auditorium.block]]",
        "needs its seats drawn as `seats` or placed",
    );
    check(
        &block("id = 'to the left'\nname = 'L'\nseats = 'A | s'"),
        "id = 'to",
        "cannot name a block",
    );
    check(
        &block("id = 'L'\nname = 'L'\nat = [3]\nseats = 'A | s'"),
        "at",
        "two numbers",
    );
    check(
        &block("id = 'L'\nname = 'L'\nturn = 90\nseats = 'A | sssssssss'"),
        "seats",
        "before the screen",
    );
    let twice = format!(
        "{}\n{}",
        block("id = 'L'\nname = 'L'\nseats = 'A | s'"),
        block("id = 'L' # again\nname = 'M'\nseats = 'A | s'")
    );
    check(
        &twice,
        "id = 'L' # again",
        "a block with the id \"L\" is there already",
    );
    check(
        &format!(
            "gallery_from = 'A'\n{}",
            block("id = 'L'\nname = 'L'\nseats = 'A | s'")
        ),
        "gallery_from",
        "for a room without blocks",
    );
    let many = (0..41).map(|n| block(&format!("id = 'B{n}'\nname = 'B{n}'\nseats = 'A | s'\n")));
    check(
        &many.collect::<String>(),
        "[[auditorium]]",
        "has 41 blocks; a room has at most 40",
    );
    let full = format!("A | {}\n", "s".repeat(200));
    let rows: Vec<String> = (0..16)
        .map(|n| full.replace('A', &format!("R{n}x")))
        .collect();
    check(
        &format!("seats = '''\n{}'''", rows.concat()),
        "seats",
        "3200 seats are there; a room has at most 3000",
    );
}
