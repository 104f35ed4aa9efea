//! What a guest is written about their booking: drawn as it is at that moment, as a page for mail programs and as plain text, with the codes
//! of the tickets that are good, and all of them as a PDF file.

pub(crate) mod sample;

use box_office::{CinemaId, SaleId};
use counter::Fault;
use counter::bookings::{self, Booked, Booking, Stage, Standing};
use counter::tickets::TicketRefused;
use hub_api::MailKind;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};
use words::{Language, fill};

use super::{give_back, kind_and_price, paper, picture, said, seat_name, states};
use crate::storefront::tongue::Tongue;
use crate::storefront::{Storefront, style};

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// Tickets were bought.
    Bought,
    /// Tickets went back, or did not, or do not take place.
    Back,
    /// Their showtime is at another time than their guest was told last, at this.
    Time(Timestamp),
    /// It is in another room than they were told last.
    Room(String),
}

/// A letter about a booking.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Its subject.
    pub(crate) subject: String,
    /// Its language: `de`.
    pub(crate) language: &'static str,
    /// As plain text.
    pub(crate) text: String,
    /// As a page, whose pictures are named `cid:` and their names.
    pub(crate) html: String,
    /// The codes, as PNG.
    pub(crate) pictures: Vec<Picture>,
    /// The tickets that are good, as a PDF file.
    pub(crate) tickets: Option<Vec<u8>>,
    /// When the showtime begins, and in which room, as it says.
    pub(crate) place: (Timestamp, String),
}

/// A picture in a letter.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// By which the page names it.
    pub(crate) name: String,
    /// The file.
    pub(crate) png: Vec<u8>,
}

/// Why there is no letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoLetter {
    /// The sale is not known here.
    UnknownSale,
    /// There is nothing to tell any more.
    NothingToTell,
    /// There will be more to tell in a moment: tickets are on their way back.
    SoonMore,
    /// A code does not fit, or the database refuses.
    Fault(Fault),
}

/// What the letter says above the tickets.
struct Opening {
    subject: String,
    told: Vec<String>,
}

impl Storefront {
    /// The letter of this kind about a booking that nobody has made.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub(crate) async fn sample(&self, kind: MailKind, language: Language) -> Result<Letter, Fault> {
        let address = self.address.clone();
        // Its pictures and its file take a processor for a while.
        let drawing = tokio::task::spawn_blocking(move || sample::letter(&address, kind, language));
        match drawing.await {
            Ok(Ok(letter)) => Ok(letter),
            Ok(Err(NoLetter::Fault(fault))) => Err(fault),
            Ok(Err(none)) => Err(Fault::Broken(format!("a sample is no letter: {none:?}"))),
            Err(gone) => Err(Fault::Broken(format!("a letter cannot be drawn: {gone}"))),
        }
    }

    /// The letter, as the booking is by now, in the language of whoever bought.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn letter(
        &self,
        (cinema, sale): (&CinemaId, &SaleId),
        (about, may_wait): (&About, bool),
    ) -> Result<Letter, NoLetter> {
        let at = self.counter.at(cinema).ok_or(NoLetter::UnknownSale)?;
        let booking = bookings::find(&at, sale.clone()).await;
        let booking = booking.map_err(|refused| match refused {
            TicketRefused::UnknownTicket => NoLetter::UnknownSale,
            TicketRefused::Fault(fault) => NoLetter::Fault(fault),
        })?;
        let is_on_its_way = |it: &Booked| matches!(it.standing, Standing::Asked | Standing::Owed);
        if *about == About::Back && may_wait && booking.tickets.iter().any(is_on_its_way) {
            return Err(NoLetter::SoonMore);
        }
        let (address, path) = (self.address.clone(), self.booking_links.path(cinema, sale));
        let about = about.clone();
        // Its pictures and its file take a processor for a while.
        let drawing =
            tokio::task::spawn_blocking(move || draw(&booking, (&address, &path), &about));
        drawing.await.unwrap_or_else(|gone| {
            let words = format!("a letter cannot be drawn: {gone}");
            Err(NoLetter::Fault(Fault::Broken(words)))
        })
    }
}

fn draw(
    booking: &Booking,
    (address, path): (&str, &str),
    about: &About,
) -> Result<Letter, NoLetter> {
    let chosen = Language::of_tag(&booking.sale.facts.guest_language);
    let tongue = Tongue {
        language: chosen.unwrap_or_default(),
        is_chosen: true,
    };
    let opening = opening(tongue, booking, about).ok_or(NoLetter::NothingToTell)?;
    let link = format!("{address}{}", tongue.link(path));
    let unfit = || NoLetter::Fault(Fault::Broken("a ticket's code does not fit".to_owned()));
    let mut pictures = Vec::new();
    for (booked, number) in booking.tickets.iter().zip(1_usize..) {
        if states::shows_code(booking, booked) {
            pictures.push(Picture {
                name: picture_name(number),
                png: picture::png(&booked.ticket.code).ok_or_else(unfit)?,
            });
        }
    }
    let tickets = match pictures.is_empty() {
        true => None,
        false => Some(paper::draw(tongue, booking).ok_or_else(unfit)?),
    };
    let has_tickets = tickets.is_some();
    let first = booking.tickets.first();
    let room = first.map_or_else(String::new, |it| it.facts.auditorium.clone());
    Ok(Letter {
        subject: opening.subject.clone(),
        language: tongue.tag(),
        text: text(tongue, booking, (&opening, &link, has_tickets)),
        html: page(tongue, booking, (&opening, &link, has_tickets)).into_string(),
        pictures,
        tickets,
        place: (booking.when.starts_at, room),
    })
}

