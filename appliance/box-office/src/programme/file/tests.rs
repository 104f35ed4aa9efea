use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{Place, SeatKind};

/// The sample that ships with the appliance; the tests break it in one place each.
const SAMPLE: &str = include_str!("../../../../sample/programme.toml");

fn today() -> Date {
    date(2026, 11, 23)
}

fn told(problems: &[ProgrammeProblem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}

fn parsed(text: &str) -> Programme {
    Programme::parse(text, today()).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

/// The sample with its first `from` as `to`.
#[track_caller]
fn broken(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from), "the sample has no {from}");
    SAMPLE.replacen(from, to, 1)
}

/// With `to` in the place of `from` the sample is refused, and one problem is on the line of `to` and says `words`.
#[track_caller]
fn check(from: &str, to: &str, words: &str) {
    let text = broken(from, to);
    let line = text[..text.find(to).unwrap()].matches('\n').count() + 1;
    let problems = Programme::parse(&text, today()).expect_err("the file should be refused");
    let found = problems
        .iter()
        .any(|problem| problem.at == format!("line {line}") && problem.detail.contains(words));
    assert!(
        found,
        "line {line}: {words}\nis not among\n{}",
        told(&problems)
    );
}

#[test]
fn the_other_cinemas_of_the_demo_have_programmes_too() {
    let [schloss, linden] = [
        include_str!("../../../../sample/schloss.toml"),
        include_str!("../../../../sample/linden.toml"),
    ]
    .map(parsed);
    assert_eq!(schloss.cinema.id.as_str(), "schloss");
    assert_eq!(linden.cinema.id.as_str(), "linden");
    assert!(schloss.showtimes.len() > 7 && linden.showtimes.len() > 7);
}

fn room<'p>(programme: &'p Programme, id: &str) -> &'p crate::Auditorium {
    programme
        .auditoriums
        .iter()
        .find(|room| room.id.as_str() == id)
        .unwrap()
}

fn row<'p>(programme: &'p Programme, id: &str, label: &str) -> Vec<&'p Place> {
    room(programme, id)
        .layout
        .places
        .iter()
        .filter(|place| place.row == label)
        .collect()
}

