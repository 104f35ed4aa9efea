//! SQL of how the hub sells each cinema's seats: at the hub as it was told, at a box as it was heard.

use box_office::CinemaId;
use database::{Error, Snapshot, Tx, params};

use crate::ports::OnlineSales;

/// How the hub sells a cinema's seats, if it does; nothing, if that was never said.
pub(super) fn find(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Option<Option<OnlineSales>>, Error> {
    let sql = "SELECT end_before_start_min FROM online_sales WHERE cinema = $1";
    db.first(sql, params![cinema.as_str()], |row| {
        let end_before_start_min: Option<u16> = row.get(0)?;
        Ok(
            end_before_start_min.map(|end_before_start_min| OnlineSales {
                end_before_start_min,
            }),
        )
    })
}

pub(super) fn put(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    sales: Option<OnlineSales>,
) -> Result<(), Error> {
    let sql = "INSERT INTO online_sales (cinema, end_before_start_min) VALUES ($1, $2) \
        ON CONFLICT (cinema) DO UPDATE SET end_before_start_min = excluded.end_before_start_min";
    let end = sales.map(|sales| sales.end_before_start_min);
    tx.execute(sql, params![cinema.as_str(), end]).map(drop)
}
