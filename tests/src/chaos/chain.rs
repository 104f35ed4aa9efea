//! The chain of a run: a hub, a broker, whoever takes the money of guests at home, and two cinemas; and how they break.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use service::{Clock, Random};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::cinema::{Cinema, STOCK};
use super::faults::{Fault, Faults};
use super::hubs::Hubs;
use super::memory::Memory;
use super::seller::{BASE, BETWEEN_GUESTS, Seller};
use super::stored::Kept;
use super::{door, home, kiosk, till};
use crate::engine::{Engine, HubDatabase};
use crate::load::appliance_process::{JSON, Site, UNLIMITED, answers, free_address};
use crate::load::connection::Connection;
use crate::mosquitto::{self, Mosquitto};
use crate::payment_provider::{PaymentProvider, SECRET};
use crate::virtual_printer::State;
use crate::wall_clock::WallClock;

/// Tills and kiosks of a cinema: enough to have several sales in every group commit, few enough for a printer to keep up.
const TILLS: usize = 3;

/// See [`TILLS`].
const KIOSKS: usize = 3;

/// Ushers at the door of a cinema.
const USHERS: usize = 2;

/// Guests at home of a cinema, who buy one after the other.
const AT_HOME: usize = 8;

/// How many turns a cut of the line lasts.
const TURNS_IN_A_CUT: u8 = 2;

/// How long the hub may take to know the cinemas.
const KNOWS_ALL_WITHIN: Duration = Duration::from_secs(180);

/// How far ahead of the time a wall clock is set, in seconds: a minute or a day behind, or as far ahead as no showtime has begun.
const AHEAD: [i64; 7] = [-93_600, -3_660, -61, 0, 420, 10_800, 72_000];

/// How fast a run goes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest pause between two guests.
    pub between_guests: Duration,
    /// The longest between two kills.
    pub life: Duration,
}

/// See the module.
#[derive(Debug)]
pub struct Chain {
    /// The hub.
    pub hubs: Hubs,
    /// Whoever takes the cards of guests at home.
    pub provider: PaymentProvider,
    /// The cinemas.
    pub cinemas: [Cinema; 2],
    /// The payments that came to be at the provider after the hub's copy was made and before it was put back: it may know nothing of them.
    pub forgettable_payments: BTreeSet<String>,
    /// The time of the run.
    pub clock: Clock,
    folder: PathBuf,
    broker: Option<Mosquitto>,
    broker_address: SocketAddr,
    broker_settings: PathBuf,
    pace: Pace,
    random: Random,
}

impl Chain {
    /// All of it runs and sells; its files lie in `folder`.
    ///
    /// # Errors
    /// It does not come to that.
    pub async fn open(
        folder: &Path,
        programs: &Path,
        engine: Engine,
        (seed, pace): (u64, Pace),
    ) -> io::Result<Self> {
        let (clock, random) = (Clock::system(), Random::seeded(seed));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (broker_address, broker_settings) = (free_address(), folder.join("mosquitto.conf"));
        std::fs::write(&broker_settings, mosquitto::open_to_all(broker_address))?;
        let broker = Some(Mosquitto::start(&broker_settings)?);
        mosquitto::listens(broker_address, &clock).await?;

        let book = Some(folder.join("provider.book"));
        let provider = PaymentProvider::start_at(any, book, SECRET).await?;
        let hub_folder = folder.join("hub");
        let kept = HubDatabase::new(engine, &hub_folder.join("data"));
        let more = format!(
            "{UNLIMITED}trusted_proxies = [\"127.0.0.1\"]\n\n{}[broker]\naddress = \"mqtt://{broker_address}\"\n\n\
             [payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
            kept.settings(),
            provider.url()
        );
        let wall = WallClock::new(&hub_folder)?;
        let hub = Site::new(&hub_folder, programs.join("cloud-hub"), &more)?;
        let hub = hub.with(wall.variables());
        provider.tells(&format!("http://{}/api/v1/payment-events", hub.address));
        let hubs = Hubs::start(hub, (engine, kept), wall, folder, &clock).await?;

        let cinema = |name| {
            let program = programs.join("appliance");
            let folder = folder.join(name);
            async move { Cinema::new(name, &folder, program, broker_address).await }
        };
        let mut chain = Self {
            hubs,
            provider,
            cinemas: [cinema("north").await?, cinema("south").await?],
            forgettable_payments: BTreeSet::new(),
            clock,
            folder: folder.to_owned(),
            broker,
            broker_address,
            broker_settings,
            pace,
            random,
        };
        let at_hub = Kept::of(&chain.hubs.kept)?;
        for cinema in &mut chain.cinemas {
            cinema.open(&chain.clock).await?;
            // Head office makes a code, and the box takes it to the hub.
            let code = chain.hubs.site.command(&["enrol", cinema.name])?;
            let address = format!("http://{}", chain.hubs.site.address);
            (cinema.site).command(&["enrol", &code, "--hub", &address])?;
        }
        chain.both_sell(&at_hub).await?;
        Ok(chain)
    }