fn seats(places: &[&Place]) -> String {
    places
        .iter()
        .map(|place| place.seat.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_sample_is_a_week_of_a_cinema() {
    let programme = parsed(SAMPLE);
    let sizes: Vec<usize> = programme
        .auditoriums
        .iter()
        .map(|room| room.layout.places.len())
        .collect();
    assert_eq!(sizes, [400, 176, 37, 100, 114, 48]);
    assert_eq!(
        (programme.films.len(), programme.price_books.len()),
        (10, 2)
    );
    let days: BTreeSet<Date> = programme
        .showtimes
        .iter()
        .map(|showtime| showtime.business_day)
        .collect();
    assert_eq!(days.len(), 7);
    assert!(
        programme
            .showtimes
            .is_sorted_by_key(|showtime| showtime.starts_at)
    );
    assert!(programme.remarks.is_empty());
    for room in &programme.auditoriums {
        let names: BTreeSet<_> = room.layout.places.iter().map(|place| &place.seat).collect();
        assert_eq!(names.len(), room.layout.places.len(), "{}", room.id);
        assert!(
            room.layout
                .places
                .iter()
                .all(|place| (50..room.layout.width).contains(&place.x)
                    && (1..room.layout.depth).contains(&place.y))
        );
    }
}

#[test]
fn the_sample_is_whole_on_every_day_of_a_year() {
    let mut day = today();
    for _ in 0..53 {
        // Weekends, changes of the clock and leap days come round; eight days on is another weekday.
        let programme = Programme::parse(SAMPLE, day);
        assert!(
            programme.is_ok(),
            "{day}: {}",
            told(&programme.unwrap_err())
        );
        day = day.checked_add(jiff::Span::new().days(8)).unwrap();
    }
}

#[test]
fn the_sample_read_again_tomorrow_changes_nothing_that_is_planned() {
    let (today, tomorrow) = (
        parsed(SAMPLE),
        Programme::parse(SAMPLE, date(2026, 11, 24)).unwrap(),
    );
    let kept = today
        .showtimes
        .iter()
        .filter(|showtime| showtime.business_day > date(2026, 11, 23));
    for showtime in kept {
        assert!(tomorrow.showtimes.contains(showtime), "{}", showtime.id);
    }
}

#[test]
fn seats_are_numbered_as_they_are_drawn() {
    let programme = parsed(SAMPLE);
    assert_eq!(seats(&row(&programme, "saal-1", "A")[..4]), "A1 A2 A3 A4");
    // From the right, and the missing chairs keep their numbers.
    assert_eq!(
        seats(&row(&programme, "saal-4", "D")),
        "D12 D11 D10 D9 D8 D4 D3 D2 D1"
    );
    // From the middle, odd on the left; a row that is called by a digit has a dash.
    assert_eq!(
        seats(&row(&programme, "saal-5", "1")),
        "1-9 1-7 1-5 1-3 1-1 1-2 1-4 1-6 1-8 1-10"
    );
    let (first, second) = (
        row(&programme, "saal-5", "3"),
        row(&programme, "saal-5", "4"),
    );
    assert_eq!((first[0].x, second[0].x), (150, 100));
}

#[test]
fn seats_that_belong_together_name_each_other() {
    let programme = parsed(SAMPLE);
    let sofas = row(&programme, "saal-3", "A");
    assert_eq!(sofas[0].kind, SeatKind::LoveSeat);
    assert_eq!(
        (sofas[0].with.as_ref(), sofas[1].with.as_ref()),
        (Some(&sofas[1].seat), Some(&sofas[0].seat))
    );
    let wheelchairs = row(&programme, "saal-1", "J");
    let pairs: Vec<_> = wheelchairs
        .iter()
        .filter_map(|place| Some((place.seat.as_str(), place.with.as_ref()?.as_str())))
        .collect();
    assert_eq!(
        pairs,
        [("J2", "J1"), ("J3", "J4"), ("J20", "J19"), ("J21", "J22")]
    );
}

#[test]
fn a_run_ends_at_an_aisle_a_missing_chair_and_a_wheelchair_place() {
    let programme = parsed(SAMPLE);
    let runs = |id: &str, label: &str| {
        let places = row(&programme, id, label);
        let lengths = places.chunk_by(|a, b| a.run == b.run).map(<[_]>::len);
        lengths.collect::<Vec<_>>()
    };
    assert_eq!(runs("saal-1", "H"), [6, 14, 6]);
    assert_eq!(runs("saal-4", "D"), [5, 4]);
    assert_eq!(runs("saal-5", "9"), [1, 6, 6, 1]);
    let all: Vec<u32> = room(&programme, "saal-1")
        .layout
        .places
        .iter()
        .map(|place| place.run)
        .collect();
    assert!(all.is_sorted(), "a run is never taken up again");
}

#[test]
fn a_room_is_as_deep_as_its_aisles_and_gallery() {
    let programme = parsed(SAMPLE);
    let y = |label: &str| row(&programme, "saal-1", label)[0].y;
    assert_eq!(
        (y("B") - y("A"), y("J") - y("H"), y("P") - y("N")),
        (145, 290, 290)
    );
    let layout = &room(&programme, "saal-1").layout;
    assert_eq!(layout.focus, (layout.width / 2, y("K")));
    assert_eq!(layout.gallery_from.as_deref(), Some("P"));
}

#[test]
fn a_showtime_is_what_its_section_says() {
    let programme = parsed(SAMPLE);
    let late = programme
        .showtimes
        .iter()
        .find(|showtime| showtime.id.as_str() == "saal-3-2026-11-23-2415")
        .unwrap();
    assert_eq!(late.starts_at, "2026-11-24T00:15:00+01:00".parse().unwrap());
    assert_eq!(late.business_day, today());
    assert_eq!(
        late.film_starts_at(),
        "2026-11-24T00:35:00+01:00".parse().unwrap()
    );
    assert_eq!(late.ends_at, "2026-11-24T02:34:00+01:00".parse().unwrap());
    assert_eq!(
        late.sales_end_at(),
        "2026-11-24T00:35:00+01:00".parse().unwrap()
    );
    let cancelled: Vec<_> = programme
        .showtimes
        .iter()
        .filter(|showtime| showtime.status == crate::ShowtimeStatus::Cancelled)
        .collect();
    assert_eq!(
        cancelled
            .iter()
            .map(|showtime| showtime.id.as_str())
            .collect::<Vec<_>>(),
        ["saal-3-2026-11-25-2045"]
    );
}

#[test]
fn what_is_stored_as_json_comes_back() {
    fn same<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
        item: &T,
    ) {
        let text = serde_json::to_string(item).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), item);
    }
    let programme = parsed(SAMPLE);
    same(&programme.cinema);
    same(&programme.auditoriums);
    same(&programme.films);
    same(&programme.price_books);
    same(&programme.showtimes);
}

