//! The selling part of an OpenAPI document, for whoever composes a counter.

use utoipa::OpenApi;

use crate::{checkout, programme, refunds, seats, tickets};

/// The routes that everybody may ask: [`crate::routes::everyone`].
#[derive(Debug, OpenApi)]
#[openapi(paths(
    programme::routes::cinema,
    programme::routes::day,
    programme::routes::poster,
    programme::routes::showtime,
    seats::routes::seat_map,
    seats::routes::seat_events,
    seats::routes::best_available,
    tickets::routes::ticket,
    tickets::routes::code,
    tickets::routes::keys,
))]
pub struct Everyone;

/// The routes of those who buy: [`crate::routes::buyers`].
#[derive(Debug, OpenApi)]
#[openapi(paths(
    checkout::routes::under_way,
    checkout::routes::hold,
    checkout::routes::look,
    checkout::routes::choose,
    checkout::routes::extend,
    checkout::routes::release,
    checkout::routes::tender,
    checkout::routes::cancel,
    checkout::routes::settle,
    checkout::routes::sale,
    checkout::routes::page_code,
    checkout::routes::hand_over,
))]
pub struct Buyers;

/// The routes of those who bought online: [`crate::routes::buyers_online`].
#[derive(Debug, OpenApi)]
#[openapi(paths(refunds::routes::ask, refunds::routes::look))]
pub struct BuyersOnline;
