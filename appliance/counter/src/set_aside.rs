//! What is set aside, as `appliance status` names it.

/// Something that cannot go on and stops nothing else, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// A hold, a payment, or a piece of the catalogue.
    pub what: &'static str,
    /// Which.
    pub id: String,
    /// Which version of it, where it has versions.
    pub version: Option<u32>,
    /// Why, and what becomes of it.
    pub why: String,
}

impl SetAside {
    /// What it is called: its id, and its version where it has one.
    pub fn name(&self) -> String {
        match self.version {
            Some(version) => format!("{} version {version}", self.id),
            None => self.id.clone(),
        }
    }
}
