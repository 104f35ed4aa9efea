use super::*;
use crate::bytes::Nonce;
use crate::key::Frames;

fn key(cinema: &str, seed: u8) -> SecretKey<Frames> {
    SecretKey::from_seed(cinema.parse().unwrap(), &[seed; 32])
}

fn metropol() -> CinemaId {
    "metropol".parse().unwrap()
}

/// So many seats, row by row, as a house names them.
fn seats(count: usize) -> Vec<SeatAtEpoch> {
    let seat = |place: usize| {
        let row = char::from(b'A' + u8::try_from(place / 20).unwrap());
        SeatAtEpoch {
            seat: format!("{row}{}", place % 20 + 1).parse().unwrap(),
            epoch: 2,
        }
    };
    (0..count).map(seat).collect()
}

fn hand_over(seats: Vec<SeatAtEpoch>) -> HandOver {
    HandOver {
        cinema: metropol(),
        incarnation: Incarnation::first(Nonce::from([1; 16])),
        generation: Generation::first(Nonce::from([2; 16])),
        showtime: "screen-1-2026-11-23-2015".parse().unwrap(),
        auditorium: "screen-1".parse().unwrap(),
        plan: 3,
        seats,
    }
}

fn one(seats: Vec<SeatAtEpoch>) -> String {
    let [(code, _)] = hand_over(seats)
        .sign(&key("metropol", 1))
        .unwrap()
        .try_into()
        .unwrap();
    code
}

fn read(text: &str) -> Result<HandOver, HandOverRefusal> {
    HandOver::read(text, &metropol(), &[key("metropol", 1).public().clone()]).map(|(read, _)| read)
}

#[test]
fn a_code_says_what_was_signed_and_is_frozen() {
    let mut told = seats(3);
    told[0].epoch = 4;
    let code = one(told.clone());
    insta::assert_snapshot!(code);
    told.rotate_left(1);
    assert_eq!(read(&code), Ok(hand_over(told)));
}

#[test]
fn a_code_is_of_what_a_symbol_holds_in_its_short_way_and_can_be_typed() {
    let code = one(seats(40));
    let is_short = |it: char| it.is_ascii_digit() || it.is_ascii_uppercase() || it == ':';
    assert!(code.chars().all(is_short), "{code}");
    let typed: String = (code.chars().enumerate())
        .flat_map(|(place, it)| {
            let gap = (place % 5 == 4).then_some(if place % 10 == 9 { '\n' } else { '-' });
            [Some(it.to_ascii_lowercase()), gap].into_iter().flatten()
        })
        .collect();
    assert_eq!(read(&format!(" {typed}\r\n")), read(&code));
    assert_eq!(
        read(&code.replace('0', "o").replace('1', "l")),
        Err(HandOverRefusal::NotACode)
    );
    let (prefix, rest) = code.split_at(HAND_OVER_PREFIX.len());
    let mistaken = rest.replace('0', "o").replace('1', "l");
    assert_eq!(read(&format!("{prefix}{mistaken}")), read(&code));
}

#[test]
fn about_a_hundred_seats_fit_one_code_and_more_are_cut() {
    let carried = |count: usize| {
        let signed = hand_over(seats(count)).sign(&key("metropol", 1)).unwrap();
        for (code, _) in &signed {
            assert!(code.len() <= LONGEST_HAND_OVER, "{}", code.len());
        }
        let read: Vec<_> = signed
            .iter()
            .flat_map(|(code, _)| read(code).unwrap().seats)
            .collect();
        assert_eq!(read.len(), count);
        signed
            .into_iter()
            .map(|(_, seats)| seats)
            .collect::<Vec<_>>()
    };
    assert_eq!(carried(0), [0; 0]);
    assert_eq!(carried(1), [1]);
    assert_eq!(carried(90), [90]);
    assert_eq!(carried(110), [110]);
    assert_eq!(carried(130), [65, 65]);
    assert_eq!(carried(400).len(), 4);
}

#[test]
fn no_changed_missing_or_doubled_character_passes() {
    let code = one(seats(4));
    for place in HAND_OVER_PREFIX.len()..code.len() {
        let mut changed = code.clone().into_bytes();
        changed[place] = if changed[place] == b'0' { b'2' } else { b'0' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(read(&changed), Err(HandOverRefusal::Torn), "{place}");
        let mut missing = code.clone();
        missing.remove(place);
        // Of two that are alike it does not matter which is missing; the code is torn all the same.
        assert_eq!(read(&missing), Err(HandOverRefusal::Torn), "{place}");
        assert_eq!(read(&code[..place]), Err(HandOverRefusal::Torn), "{place}");
    }
    assert_eq!(read(&format!("{code}{code}")), Err(HandOverRefusal::Torn));
}

#[test]
fn refusals_say_why() {
    use HandOverRefusal as R;
    for nonsense in [
        "",
        "hello",
        "FOYER1:ABC",
        "FOYERH2:ABC",
        &"F".repeat(20_000),
    ] {
        assert_eq!(read(nonsense), Err(R::NotACode), "{nonsense}");
    }
    assert_eq!(read("FOYERH1:"), Err(R::Torn));
    let code = one(seats(2));
    let elsewhere = HandOver::read(
        &code,
        &"odeon".parse().unwrap(),
        &[key("odeon", 1).public().clone()],
    );
    assert_eq!(elsewhere.map(|_| ()), Err(R::OtherCinema));
    let by_another = hand_over(seats(2)).sign(&key("metropol", 9)).unwrap();
    assert_eq!(read(&by_another[0].0), Err(R::Forged));
    // The right key, and the name of another cinema in what is signed.
    let mislabelled = HandOver {
        cinema: "odeon".parse().unwrap(),
        ..hand_over(seats(1))
    };
    let mislabelled = mislabelled.sign(&key("metropol", 1)).unwrap();
    assert_eq!(read(&mislabelled[0].0), Err(R::OtherCinema));
    // The name of this cinema, and a key of another that somebody takes for this one's.
    let by_another = hand_over(seats(1)).sign(&key("odeon", 1)).unwrap();
    let taken = HandOver::read(
        &by_another[0].0,
        &metropol(),
        &[key("odeon", 1).public().clone()],
    );
    assert_eq!(taken.map(|_| ()), Err(R::OtherCinema));
}

/// Whole and rightly written, and of another signature: only who signs can say so.
#[test]
fn what_is_signed_for_another_purpose_is_no_code() {
    let code = hand_over(seats(1));
    let content = Content {
        cinema: code.cinema.clone(),
        incarnation: code.incarnation,
        generation: code.generation,
        showtime: code.showtime.clone(),
        auditorium: code.auditorium.clone(),
        plan: code.plan,
        seats: BTreeMap::from([(2, vec!["A1".parse().unwrap()])]),
    };
    let mut bytes = seal(Word::Frame, &key("metropol", 1), &content).unwrap();
    bytes.extend(check(&bytes));
    let text = format!("{HAND_OVER_PREFIX}{}", base32::encode(&bytes));
    assert_eq!(read(&text), Err(HandOverRefusal::Forged));
    let mut bytes = b"not a signed message".to_vec();
    bytes.extend(check(&bytes));
    let text = format!("{HAND_OVER_PREFIX}{}", base32::encode(&bytes));
    assert_eq!(read(&text), Err(HandOverRefusal::Later));
}
