//! Money to the cent: what was taken has its tickets or went back, once; and what is shown as a sum is one.

use std::collections::{BTreeMap, BTreeSet};

use box_office::Custodian;

use crate::books::{Books, HoldRow, PaymentRow, REFERENCES, RefundRow, SaleRow};
use crate::finding::{Findings, Name};
use crate::streams::Fact;

/// Compares payments, sales and sums.
pub(crate) fn check(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    let mut of_hold: BTreeMap<&str, Vec<(&str, &PaymentRow)>> = BTreeMap::new();
    for (id, payment) in &books.payments {
        one(id, payment, findings);
        of_hold
            .entry(&payment.hold)
            .or_default()
            .push((id, payment));
    }
    let mut tickets_of: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for ticket in books.tickets.values() {
        let sum = tickets_of.entry(&ticket.sale).or_default();
        sum.0 += ticket.price_minor;
        sum.1 += ticket.tax_minor;
    }
    let mut sold_holds = BTreeSet::new();
    for (id, sale) in &books.sales {
        sold_holds.insert(sale.hold.as_str());
        let tickets = tickets_of.get(id.as_str()).copied().unwrap_or_default();
        if tickets != (sale.total_minor, sale.tax_minor) {
            let words = format!(
                "sale {id} has a total of {} with tax {}, and its tickets come to {} with {}",
                sale.total_minor, sale.tax_minor, tickets.0, tickets.1
            );
            findings.find_money(
                Name::SaleDoesNotSum,
                id,
                words,
                sale.total_minor - tickets.0,
            );
        }
        let paid = of_hold
            .get(sale.hold.as_str())
            .map_or(&[][..], Vec::as_slice);
        sale_is_paid(books, (id, sale), paid, findings);
    }
    for (hold, payments) in &of_hold {
        if !sold_holds.contains(hold) {
            for (id, payment) in payments {
                without_sale(books, id, payment, findings);
            }
        }
    }
    refunds(books, findings);
    receipts(books, findings);
    if side == Custodian::Hub {
        sums(books, findings);
    }
}

fn one(id: &str, payment: &PaymentRow, findings: &mut Findings<'_>) {
    let PaymentRow {
        captured_minor,
        returned_minor,
        amount_minor,
        ..
    } = *payment;
    if returned_minor > captured_minor {
        let words =
            format!("payment {id}: {captured_minor} were taken and {returned_minor} given back");
        let more = returned_minor - captured_minor;
        findings.find_money(Name::RefundedTwice, id, words, more);
    }
    // What was taken beyond it and is back where it came from is nobody's loss.
    if payment.kept_minor() > amount_minor {
        let words =
            format!("payment {id}: {amount_minor} were asked for and {captured_minor} taken");
        let more = captured_minor - amount_minor;
        findings.find_money(Name::CapturedMoreThanAsked, id, words, more);
    }
}

/// What a sale's payments kept is what it costs, and the change is what was handed over above it.
fn sale_is_paid(
    books: &Books,
    (id, sale): (&str, &SaleRow),
    payments: &[(&str, &PaymentRow)],
    findings: &mut Findings<'_>,
) {
    let kept: i64 = payments.iter().map(|(_, it)| it.kept_minor().max(0)).sum();
    let is_whole = kept == sale.total_minor || kept + back_by_itself(books, id) == sale.total_minor;
    if !is_whole {
        match waits_for(books, payments) {
            Some(why) => findings.waits(format!("sale {id}: {why}")),
            None => {
                let words = format!(
                    "sale {id} costs {} and {kept} were kept for it",
                    sale.total_minor
                );
                findings.find_money(Name::SaleNotPaid, id, words, sale.total_minor - kept);
            }
        }
    }
    let paying = payments.iter().filter(|(_, it)| it.captured_minor > 0);
    let above = paying.filter_map(|(_, it)| Some(it.given_minor? - it.amount_minor));
    let above: i64 = above.sum();
    if above != sale.change_minor {
        let words = format!(
            "sale {id}: {above} were handed over above its price, and the change was {}",
            sale.change_minor
        );
        findings.find_money(Name::ChangeWrong, id, words, sale.change_minor - above);
    }
}

/// What of a sale went back at the provider by itself, and took its tickets along; what went back ticket by ticket before went with it. What a person
/// gave in the place of what did not arrive counts as much, and no ticket for more than it has cost.
fn back_by_itself(books: &Books, sale: &str) -> i64 {
    let tickets = books.refunds.iter().filter(|(ticket, _)| {
        let ticket = books.tickets.get(*ticket);
        ticket.is_some_and(|ticket| ticket.sale == sale)
    });
    let is_back = |id: &String| books.payments.get(id).is_some_and(PaymentRow::is_all_back);
    let by_itself =
        tickets.filter(|(_, it)| it.payment.as_ref().is_none_or(is_back) && it.state == "done");
    let went = |(ticket, it): (&String, &RefundRow)| {
        let price_minor = it.amount_minor + it.kept_minor;
        match books.refund_cases.get(ticket) {
            // What did not arrive somebody is asked to give.
            Some(true) => price_minor,
            Some(false) | None => (it.given_minor + it.by_hand_minor).min(price_minor),
        }
    };
    by_itself.map(went).sum()
}

