//! Tickets on their way back: one that is asked back stands, its seat waits, and no money goes back for one that stands unless its guest was
//! let in and a person said so; and never more than was taken.

use std::collections::BTreeMap;

use box_office::{Custodian, TaxRate};

use crate::books::{Books, RefundRow, TicketRow};
use crate::finding::{Findings, Name};

/// Compares refunds with tickets, seats and payments.
pub(crate) fn check(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    for (id, refund) in &books.refunds {
        let Some(ticket) = books.tickets.get(id) else {
            let words = format!("ticket {id} is asked back, and is not there");
            findings.find(Name::RefundNotAsItsTicket, id, words);
            continue;
        };
        one(books, id, (refund, ticket), findings);
    }
    given(books, findings);
    // At a box tickets go back at the till, by whoever stands there.
    if side == Custodian::Hub {
        for (id, ticket) in books.tickets.iter().filter(|(_, it)| !it.live) {
            if !books.refunds.contains_key(id) {
                let words = format!(
                    "ticket {id} for seat {} of {} does not stand any more, and nobody has asked it back",
                    ticket.seat, ticket.showtime
                );
                findings.find(Name::RefundNotAsItsTicket, id, words);
            }
        }
    }
}

fn one(
    books: &Books,
    id: &str,
    (refund, ticket): (&RefundRow, &TicketRow),
    findings: &mut Findings<'_>,
) {
    let place = ticket.place();
    let has_seat = books
        .seats
        .get(&place)
        .is_some_and(|seat| seat.state == "revoking" && seat.holder.as_deref() == Some(id));
    let (is_asked, is_inside) = (refund.is_asked(), books.admissions.contains_key(id));
    let wrong = match (is_asked, refund.goes_back()) {
        (true, _) if !ticket.live => Some("the cinema is asked for it, and it does not stand"),
        (true, _) if !has_seat => Some("the cinema is asked for it, and its seat does not wait"),
        (false, _) if has_seat => Some("nobody is asked for it, and its seat waits"),
        (false, true) if ticket.live && !is_inside => Some("its money goes back, and it stands"),
        (false, false) if !ticket.live => Some("its money does not go back, and it does not stand"),
        (_, _) => None,
    };
    let is_wanted = ticket.taken_back.as_deref() == Some("asked");
    let wrong = wrong.or_else(|| {
        let differs = is_wanted != is_asked;
        differs.then_some("the ticket says otherwise of whether the cinema is asked for it")
    });
    if let Some(wrong) = wrong {
        let words = format!("ticket {id} is {}: {wrong}", refund.state);
        findings.find(Name::RefundNotAsItsTicket, id, words);
    }
    let shared_out = refund.amount_minor + refund.kept_minor;
    if shared_out != ticket.price_minor {
        let words = format!(
            "ticket {id} has cost {}, and {} go back with {} kept",
            ticket.price_minor, refund.amount_minor, refund.kept_minor
        );
        let minor = shared_out - ticket.price_minor;
        findings.find_money(Name::RefundNotAsItsTicket, id, words, minor);
    }
    kept(books, id, (refund, ticket), findings);
    went(books, id, refund, findings);
    if refund.open {
        findings.waits(format!("the refund of ticket {id} is {}", refund.state));
    }
}

