//! The HTTP of selling, route by route, below a base path that whoever composes the counter chooses: it has `{cinema}` in it where a counter
//! serves several. Who buys is put into the request by the composer's own layer, as an extension with a `Buyer`.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::counter::Counter;
use crate::{checkout, programme, refunds, seats, tickets};

/// What everybody may see: the programme, the seats, tickets by their ids.
pub fn everyone() -> Router<Counter> {
    Router::new()
        .route("/cinema", get(programme::routes::cinema))
        .route("/programme", get(programme::routes::day))
        .route("/films/{id}/poster.svg", get(programme::routes::poster))
        .route("/showtimes/{id}", get(programme::routes::showtime))
        .route("/showtimes/{id}/seats", get(seats::routes::seat_map))
        .route(
            "/showtimes/{id}/seats/events",
            get(seats::routes::seat_events),
        )
        .route(
            "/showtimes/{id}/best-available",
            get(seats::routes::best_available),
        )
        .route("/ticket-keys", get(tickets::routes::keys))
        .route("/tickets/{id}", get(tickets::routes::ticket))
        .route("/tickets/{id}/code.svg", get(tickets::routes::code))
}

/// What only a buyer may do.
pub fn buyers() -> Router<Counter> {
    Router::new()
        .route("/showtimes/{id}/holds", post(checkout::routes::hold))
        .route("/holds", get(checkout::routes::under_way))
        .route(
            "/holds/{id}",
            get(checkout::routes::look).delete(checkout::routes::release),
        )
        .route("/holds/{id}/seats", put(checkout::routes::choose))
        .route("/holds/{id}/extend", post(checkout::routes::extend))
        .route("/holds/{id}/tenders", post(checkout::routes::tender))
        .route("/holds/{id}/settle", post(checkout::routes::settle))
        .route("/tenders/{id}", delete(checkout::routes::cancel))
        .route("/sales/{id}", get(checkout::routes::sale))
        .route("/sales/{id}/page.svg", get(checkout::routes::page_code))
        .route("/sales/{id}/handed-over", post(checkout::routes::hand_over))
}

/// What only those may do who bought online: at a box, tickets go back at the till.
pub fn buyers_online() -> Router<Counter> {
    Router::new().route(
        "/sales/{id}/refunds",
        post(refunds::routes::ask).get(refunds::routes::look),
    )
}

/// The pages of tickets and orders, for phones.
pub fn pages() -> Router<Counter> {
    Router::new()
        .route("/tickets/{id}", get(tickets::routes::page))
        .route("/orders/{id}", get(tickets::routes::order))
        .route("/tickets/page.css", get(tickets::routes::style))
}
