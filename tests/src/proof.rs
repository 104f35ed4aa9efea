//! What others think of our tickets: a COSE library that is not ours reads them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use counter_api::TicketKey;
use serde_json::Value;

use crate::tools;

/// The claims of a ticket as PyPI's `cwt` reads them from its code, verified with this key of `/api/v1/ticket-keys`.
///
/// # Panics
/// That library refuses the ticket.
pub fn proven_elsewhere(code: &str, key: &TicketKey) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/proof/verify_ticket.py");
    let mut child = Command::new(tools::python())
        .args([script, &key.kid, &key.x])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(code.as_bytes())
        .expect("it reads the code");
    let output = child.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "the other library refuses the ticket"
    );
    serde_json::from_slice(&output.stdout).expect("the claims as JSON")
}
