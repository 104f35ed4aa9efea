//! Who is signed in here, where else, and the way out.

use hub_api::Session;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::words::say;
use crate::client::hub;
use crate::format::moment;
use crate::parts::{Sheet, TextButton};
use crate::words::{fill, spoken};

/// The operator's name, which opens the list of sessions.
#[component]
pub(super) fn WhoIsHere(access: Access, operator: String) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let sessions = RwSignal::new(None::<Vec<Session>>);
    let trouble = RwSignal::new(false);
    let look = move || {
        spawn_local(async move {
            match hub::sessions().await {
                Ok(found) => sessions.set(Some(found.sessions)),
                Err(refused) if refused.is_outside() => access.ask(),
                Err(_) => trouble.set(true),
            }
        });
    };
    let open = move |_| {
        sessions.set(None);
        trouble.set(false);
        is_open.set(true);
        look();
    };
    let end = move |session: Session| {
        spawn_local(async move {
            trouble.set(false);
            match hub::end_session(&session.id).await {
                // One that is over already is as wanted.
                Err(refused) if !refused.is_outside() && refused.code() != Some("no_session") => {
                    trouble.set(true);
                }
                Ok(()) | Err(_) if session.is_this => access.ask(),
                Ok(()) | Err(_) => look(),
            }
        });
    };
    let this = move || {
        sessions
            .get()
            .and_then(|all| all.into_iter().find(|session| session.is_this))
    };
    let unreachable = say(|words| words.unreachable);
    let problem = move || trouble.get().then(unreachable);
    let title = say(|words| words.sessions);
    let (sign_out, close) = (say(|words| words.sign_out), say(|words| words.close));
    let items = move || {
        let mut all = sessions.get().unwrap_or_default();
        all.sort_by_key(|session| !session.is_this);
        all.into_iter()
            .map(|session| view! { <SessionItem session end/> })
            .collect_view()
    };
    view! {
        <button type="button" class="who" data-testid="who" aria-haspopup="dialog" on:click=open>{operator}</button>
        <Show when=move || is_open.get()>
            <Sheet title=title testid="sessions" on_leave=move || is_open.set(false)>
                <ul>{items}</ul>
                <p class="form-problem" role="alert" data-testid="sessions-problem">{problem}</p>
                <div class="side-by-side">
                    <TextButton words=close testid="close-sessions" on_touch=move || is_open.set(false)/>
                    <TextButton class="next" words=sign_out testid="sign-out" disabled=Signal::derive(move || this().is_none())
                        on_touch=move || { this().into_iter().for_each(end); }/>
                </div>
            </Sheet>
        </Show>
    }
}

/// One session, and a way to end it if it is another.
#[component]
fn SessionItem(session: Session, end: impl Fn(Session) + Copy + 'static) -> impl IntoView {
    let language = spoken();
    let (is_this, browser) = (session.is_this, named_browser(&session.browser));
    let named = say(match is_this {
        true => |words| words.this_session,
        false => |words| words.other_session,
    });
    let (since, seen) = (session.since.clone(), session.seen.clone());
    let times = move || {
        let language = language.get();
        let (since, seen) = (moment(&since, language), moment(&seen, language));
        fill(
            language.head_office().session_times,
            &[("since", &since), ("seen", &seen)],
        )
    };
    let words = say(|words| words.end_session);
    let ending = StoredValue::new(session);
    view! {
        <li class="session">
            <strong>{named}</strong>
            <span class="quiet">{browser}</span>
            <span class="quiet">{times}</span>
            {(!is_this).then(|| view! { <TextButton words=words testid="end-session" on_touch=move || end(ending.get_value())/> })}
        </li>
    }
}

/// What a browser says that it is, as people call it: `Firefox, Linux`. Each claims to be some of the others, so that the order counts.
fn named_browser(user_agent: &str) -> String {
    const PROGRAMS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(sign, _)| user_agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => user_agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::named_browser;

    #[test]
    fn a_browser_is_called_by_its_own_name() {
        for (says, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/26.1 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox, macOS",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", ""),
        ] {
            assert_eq!(named_browser(says), name);
        }
    }
}
