//! What a write must have to itself.

/// What a write must have to itself. SQLite has one writer and needs nothing; on PostgreSQL it is an advisory lock, without which a
/// load, a decision and a save would interleave with another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One thing: the kind and the id.
    Of(&'static str, String),
    /// Nothing: the write is a single statement, or one that bears company.
    Nothing,
}

impl Scope {
    /// One thing, such as `("showtime", showtime.as_str())`.
    pub fn of(kind: &'static str, id: impl Into<String>) -> Self {
        Self::Of(kind, id.into())
    }
}
