//! Rooms drawn with letters, for tests. Row A is nearest to the screen.
//!
//! `.` free, `o` free and chosen, `X` sold, `h` held by another guest, `b` blocked, `e` in the hub's custody, `P`/`p` premium free or
//! chosen, `L`/`l` half of a love seat, `W`/`w` wheelchair place, `C`/`c` companion seat of the wheelchair place beside it,
//! `_` an aisle.

use crate::custody::{SeatRecord, SeatState};
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::{Custodian, Epoch, Layout, Place, SeatId, SeatKind};

/// A room with its seats as they stand and a choice in it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) plan: Plan,
    pub(crate) records: Vec<SeatRecord>,
    pub(crate) chosen: Vec<usize>,
}

impl Room {
    pub(crate) fn of(rows: &[&str]) -> Self {
        let letters: Vec<_> = rows
            .iter()
            .flat_map(|row| row.chars().filter(|letter| *letter != '_'))
            .collect();
        let plan = Plan::new(layout(rows));
        let records = letters.iter().map(|letter| record(*letter)).collect();
        let chosen = (0..letters.len())
            .filter(|&place| matches!(letters[place], 'o' | 'p' | 'l' | 'w' | 'c'))
            .collect();
        Self {
            plan,
            records,
            chosen,
        }
    }

    /// The cinema's ledger of the whole room.
    pub(crate) fn ledger(&self) -> Ledger<'_> {
        self.part(std::slice::from_ref(&(0..self.plan.len())))
    }

    /// The cinema's ledger of a part of the room.
    pub(crate) fn part(&self, ranges: &[std::ops::Range<usize>]) -> Ledger<'_> {
        let loaded = ranges
            .iter()
            .cloned()
            .flatten()
            .map(|place| (place, self.records[place].clone()));
        Ledger::new(&self.plan, Custodian::Cinema, loaded)
    }

    pub(crate) fn names(&self, places: &[usize]) -> Vec<SeatId> {
        places
            .iter()
            .map(|&place| self.plan.seat(place).clone())
            .collect()
    }

    /// The rows as they were drawn, with `mark` on these places.
    pub(crate) fn marked(&self, places: &[usize], mark: char) -> Vec<String> {
        let drawn = |place: usize| {
            if places.contains(&place) {
                mark
            } else {
                self.letter(place)
            }
        };
        let row = |row: &std::ops::Range<usize>| {
            let mut text = String::new();
            for place in row.clone() {
                let gap = place > row.start && self.place(place).x - self.place(place - 1).x > 100;
                text.extend(gap.then_some('_'));
                text.push(drawn(place));
            }
            text
        };
        self.plan.rows().iter().map(row).collect()
    }

    fn place(&self, place: usize) -> &Place {
        &self.plan.layout().places[place]
    }

    fn letter(&self, place: usize) -> char {
        match (&self.records[place].state, self.place(place).kind) {
            (SeatState::Sold(_) | SeatState::Revoking(_) | SeatState::TakenOver(_), _) => 'X',
            (SeatState::Held(_), _) => 'h',
            (SeatState::Blocked(_) | SeatState::Quarantine, _) => 'b',
            (SeatState::Free, _) if self.records[place].epoch.custodian() == Custodian::Hub => 'e',
            (SeatState::Free, SeatKind::Standard) => '.',
            (SeatState::Free, SeatKind::Premium) => 'P',
            (SeatState::Free, SeatKind::LoveSeat) => 'L',
            (SeatState::Free, SeatKind::Wheelchair) => 'W',
            (SeatState::Free, SeatKind::Companion) => 'C',
        }
    }
}

fn record(letter: char) -> SeatRecord {
    let state = match letter {
        'X' => SeatState::Sold("ticket".parse().unwrap()),
        'h' => SeatState::Held("other".parse().unwrap()),
        'b' => SeatState::Blocked("house".parse().unwrap()),
        _ => SeatState::Free,
    };
    let epoch = if letter == 'e' {
        Epoch::new(1)
    } else {
        Epoch::FIRST
    };
    SeatRecord { epoch, state }
}

fn layout(rows: &[&str]) -> Layout {
    let width = hundreds(rows.iter().map(|row| row.len()).max().unwrap_or(0));
    let depth = hundreds(rows.len()) / 100 * 120;
    let (mut places, mut run) = (Vec::new(), 0);
    for (number, row) in rows.iter().enumerate() {
        let name = char::from(b'A' + u8::try_from(number).unwrap());
        run += 1;
        let letters: Vec<_> = row.chars().collect();
        let mut pair = false;
        for (column, &letter) in letters.iter().enumerate() {
            let kind = kind(letter);
            let at = |column: usize| -> SeatId {
                format!(
                    "{name}{}",
                    letters[..=column].iter().filter(|it| **it != '_').count()
                )
                .parse()
                .unwrap()
            };
            let walls = |kind| matches!(kind, Some(SeatKind::Wheelchair | SeatKind::Companion));
            if kind.is_none()
                || walls(kind)
                || column
                    .checked_sub(1)
                    .is_some_and(|left| walls(self::kind(letters[left])))
            {
                run += 1;
            }
            let Some(kind) = kind else { continue };
            let beside = |wanted| {
                [column.wrapping_sub(1), column + 1]
                    .into_iter()
                    .find(|&it| {
                        letters
                            .get(it)
                            .is_some_and(|it| self::kind(*it) == Some(wanted))
                    })
            };
            let with = match kind {
                SeatKind::LoveSeat => {
                    pair = !pair;
                    Some(at(if pair { column + 1 } else { column - 1 }))
                }
                SeatKind::Companion => beside(SeatKind::Wheelchair).map(at),
                SeatKind::Standard | SeatKind::Premium | SeatKind::Wheelchair => None,
            };
            let seat = at(column);
            let number = seat.as_str()[1..].to_owned();
            places.push(Place {
                seat,
                block: None,
                row: name.into(),
                number,
                kind,
                x: hundreds(column) + 50,
                y: (number_of(name) + 1) * 120,
                turn: 0,
                with,
                run,
            });
        }
    }
    Layout {
        version: 1,
        width,
        depth,
        focus: (width / 2, depth * 2 / 3),
        gallery_from: None,
        blocks: Vec::new(),
        places,
    }
}

fn hundreds(number: usize) -> i32 {
    i32::try_from(number).unwrap() * 100
}

fn number_of(row: char) -> i32 {
    row as i32 - 'A' as i32
}

fn kind(letter: char) -> Option<SeatKind> {
    match letter {
        '_' => None,
        'P' | 'p' => Some(SeatKind::Premium),
        'L' | 'l' => Some(SeatKind::LoveSeat),
        'W' | 'w' => Some(SeatKind::Wheelchair),
        'C' | 'c' => Some(SeatKind::Companion),
        _ => Some(SeatKind::Standard),
    }
}
