//! Which faults have met which states, and how often: what never came together is not shown by any seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use database::{Database, Error};
use service::process::Process as _;

use super::chain::{CINEMAS, Chain};
use super::faults::Kind;

/// What a cinema is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its line is up.
    LineUp,
    /// Its line is cut, or nobody is at its other end.
    LineDown,
    /// Its box is down.
    BoxDown,
    /// The hub is down.
    HubDown,
    /// A guest in the lobby holds seats.
    HeldInLobby,
    /// A guest at home holds seats.
    HeldAtHome,
    /// A card is at the terminal.
    PaidInLobby,
    /// A guest at home pays.
    PaidAtHome,
    /// A guest waits for seats that the other side is asked for.
    Asked,
    /// Seats are on their way from one side to the other.
    OnItsWay,
    /// The box has told what the hub has not acknowledged.
    Up,
    /// The hub has told what the box has not acknowledged.
    Down,
    /// A ticket is asked back, and the box has not answered.
    Revoking,
    /// Money is on its way back to a guest.
    Owed,
    /// A ticket waits to be printed.
    Paper,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::LineUp,
        Self::LineDown,
        Self::BoxDown,
        Self::HubDown,
        Self::HeldInLobby,
        Self::HeldAtHome,
        Self::PaidInLobby,
        Self::PaidAtHome,
        Self::Asked,
        Self::OnItsWay,
        Self::Up,
        Self::Down,
        Self::Revoking,
        Self::Owed,
        Self::Paper,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::LineUp => "line up",
            Self::LineDown => "line down",
            Self::BoxDown => "box down",
            Self::HubDown => "hub down",
            Self::HeldInLobby => "held lobby",
            Self::HeldAtHome => "held home",
            Self::PaidInLobby => "paid lobby",
            Self::PaidAtHome => "paid home",
            Self::Asked => "ask waits",
            Self::OnItsWay => "on its way",
            Self::Up => "up untold",
            Self::Down => "down untold",
            Self::Revoking => "revoking",
            Self::Owed => "money back",
            Self::Paper => "paper waits",
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Matrix(BTreeMap<(Kind, State), u64>);

impl Matrix {
    /// A fault has met these states.
    pub fn count(&mut self, kind: Kind, states: &BTreeSet<State>) {
        for state in states {
            *self.0.entry((kind, *state)).or_default() += 1;
        }
    }

    /// Adds what another run has seen.
    pub fn add(&mut self, other: &Self) {
        for (cell, count) in &other.0 {
            *self.0.entry(*cell).or_default() += count;
        }
    }

    fn of(&self, kind: Kind, state: State) -> u64 {
        self.0.get(&(kind, state)).copied().unwrap_or(0)
    }

    /// What can come together and did not.
    pub fn missing(&self) -> Vec<String> {
        let cells = Kind::ALL
            .into_iter()
            .flat_map(|kind| State::ALL.map(|state| (kind, state)));
        let missing = cells.filter(|(kind, state)| {
            self.of(*kind, *state) == 0 && unreachable(*kind, *state).is_none()
        });
        missing
            .map(|(kind, state)| format!("{} x {}", kind.words(), state.words()))
            .collect()
    }

    /// A table: `-` is what cannot come together.
    pub fn table(&self) -> String {
        let mut table = format!("{:16}", "");
        for state in State::ALL {
            let _ = write!(table, "{:>12}", state.words());
        }
        for kind in Kind::ALL {
            let _ = write!(table, "\n{:16}", kind.words());
            for state in State::ALL {
                let count = self.of(kind, state);
                let cell = match (count, unreachable(kind, state)) {
                    (0, Some(_)) => "-".to_owned(),
                    (count, _) => count.to_string(),
                };
                let _ = write!(table, "{cell:>12}");
            }
        }
        table
    }
}

/// Why these do not come together, if they cannot.
fn unreachable(kind: Kind, state: State) -> Option<&'static str> {
    match (kind, state) {
        (Kind::BoxKilled | Kind::BoxWithoutPower, State::BoxDown)
        | (Kind::HubKilled | Kind::HubWithoutPower, State::HubDown) => {
            Some("there is no process to end")
        }
        (Kind::HubPutBack | Kind::HubTakenAsItIs, State::HubDown) => {
            Some("there is no copy to take")
        }
        (Kind::Takeover | Kind::Moved, State::BoxDown) => Some("there is nobody to ask"),
        _ => None,
    }
}

