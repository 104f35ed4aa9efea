//! The edges as Markdown. Edges that differ in nothing but a condition without influence are one row; so are states, and events, that
//! come to the same. What changes nothing and does nothing has no row.

mod rows;

use super::{ComesTo, Line, lines};
use rows::rows;

/// The table of all machines.
pub(super) fn table() -> String {
    let of = |machine| {
        lines()
            .into_iter()
            .filter(move |line| line.machine == machine)
    };
    [
        markdown("Purchase", of("purchase").collect()),
        markdown("Payment", of("payment").collect()),
        markdown("Refund", of("refund").collect()),
    ]
    .join("\n")
}

fn markdown(machine: &str, lines: Vec<Line>) -> String {
    let mut text =
        format!("### {machine}\n\n| in | on | when | becomes | does |\n|---|---|---|---|---|\n");
    for row in rows(lines) {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            row.states.join(", "),
            row.triggers.join(", "),
            row.when,
            row.comes_to.next,
            row.comes_to.effects
        ));
    }
    text
}