#[test]
fn the_file_itself() {
    check(
        "foyer-programme/1",
        "foyer-programme/2",
        "version 2 of the format is not known here",
    );
    check(
        "foyer-programme/1",
        "pretix",
        "\"pretix\" is not a programme's format: write \"foyer-programme/1\"",
    );
    check("id = \"hafen\"", "id = hafen", "this is not TOML");
    check(
        "[[film]]\nid = \"gravity\"",
        "[[films]]\nid = \"gravity\"",
        "the file has no key `films` (did you mean \"film\"?)",
    );
    check(
        "length_minutes = 166",
        "lenght_minutes = 166",
        "[[film]] has no key `lenght_minutes` (did you mean \"length_minutes\"?)",
    );
    let problems = Programme::parse(&" ".repeat(LARGEST_FILE + 1), today()).unwrap_err();
    assert_eq!(
        told(&problems),
        "line 1: the file has 4194305 bytes; a programme has at most 4194304\n"
    );
    assert_eq!(
        told(&Programme::parse("", today()).unwrap_err()),
        "line 1: the file needs `format`\n"
    );
}

#[test]
fn the_cinema() {
    check(
        "\"Europe/Berlin\"",
        "\"Europe/Atlantis\"",
        "\"Europe/Atlantis\" is not a time zone",
    );
    check(
        "currency = \"EUR\"",
        "currency = \"Euro\"",
        "three capital letters",
    );
    check(
        "business_day_start = \"05:00\"",
        "business_day_start = \"17:00\"",
        "after noon",
    );
    check(
        "accompanied_from_age = 6",
        "accompanied_from_age = 13",
        "must be below 12",
    );
}

#[test]
fn rooms() {
    check(
        "B |    sss  ssssssssssssss  sss",
        "A |    sss  ssssssssssssss  sss",
        "row A is there already, on line 45",
    );
    check(
        "A |   <> <> <>",
        "A |   <> <s <>",
        "row A: place 6 is half of a love seat: draw both halves",
    );
    check(
        "K | .wc.sssss",
        "K | .w.csssss",
        "row K: the companion seat at place 4 has no wheelchair place beside it",
    );
    check(
        "C | pp  pp  pp  pp",
        "C | pp  pq  pp  pp",
        "row C: 'q' at place 6 is not known",
    );
    check(
        "C | pp  pp  pp  pp",
        "C   pp  pp  pp  pp",
        "a row is drawn as its label, `|`",
    );
    check(
        "| shift 50",
        "| shift left",
        "\"shift\" is followed by a number from 0 to 100",
    );
    check(
        "focus_row = \"K\"",
        "focus_row = \"I\"",
        "`focus_row`: there is no row I; there are A B C D E F G H J K",
    );
    check(
        "numbers = \"from right\"",
        "numbers = \"backwards\"",
        "is not how seats are numbered",
    );
    check(
        "id = \"saal-2\"\nname = \"Saal 2",
        "id = \"saal-1\"\nname = \"Saal 2",
        "[[auditorium]] saal-1 is there already",
    );
}

