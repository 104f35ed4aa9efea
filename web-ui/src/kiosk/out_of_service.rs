//! This device cannot sell: what is wrong, the short code for the staff, the device's name, and where else to buy.

use leptos::prelude::*;

use super::state::Kiosk;
use super::words::say;
use crate::icons::{self, Icon};

/// The screen of a kiosk that cannot sell.
#[component]
pub fn OutOfServiceScreen(
    /// The short code of the reason.
    code: String,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let device = move || {
        kiosk
            .status
            .with(|status| status.as_ref().and_then(|status| status.device.clone()))
    };
    let reason_of = code.clone();
    let reason = move || {
        let words = kiosk.language.get().kiosk();
        words.fault(&reason_of).unwrap_or(words.fault_other)
    };
    let (title, elsewhere) = (
        say(|words| words.out_of_service),
        say(|words| words.buy_elsewhere),
    );
    view! {
        <section class="out-of-service screen" role="status">
            <Icon of=icons::TRIANGLE_ALERT/>
            <h1>{title}</h1>
            <p data-testid="fault-reason">{reason}</p>
            <p>{elsewhere}</p>
            <p class="fault-code"><strong data-testid="fault-code">{code}</strong><span class="quiet" data-testid="device-name">{device}</span></p>
        </section>
    }
}
