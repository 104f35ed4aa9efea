//! Logs: one line an event on standard error. The level is `FOYER_LOG` (as `info` or `appliance=debug`). No place in the program writes
//! more than a few lines a second, whoever it is that makes it write.

mod lines;
mod peers;

use std::io::IsTerminal;

use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::Clock;
pub use lines::Lines;
use peers::PeersThatGo;

/// Starts logging for the process: readable at a terminal, JSON otherwise. A second call changes nothing. What it gives tells how much
/// was withheld.
pub fn start() -> Lines {
    let filter = EnvFilter::try_from_env("FOYER_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,rumqttd=warn"));
    let lines = Lines::new(Clock::system());
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = if std::io::stderr().is_terminal() {
        layer.with_target(false).boxed()
    } else {
        layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed()
    };
    let started = tracing_subscriber::registry()
        .with(filter)
        .with(layer.with_filter(lines.clone()).with_filter(PeersThatGo))
        .try_init();
    if started.is_err() {
        tracing::debug!("logging had been started before");
    }
    lines
}
