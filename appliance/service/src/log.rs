//! Logs: one line an event on standard error. The level is `FOYER_LOG` (as `info` or `appliance=debug`).

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging for the process: readable at a terminal, JSON otherwise. A second call changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_env("FOYER_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,rumqttd=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init()
    };
    if started.is_err() {
        tracing::debug!("logging had been started before");
    }
}
