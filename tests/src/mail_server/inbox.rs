//! What the server has taken, and what becomes of a mail that was heard to its end. It knows neither connections nor SMTP's grammar.

use std::collections::VecDeque;

use super::session::{Envelope, TOO_BUSY};
use super::{Mail, Mood};

/// Mails that are kept: more than a test sends. Beyond that the oldest go, so that a demo of weeks does not fill the memory.
const MOST_KEPT: usize = 10_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    mood: Mood,
    mails: VecDeque<Mail>,
    /// The number of the newest mail.
    newest: u32,
    waiting: usize,
}

/// What becomes of a mail that was heard to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is kept, and this is answered.
    Kept(String),
    /// It is kept, and nobody is told.
    KeptInSilence,
    /// It is not kept, and this is answered.
    Refused(&'static str),
    /// It is not kept, this is answered, and the connection ends.
    SentAway(&'static str),
    /// It is not kept, and the connection breaks.
    Lost,
    /// Nothing, until the mood changes.
    Waits,
}

impl Inbox {
    pub(super) fn mood(&self) -> Mood {
        self.mood
    }

    pub(super) fn set(&mut self, mood: Mood) {
        self.mood = mood;
    }

    /// Oldest first.
    pub(super) fn mails(&self) -> impl DoubleEndedIterator<Item = &Mail> {
        self.mails.iter()
    }

    pub(super) fn find(&self, number: u32) -> Option<&Mail> {
        self.mails.iter().find(|mail| mail.number == number)
    }

    /// Mails that nobody has been answered about.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// One more mail waits for another mood.
    pub(super) fn wait(&mut self) {
        self.waiting += 1;
    }

    /// One that waited waits no more.
    pub(super) fn wait_no_more(&mut self) {
        self.waiting -= 1;
    }

    /// A mail was heard to its end.
    pub(super) fn take(&mut self, envelope: &Envelope, raw: &[u8]) -> Fate {
        match self.mood {
            // Recipients were taken before the mood turned.
            Mood::Takes | Mood::RefusesRecipient => {
                let number = self.keep(envelope, raw);
                Fate::Kept(format!("250 2.0.0 kept as mail {number}"))
            }
            Mood::NotNow => Fate::Refused("451 4.3.0 not now, try again later"),
            Mood::TooBusy => Fate::SentAway(TOO_BUSY),
            Mood::CutsBeforeItsAnswer => {
                self.keep(envelope, raw);
                Fate::KeptInSilence
            }
            Mood::CutsInTheMiddle => Fate::Lost,
            Mood::SaysNothing => Fate::Waits,
        }
    }

    fn keep(&mut self, envelope: &Envelope, raw: &[u8]) -> u32 {
        self.newest += 1;
        if self.mails.len() == MOST_KEPT {
            self.mails.pop_front();
        }
        self.mails.push_back(Mail {
            number: self.newest,
            from: envelope.from.clone(),
            to: envelope.to.clone(),
            raw: String::from_utf8_lossy(raw).into_owned(),
        });
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::{Envelope, Fate, Inbox, MOST_KEPT, Mood, TOO_BUSY};

    fn envelope() -> Envelope {
        Envelope {
            from: "tickets@foyer.example".to_owned(),
            to: vec!["guest@home.example".to_owned()],
        }
    }

    #[test]
    fn the_mood_decides_what_is_kept() {
        let check = |mood: Mood, kept: usize, expected: &Fate| {
            let mut inbox = Inbox::default();
            inbox.set(mood);
            assert_eq!(inbox.take(&envelope(), b"x"), *expected, "{mood:?}");
            assert_eq!(inbox.mails().count(), kept, "{mood:?}");
        };
        let taken = Fate::Kept("250 2.0.0 kept as mail 1".to_owned());
        check(Mood::Takes, 1, &taken);
        check(Mood::RefusesRecipient, 1, &taken);
        let refused = Fate::Refused("451 4.3.0 not now, try again later");
        check(Mood::NotNow, 0, &refused);
        check(Mood::TooBusy, 0, &Fate::SentAway(TOO_BUSY));
        check(Mood::CutsBeforeItsAnswer, 1, &Fate::KeptInSilence);
        check(Mood::CutsInTheMiddle, 0, &Fate::Lost);
        check(Mood::SaysNothing, 0, &Fate::Waits);
    }

    #[test]
    fn the_oldest_mail_goes_first_and_numbers_go_on() {
        let mut inbox = Inbox::default();
        for _ in 0..=MOST_KEPT {
            inbox.take(&envelope(), b"x");
        }
        assert_eq!(inbox.mails().count(), MOST_KEPT);
        assert!(inbox.find(1).is_none());
        assert!(inbox.find(2).is_some());
        let newest = inbox.mails().next_back().unwrap().number;
        assert_eq!(usize::try_from(newest).unwrap(), MOST_KEPT + 1);
    }
}
