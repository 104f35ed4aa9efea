//! A guest's booking behind its secret link: its tickets with their codes, what became of each, and the way to give them back, without a
//! script. Whoever has the link has the booking; a link that this hub has not made leads to nothing, whatever it names.

mod calendar;
mod give_back;
pub(crate) mod letter;
mod page;
mod paper;
mod picture;
pub(crate) mod routes;
mod states;
mod ticket;

use box_office::programme::Cinema;
use box_office::{Money, SaleId, TicketId};
use counter::bookings::{self, Booked, Booking};
use counter::refunds::{Asker, RefundRefused, Wanted, ask};
use counter::tickets::TicketRefused;
use counter::{At, Fault, Repeat};
use jiff::Timestamp;
use service::http::IdempotencyKey;
use sha2::{Digest as _, Sha256};

use super::missing::{self, Missing};
use super::page::Head;
use super::tongue::Tongue;
use super::{Answer, Storefront};

/// What a link says, as it came: cinema, sale and proof.
type Link = (String, String, String);

/// A booking that somebody has opened.
struct Opened {
    at: At,
    cinema: Cinema,
    /// Where it stands.
    path: String,
    booking: Booking,
}

impl Storefront {
    /// The booking.
    async fn booking(&self, tongue: Tongue, link: &Link) -> Answer {
        match self.open(tongue, link).await {
            Ok(opened) => self.drawn(tongue, page::draw(self, tongue, &opened)),
            Err(answer) => answer,
        }
    }

    /// Its entry in a calendar.
    async fn calendar(&self, tongue: Tongue, link: &Link) -> Answer {
        match self.open(tongue, link).await {
            Ok(opened) => Answer::Shown(calendar::draw(tongue, &opened.booking)),
            Err(answer) => answer,
        }
    }

    /// Its tickets that are good as a PDF file; the booking, if there are none.
    async fn paper(&self, tongue: Tongue, link: &Link) -> Result<Vec<u8>, Answer> {
        let Opened { booking, path, .. } = self.open(tongue, link).await?;
        // It takes a processor for a while.
        let drawing = tokio::task::spawn_blocking(move || paper::draw(tongue, &booking));
        match drawing.await {
            Ok(paper) => paper.ok_or_else(|| Answer::Done(tongue.link(&path))),
            Err(gone) => {
                let words = format!("a paper cannot be drawn: {gone}");
                Err(self.broken(tongue, Fault::Broken(words)))
            }
        }
    }

    /// What would come back for these tickets, before it is done; and what has changed since they were told before, if anything has.
    async fn offer_back(
        &self,
        tongue: Tongue,
        link: &Link,
        (tickets, changed): (&[String], Option<&str>),
    ) -> Answer {
        let opened = match self.open(tongue, link).await {
            Ok(opened) => opened,
            Err(answer) => return answer,
        };
        match opened.booking.to_go_back(tickets).as_slice() {
            // A page of before, or a form that was sent: its tickets have gone their way, and the booking says which.
            [] if opened.booking.names_any_to_come(tickets) => {
                Answer::Done(tongue.link(&opened.path))
            }
            [] => {
                let why = give_back::why_none(tongue, &opened.booking);
                Answer::Refused(give_back::draw_refused(self, tongue, &opened, &why))
            }
            chosen => {
                let page = give_back::draw(self, tongue, &opened, (chosen, changed));
                match changed {
                    Some(_) => Answer::Refused(page),
                    None => Answer::Shown(page),
                }
            }
        }
    }

    /// Gives these tickets back. The same again gives nothing more back.
    async fn give_back(
        &self,
        tongue: Tongue,
        link: &Link,
        (tickets, told_minor): (&[String], Option<i64>),
    ) -> Answer {
        let opened = match self.open(tongue, link).await {
            Ok(opened) => opened,
            Err(answer) => return answer,
        };
        let wanted: Result<Vec<TicketId>, _> = tickets.iter().map(|id| id.parse()).collect();
        let asked = match wanted {
            // Nobody is taken to mean all of them.
            Ok(wanted) if wanted.is_empty() => {
                let why = give_back::why_none(tongue, &opened.booking);
                return Answer::Refused(give_back::draw_refused(self, tongue, &opened, &why));
            }
            Ok(wanted) => {
                let (sale, repeat) = (opened.booking.sale.id.clone(), repeat(&wanted));
                // A page of before, which names no amount, has promised the whole price.
                let price = opened.booking.price_of(&wanted);
                let wanted = Wanted {
                    tickets: wanted,
                    told_minor: told_minor.or(Some(price)),
                };
                ask(&opened.at, Asker::Link, sale, wanted, repeat).await
            }
            Err(_) => Err(RefundRefused::UnknownTicket),
        };
        match asked {
            Ok(_) => Answer::Done(tongue.link(&opened.path)),
            // They look at it first.
            Err(RefundRefused::ComesToLess { .. }) => {
                let less = tongue.booking().refused("comes_to_less");
                self.offer_back(tongue, link, (tickets, less)).await
            }
            Err(refused) => {
                let why = give_back::why_not(tongue, &opened.booking, &refused);
                let page = give_back::draw_refused(self, tongue, &opened, &why);
                if let RefundRefused::Fault(fault) = refused {
                    Answer::Broken(page, fault)
                } else {
                    Answer::Refused(page)
                }
            }
        }
    }

