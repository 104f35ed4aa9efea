//! A cinema's printer from which no ticket comes.

use hub_api::StoppedPrinter;
use leptos::prelude::*;

use super::words::say;
use crate::format::{clock_time, day_of, day_short};
use crate::icons::{self, Icon};
use crate::words::{Language, fill, spoken};

/// What keeps it from printing, if anything does; `today` is the cinema's.
#[component]
pub(super) fn Printer(
    printer: Memo<Option<StoppedPrinter>>,
    today: Memo<Option<String>>,
) -> impl IntoView {
    let language = spoken();
    let goes_on = say(|words| words.without_paper);
    let told = move || {
        let printer = printer.get()?;
        Some(words(&printer, today.get().as_deref(), language.get()))
    };
    view! {
        <Show when=move || printer.with(Option::is_some)>
            <section class="printer-trouble" role="status" data-testid="printer-trouble">
                <h3><Icon of=icons::PRINTER/>{told}</h3>
                <p class="quiet">{goes_on}</p>
            </section>
        </Show>
    }
}

/// The trouble and since when, with the day unless it is `today`.
fn words(printer: &StoppedPrinter, today: Option<&str>, language: Language) -> String {
    let (day, time) = (day_of(&printer.since), clock_time(&printer.since));
    let when = match today == Some(day) {
        true => time.to_owned(),
        false => format!("{} {time}", day_short(day, language)),
    };
    let text = language.head_office().printer(printer.trouble.code());
    fill(text.unwrap_or_default(), &[("when", &when)])
}

#[cfg(test)]
mod tests {
    use box_office::PrinterTrouble;

    use super::*;

    #[test]
    fn each_trouble_is_said_with_its_time_in_every_language() {
        for language in Language::ALL {
            for trouble in PrinterTrouble::ALL {
                let since = "2026-11-23T19:02:00+01:00".to_owned();
                let printer = StoppedPrinter { trouble, since };
                let told = words(&printer, Some("2026-11-23"), language);
                assert!(told.contains(" 19:02"), "{told}");
            }
        }
    }
}
