//! Who a side is and whether it may act: its life, the other's, and whether it has forgotten.

use super::{Custodian, Guards};

/// A life of a box (incarnation) or of the hub (generation) between two times of forgetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Life {
    /// One above the highest that either side has seen.
    pub number: u64,
    /// Random bits, which tell two lives of one number apart.
    pub random: [u8; 16],
}

impl Life {
    /// The life that begins after a loss, where the side knew `own` as its life and the other tells `told` of it: one above both.
    pub fn after(own: Self, told: Self, random: [u8; 16]) -> Self {
        Self::after_with(&Guards::ALL, own, told, random)
    }

    pub(crate) fn after_with(guards: &Guards, own: Self, told: Self, random: [u8; 16]) -> Self {
        let highest = match guards.lives_rise_above_both {
            true => own.number.max(told.number),
            false => own.number,
        };
        Self {
            number: highest.saturating_add(1),
            random: match guards.lives_are_random {
                true => random,
                false => [0; 16],
            },
        }
    }
}

/// Why a side has no authority over seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// It is a copy: restored, replaced, failed over, or its database is not the one that it had last.
    Copy,
    /// Hello showed that it lacks what it once wrote or acknowledged.
    Behind,
    /// Another box speaks for this cinema: this one's life or session is an old one. Only a one-time code makes it whole.
    Stale,
    /// Two boxes have gone on from one confirmed session. Only a one-time code makes one of them whole.
    Forked,
}

/// Whether a side may decide about seats: a box without authority is fenced, a hub frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// It may.
    Whole,
    /// It begins nothing, gives nothing and applies nothing until a fresh Hello makes it whole. What was begun is still settled.
    Lost(Stopped),
}

/// What a side knows of itself, read in the transaction of every decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Which side it is.
    pub side: Custodian,
    /// Its life.
    pub life: Life,
    /// The life of the other side, as agreed in Hello; `None` before the first.
    pub other: Option<Life>,
    /// Whether it may decide.
    pub authority: Authority,
    /// Whether an earlier life of this side ended with what nobody remembers.
    pub has_forgotten: bool,
}

/// The random value that is kept in the database and outside it, and renewed at every start and after every backup.
pub type Lineage = [u8; 16];

impl Standing {
    /// Whether holds may begin and seats may be given.
    pub fn is_whole(&self) -> bool {
        match self.authority {
            Authority::Whole => true,
            Authority::Lost(_) => false,
        }
    }

    /// The same without authority. What stopped it first is kept.
    #[must_use]
    pub fn stopped(self, why: Stopped) -> Self {
        let authority = match self.authority {
            Authority::Whole => Authority::Lost(why),
            lost @ Authority::Lost(_) => lost,
        };
        Self { authority, ..self }
    }

    /// How it starts with the lineages of its database and of what is kept outside it: if they differ, or one is not there, it is
    /// a copy.
    #[must_use]
    pub fn started(self, inside: Lineage, outside: Option<Lineage>) -> Self {
        self.started_with(&Guards::ALL, inside, outside)
    }

    pub(crate) fn started_with(
        self,
        guards: &Guards,
        inside: Lineage,
        outside: Option<Lineage>,
    ) -> Self {
        let is_known = match self.side {
            Custodian::Cinema => guards.copies_know_themselves,
            Custodian::Hub => guards.a_restored_hub_is_frozen,
        };
        if is_known && outside != Some(inside) {
            return self.stopped(Stopped::Copy);
        }
        self
    }
}
