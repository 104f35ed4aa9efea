//! Frozen bytes of every type: a change here is a change of the protocol.

use box_office::PrinterTrouble;

use super::*;
use crate::key::hex;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn showtime() -> ShowtimeScheduled {
    ShowtimeScheduled {
        showtime: id("s1-2015"),
        film: id("stalker"),
        film_version: 1,
        auditorium: id("screen-1"),
        plan: 1,
        day: "2026-11-23".into(),
        start: 1_795_464_900_000,
        film_start: 1_795_466_100_000,
        end: 1_795_476_000_000,
        sales_end: 1_795_466_100_000,
        book: id("standard"),
        book_version: 2,
        language: "ru".into(),
        subtitles: Some(Subtitles {
            language: "en".into(),
            captions: false,
        }),
        format: "2D".into(),
        audio_description: false,
        seats: 400,
        selling: None,
    }
}

fn layout() -> box_office::Layout {
    let place = |row: &str, number: &str, kind, x, y, with: Option<&str>| box_office::Place {
        seat: id(&format!("{row}{number}")),
        block: None,
        row: row.into(),
        number: number.into(),
        kind,
        x,
        y,
        turn: 0,
        with: with.map(id),
        run: 0,
    };
    use box_office::SeatKind::{LoveSeat, Standard};
    box_office::Layout {
        version: 1,
        width: 400,
        depth: 300,
        focus: (200, 200),
        gallery_from: Some("B".into()),
        blocks: Vec::new(),
        places: vec![
            place("A", "1", Standard, 50, 100, None),
            place("B", "1", LoveSeat, 50, 220, Some("B2")),
            place("B", "2", LoveSeat, 150, 220, Some("B1")),
        ],
    }
}

