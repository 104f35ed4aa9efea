//! One whole run: guests in the lobby and at home buy, box and hub are killed and started again at random moments, the line between them
//! is cut, then the reckoning.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use database::WhileItRuns;
use serde::Serialize;
use service::{Clock, Random};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::audit::{Evidence, Verdict, audit};
use super::memory::Memory;
use super::papers::{Papers, by_code};
use super::seller::{BASE, Seller};
use super::stored::{self, Kept, Stored, Unfinished};
use super::taken::{at_the_terminal, by_the_provider};
use super::{door, home, kiosk, till};
use crate::cable::Cable;
use crate::card_terminal::CardTerminalSimulator;
use crate::engine::{Engine, HubDatabase};
use crate::load::appliance_process::{Running, Site, UNLIMITED, free_address, programs};
use crate::load::connection::Connection;
use crate::load::hall::{CINEMA, Hall};
use crate::load::programme_at_box::{OnSale, get};
use crate::payment_provider::{PaymentProvider, SECRET};
use crate::proving;
use crate::virtual_printer::{State, VirtualPrinter};

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What chance begins with.
    pub seed: u64,
    /// Where the hub keeps its database.
    pub engine: Engine,
    /// When it ends.
    pub ends: Ends,
}

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// After so many kills.
    Kills(u64),
    /// After so many minutes.
    Minutes(u64),
}

/// The last line of standard output.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    seed: u64,
    kills: u64,
    faults: u64,
    minutes: f64,
    seats_sold: u64,
    seats_sold_online: u64,
    seats_sold_in_cuts: u64,
    double_sales: u64,
    custody_disagreements: u64,
    captured_without_ticket_or_refund: u64,
    admitted: u64,
    tickets_wrongly_refused: u64,
    answered_sales_lost: u64,
    money_unexplained_minor: u64,
    streams_equal: bool,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The last line.
    pub summary: Summary,
    /// What was found.
    pub verdict: Verdict,
}

/// Tills and kiosks: enough to have several sales in every group commit, few enough for a printer to keep up.
const TILLS: usize = 5;

/// See [`TILLS`].
const KIOSKS: usize = 3;

/// Ushers at the door.
const USHERS: usize = 2;

/// Guests at home, who buy one after the other.
const AT_HOME: usize = 3;

/// Two rooms on two days: small enough that sellers meet on the same seats, large enough for a long run.
const STOCK: Hall = Hall { rooms: 6, days: 5 };

/// The longest that a box lives before it is killed, from its first answer on.
const LONGEST_LIFE: Duration = Duration::from_millis(700);

/// How many lives the box has for one of the hub's.
const HUB_LIVES: u8 = 8;

/// How many lives the box has between two cuts of the line, and in a cut.
const LIVES_BETWEEN_CUTS: u8 = 4;
const LIVES_IN_A_CUT: u8 = 2;

/// How long payments, papers and streams may take to come to rest at the end.
const COMES_TO_REST_WITHIN: Duration = Duration::from_secs(180);

/// What outlives the box.
struct World {
    site: Site,
    hub: Site,
    kept_by_hub: HubDatabase,
    cable: Cable,
    terminal: Arc<CardTerminalSimulator>,
    provider: PaymentProvider,
    printer: VirtualPrinter,
    clock: Clock,
    random: Random,
}

