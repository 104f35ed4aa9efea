//! The programme that is sold under load and in chaos: rooms of 300 seats that are all alike, showtimes from tomorrow on.

use std::fmt::Write as _;

/// How much there is to sell.
#[derive(Debug, Clone, Copy)]
pub struct Hall {
    /// How many rooms.
    pub rooms: usize,
    /// How many days, from tomorrow on; each room has [`SHOWTIMES_A_DAY`] a day.
    pub days: usize,
}

/// The id of the cinema.
pub const CINEMA: &str = "load";

/// The seats of a room: 15 rows of 20.
pub const SEATS: usize = 300;

/// The showtimes of a room on one day.
pub const SHOWTIMES_A_DAY: usize = 7;

const ROWS: &str = "ABCDEFGHJKLMNPQ";

/// The rows of a room of 400 seats.
const LARGE: &str = "ABCDEFGHJKLMNPQRSTUV";

impl Hall {
    /// How many showtimes there are.
    pub fn showtimes(&self) -> usize {
        self.rooms * self.days * SHOWTIMES_A_DAY
    }

    /// How many seats can be sold.
    pub fn seats(&self) -> usize {
        self.rooms * self.days * SHOWTIMES_A_DAY * SEATS
    }

    /// The programme file.
    pub fn programme(&self) -> String {
        self.programme_of(CINEMA, 1)
    }

    /// The same with rooms of 400 seats.
    pub fn programme_of_large_rooms(&self) -> String {
        self.text((CINEMA, LARGE), 1)
    }

    /// The same of another cinema, whose first showtimes are so many days ahead.
    pub fn programme_of(&self, cinema: &str, first_day: usize) -> String {
        self.text((cinema, ROWS), first_day)
    }

    fn text(&self, (cinema, rows): (&str, &str), first_day: usize) -> String {
        let mut text = HEAD.replacen(CINEMA, cinema, 1);
        for room in 1..=self.rooms {
            let _ = write!(
                text,
                "\n[[auditorium]]\nid = \"room-{room}\"\nname = \"Screen {room}\"\nlayout_version = 1\nseats = '''\n"
            );
            for row in rows.chars() {
                let _ = writeln!(text, "{row} | {}", "s".repeat(SEATS / ROWS.len()));
            }
            text.push_str("'''\n");
        }
        for room in 1..=self.rooms {
            let last_day = first_day + self.days - 1;
            let days = format!("today+{first_day}..today+{last_day}");
            let _ = write!(
                text,
                "\n[[showtime]]\nfilm = \"short\"\nauditorium = \"room-{room}\"\nprice_book = \"one\"\ndays = \"{days}\"\ntimes = {TIMES}\nlanguage = \"en\"\n"
            );
        }
        text
    }
}

/// Seven times that never overlap.
const TIMES: &str = r#"["08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00"]"#;

const HEAD: &str = r#"# Written by a program: rooms that are all alike.
format = "foyer-programme/1"

[cinema]
id = "load"
name = "Load"
address = ["Nowhere 1"]
tax_number = "00"
time_zone = "UTC"
currency = "EUR"
business_day_start = "05:00"
sales_end_minutes = 20
advertisements_minutes = 10
turnaround_minutes = 10
single_seats = "lenient"

[cinema.age_ratings]
system = "FSK"
label = [{ name = "0", from_age = 0 }]

[[film]]
id = "short"
version = 1
title = "Lola rennt"
year = 1998
directors = ["Tom Tykwer"]
length_minutes = 81
genres = ["action"]
original_language = "de"
age_rating = "0"

[[price_book]]
id = "one"
version = 1
name = "One price"
tax_basis_points = 700

[[price_book.ticket_kind]]
id = "adult"
names = { en = "Adult", de = "Erwachsene", es = "Adulto", fr = "Adulte" }

[[price_book.time_band]]
name = "Always"
prices = '''
          standard
adult        10.00
'''
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_make_up_the_room() {
        assert_eq!(SEATS % ROWS.len(), 0);
        assert_eq!(
            SEATS / ROWS.len() % 2,
            0,
            "a row divides into pairs, so no single seat is left over"
        );
        assert_eq!(Hall { rooms: 2, days: 3 }.seats(), 2 * 3 * 7 * 300);
    }
}
