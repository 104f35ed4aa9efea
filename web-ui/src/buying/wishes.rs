//! What a guest wants to hold and what the counter has confirmed. Touches come faster than answers: one request is under way at
//! a time, and the last wish is the next one sent. Seats are shown as chosen only once the counter has said so.

use box_office::{HoldId, SeatId, TicketKindId};
use counter_api::{Hold, HoldState, Problem, SeatChoice};

/// What the counter calls a choice that leaves a seat over.
pub const SINGLE_SEAT_LEFT: &str = "single_seat_left";

/// The wishes of one guest for one showtime.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    wanted: Vec<SeatChoice>,
    confirmed: Option<Hold>,
    under_way: Option<Request>,
    /// What the counter refused as a whole for a seat that it would leave over: the guest may go on choosing, and it is asked for again once it has changed.
    put_off: Option<Vec<SeatChoice>>,
}

/// What to ask the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Hold these seats; there is no hold yet.
    Hold(Vec<SeatChoice>),
    /// Hold these seats rather than those of the hold.
    Choose(HoldId, Vec<SeatChoice>),
    /// Give the hold back.
    Release(HoldId),
}

impl Request {
    fn into_seats(self) -> Option<Vec<SeatChoice>> {
        match self {
            Self::Hold(seats) | Self::Choose(_, seats) => Some(seats),
            Self::Release(_) => None,
        }
    }
}

/// What the counter said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The seats are held.
    Held(Box<Hold>),
    /// The hold is given back.
    Released,
    /// The box refused; the hold is as it was.
    Refused(Box<Problem>),
    /// The hold is gone.
    Gone,
    /// Nothing answered.
    Unreachable,
}

impl Wishes {
    /// What the counter says is held already.
    pub fn of(hold: Hold) -> Self {
        let mut wishes = Self {
            confirmed: Some(hold),
            ..Self::default()
        };
        wishes.want_what_is_confirmed();
        wishes
    }

    /// What the counter has confirmed.
    pub fn hold(&self) -> Option<&Hold> {
        self.confirmed.as_ref()
    }

    /// The seats that the guest wants in the end.
    pub fn wanted(&self) -> &[SeatChoice] {
        &self.wanted
    }

