//! What a person must decide, and who was refused.

use hub_api::CaseFact;
use leptos::prelude::*;

use super::mails;
use super::source::Source;
use super::undelivered;
use super::words::{say, when};
use crate::format::money;
use crate::words::{Language, counted, spoken};

/// Contradictions that wait for a decision.
#[component]
pub(super) fn Cases(source: Source) -> impl IntoView {
    let language = spoken();
    let (title, none) = (say(|words| words.cases), say(|words| words.no_cases));
    let cases = move || {
        source.view.with(|view| {
            view.as_ref()
                .map(|view| view.cases.clone())
                .unwrap_or_default()
        })
    };
    let items = move || {
        cases()
            .into_iter()
            .map(|case| {
                let language = language.get();
                let told = language.head_office().case(&case.code);
                let whose = source.name_of(case.cinema.as_str());
                let about = match &case.at {
                    Some(at) => format!("{whose} · {}", when(at, language)),
                    None => whose,
                };
                let named = named(&case.facts, language);
                // What can be done on this page is done there.
                let is_mail = case.code == undelivered::CASE;
                let order = case.order.filter(|_| !is_mail);
                view! { <Item told heard=case.words named about order is_mail/> }
            })
            .collect_view()
    };
    view! {
        <section class="side-card" data-testid="cases">
            <h2>{title}</h2>
            <ul>{items}</ul>
            <Show when=move || cases().is_empty()><p class="quiet">{none}</p></Show>
        </section>
    }
}

/// Contacts that the hub refused.
#[component]
pub(super) fn RefusedContacts(source: Source) -> impl IntoView {
    let language = spoken();
    let (title, none) = (say(|words| words.refused), say(|words| words.no_refused));
    let refused = move || {
        source.view.with(|view| {
            view.as_ref()
                .map(|view| view.refused.clone())
                .unwrap_or_default()
        })
    };
    let items = move || {
        refused()
            .into_iter()
            .map(|contact| {
                let language = language.get();
                let told = language.head_office().contact(&contact.code);
                let times = counted(language, language.head_office().times, contact.times);
                let about = format!(
                    "{} · {} · {times}",
                    source.name_of(&contact.cinema),
                    when(&contact.at, language)
                );
                let device = contact.device.map(|device| device.to_string());
                view! { <Item told heard=contact.reason named=device about order=None is_mail=false/> }
            })
            .collect_view()
    };
    view! {
        <section class="side-card" data-testid="refused">
            <h2>{title}</h2>
            <ul>{items}</ul>
            <Show when=move || refused().is_empty()><p class="quiet">{none}</p></Show>
        </section>
    }
}

/// What a case names, in the reader's language; nothing, where something of it has no word there.
fn named(facts: &[CaseFact], language: Language) -> Option<String> {
    let say = |fact: &CaseFact| {
        let what = language.head_office().fact(&fact.what)?;
        let name = match fact.money {
            Some(amount) => money(amount, language),
            None => fact.name.clone(),
        };
        Some(format!("{what} {name}"))
    };
    let named: Option<Vec<String>> = facts.iter().map(say).collect();
    named
        .filter(|named| !named.is_empty())
        // A line that is full does not begin with the dot.
        .map(|named| named.join("\u{a0}· "))
}

/// What it is in the reader's language, what it names, whose it is, and the order that ends it. What has no text is told as it was heard, which is English.
#[component]
fn Item(
    told: Option<&'static str>,
    heard: String,
    named: Option<String>,
    about: String,
    order: Option<String>,
    is_mail: bool,
) -> impl IntoView {
    let is_heard = told.is_none();
    let more = match (told, named) {
        (Some(_), None) => Some((heard.clone(), true)),
        (_, named) => named.map(|named| (named, false)),
    };
    let first = told.map_or(heard, str::to_owned);
    view! {
        <li class="case">
            <strong lang=is_heard.then_some("en")>{first}</strong>
            {more.map(|(more, is_heard)| view! { <span lang=is_heard.then_some("en")>{more}</span> })}
            <span class="quiet">{about}</span>
            {order.map(|order| view! { <code lang="en">{order}</code> })}
            {is_mail.then(|| view! { <a href=mails::ADDRESS data-testid="see-to-mails">{say(|words| words.see_to)}</a> })}
        </li>
    }
}