    /// The booking that a link leads to, or what is answered in its place.
    async fn open(&self, tongue: Tongue, link: &Link) -> Result<Opened, Answer> {
        let missing = |what: Missing<'_>| self.missing(tongue, what);
        let (cinema, sale, proof) = link;
        let named = self.booking_links.named((cinema, sale, proof));
        let (cinema, sale): (_, SaleId) = named.ok_or_else(|| missing(Missing::Booking))?;
        // An older copy of the hub's data that was put back may not have it.
        let forgotten = || missing(Missing::ForgottenBooking);
        let at = self.counter.at(&cinema).ok_or_else(forgotten)?;
        let path = self.booking_links.path(&cinema, &sale);
        match bookings::find(&at, sale).await {
            Ok(booking) => Ok(Opened {
                cinema: at.catalogue().cinema.clone(),
                at,
                path,
                booking,
            }),
            Err(TicketRefused::UnknownTicket) => Err(forgotten()),
            Err(TicketRefused::Fault(fault)) => Err(self.broken(tongue, fault)),
        }
    }

    fn broken(&self, tongue: Tongue, fault: Fault) -> Answer {
        Answer::Broken(missing::draw_trouble(self, tongue), fault)
    }

    fn drawn(&self, tongue: Tongue, page: Option<String>) -> Answer {
        match page {
            Some(page) => Answer::Shown(page),
            None => {
                let words = "a ticket's code does not fit".to_owned();
                self.broken(tongue, Fault::Broken(words))
            }
        }
    }
}

/// What a page about this booking says of itself: it is nobody else's.
fn head<'a>(tongue: Tongue, opened: &'a Opened) -> Head<'a> {
    let title = tongue.booking().title;
    let first = opened.booking.tickets.first();
    let film = first.map_or("", |booked| &booked.facts.film);
    Head {
        title: format!("{title}: {film}"),
        description: String::new(),
        path: opened.path.clone(),
        has_program: false,
        is_listed: false,
        cinema: Some(&opened.cinema),
        about: Vec::new(),
    }
}

/// By which a form that is sent twice is known again: it names its tickets.
fn repeat(tickets: &[TicketId]) -> Repeat {
    let mut names: Vec<&str> = tickets.iter().map(TicketId::as_str).collect();
    names.sort_unstable();
    let all = names.join(" ");
    let key = wire::key::hex(&Sha256::digest(&all));
    Repeat::new(IdempotencyKey(key), "", all.as_bytes())
}

/// What these tickets cost together.
fn price(booking: &Booking, tickets: &[&Booked]) -> Money {
    let minor = tickets.iter().map(|booked| booked.ticket.price.minor).sum();
    Money::new(minor, booking.sale.currency)
}

/// What comes back for them.
fn back(booking: &Booking, tickets: &[&Booked]) -> Money {
    let minor = tickets.iter().map(|booked| booked.back().minor).sum();
    Money::new(minor, booking.sale.currency)
}

/// What of their price is kept when they go back, with the tax in it; nothing, if nothing is.
fn kept(tongue: Tongue, booking: &Booking, tickets: &[&Booked]) -> Option<String> {
    let all = tickets.iter().map(|booked| booked.terms.kept);
    let (minor, tax_minor) = all.fold((0, 0), |sum, kept| {
        (sum.0 + kept.minor, sum.1 + kept.tax_minor)
    });
    let said = |minor| tongue.amount(Money::new(minor, booking.sale.currency));
    let count = u32::try_from(tickets.len()).unwrap_or(u32::MAX);
    let text = tongue.counted(tongue.booking().keeps, count);
    let values = [("kept", &*said(minor)), ("tax", &said(tax_minor))];
    (minor > 0).then(|| words::fill(&text, &values))
}

/// A moment by the clocks of the cinema: its day in words, and the time.
fn said(tongue: Tongue, booking: &Booking, moment: Timestamp) -> (String, String) {
    let there = moment.to_zoned(booking.when.zone.clone());
    (
        tongue.day(there.date()),
        there.strftime("%H:%M").to_string(),
    )
}

/// The name of a ticket's seat: `Row F, seat 7`.
fn seat_name(tongue: Tongue, booked: &Booked) -> String {
    let ticket = &booked.ticket;
    let block = ticket.block.as_deref();
    words::seat_name(tongue.booking(), block, &ticket.row, &ticket.number)
}

/// What kind of ticket it is, and what it has cost: `Adult, €12.50`.
fn kind_and_price(tongue: Tongue, booked: &Booked) -> String {
    let price = tongue.amount(booked.ticket.price);
    match booked.facts.kind_name(tongue.tag()) {
        Some(kind) => format!("{kind}, {price}"),
        None => price,
    }
}
