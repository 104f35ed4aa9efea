//! The screens that the box serves.

pub(crate) mod routes;
