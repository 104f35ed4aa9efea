//! Where a guest is between the first touch and the ticket. Pure: an event leads to the next step and names what is to be
//! done about it.

use appliance_api::Status;
use box_office::{FilmId, HoldId, SaleId, ShowtimeId};

use crate::buying::Found;

/// Where the guest is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Step {
    /// Nobody, or somebody who looks at what is on.
    #[default]
    Attract,
    /// A film and its times.
    Film(FilmId),
    /// The seats and the basket.
    Seats(Chosen),
    /// The card terminal has the word.
    Paying(Chosen, HoldId),
    /// Sold: paper and codes.
    Done(SaleId),
}

/// The showtime that was touched, and on which screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The film's page, if the guest came from there.
    pub from_film: Option<FilmId>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A poster was touched.
    FilmTouched(FilmId),
    /// A time was touched.
    TimeTouched(ShowtimeId),
    /// The way back.
    Back,
    /// The terminal was asked for this hold's total.
    PaymentBegan(HoldId),
    /// Declined, cancelled or given back.
    PaymentFailed,
    /// The tickets are issued.
    Sold(SaleId),
    /// The guest starts again, or has gone.
    StartAgain,
    /// This device had something under way, of which the page knows nothing.
    Found(Found),
    /// The box knows this device no more.
    Revoked,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Give the seats back.
    ReleaseSeats,
    /// Give the seats back, and the language and the type size of whoever was here with them.
    ForgetGuest,
    /// The seats are sold: forget the basket.
    ForgetBasket,
    /// The guest has the tickets: tell the box so, and forget the guest.
    HandOver(SaleId),
}

/// Where `event` leads, and what is to be done. An event that means nothing where the guest is changes nothing.
pub fn next(step: Step, event: Event) -> (Step, Option<Effect>) {
    match (step, event) {
        // The box ends what is under way by itself; tickets that were sold stay to be read.
        (Step::Done(sale), Event::Revoked) => (Step::Done(sale), None),
        (Step::Attract, Event::Revoked) => (Step::Attract, None),
        (_, Event::Revoked) => (Step::Attract, Some(Effect::ForgetGuest)),
        // A payment under way ends only with its outcome, or money could be taken for seats that were given back.
        (Step::Paying(chosen, hold), Event::StartAgain | Event::Back) => {
            (Step::Paying(chosen, hold), None)
        }
        (Step::Paying(chosen, _), Event::PaymentFailed) => (Step::Seats(chosen), None),
        (Step::Paying(..) | Step::Seats(_), Event::Sold(sale)) => {
            (Step::Done(sale), Some(Effect::ForgetBasket))
        }
        (Step::Done(sale), Event::StartAgain | Event::Back) => {
            (Step::Attract, Some(Effect::HandOver(sale)))
        }
        (_, Event::StartAgain) => (Step::Attract, Some(Effect::ForgetGuest)),
        (Step::Attract, Event::Found(found)) => (step_of(found), None),
        (Step::Attract | Step::Film(_), Event::FilmTouched(film)) => (Step::Film(film), None),
        (Step::Attract, Event::TimeTouched(showtime)) => (
            Step::Seats(Chosen {
                showtime,
                from_film: None,
            }),
            None,
        ),
        (Step::Film(film), Event::TimeTouched(showtime)) => (
            Step::Seats(Chosen {
                showtime,
                from_film: Some(film),
            }),
            None,
        ),
        (Step::Film(_), Event::Back) => (Step::Attract, None),
        (Step::Seats(Chosen { from_film, .. }), Event::Back) => (
            from_film.map_or(Step::Attract, Step::Film),
            Some(Effect::ReleaseSeats),
        ),
        (Step::Seats(chosen), Event::PaymentBegan(hold)) => (Step::Paying(chosen, hold), None),
        (step, _event) => (step, None),
    }
}

fn step_of(found: Found) -> Step {
    let chosen = |showtime| Chosen {
        showtime,
        from_film: None,
    };
    match found {
        Found::Choosing(showtime) => Step::Seats(chosen(showtime)),
        Found::Paying(showtime, hold) => Step::Paying(chosen(showtime), hold),
        Found::Sold(sale) => Step::Done(sale),
    }
}

