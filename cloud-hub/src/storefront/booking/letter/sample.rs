//! Letters about a booking that nobody has made, for whoever wants to see how guests are written to: drawn as every other is.

use std::fmt::Write as _;

use counter::Fault;
use counter::bookings::{Sample, Stage, Standing};
use hub_api::MailKind;
use jiff::{SignedDuration, Timestamp};
use words::Language;

use super::{About, Letter, NoLetter, draw};

/// Where its booking would be. Nothing is there.
const PATH: &str = "/bookings/metropol/sample";

/// The letter of this kind in this language.
///
/// # Errors
/// It does not fit what bookings are by now.
pub(crate) fn letter(
    address: &str,
    kind: MailKind,
    language: Language,
) -> Result<Letter, NoLetter> {
    let (good, let_in) = (Standing::Good, Standing::LetIn(Timestamp::UNIX_EPOCH));
    let (stage, standings) = match kind {
        MailKind::Bought | MailKind::Time | MailKind::Room => (Stage::ToCome, [good, good]),
        MailKind::Late => (Stage::Begun, [good, good]),
        MailKind::Back => (Stage::ToCome, [Standing::Returned, good]),
        MailKind::NotBack => (Stage::Begun, [Standing::NotTakenBack, let_in]),
        MailKind::Cancelled => (Stage::Cancelled, [Standing::Returned, Standing::Owed]),
    };
    let sample = Sample {
        stage,
        is_moved: kind == MailKind::Time,
        standings,
        language: language.short(),
    };
    let unfit = || Fault::Broken("there is no sample of a booking".to_owned());
    let mut booking = sample
        .booking()
        .ok_or_else(unfit)
        .map_err(NoLetter::Fault)?;
    for booked in &mut booking.tickets {
        if let Standing::LetIn(at) = &mut booked.standing {
            *at = booking.when.starts_at - SignedDuration::from_mins(10);
        }
    }
    let about = match kind {
        MailKind::Bought | MailKind::Late => About::Bought,
        MailKind::Back | MailKind::NotBack | MailKind::Cancelled => About::Back,
        MailKind::Time => About::Time(booking.when.moved_from.unwrap_or(booking.as_of)),
        MailKind::Room => About::Room("Screen 2".to_owned()),
    };
    draw(&booking, (address, PATH), &about)
}

impl Letter {
    /// Its page as it is shown beside others, with its pictures in it. Its links open nowhere in a frame that opens no windows.
    pub(crate) fn framed(&self) -> String {
        let mut page = self
            .html
            .replacen("<head>", "<head><base target=\"_blank\">", 1);
        for picture in &self.pictures {
            let mut address = "data:image/png,".to_owned();
            for byte in &picture.png {
                // A text takes all that is written.
                let _ = write!(address, "%{byte:02X}");
            }
            page = page.replace(&format!("cid:{}\"", picture.name), &format!("{address}\""));
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_mail_is_drawn_in_every_language() {
        for language in Language::ALL {
            let mut subjects = Vec::new();
            for kind in MailKind::ALL {
                let letter = letter("https://tickets.example", kind, language).unwrap();
                assert_eq!(letter.language, language.short());
                assert!(letter.text.contains("Metropolis"), "{}", letter.text);
                assert!(
                    letter
                        .html
                        .contains(&format!("<html lang=\"{}\">", language.short()))
                );
                assert_eq!(
                    letter.tickets.is_some(),
                    !letter.pictures.is_empty(),
                    "{kind:?}"
                );
                let framed = letter.framed();
                assert!(!framed.contains("cid:"), "every picture is in its page");
                let pictures = framed.matches("src=\"data:image/png,%89%50%4E%47").count();
                assert_eq!(pictures, letter.pictures.len(), "{kind:?}");
                subjects.push(letter.subject);
            }
            // A late one has the subject of one in time.
            subjects.dedup();
            assert_eq!(subjects.len(), MailKind::ALL.len() - 1, "{subjects:?}");
        }
    }

    #[test]
    fn a_sample_says_all_that_a_guest_may_be_told() {
        let said = |kind| letter("https://tickets.example", kind, Language::English).unwrap();
        let has = |kind, words: &str| {
            let letter = said(kind);
            assert!(
                letter.text.contains(words),
                "{words:?} is not in {}",
                letter.text
            );
        };
        has(
            MailKind::Bought,
            "19:15. €1.00 of each ticket is kept; the rest goes back",
        );
        has(
            MailKind::Back,
            "€11.50 went back to the card that paid. €1.00 of its price is kept",
        );
        has(MailKind::Back, "Good for entry");
        has(MailKind::NotBack, "Not taken back");
        has(
            MailKind::Cancelled,
            "€12.50 went back to the card that paid.",
        );
        has(MailKind::Time, "21:00. Before, it was");
        has(MailKind::Room, "in another screen: Screen 1");
        has(MailKind::Late, "This mail comes late");
        assert_eq!(said(MailKind::Back).pictures.len(), 1);
        assert!(said(MailKind::Cancelled).tickets.is_none());
    }
}
