//! Mutations that no test notices, compared with the list of those that somebody has explained. What cargo-mutants prints is read here by its
//! lines; nothing of it is run here.

use std::collections::BTreeMap;

/// Between a mutation and why it may survive, in a line of the list.
const BECAUSE: &str = " -- ";

/// How a mutation is told apart from others: its file and what is changed in which function. Its line is left out, so that an edit elsewhere in
/// the file changes nothing; two of one function that read alike are told apart by their number only.
pub type Mutation = String;

/// What became of the mutations that were tried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A test failed.
    pub caught: Vec<Mutation>,
    /// Every test passed.
    pub survived: Vec<Mutation>,
    /// The tests came to no end, which somebody notices.
    pub timed_out: Vec<Mutation>,
    /// It does not compile.
    pub unviable: Vec<Mutation>,
}

impl Outcome {
    /// How many were tried.
    #[must_use]
    pub fn tried(&self) -> usize {
        self.all().count()
    }

    fn all(&self) -> impl Iterator<Item = &Mutation> {
        let caught = self.caught.iter().chain(&self.survived);
        caught.chain(&self.timed_out).chain(&self.unviable)
    }
}

/// What differs between a run and the list. Nothing may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Survivors that nobody has explained.
    pub unexplained: Vec<Mutation>,
    /// Explained, and caught by now, or not to be found in the code any more.
    pub stale: Vec<Mutation>,
}

/// Compares a run with the list. `there_are` names every mutation of the code, tried or not: an explained one is stale only if so many that read
/// like it cannot have survived.
#[must_use]
pub fn compare(there_are: &[Mutation], outcome: &Outcome, explained: &[Mutation]) -> Difference {
    let (there_are, tried) = (numbers(there_are), numbers(outcome.all()));
    let (survived, explained) = (numbers(&outcome.survived), numbers(explained));
    let of = |numbers: &BTreeMap<&Mutation, usize>, it| numbers.get(it).copied().unwrap_or(0);
    let mut difference = Difference::default();
    for (mutation, number) in &survived {
        let too_many = number.saturating_sub(of(&explained, mutation));
        let new = std::iter::repeat_n(*mutation, too_many);
        difference.unexplained.extend(new.cloned());
    }
    for (mutation, number) in &explained {
        let not_tried = of(&there_are, mutation).saturating_sub(of(&tried, mutation));
        let too_many = number.saturating_sub(of(&survived, mutation) + not_tried);
        let stale = std::iter::repeat_n(*mutation, too_many);
        difference.stale.extend(stale.cloned());
    }
    difference
}

fn numbers<'a>(mutations: impl IntoIterator<Item = &'a Mutation>) -> BTreeMap<&'a Mutation, usize> {
    let mut numbers = BTreeMap::new();
    for mutation in mutations {
        *numbers.entry(mutation).or_default() += 1;
    }
    numbers
}

/// The mutations that cargo-mutants names, one a line, with or without their place in the file.
#[must_use]
pub fn named(output: &str) -> Vec<Mutation> {
    let lines = output.lines().filter_map(|line| line.split_once(": "));
    lines
        .map(|(place, change)| {
            let file = place.split_once(':').map_or(place, |(file, _)| file);
            format!("{file}: {change}")
        })
        .collect()
}

/// The explained mutations of the list: each is a line that names it and says why. Empty lines and those that begin with `#` are for people.
///
/// # Errors
/// A line without a reason.
pub fn explained(list: &str) -> Result<Vec<Mutation>, String> {
    let lines = list.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| match line.split_once(BECAUSE) {
            Some((mutation, _)) => Ok(mutation.to_owned()),
            None => Err(format!(
                "line {} of the list says no reason after `{BECAUSE}`: {line}",
                number + 1
            )),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Difference, Outcome, compare, explained, named};

    fn mutations(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// What differs where these are all there are, of which some survived, some were caught and the rest was not tried.
    #[track_caller]
    fn check(
        there_are: &[&str],
        (survived, caught): (&[&str], &[&str]),
        explained: &[&str],
        (unexplained, stale): (&[&str], &[&str]),
    ) {
        let outcome = Outcome {
            survived: mutations(survived),
            caught: mutations(caught),
            ..Outcome::default()
        };
        let found = compare(&mutations(there_are), &outcome, &mutations(explained));
        let expected = Difference {
            unexplained: mutations(unexplained),
            stale: mutations(stale),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn every_survivor_is_explained_and_nothing_else_is() {
        check(&["a", "b"], (&["a"], &["b"]), &["a"], (&[], &[]));
        check(&["a", "b"], (&["a", "b"], &[]), &["a"], (&["b"], &[]));
        check(&["a", "b"], (&[], &["a", "b"]), &["a"], (&[], &["a"]));
    }

    #[test]
    fn what_is_not_in_the_code_any_more_is_not_explained_either() {
        check(&["b"], (&[], &["b"]), &["a"], (&[], &["a"]));
    }

    #[test]
    fn a_part_of_a_run_says_nothing_of_the_rest() {
        check(&["a", "b"], (&["b"], &[]), &["a", "b"], (&[], &[]));
    }

    #[test]
    fn those_that_read_alike_are_counted() {
        let twice = ["a", "a"];
        check(&twice, (&twice, &[]), &["a"], (&["a"], &[]));
        check(&twice, (&["a"], &["a"]), &["a"], (&[], &[]));
        check(&twice, (&["a"], &["a"]), &twice, (&[], &["a"]));
        check(&twice, (&["a"], &[]), &twice, (&[], &[]));
    }

    #[test]
    fn a_mutation_that_cannot_be_built_or_never_ends_has_not_survived() {
        let outcome = Outcome {
            timed_out: mutations(&["a"]),
            unviable: mutations(&["b"]),
            ..Outcome::default()
        };
        assert_eq!(outcome.tried(), 2);
        let both = mutations(&["a", "b"]);
        assert_eq!(compare(&both, &outcome, &both).stale, both);
    }

    #[test]
    fn a_mutation_is_named_without_its_place() {
        let name = "src/a.rs: replace match guard !is::empty() with true in X::f";
        let placed = "src/a.rs:12:5: replace match guard !is::empty() with true in X::f";
        assert_eq!(named(&format!("{name}\n{placed}\n\n")), [name, name]);
    }

    #[test]
    fn whoever_explains_says_why() {
        let list = "# For people.\n\nsrc/a.rs: replace -= with += in f -- Both are zero there.\n";
        let mutation = "src/a.rs: replace -= with += in f";
        assert_eq!(explained(list), Ok(mutations(&[mutation])));
        for unexplained in [mutation.to_owned(), format!("{mutation} -- ")] {
            assert!(explained(&unexplained).is_err(), "{unexplained}");
        }
    }
}
