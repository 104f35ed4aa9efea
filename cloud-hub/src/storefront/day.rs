//! The page of a cinema: what is on, day by day, each film with its next times.

use box_office::Money;
use box_office::programme::Cinema;
use counter::At;
use counter::programme::{DayOn, FilmOnDay, Listed};
use maud::{Markup, html};
use words::fill;

use super::offer::{Offer, Sales};
use super::page::{self, Head};
use super::tongue::{Tongue, rating_name};
use super::{Storefront, paths, poster, structured, times};

/// How many times of a film stand in the list; its own page has all.
const NEXT_TIMES: usize = 3;

/// The posters that a reader sees without moving the page.
const POSTERS_AT_ONCE: usize = 4;

/// A film of the day with what of it is still to come.
struct Coming<'a> {
    of: &'a FilmOnDay,
    times: Vec<(&'a Listed, Offer)>,
}

pub(super) fn draw(
    front: &Storefront,
    tongue: Tongue,
    at: &At,
    (on, sales): (&DayOn, Sales),
) -> String {
    let catalogue = at.catalogue();
    let (cinema, words) = (&catalogue.cinema, tongue.words());
    let coming = coming(on, sales);
    let title = fill(words.whats_on_at, &[("cinema", &cinema.name)]);
    let day = tongue.day(on.day);
    let values = [("cinema", cinema.name.as_str()), ("day", &day)];
    let is_today = on.day == on.today;
    let head = Head {
        title: match is_today {
            true => title.clone(),
            false => format!("{title} · {day}"),
        },
        description: fill(words.describe_day, &values),
        path: match is_today {
            true => paths::cinema(&cinema.id),
            false => paths::day(&cinema.id, on.day),
        },
        has_program: false,
        is_listed: is_today || on.days.contains(&on.day),
        cinema: Some(cinema),
        about: about(front, tongue, cinema, &coming),
    };
    let main = html! {
        h1 { (title) }
        (page::told(tongue, sales))
        (day_strip(tongue, cinema, on))
        h2 { time datetime=(on.day) { (day) } }
        @if on.days.is_empty() {
            p { (words.nothing_told) }
        } @else if coming.is_empty() {
            p { (words.nothing_on) }
        }
        @if !coming.is_empty() {
            ul.films {
                @for (nth, film) in coming.iter().enumerate() {
                    li { (film_card(tongue, cinema, (film, on), nth)) }
                }
            }
        }
    };
    page::draw(front, tongue, &head, &main)
}

fn coming(on: &DayOn, sales: Sales) -> Vec<Coming<'_>> {
    let mut coming = Vec::new();
    for of in &on.films {
        let offered =
            (of.showtimes.iter()).map(|listed| (listed, Offer::of_listed(listed, on.now, sales)));
        let times: Vec<_> = offered
            .filter(|(listed, offer)| times::is_to_come(&listed.showtime, *offer, on.now))
            .collect();
        if !times.is_empty() {
            coming.push(Coming { of, times });
        }
    }
    coming
}

/// What programs read: the cinema, its films and the times that stand in the list.
fn about(
    front: &Storefront,
    tongue: Tongue,
    cinema: &Cinema,
    coming: &[Coming<'_>],
) -> Vec<serde_json::Value> {
    let mut about = vec![structured::theatre(front, cinema)];
    for film in coming {
        about.push(structured::movie(front, tongue, cinema, &film.of.film));
        for (listed, offer) in film.times.iter().take(NEXT_TIMES) {
            let from: Vec<_> = listed
                .from
                .map(|from| (String::new(), from))
                .into_iter()
                .collect();
            let of = (&*film.of.film, &listed.showtime);
            about.push(structured::event(front, cinema, of, (*offer, &from)));
        }
    }
    about
}

fn day_strip(tongue: Tongue, cinema: &Cinema, on: &DayOn) -> Markup {
    html! {
        nav.days aria-label=(tongue.words().days) {
            ul {
                @for day in &on.days {
                    @let path = if *day == on.today { paths::cinema(&cinema.id) } else { paths::day(&cinema.id, *day) };
                    li {
                        a href=(tongue.link(&path)) aria-current=[(*day == on.day).then_some("date")] {
                            time datetime=(day) { (tongue.near_day(*day, on.today)) }
                        }
                    }
                }
            }
        }
    }
}

fn film_card(
    tongue: Tongue,
    cinema: &Cinema,
    (coming, on): (&Coming<'_>, &DayOn),
    nth: usize,
) -> Markup {
    let (film, words) = (&coming.of.film, tongue.words());
    let own_page = tongue.link(&paths::film(&cinema.id, &film.id));
    let from = lowest(&coming.times);
    html! {
        article.film {
            a.poster href=(own_page) tabindex="-1" aria-hidden="true" {
                @if nth < POSTERS_AT_ONCE { (poster::at_once(film)) }
                @else { (poster::in_view(cinema, film)) }
            }
            div {
                h3 { a href=(own_page) { (film.title) } }
                p.facts {
                    @if let Some(rating) = &film.age_rating { span.rating { (rating_name(rating)) } " · " }
                    (tongue.minutes(film.length_minutes))
                    @if let Some(amount) = from { " · " (fill(words.price_from, &[("amount", &tongue.amount(amount))])) }
                }
                ul.times {
                    @for (listed, offer) in coming.times.iter().take(NEXT_TIMES) {
                        li { (times::link(tongue, cinema, (&listed.showtime, *offer), Some(on.day), &tongue.version(&listed.showtime))) }
                    }
                    @if coming.times.len() > NEXT_TIMES {
                        li { a.more href=(own_page) { (words.more_times) } }
                    }
                }
            }
        }
    }
}

/// The lowest full price of the times that can be bought.
fn lowest(times: &[(&Listed, Offer)]) -> Option<Money> {
    let bought = times
        .iter()
        .filter(|(_, offer)| matches!(offer, Offer::Online(_)));
    let prices = bought.filter_map(|(listed, _)| listed.from);
    prices.min_by_key(|price| price.minor)
}
