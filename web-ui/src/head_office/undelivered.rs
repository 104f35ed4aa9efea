//! The mails that did not reach their guests: where each was to go and why it did not, to be sent again, there or elsewhere, or given up.

use std::time::Duration;

use hub_api::{MailDecision, MailOrder, UndeliveredMail, UndeliveredMails};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::source::Source;
use super::words::{Words, say, when};
use crate::client::{Trouble, hub};
use crate::clock;
use crate::words::{counted, spoken};

/// The code of the cases that these mails are.
pub(super) const CASE: &str = "message_not_delivered";

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(5);

/// A text of head office.
type Pick = fn(&'static Words) -> &'static str;

/// What was found last, and what became of what somebody decided.
#[derive(Clone, Copy)]
struct Shelf {
    access: Access,
    found: RwSignal<Option<UndeliveredMails>>,
    is_unreached: RwSignal<bool>,
    /// The mail of which something was refused, and why.
    problem: RwSignal<Option<(String, Pick)>>,
    /// What became of the last that was decided.
    became: RwSignal<Option<Pick>>,
    is_busy: RwSignal<bool>,
    heading: NodeRef<html::H3>,
}

impl Shelf {
    fn look(self) {
        spawn_local(async move {
            while let Some(again) = self.hears(hub::undelivered().await) {
                clock::sleep(again).await;
            }
        });
    }

    /// Shows what was answered; when to ask again, if nothing was.
    fn hears(self, answer: Result<UndeliveredMails, Trouble>) -> Option<Duration> {
        match answer {
            Ok(found) => {
                let is_new = |it: &Option<_>| it.as_ref() != Some(&found);
                if self.found.try_with_untracked(is_new)? {
                    self.found.set(Some(found));
                }
                self.is_unreached.set(false);
                None
            }
            Err(trouble) if trouble.is_outside() => {
                self.access.ask();
                None
            }
            // Nobody looks any more, once it cannot be set.
            Err(_) => match self.is_unreached.try_set(true) {
                None => Some(PAUSE),
                Some(_) => None,
            },
        }
    }

    fn decide(self, mail: String, order: MailOrder) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        self.became.set(None);
        spawn_local(async move {
            let decided = hub::decide_undelivered(&mail, &order).await;
            self.is_busy.set(false);
            let refused = |pick: Pick| self.problem.set(Some((mail, pick)));
            match decided {
                Ok(()) if order.decision == MailDecision::SendAgain => {
                    self.ends(|words| words.mail_on_its_way);
                }
                Ok(()) => self.ends(|words| words.mail_given_up),
                Err(trouble) if trouble.is_outside() => return self.access.ask(),
                Err(Trouble::Refused(problem)) if problem.code == "no_such_message" => {
                    self.ends(|words| words.mail_decided);
                }
                Err(Trouble::Refused(problem)) if problem.code == "no_address" => {
                    refused(|words| words.no_address);
                }
                Err(_) => refused(|words| words.undelivered_failed),
            }
            self.look();
        });
    }

    /// The mail leaves the list: what became of it is said where the keyboard is from then on.
    fn ends(self, became: Pick) {
        self.became.set(Some(became));
        if let Some(heading) = self.heading.get_untracked() {
            // Fails only for what cannot be seen.
            let _ = heading.focus();
        }
    }
}

/// The list, if there is or was anything in it, or it could not be fetched.
#[component]
pub(super) fn Undelivered(access: Access, source: Source) -> impl IntoView {
    let language = spoken();
    let shelf = Shelf {
        access,
        found: RwSignal::new(None),
        is_unreached: RwSignal::new(false),
        problem: RwSignal::new(None),
        became: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        heading: NodeRef::new(),
    };
    // As often as the picture tells of others; one that failed again is another.
    let told = Memo::new(move |_| {
        source.view.with(|view| {
            let cases = view.as_ref().map(|view| view.cases.iter());
            let of_mails = cases.map(|cases| cases.filter(|case| case.code == CASE));
            let named = of_mails.map(|cases| cases.map(|it| (it.order.clone(), it.at.clone())));
            named.map(Iterator::collect::<Vec<_>>)
        })
    });
    Effect::new(move |_| {
        told.track();
        shelf.look();
    });
    let has_any = move || {
        shelf
            .found
            .with(|found| found.as_ref().is_some_and(|it| !it.mails.is_empty()))
    };
    let is_shown =
        move || has_any() || shelf.is_unreached.get() || shelf.became.with(Option::is_some);
    let (title, help) = (
        say(|words| words.undelivered),
        say(|words| words.undelivered_help),
    );
    let server = move || {
        let is_down = shelf
            .found
            .with(|it| it.as_ref().is_some_and(|it| it.server_takes_nothing));
        is_down.then(|| view! { <p class="attention">{say(|words| words.mail_server_down)}</p> })
    };
    let unreached = move || {
        shelf
            .is_unreached
            .get()
            .then(|| language.get().head_office().unreachable)
    };
    let became = move || {
        shelf
            .became
            .get()
            .map(|pick| pick(language.get().head_office()))
    };
    let more = move || {
        let more = shelf.found.with(|it| it.as_ref().map_or(0, |it| it.more));
        let words = language.get().head_office().mails_more;
        (more > 0)
            .then(|| view! { <p class="quiet">{counted(language.get(), words, more.into())}</p> })
    };
    let mails = move || {
        shelf.found.with(|found| {
            found
                .as_ref()
                .map(|it| it.mails.clone())
                .unwrap_or_default()
        })
    };
    let key = |mail: &UndeliveredMail| {
        let UndeliveredMail {
            id,
            address,
            why,
            tries,
            ..
        } = mail.clone();
        (id, address, why, tries)
    };
    view! {
        <Show when=is_shown>
            <section class="side-card undelivered" data-testid="undelivered">
                <h3 tabindex="-1" node_ref=shelf.heading>{title}</h3>
                <Show when=has_any><p class="quiet">{help}</p></Show>
                <p class="attention" role="alert">{unreached}</p>
                {server}
                <p role="status" data-testid="became">{became}</p>
                <ul><For each=mails key children=move |mail| view! { <Mail shelf source mail/> }/></ul>
                {more}
            </section>
        </Show>
    }
}