/// Runs it in `folder`.
///
/// # Errors
/// The run itself could not be made; what the box did wrong is in the outcome.
pub async fn run(settings: Settings, folder: &Path) -> io::Result<Outcome> {
    let programs = programs(&["appliance", "cloud-hub"])?;
    let world = World::new(folder, &programs, settings).await?;
    let begin = world.clock.monotonic();
    world.site.import(&STOCK.programme())?;
    let mut running = world.site.start(&[])?;
    world.site.ready(&world.clock).await?;
    let mut hubs = Hubs::start(&world, settings.engine, folder).await?;
    world.enrol()?;
    let at_hub = Kept::of(&world.kept_by_hub)?;
    world.both_sell(&at_hub).await?;
    let (memories, stop) = (Memories::default(), CancellationToken::new());
    let mut sellers = world.sellers(&memories, &stop).await?;
    let (mut kills, mut other_faults) = (0, 0);
    let mut cuts = Cuts::default();
    while !settings
        .ends
        .reached(kills, world.clock.monotonic().saturating_sub(begin))
    {
        other_faults += world.disturb_the_printer() + cuts.go_on(&world, &memories);
        world.live_a_while().await;
        if world.one_in(HUB_LIVES) {
            hubs.kill()?;
            other_faults += 1;
        }
        running.kill();
        kills += 1;
        running = world.site.start(&[])?;
        world.site.ready(&world.clock).await?;
        if let Some(ended) = sellers.try_join_next() {
            ended.map_err(io::Error::other)??;
        }
    }
    stop.cancel();
    cuts.end(&world, &memories);
    world.printer.set(State::Ready);
    while let Some(ended) = sellers.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    let papers = world.come_to_rest(&at_hub).await?;
    let came = [&memories.lobby, &memories.home].map(Memory::admissions);
    let lobby = world.lobby(&memories.lobby, papers, &at_hub).await?;
    let home = world.home(&memories.home, &at_hub).await?;
    let mut verdict = audit(&lobby, Some(&home));
    came.into_iter().for_each(|came| verdict.at_the_door(came));
    running.stop()?;
    hubs.stop()?;
    drop(at_hub);
    verdict.add(&world.prove()?);
    let minutes = world.clock.monotonic().saturating_sub(begin);
    Ok(Outcome {
        summary: summary(
            settings.seed,
            (kills, kills + other_faults),
            (minutes, cuts.seats_sold),
            &verdict,
        ),
        verdict,
    })
}

/// The hub, and over a server another process that stands by it and has its place once it is gone.
struct Hubs(VecDeque<(Site, Running)>);

impl Hubs {
    async fn start(world: &World, engine: Engine, folder: &Path) -> io::Result<Self> {
        let running = world.hub.start(&[])?;
        world.hub.ready(&world.clock).await?;
        let mut hubs = VecDeque::from([(world.hub.clone(), running)]);
        if engine == Engine::Postgres {
            let other = world.hub.stand_by(&folder.join("hub-that-stands-by"))?;
            let running = other.start(&[])?;
            hubs.push_back((other, running));
        }
        Ok(Self(hubs))
    }

    /// Whoever has the database is killed, and begins again as the one that stands by, if there are two.
    fn kill(&mut self) -> io::Result<()> {
        if let Some((site, running)) = self.0.pop_front() {
            running.kill();
            let running = site.start(&[])?;
            self.0.push_back((site, running));
        }
        Ok(())
    }

    fn stop(self) -> io::Result<()> {
        // Whoever stands by first, or it would begin.
        for (_, running) in self.0.into_iter().rev() {
            running.stop()?;
        }
        Ok(())
    }
}

/// What was heard in the lobby, and what at home.
#[derive(Debug, Default)]
struct Memories {
    lobby: Memory,
    home: Memory,
}

impl Memories {
    fn sales_heard(&self) -> usize {
        self.lobby.sales_heard() + self.home.sales_heard()
    }
}

/// The cuts of the line, and what was sold in them.
#[derive(Debug, Default)]
struct Cuts {
    /// The sales that were heard of when the line was cut, while it is.
    heard_before: Option<usize>,
    seats_sold: u64,
}

impl Cuts {
    /// The line is cut, or put in again, by chance; says how many faults that was.
    fn go_on(&mut self, world: &World, memories: &Memories) -> u64 {
        match self.heard_before {
            None if world.one_in(LIVES_BETWEEN_CUTS) => {
                world.cable.pull();
                self.heard_before = Some(memories.sales_heard());
                1
            }
            Some(_) if world.one_in(LIVES_IN_A_CUT) => {
                self.end(world, memories);
                0
            }
            None | Some(_) => 0,
        }
    }

