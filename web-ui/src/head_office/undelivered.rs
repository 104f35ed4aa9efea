//! The mails that did not reach their guests: where each was to go and why it did not, to be sent again, there or elsewhere, or given up.

use hub_api::{MailDecision, MailOrder, UndeliveredMail, UndeliveredMails};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::source::Source;
use super::words::{say, when};
use crate::client::{Trouble, hub};
use crate::words::{counted, fill, spoken};

/// The code of the cases that these mails are.
pub(super) const CASE: &str = "message_not_delivered";

/// What was found last, and what went wrong since.
#[derive(Clone, Copy)]
struct Shelf {
    access: Access,
    found: RwSignal<Option<UndeliveredMails>>,
    /// The mail of which something was refused, and whether it was its address; no mail, where the list did not come.
    problem: RwSignal<Option<(String, bool)>>,
    is_busy: RwSignal<bool>,
}

impl Shelf {
    fn look(self) {
        spawn_local(async move { self.shows(hub::undelivered().await) });
    }

    fn shows(self, answer: Result<UndeliveredMails, Trouble>) {
        match answer {
            Ok(found) => {
                let is_new = |it: &Option<_>| it.as_ref() != Some(&found);
                if self.found.try_with_untracked(is_new).unwrap_or_default() {
                    self.found.set(Some(found));
                }
            }
            Err(trouble) if trouble.is_outside() => self.access.ask(),
            Err(_) => self.problem.set(Some((String::new(), false))),
        }
    }

    fn decide(self, mail: String, order: MailOrder) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let decided = hub::decide_undelivered(&mail, &order).await;
            self.is_busy.set(false);
            match decided {
                Err(trouble) if trouble.is_outside() => return self.access.ask(),
                // Somebody else was faster: the list says so.
                Err(Trouble::Refused(problem)) if problem.code == "no_such_message" => {}
                Err(Trouble::Refused(problem)) => {
                    self.problem.set(Some((mail, problem.code == "no_address")));
                }
                Err(_) => self.problem.set(Some((mail, false))),
                Ok(()) => {}
            }
            self.look();
        });
    }
}

/// The list, if there is anything in it or it could not be fetched.
#[component]
pub(super) fn Undelivered(access: Access, source: Source) -> impl IntoView {
    let language = spoken();
    let shelf = Shelf {
        access,
        found: RwSignal::new(None),
        problem: RwSignal::new(None),
        is_busy: RwSignal::new(false),
    };
    // As often as the picture tells of others.
    let told = Memo::new(move |_| {
        source.view.with(|view| {
            let cases = view.as_ref().map(|view| view.cases.iter());
            let named = cases.map(|cases| cases.filter(|case| case.code == CASE));
            named.map(|named| {
                named
                    .filter_map(|case| case.order.clone())
                    .collect::<Vec<_>>()
            })
        })
    });
    Effect::new(move |_| {
        told.track();
        shelf.look();
    });
    let is_any = move || {
        let found = shelf
            .found
            .with(|found| found.as_ref().is_some_and(|it| !it.mails.is_empty()));
        found
            || shelf
                .problem
                .with(|it| it.as_ref().is_some_and(|(mail, _)| mail.is_empty()))
    };
    let (title, help) = (
        say(|words| words.undelivered),
        say(|words| words.undelivered_help),
    );
    let server = move || {
        let is_down = shelf
            .found
            .with(|it| it.as_ref().is_some_and(|it| it.server_takes_nothing));
        is_down.then(|| language.get().head_office().mail_server_down)
    };
    let unreached = move || {
        let is_list = shelf
            .problem
            .with(|it| it.as_ref().is_some_and(|(mail, _)| mail.is_empty()));
        is_list.then(|| language.get().head_office().unreachable)
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
        <Show when=is_any>
            <section class="side-card undelivered" data-testid="undelivered">
                <h3>{title}</h3>
                <p class="quiet">{help}</p>
                <p class="attention" role="alert">{unreached}{server}</p>
                <ul><For each=mails key children=move |mail| view! { <Mail shelf source mail/> }/></ul>
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
    let field = format!("address-{id}");
    let (typed, written_to) = (RwSignal::new(address.clone()), StoredValue::new(address));
    let id = StoredValue::new(id);
    let booking = reference.unwrap_or_else(|| sale.to_string());
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
        let written = when(&written_at, language);
        format!(
            "{} · {booking} · {written} · {times}",
            source.name_of(cinema.as_str())
        )
    };
    let problem = move || {
        let of = shelf
            .problem
            .get()
            .filter(|(mail, _)| id.with_value(|id| id == mail));
        let words = language.get().head_office();
        of.map(|(_, is_address)| match is_address {
            true => words.no_address,
            false => words.undelivered_failed,
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
    let says = move || fill(language.get().head_office().server_says, &[("why", &why)]);
    let is_busy = move || shelf.is_busy.get().to_string();
    view! {
        <li data-testid=testid>
            <strong>{what}</strong>
            <span class="quiet">{whose}</span>
            <span>{says}</span>
            <form novalidate on:submit=move |event| { event.prevent_default(); send(); }>
                <label for=field.clone()>{say(|words| words.mail_address)}</label>
                <input id=field type="email" autocomplete="off" data-testid="mail-address" prop:value=typed on:input:target=move |event| typed.set(event.target().value())/>
                <p class="form-problem" role="alert" data-testid="undelivered-problem">{problem}</p>
                <div class="card-ways">
                    <button type="submit" class="button next" data-testid="send-again" aria-disabled=is_busy>{say(|words| words.send_again)}</button>
                    <button type="button" class="button" data-testid="set-aside" aria-disabled=is_busy on:click=give_up>{say(|words| words.give_up)}</button>
                </div>
            </form>
        </li>
    }
}
