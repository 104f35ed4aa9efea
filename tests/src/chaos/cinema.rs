//! A cinema of a run: its box as a process that is killed, put back and cloned, what stands around it, and what its guests in the lobby and at
//! home heard.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use service::{Clock, Random};
use tokio::sync::RwLock;

use super::memory::Memory;
use crate::cable::Cable;
use crate::card_terminal::CardTerminalSimulator;
use crate::load::appliance_process::{JSON, Running, Site, UNLIMITED, answers, copy_files};
use crate::load::connection::Connection;
use crate::load::hall::Hall;
use crate::load::programme_at_box::OnSale;
use crate::virtual_printer::{State, VirtualPrinter};
use crate::wall_clock::WallClock;

/// What a cinema sells: a few rooms on five days, small enough that sellers meet on the same seats, large enough for a long run.
pub const STOCK: Hall = Hall { rooms: 3, days: 5 };

/// The day of the first showtime: no clock is set so far ahead that it begins.
const FIRST_DAY: usize = 2;

/// How often it is tried to buy at a box that may not sell.
const TRIES: usize = 5;

/// See the module.
#[derive(Debug)]
pub struct Cinema {
    /// Its id.
    pub name: &'static str,
    /// Its box.
    pub site: Site,
    /// Between its box and the broker.
    pub cable: Cable,
    /// Its card terminal.
    pub terminal: Arc<CardTerminalSimulator>,
    /// Its printer.
    pub printer: VirtualPrinter,
    /// What its box takes for the time.
    pub wall: WallClock,
    /// What was heard in its lobby.
    pub lobby: Memory,
    /// What those heard at home who go there.
    pub home: Memory,
    /// Held for writing while its box is not the right one: ushers see that it is out of service, and wait.
    pub door: Arc<RwLock<()>>,
    /// The seats that were sold while its line was cut.
    pub sold_in_cuts: u64,
    /// The sales that were heard of when the line was cut, while it is.
    heard_before: Option<usize>,
    running: Option<Running>,
    /// A device that is paired and sells nothing.
    managers: Option<String>,
    on_sale: Option<OnSale>,
    folder: PathBuf,
}

