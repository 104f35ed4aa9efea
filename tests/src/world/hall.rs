//! A hall of two blocks whose rows bear the same names, for the stories.

use super::PROGRAMME;

const HALL: &str =
    include_str!("../../../appliance/box-office/src/programme/file/hall/two_blocks.toml");

const SHOWTIME: &str = r#"
[[showtime]]
id = "nave"
film = "metropolis"
auditorium = "nave"
price_book = "standard"
days = "today"
time = "20:00"
language = "de"
"#;

/// The programme of the stories with a hall of two blocks of 57 rows each, and `nave` in it tonight.
pub fn with_two_blocks() -> String {
    format!("{PROGRAMME}\n{HALL}\n{SHOWTIME}")
}

/// The programme of the stories with a hall of four hundred seats, a wheelchair place and its companion in the last row, and `great` in it
/// tonight.
pub fn with_four_hundred_seats() -> String {
    let rows: String = ('A'..='S')
        .map(|row| format!("{row} | {}\n", "s".repeat(20)))
        .collect();
    let hall = format!(
        "[[auditorium]]\nid = \"great\"\nname = \"Great hall\"\nlayout_version = 1\nfocus_row = \"M\"\n\
         seats = '''\n{rows}T | wc{}\n'''\n",
        "s".repeat(18)
    );
    let showtime = SHOWTIME.replace("\"nave\"", "\"great\"");
    format!("{PROGRAMME}\n{hall}\n{showtime}")
}