/// What is lost for good when a guest leaves a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Seats that were chosen.
    Seats,
    /// The codes, which are the only tickets.
    Codes,
}

/// What is lost by leaving, which is worth a question; `has_seats` is whether seats are chosen, `has_paper` whether tickets come out on paper.
pub fn loss(step: &Step, has_seats: bool, has_paper: bool) -> Option<Loss> {
    match step {
        Step::Seats(_) => has_seats.then_some(Loss::Seats),
        Step::Done(_) => (!has_paper).then_some(Loss::Codes),
        Step::Attract | Step::Film(_) | Step::Paying(..) => None,
    }
}

/// What the screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The box has not answered yet.
    Waiting,
    /// This browser is no device of the box.
    Pairing,
    /// This device cannot sell, with the code of the reason.
    OutOfService(String),
    /// Tonight's films.
    Attract,
    /// A film and its times.
    Film(FilmId),
    /// Seats and basket.
    Seats(ShowtimeId),
    /// The terminal has the word.
    Paying(HoldId),
    /// Sold.
    Done(SaleId),
}

impl Shown {
    /// A stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Pairing => "pairing",
            Self::OutOfService(_) => "out-of-service",
            Self::Attract => "attract",
            Self::Film(_) => "film",
            Self::Seats(_) => "seats",
            Self::Paying(_) => "paying",
            Self::Done(_) => "done",
        }
    }
}

/// What the screen shows for a step at a box that is so. Whoever has
/// chosen seats is not disturbed by trouble that may pass; the basket and the payment tell it in their own words.
pub fn shown(step: &Step, status: Option<&Status>) -> Shown {
    match (step, status) {
        (Step::Paying(_, hold), _) => return Shown::Paying(hold.clone()),
        (Step::Done(sale), _) => return Shown::Done(sale.clone()),
        (Step::Attract | Step::Film(_) | Step::Seats(_), None) => return Shown::Waiting,
        (_, Some(status)) if status.device.is_none() => return Shown::Pairing,
        (
            Step::Attract | Step::Film(_),
            Some(Status {
                out_of_service: Some(code),
                ..
            }),
        ) => {
            return Shown::OutOfService(code.clone());
        }
        (Step::Attract | Step::Film(_) | Step::Seats(_), Some(_)) => {}
    }
    match step {
        Step::Attract => Shown::Attract,
        Step::Film(film) => Shown::Film(film.clone()),
        Step::Seats(chosen) => Shown::Seats(chosen.showtime.clone()),
        Step::Paying(_, hold) => Shown::Paying(hold.clone()),
        Step::Done(sale) => Shown::Done(sale.clone()),
    }
}

#[cfg(test)]
mod tests {
    use appliance_api::{LinkState, PrinterState, TerminalState};

    use super::*;

    fn film() -> FilmId {
        "metropolis".parse().unwrap()
    }

    fn time() -> ShowtimeId {
        "tonight".parse().unwrap()
    }

    fn hold() -> HoldId {
        "h".parse().unwrap()
    }

    fn sale() -> SaleId {
        "s".parse().unwrap()
    }

    fn after(events: Vec<Event>) -> (Step, Vec<Effect>) {
        let mut effects = Vec::new();
        let step = events.into_iter().fold(Step::Attract, |step, event| {
            let (step, effect) = next(step, event);
            effects.extend(effect);
            step
        });
        (step, effects)
    }

    #[test]
    fn three_touches_lead_to_the_terminal() {
        let (step, effects) = after(vec![
            Event::TimeTouched(time()),
            Event::PaymentBegan(hold()),
            Event::Sold(sale()),
        ]);
        assert_eq!(step, Step::Done(sale()));
        assert_eq!(effects, [Effect::ForgetBasket]);
    }

    #[test]
    fn the_way_back_is_the_way_that_the_guest_came() {
        let by_film = vec![
            Event::FilmTouched(film()),
            Event::TimeTouched(time()),
            Event::Back,
        ];
        assert_eq!(
            after(by_film),
            (Step::Film(film()), vec![Effect::ReleaseSeats])
        );
        assert_eq!(
            after(vec![Event::TimeTouched(time()), Event::Back]),
            (Step::Attract, vec![Effect::ReleaseSeats])
        );
    }