fn one_of_each() -> Vec<Body> {
    let seats = vec![
        SeatAtEpoch {
            seat: id("F7"),
            epoch: 1,
        },
        SeatAtEpoch {
            seat: id("F8"),
            epoch: 3,
        },
    ];
    let currency = id("EUR");
    vec![
        CinemaDescribed {
            cinema: id("metropol"),
            name: "Metropol".into(),
            zone: "Europe/Berlin".into(),
            currency,
            day_starts: 300,
            selling: None,
        }
        .into(),
        FilmImported {
            film: id("stalker"),
            version: 1,
            title: "Stalker".into(),
            year: 1979,
            directors: vec!["Andrei Tarkovsky".into()],
            minutes: 162,
            genres: vec!["science-fiction".into()],
            language: "ru".into(),
            rating: Some(AgeRating {
                system: "FSK".into(),
                label: "12".into(),
                from: 12,
            }),
            selling: None,
        }
        .into(),
        PriceBookImported {
            book: id("standard"),
            version: 2,
            currency,
            content: "{}".into(),
        }
        .into(),
        AuditoriumDescribed {
            auditorium: id("screen-1"),
            name: "Screen 1".into(),
            layout: (&layout()).into(),
            usage: None,
        }
        .into(),
        showtime().into(),
        ShowtimeChanged(ShowtimeScheduled {
            subtitles: None,
            ..showtime()
        })
        .into(),
        ShowtimeCancelled {
            showtime: id("s1-2015"),
            reason: "power cut".into(),
        }
        .into(),
        SaleSettled {
            sale: id("sale-1"),
            receipt: Receipt {
                series: 1,
                number: 42,
            },
            showtime: id("s1-2015"),
            device: id("kiosk-1"),
            time: 1_795_464_000_000,
            day: "2026-11-23".into(),
            currency,
            total: 2400,
            tax: 157,
            tickets: vec![SoldTicket {
                id: id("ticket-1"),
                seat: id("F7"),
                plan: 1,
                epoch: 0,
                edition: 1,
                kind: id("adult"),
                price: 2400,
                tax: 157,
                taken_over: false,
            }],
            tenders: vec![
                PaidTender {
                    id: id("tender-1"),
                    way: TenderWay::Cash,
                    amount: 400,
                    given: Some(500),
                    slip: None,
                },
                PaidTender {
                    id: id("tender-2"),
                    way: TenderWay::Card,
                    amount: 2000,
                    given: None,
                    slip: Some(CardSlip {
                        last_four: "4242".into(),
                        authorisation: "A1B2C3".into(),
                    }),
                },
            ],
        }
        .into(),
        PaymentRefunded {
            tender: id("tender-3"),
            hold: id("hold-1"),
            showtime: id("s1-2015"),
            device: id("kiosk-1"),
            time: 1_795_464_000_000,
            day: "2026-11-23".into(),
            amount: 2400,
            currency,
            reason: "showtime_cancelled".into(),
        }
        .into(),
        SeatsReleased {
            showtime: id("s1-2015"),
            auditorium: None,
            plan: 1,
            seats: seats.clone(),
        }
        .into(),
        ContentAdopted {
            content: Content::Film(id("stalker")),
            version: 1,
        }
        .into(),
        ContentRefused {
            content: Content::PriceBook(id("standard")),
            version: 2,
            reason: RefusedContent::OtherContentUnderThisVersion,
        }
        .into(),
        SeatsGranted {
            showtime: id("s1-2015"),
            auditorium: None,
            plan: 1,
            seats,
        }
        .into(),
        PaymentUnknown {
            tender: id("tender-4"),
            hold: id("hold-2"),
            showtime: id("s1-2015"),
            device: id("kiosk-1"),
            started: 1_795_464_000_000,
            amount: 2400,
            currency,
        }
        .into(),
        PaymentDecided {
            tender: id("tender-4"),
            time: 1_795_480_000_000,
            outcome: PaymentOutcome::RefundOwed,
            by: DecidedBy::Person,
            reason: "on the bank's statement".into(),
        }
        .into(),
        StaffCalled {
            device: id("kiosk-1"),
            name: "Kiosk by the stairs".into(),
            since: 1_795_464_000_000,
            time: 1_795_464_120_000,
            times: 2,
        }
        .into(),
        StaffCame {
            device: id("kiosk-1"),
            time: 1_795_464_300_000,
        }
        .into(),
        PrinterStopped {
            trouble: PrinterTrouble::PaperOut,
            since: 1_795_464_000_000,
            time: 1_795_464_005_000,
        }
        .into(),
        PrinterReady {
            time: 1_795_464_300_000,
        }
        .into(),
        OnlineSales {
            is_open: true,
            end_before_start_min: 10,
        }
        .into(),
        TicketsSold {
            sale: id("sale-2"),
            showtime: id("s1-2015"),
            time: 1_795_464_000_000,
            currency,
            tickets: vec![SoldTicket {
                id: box_office::TicketId::from_bits([6; 16]),
                seat: id("A2"),
                plan: 1,
                epoch: 1,
                edition: 1,
                kind: id("adult"),
                price: 1100,
                tax: 71,
                taken_over: false,
            }],
        }
        .into(),
        TicketAdmitted {
            ticket: box_office::TicketId::from_bits([6; 16]),
            seller: box_office::Custodian::Hub,
            showtime: id("s1-2015"),
            seat: id("A2"),
            epoch: 1,
            edition: 1,
            kind: id("adult"),
            device: id("door-1"),
            time: 1_795_464_600_000,
            proven: true,
            found: true,
        }
        .into(),
        RefundRequested {
            ticket: box_office::TicketId::from_bits([6; 16]),
            sale: id("sale-2"),
            showtime: id("s1-2015"),
            seat: id("A2"),
            plan: 1,
            epoch: 1,
            edition: 1,
            kind: id("adult"),
            time: 1_795_464_700_000,
        }
        .into(),
        RefundAnswered {
            ticket: box_office::TicketId::from_bits([6; 16]),
            showtime: id("s1-2015"),
            answer: RefundAnswer::AlreadyAdmitted,
            time: 1_795_464_800_000,
        }
        .into(),
        SeatsQuarantined {
            showtime: id("s1-2015"),
            auditorium: id("screen-1"),
            plan: 1,
            seats: vec![id("F7"), id("F8")],
        }
        .into(),
        CustodyTold {
            generation: LifeOfHub {
                number: 1,
                random: crate::Nonce::from([8; 16]),
            },
            showtime: id("s1-2015"),
            auditorium: id("screen-1"),
            plan: 1,
            seats: vec![SeatAtEpoch {
                seat: id("F7"),
                epoch: 3,
            }],
        }
        .into(),
        CustodyToldAll {
            generation: LifeOfHub {
                number: 1,
                random: crate::Nonce::from([8; 16]),
            },
            former: LifeOfHub {
                number: 1,
                random: crate::Nonce::from([9; 16]),
            },
            applied: Position::START,
            before: Vec::new(),
        }
        .into(),
        CustodyClaimed {
            showtime: id("s1-2015"),
            auditorium: id("screen-1"),
            plan: 1,
            heard: 7,
            seats: [(1, vec![id("F7"), id("F8")]), (2, vec![id("F9")])].into(),
            scanned: [(2, vec![id("F9")])].into(),
        }
        .into(),
        SeatsFreed {
            showtime: id("s1-2015"),
            auditorium: id("screen-1"),
            plan: 1,
            seats: vec![id("F7")],
        }
        .into(),
        ShowtimeMoved {
            showtime: ShowtimeScheduled {
                auditorium: id("screen-2"),
                ..showtime()
            },
            former: id("screen-1"),
            former_plan: 1,
            left: vec![SeatAtEpoch {
                seat: id("F9"),
                epoch: 2,
            }],
        }
        .into(),
        TicketsStanding {
            generation: LifeOfHub {
                number: 2,
                random: crate::Nonce::from([8; 16]),
            },
            showtime: id("s1-2015"),
            seats: vec![SeatAtEpoch {
                seat: id("F7"),
                epoch: 1,
            }],
        }
        .into(),
    ]
}

