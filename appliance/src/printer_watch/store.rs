//! SQL of what head office was told of the printer.

use box_office::PrinterTrouble;
use database::{Error, Snapshot, Tx, params};

use super::Told;

/// What it was told last of a printer that does not print.
pub(super) fn told(db: &mut Snapshot<'_>) -> Result<Option<Told>, Error> {
    let sql = "SELECT trouble, since_ms FROM printer_told";
    db.first(sql, params![], |row| {
        Ok(Told {
            trouble: row.one_of(0, PrinterTrouble::ALL, PrinterTrouble::code)?,
            since: row.get(1)?,
        })
    })
}

pub(super) fn put(tx: &mut Tx<'_>, told: &Told) -> Result<(), Error> {
    let sql = "INSERT INTO printer_told (one, trouble, since_ms) VALUES (1, $1, $2) \
         ON CONFLICT (one) DO UPDATE SET trouble = excluded.trouble, since_ms = excluded.since_ms";
    let row = params![told.trouble.code(), told.since.as_millisecond()];
    tx.execute(sql, row).map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("DELETE FROM printer_told", params![]).map(drop)
}
