//! What a Hello comes to: who has forgotten something, and what is to be done before either goes on. Positions and hashes are compared
//! here as a last net; a copy knows by itself that it is one.

use super::{Authority, Guards, Standing, Stopped};

/// What one side has of a stream, compared by position and hash with what the other has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Has {
    /// Both have the same.
    TheSame,
    /// A part of what the other has.
    Less,
    /// All that the other has, and more.
    More,
    /// Another history.
    Other,
}

/// What both ends of a link say in a Hello, as the hub sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meeting {
    /// Whether it answers the hub's nonce of this opening.
    pub is_fresh: bool,
    /// The box, as it says.
    pub cinema: Standing,
    /// The hub.
    pub hub: Standing,
    /// What the box has of its own stream, against what the hub has applied of it.
    pub up: Has,
    /// Whether the next event of its own stream that the hub lacks was written in the life that the hub knows.
    pub up_goes_on: bool,
    /// What the box has applied of the hub's stream, against what the hub has written.
    pub down: Has,
    /// What the box has applied of the hub's stream, against what it had acknowledged.
    pub acknowledged: Has,
    /// How the chain of its sessions goes on from the one that the hub confirmed last.
    pub sessions: Sessions,
    /// Whether another box of the cinema is in session at this moment.
    pub another_is_live: bool,
    /// Whether a manager has chosen this box by a one-time code.
    pub is_chosen: bool,
}

/// The chain of sessions that a box tells, against the hub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sessions {
    /// It goes on from the session that was confirmed last.
    Whole,
    /// It ends at an earlier one: another box has gone on from there.
    Stale,
    /// Two boxes have each confirmed a session that begins at the same one.
    Forked,
}

/// What is to be done before the session opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing: both pump.
    GoOn,
    /// It is an old Hello, which proves nothing.
    NotFresh,
    /// The hub refuses this box, which is fenced by that; if sessions forked, both are. A one-time code at the box that a manager
    /// chooses is the way out.
    Refuse(Stopped),
    /// The fenced box first sends the events of its own stream that the hub lacks: they are proven by that.
    BoxDeliversFirst,
    /// The box is fenced from here on, and begins a new incarnation from a snapshot at the hub's head.
    BoxRecovers,
    /// The hub gets its own events, custody and the whole `up` stream from the box, asks the provider, and begins a new generation.
    HubRecovers,
    /// The hub recovers with what the box has left, then the box from that; free seats of both are in quarantine.
    BothRecover,
}

/// Judges a Hello.
pub fn judge(meeting: &Meeting) -> Verdict {
    judge_with(&Guards::ALL, meeting)
}

pub(crate) fn judge_with(guards: &Guards, meeting: &Meeting) -> Verdict {
    if guards.hellos_are_fresh && !meeting.is_fresh {
        return Verdict::NotFresh;
    }
    if let Some(why) = refused(meeting) {
        return Verdict::Refuse(why);
    }
    let (cinema, hub) = (&meeting.cinema, &meeting.hub);
    let hub_lacks_its_own = matches!(meeting.down, Has::More | Has::Other);
    let hub_recovers = !hub.is_whole() || hub_lacks_its_own || cinema.other != Some(hub.life);
    let box_lacks_its_own = matches!(meeting.up, Has::Less | Has::Other);
    let is_behind = box_lacks_its_own || meeting.acknowledged == Has::Less;
    let is_known = hub.other == Some(cinema.life);
    // Who needed a code to be heard has been left behind: what was given in the meantime may be another box's.
    let was_left_behind =
        guards.the_left_behind_recover && meeting.is_chosen && meeting.sessions != Sessions::Whole;
    let box_recovers =
        !cinema.is_whole() || was_left_behind || (is_known && is_behind && !hub_recovers);
    match (hub_recovers, box_recovers) {
        (true, true) => Verdict::BothRecover,
        (true, false) => Verdict::HubRecovers,
        (false, true) if !cinema.is_whole() && meeting.up == Has::More && meeting.up_goes_on => {
            Verdict::BoxDeliversFirst
        }
        (false, true) => Verdict::BoxRecovers,
        (false, false) if !is_known => Verdict::Refuse(Stopped::Stale),
        (false, false) => Verdict::GoOn,
    }
}