#[test]
fn films() {
    check(
        "age_rating = \"18\"",
        "age_rating = \"21\"",
        "\"21\" is not one of the cinema's age ratings: 0, 6, 12, 16, 18",
    );
    check(
        "year = 2024",
        "year = 24",
        "must be a whole number from 1888 to 2100, not 24",
    );
    check(
        "genres = [\"fantasy\"",
        "genres = [\"phantasy\"",
        "\"phantasy\" is not known (did you mean \"fantasy\"?)",
    );
    check(
        "original_language = \"ja\"",
        "original_language = \"Japanese\"",
        "is not a language",
    );
    check(
        "directors = [\"Paul King\"]",
        "directors = []",
        "[[film]] needs `directors`, at least one",
    );
    let (comedy, too_long) = (
        "directors = [\"Paul King\"]",
        format!("synopsis = {{ en = \"{}\" }}\n", "x".repeat(601)),
    );
    check(
        comedy,
        &(too_long + comedy),
        "`synopsis`: en: has more than 600 characters",
    );
    check(
        comedy,
        &format!("synopsis = {{ en = \"A bear in London.\" }}\n{comedy}"),
        "is not there in de, es, fr",
    );
    for address in [
        "http://www.example.org/trailer",
        "https://",
        "https://nowhere/trailer",
        "https://./trailer",
        "https://www.example.org:+80/",
        "https://www.example.org:x/trailer",
        "https://somebody@www.example.org/",
        "https://www.example.org/a trailer",
        "https://www.example.org/\\\"",
        "javascript:alert(1)//https://www.example.org",
    ] {
        check(
            comedy,
            &format!("trailer = \"{address}\"\n{comedy}"),
            "is not the address of a page",
        );
    }
}

#[test]
fn a_trailer_has_the_address_of_a_page() {
    for address in [
        "https://www.example.org/watch?v=a-b_c&t=1#now",
        "https://films.example:8443",
    ] {
        let line = "directors = [\"Paul King\"]";
        let text = broken(line, &format!("trailer = \"{address}\"\n{line}"));
        let programme = Programme::parse(&text, today()).unwrap();
        let mut trailers = programme
            .films
            .iter()
            .filter_map(|film| film.trailer.as_deref());
        assert_eq!(trailers.next(), Some(address));
    }
}

#[test]
fn prices() {
    check(
        "max_age = 11\naccompanied = true",
        "accompanied = true",
        "it needs `max_age`",
    );
    check(
        "accompanied = true",
        "accompanied = \"yes\"",
        "must be true or false",
    );
    check(
        "adult         7.50",
        "adult        -7.50",
        "adult on standard: \"-7.50\" is negative",
    );
    check(
        "adult         7.50",
        "adult          7,5",
        "\"7,5\" is not an amount: write 9.50",
    );
    check(
        "reduced       7.00",
        "reducde       7.00",
        "\"reducde\" is not one of the price book's ticket kinds (did you mean \"reduced\"?)",
    );
    check(
        "surcharge_3d = \"3.00\"",
        "surcharge_3d = 3.00",
        "must be a text in quotes, as \"9.50\"",
    );
    check(
        "tax_basis_points = 700",
        "tax_basis_points = 70000",
        "7 % is 700",
    );
    check("\"2027-03-26\"", "\"2027-02-30\"", "is not a holiday");
    check(
        "names = { en = \"Child\", de",
        "names = { de",
        "is not there in en",
    );
    check(
        "[[price_book.time_band]]\nname = \"Immer\"",
        "[[price_book.time_band]]\nweekdays = \"mon\"\nname = \"Immer\"",
        "the last time band is for every time",
    );
}

#[test]
fn showtimes() {
    check(
        "film = \"parasite\"",
        "film = \"parasit\"",
        "there is no [[film]] with the id \"parasit\" (did you mean \"parasite\"?)",
    );
    check(
        "time = \"24:15\"",
        "time = \"04:15\"",
        "before 05:00, when the business day begins: write the day before, and 28:15",
    );
    check(
        "time = \"24:15\"",
        "time = \"29:15\"",
        "29:15 is in the next business day",
    );
    check("time = \"24:15\"", "time = \"0:15\"", "is not a time");
    check(
        "days = \"today..today+6\"\nweekdays = \"wed\"",
        "day = \"tomorrow\"",
        "\"tomorrow\" is not a day",
    );
    check(
        "days = \"today..today+6\"\nweekdays = \"wed\"",
        "days = \"today+2..today\"",
        "ends before it begins",
    );
    check(
        "status = \"cancelled\"",
        "status = \"canceled\"",
        "did you mean \"cancelled\"?",
    );
    check(
        "weekdays = \"sat..sun\"",
        "id = \"matinee\"",
        "an `id` names one showtime",
    );
    check(
        "captions = true",
        "captions = 1",
        "captions must be true or false",
    );
}

