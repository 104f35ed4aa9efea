//! The page of a ticket: what a phone shows at the door, readable without scripts and without a line once it is open.

mod words;

use box_office::Money;
use box_office::text::in_markup;
use jiff::Zoned;

use super::{Found, code};
use crate::catalogue::local;
use crate::language::Language;
use crate::sold::TicketFacts;
use words::words;

/// How it looks. It is a file of its own, for a page brings no styles of its own.
pub(crate) const STYLE: &str = "\
    :root{color-scheme:light dark;--ground:#f4f2ed;--surface:#fff;--ink:#15171c;--quiet:#454b59;--warn:#8a4300}\n\
    @media(prefers-color-scheme:dark){:root{--ground:#0e1014;--surface:#171a21;--ink:#f7f5f0;--quiet:#c2c7d2;--warn:#ffc48a}}\n\
    body{font:18px/1.4 Figtree,system-ui,sans-serif;font-variant-numeric:tabular-nums;margin:0 auto;padding:16px;max-width:28rem;background:var(--ground);color:var(--ink);text-align:center;overflow-wrap:break-word}\n\
    h1{font-size:1.5rem;line-height:1.15;margin:0 0 .5rem;text-wrap:balance}\n\
    p{margin:0}\n\
    section{padding:24px 16px;border-radius:24px;background:var(--surface)}\n\
    section+section{margin-top:16px}\n\
    [role=img]{box-sizing:border-box;max-width:20rem;margin:20px auto;padding:12px;border-radius:14px;background:#fff}\n\
    svg{display:block;width:100%;height:auto}\n\
    dl{display:flex;flex-wrap:wrap;justify-content:center;gap:.75rem 3rem;margin:0 0 16px}\n\
    dl>:first-child{flex:1 0 100%}\n\
    dt,.show,.of{font-size:.9rem;color:var(--quiet)}\n\
    dd{margin:0;font-size:2rem;line-height:1.2;font-weight:700}\n\
    dl>:first-child dd{font-size:1.25rem}\n\
    .sum dl{margin:0}\n\
    .sum dl>*{flex:none}\n\
    .sum dd{font-size:1.25rem}\n\
    strong{color:var(--warn)}\n\
";

/// The page of a ticket or of a whole order, a code and its words for each; below those of an order what it came to, and its collection
/// code. `None` if a code does not fit into a symbol.
pub(crate) fn html(tickets: &[Found], order: Option<(Money, &str)>) -> Option<String> {
    let first = &tickets.first()?.facts;
    let (title, language) = (in_markup(&first.film), language_of(first));
    let all = tickets.len();
    let numbered = tickets.iter().zip(1_usize..);
    let sections: String = numbered
        .map(|(found, number)| section(found, (number, all)))
        .collect::<Option<_>>()?;
    Some(format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/tickets/page.css\">{sections}{sum}",
        tag = language.tag(),
        sum = order.map_or_else(String::new, |order| sum(order, language)),
    ))
}

/// What an order came to.
fn sum((total, collection_code): (Money, &str), language: Language) -> String {
    let words = words(language);
    format!(
        "<section class=\"sum\"><dl><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div></dl></section>",
        words.total,
        in_markup(&language.amount(total)),
        words.collection_code,
        in_markup(collection_code),
    )
}

/// A ticket, and which of how many it is: whoever sees it alone knows everything.
fn section(found: &Found, (number_of_it, all): (usize, usize)) -> Option<String> {
    let facts = &found.facts;
    let zone = super::zone_of(facts);
    let language = language_of(facts);
    let (words, shared) = (words(language), language.words());
    let start = found.starts_at.to_zoned(zone.clone());
    let moved = found.moved_from.map(|before| {
        let before = before.to_zoned(zone.clone());
        format!(
            "<br><strong>{}</strong>. {} {}",
            shared.new_time,
            shared.before,
            when(&before, language)
        )
    });
    let moved = match found.is_cancelled {
        true => format!("<br><strong>{}</strong>", words.cancelled),
        false => moved.unwrap_or_default(),
    };
    let (picture, show) = match found.is_taken_back {
        true => (String::new(), words.taken_back),
        false => {
            let (name, picture) = (words.code, code::svg(&found.ticket.code)?);
            let picture = format!("<div role=\"img\" aria-label=\"{name}\">{picture}</div>");
            (picture, words.show)
        }
    };
    let (film, room) = (in_markup(&facts.film), in_markup(&facts.auditorium));
    let block = found.ticket.block.as_ref().map(|block| {
        format!(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            words.block,
            in_markup(block)
        )
    });
    let block = block.unwrap_or_default();
    let which = match all {
        1 => String::new(),
        _ => format!("<p class=\"of\">{number_of_it} / {all}</p>"),
    };
    let (row, number) = (
        in_markup(&found.ticket.row),
        in_markup(&found.ticket.number),
    );
    Some(format!(
        "<section>{which}<h1>{film}</h1><p>{cinema}<br><time datetime=\"{at}\">{when}</time>{moved}</p>{picture}\
         <dl><div><dt>{room_name}</dt><dd>{room}</dd></div>{block}<div><dt>{row_name}</dt><dd>{row}</dd></div><div><dt>{seat_name}</dt><dd>{number}</dd></div></dl>\
         <p class=\"show\">{show}</p></section>",
        cinema = in_markup(&facts.cinema),
        at = local(found.starts_at, &zone),
        when = when(&start, language),
        room_name = words.room,
        row_name = shared.row,
        seat_name = shared.seat,
    ))
}

/// How a time is written: `Monday, 23 November 2026, 20:15`.
fn when(at: &Zoned, language: Language) -> String {
    format!("{}, {}", language.day(at.date()), at.strftime("%H:%M"))
}

fn language_of(facts: &TicketFacts) -> Language {
    Language::of_tag(&facts.guest_language)
}