/// What a box tells beyond the first version: the bytes of the first one stay as they are.
fn told_for_selling() -> Vec<Body> {
    use box_office::{ShowtimeStatus, SingleSeatMode};
    let mut bodies = Vec::new();
    for body in one_of_each() {
        if let Body::CinemaDescribed(cinema) = &body {
            let selling = Some(CinemaSelling {
                address: vec!["Allee 1".into(), "Berlin".into()],
                location: None,
                tax_number: "12/345/67890".into(),
                sales_end_minutes: 20,
                turnaround_minutes: 15,
                single_seats: SingleSeatMode::Lenient,
            });
            bodies.push(Body::from(CinemaDescribed {
                selling,
                ..cinema.clone()
            }));
        }
        if let Body::FilmImported(film) = &body {
            let selling = Some(FilmSelling {
                original_title: Some("Сталкер".into()),
                accompanied_from: Some(6),
                synopsis: std::collections::BTreeMap::new(),
                trailer: None,
            });
            bodies.push(Body::from(FilmImported {
                selling,
                ..film.clone()
            }));
        }
        if let Body::AuditoriumDescribed(room) = &body {
            let usage = Some(AuditoriumUse {
                curve: 40,
                turnaround_minutes: 15,
            });
            bodies.push(Body::from(AuditoriumDescribed {
                usage,
                ..room.clone()
            }));
        }
        if let Body::ShowtimeScheduled(showtime) = &body {
            let selling = Some(ShowtimeSelling {
                status: ShowtimeStatus::Open,
                time: id("20:15"),
                single_seats: SingleSeatMode::Strict,
            });
            bodies.push(Body::from(ShowtimeScheduled {
                selling,
                ..showtime.clone()
            }));
        }
        let auditorium = || Some(id("screen-1"));
        if let Body::SeatsReleased(released) = &body {
            bodies.push(Body::from(SeatsReleased {
                auditorium: auditorium(),
                ..released.clone()
            }));
        }
        if let Body::SeatsGranted(granted) = &body {
            bodies.push(Body::from(SeatsGranted {
                auditorium: auditorium(),
                ..granted.clone()
            }));
        }
    }
    assert_eq!(bodies.len(), 6, "one of each that has more to tell");
    bodies
}

/// A cinema that says where it is: a hub of before hears the rest, and one that says nothing is told as before.
#[test]
fn where_a_cinema_is_may_be_told_and_need_not() {
    let bodies = told_for_selling();
    let mut cinemas = bodies.iter().filter_map(|body| {
        if let Body::CinemaDescribed(cinema) = body {
            return cinema.selling.clone();
        }
        None
    });
    let before = cinemas.next().unwrap();
    let told = CinemaSelling {
        location: Some("52.520008, 13.404954".parse().unwrap()),
        ..before.clone()
    };
    let bytes = |selling: &CinemaSelling| {
        let mut bytes = Vec::new();
        ciborium::into_writer(selling, &mut bytes).unwrap();
        bytes
    };
    insta::assert_snapshot!(hex(&bytes(&told)));
    let read: CinemaSelling = ciborium::from_reader(&*bytes(&told)).unwrap();
    assert_eq!(read, told);
    let read: CinemaSelling = ciborium::from_reader(&*bytes(&before)).unwrap();
    assert_eq!(read.location, None);
}

#[test]
fn what_is_told_for_selling_is_frozen_too() {
    let mut frozen = String::new();
    for body in told_for_selling() {
        let bytes = body.to_bytes().unwrap();
        let read = Body::decode(body.kind(), &bytes);
        assert_eq!(read.as_ref(), Some(&body));
        frozen.push_str(&format!("{} {}\n", body.kind(), hex(&bytes)));
    }
    insta::assert_snapshot!(frozen);
}

