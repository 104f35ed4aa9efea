//! The mails that did not reach their guests, and how guests are written to: each kind of mail in each language, about a booking that nobody
//! has made, as the hub draws every other.

use hub_api::{MailKind, MailSample};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::source::Source;
use super::undelivered::Undelivered;
use super::words::say;
use crate::client::hub;
use crate::words::{Language, spoken};

/// What stands behind the page's address while they are shown.
pub(super) const ADDRESS: &str = "#mails";

/// Whether they are shown, as the address says.
pub(super) fn are_shown() -> RwSignal<bool> {
    let says = || window().location().hash().is_ok_and(|it| it == ADDRESS);
    let shown = RwSignal::new(says());
    let led = window_event_listener(ev::hashchange, move |_| shown.set(says()));
    on_cleanup(move || led.remove());
    shown
}

/// The choice, and the mail that is chosen.
#[component]
pub(super) fn Mails(access: Access, source: Source) -> impl IntoView {
    let language = spoken();
    let kind = RwSignal::new(MailKind::ALL[0]);
    let written_in = RwSignal::new(language.get_untracked());
    let sample = RwSignal::new(None::<MailSample>);
    let is_unreached = RwSignal::new(false);
    Effect::new(move |_| {
        let chosen = (kind.get(), written_in.get());
        spawn_local(async move {
            let found = hub::mail(chosen.0, chosen.1.short()).await;
            let now = (kind.try_get_untracked(), written_in.try_get_untracked());
            if now != (Some(chosen.0), Some(chosen.1)) {
                // Another is chosen by now, or nobody looks any more.
                return;
            }
            match found {
                Ok(found) => {
                    is_unreached.set(false);
                    sample.set(Some(found));
                }
                Err(refused) if refused.is_outside() => access.ask(),
                Err(_) => {
                    is_unreached.set(true);
                }
            }
        });
    });
    let kinds = MailKind::ALL.map(|of| {
        let name = move || language.get().head_office().mail(of.word()).unwrap_or_default();
        let is_chosen = move || (kind.get() == of).to_string();
        view! {
            <li><button type="button" class="button" aria-pressed=is_chosen data-testid=format!("mail-{}", of.word()) on:click=move |_| kind.set(of)>{name}</button></li>
        }
    });
    let languages = Language::ALL.map(|of| {
        let is_chosen = move || (written_in.get() == of).to_string();
        view! {
            <li><button type="button" class="button" lang=of.short() aria-pressed=is_chosen data-testid=format!("mail-in-{}", of.short()) on:click=move |_| written_in.set(of)>{of.own_name()}</button></li>
        }
    });
    let trouble = say(|words| words.unreachable);
    view! {
        <section class="mails" data-testid="mails">
            <h2>{say(|words| words.mails)}</h2>
            <Undelivered access source/>
            <p class="quiet">{say(|words| words.mails_help)}</p>
            <ul class="mail-choice" aria-label=say(|words| words.mail_kinds)>{kinds.collect_view()}</ul>
            <ul class="mail-choice" aria-label=say(|words| words.mail_languages)>{languages.collect_view()}</ul>
            <p class="attention" role="alert">{move || is_unreached.get().then(trouble)}</p>
            {move || sample.get().map(|sample| view! { <Shown sample/> })}
        </section>
    }
}

/// The mail: its subject, its page as mail programs show it, and its text.
#[component]
fn Shown(sample: MailSample) -> impl IntoView {
    let MailSample {
        kind,
        language,
        subject,
        text,
        has_tickets,
    } = sample;
    let page = format!("/api/v1/head-office/mails/{}/{language}/page", kind.word());
    let attached =
        has_tickets.then(|| view! { <p class="quiet">{say(|words| words.mail_tickets)}</p> });
    view! {
        <article class="side-card mail">
            <h3 lang=language.clone() data-testid="mail-subject">{subject}</h3>
            {attached}
            <iframe sandbox="" src=page title=say(|words| words.mail_page) data-testid="mail-page"></iframe>
            <h3>{say(|words| words.mail_text)}</h3>
            <pre lang=language tabindex="0" data-testid="mail-text">{text}</pre>
        </article>
    }
}
