//! Makes a failing evening short: it is played again with fewer faults, fewer guests and fewer steps for as long as it still fails.

use super::play::{Outcome, Plan, evening};

/// As often an evening is played again at most.
const TRIES: usize = 120;

/// As many of the last things that happened are told.
const LAST: usize = 40;

/// The shortest story that was found of a plan that fails.
pub fn shrink(plan: &Plan, outcome: &Outcome) -> String {
    let mut shorter = Shorter {
        plan: plan.clone(),
        outcome: outcome.clone(),
        tries: 0,
    };
    shorter.fewer_steps();
    shorter.fewer(
        |plan| plan.faults.len(),
        |plan, gone| drop(plan.faults.drain(gone)),
    );
    shorter.fewer(
        |plan| plan.guests.len(),
        |plan, gone| drop(plan.guests.drain(gone)),
    );
    shorter.fewer_steps();
    shorter.fewer(
        |plan| plan.faults.len(),
        |plan, gone| drop(plan.faults.drain(gone)),
    );
    shorter.story()
}

struct Shorter {
    plan: Plan,
    outcome: Outcome,
    tries: usize,
}

impl Shorter {
    /// Takes the plan if it fails as well.
    fn try_it(&mut self, plan: Plan) -> bool {
        if self.tries >= TRIES {
            return false;
        }
        self.tries += 1;
        let outcome = evening(&plan);
        let fails = !outcome.wrong.is_empty();
        if fails {
            (self.plan, self.outcome) = (plan, outcome);
        }
        fails
    }

    /// Leaves out ever smaller parts of a list.
    fn fewer(
        &mut self,
        len: impl Fn(&Plan) -> usize,
        without: impl Fn(&mut Plan, std::ops::Range<usize>),
    ) {
        let mut part = len(&self.plan).div_ceil(2);
        while part > 0 {
            let mut begin = 0;
            while begin < len(&self.plan) {
                let end = (begin + part).min(len(&self.plan));
                let mut plan = self.plan.clone();
                without(&mut plan, begin..end);
                if !self.try_it(plan) {
                    begin = end;
                }
            }
            part /= 2;
        }
    }

    /// Ends the evening earlier.
    fn fewer_steps(&mut self) {
        let mut part = self.plan.steps / 2;
        while part > 50 {
            let mut plan = self.plan.clone();
            plan.steps -= part;
            let end = plan.steps;
            plan.faults.retain(|fault| fault.at < end);
            if !self.try_it(plan) {
                part /= 2;
            }
            part = part.min(self.plan.steps / 2);
        }
    }

    fn story(&self) -> String {
        let Plan {
            steps,
            guests,
            faults,
            ..
        } = &self.plan;
        let mut lines = vec![format!(
            "shortest of {} plays: {steps} steps, {} guests, {} faults",
            self.tries,
            guests.len(),
            faults.len()
        )];
        lines.extend(faults.iter().map(|fault| {
            let (at, lasts) = (fault.at, fault.lasts);
            format!("  step {at}, for {lasts}: {}", fault.what.words())
        }));
        let trace = &self.outcome.trace;
        let told = trace.iter().filter(|line| !line.ends_with("go by"));
        let told: Vec<&String> = told.collect();
        let last = told.len().saturating_sub(LAST);
        lines.extend(told[last..].iter().map(|line| format!("  {line}")));
        lines.extend(self.outcome.wrong.iter().take(12).cloned());
        lines.join("\n")
    }
}
