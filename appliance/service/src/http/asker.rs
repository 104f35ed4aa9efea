//! Who asks, for whoever counts: a known device, or an address.

use super::Peer;

/// Whose allowance a request uses up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asker {
    Device(String),
    Address(Peer),
}
