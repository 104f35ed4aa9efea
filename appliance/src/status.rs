//! What the box says of itself: the status line of the screens.

pub(crate) mod routes;