/// What this cinema is in the middle of. A process that is down is not asked.
pub async fn states(chain: &Chain, cinema: usize, is_asked: bool, is_cut: bool) -> BTreeSet<State> {
    let mut states = BTreeSet::new();
    let mut note = |is_so: bool, state: State| {
        if is_so {
            states.insert(state);
        }
    };
    let (at, hub) = (
        chain.cinemas[cinema].host.process.as_ref(),
        chain.hub.process.as_ref(),
    );
    note(at.is_none(), State::BoxDown);
    note(hub.is_none(), State::HubDown);
    let is_down = is_cut || at.is_none() || hub.is_none();
    note(is_down, State::LineDown);
    note(!is_down, State::LineUp);
    note(is_asked, State::Asked);
    let id = CINEMAS[cinema];
    let mut epochs = Vec::new();
    if let Some(at) = at {
        let database = at.app.database();
        for (sql, state) in [
            (
                "SELECT COUNT(*) FROM hold WHERE state = 'open'",
                State::HeldInLobby,
            ),
            (
                "SELECT COUNT(*) FROM payment WHERE open = 1",
                State::PaidInLobby,
            ),
            (
                "SELECT COUNT(*) FROM stream WHERE direction = 'up' AND seq > acknowledged_seq",
                State::Up,
            ),
            (
                "SELECT COUNT(*) FROM print_job WHERE state <> 'printed' AND aside IS NULL",
                State::Paper,
            ),
        ] {
            note(count(database, sql.to_owned()).await > 0, state);
        }
        epochs.push(known(database, id).await);
    }
    if let Some(hub) = hub {
        let database = hub.app.database();
        let here = format!("SELECT key FROM showtime WHERE cinema = '{id}'");
        for (sql, state) in [
            (
                format!("SELECT COUNT(*) FROM hold WHERE state = 'open' AND showtime IN ({here})"),
                State::HeldAtHome,
            ),
            (
                format!(
                    "SELECT COUNT(*) FROM payment JOIN hold ON hold.id = payment.hold WHERE payment.open = 1 AND hold.showtime IN ({here})"
                ),
                State::PaidAtHome,
            ),
            (
                format!(
                    "SELECT COUNT(*) FROM stream WHERE direction = 'down' AND cinema = '{id}' AND seq > acknowledged_seq"
                ),
                State::Down,
            ),
            (
                format!(
                    "SELECT COUNT(*) FROM refund WHERE cinema = '{id}' AND state IN ('requested', 'revoking')"
                ),
                State::Revoking,
            ),
            (
                format!("SELECT COUNT(*) FROM refund WHERE cinema = '{id}' AND state = 'owed'"),
                State::Owed,
            ),
        ] {
            note(count(database, sql).await > 0, state);
        }
        epochs.push(known(database, id).await);
    }
    if let [at, hub] = &epochs[..] {
        note(at != hub, State::OnItsWay);
    }
    states
}

async fn count(database: &Database, sql: String) -> i64 {
    let read = database.read(move |db| db.number(&sql, &[]));
    let count: Result<i64, Error> = read.await;
    count.expect("a number")
}

/// The seats of a showtime that are the hub's and may be free there, as a box knows them.
pub async fn seats_elsewhere(database: &Database, showtime: &str) -> Vec<String> {
    let sql = format!(
        "SELECT seat.seat FROM seat JOIN showtime ON showtime.key = seat.showtime WHERE showtime.id = '{showtime}' \
         AND seat.epoch % 2 = 1 AND seat.state = 'free' \
         AND NOT EXISTS (SELECT 1 FROM seat_heard h WHERE h.showtime = seat.showtime AND h.seat = seat.seat) ORDER BY seat.place"
    );
    let read = database.read(move |db| db.query(&sql, &[], |row| row.get::<String>(0)));
    let rows: Result<Vec<_>, Error> = read.await;
    rows.expect("the seats")
}

/// The seats that have changed hands, as this side knows them.
async fn known(database: &Database, cinema: &str) -> Vec<(String, String, i64)> {
    let sql = format!(
        "SELECT showtime.id, seat.seat, seat.epoch FROM seat JOIN showtime ON showtime.key = seat.showtime \
         WHERE seat.epoch > 0 AND showtime.cinema = '{cinema}' ORDER BY 1, 2"
    );
    let read = database.read(move |db| {
        db.query(&sql, &[], |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get::<i64>(2)?,
            ))
        })
    });
    let rows: Result<Vec<_>, Error> = read.await;
    rows.expect("the seats")
}
