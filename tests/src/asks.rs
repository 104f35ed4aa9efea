//! What a guest at home waits for seats that the cinema has: hub and box are processes of their own, with the hub's broker between them on this
//! machine. Beside it, in turn, what a hold takes of seats that the hub has itself and asks nobody for.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use service::Clock;
use tokio::task::JoinSet;

use crate::chaos::stored::{self, Kept};
use crate::load::appliance_process::{JSON, Site, UNLIMITED, free_address, programs};
use crate::load::connection::{Connection, find, text_after};
use crate::load::disk::micros;
use crate::load::figure::{Better, Figure, Target, Unit, percentile};
use crate::load::hall::{CINEMA, Hall};
use crate::load::programme_at_box::OnSale;
use crate::payment_provider::{PaymentProvider, SECRET};

/// More seats than are asked for, in so many showtimes that no crowd wants one of them.
const STOCK: Hall = Hall { rooms: 10, days: 4 };

/// As many guests come one after the other, of each kind.
const ONE_BY_ONE: usize = 500;

/// So many come a second, for so long.
const A_SECOND: u32 = 50;
const SECONDS: usize = 20;

/// How long the two may take until each has seats of every showtime.
const BOTH_SELL_WITHIN: Duration = Duration::from_secs(120);

/// Measures it in `folder`.
///
/// # Errors
/// A process could not be run or asked, or a guest was told what no guest should be.
pub async fn measure(folder: &Path, emit: &mut dyn FnMut(Figure)) -> io::Result<()> {
    let (programs, clock) = (programs(&["appliance", "cloud-hub"])?, &Clock::system());
    let folder = folder.join("asks");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let provider = PaymentProvider::start_at(any, None, SECRET).await?;
    let site = Site::new(&folder.join("box"), programs.join("appliance"), UNLIMITED)?;
    let more = format!(
        "{UNLIMITED}trusted_proxies = [\"127.0.0.1\"]\n\n[broker]\nlisten = \"{}\"\n\n[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        free_address(),
        provider.url()
    );
    let hub = Site::new(&folder.join("hub"), programs.join("cloud-hub"), &more)?;
    site.import(&STOCK.programme())?;
    let (of_box, of_hub) = (site.start(&[])?, hub.start(&[])?);
    site.ready(clock).await?;
    hub.ready(clock).await?;
    let code = hub.command(&["enrol", CINEMA])?;
    let address = format!("http://{}", hub.address);
    site.command(&["enrol", &code, "--hub", &address])?;
    let on_sale = OnSale::ask(&mut Connection::open(site.address).await?).await?;
    let mut stock = both_sell(&site, &hub, &on_sale, clock).await?;

    let mut guests = Guests {
        hub: hub.address,
        clock: clock.clone(),
        number: 0,
    };
    let (mut asked, mut own) = (Vec::new(), Vec::new());
    for _ in 0..ONE_BY_ONE {
        asked.push(guests.next().holds(stock.take(Whose::Cinema)?).await?);
        own.push(guests.next().holds(stock.take(Whose::Hub)?).await?);
    }
    let (asked, own) = (in_order(&asked), in_order(&own));
    let figure = |name: &str, measured, unit, limit, target| Figure {
        name: name.to_owned(),
        measured,
        unit,
        better: Better::Lower,
        limit,
        target,
    };
    let limit = "a hold of seats that nobody is asked for";
    for (name, per_thousand) in [("p50", 500), ("p99", 990)] {
        emit(figure(
            &format!("ask_round_trip_{name}"),
            percentile(&asked, per_thousand),
            Unit::Milliseconds,
            Some((limit, percentile(&own, per_thousand))),
            Target::None,
        ));
    }
    let rush = guests.rush(&mut stock).await?;
    let too_slow = rush.iter().filter(|it| it.is_none()).count();
    let held = in_order(&rush);
    emit(figure(
        "ask_round_trip_50_guests_p99",
        percentile(&held, 990),
        Unit::Milliseconds,
        Some((limit, percentile(&own, 990))),
        Target::None,
    ));
    emit(figure(
        "asks_too_slow_50_guests",
        too_slow as u64 * 1_000 / rush.len().max(1) as u64,
        Unit::InAThousand,
        None,
        Target::Fixed(1),
    ));
    of_box.stop()?;
    of_hub.stop()
}

fn in_order(times: &[Option<u64>]) -> Vec<u64> {
    let mut times: Vec<u64> = times.iter().flatten().copied().collect();
    times.sort_unstable();
    times
}

/// Whose seats somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Cinema,
    Hub,
}

/// A showtime and two neighbours.
type Pair = (String, String, String);

/// Neighbours that are one side's.
struct Stock(BTreeMap<Whose, Vec<Pair>>);

impl Stock {
    fn take(&mut self, whose: Whose) -> io::Result<Pair> {
        let pair = self.0.get_mut(&whose).and_then(Vec::pop);
        pair.ok_or_else(|| io::Error::other(format!("{whose:?} has too few seats")))
    }
}

