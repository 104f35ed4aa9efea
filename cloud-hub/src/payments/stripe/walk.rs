//! Through a long time in pieces, from its beginning: as much at once as can be read, however much of it is empty or full. A list that begins with
//! its newest is read so, without reading all of it for its oldest.

/// How long a piece is at first, where there is more than that: a day.
const FIRST_SECONDS: u64 = 24 * 60 * 60;

/// What is so much younger than anything by this side's clock is the end: clocks do not agree.
const END_SECONDS: u64 = 60 * 60;

/// So much longer is a piece after one that was nearly empty, and so much shorter after one that was too full.
const FACTOR: u64 = 4;

/// A piece of time, in seconds since the Unix epoch, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u64,
    /// Nothing, of the last.
    pub(super) to: Option<u64>,
}

/// Where one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    from: u64,
    length: u64,
    now: u64,
}

impl Walk {
    /// At `from`, on the way to `now`.
    pub(super) fn begin(from: u64, now: u64) -> Self {
        let length = match now.saturating_sub(from) {
            short if short <= FIRST_SECONDS => short + END_SECONDS,
            _ => FIRST_SECONDS,
        };
        Self { from, length, now }
    }

    /// What is read next.
    pub(super) fn span(self) -> Span {
        let to = self.from.saturating_add(self.length);
        Span {
            from: self.from,
            to: (to < self.now.saturating_add(END_SECONDS)).then_some(to),
        }
    }

    /// Behind a piece that was read, and of which much or little was full.
    pub(super) fn on(self, was_nearly_empty: bool) -> Self {
        let length = match was_nearly_empty {
            true => self.length.saturating_mul(FACTOR),
            false => self.length,
        };
        Self {
            from: self.from.saturating_add(self.length).saturating_add(1),
            length,
            ..self
        }
    }

    /// At the same place with a shorter piece, for this was too full; nothing, if it cannot be shorter.
    pub(super) fn shorter(self) -> Option<Self> {
        let longest = self
            .now
            .saturating_sub(self.from)
            .saturating_add(END_SECONDS);
        let length = self.length.min(longest) / FACTOR;
        (length > 0).then_some(Self { length, ..self })
    }
}

/// So many pieces of the list are read in a go, some thousand payments: where it stood then is written down, and the next goes on there.
const MOST_OF_A_GO: usize = 50;

/// What was made so many seconds before the place up to which the list was read is read once more.
const ONCE_MORE_SECONDS: u64 = 600;

/// A go through the list, from a little before the place up to which it was read. It comes beyond that place or to the list's end, however full
/// the list is just there: a go that came to nothing new would begin where it began for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Go {
    walk: Walk,
    since: u64,
    /// How many pieces were read behind that place.
    pieces: usize,
    /// When the newest of all was made that were read.
    newest: Option<u64>,
    read_to: Option<u64>,
    more: bool,
}

impl Go {
    /// From `since` to `now`.
    pub(super) fn begin(since: u64, now: u64) -> Self {
        Self {
            walk: Walk::begin(since.saturating_sub(ONCE_MORE_SECONDS), now),
            since,
            pieces: 0,
            newest: None,
            read_to: None,
            more: true,
        }
    }

    /// What is read next; nothing, once it is over.
    pub(super) fn next(&self) -> Option<Span> {
        let goes_on = self.pieces < MOST_OF_A_GO || self.read_to().is_none();
        (self.more && goes_on).then(|| self.walk.span())
    }

    /// What was to be read was read in so many pieces, and when the newest of it was made.
    pub(super) fn was_read(self, pieces: usize, newest: Option<u64>) -> Self {
        let to = self.walk.span().to;
        let newest = newest.max(self.newest);
        // Never beyond what Stripe's own clock has said: ours may be ahead.
        let read_to = newest.map(|newest| to.map_or(newest, |to| to.min(newest)));
        Self {
            walk: self.walk.on(pieces == 1),
            pieces: self.pieces + self.counted(pieces),
            newest,
            read_to: read_to.max(self.read_to),
            more: to.is_some(),
            ..self
        }
    }

    /// It was too much, and was left after so many pieces; nothing, if no less can be asked for.
    pub(super) fn was_too_full(self, pieces: usize) -> Option<Self> {
        Some(Self {
            walk: self.walk.shorter()?,
            pieces: self.pieces + self.counted(pieces),
            ..self
        })
    }

    /// The place up to which the list was read; nothing, if that is where it was read to before.
    pub(super) fn read_to(&self) -> Option<u64> {
        self.read_to.filter(|read_to| *read_to > self.since)
    }

    /// Whether there is more behind it.
    pub(super) fn more(&self) -> bool {
        self.more
    }

