//! A keyboard on the screen, for a kiosk that has none: what is typed goes into the field that was touched last.

use leptos::prelude::*;

use super::state::Kiosk;
use super::words::say;
use crate::words::Language;

/// Digits, and the letters as they lie on the keyboards of the language.
fn rows(language: Language) -> [&'static str; 4] {
    match language {
        Language::English | Language::Spanish => {
            ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM-"]
        }
        Language::German => ["1234567890", "QWERTZUIOP", "ASDFGHJKL", "YXCVBNM-"],
        Language::French => ["1234567890", "AZERTYUIOP", "QSDFGHJKLM", "WXCVBN-"],
    }
}

/// A text with one more sign. Names begin words with a capital, and go on small; codes are capitals whatever is typed.
pub fn typed(text: &str, sign: char) -> String {
    let begins_a_word = text
        .chars()
        .next_back()
        .is_none_or(|last| !last.is_alphanumeric());
    let sign = match begins_a_word {
        true => sign,
        false => sign.to_ascii_lowercase(),
    };
    format!("{text}{sign}")
}

/// The keyboard. No key takes the focus away from the field.
#[component]
pub fn Keys(
    /// A sign was touched.
    on_sign: Callback<char>,
    /// The last sign is to go.
    on_delete: Callback<()>,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let (name, space, delete) = (
        say(|words| words.keyboard),
        say(|words| words.key_space),
        say(|words| words.key_delete),
    );
    let key = move |sign: char| {
        view! {
            <button type="button" class="key" data-testid=format!("key-{sign}") on:pointerdown=|event| event.prevent_default()
                on:click=move |_| on_sign.run(sign)>{sign.to_string()}</button>
        }
    };
    let rows = move || {
        rows(kiosk.language.get())
            .map(|row| view! { <div class="keys-row">{row.chars().map(key).collect_view()}</div> })
            .collect_view()
    };
    view! {
        <div class="keys-board" role="group" aria-label=name data-testid="keyboard">
            {rows}
            <div class="keys-row">
                <button type="button" class="key wide" data-testid="key-space" on:pointerdown=|event| event.prevent_default()
                    on:click=move |_| on_sign.run(' ')>{space}</button>
                <button type="button" class="key wide" data-testid="key-delete" on:pointerdown=|event| event.prevent_default()
                    on:click=move |_| on_delete.run(())>{delete}</button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_with_a_capital() {
        let name = "KIOSK BY THE STAIRS 2".chars();
        let text = name.fold(String::new(), |text, sign| typed(&text, sign));
        assert_eq!(text, "Kiosk By The Stairs 2");
    }

    #[test]
    fn every_language_can_type_every_code() {
        for language in Language::ALL {
            let all = rows(language).concat();
            let missing: Vec<_> = ('A'..='Z')
                .chain('0'..='9')
                .chain(['-'])
                .filter(|sign| !all.contains(*sign))
                .collect();
            assert!(missing.is_empty(), "{language:?}: {missing:?}");
        }
    }
}
