//! Reading a database on a server from beside the processes that have it, in one snapshot that cannot write.

use super::address::{Address, Purpose};
use super::session::Session;
use super::{lead, migration, on_a_thread, unusable};
use crate::migration::check_version;
use crate::statistics::Counters;
use crate::{Error, Migration, OpenError, Snapshot, Synchronous, WhileItRuns};

/// See [`crate::look()`].
pub(crate) fn look<T: Send>(
    url: &str,
    migrations: &[Migration],
    running: WhileItRuns,
    work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error> + Send,
) -> Result<T, OpenError> {
    let address = Address::parse(url, Synchronous::Full)?;
    on_a_thread(|| {
        let mut session = address.open(Purpose::Look).map_err(unusable)?;
        session.check_server()?;
        session.command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        if running == WhileItRuns::Refused
            && let Some(who) = lead::holder(&mut session)?
        {
            return Err(OpenError::InUse(who));
        }
        check_version(applied(&mut session)?, migrations.len())?;
        let counters = Counters::default();
        Ok(work(&mut Snapshot::new(&mut session, &counters))?)
    })
}

/// How many migrations were applied; none where there is not even a table of them.
fn applied(session: &mut Session) -> Result<usize, Error> {
    let counters = Counters::default();
    let mut server = Snapshot::new(session, &counters);
    let is_there = format!(
        "SELECT 1 FROM pg_class WHERE relname = '{}' AND pg_table_is_visible(oid)",
        migration::HISTORY
    );
    if !server.has(&is_there, &[])? {
        return Ok(0);
    }
    let count = format!("SELECT COUNT(*) FROM {}", migration::HISTORY);
    let applied = server.number(&count, &[])?;
    Ok(usize::try_from(applied).unwrap_or(usize::MAX))
}
