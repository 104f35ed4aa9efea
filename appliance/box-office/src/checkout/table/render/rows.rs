//! Lines of a table that say the same are put together: first over conditions, then over states, then over what happens.

use super::{ComesTo, Line};

/// A row of the table.
pub(super) struct Row {
    pub(super) states: Vec<String>,
    pub(super) triggers: Vec<String>,
    pub(super) when: String,
    pub(super) comes_to: ComesTo,
}

pub(super) fn rows(lines: Vec<Line>) -> Vec<Row> {
    let mut edges: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match edges.last_mut() {
            Some(same) if same[0].state == line.state && same[0].trigger == line.trigger => {
                same.push(line);
            }
            Some(_) | None => edges.push(vec![line]),
        }
    }
    let mut by_trigger: Vec<Row> = Vec::new();
    for lines in edges {
        let (state, trigger) = (lines[0].state.clone(), lines[0].trigger.clone());
        for (when, comes_to) in conditions(&lines, 0) {
            let known = by_trigger.iter_mut().find(|row| {
                row.triggers[0] == trigger && row.when == when && row.comes_to == comes_to
            });
            match known {
                Some(row) => row.states.push(state.clone()),
                None => by_trigger.push(Row {
                    states: vec![state.clone()],
                    triggers: vec![trigger.clone()],
                    when,
                    comes_to,
                }),
            }
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for row in by_trigger.into_iter().filter(|row| !row.comes_to.is_idle) {
        let known = rows.iter_mut().find(|known| {
            known.states == row.states && known.when == row.when && known.comes_to == row.comes_to
        });
        match known {
            Some(known) => known.triggers.extend(row.triggers),
            None => rows.push(row),
        }
    }
    rows
}

/// A condition, and what an edge comes to under it.
type Branch = (String, ComesTo);

/// What the lines of one edge come to, under the conditions that matter. `question` is the first that is still open.
fn conditions(lines: &[Line], question: usize) -> Vec<Branch> {
    let first = &lines[0];
    if lines.iter().all(|line| line.comes_to == first.comes_to) {
        return vec![(String::new(), first.comes_to.clone())];
    }
    let mut answers: Vec<(Vec<&str>, Vec<Branch>)> = Vec::new();
    for line in lines {
        let answer = line.when[question];
        if answers.iter().any(|(known, _)| known.contains(&answer)) {
            continue;
        }
        let like: Vec<_> = lines
            .iter()
            .filter(|line| line.when[question] == answer)
            .cloned()
            .collect();
        let below = conditions(&like, question + 1);
        match answers.iter_mut().find(|(_, known)| *known == below) {
            Some((same, _)) => same.push(answer),
            None => answers.push((vec![answer], below)),
        }
    }
    let matters = answers.len() > 1;
    let mut found = Vec::new();
    for (answer, below) in answers {
        for (when, comes_to) in below {
            let parts = [
                if matters {
                    answer.join(" or ")
                } else {
                    String::new()
                },
                when,
            ];
            let when = parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>();
            found.push((when.join(", "), comes_to));
        }
    }
    found
}
