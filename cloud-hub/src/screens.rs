//! The screens that the hub serves.

pub(crate) mod routes;
