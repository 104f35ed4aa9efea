//! What waits for a person at the hub itself, beside what cinemas have told: where it is stopped, what it keeps back, and money.

use box_office::Money;
use counter::cases::{self, Case as Open};
use counter::catalogue::local;
use counter::checkout::{self, About};
use counter::refunds::{self, About as AboutTicket};
use counter::{Counter, Fault, custody};
use database::Snapshot;
use hub_api::{Case, CaseFact};
use jiff::tz::TimeZone;
use wire::CinemaId;

use crate::notifications;
use crate::payments::{Stops, Trouble};

/// All of it: where nothing is sold first, then money, then seats, then mails. `troubles` are what the payment provider does not do.
pub(super) fn all(
    db: &mut Snapshot<'_>,
    (counter, troubles): (&Counter, &[Trouble]),
    zone_of: &impl Fn(&str) -> TimeZone,
) -> Result<Vec<Case>, Fault> {
    let mut waiting = Vec::new();
    for (kind, cinema, open) in cases::all_open(db)? {
        if let Some(mut shown) = shown(&kind, &cinema, &open) {
            let about = checkout::about_afterwards(db, &kind, &open.about)?;
            shown.facts.extend(about.into_iter().flat_map(facts));
            if let Some(about) = refunds::about(db, &kind, &open)? {
                shown.is_about_ticket(&about);
            }
            let at = Some(local(open.opened_at, &zone_of(cinema.as_str())));
            waiting.push(shown.of(cinema, at));
        }
    }
    for (trouble, cinema) in
        (troubles.iter()).flat_map(|it| counter.cinemas().into_iter().map(move |of| (it, of)))
    {
        let (code, what) = match trouble.stops {
            Stops::Payments => (
                PAYMENTS_REFUSED,
                "No guest can pay online, for the payment provider says",
            ),
            Stops::Part => (
                "online_payments_right_missing",
                "The key of the payment provider lacks a right, for it says",
            ),
        };
        let at = Some(local(trouble.since, &zone_of(cinema.as_str())));
        waiting.push(Case {
            id: None,
            at,
            cinema,
            code: code.to_owned(),
            words: format!("{what}: {}", trouble.words),
            facts: Vec::new(),
            order: None,
        });
    }
    let is_first = |code: &str| matches!(code, HUB_HAS_FORGOTTEN | BOX_REVOKED | PAYMENTS_REFUSED);
    waiting.sort_by_key(|case| !is_first(&case.code));
    for cinema in counter.cinemas() {
        let Some(at) = counter.at(&cinema) else {
            continue;
        };
        for (showtime, seats) in custody::kept_back(db, &at)? {
            let shown = Shown {
                code: "seats_kept_back",
                words: "These seats are kept back: nobody can say whether somebody has a ticket.",
                order: format!("release {cinema} {showtime}"),
                facts: vec![
                    ("showtime", showtime.to_string()),
                    ("seats", seats.to_string()),
                ],
                money: None,
            };
            waiting.push(shown.of(cinema.clone(), None));
        }
    }
    for failed in notifications::failed(db)? {
        let shown = Shown {
            code: MESSAGE_NOT_DELIVERED,
            words: "A mail to a guest could not be delivered.",
            order: format!("send-again {}", failed.id),
            facts: vec![("sale", failed.sale.to_string())],
            money: None,
        };
        let at = local(failed.at, &zone_of(failed.cinema.as_str()));
        waiting.push(shown.of(failed.cinema, Some(at)));
    }
    Ok(waiting)
}

const HUB_HAS_FORGOTTEN: &str = "hub_has_forgotten";
const PAYMENTS_REFUSED: &str = "online_payments_refused";
const BOX_REVOKED: &str = "box_revoked";
const REFUND_OWED: &str = "online_refund_owed";
const MESSAGE_NOT_DELIVERED: &str = "message_not_delivered";

/// How something is shown that waits.
struct Shown {
    code: &'static str,
    words: &'static str,
    order: String,
    facts: Vec<(&'static str, String)>,
    money: Option<Money>,
}

impl Shown {
    /// Whoever gives a ticket's money by hand reads how much, and how to say so.
    fn is_about_ticket(&mut self, about: &AboutTicket) {
        if self.code == REFUND_OWED {
            let minor = about.amount.minor;
            self.order = format!("{} --given-minor {minor}", self.order);
        }
        self.money = Some(about.amount);
        self.facts.extend([
            ("showtime", about.showtime.to_string()),
            ("seat", about.seat.to_string()),
            ("sale", about.sale.to_string()),
        ]);
    }