#[test]
fn two_audiences_do_not_meet_in_a_room() {
    let text = broken(
        "times = [\"16:15\", \"20:00\"]",
        "times = [\"16:15\", \"19:30\"]",
    );
    let problems = Programme::parse(&text, today()).unwrap_err();
    assert_eq!(problems.len(), 1, "{}", told(&problems));
    assert!(problems[0].detail.starts_with("\"Dune: Part Two\" at 19:30 on 2026-11-23 in \"Saal 1 Großes Haus\" comes 6 minutes too early"));
    assert!(problems[0].detail.ends_with("(on 7 days)"));
    // Its end and the next start may touch once the room is turned around.
    parsed(&broken(
        "times = [\"16:15\", \"20:00\"]",
        "times = [\"16:15\", \"19:36\"]",
    ));
}

#[test]
fn every_seat_of_a_room_has_a_price() {
    let text = broken(
        "auditorium = \"saal-1\"\nprice_book = \"familie\"",
        "auditorium = \"saal-6\"\nprice_book = \"familie\"",
    );
    let problems = told(&Programme::parse(&text, today()).unwrap_err());
    assert!(problems.contains("the prices of \"Immer\" have no column love-seat, and \"Saal 6 Oberdeck\" has love-seat seats"), "{problems}");
    let text = broken("adult         7.50     9.50", "adult            -     9.50");
    let problems = told(&Programme::parse(&text, today()).unwrap_err());
    assert!(
        problems.contains("adult tickets are the default and must have a price for standard seats"),
        "{problems}"
    );
}

#[test]
fn a_time_that_the_clock_skips_is_moved_and_said() {
    let text = broken(
        "days = \"today..today+6\"\nweekdays = \"wed\"\ntime = \"20:45\"",
        "day = \"2027-03-27\"\ntime = \"26:30\"",
    );
    let programme = parsed(&text);
    assert_eq!(programme.remarks.len(), 1);
    assert!(
        programme.remarks[0]
            .detail
            .ends_with("skip 26:30: the showtime begins at 03:30"),
        "{}",
        told(&programme.remarks)
    );
    let moved = programme.showtimes.last().unwrap();
    assert_eq!(
        moved.starts_at,
        "2027-03-28T03:30:00+02:00".parse().unwrap()
    );
}

#[test]
fn every_problem_is_told_at_once_in_the_order_of_the_lines() {
    let text = SAMPLE
        .replace("Europe/Berlin", "Mars/Olympus")
        .replace("year = 2013", "year = \"2013\"")
        .replace("film = \"amelie\"", "film = \"amélie\"");
    let problems = Programme::parse(&text, today()).unwrap_err();
    let lines: Vec<usize> = problems
        .iter()
        .map(|problem| problem.at.trim_start_matches("line ").parse().unwrap())
        .collect();
    assert!(lines.is_sorted());
    assert_eq!(problems.len(), 5, "{}", told(&problems));
    let many = Programme::parse(
        &SAMPLE.replacen("tax_number", &"x = 1\n".repeat(MOST_PROBLEMS), 1),
        today(),
    )
    .unwrap_err();
    assert!(many.len() <= MOST_PROBLEMS + 1);
}