/// One, and what can be done with it.
#[component]
fn Mail(shelf: Shelf, source: Source, mail: UndeliveredMail) -> impl IntoView {
    let language = spoken();
    let UndeliveredMail {
        id,
        cinema,
        sale,
        reference,
        kind,
        address,
        written_at,
        why,
        tries,
    } = mail;
    let testid = format!("undelivered-{id}");
    let (field, help) = (format!("address-{id}"), format!("problem-{id}"));
    let (typed, written_to) = (RwSignal::new(address.clone()), StoredValue::new(address));
    let (id, is_asked) = (StoredValue::new(id), RwSignal::new(false));
    let booking = StoredValue::new(reference.unwrap_or_else(|| sale.to_string()));
    let what = move || {
        language
            .get()
            .head_office()
            .mail(kind.word())
            .unwrap_or_default()
    };
    let whose = move || {
        let language = language.get();
        let times = counted(language, language.head_office().times, u64::from(tries));
        let (written, cinema) = (when(&written_at, language), source.name_of(cinema.as_str()));
        booking.with_value(|booking| format!("{cinema} · {booking} · {written} · {times}"))
    };
    let problem = move || {
        let of = shelf
            .problem
            .get()
            .filter(|(mail, _)| id.with_value(|id| id == mail));
        of.map(|(_, pick)| pick(language.get().head_office()))
    };
    let is_wrong = move || {
        shelf.problem.with(|it| {
            it.as_ref()
                .is_some_and(|(mail, _)| id.with_value(|id| id == mail))
        })
    };
    let send = move || {
        let address = typed.get_untracked();
        let address = address.trim();
        let is_other = written_to.with_value(|it| it != address);
        let order = MailOrder {
            decision: MailDecision::SendAgain,
            address: is_other.then(|| address.to_owned()),
        };
        shelf.decide(id.get_value(), order);
    };
    let give_up = move |_| {
        let order = MailOrder {
            decision: MailDecision::SetAside,
            address: None,
        };
        shelf.decide(id.get_value(), order);
    };
    // Whoever hears the buttons alone hears of which mail they are.
    let of_it = move |words: &str| booking.with_value(|booking| format!("{words}: {booking}"));
    let named = move |pick: Pick| move || of_it(pick(language.get().head_office()));
    let is_busy = move || shelf.is_busy.get().to_string();
    let ways = move || {
        match is_asked.get() {
        false => view! {
            <button type="submit" class="button next" data-testid="send-again" aria-disabled=is_busy aria-label=named(|words| words.send_again)>{say(|words| words.send_again)}</button>
            <button type="button" class="button" data-testid="give-up" aria-label=named(|words| words.give_up) on:click=move |_| is_asked.set(true)>{say(|words| words.give_up)}</button>
        }
        .into_any(),
        true => view! {
            <p role="alert">{say(|words| words.give_up_text)}</p>
            <button type="button" class="button" data-testid="set-aside" aria-disabled=is_busy aria-label=named(|words| words.give_up_now) on:click=give_up>{say(|words| words.give_up_now)}</button>
            <button type="button" class="button next" data-testid="keep-mail" aria-label=named(|words| words.keep_mail) on:click=move |_| is_asked.set(false)>{say(|words| words.keep_mail)}</button>
        }
        .into_any(),
    }
    };
    view! {
        <li data-testid=testid>
            <strong>{what}</strong>
            <span class="quiet">{whose}</span>
            <span>{say(|words| words.why_not_delivered)} " " <span lang="en">{why}</span></span>
            <form novalidate on:submit=move |event| { event.prevent_default(); send(); }>
                <label for=field.clone()>{say(|words| words.mail_address)}</label>
                <input id=field type="email" autocomplete="off" data-testid="mail-address" aria-describedby=help.clone() aria-invalid=move || is_wrong().to_string()
                    prop:value=typed on:input:target=move |event| typed.set(event.target().value())/>
                <p id=help class="form-problem" role="alert" data-testid="undelivered-problem">{problem}</p>
                <div class="card-ways">{ways}</div>
            </form>
        </li>
    }
}
