//! One whole run: every figure in turn, each on standard output as soon as it is known.

use std::io;
use std::path::Path;
use std::time::Duration;

use service::Clock;

use super::appliance_process::{Running, Site, UNLIMITED, answers, programs};
use super::bare;
use super::bare_sales;
use super::catch_up;
use super::connection::Connection;
use super::disk::{self, Syncs, micros};
use super::figure::{Better, Figure, Target, Unit, median, percentile};
use super::hall::Hall;
use super::programme_at_box::OnSale;
use super::reads::{against_bare, etag_and_body};
use super::sales::{self, Stock};
use super::sizes;

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long each load lasts.
    pub time: Duration,
    /// What alone is measured; everything, if nothing is named.
    pub only: Option<Part>,
}

impl Settings {
    /// Whether a part is measured.
    pub fn does(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// A part of a run that can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The box alone.
    Box,
    /// Guests at home at the hub.
    Bookings,
    /// The same through Stripe.
    Stripe,
    /// A hub that hears of a long cut.
    CatchUp,
    /// Seats that are asked for of the other side.
    Asks,
    /// The pages that guests at home read.
    Storefront,
    /// When guests at home see what they came for, in a real browser.
    FirstView,
    /// Thousands of guests at home who want one showtime.
    Rush,
}

impl Part {
    /// The part that is called so.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "box" => Some(Self::Box),
            "bookings" => Some(Self::Bookings),
            "stripe" => Some(Self::Stripe),
            "catch-up" => Some(Self::CatchUp),
            "asks" => Some(Self::Asks),
            "storefront" => Some(Self::Storefront),
            "first-view" => Some(Self::FirstView),
            "rush" => Some(Self::Rush),
            _ => None,
        }
    }
}

/// How many clients sell at once, at most; each is a paired till.
const MOST_CLIENTS: usize = 64;

/// How often a start is measured; the median counts.
const STARTS: usize = 9;

/// How long the disk is sampled each time.
const DISK_TIME: Duration = Duration::from_secs(2);

/// What a commit appends at least: one page of the database with its frame.
const PAGE: usize = 4096 + 24;

/// Enough for 64 clients at ten times the speed of the first sketch's disk.
const STOCK: Hall = Hall { rooms: 30, days: 4 };

/// What the design promises of sizes, in bytes.
const MIB: u64 = 1024 * 1024;

struct Bench<'a> {
    settings: Settings,
    clock: Clock,
    folder: &'a Path,
    site: Site,
    emit: &'a mut dyn FnMut(Figure),
}

/// Measures everything in `folder` and gives each figure to `emit`.
///
/// # Errors
/// Something could not be measured; the text says what.
pub async fn run(
    settings: Settings,
    folder: &Path,
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let programs = programs(&["appliance", "cloud-hub"])?;
    let site = Site::new(&folder.join("box"), programs.join("appliance"), UNLIMITED)?;
    let mut bench = Bench {
        settings,
        clock: Clock::system(),
        folder,
        site,
        emit,
    };
    if settings.does(Part::Box) {
        bench.at_the_box(&programs).await?;
    }
    if settings.does(Part::CatchUp) {
        catch_up::measure(&folder.join("cut"), &programs, &bench.clock, bench.emit).await?;
    }
    Ok(())
}

