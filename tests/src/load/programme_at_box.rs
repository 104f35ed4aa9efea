//! What can be sold, as the box itself tells it.

use std::io;

use serde_json::Value;

use super::connection::Connection;

/// Every showtime of the box with the seats of its room.
#[derive(Debug, Clone)]
pub struct OnSale {
    /// The first business day on which something is on.
    pub first_day: String,
    /// The showtimes.
    pub showtimes: Vec<String>,
    /// The seats of every room, in the order of the layout: the rooms are all alike.
    pub seats: Vec<String>,
}

impl OnSale {
    /// Asks the box.
    ///
    /// # Errors
    /// It does not answer as documented.
    pub async fn ask(connection: &mut Connection) -> io::Result<Self> {
        Self::ask_below(connection, "/api/v1").await
    }

    /// Asks whoever sells below this path.
    ///
    /// # Errors
    /// It does not answer as documented.
    pub async fn ask_below(connection: &mut Connection, path: &str) -> io::Result<Self> {
        let first = get(connection, &format!("{path}/programme")).await?;
        let mut showtimes = Vec::new();
        let days = texts(&first["days"]);
        let first_day = days.first().cloned().unwrap_or_default();
        for day in days {
            let programme = get(connection, &format!("{path}/programme?day={day}")).await?;
            let films = programme["films"].as_array().into_iter().flatten();
            let of_day = films.flat_map(|film| film["showtimes"].as_array().into_iter().flatten());
            showtimes
                .extend(of_day.filter_map(|showtime| Some(showtime["id"].as_str()?.to_owned())));
        }
        let any = showtimes
            .first()
            .ok_or_else(|| io::Error::other("nothing is on"))?;
        let showtime = get(connection, &format!("{path}/showtimes/{any}")).await?;
        let places = showtime["layout"]["places"]
            .as_array()
            .into_iter()
            .flatten();
        let seats = places
            .filter_map(|place| Some(place["seat"].as_str()?.to_owned()))
            .collect();
        Ok(Self {
            first_day,
            showtimes,
            seats,
        })
    }

    /// How many pairs of neighbours there are in all rooms together.
    pub fn pairs(&self) -> usize {
        self.showtimes.len() * (self.seats.len() / 2)
    }

    /// A pair of neighbours by its number, those with numbers that follow one another in showtimes of their own.
    pub fn spread_pair(&self, number: usize) -> Option<(&str, &str, &str)> {
        let showtimes = self.showtimes.len().max(1);
        let in_room = self.seats.len() / 2;
        let (showtime, in_it) = (number % showtimes, number / showtimes);
        let known = in_it < in_room;
        known
            .then(|| self.pair(showtime * in_room + in_it))
            .flatten()
    }

    /// A pair of neighbours by its number: showtime and seats.
    pub fn pair(&self, number: usize) -> Option<(&str, &str, &str)> {
        let in_room = self.seats.len() / 2;
        let showtime = self.showtimes.get(number / in_room.max(1))?;
        let first = number % in_room * 2;
        Some((showtime, self.seats.get(first)?, self.seats.get(first + 1)?))
    }
}

/// A GET whose answer is JSON.
///
/// # Errors
/// The connection broke, or it was refused; the text is what was said.
pub async fn get(connection: &mut Connection, path: &str) -> io::Result<Value> {
    let reply = connection.send("GET", path, "", b"").await?;
    if reply.status != 200 {
        return Err(io::Error::other(format!(
            "{path}: {} {}",
            reply.status,
            String::from_utf8_lossy(reply.body)
        )));
    }
    serde_json::from_slice(reply.body).map_err(io::Error::other)
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}
