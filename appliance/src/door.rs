//! The door: an usher's device holds a ticket's code before the box. Who is let in is the counter's to decide, beside the seats.

pub(crate) mod routes;
