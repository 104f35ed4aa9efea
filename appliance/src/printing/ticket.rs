//! A ticket's paper from what the box knows of it: the sale as it was settled, the programme, and the guest's language.

use appliance_api::TenderWay;
use box_office::Money;
use box_office::programme::{AgeRating, Format, Showtime};

use super::Job;
use crate::app::App;
use crate::catalogue::{Catalogue, Scheduled};
use crate::error::Refused;
use crate::printer::Paper;
use crate::printer::paper::{Language, Paid, Seller, Tax};
use crate::sales::{self, Sold};
use crate::tenders::StoredState;
use crate::tickets;

/// The paper of a job's ticket.
pub(super) async fn paper(app: &App, job: &Job) -> Result<Paper, Refused> {
    let sale = job.sale.clone();
    let sold = app
        .database
        .read(move |db| sales::sold_in(db, &sale))
        .await?;
    let catalogue = app.catalogue.now().ok_or(Refused::NoProgramme)?;
    let scheduled = app
        .catalogue
        .showtime(&sold.sale.showtime)
        .ok_or(Refused::UnknownShowtime)?;
    composed(job, sold, &catalogue, &scheduled).ok_or(Refused::UnknownTicket)
}

fn composed(job: &Job, sold: Sold, catalogue: &Catalogue, scheduled: &Scheduled) -> Option<Paper> {
    let language = Language::of_tag(&job.language);
    let (cinema, zone) = (&catalogue.cinema, catalogue.days.zone());
    let money = |minor| Money::new(minor, cinema.currency);
    let (place_in_sale, count) = (
        sold.tickets
            .iter()
            .position(|ticket| ticket.id == job.ticket)?,
        sold.tickets.len(),
    );
    let paid = paid(&sold);
    let row = sold.tickets.into_iter().nth(place_in_sale)?;
    let starts_at = row.starts_at;
    let ticket = tickets::shown(
        row,
        scheduled.plan.layout(),
        cinema.currency,
        &catalogue.signer,
    );
    let kind = scheduled.price_book.ticket_kind(&ticket.ticket_kind);
    let kind_name = kind.and_then(|kind| {
        kind.names
            .get(language.tag())
            .or_else(|| kind.names.get("en"))
            .or_else(|| kind.names.values().next())
    });
    Some(Paper {
        language,
        seller: Seller {
            name: cinema.name.clone(),
            address: cinema.address.clone(),
            tax_number: cinema.tax_number.clone(),
        },
        cinema: cinema.name.clone(),
        film: scheduled.film.title.clone(),
        facts: facts(
            &scheduled.showtime,
            scheduled.film.age_rating.as_ref(),
            language,
        ),
        auditorium: scheduled.auditorium.name.clone(),
        row: ticket.row,
        number: ticket.number,
        starts_at: starts_at.to_zoned(zone.clone()).datetime(),
        ticket_kind: kind_name
            .cloned()
            .unwrap_or_else(|| ticket.ticket_kind.to_string()),
        price: ticket.price,
        tax: Tax {
            basis_points: scheduled.price_book.tax.basis_points().into(),
            amount: money(ticket.tax.minor),
        },
        paid,
        receipt_number: format!("{}-{:06}", sold.sale.series, sold.sale.number),
        ticket_of_sale: (
            u32::try_from(place_in_sale).ok()? + 1,
            u32::try_from(count).ok()?,
        ),
        sold_at: sold.sale.sold_at.to_zoned(zone.clone()).datetime(),
        code: ticket.code,
        collection_code: sold.sale.collection_code,
        copy: job.copy,
    })
}

fn paid(sold: &Sold) -> Vec<Paid> {
    let approved = sold
        .tenders
        .iter()
        .filter(|tender| tender.state == StoredState::Approved);
    approved
        .map(|tender| match (tender.way, &tender.slip) {
            (TenderWay::Card, Some(slip)) => Paid::Card(slip.clone()),
            (TenderWay::Card | TenderWay::Cash, _) => Paid::Cash,
        })
        .collect()
}

/// What a guest wants to know about a showtime in one line: who may see it, what is spoken, what is read, glasses or not.
fn facts(showtime: &Showtime, rating: Option<&AgeRating>, language: Language) -> Vec<String> {
    let mut facts: Vec<String> = rating
        .map(|rating| format!("{} {}", rating.system, rating.label))
        .into_iter()
        .collect();
    facts.push(language.name_of(&showtime.language));
    facts.extend(
        showtime
            .subtitles
            .as_ref()
            .map(|subtitles| language.subtitled(&subtitles.language)),
    );
    facts.push(match showtime.format {
        Format::Flat => "2D".to_owned(),
        Format::Stereo => "3D".to_owned(),
    });
    facts
}
