//! What is being paid for: how many tickets of each kind at which price, their sum, and the tax inside it.

use box_office::Money;
use counter_api::{Hold, Line};
use leptos::prelude::*;

use crate::buying::Buying;
use crate::format::money;
use crate::words::fill;

/// The bill, once the showtime is known.
#[component]
pub fn Bill(
    /// The hold that is paid.
    hold: Memo<Option<Hold>>,
) -> impl IntoView {
    let buying = Buying::here();
    let bill = move || {
        let (hold, showtime) = (hold.get()?, buying.order.showtime.get()?);
        let language = buying.language.get();
        let rows = alike(&hold.basket.lines)
            .into_iter()
            .map(|(line, sum, count)| {
                let kinds = &mut showtime.ticket_kinds.iter();
                let kind = kinds.find(|kind| kind.id == line.ticket_kind);
                let kind = kind
                    .and_then(|kind| language.pick(&kind.names))
                    .unwrap_or_default();
                let each = (count > 1)
                    .then(|| view! { <small>"(" {money(line.price, language)} ")"</small> });
                let what = format!("{count} × {kind}");
                view! { <div><dt>{what} " " {each}</dt><dd>{money(sum, language)}</dd></div> }
            });
        let tax = money(hold.basket.tax, language);
        let tax = fill(language.online().tax_inside, &[("tax", &tax)]);
        Some(view! {
            {rows.collect_view()}
            <div class="sum"><dt>{language.buying().total}</dt><dd>{money(hold.basket.total, language)} <small>{tax}</small></dd></div>
        })
    };
    view! { <dl class="bill" data-testid="bill">{bill}</dl> }
}

/// One of each kind and price with the sum of them and their number, in the order of the seats.
fn alike(lines: &[Line]) -> Vec<(&Line, Money, usize)> {
    let mut found: Vec<(&Line, Money, usize)> = Vec::new();
    for line in lines {
        let is_alike = |of: &Line| of.ticket_kind == line.ticket_kind && of.price == line.price;
        match found.iter_mut().find(|(of, ..)| is_alike(of)) {
            Some((_, sum, count)) => {
                *sum = sum.plus(line.price).unwrap_or(*sum);
                *count += 1;
            }
            None => found.push((line, line.price, 1)),
        }
    }
    found
}
