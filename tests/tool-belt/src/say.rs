//! What the commands say to the person who runs them.

use std::io::Write;
use std::time::Duration;

/// A line on standard output.
pub fn line(words: &str) {
    print(&format!("{words}\n"));
}

/// The beginning of a line that [`line`] ends later: `formatting .. ` before the wait, the seconds after it.
pub fn begin(words: &str) {
    print(words);
}

/// A duration as `12.3 s`.
pub fn seconds(took: Duration) -> String {
    let tenths = took.as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// Output that nobody reads any more, such as a closed pipe, is no reason to leave children behind.
fn print(words: &str) {
    let mut output = std::io::stdout().lock();
    let _ = output
        .write_all(words.as_bytes())
        .and_then(|()| output.flush());
}
