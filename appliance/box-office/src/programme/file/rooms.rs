//! `[[auditorium]]`: the room around the drawing of its seats.

use std::cell::Cell;

use super::cinema::LONGEST_MINUTES;
use super::drawing::Numbering;
use super::films::HIGHEST_VERSION;
use super::hall::{self, Room};
use super::part::FARTHEST;
use super::section::{Listed, Section};
use super::value;
use crate::AuditoriumId;
use crate::programme::{Auditorium, Cinema};

/// From one row to the next, in hundredths of a seat's width, unless the room says otherwise: 80 cm behind seats of 55 cm.
const ROW_SPACING: i32 = 145;

/// The most rooms of one file: five times what the largest cinema has.
const MOST_ROOMS: usize = 200;

/// The most seats of all rooms of one file: twice what the largest cinema has, and each is a row for every showtime.
const MOST_SEATS: usize = 60_000;

/// The rooms; of a file that has too many of them or of their seats, none is kept beyond that.
pub(super) fn read_all(
    sections: &[Section<'_>],
    cinema: Option<&Cinema>,
) -> Listed<AuditoriumId, Auditorium> {
    let (read_here, beyond) = sections.split_at(sections.len().min(MOST_ROOMS));
    if let Some(beyond) = beyond.first() {
        let detail = format!(
            "a file has at most {MOST_ROOMS} rooms, not {}",
            sections.len()
        );
        beyond.problems().push(beyond.line(), detail);
    }
    let seats = Cell::new(0);
    Listed::read(read_here, |section| {
        let (id, room) = read(section, cinema);
        let before = seats.get();
        seats.set(before + room.as_ref().map_or(0, |room| room.layout.places.len()));
        if seats.get() <= MOST_SEATS {
            return (id, room);
        }
        if before <= MOST_SEATS {
            let detail = format!(
                "a file has at most {MOST_SEATS} seats in all its rooms, and more than that are there up to here"
            );
            section.problems().push(section.line(), detail);
        }
        (id, None)
    })
}

fn read(
    section: &Section<'_>,
    cinema: Option<&Cinema>,
) -> (Option<AuditoriumId>, Option<Auditorium>) {
    let id: Option<AuditoriumId> = section.required("id", value::id);
    let name = section.required("name", value::text);
    let version = section.required("layout_version", value::whole(1, HIGHEST_VERSION));
    let curve = section
        .optional("curve", value::whole(0, 1000))
        .unwrap_or(0);
    let row_spacing = section
        .optional("row_spacing", value::whole(80, 400))
        .unwrap_or(ROW_SPACING);
    let numbering = section
        .optional("numbers", |value| {
            Numbering::default().with(&value::text(value)?)
        })
        .unwrap_or_default();
    let focus = section.optional("focus", value::point(FARTHEST));
    let focus_row = section.optional("focus_row", value::text);
    let gallery_from = section.optional("gallery_from", value::text);
    let turnaround = section.optional("turnaround_minutes", value::whole(0, LONGEST_MINUTES));
    let room = Room {
        version: version.unwrap_or(1),
        row_spacing,
        numbering,
        focus,
        focus_row: focus_row.as_deref(),
        gallery_from: gallery_from.as_deref(),
    };
    let layout = hall::read(section, &room);
    let auditorium = || {
        let turnaround_minutes = turnaround
            .or(cinema.map(|cinema| cinema.turnaround_minutes))
            .unwrap_or(0);
        Some(Auditorium {
            id: id.clone()?,
            name: name?,
            layout: version.and(layout)?,
            curve,
            turnaround_minutes,
        })
    };
    let auditorium = auditorium();
    (id, auditorium)
}
