//! Rooms without a box: a seating plan of another program becomes a room of a programme file, and a room a picture. Nothing here
//! knows a database or a showtime.

mod picture;
mod pretix;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use box_office::programme::{Auditorium, LARGEST_FILE, Programme};
use box_office::{AuditoriumId, SeatKind};
use clap::Subcommand;

use crate::command;

/// The largest seating plan in bytes: 3000 seats are half a megabyte, and more would only fill memory.
const LARGEST_PLAN: u64 = 8 * 1024 * 1024;

/// What can be done with rooms.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Reads a seating plan of pretix (JSON) and writes it as a room for a programme file. Says what it could not carry.
    Import {
        /// The seating plan.
        file: PathBuf,
        /// Where to write the room, in the place of standard output.
        #[arg(long)]
        out: Option<PathBuf>,
        /// What a category's seats are, as `Gold=premium`; may be repeated. Others are told by their names, or standard.
        #[arg(long = "kind", value_name = "CATEGORY=KIND", value_parser = kind_of_category)]
        kinds: Vec<(String, SeatKind)>,
    },
    /// Draws a room of a programme file as SVG.
    Show {
        /// The file; see PROGRAMME.md.
        file: PathBuf,
        /// Which room, by its id, if the file has several.
        room: Option<AuditoriumId>,
        /// Where to write the picture, in the place of standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Does it, and tells on standard error what is to be told.
pub fn run(order: Order) -> ExitCode {
    let done = match order {
        Order::Import { file, out, kinds } => import(&file, out.as_deref(), &kinds),
        Order::Show { file, room, out } => show(&file, room.as_ref(), out.as_deref()),
    };
    let (told, code) = match done {
        Ok(told) => (told, ExitCode::SUCCESS),
        Err(why) => (vec![why], ExitCode::FAILURE),
    };
    for words in told {
        // Where nobody hears, there is nobody to tell.
        let _ = writeln!(io::stderr(), "{words}");
    }
    code
}

fn import(
    file: &Path,
    out: Option<&Path>,
    kinds: &[(String, SeatKind)],
) -> Result<Vec<String>, String> {
    let plan = read(file, LARGEST_PLAN, "a seating plan")?;
    let imported = pretix::import(&plan, kinds).map_err(|why| in_file(file, &why))?;
    write(out, &imported.room)?;
    Ok(imported.told)
}

fn show(
    file: &Path,
    room: Option<&AuditoriumId>,
    out: Option<&Path>,
) -> Result<Vec<String>, String> {
    let text = read(file, LARGEST_FILE as u64, "a programme")?;
    let text = Programme::text_of(text).map_err(|why| in_file(file, &why))?;
    let rooms = Programme::rooms_of(&text).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(|it| in_file(file, it)).collect();
        told.join("\n")
    })?;
    let room = choose(&rooms, room).map_err(|why| in_file(file, &why))?;
    write(out, &picture::svg(room))?;
    Ok(Vec::new())
}

/// The room that is meant: the one that is named, or the only one.
fn choose<'r>(
    rooms: &'r [Auditorium],
    named: Option<&AuditoriumId>,
) -> Result<&'r Auditorium, String> {
    let ids: Vec<&str> = rooms.iter().map(|room| room.id.as_str()).collect();
    match (named, rooms) {
        (_, []) => Err("it has no [[auditorium]]".to_owned()),
        (None, [only]) => Ok(only),
        (None, _) => Err(format!("say which room: {}", ids.join(" "))),
        (Some(id), _) => rooms
            .iter()
            .find(|room| room.id == *id)
            .ok_or_else(|| format!("there is no room {id}; there are {}", ids.join(" "))),
    }
}

fn read(file: &Path, largest: u64, what: &str) -> Result<Vec<u8>, String> {
    command::read(file, largest, what).map_err(|why| in_file(file, &why))
}

fn in_file(file: &Path, why: &dyn Display) -> String {
    format!("{}: {why}", file.display())
}

fn write(out: Option<&Path>, text: &str) -> Result<(), String> {
    match out {
        Some(path) => std::fs::write(path, text).map_err(|why| in_file(path, &why)),
        None => io::stdout()
            .write_all(text.as_bytes())
            .map_err(|why| format!("standard output: {why}")),
    }
}

fn kind_of_category(typed: &str) -> Result<(String, SeatKind), String> {
    let (category, kind) = typed.rsplit_once('=').ok_or("write CATEGORY=KIND")?;
    let kinds = [SeatKind::Standard, SeatKind::Premium, SeatKind::Wheelchair];
    let found = kinds.into_iter().find(|it| it.word() == kind);
    let kind = found.ok_or("a category is of the kind standard, premium or wheelchair")?;
    Ok((category.to_owned(), kind))
}

#[cfg(test)]
mod tests;