    /// The older copies are made that will be put back, with the devices that are paired by then.
    ///
    /// # Errors
    /// They cannot be made.
    pub async fn copy(&mut self) -> io::Result<()> {
        for cinema in &mut self.cinemas {
            cinema.copy(&self.clock).await?;
        }
        Ok(())
    }

    /// Everybody who buys, and whoever lets them in.
    ///
    /// # Errors
    /// A device cannot be paired, or a guest's session does not begin.
    pub async fn people(&self, stop: &CancellationToken) -> io::Result<JoinSet<io::Result<()>>> {
        let mut people = JoinSet::new();
        for cinema in &self.cinemas {
            let seller = |token, name: String, memory: &Memory, address| {
                let mut seller = Seller::new(
                    address,
                    token,
                    (cinema.name.to_owned(), name),
                    memory.clone(),
                    cinema.on_sale()?.clone(),
                    Random::seeded(u64::from_le_bytes(self.random.bytes())),
                    self.clock.clone(),
                    stop.clone(),
                );
                seller.pause = self.pace.between_guests;
                Ok::<_, io::Error>(seller)
            };
            let paired = async |kind: &str, number: usize| {
                let token = cinema.site.pair(kind).await?;
                let name = format!("{kind}-{number}");
                seller(token, name, &cinema.lobby, cinema.site.address)
            };
            for number in 0..TILLS {
                people.spawn(till::sell(paired("till", number).await?));
            }
            for number in 0..KIOSKS {
                let terminal = cinema.terminal.clone();
                people.spawn(kiosk::sell(paired("kiosk", number).await?, terminal));
            }
            for number in 0..USHERS {
                let (mut usher, door) = (paired("door", number).await?, cinema.door.clone());
                usher.pause = BETWEEN_GUESTS;
                people.spawn(door::admit(usher, cinema.home.clone(), door));
            }
            for number in 0..AT_HOME {
                let hub = self.hubs.site.address;
                let token = session(&mut Connection::open(hub).await?).await?;
                let name = format!("{}-home-{number}", cinema.name);
                let mut guest = seller(token, name, &cinema.home, hub)?;
                guest.base = format!("{BASE}/cinemas/{}", cinema.name);
                people.spawn(home::buy(guest));
            }
        }
        Ok(people)
    }

    /// What broke is mended, the next fault happens, and a box is killed.
    ///
    /// # Errors
    /// Something does not come back.
    pub async fn turn(&mut self, faults: &mut Faults) -> io::Result<()> {
        for cinema in &mut self.cinemas {
            cinema.printer.set(State::Ready);
            if one_in(&self.random, TURNS_IN_A_CUT) {
                cinema.heal();
            }
        }
        let fault = faults.draw(&self.random);
        self.happens(fault).await?;
        faults.count(fault);
        live_a_while(&self.random, self.pace.life).await;
        self.happens(Fault::BoxKilled).await?;
        faults.count(Fault::BoxKilled);
        Ok(())
    }

    async fn happens(&mut self, fault: Fault) -> io::Result<()> {
        let (random, clock, life) = (&self.random, &self.clock, self.pace.life);
        let which = usize::from(one_in(random, 2));
        let cinema = &mut self.cinemas[which];
        match fault {
            Fault::BoxKilled => cinema.restart(clock).await,
            Fault::HubKilled => self.hubs.kill(),
            Fault::BrokerRestarted => {
                self.broker.take().into_iter().for_each(Mosquitto::kill);
                live_a_while(random, life).await;
                self.broker = Some(Mosquitto::start(&self.broker_settings)?);
                mosquitto::listens(self.broker_address, clock).await
            }
            Fault::LineCut => {
                cinema.cut();
                Ok(())
            }
            Fault::PrinterDisturbed => {
                cinema.disturb_the_printer(random);
                Ok(())
            }
            Fault::ClockSet => {
                let [whose, how] = random.bytes::<2>();
                let wall = match whose % 3 {
                    0 => &self.hubs.wall,
                    _ => &cinema.wall,
                };
                wall.set(AHEAD[usize::from(how) % AHEAD.len()])
            }
            Fault::BoxRestored => cinema.is_put_back(clock, live_a_while(random, life)).await,
            Fault::BoxCloned => cinema.is_cloned(clock, live_a_while(random, life)).await,
            Fault::HubRestored => self.hub_is_put_back().await,
        }
    }