/// Why the hub speaks with another box and not with this one. A copy that says so is not refused for its old session: it begins a new
/// life, unless the box that it is a copy of is there.
fn refused(meeting: &Meeting) -> Option<Stopped> {
    match (meeting.cinema.authority, meeting.sessions) {
        _ if meeting.is_chosen => None,
        (Authority::Lost(why @ (Stopped::Stale | Stopped::Forked)), _) => Some(why),
        (Authority::Lost(why @ (Stopped::Copy | Stopped::Behind)), _) => {
            meeting.another_is_live.then_some(why)
        }
        (Authority::Whole, Sessions::Whole) => None,
        (Authority::Whole, Sessions::Stale) => Some(Stopped::Stale),
        (Authority::Whole, Sessions::Forked) => Some(Stopped::Forked),
    }
}

impl Standing {
    /// With its authority back, in a new life and with the other's as agreed.
    pub(super) fn whole_again(self, life: super::Life, other: super::Life) -> Self {
        Self {
            life,
            other: Some(other),
            authority: Authority::Whole,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::{Custodian, Life};

    fn standing(side: Custodian, number: u64) -> Standing {
        let life = |number| Life {
            number,
            random: [7; 16],
        };
        Standing {
            side,
            life: life(number),
            other: Some(life(1)),
            authority: Authority::Whole,
            has_forgotten: false,
        }
    }

    #[test]
    fn a_hello_is_judged() {
        let whole = Meeting {
            is_fresh: true,
            cinema: standing(Custodian::Cinema, 1),
            hub: standing(Custodian::Hub, 1),
            up: Has::More,
            up_goes_on: true,
            down: Has::Less,
            acknowledged: Has::TheSame,
            sessions: Sessions::Whole,
            another_is_live: false,
            is_chosen: false,
        };
        let copy = whole.cinema.stopped(Stopped::Copy);
        let frozen = whole.hub.stopped(Stopped::Copy);
        let stale = whole.cinema.stopped(Stopped::Stale);
        let check = |meeting: Meeting, verdict| assert_eq!(judge(&meeting), verdict, "{meeting:?}");
        check(whole, Verdict::GoOn);
        check(
            Meeting {
                is_fresh: false,
                ..whole
            },
            Verdict::NotFresh,
        );
        check(
            Meeting {
                sessions: Sessions::Stale,
                ..whole
            },
            Verdict::Refuse(Stopped::Stale),
        );
        check(
            Meeting {
                sessions: Sessions::Forked,
                ..whole
            },
            Verdict::Refuse(Stopped::Forked),
        );
        check(
            Meeting {
                up: Has::Less,
                ..whole
            },
            Verdict::BoxRecovers,
        );
        check(
            Meeting {
                acknowledged: Has::Less,
                ..whole
            },
            Verdict::BoxRecovers,
        );
        check(
            Meeting {
                down: Has::More,
                ..whole
            },
            Verdict::HubRecovers,
        );
        check(
            Meeting {
                hub: frozen,
                ..whole
            },
            Verdict::HubRecovers,
        );
        check(
            Meeting {
                hub: frozen,
                cinema: copy,
                ..whole
            },
            Verdict::BothRecover,
        );
        check(
            Meeting {
                cinema: copy,
                ..whole
            },
            Verdict::BoxDeliversFirst,
        );
        let rest = Meeting {
            cinema: copy,
            up: Has::TheSame,
            ..whole
        };
        check(rest, Verdict::BoxRecovers);
        check(
            Meeting {
                another_is_live: true,
                ..rest
            },
            Verdict::Refuse(Stopped::Copy),
        );
        let refused = Meeting {
            cinema: stale,
            ..rest
        };
        check(refused, Verdict::Refuse(Stopped::Stale));
        check(
            Meeting {
                is_chosen: true,
                ..refused
            },
            Verdict::BoxRecovers,
        );
        let older = standing(Custodian::Cinema, 0);
        check(
            Meeting {
                cinema: older,
                ..whole
            },
            Verdict::Refuse(Stopped::Stale),
        );
    }
}