/// Money for which nothing was sold is given back, or somebody is at work on it.
fn without_sale(books: &Books, id: &str, payment: &PaymentRow, findings: &mut Findings<'_>) {
    let kept = payment.kept_minor();
    if kept <= 0 {
        return;
    }
    let hold = books.holds.get(&payment.hold);
    if let Some(why) = waits_for(books, &[(id, payment)]) {
        findings.waits(why);
    } else if hold.is_some_and(HoldRow::is_under_way) {
        findings.waits(format!(
            "payment {id}: its hold {} is under way",
            payment.hold
        ));
    } else {
        let words = format!(
            "payment {id}: {kept} {} were taken, its hold {} came to nothing, and nobody gives it back",
            payment.currency, payment.hold
        );
        findings.find_money(Name::PaymentWithoutTicketOrRefund, id, words, kept);
    }
}

/// Why payments may stand as they do for now: somebody is asked.
fn waits_for(books: &Books, payments: &[(&str, &PaymentRow)]) -> Option<String> {
    payments.iter().find_map(|(id, payment)| {
        if books.cases.get(*id) == Some(&true) {
            return Some(format!("payment {id} waits for a person"));
        }
        payment
            .open
            .then(|| format!("payment {id} is {}, and is looked after", payment.state))
    })
}

/// What went back was told once in each life of the side: what the other has not heard of one before is told again.
fn refunds(books: &Books, findings: &mut Findings<'_>) {
    for own in books.streams.iter().filter(|it| it.is_own && it.fork == 0) {
        let mut told = BTreeSet::new();
        for (_, fact) in &own.facts {
            if let Fact::Refunded {
                payment,
                amount_minor,
            } = fact
                && !told.insert(payment)
            {
                let words = format!(
                    "payment {payment}: that {amount_minor} went back is told more than once"
                );
                findings.find_money(Name::RefundedTwice, payment, words, *amount_minor);
            }
        }
    }
}

/// Each number once, none beyond the end, and none missing but where this side went on although something may be missing: as many runs of
/// numbers as it did so are passed over, and no more.
fn receipts(books: &Books, findings: &mut Findings<'_>) {
    let mut numbers: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for sale in books.sales.values() {
        numbers.entry(sale.series).or_default().push(sale.number);
    }
    for series in books.series.keys() {
        numbers.entry(*series).or_default();
    }
    let mut missing = Vec::new();
    for (series, mut numbers) in numbers {
        numbers.sort_unstable();
        let last = books.series.get(&series).copied().unwrap_or(0);
        let most = numbers.last().copied().unwrap_or(0);
        let mut wrong = Vec::new();
        if series != REFERENCES && most > last {
            wrong.push(format!(
                "number {most} was given, and the series ends at {last}"
            ));
        }
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            wrong.push(format!("number {} was given twice", twice[0]));
        }
        for words in wrong {
            number(findings, series, &words);
        }
        if series != REFERENCES {
            missing.extend(gaps(&numbers, last).map(|gap| (series, gap)));
        }
    }
    if missing.len() > books.losses {
        for (series, (first, last)) in missing {
            let words = match first == last {
                true => format!("number {first} is missing"),
                false => format!("numbers {first} to {last} are missing"),
            };
            number(findings, series, &words);
        }
    }
}

fn number(findings: &mut Findings<'_>, series: i64, words: &str) {
    let about = format!("series {series}");
    let words = format!("receipts {series}-: {words}");
    findings.find(Name::ReceiptNumbers, about, words);
}

/// The runs of numbers up to the last that nobody has: the first and the last of each.
fn gaps(sorted: &[i64], last: i64) -> impl Iterator<Item = (i64, i64)> {
    let from = std::iter::once(0).chain(sorted.iter().copied());
    let to = sorted.iter().copied().chain([last + 1]);
    let between = from.zip(to).map(|(from, to)| (from + 1, to - 1));
    between.filter(|(first, last)| first <= last)
}

/// What head office is shown is the sum of what was told.
fn sums(books: &Books, findings: &mut Findings<'_>) {
    let told = &books.told;
    let mut days: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for sale in told.sales.values() {
        let sum = days.entry(&sale.day).or_default();
        let more = [1, sale.tickets, sale.total_minor];
        for (sum, more) in sum.iter_mut().zip(more) {
            *sum += more;
        }
    }
    let all: BTreeSet<&str> = days
        .keys()
        .copied()
        .chain(told.day_sums.keys().map(String::as_str))
        .collect();
    for day in all {
        let is = days.get(day).copied().unwrap_or_default();
        let shown = told.day_sums.get(day).copied().unwrap_or_default();
        if is != shown {
            let words = format!(
                "of {day} head office is shown {} sales, {} tickets and {}; told were {}, {} and {}",
                shown[0], shown[1], shown[2], is[0], is[1], is[2]
            );
            findings.find_money(Name::DaySumWrong, day, words, shown[2] - is[2]);
        }
    }
    let mut seats: BTreeMap<&str, i64> = BTreeMap::new();
    for ticket in books
        .heard
        .values()
        .filter(|it| it.price_minor.is_some() && !it.disputed)
    {
        *seats.entry(&ticket.showtime).or_default() += 1;
    }
    let all: BTreeSet<&str> = seats
        .keys()
        .copied()
        .chain(told.seats_sold.keys().map(String::as_str))
        .collect();
    for showtime in all {
        let is = seats.get(showtime).copied().unwrap_or_default();
        let shown = told.seats_sold.get(showtime).copied().unwrap_or_default();
        if is != shown {
            let words = format!(
                "of {showtime} head office is shown {shown} seats as sold, and {is} tickets were told"
            );
            findings.find(Name::SeatsSoldWrong, showtime, words);
        }
    }
}
