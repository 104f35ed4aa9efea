//! Papers as the virtual printer understood them: snapshots, so that a change is a diff that someone reads.

use appliance::printer::paper::{Language, Paid, Paper, Seller, Tax};
use appliance::printer::{PrintOutcome, Printer};
use box_office::Money;
use counter_api::sale::CardSlip;
use jiff::civil::date;
use tests::virtual_printer::{Document, VirtualPrinter};

/// A ticket in German, with everything on it.
pub fn ticket() -> Paper {
    let eur = |minor| Money::new(minor, "EUR".parse().unwrap());
    Paper {
        language: Language::De,
        seller: Seller {
            name: "Lichtspiele am Markt GmbH".to_owned(),
            address: vec!["Marktplatz 1".to_owned(), "12345 Beispielstadt".to_owned()],
            tax_number: "DE000000000".to_owned(),
        },
        cinema: "Lichtspiele am Markt".to_owned(),
        film: "Die fabelhafte Welt der Amélie".to_owned(),
        facts: vec!["FSK 6".to_owned(), "OmU".to_owned(), "2D".to_owned()],
        auditorium: "Saal 3".to_owned(),
        block: None,
        row: "F".to_owned(),
        number: "7".to_owned(),
        starts_at: date(2026, 11, 23).at(20, 15, 0, 0),
        is_cancelled: false,
        moved_from: None,
        ticket_kind: "Erwachsene".to_owned(),
        price: eur(1250),
        tax: Tax {
            basis_points: 700,
            amount: eur(82),
        },
        paid: vec![Paid::Card(CardSlip {
            last_four: "4242".to_owned(),
            authorisation: "831000".to_owned(),
        })],
        receipt_number: "1-000042".to_owned(),
        ticket_of_sale: (1, 2),
        sold_at: date(2026, 11, 23).at(19, 42, 7, 0),
        code: CODE.to_owned(),
        collection_code: "K7QP2M".to_owned(),
        copy: false,
    }
}

/// As long as a real one: 160 bytes in base45.
pub const CODE: &str = "FOYER1:NCFOXN%TS3DHPVO13J /G-/2YRVA.Q/R82JD2FCJG96V75DOW%IY17EIHY P8L6IWM$S4U45P84HW6U/4:84LC6 YM::QQHIZC4.OI1RM8ZA.A5:S9MKN4NN3F85QNCY0O%0VZ001HOC9JU0D0HT0HB2PL/IB*09B9LW4T*8+DCMH0LDK2%K:XFE70*LP$V25$0Q:J:4MO1P0%0L0HD+9E/HY+4J6TH48S%4K.GJ2PT3QY:GQ3TE2I+";

async fn printed(paper: &Paper) -> Document {
    let printer = VirtualPrinter::start().await;
    assert_eq!(
        Printer::network(printer.address()).print(paper).await,
        PrintOutcome::Printed
    );
    let mut papers = printer.papers();
    assert_eq!(papers.len(), 1);
    papers.remove(0)
}

#[tokio::test]
async fn a_ticket_in_german() {
    let paper = printed(&ticket()).await;
    assert_eq!(paper.codes(), [CODE]);
    insta::assert_snapshot!("ticket_de", paper.described());
}

#[tokio::test]
async fn a_copy_in_french_paid_in_cash() {
    let paper = Paper {
        language: Language::Fr,
        film: "Le Fabuleux Destin d’Amélie Poulain".to_owned(),
        auditorium: "Salle Agnès Varda".to_owned(),
        row: "AA".to_owned(),
        number: "112".to_owned(),
        paid: vec![Paid::Cash],
        tax: Tax {
            basis_points: 550,
            ..ticket().tax
        },
        copy: true,
        ..ticket()
    };
    insta::assert_snapshot!("copy_fr", printed(&paper).await.described());
}

#[tokio::test]
async fn a_ticket_names_the_block_where_rows_of_one_name_are_in_several() {
    let paper = printed(&Paper {
        block: Some("Balkon Mitte links".to_owned()),
        ..ticket()
    })
    .await;
    let text = paper.text();
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    assert!(at(&ticket().auditorium) < at("Balkon Mitte links"));
    assert!(at("Balkon Mitte links") < at("Reihe"));
}

#[tokio::test]
async fn titles_of_every_alphabet_come_out_readable() {
    let check = async |title: &str, as_printed: &str| {
        let paper = printed(&Paper {
            film: title.to_owned(),
            language: Language::Es,
            ..ticket()
        })
        .await;
        assert!(
            paper.text().contains(as_printed),
            "{title}: {}",
            paper.text()
        );
        assert!(!paper.described().contains("not understood"), "{title}");
    };
    check("Señales", "Señales").await;
    check("Çа va?", "Çа va?").await; // a Latin Ç and a Cyrillic а
    check("Солярис", "Солярис").await;
    check("Ταξίδι", "Ταξίδι").await;
    check("Kış Uykusu", "Kış Uykusu").await;
    check("Trójkąt żółty", "Trójkąt żółty").await;
    check("千と千尋", "Qian toQian Xun").await;
}

#[tokio::test]
async fn a_title_is_never_a_command() {
    let film = "Cut\u{1d}VA\0 \u{1b}@twice\u{10}\u{4}\u{1}".to_owned();
    let paper = printed(&Paper {
        film,
        language: Language::En,
        ..ticket()
    })
    .await;
    assert!(paper.text().contains("CutVA @twice"), "{}", paper.text());
    assert_eq!(paper.codes(), [CODE]);
}

#[tokio::test]
async fn a_very_long_title_is_cut_short_after_three_lines() {
    let film =
        "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb and Everything Else"
            .to_owned();
    let paper = printed(&Paper {
        film,
        language: Language::En,
        ..ticket()
    })
    .await;
    insta::assert_snapshot!("long_title_en", paper.described());
}
