//! The page of a ticket: what a phone shows at the door, readable without scripts and without a line once it is open.

mod words;

use box_office::text::in_markup;
use jiff::Zoned;

use super::{Found, code};
use crate::catalogue::local;
use crate::language::Language;
use crate::sold::TicketFacts;
use words::words;

/// How it looks. It is a file of its own, for a page brings no styles of its own.
pub(crate) const STYLE: &str = "\
    body{font:18px/1.4 system-ui,sans-serif;margin:0 auto;padding:24px;max-width:28rem;background:#fff;color:#111;text-align:center}\n\
    h1{font-size:1.5rem;margin:0 0 .25rem}\n\
    section+section{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:2.5rem}\n\
    svg{width:100%;max-width:20rem;height:auto}\n\
    dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(6rem,1fr));gap:.5rem;margin:1.5rem 0}\n\
    dt{font-size:.9rem;color:#555}\n\
    dd{margin:0;font-size:2rem;font-weight:700}\n\
";

/// The page of a ticket or of a whole order, a code and its words for each; `None` if a code does not fit into a symbol.
pub(crate) fn html(tickets: &[Found]) -> Option<String> {
    let first = &tickets.first()?.facts;
    let (title, language) = (in_markup(&first.film), language_of(first));
    let sections: String = tickets.iter().map(section).collect::<Option<_>>()?;
    Some(format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/tickets/page.css\">{sections}",
        tag = language.tag(),
    ))
}

/// A ticket: whoever sees it alone knows everything.
fn section(found: &Found) -> Option<String> {
    let picture = code::svg(&found.ticket.code)?;
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
    let (film, room) = (in_markup(&facts.film), in_markup(&facts.auditorium));
    let block = found.ticket.block.as_ref().map(|block| {
        format!(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            words.block,
            in_markup(block)
        )
    });
    let block = block.unwrap_or_default();
    let (row, number) = (
        in_markup(&found.ticket.row),
        in_markup(&found.ticket.number),
    );
    Some(format!(
        "<section><h1>{film}</h1><p>{cinema}<br><time datetime=\"{at}\">{when}</time>{moved}</p><div role=\"img\" aria-label=\"{code_name}\">{picture}</div>\
         <dl><div><dt>{room_name}</dt><dd>{room}</dd></div>{block}<div><dt>{row_name}</dt><dd>{row}</dd></div><div><dt>{seat_name}</dt><dd>{number}</dd></div></dl>\
         <p>{show}</p></section>",
        cinema = in_markup(&facts.cinema),
        at = local(found.starts_at, &zone),
        when = when(&start, language),
        code_name = words.code,
        room_name = words.room,
        row_name = shared.row,
        seat_name = shared.seat,
        show = words.show,
    ))
}

/// How a time is written: `Monday, 23 November 2026, 20:15`.
fn when(at: &Zoned, language: Language) -> String {
    format!("{}, {}", language.day(at.date()), at.strftime("%H:%M"))
}

fn language_of(facts: &TicketFacts) -> Language {
    Language::of_tag(&facts.guest_language)
}
