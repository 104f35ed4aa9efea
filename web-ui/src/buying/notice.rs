//! What a guest is told beside the seats and the basket: what happened, and the way on.

use box_office::{Layout, SeatId};
use counter_api::{DeclineReason, Problem};

use super::Voice;
use super::payment::Outcome;
use super::wishes::SINGLE_SEAT_LEFT;
use crate::client::Trouble;
use crate::words::{Language, fill};

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
    /// The bank refused the card, and may have said why.
    Declined(Option<DeclineReason>),
    /// The payment was stopped.
    Cancelled,
    /// The payment was given back.
    Refunded,
}

impl Notice {
    /// Whether it tells of a refusal with this code.
    pub fn refuses(&self, of: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == of)
    }

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

    /// The notice for what the page itself refuses, by its code.
    pub fn of_code(code: &str) -> Self {
        Self::Refused {
            code: code.to_owned(),
            seats: Vec::new(),
            request_id: String::new(),
        }
    }

    /// What a payment that failed has to tell.
    pub fn of_outcome(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Waiting | Outcome::Sold(_) => None,
            Outcome::Declined(why) => Some(Self::Declined(*why)),
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
    pub fn text(&self, voice: &Voice, language: Language, room: Option<&Layout>) -> String {
        let words = language.buying();
        match self {
            Self::Refused {
                code,
                seats,
                request_id,
            } => match (voice.problem)(language, code) {
                Some(text) => fill(text, &[("seats", &listed(seats, room))]),
                None => {
                    let text = (voice.problem_unknown)(language);
                    fill(text, &[("request", request_id)])
                }
            },
            Self::Unreachable => words.unreachable.to_owned(),
            Self::TimeUp => words.time_up.to_owned(),
            Self::NoneTogether => words.none_together.to_owned(),
            Self::Declined(why) => {
                let said = why.and_then(|why| (voice.declined)(language, why));
                said.unwrap_or(words.declined).to_owned()
            }
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
    use crate::seat_map::{Away, ONLINE_ALONE};

    const VOICE: Voice = Voice {
        problem: |language, code| language.buying().problem(code),
        problem_unknown: |_| "It is {request}.",
        declined: |_, why| (why == DeclineReason::Expired).then_some("It has expired."),
        away: Away {
            words: |_| "elsewhere",
            mark: ONLINE_ALONE,
        },
        to_pay: |language| language.buying().pay_amount,
        more_time: None,
    };

    #[test]
    fn a_refusal_names_its_seats_and_an_unknown_one_its_request() {
        let refused = |code: &str| Notice::Refused {
            code: code.into(),
            seats: vec!["F7".parse().unwrap(), "F8".parse().unwrap()],
            request_id: "r-42".into(),
        };
        for language in Language::ALL {
            let text = |code| refused(code).text(&VOICE, language, None);
            assert!(text("seats_taken").contains("F7, F8"));
            assert_eq!(text("never heard of"), "It is r-42.");
        }
    }

    #[test]
    fn a_bank_is_quoted_where_it_says_more_than_no() {
        let text = |why| Notice::Declined(why).text(&VOICE, Language::English, None);
        let no = Language::English.buying().declined;
        assert_eq!(text(Some(DeclineReason::Expired)), "It has expired.");
        assert_eq!(text(Some(DeclineReason::Refused)), no);
        assert_eq!(text(None), no);
    }
}
