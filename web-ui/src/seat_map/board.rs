//! What the map, the list and the legend of one room share.

use box_office::{Money, SeatKind, TicketKindId};
use counter_api::Price;
use leptos::prelude::*;

use super::drawing;
use super::look::Look;
use super::room::{DrawnSeat, Room};
use super::view::{Size, View};
use crate::format;
use crate::words::{Language, Words, fill, seat_name, spoken};

/// Who picks wheelchair places picks the seats beside them.
const WITH_A_WHEELCHAIR: (SeatKind, SeatKind) = (SeatKind::Wheelchair, SeatKind::Companion);

/// A room on the screen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Board {
    /// The room.
    pub room: StoredValue<Room>,
    /// What full price costs on each kind of seat.
    prices: StoredValue<Vec<(SeatKind, Money)>>,
    /// By the seats' places; none until it is known how they look.
    looks: RwSignal<Option<Vec<Look>>>,
    /// The kind that alone is shown in full, if one was picked in the legend.
    pub filter: RwSignal<Option<SeatKind>>,
    /// The seat that the keyboard is on.
    pub active: RwSignal<usize>,
    /// What is shown of the room.
    pub view: RwSignal<View>,
    /// How large the map is on the screen.
    pub size: RwSignal<Size>,
    /// What a touch on a seat does.
    pub touch: Callback<usize>,
    /// The language that seats are spoken in.
    pub language: RwSignal<Language>,
    /// Where seats are sold that are out of reach.
    away: Away,
}

/// Where seats are sold that are out of reach, which is not where the guest is.
#[derive(Debug, Clone, Copy)]
pub struct Away {
    /// What is said of them.
    pub words: fn(Language) -> &'static str,
    /// Their mark: [`super::ONLINE_ALONE`] or [`super::CINEMA_ALONE`].
    pub mark: &'static str,
}

impl Board {
    /// A board for a room; `full_price` is the kind of ticket whose prices are shown, and `away` tells of seats that are out of reach.
    pub fn new(
        room: Room,
        (prices, full_price): (&[Price], Option<&TicketKindId>),
        touch: Callback<usize>,
        away: Away,
    ) -> Self {
        let prices = prices
            .iter()
            .filter(|price| full_price == Some(&price.ticket_kind))
            .map(|price| (price.seat_kind, price.price))
            .collect();
        Self {
            view: RwSignal::new(room.frame),
            size: RwSignal::new(Size {
                width: 1,
                height: 1,
            }),
            room: StoredValue::new(room),
            prices: StoredValue::new(prices),
            looks: RwSignal::new(None),
            filter: RwSignal::new(None),
            active: RwSignal::new(0),
            touch,
            language: spoken(),
            away,
        }
    }

    /// The mark that tells how a seat looks by its form alone.
    pub fn mark(&self, look: Look) -> &'static str {
        drawing::mark(look, self.away.mark)
    }

    /// How all seats look, by their places, once that is known.
    pub fn looks(self) -> Option<Vec<Look>> {
        self.looks.get()
    }

    /// How a seat looks. What is not known is sold, so that nothing is offered that might be gone.
    pub fn look(self, place: usize) -> Look {
        let known = (self.looks).with(|looks| looks.as_ref()?.get(place).copied());
        known.unwrap_or(Look::Sold)
    }

    /// Lets every seat look as `of` says.
    pub fn set_looks(self, of: impl Fn(usize) -> Look) {
        let places = 0..self.room.with_value(|room| room.seats.len());
        let new: Vec<_> = places.map(of).collect();
        if self
            .looks
            .with_untracked(|looks| looks.as_ref() != Some(&new))
        {
            self.looks.set(Some(new));
        }
    }

    /// Touches a seat, if that means something.
    pub fn touch_seat(self, place: usize) {
        if untrack(|| self.look(place)).can_be_touched() {
            self.active.set(place);
            self.touch.run(place);
        }
    }

    /// What a seat of this kind costs at full price.
    pub fn price(self, kind: SeatKind) -> Option<Money> {
        self.prices.with_value(|prices| {
            prices
                .iter()
                .find(|(of, _)| *of == kind)
                .map(|(_, price)| *price)
        })
    }

    /// Whether a seat of this kind and look stands back behind the kind that was picked. One's own choice never does.
    pub fn is_passed_over(self, kind: SeatKind, look: Look) -> bool {
        let is_picked = |only: SeatKind| only == kind || (only, kind) == WITH_A_WHEELCHAIR;
        let is_own = matches!(look, Look::Chosen | Look::Wanted);
        !is_own && self.filter.get().is_some_and(|only| !is_picked(only))
    }

    /// Shows the seats of a kind alone and as large as they fit; those of all kinds, if it was picked already.
    pub fn pick(self, kind: SeatKind) {
        let picked = (self.filter.get_untracked() != Some(kind)).then_some(kind);
        self.filter.set(picked);
        let (whole, size) = untrack(|| (self.whole(), self.size.get()));
        let around = picked.and_then(|kind| self.room.with_value(|room| room.around(kind)));
        self.view
            .set(around.map_or(whole, |around| View::fit_in(whole, around, size)));
    }

    /// The view that shows the whole room.
    pub fn whole(self) -> View {
        View::fit(self.room.with_value(|room| room.frame), self.size.get())
    }

    /// Whether less than the whole room is shown, once it is known how large the map is.
    pub fn is_closer(self) -> bool {
        self.size.get().width > 1 && self.view.get() != self.whole()
    }

    /// A seat as it is spoken: "Row F, seat 7, premium, free, 14 euros".
    pub fn spoken(self, place: usize) -> String {
        let language = self.language.get();
        let words = language.shared();
        let look = self.look(place);
        self.room.with_value(|room| {
            room.seats.get(place).map_or_else(String::new, |seat| {
                self.spoken_seat(seat, look, language, words)
            })
        })
    }

    /// A look in words.
    pub fn look_name(self, look: Look, language: Language) -> &'static str {
        let words = language.shared();
        match look {
            Look::Free => words.look_free,
            Look::Wanted => words.look_wanted,
            Look::Chosen => words.look_chosen,
            Look::Held => words.look_held,
            Look::Sold => words.look_sold,
            Look::Blocked => words.look_blocked,
            Look::OutOfReach => (self.away.words)(language),
        }
    }

    fn spoken_seat(
        self,
        seat: &DrawnSeat,
        look: Look,
        language: Language,
        words: &Words,
    ) -> String {
        let mut text = seat_name(words, seat.block.as_deref(), &seat.row, &seat.number);
        for part in [kind_name(words, seat.kind), self.look_name(look, language)] {
            text.push_str(", ");
            text.push_str(part);
        }
        if look.can_be_touched()
            && let Some(price) = self.price(seat.kind)
        {
            text.push_str(", ");
            text.push_str(&each(
                seat.kind,
                format::money_spoken(price, language),
                words,
            ));
        }
        text
    }
}

/// A price of a seat in words: that of a love seat, which two share, is said to be each one's.
pub fn each(kind: SeatKind, price: String, words: &Words) -> String {
    match kind {
        SeatKind::LoveSeat => fill(words.price_each, &[("price", &price)]),
        SeatKind::Standard | SeatKind::Premium | SeatKind::Wheelchair | SeatKind::Companion => {
            price
        }
    }
}

/// A kind of seat in words.
pub fn kind_name(words: &Words, kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Standard => words.kind_standard,
        SeatKind::Premium => words.kind_premium,
        SeatKind::LoveSeat => words.kind_love_seat,
        SeatKind::Wheelchair => words.kind_wheelchair,
        SeatKind::Companion => words.kind_companion,
    }
}
