//! What the page is called: where the guest is, and the cinema.

use super::flow::Shown;
use super::paper::Paper;
use super::words::Words;

/// The title of a screen; `film` is the film that it is about, if there is one.
pub fn title(
    shown: &Shown,
    film: Option<&str>,
    paper: Paper,
    cinema: Option<&str>,
    words: &Words,
) -> String {
    let screen = match shown {
        Shown::Waiting => words.loading,
        Shown::Pairing => words.pairing_title,
        Shown::OutOfService(_) => words.out_of_service,
        Shown::Attract => words.touch_a_time,
        Shown::Film(_) => words.choose_time,
        Shown::Seats(_) => words.choose_seats,
        Shown::Paying(_) => words.pay_by_card,
        Shown::Done(_) => match paper {
            Paper::Coming => words.printing,
            Paper::Out => words.take_your_tickets,
            Paper::None => words.code_is_ticket,
        },
    };
    let parts = [Some(screen), film, cinema];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_title_says_where_one_is() {
        let words = Language::English.kiosk();
        let check = |shown: Shown, film, paper, expected: &str| {
            assert_eq!(title(&shown, film, paper, Some("Lumen"), words), expected);
        };
        let film = Some("Metropolis");
        let seats = Shown::Seats("tonight".parse().unwrap());
        let done = || Shown::Done("s".parse().unwrap());
        check(
            seats,
            film,
            Paper::Coming,
            "Choose seats · Metropolis · Lumen",
        );
        check(done(), None, Paper::Out, "Take your tickets · Lumen");
        check(
            done(),
            None,
            Paper::None,
            "This code is your ticket · Lumen",
        );
        assert_eq!(
            title(&Shown::Waiting, None, Paper::Coming, None, words),
            "One moment"
        );
    }
}