    fn end(&mut self, world: &World, memories: &Memories) {
        if let Some(before) = self.heard_before.take() {
            // Everybody buys two seats.
            self.seats_sold += 2 * (memories.sales_heard() - before) as u64;
        }
        world.cable.put_in();
    }
}

impl Ends {
    fn reached(self, kills: u64, time: Duration) -> bool {
        match self {
            Self::Kills(most) => kills >= most,
            Self::Minutes(minutes) => time >= Duration::from_secs(minutes * 60),
        }
    }
}

impl World {
    async fn new(folder: &Path, programs: &Path, settings: Settings) -> io::Result<Self> {
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let journal = Some(folder.join("terminal.journal"));
        let terminal = Arc::new(CardTerminalSimulator::start_at(any, any, journal).await?);
        let printer = VirtualPrinter::start_at(any, any).await?;
        let more = format!(
            "{UNLIMITED}\n[printer]\naddress = \"{}\"\n\n[terminal]\nsimulated = \"{}\"\n",
            printer.address(),
            terminal.address()
        );
        let site = Site::new(&folder.join("box"), programs.join("appliance"), &more)?;
        let hub_folder = folder.join("hub");
        let kept_by_hub = HubDatabase::new(settings.engine, &hub_folder.join("data"));
        let broker = free_address();
        let cable = Cable::to(broker).await;
        let book = Some(folder.join("provider.book"));
        let provider = PaymentProvider::start_at(any, book, SECRET).await?;
        let more = format!(
            "{UNLIMITED}trusted_proxies = [\"127.0.0.1\"]\n\n{}[broker]\nlisten = \"{broker}\"\naddress_for_boxes = \"mqtt://{}\"\n\n\
             [payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
            kept_by_hub.settings(),
            cable.near(),
            provider.url()
        );
        let hub = Site::new(&hub_folder, programs.join("cloud-hub"), &more)?;
        provider.tells(&format!("http://{}/api/v1/payment-events", hub.address));
        Ok(Self {
            site,
            hub,
            kept_by_hub,
            cable,
            terminal,
            provider,
            printer,
            clock: Clock::system(),
            random: Random::seeded(settings.seed),
        })
    }

    async fn sellers(
        &self,
        memories: &Memories,
        stop: &CancellationToken,
    ) -> io::Result<JoinSet<io::Result<()>>> {
        let on_sale = OnSale::ask(&mut Connection::open(self.site.address).await?).await?;
        let mut sellers = JoinSet::new();
        for number in 0..TILLS + KIOSKS {
            let kind = if number < TILLS { "till" } else { "kiosk" };
            let token = self.site.pair(kind).await?;
            let seller = Seller::new(
                self.site.address,
                token,
                format!("{kind}-{number}"),
                memories.lobby.clone(),
                on_sale.clone(),
                Random::seeded(u64::from_le_bytes(self.random.bytes())),
                self.clock.clone(),
                stop.clone(),
            );
            match number < TILLS {
                true => drop(sellers.spawn(till::sell(seller))),
                false => drop(sellers.spawn(kiosk::sell(seller, Arc::clone(&self.terminal)))),
            }
        }
        for number in 0..USHERS {
            let usher = Seller::new(
                self.site.address,
                self.site.pair("door").await?,
                format!("usher-{number}"),
                memories.lobby.clone(),
                on_sale.clone(),
                Random::seeded(u64::from_le_bytes(self.random.bytes())),
                self.clock.clone(),
                stop.clone(),
            );
            sellers.spawn(door::admit(usher, memories.home.clone()));
        }
        for number in 0..AT_HOME {
            let mut guest = Seller::new(
                self.hub.address,
                session(&mut Connection::open(self.hub.address).await?).await?,
                format!("home-{number}"),
                memories.home.clone(),
                on_sale.clone(),
                Random::seeded(u64::from_le_bytes(self.random.bytes())),
                self.clock.clone(),
                stop.clone(),
            );
            guest.base = format!("{BASE}/cinemas/{CINEMA}");
            sellers.spawn(home::buy(guest));
        }
        Ok(sellers)
    }