impl Cinema {
    /// One with its files in `folder`, whose box reaches the broker there. Nothing runs yet.
    ///
    /// # Errors
    /// A port is taken, or the folder cannot be written.
    pub async fn new(
        name: &'static str,
        folder: &Path,
        program: PathBuf,
        broker: SocketAddr,
    ) -> io::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let wall = WallClock::new(folder)?;
        let journal = Some(folder.join("terminal.journal"));
        let terminal = Arc::new(CardTerminalSimulator::start_at(any, any, journal).await?);
        let printer = VirtualPrinter::start_at(any, any).await?;
        let cable = Cable::to(broker).await;
        let more = format!(
            "{UNLIMITED}\n[printer]\naddress = \"{}\"\n\n[terminal]\nsimulated = \"{}\"\n\n[hub]\nbroker = \"mqtt://{}\"\n",
            printer.address(),
            terminal.address(),
            cable.near()
        );
        let site = Site::new(&folder.join("box"), program, &more)?.with(wall.variables());
        Ok(Self {
            name,
            site,
            cable,
            terminal,
            printer,
            wall,
            lobby: Memory::default(),
            home: Memory::default(),
            door: Arc::default(),
            sold_in_cuts: 0,
            heard_before: None,
            running: None,
            managers: None,
            on_sale: None,
            folder: folder.to_owned(),
        })
    }

    /// Its box opens for the first time, with a programme.
    ///
    /// # Errors
    /// It does not.
    pub async fn open(&mut self, clock: &Clock) -> io::Result<()> {
        let programme = STOCK.programme_of(self.name, FIRST_DAY);
        self.site.import(&programme)?;
        self.start(clock).await?;
        self.managers = Some(self.site.pair("till").await?);
        let mut connection = Connection::open(self.site.address).await?;
        self.on_sale = Some(OnSale::ask(&mut connection).await?);
        Ok(())
    }

    /// What it sells.
    ///
    /// # Errors
    /// It has not opened.
    pub fn on_sale(&self) -> io::Result<&OnSale> {
        let on_sale = self.on_sale.as_ref();
        on_sale.ok_or_else(|| io::Error::other(format!("{} has not opened", self.name)))
    }

    /// The older copy of its folder that will be put back is made, while its box stands still for a moment.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn copy(&mut self, clock: &Clock) -> io::Result<()> {
        self.kill();
        copy_files(&self.site.data(), &self.older())?;
        self.start(clock).await
    }

    /// Its box is killed and started again.
    ///
    /// # Errors
    /// It does not come back.
    pub async fn restart(&mut self, clock: &Clock) -> io::Result<()> {
        self.kill();
        self.start(clock).await
    }

    /// Its box is asked to stop.
    ///
    /// # Errors
    /// It does not.
    pub fn stop(&mut self) -> io::Result<()> {
        self.running.take().map_or(Ok(()), Running::stop)
    }

    /// The line is cut.
    pub fn cut(&mut self) {
        self.heal();
        self.cable.pull();
        self.heard_before = Some(self.sales_heard());
    }

    /// The line is no longer cut, if it was.
    pub fn heal(&mut self) {
        if let Some(before) = self.heard_before.take() {
            // Everybody buys two seats.
            self.sold_in_cuts += 2 * (self.sales_heard() - before) as u64;
        }
        self.cable.put_in();
    }

    /// Something happens to the printer, by chance.
    pub fn disturb_the_printer(&self, random: &Random) {
        let [chance, bytes] = random.bytes::<2>();
        match chance % 4 {
            0 | 1 => self.printer.fail_after(usize::from(bytes) * 8),
            2 => self.printer.set(State::PaperOut),
            _ => self.printer.lose_next_answer(),
        }
    }

    /// Somebody puts an older copy of the folder back: the box must know it by itself, whatever its line does, and sell nothing. `meanwhile`
    /// guests come all the same. Then it gets the right one again.
    ///
    /// # Errors
    /// The folders cannot be moved, or the box does not answer at all.
    pub async fn is_put_back(
        &mut self,
        clock: &Clock,
        meanwhile: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (data, older) = (self.site.data(), self.older());
        let (right, next) = (data.with_extension("right"), older.with_extension("next"));
        let door = Arc::clone(&self.door);
        let closed = door.write().await;
        self.kill();
        copy_files(&data, &next)?;
        std::fs::rename(&data, &right)?;
        std::fs::rename(&older, &data)?;
        self.running = Some(self.site.start(&[])?);
        self.sells_nothing(self.site.address, clock).await?;
        meanwhile.await;
        self.sells_nothing(self.site.address, clock).await?;
        self.kill();
        std::fs::remove_dir_all(&data)?;
        std::fs::rename(&right, &data)?;
        std::fs::rename(&next, &older)?;
        self.start(clock).await?;
        drop(closed);
        Ok(())
    }

    /// A clone of the box is started beside it, and sells nothing, while the box goes on.
    ///
    /// # Errors
    /// It cannot be cloned, or one of the two does not answer at all.
    pub async fn is_cloned(
        &mut self,
        clock: &Clock,
        meanwhile: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let folder = self.folder.join("clone");
        self.kill();
        let clone = self.site.cloned(&folder)?;
        self.start(clock).await?;
        let running = clone.start(&[])?;
        self.sells_nothing(clone.address, clock).await?;
        meanwhile.await;
        self.sells_nothing(clone.address, clock).await?;
        running.kill();
        std::fs::remove_dir_all(&folder)
    }

    /// Where its box keeps what it knows.
    pub fn database(&self) -> PathBuf {
        self.site.data().join("appliance.db")
    }

    fn older(&self) -> PathBuf {
        self.folder.join("older")
    }

    fn sales_heard(&self) -> usize {
        self.lobby.sales_heard() + self.home.sales_heard()
    }

    fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }

    async fn start(&mut self, clock: &Clock) -> io::Result<()> {
        self.running = Some(self.site.start(&[])?);
        self.site.ready(clock).await
    }

    /// Complains unless the box that listens there knows that it may not sell, and sells nothing.
    async fn sells_nothing(&self, address: SocketAddr, clock: &Clock) -> io::Result<()> {
        answers(address, "/healthz", clock).await?;
        let mut connection = Connection::open(address).await?;
        let complain = |what: &str, status: u16, body: &[u8]| {
            let body = String::from_utf8_lossy(body);
            (self.lobby).complain(format!("{}, a copy: {what}: {status} {body}", self.name));
        };
        let is_stopped = |status: u16, body: &[u8]| {
            let said: Value = serde_json::from_slice(body).unwrap_or_default();
            status == 503 && said["code"] == "selling_stopped"
        };
        let ready = connection.send("GET", "/readyz", "", b"").await?;
        if !is_stopped(ready.status, ready.body) {
            complain("/readyz", ready.status, ready.body);
        }
        let on_sale = self.on_sale()?;
        for number in 0..TRIES {
            let pair = number * on_sale.pairs() / TRIES;
            let Some((showtime, first, second)) = on_sale.pair(pair) else {
                continue;
            };
            let body = serde_json::json!({ "seats": [{ "seat": first }, { "seat": second }] });
            let token = self.managers.as_deref().unwrap_or_default();
            let headers = format!(
                "authorization: Bearer {token}\r\n{JSON}idempotency-key: nobody-{number}\r\n"
            );
            let path = format!("/api/v1/showtimes/{showtime}/holds");
            let body = body.to_string();
            let asked = connection
                .send("POST", &path, &headers, body.as_bytes())
                .await?;
            if !is_stopped(asked.status, asked.body) {
                complain(&path, asked.status, asked.body);
            }
        }
        Ok(())
    }
}