impl Bench<'_> {
    fn tell(
        &mut self,
        name: &str,
        measured: u64,
        unit: Unit,
        better: Better,
        limit: Option<(&'static str, u64)>,
        target: Target,
    ) {
        (self.emit)(Figure {
            name: name.to_owned(),
            measured,
            unit,
            better,
            limit,
            target,
        });
    }

    async fn at_the_box(&mut self, programs: &Path) -> io::Result<()> {
        self.binary(&programs.join("appliance"))?;
        self.bundle();
        self.site.import(&STOCK.programme())?;
        self.starts().await?;
        let running = self.site.start(&[])?;
        self.site.ready(&self.clock).await?;
        self.idle(&running).await?;
        self.seat_maps().await?;
        self.sales(running).await
    }

    fn binary(&mut self, program: &Path) -> io::Result<()> {
        let bytes = std::fs::metadata(program)?.len();
        self.tell(
            "appliance_binary",
            bytes,
            Unit::Mebibytes,
            Better::Lower,
            None,
            Target::Fixed(25 * MIB),
        );
        Ok(())
    }

    fn bundle(&mut self) {
        if let Some(bytes) =
            sizes::page_with_its_files(Path::new("web-ui/bundle/dist"), "kiosk.html")
        {
            self.tell(
                "kiosk_bundle_compressed",
                bytes,
                Unit::Kibibytes,
                Better::Lower,
                None,
                Target::Fixed(300 * 1024),
            );
        }
    }

    /// From the start of a process to its first answer, the box's and the bare server's in turn.
    async fn starts(&mut self) -> io::Result<()> {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let begin = self.clock.monotonic();
            let running = self.site.start(&[])?;
            answers(self.site.address, "/healthz", &self.clock).await?;
            ours.push(micros(self.clock.monotonic().saturating_sub(begin)));
            running.stop()?;
            let begin = self.clock.monotonic();
            let bare_one = bare::Running::start(self.folder, b"{}")?;
            answers(bare_one.address, "/", &self.clock).await?;
            bare.push(micros(self.clock.monotonic().saturating_sub(begin)));
        }
        let limit = Some(("start of a bare axum binary", median(&mut bare)));
        self.tell(
            "start_to_first_answer",
            median(&mut ours),
            Unit::Milliseconds,
            Better::Lower,
            limit,
            Target::OfLimit(500),
        );
        Ok(())
    }

    async fn idle(&mut self, running: &Running) -> io::Result<()> {
        let bare = bare::Running::start(self.folder, b"{}")?;
        answers(bare.address, "/", &self.clock).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let limit = Some((
            "resident memory of a bare axum binary",
            sizes::resident(bare.id())?,
        ));
        let resident = sizes::resident(running.id())?;
        self.tell(
            "idle_resident",
            resident,
            Unit::Mebibytes,
            Better::Lower,
            limit,
            Target::Fixed(30 * MIB),
        );
        Ok(())
    }

    async fn seat_maps(&mut self) -> io::Result<()> {
        let mut connection = Connection::open(self.site.address).await?;
        let on_sale = OnSale::ask(&mut connection).await?;
        let path = format!("/api/v1/showtimes/{}/seats", on_sale.showtimes[0]);
        let (etag, body) = etag_and_body(self.site.address, &path).await?;
        let bare = bare::Running::start(self.folder, &body)?;
        answers(bare.address, "/", &self.clock).await?;
        let of_box = (self.site.address, path.as_str());
        let (time, clock) = (self.settings.time, &self.clock);
        for figure in against_bare("seat_map_reads", of_box, (etag, &bare), (time, clock)).await? {
            (self.emit)(figure);
        }
        Ok(())
    }

    async fn sales(&mut self, running: Running) -> io::Result<()> {
        let mut tokens = Vec::with_capacity(MOST_CLIENTS);
        for _ in 0..MOST_CLIENTS {
            tokens.push(self.site.pair("till").await?);
        }
        let mut connection = Connection::open(self.site.address).await?;
        let stock = Stock::new(OnSale::ask(&mut connection).await?);
        let mut syncs: Vec<Syncs> = vec![self.sync(PAGE)?];
        let mut rates = Vec::new();
        for clients in [1, 8, MOST_CLIENTS] {
            let before = Counted::ask(&mut connection).await?;
            let written = sizes::written(running.id())?;
            let sold = sales::sell(
                self.site.address,
                &tokens[..clients],
                &stock,
                self.settings.time,
                &self.clock,
            )
            .await?;
            let counted = Counted::ask(&mut connection).await?.since(&before);
            if clients == 1 {
                let bytes =
                    sizes::written(running.id())?.saturating_sub(written) / (sold.sales * 2).max(1);
                self.latencies(&sold, usize::try_from(bytes).unwrap_or(PAGE))?;
                self.statements(&sold, &counted)?;
            }
            syncs.push(self.sync(PAGE)?);
            rates.push((clients, sold, counted));
        }
        running.stop()?;
        self.fdatasync(&syncs);
        for (clients, sold, counted) in rates {
            let (limit, target) = if clients == MOST_CLIENTS {
                (Some(self.bare_sales(&sold, &counted)?), Target::OfLimit(60))
            } else {
                (None, Target::None)
            };
            self.tell(
                &format!("seats_sold_{clients}_clients"),
                sold.seats_per_second(),
                Unit::SeatsPerSecond,
                Better::Higher,
                limit,
                target,
            );
            let target = if clients == MOST_CLIENTS {
                Target::Fixed(800)
            } else {
                Target::None
            };
            self.tell(
                &format!("sales_per_sync_{clients}_clients"),
                sold.sales * 100 / counted.commits.max(1),
                Unit::SalesPerSync,
                Better::Higher,
                None,
                target,
            );
        }
        Ok(())
    }

    /// How many statements a sale takes, by the box's own count.
    fn statements(&mut self, sold: &sales::Sold, counted: &Counted) -> io::Result<()> {
        let hundredths = counted.statements * 100 / sold.sales.max(1);
        if hundredths.abs_diff(bare_sales::STATEMENTS * 100) >= 50 {
            return Err(io::Error::other(format!(
                "a sale takes {}.{:02} statements, and `load/bare_sales.rs` {}: make them the same again",
                hundredths / 100,
                hundredths % 100,
                bare_sales::STATEMENTS
            )));
        }
        self.tell(
            "statements_per_sale",
            hundredths,
            Unit::Statements,
            Better::Lower,
            None,
            Target::Fixed(1_600),
        );
        Ok(())
    }

    fn fdatasync(&mut self, syncs: &[Syncs]) {
        let mut rates: Vec<u64> = syncs.iter().map(|sync| sync.per_second).collect();
        self.tell(
            "fdatasync_rate",
            median(&mut rates),
            Unit::SyncsPerSecond,
            Better::Higher,
            None,
            Target::None,
        );
    }

    /// What the statements alone would do, in groups as large as the box's; the box is closed.
    fn bare_sales(&self, sold: &sales::Sold, counted: &Counted) -> io::Result<(&'static str, u64)> {
        let writes_a_commit = sold.sales * 2 / counted.commits.max(1);
        let seats = bare_sales::seats_per_second(
            &self.site.data().join("appliance.db"),
            &self.folder.join("bare.db"),
            usize::try_from(writes_a_commit).unwrap_or(1),
            self.settings.time,
            &self.clock,
        )?;
        Ok(("the same statements bare, in equal groups", seats))
    }

    fn latencies(&mut self, sold: &sales::Sold, bytes: usize) -> io::Result<()> {
        let sync = self.sync(bytes)?;
        let limit = Some((
            "p99 of an fdatasync after appending as many bytes",
            sync.p99_us,
        ));
        for (step, samples) in [("hold", &sold.holds_us), ("settle", &sold.settles_us)] {
            for (name, per_thousand, target) in [
                ("p50", 500, Target::None),
                ("p95", 950, Target::None),
                ("p99", 990, Target::OfLimit(350)),
            ] {
                let name = format!("{step}_{name}");
                self.tell(
                    &name,
                    percentile(samples, per_thousand),
                    Unit::Milliseconds,
                    Better::Lower,
                    limit,
                    target,
                );
            }
        }
        Ok(())
    }

    fn sync(&self, bytes: usize) -> io::Result<Syncs> {
        disk::sample(self.folder, bytes, DISK_TIME, &self.clock)
    }
}

/// What the box counts of its database.
#[derive(Debug)]
struct Counted {
    commits: u64,
    statements: u64,
}

impl Counted {
    async fn ask(connection: &mut Connection) -> io::Result<Self> {
        let reply = connection.send("GET", "/metrics", "", b"").await?;
        let text = String::from_utf8_lossy(reply.body);
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.trim().parse().ok());
            number.ok_or_else(|| io::Error::other(format!("the box does not tell {name}")))
        };
        Ok(Self {
            commits: number("foyer_database_commits ")?,
            statements: number("foyer_database_statements ")?,
        })
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            commits: self.commits - before.commits,
            statements: self.statements - before.statements,
        }
    }
}
