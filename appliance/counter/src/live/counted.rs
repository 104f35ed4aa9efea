//! How many seats of showtimes were counted, each kept until one of them changes: whoever shows what is on asks again and again.

use std::collections::HashMap;

use box_office::ShowtimeId;
use parking_lot::Mutex;

/// What was counted of a showtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// The seats that are this side's and free.
    pub(crate) free: u64,
    /// The seats that are this side's, and those of the other's that were heard to be sold.
    pub(crate) ours_or_sold: u64,
}

/// What is known of a showtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// It was counted, and nothing has changed since.
    Known(Counts),
    /// Whoever counts from here on may keep what they find under this number.
    Wanted(u64),
}

/// All counts that somebody has asked for.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<Counting>);

#[derive(Debug, Default)]
struct Counting {
    counts: HashMap<ShowtimeId, Count>,
    /// The number that was given last, so that none is given twice.
    last: u64,
}

impl Counted {
    /// What is known of a showtime; to be asked before it is counted.
    pub(crate) fn of(&self, showtime: &ShowtimeId) -> Count {
        let mut counting = self.0.lock();
        if let Some(count) = counting.counts.get(showtime) {
            return *count;
        }
        counting.last += 1;
        let wanted = Count::Wanted(counting.last);
        counting.counts.insert(showtime.clone(), wanted);
        wanted
    }

    /// Keeps what was counted, unless something has changed since `number` was given.
    pub(crate) fn keep(&self, showtime: &ShowtimeId, number: u64, counts: Counts) {
        let mut counting = self.0.lock();
        if let Some(count) = counting.counts.get_mut(showtime)
            && *count == Count::Wanted(number)
        {
            *count = Count::Known(counts);
        }
    }

    /// Something of a showtime has changed.
    pub(crate) fn forget(&self, showtime: &ShowtimeId) {
        self.0.lock().counts.remove(showtime);
    }

    /// Forgets all but those of which `is_kept` says so.
    pub(crate) fn keep_only(&self, is_kept: impl Fn(&ShowtimeId) -> bool) {
        self.0.lock().counts.retain(|showtime, _| is_kept(showtime));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn showtime(id: &str) -> ShowtimeId {
        id.parse().unwrap()
    }

    fn counts(free: u64) -> Counts {
        let ours_or_sold = 10;
        Counts { free, ours_or_sold }
    }

    fn wanted(counted: &Counted, id: &str) -> u64 {
        match counted.of(&showtime(id)) {
            Count::Wanted(number) => number,
            Count::Known(counts) => panic!("{counts:?}"),
        }
    }

    #[test]
    fn what_was_counted_is_known_until_something_changes() {
        let counted = Counted::default();
        let number = wanted(&counted, "one");
        counted.keep(&showtime("one"), number, counts(3));
        assert_eq!(counted.of(&showtime("one")), Count::Known(counts(3)));
        counted.forget(&showtime("other"));
        assert_eq!(counted.of(&showtime("one")), Count::Known(counts(3)));
        counted.forget(&showtime("one"));
        assert_ne!(wanted(&counted, "one"), number);
    }

    #[test]
    fn what_was_counted_before_a_change_is_not_kept_after_it() {
        let counted = Counted::default();
        let before = wanted(&counted, "one");
        counted.forget(&showtime("one"));
        counted.keep(&showtime("one"), before, counts(3));
        let after = wanted(&counted, "one");
        counted.keep(&showtime("one"), before, counts(3));
        assert_eq!(wanted(&counted, "one"), after, "nobody has counted since");
        counted.keep(&showtime("one"), after, counts(2));
        assert_eq!(counted.of(&showtime("one")), Count::Known(counts(2)));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let counted = Counted::default();
        for id in ["one", "over"] {
            let number = wanted(&counted, id);
            counted.keep(&showtime(id), number, counts(1));
        }
        counted.keep_only(|it| *it == showtime("one"));
        assert_eq!(counted.of(&showtime("one")), Count::Known(counts(1)));
        wanted(&counted, "over");
    }
}
