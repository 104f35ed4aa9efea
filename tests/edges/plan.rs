//! What is to be done to which edge, and what has been.

use std::collections::BTreeSet;

use tests::card_terminal::{Cut, Question};

/// What is done to an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Its transaction fails.
    Fails,
    /// The process dies before the commit.
    KilledBefore,
    /// The process dies after the commit, before anything is asked outside or answered.
    KilledAfter,
    /// What it asks outside is cut off: lost, or the process dies before or after it is done.
    Outside(Cut),
}

/// What the box is told at an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It goes on.
    Go,
    /// The transaction fails.
    Fail,
    /// The process is killed.
    Die,
    /// It goes on, and its question is cut off.
    GoInto(Question, Cut),
}

/// What is still to be done.
#[derive(Debug, Default)]
pub struct Plan {
    todo: BTreeSet<(String, Way)>,
    /// Every transaction of an edge with these words in its name fails.
    pub stuck: Option<&'static str>,
    /// How often something was done.
    pub done: Vec<(String, Way)>,
}

impl Plan {
    /// Does all of this.
    pub fn new(todo: impl IntoIterator<Item = (String, Way)>) -> Self {
        Self {
            todo: todo.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Whether anything is, or was, to be done.
    pub fn disturbs(&self) -> bool {
        !self.todo.is_empty() || !self.done.is_empty()
    }

    /// What was not done.
    pub fn left(self) -> BTreeSet<(String, Way)> {
        self.todo
    }

    /// What the box is told before the commit of this edge.
    pub fn at_taken(&mut self, edge: &str) -> Told {
        if self.stuck.is_some_and(|words| edge.contains(words)) {
            return Told::Fail;
        }
        if self.take(edge, Way::Fails) {
            return Told::Fail;
        }
        if self.take(edge, Way::KilledBefore) {
            return Told::Die;
        }
        Told::Go
    }

    /// What it is told after it.
    pub fn at_kept(&mut self, edge: &str) -> Told {
        if self.take(edge, Way::KilledAfter) {
            return Told::Die;
        }
        let Some(question) = question_of(edge) else {
            return Told::Go;
        };
        let cut = CUTS
            .into_iter()
            .find(|cut| self.take(edge, Way::Outside(*cut)));
        cut.map_or(Told::Go, |cut| Told::GoInto(question, cut))
    }

    fn take(&mut self, edge: &str, way: Way) -> bool {
        let step = (edge.to_owned(), way);
        let is_to_be_done = self.todo.remove(&step);
        if is_to_be_done {
            self.done.push(step);
        }
        is_to_be_done
    }
}

const CUTS: [Cut; 4] = [
    Cut::LosesQuestion,
    Cut::LosesAnswer,
    Cut::HoldsQuestion,
    Cut::HoldsAnswer,
];

/// All that can be done to an edge of this name. What is refused has failed, and has no effect that could be cut off.
pub fn ways(edge: &str) -> Vec<Way> {
    if edge.contains("*refused*") {
        return Vec::new();
    }
    let mut ways = vec![Way::Fails, Way::KilledBefore, Way::KilledAfter];
    if question_of(edge).is_some() {
        ways.extend(CUTS.map(Way::Outside));
    }
    ways
}

/// What an edge of this name has asked outside.
fn question_of(edge: &str) -> Option<Question> {
    if edge.starts_with("purchase: ") {
        // The payment that begins with it is asked for.
        let begins = edge.contains("*Tender(Card)*: paying");
        return begins.then_some(Question::Pay);
    }
    let (_, comes_to) = edge.rsplit_once(": ")?;
    let mut effects = comes_to.split(", ").skip(1);
    effects.find_map(|effect| match effect {
        "Look" => Some(Question::Status),
        "Stop" => Some(Question::Cancel),
        "Return" => Some(Question::Refund),
        _ => None,
    })
}