fn picture_name(number: usize) -> String {
    format!("ticket-{number}")
}

/// Subject and opening; nothing, if there is nothing to tell.
fn opening(tongue: Tongue, booking: &Booking, about: &About) -> Option<Opening> {
    let (words, on_it) = (tongue.mail(), tongue.booking());
    let first = &booking.tickets.first()?.facts;
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let values = [
        ("day", day.as_str()),
        ("time", &time),
        ("film", &first.film),
    ];
    let all = u32::try_from(booking.tickets.len()).unwrap_or(u32::MAX);
    let is_to_come = booking.when.stage == Stage::ToCome;
    let goes_there = booking.tickets.iter().any(|it| it.standing.has_code());
    let moved = states::moved(tongue, booking);
    let (subject, told) = match (about, booking.when.stage) {
        (About::Back, Stage::Cancelled) => {
            (words.cancelled_subject, vec![on_it.cancelled.to_owned()])
        }
        // What became of them is told by another.
        (About::Bought, Stage::Cancelled) => return None,
        (About::Bought, _) if !goes_there => return None,
        (About::Bought, _) => {
            let late = (!is_to_come).then(|| words.late.to_owned());
            let bought = is_to_come.then(|| tongue.counted(words.bought, all));
            let has_rules = is_to_come
                && booking
                    .tickets
                    .iter()
                    .any(|it| !it.terms.rules.are_default());
            let rules = has_rules.then(|| give_back::rules(tongue, booking));
            let told = [late, bought, moved, rules].into_iter().flatten();
            (words.bought_subject, told.collect())
        }
        (About::Back, _) => {
            let is_back = |it: &Booked| matches!(it.standing, Standing::Owed | Standing::Returned);
            let subject = match booking.tickets.iter().any(is_back) {
                true => words.back_subject,
                false => words.not_back_subject,
            };
            (subject, vec![words.back.to_owned()])
        }
        (About::Time(_) | About::Room(_), _) if !is_to_come || !goes_there => return None,
        (About::Time(told), _) if *told == booking.when.starts_at => return None,
        (About::Room(told), _) if *told == first.auditorium => return None,
        (About::Time(_), _) => {
            let again = || fill(words.moved_back, &values);
            let told = vec![moved.unwrap_or_else(again), words.moved.to_owned()];
            (words.moved_subject, told)
        }
        (About::Room(_), _) => {
            let room = [("room", first.auditorium.as_str())];
            (words.room_subject, vec![fill(words.room, &room)])
        }
    };
    Some(Opening {
        subject: fill(&tongue.counted(subject, all), &values),
        told,
    })
}

/// What stands in a letter around the tickets.
type Around<'a> = (&'a Opening, &'a str, bool);

fn page(tongue: Tongue, booking: &Booking, (opening, link, has_tickets): Around<'_>) -> Markup {
    let (words, on_it) = (tongue.mail(), tongue.booking());
    let sale = &booking.sale;
    let all = booking.tickets.len();
    let film = booking.tickets.first().map_or("", |it| &it.facts.film);
    let numbered = booking.tickets.iter().zip(1_usize..);
    html! {
        (DOCTYPE)
        html lang=(tongue.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (opening.subject) }
            }
            body style=(BODY) {
                div style=(COLUMN) {
                    h1 style=(TITLE) { (film) }
                    p style=(PLACE) {
                        @for (nth, line) in place(tongue, booking).iter().enumerate() {
                            @if nth > 0 { br; }
                            (line)
                        }
                    }
                    @for told in &opening.told { p style=(TEXT) { (told) } }
                    p style=(TEXT) { a href=(link) style={ (BUTTON) ";background:" (style::light("--accent")) ";color:" (style::light("--on-accent")) } { (words.open) } }
                    @for (booked, number) in numbered { (card(tongue, booking, (booked, number, all))) }
                    table role="presentation" style=(SUM) {
                        @for (what, value) in sums(tongue, booking) {
                            tr { td style=(WHAT) { (what) } td style=(VALUE) { (value) } }
                        }
                    }
                    @if has_tickets { p style=(TEXT) { (words.attached) } }
                    p style=(TEXT) { (words.open_help) br; a href=(link) style=(LINK) { (link) } }
                    p style=(QUIET) {
                        (words.seller) " " (sale.facts.seller)
                        @for line in &sale.facts.address { ", " (line) }
                        @if !sale.facts.tax_number.is_empty() { br; (words.tax_number) ": " (sale.facts.tax_number) }
                        br; (on_it.number) ": " (sale.receipt_number())
                    }
                    p style=(QUIET) { (words.why) }
                }
            }
        }
    }
}