#[test]
fn the_bytes_of_every_type_are_frozen() {
    let bodies = one_of_each();
    let kinds: Vec<_> = bodies.iter().map(Body::kind).collect();
    assert_eq!(kinds, Body::KINDS, "one of each, in order");
    let mut head = Position::START;
    let mut frozen = String::new();
    for body in bodies {
        let event = Event::after(
            &head,
            id(&format!("event-{}", head.seq + 1)),
            1_795_464_000_000,
            &body,
        )
        .unwrap();
        assert!(event.follows(&head));
        let read = Event::decode(event.bytes().to_vec()).unwrap();
        assert_eq!(read, event);
        assert_eq!(*read.meaning(), Meaning::Known(Box::new(body)));
        frozen.push_str(&format!(
            "{} {} {}\n",
            event.seq(),
            event.kind(),
            hex(event.bytes())
        ));
        head = event.position();
    }
    frozen.push_str(&format!("head {}", head.hash));
    insta::assert_snapshot!(frozen);
}

#[test]
fn a_layout_survives_its_rows() {
    assert_eq!(
        box_office::Layout::from(SeatingPlan::from(&layout())),
        layout()
    );
}

#[test]
fn a_hall_of_blocks_and_placed_seats_survives_its_rows() {
    let mut hall = layout();
    hall.gallery_from = None;
    hall.blocks = ["L", "R"]
        .map(|id| box_office::Block {
            id: id.into(),
            name: format!("Block {id}"),
        })
        .to_vec();
    for (place, (block, y, turn)) in
        hall.places
            .iter_mut()
            .zip([("L", 100, 0), ("R", 220, 15), ("R", 231, 20)])
    {
        (place.block, place.y, place.turn) = (Some(block.to_owned()), y, turn);
    }
    is_told_and_heard(&hall);
}

#[test]
fn a_thousand_seats_fit_into_one_event() {
    let mut hall = layout();
    hall.places = (0..1000)
        .map(|n| box_office::Place {
            seat: id(&format!("R{}-{}", n / 25, n % 25)),
            block: None,
            row: format!("R{}", n / 25),
            number: format!("{}", n % 25),
            kind: box_office::SeatKind::LoveSeat,
            x: n * 100,
            y: n / 25 * 110,
            turn: 0,
            with: Some(id(&format!("R{}-{}", n / 25, n % 25))),
            run: 300,
        })
        .collect();
    let body = AuditoriumDescribed {
        auditorium: id("screen-1"),
        name: "Screen 1".into(),
        layout: (&hall).into(),
        usage: None,
    }
    .into();
    let event = Event::after(&Position::START, id("e"), 0, &body).unwrap();
    assert!(
        event.bytes().len() <= LARGEST_EVENT,
        "{}",
        event.bytes().len()
    );
}

/// The largest room that a programme file takes.
#[test]
fn three_thousand_seats_fit_into_one_event() {
    let mut hall = layout();
    let half = |n: i32| id(&format!("BLOCK1-R{}-{}", n / 50, n % 50));
    hall.places = (0..3000)
        .map(|n| box_office::Place {
            seat: half(n),
            block: Some("BLOCK1".into()),
            row: format!("R{}", n / 50),
            number: format!("{}", n % 50),
            kind: box_office::SeatKind::LoveSeat,
            x: n * 101 % 5003,
            y: n / 50 * 110 + n * 13 % 70,
            turn: n % 37 - 18,
            with: Some(half(n ^ 1)),
            run: u32::try_from(n / 7).unwrap(),
        })
        .collect();
    is_told_and_heard(&hall);
}

/// The other side hears of the room what was told.
fn is_told_and_heard(hall: &box_office::Layout) {
    let told = AuditoriumDescribed {
        auditorium: id("screen-1"),
        name: "Screen 1".into(),
        layout: hall.into(),
        usage: None,
    };
    let event = Event::after(&Position::START, id("e"), 0, &told.into()).unwrap();
    let heard = Event::decode(event.bytes().to_vec()).unwrap();
    let Meaning::Known(body) = heard.meaning() else {
        panic!("it is known")
    };
    let Body::AuditoriumDescribed(heard) = &**body else {
        panic!("it is a room")
    };
    assert_eq!(box_office::Layout::from(heard.layout.clone()), *hall);
}