/// What is kept of a ticket is what the rules say by which it was sold, unless somebody has decided otherwise or another amount went; and the tax in it
/// is by its rate.
fn kept(
    books: &Books,
    id: &str,
    (refund, ticket): (&RefundRow, &TicketRow),
    findings: &mut Findings<'_>,
) {
    let by_rules = ticket.terms.refunds.kept_of(ticket.price_minor);
    let kept_minor = refund.kept_minor;
    let (wanted_minor, why) = match refund.kept_why.as_deref() {
        Some("rules") => (by_rules, "by the rules under which it was sold"),
        Some("as_it_went") => {
            // What did not arrive is to go back still.
            let went_minor = refund.given_minor + refund.by_hand_minor;
            let rest_minor = ticket.price_minor - went_minor.max(refund.amount_minor);
            (rest_minor.max(0), "by what went back")
        }
        Some("head_office") if !books.taken_back_by_head_office.contains(&ticket.sale) => {
            (by_rules, "for head office has not taken it back itself")
        }
        Some("person") if !books.given_back_by_person.contains(id) => {
            (by_rules, "for no person has given it back")
        }
        Some(_) => (0, "for it goes back whole"),
        // It was written down before the reason was.
        None if kept_minor == 0 => (0, "whoever has said so"),
        None => (by_rules, "by the rules under which it was sold"),
    };
    if kept_minor != wanted_minor {
        let words = format!("of ticket {id} {kept_minor} are kept, and {wanted_minor} {why}");
        let minor = kept_minor - wanted_minor;
        findings.find_money(Name::RefundNotAsItsTicket, id, words, minor);
    }
    let rate = u16::try_from(ticket.terms.tax_basis_points).ok();
    let rate = rate.and_then(|rate| TaxRate::from_basis_points(rate).ok());
    let tax_minor = rate.map_or(0, |rate| rate.inside_minor(refund.kept_minor));
    if refund.kept_tax_minor != tax_minor {
        let words = format!(
            "of ticket {id} {} are kept, with {tax_minor} tax in them, and {} are written down",
            refund.kept_minor, refund.kept_tax_minor
        );
        findings.find(Name::RefundNotAsItsTicket, id, words);
    }
}

/// What went back for a ticket, by whoever took the money or by hand, is what was to go back, once it has; and no more, unless a person knows.
fn went(books: &Books, id: &str, refund: &RefundRow, findings: &mut Findings<'_>) {
    let went_minor = refund.given_minor + refund.by_hand_minor;
    let more_minor = went_minor - refund.amount_minor;
    let case = books.refund_cases.get(id);
    let seen = books.too_much_cases.get(id).or(case);
    match (refund.state.as_str(), more_minor) {
        ("done", 0) => {}
        ("done", 1..) => match seen {
            Some(true) => findings.waits(format!(
                "more went back for ticket {id} than it has cost, and a person is asked"
            )),
            // A person has seen it.
            Some(false) => {}
            None => {
                let words = format!(
                    "ticket {id}: {} were to go back, {} went and {} by hand besides",
                    refund.amount_minor, refund.given_minor, refund.by_hand_minor
                );
                findings.find_money(Name::RefundedTwice, id, words, more_minor);
            }
        },
        ("done", _less) if case == Some(&true) => findings.waits(format!(
            "what went back for ticket {id} did not arrive, and a person is asked"
        )),
        ("done", _less) => {
            let words = format!(
                "ticket {id} is done, and {went_minor} of {} went back",
                refund.amount_minor
            );
            findings.find_money(Name::RefundNotAsItsTicket, id, words, more_minor);
        }
        ("owed", _) if went_minor > 0 && case != Some(&true) => {
            let words = format!(
                "the refund of ticket {id} is owed: {went_minor} of {} went back, and no person is asked for the rest",
                refund.amount_minor
            );
            findings.find_money(Name::RefundWithoutCase, id, words, -more_minor);
        }
        (_, _) => {}
    }
}

/// What goes back of a payment ticket by ticket is at most what was kept of it, or taken, where the rest went back as well.
fn given(books: &Books, findings: &mut Findings<'_>) {
    let mut of_payment: BTreeMap<&str, i64> = BTreeMap::new();
    for refund in books.refunds.values().filter(|it| it.goes_back()) {
        if let Some(payment) = &refund.payment {
            *of_payment.entry(payment).or_default() += refund.of_payment_minor();
        }
    }
    for (id, given) in of_payment {
        let payment = books.payments.get(id);
        let kept = payment.map_or(0, |it| match it.is_all_back() {
            true => it.captured_minor,
            false => it.kept_minor(),
        });
        if given > kept {
            let words =
                format!("payment {id}: {kept} were kept, and {given} go back for its tickets");
            findings.find_money(Name::RefundedTwice, id, words, given - kept);
        }
    }
}
