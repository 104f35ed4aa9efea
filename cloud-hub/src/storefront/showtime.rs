//! The page of a showtime: what, where, when, for how much, and whether it can be bought online at this moment; if not, why, and where else.

use box_office::programme::Cinema;
use box_office::{Money, RefundsUntil, SeatKind};
use counter::catalogue::local;
use counter::programme::ShowtimeOn;
use counter::{At, Bounds, told_terms};
use counter_api::{Price, TicketKind};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use words::fill;

use super::offer::{Offer, WhyNot};
use super::page::{self, Head};
use super::tongue::Tongue;
use super::{Storefront, paths, poster, structured, times};

pub(super) fn draw(
    front: &Storefront,
    tongue: Tongue,
    at: &At,
    (on, (offer, is_waited_for)): (&ShowtimeOn, (Offer, bool)),
) -> String {
    let catalogue = at.catalogue();
    let (cinema, film, showtime, words) = (
        &catalogue.cinema,
        &on.film,
        &on.listed.showtime,
        tongue.words(),
    );
    let day = times::date(&showtime.starts_at).map(|day| tongue.day(day));
    let (day, time) = (day.unwrap_or_default(), times::clock(&showtime.starts_at));
    let values = [
        ("film", film.title.as_str()),
        ("day", &day),
        ("time", time),
        ("room", &showtime.auditorium_name),
        ("cinema", &cinema.name),
    ];
    let is_online = matches!(offer, Offer::Online(_));
    let are_taken = matches!(offer, Offer::Not(WhyNot::SoldOut | WhyNot::OutOfReach));
    let has_seats = is_online || (are_taken && is_waited_for);
    let has_program = front.sells.is_selling && !matches!(offer, Offer::Not(WhyNot::Over));
    // A companion's place is sold beside a wheelchair's only.
    let alone = |price: &&Price| price.seat_kind != SeatKind::Companion;
    let named: Vec<_> = (on.prices.iter().filter(alone))
        .map(|price| {
            let kind = on.ticket_kinds.iter().find(|it| it.id == price.ticket_kind);
            let kind = kind.map_or_else(String::new, |kind| tongue.name(&kind.names).to_owned());
            let seat = seat_name(tongue, price.seat_kind);
            (format!("{kind}, {seat}"), price.price)
        })
        .collect();
    let head = Head {
        title: format!("{}, {day}, {time} · {}", film.title, cinema.name),
        description: fill(words.describe_showtime, &values),
        path: paths::showtime(&cinema.id, &showtime.id),
        has_program,
        is_listed: offer != Offer::Not(WhyNot::Over),
        cinema: Some(cinema),
        about: vec![
            structured::theatre(front, cinema),
            structured::movie(front, tongue, cinema, film),
            structured::event(front, cinema, (film, showtime), (offer, &named)),
        ],
    };
    let own_page = tongue.link(&paths::film(&cinema.id, &film.id));
    let (begin, end) = (
        times::clock(&showtime.film_starts_at),
        times::clock(&showtime.ends_at),
    );
    let main = html! {
        article.alone {
            (poster::at_once(film))
            h1 { (film.title) }
            dl.facts {
                    dt { (words.when) }
                    dd {
                        time datetime=(showtime.starts_at) { strong { (day) ", " (time) } }
                        br;
                        (fill(words.film_begins, &[("begin", begin), ("end", end)]))
                    }
                    dt { (words.room) } dd { (showtime.auditorium_name) ", " (cinema.name) }
                    dt { (words.version) } dd { (tongue.version(showtime)) }
                    @if let Some(rating) = &film.age_rating {
                        dt { (words.age_rule) } dd { (tongue.age_rule(rating)) }
                    }
                }
            section.offer #seats {
                h2 { (words.tickets_online) }
                (offered(tongue, catalogue.zone(), (on, offer)))
                @if has_program {
                    (program(front, tongue, (cinema, catalogue.zone(), on), (has_seats, is_waited_for)))
                }
                @if !is_online {
                    p { a href=(own_page) { (words.other_times) } }
                }
            }
            section {
                h2 { (words.prices) }
                (prices(tongue, on))
                @if is_online { p.quiet data-testid="rules" { (rules(tongue, catalogue.zone(), on)) } }
            }
            @if is_online {
                p { a href=(own_page) { (words.other_times) } }
            }
        }
    };
    page::draw(front, tongue, &head, &main)
}

/// What can be bought now, or why nothing can.
fn offered(tongue: Tongue, zone: &TimeZone, (on, offer): (&ShowtimeOn, Offer)) -> Markup {
    let words = tongue.words();
    match offer {
        Offer::Online(seats) => html! {
            p.can { (tongue.counted(words.online_now, seats)) }
            p.quiet { (fill(words.online_until, &[("time", times::clock(&on.listed.showtime.sales_end_at))])) }
            @if on.listed.out_of_reach > 0 { p.told { (words.only_in_reach) } }
        },
        Offer::Not(why) => {
            let text = words.why(why.word()).unwrap_or_default();
            let until = local(on.sold_there_until, zone);
            html! { p.cannot { (fill(text, &[("time", times::clock(&until))])) } }
        }
    }
}

