//! How full each showtime of the day is: a bar to look at, and the numbers beside it.

use hub_api::Showtime;
use leptos::prelude::*;

use super::next::Day;
use super::words::{Words, say};
use crate::format::clock_time;
use crate::words::{fill, spoken};

/// The table of a day's showtimes.
#[component]
pub(super) fn Occupancy(day: Memo<Day>) -> impl IntoView {
    let (caption, none) = (
        say(|words| words.showtimes),
        say(|words| words.no_showtimes),
    );
    let (time, film) = (say(|words| words.time), say(|words| words.film));
    let (room, sold) = (say(|words| words.room), say(|words| words.sold));
    let begun_words = say(|words| words.begun);
    let rows = |showtimes: Vec<Showtime>| {
        showtimes
            .into_iter()
            .map(|showtime| view! { <Row showtime/> })
            .collect_view()
    };
    let to_come = move || rows(day.with(|day| day.to_come.clone()));
    let begun = move || {
        let begun = day.with(|day| day.begun.clone());
        (!begun.is_empty()).then(|| {
            view! {
                <tbody class="begun" data-testid="begun">
                    <tr><th scope="rowgroup" colspan="4">{begun_words}</th></tr>
                    {rows(begun)}
                </tbody>
            }
        })
    };
    view! {
        <Show when=move || !day.with(Day::is_empty) fallback=move || view! { <p class="quiet">{none}</p> }>
            <div class="table-space" role="region" aria-label=caption tabindex="0">
                <table class="occupancy">
                    <caption>{caption}</caption>
                    <thead><tr><th scope="col">{time}</th><th scope="col">{film}</th><th scope="col">{room}</th><th scope="col">{sold}</th></tr></thead>
                    <tbody data-testid="to-come">{to_come}</tbody>
                    {begun}
                </table>
            </div>
        </Show>
    }
}

#[component]
fn Row(showtime: Showtime) -> impl IntoView {
    let language = spoken();
    let testid = format!("showtime-{}", showtime.id);
    let time = clock_time(&showtime.starts_at).to_owned();
    let percent = u64::from(showtime.sold) * 100 / u64::from(showtime.seats.max(1));
    let sold = move || {
        let words = language.get().head_office();
        let numbers = [
            ("sold", showtime.sold.to_string()),
            ("seats", showtime.seats.to_string()),
            ("online", showtime.online.to_string()),
        ];
        if showtime.cancelled {
            words.showtime_cancelled.to_owned()
        } else {
            let text = match showtime.online {
                0 => words.sold_of,
                _ => words.sold_of_online,
            };
            fill(
                text,
                &numbers.each_ref().map(|(gap, number)| (*gap, &**number)),
            )
        }
    };
    let withheld = showtime.withheld.map(|why| {
        let words = move || withheld(&why, language.get().head_office());
        view! { <span class="withheld">{words}</span> }
    });
    view! {
        <tr class:cancelled=showtime.cancelled data-testid=testid>
            <th scope="row">{time}</th>
            <td class="film">{showtime.film}{withheld}</td>
            <td class="room">{showtime.auditorium}</td>
            <td>
                <span class="fullness">
                    <span class="bar" aria-hidden="true"><span style:width=format!("{percent}%")></span></span>
                    <span data-testid="sold">{sold}</span>
                </span>
            </td>
        </tr>
    }
}

/// Why the hub does not sell a showtime that takes place.
fn withheld(why: &str, words: &Words) -> &'static str {
    match why {
        "content_refused" => words.withheld_content,
        _ => words.withheld_details,
    }
}
