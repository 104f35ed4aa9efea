//! A booking as an entry in a calendar (RFC 5545). It holds no code and no link: calendars are shared.

use counter::bookings::Booking;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::seat_name;
use crate::storefront::tongue::Tongue;

/// The longest line, in octets without its end (section 3.1).
const LONGEST_LINE: usize = 75;

/// The entry as a file.
pub(super) fn draw(tongue: Tongue, booking: &Booking) -> String {
    let (words, is_off) = (tongue.booking(), booking.is_off());
    let first = booking.tickets.first().map(|booked| &booked.facts);
    let of_first =
        |text: fn(&counter::sold::TicketFacts) -> &String| first.map_or("", |it| text(it));
    let film = of_first(|facts| &facts.film);
    let summary = match is_off {
        true => format!("{film} ({})", words.not_taking_place),
        false => film.to_owned(),
    };
    let mut place = vec![of_first(|facts| &facts.cinema).to_owned()];
    place.extend(booking.sale.facts.address.iter().cloned());
    let mut about = vec![of_first(|facts| &facts.auditorium).to_owned()];
    let standing = booking.tickets.iter().filter(|it| it.standing.has_code());
    about.extend(standing.map(|booked| seat_name(tongue, booked)));
    about.push(format!(
        "{}: {}",
        words.number,
        booking.sale.receipt_number()
    ));
    let status = match is_off {
        true => "CANCELLED",
        false => "CONFIRMED",
    };
    // Whoever opens it again has the newer one, however often it was moved: minutes only rise.
    let sequence = booking.as_of.as_second() / 60;
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Foyer//Booking//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", booking.sale.id),
        format!("DTSTAMP:{}", utc(booking.as_of)),
        format!("DTSTART:{}", utc(booking.when.starts_at)),
        format!("DTEND:{}", utc(booking.when.ends_at)),
        format!("SUMMARY:{}", escaped(&summary)),
        format!("LOCATION:{}", escaped(&place.join(", "))),
        format!("DESCRIPTION:{}", escaped(&about.join("\n"))),
        format!("STATUS:{status}"),
        format!("SEQUENCE:{sequence}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(moment: Timestamp) -> String {
    let there = moment.to_zoned(TimeZone::UTC);
    there.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => escaped.extend(['\\', sign]),
            '\n' => escaped.push_str("\\n"),
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}

/// A line with its end, folded where it is too long, and never inside a sign.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len());
    let mut octets = 0;
    for sign in line.chars() {
        if octets + sign.len_utf8() > LONGEST_LINE {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(sign);
        octets += sign.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(
            escaped("A; B, C\\D\nE\r\u{7}F: “G”"),
            "A\\; B\\, C\\\\D\\nE  F: “G”"
        );
    }

    #[test]
    fn a_line_has_at_most_75_octets_and_no_sign_is_cut() {
        assert_eq!(folded("SUMMARY:Alien"), "SUMMARY:Alien\r\n");
        for text in [
            "ä".repeat(200),
            "🎬".repeat(90),
            "x".repeat(75),
            "x".repeat(76),
        ] {
            let file = folded(&text);
            assert!(file.ends_with("\r\n"));
            let mut joined = String::new();
            for (nth, line) in file.trim_end().split("\r\n").enumerate() {
                assert!(line.len() <= LONGEST_LINE, "{line}");
                joined.push_str(if nth == 0 {
                    line
                } else {
                    line.strip_prefix(' ').unwrap()
                });
            }
            assert_eq!(joined, text);
        }
        assert_eq!(folded(&"x".repeat(75)).matches("\r\n").count(), 1);
    }

    #[test]
    fn a_time_is_that_of_greenwich() {
        let start = "2026-11-23T20:15:00+01:00".parse().unwrap();
        assert_eq!(utc(start), "20261123T191500Z");
    }
}
