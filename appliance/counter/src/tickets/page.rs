//! The page of a ticket: what a phone shows at the door, readable without scripts and without a line once it is open.

use box_office::text::in_markup;

use super::{Found, code};
use crate::catalogue::local;

/// How a time is written: `Mon 23 Nov 2026, 20:15`.
const WHEN: &str = "%a %d %b %Y, %H:%M";

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
    let title = in_markup(&tickets.first()?.facts.film);
    let sections: String = tickets.iter().map(section).collect::<Option<_>>()?;
    Some(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/tickets/page.css\">{sections}"
    ))
}

/// A ticket: whoever sees it alone knows everything.
fn section(found: &Found) -> Option<String> {
    let picture = code::svg(&found.ticket.code)?;
    let facts = &found.facts;
    let zone = super::zone_of(facts);
    let start = found.starts_at.to_zoned(zone.clone());
    let moved = found.moved_from.map(|before| {
        let before = before.to_zoned(zone.clone());
        format!(
            "<br><strong>New time</strong>, before: {}",
            before.strftime(WHEN)
        )
    });
    let moved = match found.is_cancelled {
        true => "<br><strong>Cancelled: this showing does not take place</strong>".to_owned(),
        false => moved.unwrap_or_default(),
    };
    let (film, room) = (in_markup(&facts.film), in_markup(&facts.auditorium));
    let block = found
        .ticket
        .block
        .as_ref()
        .map(|block| format!("<div><dt>Block</dt><dd>{}</dd></div>", in_markup(block)));
    let block = block.unwrap_or_default();
    let (row, number) = (
        in_markup(&found.ticket.row),
        in_markup(&found.ticket.number),
    );
    Some(format!(
        "<section><h1>{film}</h1><p>{cinema}<br><time datetime=\"{at}\">{when}</time>{moved}</p><div role=\"img\" aria-label=\"QR code\">{picture}</div>\
         <dl><div><dt>Screen</dt><dd>{room}</dd></div>{block}<div><dt>Row</dt><dd>{row}</dd></div><div><dt>Seat</dt><dd>{number}</dd></div></dl>\
         <p>Show this code at the door.</p></section>",
        cinema = in_markup(&facts.cinema),
        at = local(found.starts_at, &zone),
        when = start.strftime(WHEN),
    ))
}