/// Waits until the hub has seats of every showtime, and the box has heard so.
async fn both_sell(site: &Site, hub: &Site, on_sale: &OnSale, clock: &Clock) -> io::Result<Stock> {
    let (at_box, at_hub) = (
        site.data().join("appliance.db"),
        Kept::File(hub.data().join("hub.db")),
    );
    let begin = clock.monotonic();
    loop {
        let given = at_hub.showtimes_given().await?;
        if usize::try_from(given) == Ok(STOCK.showtimes()) && stored::unacknowledged(&at_box)? == 0
        {
            break;
        }
        if clock.monotonic().saturating_sub(begin) > BOTH_SELL_WITHIN {
            return Err(io::Error::other(format!("the hub sells {given} showtimes")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // One pair of each side of a showtime at a time, so that no two guests meet.
    let mut stock = Stock(BTreeMap::new());
    for showtime in &on_sale.showtimes {
        let Some((here, there)) = stored::allotted(&at_box, showtime)? else {
            continue;
        };
        for (whose, seats) in [(Whose::Cinema, here), (Whose::Hub, there)] {
            let pairs = seats.chunks_exact(2).filter(|pair| are_neighbours(pair));
            let pairs = pairs.step_by(4).take(8);
            let pairs = pairs.map(|pair| (showtime.clone(), pair[0].clone(), pair[1].clone()));
            stock.0.entry(whose).or_default().extend(pairs);
        }
    }
    Ok(stock)
}

/// Whether these are an odd seat and the next of its row: no single seat is left beside them.
fn are_neighbours(pair: &[String]) -> bool {
    let number = |seat: &String| seat[1..].parse::<u32>().unwrap_or(0);
    let same_row = pair[0].chars().next() == pair[1].chars().next();
    same_row && number(&pair[0]) % 2 == 1 && number(&pair[0]) + 1 == number(&pair[1])
}

/// Those who come.
struct Guests {
    hub: SocketAddr,
    clock: Clock,
    number: u16,
}

/// One of them, at an address of their own.
struct Guest {
    hub: SocketAddr,
    clock: Clock,
    number: u16,
}

impl Guests {
    fn next(&mut self) -> Guest {
        self.number += 1;
        Guest {
            hub: self.hub,
            clock: self.clock.clone(),
            number: self.number,
        }
    }

    /// Fifty a second, whether those before them have been answered or not.
    async fn rush(&mut self, stock: &mut Stock) -> io::Result<Vec<Option<u64>>> {
        let mut come = tokio::time::interval(Duration::from_secs(1) / A_SECOND);
        let mut there = JoinSet::new();
        for _ in 0..A_SECOND as usize * SECONDS {
            come.tick().await;
            there.spawn(self.next().holds(stock.take(Whose::Cinema)?));
        }
        let mut took = Vec::new();
        while let Some(held) = there.join_next().await {
            took.push(held.map_err(io::Error::other)??);
        }
        Ok(took)
    }
}

impl Guest {
    /// Holds two seats, and says how long it took in microseconds; nothing, if they were out of reach.
    async fn holds(self, (showtime, first, second): Pair) -> io::Result<Option<u64>> {
        let mut connection = Connection::open(self.hub).await?;
        let [a, b] = self.number.to_be_bytes();
        let from = format!("x-forwarded-for: {}\r\n", Ipv4Addr::new(10, 1, a, b));
        let headers = format!("{JSON}{from}");
        let reply = connection
            .send("POST", "/api/v1/guests", &headers, b"")
            .await?;
        let token = String::from_utf8_lossy(reply.head).into_owned();
        let token = token.split_once("foyer_guest=");
        let token = token.and_then(|(_, rest)| rest.split_once(';'));
        let (token, _) = token.ok_or_else(|| io::Error::other("a session was due"))?;
        let headers = format!(
            "{headers}authorization: Bearer {token}\r\nidempotency-key: guest-{}\r\n",
            self.number
        );
        let path = format!("/api/v1/cinemas/{CINEMA}/showtimes/{showtime}/holds");
        let body = format!(r#"{{"seats":[{{"seat":"{first}"}},{{"seat":"{second}"}}]}}"#);
        let begin = self.clock.monotonic();
        let reply = connection
            .send("POST", &path, &headers, body.as_bytes())
            .await?;
        let took = micros(self.clock.monotonic().saturating_sub(begin));
        let is_out_of_reach = find(reply.body, b"seats_out_of_reach").is_some();
        match (reply.status, text_after(reply.body, "\"id\":\"")) {
            (201, Some(_)) => Ok(Some(took)),
            (409, _) if is_out_of_reach => Ok(None),
            (status, _) => Err(io::Error::other(format!(
                "{path}: {status} {}",
                String::from_utf8_lossy(reply.body)
            ))),
        }
    }
}
