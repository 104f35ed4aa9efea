//! What a guest is told beside the seats and the basket: what happened, and the way on.

use box_office::{Layout, SeatId};
use counter_api::Problem;

use super::payment::Outcome;
use super::wishes::SINGLE_SEAT_LEFT;
use super::words::Words;
use crate::client::Trouble;
use crate::words::fill;

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The box refused, by its code, about these seats.
    Refused {
        /// The problem's code.
        code: String,
        /// The seats.
        seats: Vec<SeatId>,
        /// To find it in the log.
        request_id: String,
    },
    /// Nothing answers.
    Unreachable,
    /// The hold's time was up.
    TimeUp,
    /// There are no such seats together any more.
    NoneTogether,
    /// The bank refused the card.
    Declined,
    /// The payment was stopped.
    Cancelled,
    /// The payment was given back.
    Refunded,
}

impl Notice {
    /// The notice for a trouble.
    pub fn of(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(problem) => Self::of_problem(*problem),
            Trouble::Unreachable => Self::Unreachable,
        }
    }

    /// The notice for a refusal.
    pub fn of_problem(problem: Problem) -> Self {
        Self::Refused {
            code: problem.code,
            seats: problem.seats,
            request_id: problem.request_id,
        }
    }

    /// What a payment that failed has to tell.
    pub fn of_outcome(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Waiting | Outcome::Sold(_) => None,
            Outcome::Declined => Some(Self::Declined),
            Outcome::Cancelled => Some(Self::Cancelled),
            Outcome::Refunded => Some(Self::Refunded),
            Outcome::Ended => Some(Self::TimeUp),
            Outcome::NotBegun => Some(Self::Unreachable),
        }
    }

    /// Whether nothing went wrong: it only says what is still to be chosen.
    pub fn is_calm(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == SINGLE_SEAT_LEFT)
    }

    /// The notice in words, its seats as they are called in the room.
    pub fn text(&self, words: &Words, room: Option<&Layout>) -> String {
        match self {
            Self::Refused {
                code,
                seats,
                request_id,
            } => match words.problem(code) {
                Some(text) => fill(text, &[("seats", &listed(seats, room))]),
                None => fill(words.problem_unknown, &[("request", request_id)]),
            },
            Self::Unreachable => words.unreachable.to_owned(),
            Self::TimeUp => words.time_up.to_owned(),
            Self::NoneTogether => words.none_together.to_owned(),
            Self::Declined => words.declined.to_owned(),
            Self::Cancelled => words.cancelled.to_owned(),
            Self::Refunded => words.refunded.to_owned(),
        }
    }
}

/// Seats as they are called in the room: "F7, F8".
pub fn listed(seats: &[SeatId], room: Option<&Layout>) -> String {
    let name = |seat: &SeatId| {
        let label = room.and_then(|room| room.label(seat));
        label.unwrap_or_else(|| seat.to_string())
    };
    seats.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_refusal_names_its_seats_and_an_unknown_one_its_request() {
        let refused = |code: &str| Notice::Refused {
            code: code.into(),
            seats: vec!["F7".parse().unwrap(), "F8".parse().unwrap()],
            request_id: "r-42".into(),
        };
        for language in Language::ALL {
            let words = language.kiosk();
            assert!(refused("seats_taken").text(words, None).contains("F7, F8"));
            assert!(refused("never heard of").text(words, None).contains("r-42"));
        }
    }
}
