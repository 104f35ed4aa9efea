//! What the box says of itself: the status line of the screens, and whether it is ready.

pub(crate) mod routes;

use crate::app::App;
use counter::Fault;

/// Whether the box can sell: it really asks the database and its writer.
pub(crate) async fn ready(app: &App) -> Result<(), Fault> {
    Ok(app.database.check().await?)
}