/// The card of a ticket.
fn card(
    tongue: Tongue,
    booking: &Booking,
    (booked, number, all): (&Booked, usize, usize),
) -> Markup {
    let of_it = states::of_ticket(tongue, booking, booked);
    let shows_code = states::shows_code(booking, booked);
    let seat = seat_name(tongue, booked);
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    html! {
        div style=(CARD) {
            p style=(QUIET) { (number) " / " (all) " · " (of_it.state) }
            @if shows_code {
                img src={ "cid:" (picture_name(number)) } alt={ (tongue.booking().code) ", " (seat) } width="240" style=(CODE);
            }
            h2 style=(SEAT) { (seat) }
            p style=(TEXT) { (booked.facts.film) br; (day) ", " (time) }
            p style=(TEXT) { (kind_and_price(tongue, booked)) }
            @if let Some(meaning) = of_it.meaning { p style=(TEXT) { (meaning) } }
        }
    }
}

fn text(tongue: Tongue, booking: &Booking, (opening, link, has_tickets): Around<'_>) -> String {
    let (words, on_it) = (tongue.mail(), tongue.booking());
    let sale = &booking.sale;
    let all = booking.tickets.len();
    let film = booking.tickets.first().map_or("", |it| &it.facts.film);
    let mut parts = vec![film.to_owned(), place(tongue, booking).join("\n")];
    parts.extend(opening.told.iter().cloned());
    parts.push(format!("{}:\n{link}", words.open));
    for (booked, number) in booking.tickets.iter().zip(1_usize..) {
        let of_it = states::of_ticket(tongue, booking, booked);
        let mut lines = vec![
            format!("{number} / {all} · {}", of_it.state),
            seat_name(tongue, booked),
            kind_and_price(tongue, booked),
        ];
        lines.extend(of_it.meaning);
        parts.push(lines.join("\n"));
    }
    let sums = sums(tongue, booking);
    let sums = sums.iter().map(|(what, value)| format!("{what}: {value}"));
    parts.push(sums.collect::<Vec<_>>().join("\n"));
    if has_tickets {
        parts.push(words.attached.to_owned());
    }
    parts.push(words.open_help.to_owned());
    let mut seller = vec![sale.facts.seller.clone()];
    seller.extend(sale.facts.address.iter().cloned());
    let mut lines = vec![format!("{} {}", words.seller, seller.join(", "))];
    if !sale.facts.tax_number.is_empty() {
        lines.push(format!("{}: {}", words.tax_number, sale.facts.tax_number));
    }
    lines.push(format!("{}: {}", on_it.number, sale.receipt_number()));
    parts.push(lines.join("\n"));
    parts.push(words.why.to_owned());
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

/// When and where, a line each.
fn place(tongue: Tongue, booking: &Booking) -> Vec<String> {
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let mut lines = vec![format!("{day}, {time}")];
    lines.extend(states::ends(tongue, booking));
    if let Some(first) = booking.tickets.first() {
        lines.push(format!(
            "{}, {}",
            first.facts.auditorium, first.facts.cinema
        ));
    }
    lines
}

/// What it cost, and what names it to the cinema.
fn sums(tongue: Tongue, booking: &Booking) -> Vec<(&'static str, String)> {
    let words = tongue.booking();
    let tax = tongue.amount(booking.tax());
    let tax = fill(words.tax_inside, &[("tax", &tax)]);
    let (total, returned) = (booking.total(), booking.returned());
    let name = match total.minor {
        0 => words.total,
        _ => words.paid,
    };
    let mut sums = vec![(name, format!("{}, {tax}", tongue.amount(total)))];
    if returned.minor > 0 {
        sums.push((words.returned, tongue.amount(returned)));
    }
    sums.push((words.collection_code, booking.sale.collection_code.clone()));
    sums
}

// Mail programs know few properties and no sheet; colours that are left out are light or dark as the reader has them.
const BODY: &str = "margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5";
const COLUMN: &str = "max-width:560px;margin:0 auto";
const TITLE: &str = "margin:0 0 8px;font-size:26px;line-height:1.2";
const PLACE: &str = "margin:0 0 16px;font-size:17px";
const TEXT: &str = "margin:0 0 14px";
const BUTTON: &str =
    "display:inline-block;padding:12px 20px;border-radius:8px;text-decoration:none;font-weight:600";
const LINK: &str = "word-break:break-all;color:inherit";
const CARD: &str = "margin:0 0 16px;padding:16px;border:1px solid #8a8f98;border-radius:12px";
const CODE: &str = "display:block;width:240px;max-width:100%;height:auto;margin:0 0 12px;background:#ffffff;border-radius:8px";
const SEAT: &str = "margin:0 0 4px;font-size:20px";
const SUM: &str = "margin:0 0 14px;border-collapse:collapse";
const WHAT: &str = "padding:2px 16px 2px 0;vertical-align:top";
const VALUE: &str = "padding:2px 0;font-weight:600";
const QUIET: &str = "margin:0 0 10px;font-size:14px;opacity:0.8";
