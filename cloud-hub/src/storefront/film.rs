//! The page of a film at a cinema: what it is, when it is on in which version, and what that costs.

use box_office::film::Film;
use box_office::programme::Cinema;
use counter::At;
use counter::programme::{FilmOn, PriceSpan};
use counter_api::Showtime;
use jiff::civil::Date;
use maud::{Markup, html};
use words::fill;

use super::offer::{Offer, Sales};
use super::page::{self, Head};
use super::tongue::Tongue;
use super::{Storefront, paths, poster, structured, times};

/// A showtime with what of it can be had.
type Offered<'a> = (&'a Showtime, Offer);

pub(super) fn draw(
    front: &Storefront,
    tongue: Tongue,
    at: &At,
    (on, sales): (&FilmOn, Sales),
) -> String {
    let catalogue = at.catalogue();
    let (cinema, film, words) = (&catalogue.cinema, &on.film, tongue.words());
    let offered = (on.showtimes.iter()).map(|listed| {
        let offer = Offer::of_listed(listed, on.now, sales);
        (&listed.showtime, offer, listed.from)
    });
    let listed: Vec<_> = offered
        .filter(|(showtime, offer, _)| times::is_to_come(showtime, *offer, on.now))
        .collect();
    let coming: Vec<Offered<'_>> = (listed.iter())
        .map(|(showtime, offer, _)| (*showtime, *offer))
        .collect();
    let mut about = vec![
        structured::theatre(front, cinema),
        structured::movie(front, tongue, cinema, film),
    ];
    about.extend(listed.iter().map(|(showtime, offer, from)| {
        let from: Vec<_> = from.map(|from| (String::new(), from)).into_iter().collect();
        structured::event(front, cinema, (film, showtime), (*offer, &from))
    }));
    let values = [("film", film.title.as_str()), ("cinema", &cinema.name)];
    let head = Head {
        title: format!("{} · {}", film.title, cinema.name),
        description: fill(words.describe_film, &values),
        path: paths::film(&cinema.id, &film.id),
        has_program: false,
        is_listed: !coming.is_empty(),
        cinema: Some(cinema),
        about,
    };
    let main = html! {
        article.alone {
            (poster::at_once(film))
            h1 { (film.title) }
            (facts(tongue, film))
            @if let Some(trailer) = &film.trailer {
                // A tab of its own: whoever has watched it is still in the shop.
                p { a href=(trailer) target="_blank" rel="noopener external" { (words.trailer) } }
            }
            (page::told(tongue, sales))
            section.times-of-all {
                h2 { (words.times) }
                @if coming.is_empty() { p { (words.no_times) } }
                @for (version, of_version) in by_version(tongue, &coming) {
                    h3 { (version) }
                    (of_days(tongue, cinema, &of_version))
                }
            }
            @if !on.prices.is_empty() {
                section {
                    h2 { (words.prices) }
                    (prices(tongue, on))
                }
            }
            @if let Some((language, text)) = tongue.pick(&film.synopsis) {
                section {
                    h2 { (words.about) }
                    p.synopsis lang=[(language != tongue.tag()).then_some(language)] { (text) }
                }
            }
        }
    };
    page::draw(front, tongue, &head, &main)
}

/// The facts of a film, as a list of names and values.
fn facts(tongue: Tongue, film: &Film) -> Markup {
    let words = tongue.words();
    let genres = structured::genres(tongue, film).join(", ");
    html! {
        dl.facts {
            @if let Some(title) = &film.original_title {
                dt { (words.original_title) } dd lang=(film.original_language) { (title) }
            }
            @if let Some(rating) = &film.age_rating {
                dt { (words.age_rule) } dd { (tongue.age_rule(rating)) }
            }
            dt { (words.running_time) } dd { (tongue.minutes(film.length_minutes)) }
            @if !genres.is_empty() { dt { (words.genres) } dd { (genres) } }
            @if !film.directors.is_empty() {
                dt { (words.directors) } dd { (film.directors.join(", ")) ", " (film.year) }
            }
            dt { (words.spoken) } dd { (tongue.name_of(&film.original_language)) }
        }
    }
}

/// Showtimes by their version, in the order in which each is first on.
fn by_version<'a>(tongue: Tongue, coming: &[Offered<'a>]) -> Vec<(String, Vec<Offered<'a>>)> {
    let mut versions: Vec<(String, Vec<Offered<'a>>)> = Vec::new();
    for offered in coming {
        let version = tongue.version(offered.0);
        match versions.iter_mut().find(|(known, _)| *known == version) {
            Some((_, of_version)) => of_version.push(*offered),
            None => versions.push((version, vec![*offered])),
        }
    }
    versions
}

fn of_days(tongue: Tongue, cinema: &Cinema, of_version: &[Offered<'_>]) -> Markup {
    let mut days: Vec<(Date, Vec<Offered<'_>>)> = Vec::new();
    for (showtime, offer) in of_version {
        let Some(day) = times::date(&showtime.starts_at) else {
            continue;
        };
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, of_day)) => of_day.push((showtime, *offer)),
            None => days.push((day, vec![(showtime, *offer)])),
        }
    }
    html! {
        dl.by-day {
            @for (day, of_day) in days {
                div {
                    dt { time datetime=(day) { (tongue.short_day(day)) } }
                    dd {
                        ul.times {
                            @for offered in of_day {
                                li { (times::link(tongue, cinema, offered, Some(day), &offered.0.auditorium_name)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn prices(tongue: Tongue, on: &FilmOn) -> Markup {
    let words = tongue.words();
    let amount = |span: &PriceSpan| {
        let least = tongue.amount(span.least);
        match span.least == span.most {
            true => least,
            false => fill(words.price_from, &[("amount", &least)]),
        }
    };
    html! {
        table.prices {
            thead { tr { th scope="col" { (words.ticket) } th scope="col" { (words.price) } } }
            tbody {
                @for span in &on.prices {
                    tr {
                        th scope="row" { (super::showtime::ticket_name(tongue, &span.kind)) }
                        td { (amount(span)) }
                    }
                }
            }
        }
        p.quiet {
            @match on.tax {
                Some(tax) => (fill(words.tax_inside, &[("rate", &tongue.rate(tax.basis_points()))])),
                None => (words.taxes_inside),
            }
        }
    }
}
