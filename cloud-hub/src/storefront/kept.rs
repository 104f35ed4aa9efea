//! Pages that were drawn, each kept for as long as it would be drawn alike: while nothing of its cinema changes, and for no longer than the second in
//! which it was drawn, for what is on sale goes by the clock. A thousand who ask at once have it drawn once.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use parking_lot::Mutex;
use service::http::{Caching, KeptPage};
use tokio::sync::OnceCell;

use super::routes;
use super::tongue::Tongue;

/// What all pages together may have of memory, in bytes of text.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// How many pages are kept at most.
const MOST_PAGES: usize = 1024;

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Which {
    /// What is on at a cinema, today or on another day.
    Day(String, Option<Date>),
    /// A film at a cinema.
    Film(String, String),
    /// A showtime of a cinema.
    Showtime(String, String),
}

/// What a page was drawn of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// The second, since 1970.
    pub(super) second: i64,
    /// How often something of its cinema had changed.
    pub(super) changes: u64,
    /// Whether there is a choice of cinema.
    pub(super) has_many: bool,
    /// Whether guests wait for seats of its showtime.
    pub(super) is_waited_for: bool,
}

/// The pages that are kept.
#[derive(Debug, Default)]
pub(super) struct KeptPages(Mutex<HashMap<Name, Kept>>);

/// A page in a language.
type Name = (Tongue, Which);

#[derive(Debug, Clone)]
struct Kept {
    of: State,
    /// Empty while it is drawn.
    drawn: Arc<OnceCell<KeptPage>>,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.drawn.get().map_or(0, KeptPage::len)
    }
}

impl KeptPages {
    /// The page, drawn if it is not there or was drawn of another state; one draws it for all who want it meanwhile.
    ///
    /// # Errors
    /// What kept it from being drawn.
    pub(super) async fn page<E>(
        &self,
        (tongue, which): Name,
        of: State,
        draw: impl AsyncFnOnce() -> Result<String, E>,
    ) -> Result<KeptPage, E> {
        let name = (tongue, which);
        let drawn = self.place(&name, of);
        let drawing = async || {
            let page = routes::html(draw().await?, (tongue, Caching::AskAgain));
            Ok(KeptPage::from(page))
        };
        let page = drawn.get_or_try_init(drawing).await.cloned();
        if page.is_err() {
            self.leave(&name, &drawn);
        }
        page
    }

    /// Where the page stands, or is put by whoever draws it first.
    fn place(&self, name: &Name, of: State) -> Arc<OnceCell<KeptPage>> {
        let mut pages = self.0.lock();
        if let Some(kept) = pages.get(name).filter(|kept| kept.of == of) {
            return Arc::clone(&kept.drawn);
        }
        pages.remove(name);
        make_room(&mut pages, of.second);
        let drawn = Arc::default();
        let kept = Kept {
            of,
            drawn: Arc::clone(&drawn),
        };
        pages.insert(name.clone(), kept);
        drawn
    }

    /// There is no such page, or it could not be drawn.
    fn leave(&self, name: &Name, drawn: &Arc<OnceCell<KeptPage>>) {
        let mut pages = self.0.lock();
        if (pages.get(name))
            .is_some_and(|kept| Arc::ptr_eq(&kept.drawn, drawn) && !drawn.initialized())
        {
            pages.remove(name);
        }
    }
}

/// Room for one more: those of seconds before go first.
fn make_room(pages: &mut HashMap<Name, Kept>, second: i64) {
    let is_full = |pages: &HashMap<Name, Kept>| {
        pages.len() >= MOST_PAGES || pages.values().map(Kept::bytes).sum::<usize>() >= MOST_BYTES
    };
    if is_full(pages) {
        pages.retain(|_, kept| kept.of.second == second);
    }
    if is_full(pages) {
        pages.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn state(second: i64, changes: u64) -> State {
        State {
            second,
            changes,
            has_many: false,
            is_waited_for: false,
        }
    }

    fn name(film: &str) -> Name {
        let which = Which::Film("here".to_owned(), film.to_owned());
        (Tongue::of(Some("de"), None), which)
    }

    #[tokio::test]
    async fn a_page_is_drawn_once_for_each_state() {
        let (pages, times) = (KeptPages::default(), Cell::new(0));
        let asked = async |name: Name, of: State| {
            let draw = async || {
                times.set(times.get() + 1);
                Ok::<_, ()>("drawn".to_owned())
            };
            pages.page(name, of, draw).await.unwrap();
            times.get()
        };
        assert_eq!(asked(name("one"), state(1, 1)).await, 1);
        assert_eq!(asked(name("one"), state(1, 1)).await, 1);
        assert_eq!(asked(name("one"), state(1, 2)).await, 2, "a seat was sold");
        assert_eq!(asked(name("one"), state(2, 2)).await, 3, "time goes on");
        assert_eq!(asked(name("other"), state(2, 2)).await, 4);
        assert_eq!(asked(name("one"), state(2, 2)).await, 4);
        let waited_for = State {
            is_waited_for: true,
            ..state(2, 2)
        };
        assert_eq!(asked(name("one"), waited_for).await, 5);
        let many = State {
            has_many: true,
            ..state(2, 2)
        };
        assert_eq!(asked(name("one"), many).await, 6);
        let (_, which) = name("one");
        let english = (Tongue::of(Some("en"), None), which);
        assert_eq!(asked(english, many).await, 7);
    }

    #[tokio::test]
    async fn what_could_not_be_drawn_is_not_kept() {
        let pages = KeptPages::default();
        let none = async || Err(3);
        let found = pages.page(name("none"), state(1, 1), none).await;
        assert_eq!(found.map(|page| page.len()), Err(3));
        assert!(pages.0.lock().is_empty(), "whatever names people ask for");
    }

    #[tokio::test]
    async fn they_have_no_more_memory_than_they_may() {
        let pages = KeptPages::default();
        let bytes = || pages.0.lock().values().map(Kept::bytes).sum::<usize>();
        let large = "x".repeat(MOST_BYTES / 4);
        for second in [1, 2] {
            for film in 0..6 {
                let draw = async || Ok::<_, ()>(large.clone());
                let of = state(second, 1);
                pages.page(name(&film.to_string()), of, draw).await.unwrap();
                assert!(bytes() <= MOST_BYTES + large.len());
            }
        }
        let small = async || Ok::<_, ()>(String::new());
        for film in 0..2 * MOST_PAGES {
            pages
                .page(name(&film.to_string()), state(3, 1), small)
                .await
                .unwrap();
        }
        assert!(pages.0.lock().len() <= MOST_PAGES);
    }
}