/// A room of so many seats told in an event: whether its rows are as they are, and the event's size.
fn told(seats: i32) -> (bool, usize) {
    let mut hall = layout();
    hall.places = (0..seats)
        .map(|n| box_office::Place {
            seat: id(&format!("R{}-{}", n / 25, n % 25)),
            block: None,
            row: format!("R{}", n / 25),
            number: format!("{}", n % 25),
            kind: box_office::SeatKind::LoveSeat,
            x: n * 100,
            y: n / 25 * 110,
            turn: 0,
            with: Some(id(&format!("R{}-{}", n / 25, n % 25))),
            run: 300,
        })
        .collect();
    let body: Body = AuditoriumDescribed {
        auditorium: id("screen-1"),
        name: "Screen 1".into(),
        layout: (&hall).into(),
        usage: None,
    }
    .into();
    let event = Event::after(&Position::START, id("e"), 0, &body).unwrap();
    assert_eq!(event.meaning(), &Meaning::Known(Box::new(body.clone())));
    let size = event.bytes().len();
    (event.written.data.0 == body.to_bytes().unwrap(), size)
}

/// What went out as it is goes out so.
#[test]
fn a_room_is_packed_only_where_its_event_would_be_too_large() {
    let last_plain = (900..2000).take_while(|seats| told(*seats).0).last();
    let (plain, size) = told(last_plain.unwrap());
    assert!(plain && size > LARGEST_EVENT - 100, "{size}");
    let (plain, size) = told(last_plain.unwrap() + 1);
    assert!(!plain && size < LARGEST_EVENT / 4, "{size}");
}

#[test]
fn fields_and_types_of_a_later_version_are_met_calmly() {
    #[derive(Serialize)]
    struct LaterCancelled {
        showtime: &'static str,
        reason: &'static str,
        refund_until: i64,
    }
    let written = |kind: &str, skip, data: Vec<u8>| {
        let written = Written {
            seq: 1,
            prev: Hash::ZERO,
            id: id("e"),
            kind: kind.into(),
            skip,
            time: 0,
            data: Blob(data),
        };
        Event::decode(encode(&written).unwrap())
            .unwrap()
            .meaning()
            .clone()
    };
    let later = encode(&LaterCancelled {
        showtime: "s1-2015",
        reason: "snow",
        refund_until: 7,
    })
    .unwrap();
    let known = Body::from(ShowtimeCancelled {
        showtime: id("s1-2015"),
        reason: "snow".into(),
    });
    assert_eq!(
        written("showtime_cancelled", false, later),
        Meaning::Known(Box::new(known))
    );
    assert_eq!(
        written("popcorn_burnt", true, vec![0xa0]),
        Meaning::MayBeSkipped
    );
    assert_eq!(
        written("popcorn_burnt", false, vec![0xa0]),
        Meaning::UpdateNeeded
    );
    assert_eq!(
        written("sale_settled", false, vec![0xa0]),
        Meaning::UpdateNeeded,
        "a known name with another content"
    );
}

#[test]
fn what_is_no_event_is_refused() {
    assert!(matches!(
        Event::decode(vec![0xff]),
        Err(EventError::Unreadable(_))
    ));
    assert!(matches!(
        Event::decode(vec![0; LARGEST_EVENT + 1]),
        Err(EventError::TooLarge(_))
    ));
    let event = Event::after(&Position::START, id("e"), 0, &one_of_each()[0]).unwrap();
    let mut longer = event.bytes().to_vec();
    longer.push(0);
    assert!(matches!(
        Event::decode(longer),
        Err(EventError::Unreadable(_))
    ));
    let last = Position {
        seq: u64::MAX,
        hash: Hash::ZERO,
    };
    assert_eq!(
        Event::after(&last, id("e"), 0, &one_of_each()[0]),
        Err(EventError::StreamFull)
    );
}

#[test]
fn that_a_seat_was_taken_over_is_said_only_of_such_a_ticket() {
    let told = |taken_over| SoldTicket {
        id: id("ticket-1"),
        seat: id("F7"),
        plan: 1,
        epoch: 1,
        edition: 1,
        kind: id("adult"),
        price: 1200,
        tax: 79,
        taken_over,
    };
    let bytes = |ticket| super::encode(&ticket).unwrap();
    assert!(bytes(told(false)).len() < bytes(told(true)).len());
    for ticket in [told(false), told(true)] {
        let read: SoldTicket = super::decode(&bytes(ticket.clone())).unwrap();
        assert_eq!(read, ticket);
    }
}

/// A hub of the version before says nothing of it, and is told the programme once more when it does.
#[test]
fn what_is_kept_beyond_the_types_is_said_with_them() {
    let kinds = Kinds::of_this_version();
    assert!(kinds.contain(KEEPS_PLACE_AND_RULES));
    let before = Kinds::listing(Body::KINDS.iter().copied());
    assert!(!before.contain("price_book_imported/2"));
}
