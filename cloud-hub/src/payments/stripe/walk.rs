//! Through a long time in pieces, from its beginning: as much at once as can be read, however much of it is empty or full. A list that begins with
//! its newest is read so, without reading all of it for its oldest.

/// How long a piece is at first, where there is more than that: a day.
const FIRST_SECONDS: u64 = 24 * 60 * 60;

/// What is younger than this is the end, by clocks that do not agree.
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
            to: (to < self.now.saturating_sub(END_SECONDS)).then_some(to),
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(
            Walk::begin(NOW, NOW)
                .shorter()
                .and_then(Walk::shorter)
                .map(|it| it.from),
            Some(NOW)
        );
    }
}