    fn of(self, cinema: CinemaId, at: Option<String>) -> Case {
        let amount = self.money.map(|money| CaseFact {
            what: "amount".to_owned(),
            name: money.to_string(),
            money: Some(money),
        });
        let facts = self.facts.into_iter().map(|(what, name)| CaseFact {
            what: what.to_owned(),
            name,
            money: None,
        });
        let order = match self.code {
            BOX_REVOKED | MESSAGE_NOT_DELIVERED => format!("cloud-hub {}", self.order),
            _ => format!("cloud-hub {} --reason ..", self.order),
        };
        Case {
            id: None,
            at,
            cinema,
            code: self.code.to_owned(),
            words: self.words.to_owned(),
            facts: amount.into_iter().chain(facts).collect(),
            order: Some(order),
        }
    }
}

/// What is known of a payment that had come to its end.
fn facts(about: About) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("amount", about.amount),
        ("showtime", about.showtime.to_string()),
    ];
    facts.extend(about.answer_by.map(|day| ("answer_by", day)));
    facts.extend(about.sale.map(|sale| ("sale", sale.to_string())));
    facts
}

/// How an open case is shown; nothing for one of a seat, of which the cinema has told as well.
fn shown(kind: &str, cinema: &CinemaId, open: &Open) -> Option<Shown> {
    let about = &open.about;
    let payment = || vec![("payment", about.clone())];
    let ticket = || vec![("ticket", about.clone())];
    let (code, words, order, facts) = match (kind, &*open.stage) {
        ("stopped", "box_revoked") => (
            BOX_REVOKED,
            "The box of this cinema is revoked: nothing of it is sold online until another has its place.",
            format!("replace {cinema} --yes"),
            Vec::new(),
        ),
        ("stopped", _) => (
            HUB_HAS_FORGOTTEN,
            "The hub has forgotten something of this cinema: nothing of it is sold online until its box has told the rest.",
            format!("accept-loss {cinema}"),
            Vec::new(),
        ),
        ("payment", "refund_owed") => (
            "online_payment_owed",
            "A payment of a guest at home was taken and must be given back.",
            format!("decide {about} refunded"),
            payment(),
        ),
        ("payment", _) => (
            "online_payment_unknown",
            "Nobody knows whether a payment of a guest at home was taken.",
            format!("decide {about} <taken|not-taken>"),
            payment(),
        ),
        ("charge", _) => (
            "online_payment_forgotten",
            "A payment of a guest at home was taken, and the hub has forgotten for what.",
            format!("decide {about} <taken|refunded>"),
            payment(),
        ),
        ("not_arrived", _) => (
            "online_payment_not_arrived",
            "A payment of a guest at home was given back, and did not arrive.",
            format!("decide {about} refunded --about not-arrived"),
            payment(),
        ),
        ("dispute", "lost") => (
            "online_payment_dispute_lost",
            "A guest at home had their bank fetch back what they paid, and it is gone.",
            format!("decide {about} refunded --about dispute"),
            payment(),
        ),
        ("dispute", "won") => (
            "online_payment_dispute_won",
            "What a guest at home had their bank fetch back has come back after somebody said that it was gone.",
            format!("decide {about} taken --about dispute"),
            payment(),
        ),
        ("dispute", "inquiry") => (
            "online_payment_inquiry",
            "The bank of a guest at home asks about what they paid, and has fetched nothing.",
            format!("decide {about} <taken|refunded> --about dispute"),
            payment(),
        ),
        ("dispute", _) => (
            "online_payment_disputed",
            "A guest at home has their bank fetch back what they paid.",
            format!("decide {about} <taken|refunded> --about dispute"),
            payment(),
        ),
        // The cinema's answer says the same.
        ("refund", "already_admitted") => return None,
        ("refund_admitted", _) => (
            "online_refund_admitted_after",
            "The money of a ticket went back, and its guest was let in all the same.",
            format!("decide-refund {about} seen --about admitted"),
            ticket(),
        ),
        ("refund_too_much", _) => (
            "online_refund_too_much",
            "More went back for a ticket than it has cost.",
            format!("decide-refund {about} seen --about too-much"),
            ticket(),
        ),
        ("refund", _) => (
            REFUND_OWED,
            "The money of a ticket must be given back by hand.",
            format!("decide-refund {about} given-back"),
            ticket(),
        ),
        _ => return None,
    };
    Some(Shown {
        code,
        words,
        order,
        facts,
        money: None,
    })
}