    /// Whether nothing is wanted and nothing is held.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.confirmed.is_none()
    }

    /// Whether the counter has still to answer.
    pub fn waits(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether all that is wanted would leave a seat over that the house does not leave: something must still be added or moved.
    pub fn is_put_off(&self) -> bool {
        self.put_off.as_ref() == Some(&self.wanted)
    }

    /// Whether the counter has confirmed this seat.
    pub fn has(&self, seat: &SeatId) -> bool {
        self.confirmed
            .as_ref()
            .is_some_and(|hold| hold.basket.lines.iter().any(|line| line.seat == *seat))
    }

    /// Whether the guest wants this seat.
    pub fn wants(&self, seat: &SeatId) -> bool {
        self.wanted.iter().any(|choice| choice.seat == *seat)
    }

    /// Wants these seats, which belong together, as well; or gives all of them up if the first is wanted already.
    pub fn toggle(&mut self, seats: &[SeatId]) {
        let Some(first) = seats.first() else { return };
        let give_up = self.wants(first);
        self.wanted.retain(|choice| !seats.contains(&choice.seat));
        if !give_up {
            self.wanted.extend(seats.iter().map(choice_of));
        }
    }

    /// Wants exactly these seats. Those wanted before keep their ticket kind.
    pub fn want(&mut self, seats: &[SeatId]) {
        let before = std::mem::take(&mut self.wanted);
        self.wanted = seats
            .iter()
            .map(|seat| {
                before
                    .iter()
                    .find(|choice| choice.seat == *seat)
                    .cloned()
                    .unwrap_or_else(|| choice_of(seat))
            })
            .collect();
    }

    /// Wants the kinds of ticket that are confirmed on these seats, in their order.
    pub fn move_to(&mut self, seats: &[SeatId]) {
        let lines = self.confirmed.iter().flat_map(|hold| &hold.basket.lines);
        let moved = seats.iter().zip(lines).map(|(seat, line)| SeatChoice {
            seat: seat.clone(),
            ticket_kind: Some(line.ticket_kind.clone()),
        });
        self.wanted = moved.collect();
    }

    /// Wants another kind of ticket for a seat.
    pub fn want_kind(&mut self, seat: &SeatId, kind: TicketKindId) {
        if let Some(choice) = self.wanted.iter_mut().find(|choice| choice.seat == *seat) {
            choice.ticket_kind = Some(kind);
        }
    }

    /// Wants one kind of ticket for every seat that `may` have it.
    pub fn want_kind_for_all(&mut self, kind: &TicketKindId, may: impl Fn(&SeatId) -> bool) {
        for choice in &mut self.wanted {
            if may(&choice.seat) {
                choice.ticket_kind = Some(kind.clone());
            }
        }
    }

    /// What to ask next, if nothing is under way and the wish is not what the counter has confirmed.
    pub fn next_request(&mut self) -> Option<Request> {
        if self.under_way.is_some() || self.is_put_off() || self.is_as_wanted() {
            return None;
        }
        let request = match (&self.confirmed, self.wanted.is_empty()) {
            (None, true) => return None,
            (None, false) => Request::Hold(self.wanted.clone()),
            (Some(hold), true) => Request::Release(hold.id.clone()),
            (Some(hold), false) => Request::Choose(hold.id.clone(), self.wanted.clone()),
        };
        self.under_way = Some(request.clone());
        Some(request)
    }

    /// Takes note of an answer to the request under way.
    pub fn answered(&mut self, answer: Answer) {
        let asked = self.under_way.take();
        match answer {
            Answer::Held(hold) => self.confirm(*hold),
            Answer::Released => self.confirmed = None,
            Answer::Refused(problem) if problem.code == SINGLE_SEAT_LEFT => {
                self.put_off = asked.and_then(Request::into_seats);
            }
            Answer::Refused(problem) => self.give_way(&problem.seats),
            Answer::Gone => *self = Self::default(),
            Answer::Unreachable => self.want_what_is_confirmed(),
        }
    }

    /// Takes note of the hold as it was asked for apart from the wishes (extended, or looked at).
    pub fn refresh(&mut self, hold: Hold) {
        if self
            .confirmed
            .as_ref()
            .is_some_and(|known| known.id == hold.id)
        {
            match hold.state {
                HoldState::Open | HoldState::Paying => self.confirmed = Some(hold),
                HoldState::Settled | HoldState::Ended => *self = Self::default(),
            }
        }
    }

    /// The kinds that the counter has chosen by default become the wish, so that they are kept when other seats change.
    fn confirm(&mut self, hold: Hold) {
        for choice in &mut self.wanted {
            if choice.ticket_kind.is_none() {
                choice.ticket_kind = hold
                    .basket
                    .lines
                    .iter()
                    .find(|line| line.seat == choice.seat)
                    .map(|line| line.ticket_kind.clone());
            }
        }
        self.confirmed = Some(hold);
    }

    /// A refusal names the seats that stand in the way; what is wanted beside them is still wanted. If dropping them leads
    /// nowhere new, what is confirmed is all there is.
    fn give_way(&mut self, refused: &[SeatId]) {
        let before = self.wanted.len();
        let wanted = std::mem::take(&mut self.wanted);
        self.wanted = wanted
            .into_iter()
            .filter(|choice| !refused.contains(&choice.seat) || self.has(&choice.seat))
            .collect();
        if self.wanted.len() == before {
            self.want_what_is_confirmed();
        }
    }

    fn want_what_is_confirmed(&mut self) {
        let confirmed = self.confirmed.as_ref();
        self.wanted = confirmed.map_or_else(Vec::new, |hold| hold.basket.choices());
    }

    fn is_as_wanted(&self) -> bool {
        let Some(hold) = &self.confirmed else {
            return self.wanted.is_empty();
        };
        let lines = &hold.basket.lines;
        lines.len() == self.wanted.len()
            && self.wanted.iter().all(|choice| {
                lines.iter().any(|line| {
                    line.seat == choice.seat
                        && choice
                            .ticket_kind
                            .as_ref()
                            .is_none_or(|kind| *kind == line.ticket_kind)
                })
            })
    }
}

fn choice_of(seat: &SeatId) -> SeatChoice {
    SeatChoice {
        seat: seat.clone(),
        ticket_kind: None,
    }
}

#[cfg(test)]
mod tests;
