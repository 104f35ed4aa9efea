//! What is said aloud when the screen changes by itself: each change once. Pure, but for the component at the end.

use leptos::prelude::*;

use super::Buying;
use super::words::Words;

/// What can be heard of a screen at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What the seats cost, spoken; none if none are chosen.
    pub total: Option<String>,
    /// The notice beside the seats.
    pub notice: Option<String>,
    /// The last minute of the hold has begun.
    pub is_last_minute: bool,
    /// That the codes go, once that is near.
    pub closing: Option<String>,
    /// How the payment goes.
    pub payment: Option<String>,
    /// How often more time was asked for.
    pub more_times: u32,
}

/// What is to be said now, as soon as whoever listens has a moment, and at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// As soon as there is a moment.
    pub calmly: Option<String>,
    /// At once: time runs out, or something went wrong.
    pub at_once: Option<String>,
}

/// What is new in `now`.
pub fn news(before: &Heard, now: &Heard, words: &Words) -> News {
    let mut calmly = Vec::new();
    let mut at_once = Vec::new();
    if now.notice != before.notice {
        at_once.extend(now.notice.clone());
    }
    if now.is_last_minute && !before.is_last_minute {
        at_once.push(words.last_minute.to_owned());
    }
    if now.closing != before.closing {
        at_once.extend(now.closing.clone());
    }
    if now.total != before.total
        && let Some(total) = &now.total
    {
        calmly.push(format!("{}: {total}", words.total));
    }
    if now.payment != before.payment {
        calmly.extend(now.payment.clone());
    }
    if now.more_times > before.more_times {
        calmly.push(words.more_time_given.to_owned());
    }
    let said = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(" "));
    News {
        calmly: said(calmly),
        at_once: said(at_once),
    }
}

/// The voices of a screen. They are there before there is anything to say, or nobody would hear it.
#[component]
pub fn Announcer(
    /// What can be heard now.
    heard: Memo<Heard>,
) -> impl IntoView {
    let buying = Buying::here();
    let calmly = RwSignal::new(String::new());
    let at_once = RwSignal::new(String::new());
    Effect::new(move |before: Option<Heard>| {
        let now = heard.get();
        let news = news(
            &before.unwrap_or_default(),
            &now,
            buying.language.get_untracked().buying(),
        );
        news.calmly.into_iter().for_each(|text| say(calmly, text));
        news.at_once.into_iter().for_each(|text| say(at_once, text));
        now
    });
    view! {
        <div class="unseen" role="status">{calmly}</div>
        <div class="unseen" role="alert">{at_once}</div>
    }
}

/// The same words are heard again only if the text differs.
fn say(voice: RwSignal<String>, mut text: String) {
    if voice.with_untracked(|said| *said == text) {
        text.push('\u{a0}');
    }
    voice.set(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn each_change_is_said_once() {
        let words = Language::English.buying();
        let nothing = Heard::default();
        let check = |now: &Heard, calmly: Option<&str>, at_once: Option<&str>| {
            let said = news(&nothing, now, words);
            assert_eq!(said.calmly.as_deref(), calmly, "{now:?}");
            assert_eq!(said.at_once.as_deref(), at_once, "{now:?}");
            assert_eq!(news(now, now, words), News::default(), "only once");
        };
        let total = Some("20 euros".to_owned());
        check(
            &Heard {
                total,
                ..Heard::default()
            },
            Some("Total: 20 euros"),
            None,
        );
        check(
            &Heard {
                is_last_minute: true,
                ..Heard::default()
            },
            None,
            Some(words.last_minute),
        );
        check(
            &Heard {
                notice: Some("Gone: B4.".into()),
                payment: Some("Stopping.".into()),
                ..Heard::default()
            },
            Some("Stopping."),
            Some("Gone: B4."),
        );
        check(
            &Heard {
                closing: Some("It closes.".into()),
                ..Heard::default()
            },
            None,
            Some("It closes."),
        );
        check(
            &Heard {
                more_times: 1,
                ..Heard::default()
            },
            Some(words.more_time_given),
            None,
        );
    }
}
