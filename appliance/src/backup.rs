//! `backup` and `restore` of the box: from beside it, and in its place.

use std::path::Path;

use service::backup::Backups;

use crate::migrations::MIGRATIONS;

/// The backups of a box with this data folder.
pub fn of(folder: &Path) -> Backups<'_> {
    Backups {
        process: "box",
        folder,
        name: "appliance",
        migrations: MIGRATIONS,
        way_back: "The box sells nothing until somebody has decided: what was sold since is missing, and seats that it has may have been sold at home. Have head office replace it (`cloud-hub replace`), and nothing is sold twice; or see `appliance status`",
    }
}