#[test]
fn what_a_file_wants_is_counted_before_it_is_made() {
    let section = "[[showtime]]\nfilm = \"amelie\"\nauditorium = \"saal-1\"\nlanguage = \"fr\"\n";
    let times = "\"20:00\", ".repeat(1_000);
    let again = format!("{SAMPLE}\n{section}days = [\"today..today+399\"]\ntimes = [{times}]\n");
    let days = "\"today..today+399\", ".repeat(1_001);
    let ranges = format!("{SAMPLE}\n{section}days = [{days}]\ntime = \"20:00\"\n");
    let many = format!(
        "{SAMPLE}\n{}",
        format!("{section}day = \"today\"\ntime = \"20:00\"\n").repeat(25_000)
    );
    for (text, words) in [
        (&again, "at most 20000 showtimes"),
        (&ranges, "at most 1000 values, not 1001"),
        (&many, "at most 20000 showtimes"),
    ] {
        let problems = Programme::parse(text, today()).unwrap_err();
        assert!(problems.len() <= MOST_PROBLEMS + 1);
        let is_told = problems
            .iter()
            .any(|problem| problem.detail.contains(words));
        assert!(
            is_told || problems.last().unwrap().detail.starts_with("and "),
            "{}",
            told(&problems[..3])
        );
        assert!(
            is_told || *text == many,
            "{words}: {}",
            told(&problems[..1])
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is cut out of the sample and put in, it is read or refused.
    #[test]
    fn a_mangled_file_is_read_or_refused(at in 0..SAMPLE.len(), cut in 0_usize..40, put in "[ -~\n<>|\"'\\[\\]={}.é\u{0}]{0,12}") {
        let floor = |mut at: usize| { while !SAMPLE.is_char_boundary(at) { at -= 1; } at };
        let (from, to) = (floor(at), floor((at + cut).min(SAMPLE.len())));
        let text = format!("{}{put}{}", &SAMPLE[..from], &SAMPLE[to..]);
        if let Err(problems) = Programme::parse(&text, today()) {
            prop_assert!(!problems.is_empty());
        }
    }

    /// Any values under the known keys are read or refused, and so is a file of nothing but noise.
    #[test]
    fn any_value_is_read_or_refused(
        key in prop::sample::select(SAMPLE.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()),
        value in prop::sample::select(vec!["\"\"", "-1", "9223372036854775807", "1e400", "nan", "[]", "[[]]", "{}", "true", "1979-05-27", "\"today+400..today\"", "\"-999999-01-01\"", "\"9999-12-31\"", "'''\n|\n||\n|||'''", "\"\\u0000\"", "0xffff"]),
    ) {
        let text: String = SAMPLE.lines().map(|line| match line.split_once(" = ") {
            Some((found, _)) if found == key => format!("{key} = {value}\n"),
            Some(_) | None => format!("{line}\n"),
        }).collect();
        let _ = Programme::parse(&text, today());
    }

    #[test]
    fn noise_is_refused(noise in "\\PC{0,200}") {
        prop_assert!(Programme::parse(&noise, today()).is_err());
    }
}

#[test]
fn a_file_has_so_many_rooms_and_seats_and_no_more() {
    let room = |nth: usize, seats: usize| {
        let rows: String = (0..seats.div_ceil(200))
            .map(|row| {
                let label = char::from(b'A' + u8::try_from(row).unwrap());
                let chairs = "s".repeat(200.min(seats - row * 200));
                format!("{label} | {chairs}\n")
            })
            .collect();
        format!(
            "[[auditorium]]\nid = \"r{nth}\"\nname = \"R\"\nlayout_version = 1\nseats = '''\n{rows}'''\n"
        )
    };
    let read = |rooms: usize, seats: usize| {
        let text: String = (0..rooms).map(|nth| room(nth, seats)).collect();
        Programme::rooms_of(&text)
            .map(|rooms| rooms.len())
            .map_err(|problems| told(&problems))
    };
    assert_eq!(read(200, 300), Ok(200));
    let rooms = read(201, 1).unwrap_err();
    assert!(rooms.contains("at most 200 rooms, not 201"), "{rooms}");
    assert_eq!(rooms.lines().count(), 1, "{rooms}");
    let seats = read(22, 2_800).unwrap_err();
    assert!(seats.contains("at most 60000 seats"), "{seats}");
    assert_eq!(seats.lines().count(), 1, "{seats}");
}

#[test]
fn a_room_that_is_far_too_large_is_not_built_to_its_end() {
    let rows: String = ('A'..='O')
        .map(|row| format!("{row} | {}\n", "s".repeat(200)))
        .collect();
    let block = |nth: usize| {
        format!(
            "\n[[auditorium.block]]\nid = \"B{nth}\"\nname = \"B{nth}\"\nseats = '''\n{rows}'''\n"
        )
    };
    let blocks: String = (0..40).map(block).collect();
    let text = format!("[[auditorium]]\nid = \"r\"\nname = \"R\"\nlayout_version = 1\n{blocks}");
    let told = told(&Programme::rooms_of(&text).unwrap_err());
    let words = "6000 seats are there; a room has at most 3000";
    assert!(told.contains(words), "{told}");
}

/// Before which the tables of a price book stand.
const KINDS: &str = "[[price_book.ticket_kind]]";

#[test]
fn a_price_book_says_by_which_rules_tickets_go_back() {
    use crate::{RefundRules, RefundsUntil};
    let book = |rules: &str| {
        let text = broken(KINDS, &format!("{rules}{KINDS}"));
        parsed(&text).price_books.remove(0)
    };
    let rules = |until, kept_minor| RefundRules { until, kept_minor };
    let said = |lines: &str| book(&format!("[price_book.refunds]\n{lines}\n\n")).refunds;
    assert_eq!(book("").refunds, RefundRules::default());
    assert_eq!(said(""), RefundRules::default());
    let minutes = RefundsUntil::MinutesBefore;
    assert_eq!(
        said("until_minutes = 60\nkept = \"1.00\""),
        rules(minutes(60), 100)
    );
    assert_eq!(said("kept = \"0.50\""), rules(minutes(0), 50));
    assert_eq!(
        said("until_minutes = \"never\""),
        rules(RefundsUntil::Never, 0)
    );
    // A book of before, and one that a program of before reads.
    let plain = serde_json::to_string(&book("")).unwrap();
    assert!(!plain.contains("refunds"), "{plain}");
    let told = serde_json::to_string(&book("[price_book.refunds]\nkept = \"1.00\"\n\n")).unwrap();
    let read: crate::PriceBook = serde_json::from_str(&told).unwrap();
    assert_eq!(read.refunds, rules(minutes(0), 100));
}

#[test]
fn rules_that_are_none_are_refused_by_their_line() {
    let told = |lines: &str| {
        let text = broken(KINDS, &format!("[price_book.refunds]\n{lines}\n\n{KINDS}"));
        let last = lines.lines().last().unwrap();
        let line = text[..text.find(last).unwrap()].matches('\n').count() + 1;
        let found = told(&Programme::parse(&text, today()).expect_err("it is refused"));
        assert!(found.contains(&format!("line {line}: ")), "{line}: {found}");
        found
    };
    for (lines, words) in [
        (
            "until_minutes = -1",
            "`until_minutes`: must be a whole number from 0 to 43200, not -1, or \"never\"",
        ),
        ("until_minutes = 43201", "from 0 to 43200, not 43201"),
        (
            "until_minutes = \"always\"",
            "\"always\" is neither a number of minutes before the start, from 0 to 43200, nor \"never\"",
        ),
        ("kept = 1", "`kept`: must be a text in quotes"),
        ("kept = \"-1.00\"", "`kept`: \"-1.00\" is negative"),
        (
            "until_minutes = \"never\"\nkept = \"1.00\"",
            "leave one of them out",
        ),
        ("fee = \"1.00\"", "has no key `fee`"),
    ] {
        let found = told(lines);
        assert!(
            found.contains(words),
            "{lines}: {words}\nis not in\n{found}"
        );
    }
    let dinars = |kept: &str| {
        let lines = format!("[price_book.refunds]\nkept = \"{kept}\"\n\n{KINDS}");
        let text = broken(KINDS, &lines).replace("currency = \"EUR\"", "currency = \"KWD\"");
        self::told(&Programme::parse(&text, today()).expect_err("its prices are euros"))
    };
    let words = "`kept` must be a multiple of 0.010 KWD";
    assert!(dinars("0.505").contains(words), "{}", dinars("0.505"));
    assert!(!dinars("0.500").contains(words), "{}", dinars("0.500"));
    let text = broken(KINDS, &format!("refunds = \"never\"\n{KINDS}"));
    let found = self::told(&Programme::parse(&text, today()).expect_err("it is refused"));
    assert!(
        found.contains("[refunds] must be a table, not a text"),
        "{found}"
    );
}

#[test]
fn a_cinema_may_say_where_it_is() {
    let place = parsed(SAMPLE).cinema.location.map(|it| it.to_string());
    assert_eq!(place.as_deref(), Some("53.543200, 9.988600"));
    let line = "location = \"53.543200, 9.988600\"\n";
    assert_eq!(parsed(&broken(line, "")).cinema.location, None);
    check(
        line,
        "location = \"Hamburg\"\n",
        "is no place on a map: write its latitude, a comma, its longitude",
    );
    check(
        line,
        "location = [53.5, 9.9]\n",
        "`location`: must be a text",
    );
}