    /// Waits until the hub knows the programme and has seats of each showtime.
    async fn both_sell(&self, at_hub: &Kept) -> io::Result<()> {
        let begin = self.clock.monotonic();
        loop {
            let count = at_hub.showtimes_given().await?;
            if usize::try_from(count) == Ok(STOCK.showtimes()) && self.streams_equal(at_hub).await?
            {
                return Ok(());
            }
            if self.clock.monotonic().saturating_sub(begin) > COMES_TO_REST_WITHIN {
                return Err(io::Error::other(format!("the hub sells {count} showtimes")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Head office makes a code, and the box takes it to the hub.
    fn enrol(&self) -> io::Result<()> {
        let code = self.hub.command(&["enrol", CINEMA])?;
        let address = format!("http://{}", self.hub.address);
        self.site
            .command(&["enrol", &code, "--hub", &address])
            .map(drop)
    }

    fn one_in(&self, many: u8) -> bool {
        let [chance] = self.random.bytes::<1>();
        chance % many == 0
    }

    /// One time in four something happens to the printer too, and what happened to it before is mended; says how many faults it was.
    fn disturb_the_printer(&self) -> u64 {
        let [chance, bytes] = self.random.bytes::<2>();
        self.printer.set(State::Ready);
        match chance % 16 {
            0 | 1 => self.printer.fail_after(usize::from(bytes) * 8),
            2 => self.printer.set(State::PaperOut),
            3 => self.printer.lose_next_answer(),
            _ => return 0,
        }
        1
    }

    /// The box sells for a random while.
    async fn live_a_while(&self) {
        let longest = u32::try_from(LONGEST_LIFE.as_micros()).unwrap_or(u32::MAX);
        let micros = u32::from_le_bytes(self.random.bytes()) % longest;
        tokio::time::sleep(Duration::from_micros(micros.into())).await;
    }

    fn database(&self) -> PathBuf {
        self.site.data().join("appliance.db")
    }

    /// Whether both sides have come to the same end of both streams.
    async fn streams_equal(&self, at_hub: &Kept) -> io::Result<bool> {
        let ours = Kept::File(self.database()).stream_heads().await?;
        Ok(!ours.is_empty() && ours == at_hub.stream_heads().await?)
    }

    /// What both databases say, once nobody has them any more.
    fn prove(&self) -> io::Result<::audit::Verdict> {
        let given = [self.hub.settings(), self.site.settings()];
        let read = given.iter().map(|it| {
            let source = proving::source(it).map_err(io::Error::other)?;
            ::audit::read(&source, WhileItRuns::Refused).map_err(io::Error::other)
        });
        Ok(::audit::prove(&read.collect::<io::Result<Vec<_>>>()?))
    }

    /// Waits until every payment has its outcome, every ticket is on paper and every event is at the hub, or long enough; says
    /// what was printed.
    async fn come_to_rest(&self, at_hub: &Kept) -> io::Result<HashMap<String, Papers>> {
        let begin = self.clock.monotonic();
        loop {
            let left = stored::unfinished(&self.database())?;
            let at_rest =
                left == (Unfinished {
                    payments: 0,
                    papers: 0,
                    aside: 0,
                }) && at_hub.open_payments().await? == 0
                    && at_hub.open_refunds().await? == 0
                    && self.streams_equal(at_hub).await?;
            let waited = self.clock.monotonic().saturating_sub(begin);
            if at_rest || waited > COMES_TO_REST_WITHIN {
                return Ok(by_code(&self.printer.papers()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn home(&self, memory: &Memory, at_hub: &Kept) -> io::Result<Evidence> {
        let asked = memory.all_asked_back();
        let (answered, mut complaints) = memory.take();
        let open = at_hub.open_payments().await?;
        if open > 0 {
            complaints.push(format!("{open} payments at the hub have no outcome"));
        }
        let refunds = at_hub.refunds().await?;
        for ticket in asked.iter().filter(|it| !refunds.contains_key(*it)) {
            complaints.push(format!("ticket {ticket} was asked back, and nobody knows"));
        }
        for (ticket, state) in &refunds {
            if state != "done" || !asked.contains(ticket) {
                complaints.push(format!("the refund of ticket {ticket} is {state}"));
            }
        }
        Ok(Evidence {
            answered,
            complaints,
            stored: at_hub.stored().await?,
            taken_back: refunds.into_keys().collect(),
            taken: by_the_provider(&self.provider.sums()),
            papers: None,
            at_hub: None,
            streams_equal: self.streams_equal(at_hub).await?,
        })
    }

    async fn lobby(
        &self,
        memory: &Memory,
        papers: HashMap<String, Papers>,
        at_hub: &Kept,
    ) -> io::Result<Evidence> {
        let (answered, mut complaints) = memory.take();
        let left = stored::unfinished(&self.database())?;
        if left
            != (Unfinished {
                payments: 0,
                papers: 0,
                aside: 0,
            })
        {
            complaints.push(format!("it does not come to rest: {left:?}"));
        }
        complaints.extend(at_hub.disputes().await?);
        let stored = stored::read(&self.database())?;
        let papers = self.by_ticket(&stored, papers, &mut complaints).await?;
        Ok(Evidence {
            answered,
            complaints,
            stored,
            taken_back: BTreeSet::new(),
            taken: at_the_terminal(&self.terminal.till()),
            papers: Some(papers),
            at_hub: Some(at_hub.sales_at_hub().await?),
            streams_equal: self.streams_equal(at_hub).await?,
        })
    }

    /// Papers by ticket: the box is asked for the code of every stored ticket, as any screen would ask.
    async fn by_ticket(
        &self,
        stored: &Stored,
        mut papers: HashMap<String, Papers>,
        complaints: &mut Vec<String>,
    ) -> io::Result<HashMap<String, Papers>> {
        let mut connection = Connection::open(self.site.address).await?;
        let mut found = HashMap::with_capacity(papers.len());
        for ticket in &stored.tickets {
            let shown = get(&mut connection, &format!("/api/v1/tickets/{}", ticket.id)).await?;
            if let Some(of_ticket) = shown["code"].as_str().and_then(|code| papers.remove(code)) {
                found.insert(ticket.id.clone(), of_ticket);
            }
        }
        complaints.extend(
            papers
                .into_keys()
                .map(|code| format!("{code} was printed and is no ticket")),
        );
        Ok(found)
    }
}

/// Begins a guest's session, and gives its token.
async fn session(hub: &mut Connection) -> io::Result<String> {
    let headers = "content-type: application/json\r\n";
    let reply = hub.send("POST", "/api/v1/guests", headers, b"").await?;
    let head = String::from_utf8_lossy(reply.head);
    let cookie = head.split_once("foyer_guest=");
    let token = cookie.and_then(|(_, rest)| rest.split_once(';'));
    let token = token.map(|(token, _)| token.to_owned());
    let status = reply.status;
    token.ok_or_else(|| io::Error::other(format!("a session was due and came as {status}")))
}

#[expect(clippy::float_arithmetic, reason = "a duration for people to read")]
fn summary(
    seed: u64,
    (kills, faults): (u64, u64),
    (time, seats_sold_in_cuts): (Duration, u64),
    verdict: &Verdict,
) -> Summary {
    Summary {
        seed,
        kills,
        faults,
        minutes: (time.as_secs_f64() / 6.0).round() / 10.0,
        seats_sold: verdict.seats_sold,
        seats_sold_online: verdict.seats_sold_online,
        seats_sold_in_cuts,
        double_sales: verdict.double_sales,
        custody_disagreements: verdict.custody_disagreements,
        captured_without_ticket_or_refund: verdict.captured_without_ticket_or_refund,
        admitted: verdict.admitted,
        tickets_wrongly_refused: verdict.tickets_wrongly_refused,
        answered_sales_lost: verdict.answered_sales_lost,
        money_unexplained_minor: verdict.money_unexplained_minor,
        streams_equal: verdict.streams_equal,
    }
}
