//! What is set aside, as `appliance status` names it.

/// Something that cannot go on and stops nothing else, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// A hold, a payment, or a piece of the catalogue.
    pub what: &'static str,
    /// Which.
    pub id: String,
    /// Why, and what becomes of it.
    pub why: String,
}