    #[test]
    fn a_payment_under_way_cannot_be_walked_away_from() {
        let paying = vec![Event::TimeTouched(time()), Event::PaymentBegan(hold())];
        for event in [Event::StartAgain, Event::Back, Event::FilmTouched(film())] {
            let (step, effects) = after([paying.clone(), vec![event]].concat());
            assert!(matches!(step, Step::Paying(..)));
            assert!(effects.is_empty());
        }
        let (step, effects) = after([paying, vec![Event::PaymentFailed]].concat());
        assert!(
            matches!(step, Step::Seats(_)),
            "declined goes back to the basket"
        );
        assert!(effects.is_empty(), "and the seats are still held");
    }

    #[test]
    fn whoever_leaves_is_asked_only_if_something_is_lost() {
        let chosen = Chosen {
            showtime: time(),
            from_film: None,
        };
        let paying = Step::Paying(chosen.clone(), hold());
        let (seats, done) = (Step::Seats(chosen), Step::Done(sale()));
        let check = |step: &Step, has_seats, has_paper, expected| {
            assert_eq!(loss(step, has_seats, has_paper), expected, "{step:?}");
        };
        check(&seats, true, true, Some(Loss::Seats));
        check(&seats, false, true, None);
        check(&done, false, false, Some(Loss::Codes));
        check(&done, false, true, None);
        check(&Step::Attract, false, false, None);
        check(&paying, true, true, None);
    }

    #[test]
    fn a_fresh_page_goes_on_where_the_guest_was() {
        let check = |found, expected: Step| {
            assert_eq!(after(vec![Event::Found(found)]), (expected, vec![]));
        };
        let chosen = Chosen {
            showtime: time(),
            from_film: None,
        };
        check(Found::Choosing(time()), Step::Seats(chosen.clone()));
        check(
            Found::Paying(time(), hold()),
            Step::Paying(chosen.clone(), hold()),
        );
        check(Found::Sold(sale()), Step::Done(sale()));
        let (step, _) = after(vec![
            Event::TimeTouched(time()),
            Event::Found(Found::Sold(sale())),
        ]);
        assert_eq!(step, Step::Seats(chosen), "a guest was faster");
    }

    #[test]
    fn the_box_is_told_when_a_guest_has_the_tickets() {
        for event in [Event::StartAgain, Event::Back] {
            let (step, effects) = after(vec![Event::Found(Found::Sold(sale())), event]);
            assert_eq!(
                (step, effects),
                (Step::Attract, vec![Effect::HandOver(sale())])
            );
        }
    }

    #[test]
    fn a_revoked_kiosk_waits_for_nothing() {
        let paying = vec![Event::TimeTouched(time()), Event::PaymentBegan(hold())];
        let (step, effects) = after([paying.clone(), vec![Event::Revoked]].concat());
        assert_eq!((step, effects), (Step::Attract, vec![Effect::ForgetGuest]));
        let sold = vec![Event::Sold(sale()), Event::Revoked];
        let (step, _) = after([paying, sold].concat());
        assert_eq!(step, Step::Done(sale()), "its tickets can still be read");
    }

    #[test]
    fn trouble_at_the_box_does_not_disturb_whoever_has_paid() {
        let broken = Status {
            link: LinkState::Down,
            link_for_ms: 0,
            link_trouble: None,
            unsent_sales: 0,
            if_cut: None,
            printer: PrinterState::PaperOut,
            terminal: TerminalState::Ready,
            open_cases: 0,
            kept_back: 0,
            set_aside: 0,
            failing: 0,
            out_of_service: Some("F01".into()),
            device: Some("Kiosk".into()),
            now: String::new(),
        };
        assert_eq!(
            shown(&Step::Attract, Some(&broken)),
            Shown::OutOfService("F01".into())
        );
        assert_eq!(
            shown(&Step::Done(sale()), Some(&broken)),
            Shown::Done(sale())
        );
        let chosen = Chosen {
            showtime: time(),
            from_film: None,
        };
        assert_eq!(
            shown(&Step::Seats(chosen), Some(&broken)),
            Shown::Seats(time())
        );
        let unpaired = Status {
            device: None,
            ..broken
        };
        assert_eq!(shown(&Step::Attract, Some(&unpaired)), Shown::Pairing);
        assert_eq!(shown(&Step::Attract, None), Shown::Waiting);
    }
}