    /// A backup of the hub is put back: it must know it by itself, and hear from the boxes what it has forgotten, while they go on. Guests at home
    /// buy until it is killed. Now and then a line is cut meanwhile: what is sold then only its guests and the provider can know.
    async fn hub_is_put_back(&mut self) -> io::Result<()> {
        self.cinemas.iter_mut().for_each(Cinema::heal);
        for cinema in &self.cinemas {
            cinema.home.may_be_forgotten();
        }
        let file = self.folder.join("hub.backup");
        let before = self.payments_at_the_provider();
        self.hubs.back_up(&file)?;
        live_a_while(&self.random, self.pace.life).await;
        let [chance] = self.random.bytes::<1>();
        if let Some(cinema) = self.cinemas.get_mut(usize::from(chance) % 3) {
            cinema.cut();
        }
        live_a_while(&self.random, self.pace.life).await;
        let mut homes = self.cinemas.iter().map(|it| &it.home);
        let forgets = || homes.by_ref().for_each(Memory::is_forgotten);
        self.hubs.put_back(&file, forgets)?;
        // Without a line it would hear nothing.
        self.cinemas.iter_mut().for_each(Cinema::heal);
        answers(self.hubs.site.address, "/healthz", &self.clock).await?;
        let begin = self.clock.monotonic();
        for cinema in &self.cinemas {
            while !self.hubs.sells_of(cinema.name)? {
                if self.clock.monotonic().saturating_sub(begin) > KNOWS_ALL_WITHIN {
                    let name = cinema.name;
                    let words = format!("the hub that was put back does not sell of {name}");
                    cinema.home.complain(words);
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let since = self.payments_at_the_provider();
        (self.forgettable_payments).extend(since.difference(&before).cloned());
        // What it knows by now it has not forgotten.
        let known = Kept::of(&self.hubs.kept)?.stored().await?.sales;
        for cinema in &self.cinemas {
            cinema.home.is_known(&known);
        }
        Ok(())
    }

    fn payments_at_the_provider(&self) -> BTreeSet<String> {
        let charges = self.provider.sums().charges.into_iter();
        charges.map(|it| it.reference.to_string()).collect()
    }

    /// Nothing is broken any more.
    pub fn mend(&mut self) {
        for cinema in &mut self.cinemas {
            cinema.heal();
            cinema.printer.set(State::Ready);
        }
    }

    /// Boxes and hub are asked to stop.
    ///
    /// # Errors
    /// One does not.
    pub fn stop(&mut self) -> io::Result<()> {
        for cinema in &mut self.cinemas {
            cinema.stop()?;
        }
        self.hubs.stop()
    }

    /// Whether all sides have come to the same end of all streams.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn streams_equal(&self, at_hub: &Kept) -> io::Result<bool> {
        let at_hub = at_hub.present_heads().await?;
        let mut heads = 0;
        for cinema in &self.cinemas {
            let ours = Kept::File(cinema.database());
            let ours = ours.present_heads().await?;
            heads += ours.len();
            if ours.is_empty() || !ours.is_subset(&at_hub) {
                return Ok(false);
            }
        }
        Ok(heads == at_hub.len())
    }

    /// Waits until the hub knows the programmes and has seats of each showtime.
    async fn both_sell(&self, at_hub: &Kept) -> io::Result<()> {
        let begin = self.clock.monotonic();
        loop {
            let count = at_hub.showtimes_given().await?;
            let all = STOCK.showtimes() * self.cinemas.len();
            if usize::try_from(count) == Ok(all) && self.streams_equal(at_hub).await? {
                return Ok(());
            }
            if self.clock.monotonic().saturating_sub(begin) > KNOWS_ALL_WITHIN {
                return Err(io::Error::other(format!("the hub sells {count} showtimes")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn one_in(random: &Random, many: u8) -> bool {
    let [chance] = random.bytes::<1>();
    chance % many == 0
}

/// Everybody sells for a random while.
async fn live_a_while(random: &Random, longest: Duration) {
    let longest = u32::try_from(longest.as_micros()).unwrap_or(u32::MAX);
    let micros = u32::from_le_bytes(random.bytes()) % longest;
    tokio::time::sleep(Duration::from_micros(micros.into())).await;
}

/// Begins a guest's session, and gives its token.
async fn session(hub: &mut Connection) -> io::Result<String> {
    let reply = hub.send("POST", "/api/v1/guests", JSON, b"").await?;
    let head = String::from_utf8_lossy(reply.head);
    let cookie = head.split_once("foyer_guest=");
    let token = cookie.and_then(|(_, rest)| rest.split_once(';'));
    let token = token.map(|(token, _)| token.to_owned());
    let status = reply.status;
    token.ok_or_else(|| io::Error::other(format!("a session was due and came as {status}")))
}
