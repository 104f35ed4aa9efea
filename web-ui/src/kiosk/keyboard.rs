//! Where the keyboard is, and what the page is called.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::Shown;
use super::state::Kiosk;
use super::title::title;
use crate::focus::{self, OF_THE_SCREEN, Place};

impl Kiosk {
    /// Keeps the keyboard where the guest is: on the heading of each new screen, and never nowhere. The page's title says where that is.
    pub fn follow_by_keyboard(self, shown: Memo<Shown>) {
        let screens = StoredValue::new(0_u32);
        Effect::new(move |_| {
            shown.track();
            screens.update_value(|count| *count += 1);
            let this = screens.get_value();
            spawn_local(focus::go_to_heading(OF_THE_SCREEN, move || {
                screens.get_value() == this
            }));
        });
        let on_focus = move |_| self.place.set_value(Place::here());
        let _ = window_event_listener(ev::focusin, on_focus);
        Effect::new(move |_| document().set_title(&self.title()));
    }

    fn title(self) -> String {
        let shown = self.shown();
        let film = match &shown {
            Shown::Film(id) => self.programme.with(|programme| {
                let films = programme.iter().flat_map(|programme| &programme.films);
                let mut of_id = films.filter(|on_day| on_day.film.id == *id);
                of_id.next().map(|on_day| on_day.film.title.clone())
            }),
            Shown::Seats(_) | Shown::Paying(_) => self.buying.order.showtime.with(|showtime| {
                let film = showtime.as_ref().map(|showtime| &showtime.film);
                film.map(|film| film.title.clone())
            }),
            Shown::Waiting
            | Shown::Pairing
            | Shown::OutOfService(_)
            | Shown::Attract
            | Shown::Done(_) => None,
        };
        let cinema = self
            .cinema
            .with(|cinema| cinema.as_ref().map(|cinema| cinema.name.clone()));
        let words = self.language.get().kiosk();
        title(
            &shown,
            film.as_deref(),
            self.paper(),
            cinema.as_deref(),
            words,
        )
    }
}
