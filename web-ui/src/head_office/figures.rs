//! The day at a glance: how many cinemas are heard, what they sold, what waits for a person.

use std::collections::BTreeMap;

use box_office::Money;
use hub_api::{HeadOffice, LinkState};
use leptos::prelude::*;

use super::source::Source;
use super::words::Words;
use crate::format::money;
use crate::words::{Language, spoken};

/// The figures on top.
#[component]
pub(super) fn Figures(source: Source) -> impl IntoView {
    let language = spoken();
    let figures = move || {
        let language = language.get();
        source
            .view
            .with(|view| {
                view.as_ref().map(|view| {
                    figures(view, source.is_live.get(), language, language.head_office())
                })
            })
            .unwrap_or_default()
    };
    view! {
        <dl class="figures">
            {move || figures().into_iter().map(|(name, value, class)| view! {
                <div class=format!("figure {class}")><dt>{name}</dt><dd>{value}</dd></div>
            }).collect_view()}
        </dl>
    }
}

/// Name, value and how urgent.
fn figures(
    view: &HeadOffice,
    is_live: bool,
    language: Language,
    words: &Words,
) -> Vec<(&'static str, String, &'static str)> {
    let heard = view
        .cinemas
        .iter()
        .filter(|cinema| cinema.link.state == LinkState::Up)
        .count();
    let sold = || view.cinemas.iter().map(|cinema| &cinema.today.sold);
    let sales: u64 = sold().map(|sold| sold.sales).sum();
    let tickets: u64 = sold().map(|sold| sold.tickets).sum();
    let urgency = |is_wrong: bool| if is_wrong { "warn" } else { "" };
    vec![
        (
            words.link_up,
            match is_live {
                true => format!("{heard} / {}", view.cinemas.len()),
                false => format!("– / {}", view.cinemas.len()),
            },
            urgency(!is_live || heard < view.cinemas.len()),
        ),
        (words.sales, sales.to_string(), ""),
        (words.tickets, tickets.to_string(), ""),
        (words.takings, takings(view, language), ""),
        (
            words.cases,
            view.cases.len().to_string(),
            urgency(!view.cases.is_empty()),
        ),
    ]
}

/// One sum a currency: cinemas of two countries are never added up.
fn takings(view: &HeadOffice, language: Language) -> String {
    let mut sums: BTreeMap<_, Money> = BTreeMap::new();
    for total in (view.cinemas.iter()).filter_map(|cinema| cinema.today.sold.total) {
        let sum = sums
            .entry(total.currency)
            .or_insert_with(|| Money::zero(total.currency));
        *sum = sum.plus(total).unwrap_or(*sum);
    }
    let written: Vec<_> = sums.into_values().map(|sum| money(sum, language)).collect();
    if written.is_empty() {
        "–".to_owned()
    } else {
        written.join(" + ")
    }
}