/// Where the storefront's program takes over; what stands there before has its shape, and says what to do where it cannot start. Where nothing is
/// sold it shows what a guest has under way: whoever paid for the last seats comes back to them.
fn program(
    front: &Storefront,
    tongue: Tongue,
    (cinema, zone, on): (&Cinema, &TimeZone, &ShowtimeOn),
    (has_seats, is_waited_for): (bool, bool),
) -> Markup {
    let sells = &front.sells;
    let showtime = &on.listed.showtime;
    let bounds = on.prices.first();
    let bounds = bounds.map(|it| front.counter.bounds(it.price.currency));
    let bounds = bounds.filter(|bounds| *bounds != Bounds::ANY);
    let least = bounds.map(|it| it.least_minor);
    let most = bounds.map(|it| it.most_minor);
    let step = bounds.map(|it| it.step_minor).filter(|step| *step != 1);
    let fields = sells.card_fields.as_ref();
    let rules = on.prices.first().map(|it| {
        let by = (zone, it.price.currency);
        told_terms(on.refunds, (on.starts_at, on.now), by)
    });
    // What was read here is compared with what holds for the seats that are chosen.
    let rules = rules.and_then(|rules| serde_json::to_string(&rules).ok());
    let (script, key) = (fields.map(|it| &it.script), fields.map(|it| &it.key));
    html! {
        div #buy data-cinema=(cinema.id) data-showtime=(showtime.id) data-sells[has_seats] data-waited-for[is_waited_for] data-mail[sells.writes_mails]
            data-fields-script=[script] data-fields-key=[key] data-least=[least] data-most=[most]
            data-step=[step] data-back=[rules] {
            @if has_seats {
                div.chooser.skeleton { div.bone.map {} }
                p.no-program.told { (tongue.words().no_program) }
            }
        }
    }
}

/// By which rules whoever buys now gives tickets back: until when, and what comes back.
fn rules(tongue: Tongue, zone: &TimeZone, on: &ShowtimeOn) -> String {
    let (words, rules) = (tongue.words(), on.refunds);
    let Some(end) = rules.end(on.starts_at) else {
        return words.back_never.to_owned();
    };
    if end <= on.now {
        return words.back_over.to_owned();
    }
    let end = end.to_zoned(zone.clone());
    let (day, time) = (tongue.day(end.date()), end.strftime("%H:%M").to_string());
    let until = match rules.until {
        RefundsUntil::MinutesBefore(0) => words.back_until_begin,
        RefundsUntil::MinutesBefore(_) | RefundsUntil::Never => words.back_until,
    };
    let until = fill(until, &[("day", &day), ("time", &time)]);
    let currency = on.prices.first().map(|price| price.price.currency);
    let kept = currency.filter(|_| rules.kept_minor > 0);
    let kept = kept.map(|currency| tongue.amount(Money::new(rules.kept_minor, currency)));
    let what = match kept {
        Some(kept) => fill(words.back_less, &[("kept", &kept)]),
        None => words.back_whole.to_owned(),
    };
    format!("{until} {what}")
}

/// What each kind of ticket costs, by the kinds of seat that cost alike.
fn prices(tongue: Tongue, on: &ShowtimeOn) -> Markup {
    let words = tongue.words();
    html! {
        ul.kinds {
            @for kind in &on.ticket_kinds {
                li {
                    h3 { (ticket_name(tongue, kind)) }
                    dl {
                        @for (seats, price) in by_price(tongue, on, kind) {
                            div { dt { (seats.join(", ")) } dd { (tongue.amount(price)) } }
                        }
                    }
                }
            }
        }
        p.quiet { (fill(words.tax_inside, &[("rate", &tongue.rate(on.tax.basis_points()))])) }
    }
}

/// The prices of a kind of ticket, in the order of the seats, each with the names of the kinds of seat that it is for.
fn by_price(tongue: Tongue, on: &ShowtimeOn, kind: &TicketKind) -> Vec<(Vec<&'static str>, Money)> {
    let mut found: Vec<(Vec<&'static str>, Money)> = Vec::new();
    for seat in SeatKind::ALL {
        let mut prices = on.prices.iter();
        let price = prices.find(|it| it.ticket_kind == kind.id && it.seat_kind == seat);
        let Some(price) = price.map(|it| it.price) else {
            continue;
        };
        let name = seat_name(tongue, seat);
        match found.iter_mut().find(|(_, known)| *known == price) {
            Some((names, _)) => names.push(name),
            None => found.push((vec![name], price)),
        }
    }
    found
}

/// A kind of ticket with what is asked for at the door.
pub(super) fn ticket_name(tongue: Tongue, kind: &TicketKind) -> Markup {
    let words = tongue.words();
    let accompanied = kind
        .accompanied_from
        .map(|age| fill(words.kind_accompanied, &[("age", &age.to_string())]));
    html! {
        (tongue.name(&kind.names))
        @if !kind.notes.is_empty() { small { (tongue.name(&kind.notes)) } }
        @if let Some(accompanied) = accompanied { small { (accompanied) } }
    }
}

fn seat_name(tongue: Tongue, seat: SeatKind) -> &'static str {
    let words = tongue.words();
    match seat {
        SeatKind::Standard => words.kind_standard,
        SeatKind::Premium => words.kind_premium,
        SeatKind::LoveSeat => words.kind_love_seat,
        SeatKind::Wheelchair => words.kind_wheelchair,
        SeatKind::Companion => words.kind_companion,
    }
}
