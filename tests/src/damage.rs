//! The files of a box are damaged in every way, and the box is started on what is left: each start refuses in words, stops selling in words,
//! or has lost nothing that was answered. See `src/bin/damage.rs`.

mod files;
mod till;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use service::{Clock, Random};

use crate::load::appliance_process::{Running, Site, UNLIMITED};
use crate::load::hall::Hall;
use files::{Harm, Image};
use till::{Sold, Till};

/// Sales that are answered before the older copy is made, and after it.
const SALES: usize = 12;

/// What is found where a whole box sells nothing.
const FOR_NOTHING: &str = "nothing is missing, and it sells nothing";

/// How long a start may take before it is given up; far longer than one ever takes.
const STARTS_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// What became of all starts.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The seed that they follow from.
    pub seed: u64,
    /// How many there were.
    pub starts: u64,
    /// The box did not start, and said why and what to do.
    pub refused: u64,
    /// It started, sold nothing, and said why.
    pub stopped: u64,
    /// It sold, and had everything that was answered.
    pub lost_nothing: u64,
    /// What must never be: something was lost, and nobody was told.
    pub lost_silently: u64,
    /// What must not be either: nothing was lost, and it sold nothing.
    pub stopped_for_nothing: u64,
    /// The starts that were not as they must be, in words.
    pub findings: Vec<String>,
}

/// How a start ended.
enum Verdict {
    Refused,
    Stopped,
    LostNothing,
}

/// Damages and starts the box `program` so many times, in `folder`.
///
/// # Errors
/// The box cannot be made or run at all.
pub async fn run(folder: &Path, program: &Path, starts: u64, seed: u64) -> io::Result<Summary> {
    let box_ = Damaged::sell(folder, program).await?;
    let random = Random::seeded(seed);
    let mut summary = Summary {
        seed,
        ..Summary::default()
    };
    for nth in 0..starts {
        let harm = Harm::draw(nth, &random);
        summary.starts += 1;
        match box_.start_after(&harm).await {
            Ok(Verdict::Refused) => summary.refused += 1,
            Ok(Verdict::Stopped) => summary.stopped += 1,
            Ok(Verdict::LostNothing) => summary.lost_nothing += 1,
            Err(why) => {
                if why.starts_with(FOR_NOTHING) {
                    summary.stopped_for_nothing += 1;
                } else {
                    summary.lost_silently += 1;
                }
                summary.findings.push(format!("start {nth}, {harm}: {why}"));
            }
        }
    }
    Ok(summary)
}

/// A box with its files as they were in good and bad moments, and what it had answered.
struct Damaged {
    site: Site,
    data: PathBuf,
    marks: PathBuf,
    /// Copied when less was sold.
    older: Image,
    /// Copied after a kill, with a log.
    killed: Image,
    /// Copied after it was stopped in good order.
    stopped: Image,
    till: Till,
    sold: Sold,
    clock: Clock,
}

impl Damaged {
    async fn sell(folder: &Path, program: &Path) -> io::Result<Self> {
        let (clock, marks) = (Clock::system(), folder.join("marks"));
        let site = Site::new(folder, program.to_owned(), UNLIMITED)?;
        let settings = folder.join("appliance.toml");
        let text = std::fs::read_to_string(&settings)?;
        let text = text.replacen("[http]", &format!("mark_folder = {marks:?}\n\n[http]"), 1);
        std::fs::write(&settings, text)?;
        site.import(&Hall { rooms: 1, days: 1 }.programme())?;
        let data = site.data();
        let running = site.start(&[])?;
        site.ready(&clock).await?;
        let mut till = Till::pair(&site).await?;
        let mut sold = Sold::default();
        till.sell(SALES, &mut sold).await?;
        running.stop()?;
        let older = Image::of(&data, &marks)?.of_one_disk();
        let running = site.start(&[])?;
        site.ready(&clock).await?;
        till.sell(SALES, &mut sold).await?;
        running.kill();
        let killed = Image::of(&data, &marks)?.of_one_disk();
        let running = site.start(&[])?;
        site.ready(&clock).await?;
        running.stop()?;
        let stopped = Image::of(&data, &marks)?.of_one_disk();
        let unharmed = killed.unharmed();
        if !unharmed.is_empty() {
            let words = format!("a box has files that nobody damages here: {unharmed:?}");
            return Err(io::Error::other(words));
        }
        Ok(Self {
            site,
            data,
            marks,
            older,
            killed,
            stopped,
            till,
            sold,
            clock,
        })
    }

    /// Damages the files, starts the box on them, and looks what it makes of them.
    async fn start_after(&self, harm: &Harm) -> Result<Verdict, String> {
        let image = if harm.after_a_kill {
            &self.killed
        } else {
            &self.stopped
        };
        let put = image.put_back(&self.data, &self.marks);
        put.and_then(|()| harm.inflict(&self.data, &self.marks, &self.older))
            .map_err(|why| format!("cannot be damaged: {why}"))?;
        let left = Image::of(&self.data, &self.marks);
        let left = left.map_err(|why| format!("cannot be looked at: {why}"))?;
        let log = self.data.with_file_name("appliance.log");
        std::fs::write(&log, "").map_err(|why| why.to_string())?;
        let mut running = self.site.start(&[]).map_err(|why| why.to_string())?;
        let verdict = match self.first_word(&mut running).await? {
            None => refused(&log),
            Some(ready) => self.judge(ready).await,
        };
        running.kill();
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        match verdict {
            Ok(_) if said.contains("panicked at") => Err(format!("it panicked: {said}")),
            Ok(Verdict::Refused | Verdict::Stopped) if harm.is_harmless(image, &left) => {
                Err(format!("{FOR_NOTHING}: {said}"))
            }
            Err(why) => Err(format!("{why}\n{said}")),
            verdict => verdict,
        }
    }

    /// Its first answer to whether it is ready; nothing, if it has ended before.
    async fn first_word(&self, running: &mut Running) -> Result<Option<(u16, Value)>, String> {
        let begin = self.clock.monotonic();
        while self.clock.monotonic().saturating_sub(begin) < STARTS_WITHIN {
            if let Ok(answer) = self.till.ready().await {
                return Ok(Some(answer));
            }
            if !running.runs() {
                return Ok(None);
            }
            tokio::task::yield_now().await;
        }
        Err("it neither answers nor ends".to_owned())
    }

    async fn judge(&self, ready: (u16, Value)) -> Result<Verdict, String> {
        if ready.0 == 200 {
            return match self.till.finds_all(&self.sold).await? {
                true => Ok(Verdict::LostNothing),
                // Damage was met on the way, and it says so.
                false => self
                    .till
                    .finds_it_stopped()
                    .await
                    .map(|()| Verdict::Stopped),
            };
        }
        if till::is_in_words(&ready) {
            return self
                .till
                .finds_it_stopped()
                .await
                .map(|()| Verdict::Stopped);
        }
        Err(format!(
            "it is neither ready nor stopped in words: {ready:?}"
        ))
    }
}

/// It ended by itself: that is right, if it said why and what to do.
fn refused(log: &Path) -> Result<Verdict, String> {
    let said = std::fs::read_to_string(log).map_err(|why| why.to_string())?;
    let last = said.lines().last().unwrap_or_default();
    let says_what_to_do = ["ut it back", "ut back", "ut the", "empty folder"];
    let in_words = last.contains("cannot open the data of the box")
        && says_what_to_do.iter().any(|words| last.contains(words));
    match in_words {
        true => Ok(Verdict::Refused),
        false => Err("it ended without words that help".to_owned()),
    }
}