    /// What is read once more is no part of what a go reads.
    fn counted(&self, pieces: usize) -> usize {
        match self.walk.from > self.since {
            true => pieces,
            false => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes through a list in which so many stand at a time, and gives how many goes it takes until one is there that was made at `wanted`.
    fn goes_to(wanted: u64, made: &[u64], mut since: u64, now: u64) -> usize {
        const MOST: usize = 10;
        for goes in 1..=1_000 {
            let (mut go, mut is_met, mut pieces) = (Go::begin(since, now), false, 0);
            while let Some(Span { from, to }) = go.next() {
                let within = |at: &&u64| **at >= from && to.is_none_or(|to| **at <= to);
                let found: Vec<u64> = made.iter().filter(within).copied().collect();
                let full = found.len() / 100 + 1;
                pieces += full.min(MOST);
                assert!(pieces < 3_000, "a go has an end");
                go = match full > MOST {
                    true => go.was_too_full(MOST).expect("a second has not so many"),
                    false => go.was_read(full, found.last().copied()),
                };
                is_met |= full <= MOST && found.contains(&wanted);
            }
            if is_met {
                return goes;
            }
            assert!(go.more(), "the end was reached, and it was not met");
            let read_to = go.read_to().expect("it goes on");
            assert!(read_to > since);
            since = read_to;
        }
        panic!("it is never met");
    }

    #[test]
    fn a_go_comes_beyond_where_it_was_read_to_however_full_it_is_there() {
        const NOW: u64 = 1_800_000_000;
        let rush = |from: u64, to: u64, at_once: usize| {
            (from..to).flat_map(move |at| std::iter::repeat_n(at, at_once))
        };
        let check = |made: Vec<u64>, since: u64, most: usize| {
            let last = *made.last().unwrap();
            let goes = goes_to(last, &made, since, NOW);
            assert!(goes <= most, "{goes} of {most} goes");
        };
        let since = NOW - 3_600;
        // Ten a second up to where it was read to, and one behind it.
        let mut made: Vec<u64> = rush(since - 600, since, 10).collect();
        made.push(since + 1_000);
        check(made, since, 1);
        // The rush goes on behind it.
        let mut made: Vec<u64> = rush(since - 600, since + 1_200, 10).collect();
        made.push(NOW - 5);
        check(made, since, 8);
        // Half an hour of three a second, more than a day ago.
        let since = NOW - 100_000;
        let mut made: Vec<u64> = rush(since - 1_800, since, 3).collect();
        made.push(NOW - 5);
        check(made, since, 1);
        check(vec![NOW - 5], NOW - 100, 1);
    }

    /// Walks over what was made, and gives how many pieces of a hundred were read for it.
    fn pieces_of(made: &[u64], since: u64, now: u64) -> usize {
        const MOST: usize = 10;
        let (mut walk, mut seen, mut pieces) = (Walk::begin(since, now), Vec::new(), 0);
        loop {
            let Span { from, to } = walk.span();
            let within = |at: &&u64| **at >= from && to.is_none_or(|to| **at <= to);
            let found: Vec<u64> = made.iter().filter(within).copied().collect();
            let full = found.len() / 100 + 1;
            pieces += full.min(MOST);
            if full > MOST {
                walk = walk.shorter().expect("a second has not so many");
                continue;
            }
            seen.extend(found);
            if to.is_none() {
                break;
            }
            walk = walk.on(full == 1);
        }
        let expected: Vec<u64> = made.iter().copied().filter(|at| *at >= since).collect();
        assert_eq!(seen, expected, "each once, the oldest first");
        pieces
    }

    #[test]
    fn whatever_lies_on_the_way_is_met_once_with_few_steps() {
        const NOW: u64 = 1_800_000_000;
        let check = |made: Vec<u64>, since: u64, most: usize| {
            let pieces = pieces_of(&made, since, NOW);
            assert!(pieces <= most, "{pieces} of {most}: {} made", made.len());
        };
        check(vec![], 0, 12);
        check(vec![NOW - 5], NOW - 3_600, 1);
        check(vec![NOW - 5, NOW + 50], NOW - 100_000, 3);
        // Some years, one in five minutes.
        let years: Vec<u64> = (NOW - 100_000_000..NOW).step_by(300).collect();
        check(years.clone(), 0, 3_334 * 2);
        check(years, NOW - 86_000, 3);
        // Nothing for long, then a rush of ten a second, then nothing.
        let rush: Vec<u64> = (NOW - 9_000_000..NOW - 8_999_000)
            .flat_map(|at| [at; 10])
            .collect();
        check(rush, NOW - 20_000_000, 400);
        // A rush of this hour.
        let rush: Vec<u64> = (NOW - 1_000..NOW + 50).flat_map(|at| [at; 10]).collect();
        check(rush, NOW - 3_600, 400);
        assert_eq!(
            Walk::begin(NOW, NOW)
                .shorter()
                .and_then(Walk::shorter)
                .map(|it| it.from),
            Some(NOW)
        );
    }
}
