//! Who may look: nobody until they have signed in, or chosen a password by a one-time link.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::client::{Trouble, hub};
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// What stands before the code in the address.
const LINK: &str = "#link=";

/// How things stand between this browser and the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// The hub is asked.
    Asking,
    /// Nobody is signed in here. Whether nobody can be, since nobody has chosen a password.
    Outside {
        /// No operator has a password.
        nobody_yet: bool,
    },
    /// The page was opened by a one-time link.
    Choosing {
        /// Its code.
        link: String,
    },
    /// Somebody is signed in.
    Inside {
        /// Who.
        operator: String,
    },
}

/// The same, shared by the page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Access(pub(super) RwSignal<Standing>);

impl Access {
    /// Looks at the address, then asks the hub.
    pub(super) fn start() -> Self {
        let access = Self(RwSignal::new(Standing::Asking));
        match link_of_the_address() {
            Some(link) => access.0.set(Standing::Choosing { link }),
            None => access.ask(),
        }
        // A link that is pasted into an open page is one, too.
        let pasted = window_event_listener(leptos::ev::hashchange, move |_| {
            if let Some(link) = link_of_the_address() {
                access.0.set(Standing::Choosing { link });
            }
        });
        on_cleanup(move || pasted.remove());
        access
    }

    /// Asks the hub who is signed in here, until it answers.
    pub(super) fn ask(self) {
        spawn_local(async move {
            loop {
                match hub::sessions().await {
                    Ok(found) => {
                        let operator = found.operator;
                        return self.found(Standing::Inside { operator });
                    }
                    Err(Trouble::Refused(problem)) if problem.status == 401 => {
                        let nobody_yet = problem.code == "nobody_can_sign_in";
                        return self.found(Standing::Outside { nobody_yet });
                    }
                    Err(_) => clock::sleep(PAUSE).await,
                }
            }
        });
    }

    /// What the hub has said, unless somebody is choosing a password by now; a page that shows it already stays as it is.
    fn found(self, standing: Standing) {
        let is_news = self.0.try_with_untracked(|now| {
            !matches!(now, Standing::Choosing { .. }) && *now != standing
        });
        if is_news == Some(true) {
            self.0.set(standing);
        }
    }

    /// The link is of no use: the page asks for name and password, or goes on with a session that there is.
    pub(super) fn without_link(self) {
        forget_link();
        self.0.set(Standing::Asking);
        self.ask();
    }

    /// Somebody has signed in here.
    pub(super) fn let_in(self, operator: String) {
        forget_link();
        self.0.set(Standing::Inside { operator });
    }
}

/// A page that is loaded again must not ask for a link that is used up.
fn forget_link() {
    if let Ok(history) = window().history() {
        let path = window().location().pathname().unwrap_or_default();
        // Only fails where there is no page.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

fn link_of_the_address() -> Option<String> {
    let fragment = window().location().hash().ok()?;
    let link = fragment.strip_prefix(LINK)?;
    (!link.is_empty()).then(|| link.to_owned())
}
