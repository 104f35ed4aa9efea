//! The browser's clock and its alarms. The time that a guest reads always comes from the box.

use std::time::Duration;

use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Time since the page was opened; it never goes back.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser counts milliseconds from 0 in a float"
)]
pub fn monotonic() -> Duration {
    let since_open_ms = window().performance().map_or(0.0, |clock| clock.now());
    Duration::from_millis(since_open_ms as u64)
}

/// Waits.
pub async fn sleep(time: Duration) {
    let milliseconds = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    let alarm = js_sys::Promise::new(&mut |wake, _| {
        // Without an alarm the promise stays open, which only happens to a page that is being closed.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&wake, milliseconds);
    });
    let _ = JsFuture::from(alarm).await;
}

/// 128 random bits as 32 hexadecimal digits: a key that makes a repeated request harmless. It also works without HTTPS,
/// where `crypto.randomUUID` does not exist.
pub fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
