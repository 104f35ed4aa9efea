//! Seats of the hub that a person hands over to a cinema whose line is down: given as always, in the stream, and shown as codes that
//! somebody carries there.

mod refusal;
pub(crate) mod routes;
mod store;

use box_office::text::counted;
use box_office::{CinemaId, ShowtimeId};
use counter::catalogue::CatalogueRefused;
use counter::custody::{ToHandOver, Wanted, hand_over, on_their_way, to_hand_over};
use counter::{At, Counter, Repeat};
use database::{Database, Snapshot, Tx};
use hub_api::{HandOver, HandOverCode, HandOverShowtime};
use wire::HandOver as Code;

use crate::links::Links;
pub(crate) use refusal::HandOverRefused;

/// The hub's rooms that it takes.
pub(crate) type Rooms<'a> = (&'a Counter, &'a Database, &'a Links);

/// Gives seats of a showtime to the cinema, once under one key, and shows the codes for all of it that is on its way.
///
/// # Errors
/// Why not.
pub(crate) async fn give(
    (counter, database, links): Rooms<'_>,
    (cinema, showtime): (&CinemaId, ShowtimeId),
    wanted: Wanted,
    (by, repeat): (&str, Repeat),
) -> Result<HandOver, HandOverRefused> {
    let at = counter.at(cinema).ok_or(CatalogueRefused::NoProgramme)?;
    let (by, links) = (by.to_owned(), links.clone());
    let giving = database.write(at.scope(), move |tx: &mut Tx<'_>| {
        let given = match store::find(tx, &repeat.key)? {
            Some((known, given)) => {
                repeat.is(&known)?;
                given
            }
            None => {
                // Nobody could take them there.
                links
                    .box_of(tx, at.cinema())?
                    .ok_or(HandOverRefused::NoBox)?;
                let given = hand_over(tx, &at, &showtime, &wanted)?;
                let now = links.now();
                store::keep(tx, &repeat, (at.cinema(), &showtime), given, (&by, now))?;
                given
            }
        };
        let shown = show(tx, &at, &links, &showtime)?;
        let given = few(given);
        Ok::<_, HandOverRefused>(HandOver { given, ..shown })
    });
    giving.await
}

/// The codes for what is on its way of a showtime.
///
/// # Errors
/// There is no such showtime, or nobody there could take them.
pub(crate) async fn look(
    (counter, database, links): Rooms<'_>,
    (cinema, showtime): (&CinemaId, ShowtimeId),
) -> Result<HandOver, HandOverRefused> {
    let at = counter.at(cinema).ok_or(CatalogueRefused::NoProgramme)?;
    let links = links.clone();
    let looking = database.read(move |db| show(db, &at, &links, &showtime));
    looking.await
}

fn show(
    db: &mut Snapshot<'_>,
    at: &At,
    links: &Links,
    showtime: &ShowtimeId,
) -> Result<HandOver, HandOverRefused> {
    if !counter::custody::may_hear(db, at, at.cinema())? {
        return Err(HandOverRefused::Stopped);
    }
    let incarnation = links.box_of(db, at.cinema())?;
    let incarnation = incarnation.ok_or(HandOverRefused::NoBox)?;
    // A box that has no list of keys knows only the one for frames.
    let is_key_known = links.key_lists().is_known_to_box(db, at.cinema())?;
    let sign = |code: Code| match is_key_known {
        true => code.sign(&links.code_key(at.cinema())),
        false => code.sign(&links.frame_key(at.cinema())),
    };
    let free = to_hand_over(db, at)?.into_iter();
    let free = free.filter(|it| it.showtime == *showtime).map(|it| it.free);
    let mut codes = Vec::new();
    for granted in on_their_way(db, at)? {
        if granted.showtime != *showtime {
            continue;
        }
        let auditorium = granted.auditorium.ok_or(HandOverRefused::UnknownRoom)?;
        let code = Code {
            cinema: at.cinema().clone(),
            incarnation,
            generation: links.generation(),
            showtime: granted.showtime,
            auditorium,
            plan: granted.plan,
            seats: granted.seats,
        };
        let signed = sign(code).map_err(mailbox::Error::from)?;
        codes.extend(signed.into_iter().map(|(text, seats)| HandOverCode {
            text,
            seats: few(seats),
        }));
    }
    Ok(HandOver {
        given: 0,
        free: few(free.sum()),
        codes,
    })
}

/// The showtimes of a cinema of which seats can be handed over, or are on their way.
///
/// # Errors
/// The cinema is not known.
pub(crate) async fn list(
    (counter, database): (&Counter, &Database),
    cinema: &CinemaId,
) -> Result<(At, Vec<HandOverShowtime>), HandOverRefused> {
    let at = counter.at(cinema).ok_or(CatalogueRefused::NoProgramme)?;
    let asking = at.clone();
    let found = database.read(move |db| to_hand_over(db, &asking)).await?;
    let shown = |it: ToHandOver| HandOverShowtime {
        showtime: it.showtime,
        film: it.film,
        auditorium: it.auditorium,
        starts_at: it.starts_at,
        free: few(it.free),
        on_their_way: few(it.on_their_way),
    };
    Ok((at, found.into_iter().map(shown).collect()))
}

/// What was handed over, for whoever gave the order: each code in a line of its own.
pub(crate) fn words(handed_over: &HandOver) -> String {
    let seats = |number: u32| {
        counted(
            usize::try_from(number).unwrap_or(usize::MAX),
            "seat",
            "seats",
        )
    };
    let HandOver { given, free, codes } = handed_over;
    let mut said = vec![format!(
        "{} handed over, {} still sold online",
        seats(*given),
        seats(*free)
    )];
    if codes.is_empty() {
        said.push("nothing is on its way: the cinema has it all".to_owned());
    }
    let all = codes.len();
    for (nth, code) in (1..).zip(codes) {
        let carried = seats(code.seats);
        said.push(format!(
            "code {nth} of {all}, {carried}, for `appliance hand-over CODE` at the cinema:"
        ));
        said.push(code.text.clone());
    }
    said.join("\n")
}

fn few(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
