//! A real box on a real file: a process that is killed and started again as planned, with the printer and the terminal that outlive it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use service::Clock;
use tempfile::TempDir;
use tests::card_terminal::{CardTerminalSimulator, Cut};
use tests::chaos::stored;
use tests::virtual_printer::VirtualPrinter;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Notify, watch};

use crate::child::{CHILD, SAYS, word};
use crate::plan::{Plan, Told};

/// When the box begins: an hour and a quarter before the showtime `tonight`.
const BEGINS: &str = "2026-11-23T18:00:00Z";

/// Whoever kills the process at any time lets it say for so long what it has committed, which nobody would know otherwise.
const SAYS_WITHIN: Duration = Duration::from_secs(2);

/// A box with what stands around it.
pub struct Site {
    pub folder: TempDir,
    pub clock: Clock,
    pub terminal: CardTerminalSimulator,
    pub printer: VirtualPrinter,
    settings: String,
    address: watch::Sender<Option<SocketAddr>>,
    dies: Notify,
    inner: Mutex<Inner>,
}

struct Inner {
    plan: Plan,
    taken: Vec<(String, String)>,
    /// Of these, what is not known to be committed.
    open: Vec<(String, String)>,
    kept: Vec<(String, String)>,
    errors: Vec<String>,
    kills: u64,
    damage: Option<&'static str>,
    words: Option<ChildStdin>,
}

/// One life of the process.
struct Life {
    child: Child,
    lines: UnboundedReceiver<String>,
}

impl Drop for Life {
    fn drop(&mut self) {
        // It may have ended by itself, which the audit notices.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Site {
    /// A box on a copy of this folder, or on an empty one.
    pub async fn new(like: Option<&Path>, plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in like
            .into_iter()
            .flat_map(|like| std::fs::read_dir(like).unwrap())
        {
            let entry = entry.unwrap();
            let is_shared_memory = entry.file_name().to_string_lossy().ends_with("-shm");
            if entry.file_type().unwrap().is_file() && !is_shared_memory {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        if like.is_some() {
            tests::marks::take_for_the_same(&folder.path().join("appliance.mark")).unwrap();
        }
        let (terminal, printer) = (
            CardTerminalSimulator::start().await,
            VirtualPrinter::start().await,
        );
        let settings = format!(
            "[data]\nfolder = {0:?}\nmark_folder = {0:?}\n[http]\nrequests_per_second = 1000000\n[printer]\naddress = \"{1}\"\n[terminal]\nsimulated = \"{2}\"\n",
            folder.path(),
            printer.address(),
            terminal.address(),
        );
        Self {
            folder,
            clock: Clock::running_from(BEGINS.parse().unwrap()),
            terminal,
            printer,
            settings,
            address: watch::Sender::new(None),
            dies: Notify::new(),
            inner: Mutex::new(Inner {
                plan,
                taken: Vec::new(),
                open: Vec::new(),
                kept: Vec::new(),
                errors: Vec::new(),
                kills: 0,
                damage: None,
                words: None,
            }),
        }
    }

    /// Starts the process, and starts it again whenever it was killed; without end.
    pub async fn live(&self) {
        loop {
            let mut life = self.begin();
            self.until_killed(&mut life).await;
            self.address.send_replace(None);
            drop(life);
            // It died of something else: nobody would end what is held in its next life.
            self.terminal.hold_nothing();
            let mut inner = self.inner();
            inner.kills += 1;
            inner.words = None;
            if let Some(sql) = inner.damage.take() {
                let file = self.folder.path().join("appliance.db");
                stored::spoil(&file, sql).unwrap();
            }
        }
    }

    /// Its folder, once nobody is in it.
    pub fn into_folder(self) -> TempDir {
        self.folder
    }

    /// Where it listens, once it does.
    pub async fn address(&self) -> SocketAddr {
        let mut address = self.address.subscribe();
        let found = address.wait_for(Option::is_some).await.unwrap();
        found.unwrap()
    }

    /// The process is killed.
    pub fn die(&self) {
        self.dies.notify_one();
    }

    /// The process is killed, and its file is damaged by this statement before it is started again.
    pub fn die_of(&self, sql: &'static str) {
        self.inner().damage = Some(sql);
        self.die();
    }

    /// Time goes by.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.inner();
        self.clock.advance(by);
        if let Some(words) = &mut inner.words {
            // It may be dying; then the next life begins at this time.
            let _ = writeln!(words, "{}{}", word::AHEAD, by.as_millis());
        }
    }

    /// Every transaction of an edge with these words in its name fails from now on; none does, without words.
    pub fn stick(&self, words: Option<&'static str>) {
        self.inner().plan.stuck = words;
    }

    /// What was taken: each edge with the hold or payment that took it.
    pub fn taken(&self) -> Vec<(String, String)> {
        self.inner().taken.clone()
    }

    /// The same of those that were committed.
    pub fn kept(&self) -> Vec<(String, String)> {
        self.inner().kept.clone()
    }

    /// The errors that it has logged.
    pub fn errors(&self) -> Vec<String> {
        self.inner().errors.clone()
    }

    /// How often it was killed.
    pub fn kills(&self) -> u64 {
        self.inner().kills
    }

    /// Nothing more is done to it; gives what was planned.
    pub fn take_plan(&self) -> Plan {
        std::mem::take(&mut self.inner().plan)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Life {
        let mut inner = self.inner();
        let begins_at = self.clock.now().as_millisecond().to_string();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("box.log"))
            .unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child::the_box_that_is_killed", "--nocapture"])
            .envs(CHILD.into_iter().zip([&self.settings, &begins_at]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        inner.words = child.stdin.take();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (say, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if let Some((_, line)) = line.split_once(SAYS) {
                    // Nobody hears the last words of one that was killed.
                    let _ = say.send(line.to_owned());
                }
            }
        });
        Life { child, lines }
    }

    async fn until_killed(&self, life: &mut Life) {
        let (mut held, watch) = (None, Clock::system());
        let mut dies_at = None;
        loop {
            if dies_at.is_some() && self.inner().open.is_empty() {
                return;
            }
            let line = tokio::select! {
                line = life.lines.recv() => line,
                () = self.terminal.wait_until_held(held.unwrap_or(u64::MAX)), if held.is_some() => return,
                () = self.dies.notified() => {
                    dies_at = Some(watch.monotonic() + SAYS_WITHIN);
                    continue;
                }
                () = watch.reached(dies_at.unwrap_or_default()), if dies_at.is_some() => return,
            };
            let line = line.unwrap_or_else(|| panic!("the box ended by itself: {}", self.log()));
            match self.heard(&line) {
                None => {}
                Some(Told::Go) => self.say(word::GO),
                Some(Told::Fail) => self.say(word::FAIL),
                Some(Told::Die) => return,
                Some(Told::GoInto(question, cut)) => {
                    match cut {
                        Cut::LosesQuestion | Cut::LosesAnswer => {}
                        Cut::HoldsQuestion | Cut::HoldsAnswer | Cut::KeepsAnswer => {
                            held = Some(self.terminal.held() + 1);
                        }
                    }
                    self.terminal.cut(question, cut);
                    self.say(word::GO);
                }
            }
        }
    }

    /// What the box is told to a line of it.
    fn heard(&self, line: &str) -> Option<Told> {
        let mut inner = self.inner();
        if let Some(address) = line.strip_prefix(word::READY) {
            self.address.send_replace(Some(address.parse().unwrap()));
            return None;
        }
        if let Some(error) = line.strip_prefix(word::ERROR) {
            inner.errors.push(error.to_owned());
            return None;
        }
        let (point, edge) = line.split_once(' ').unwrap();
        let (about, edge) = edge.split_once(' ').unwrap();
        let step = (about.to_owned(), edge.to_owned());
        if point == word::TAKEN.trim_end() {
            inner.taken.push(step.clone());
            inner.open.push(step);
            let told = inner.plan.at_taken(edge);
            if told != Told::Go {
                inner.open.clear();
            }
            return Some(told);
        }
        inner.open.retain(|open| *open != step);
        inner.kept.push(step);
        let told = inner.plan.at_kept(edge);
        if told == Told::Die {
            // What was committed with it has no time to say so.
            let with_it = std::mem::take(&mut inner.open);
            inner.kept.extend(with_it);
        }
        Some(told)
    }

    fn say(&self, words: &str) {
        if let Some(child) = &mut self.inner().words {
            writeln!(child, "{words}").unwrap();
        }
    }

    /// What the box has said on its standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("box.log")).unwrap_or_default()
    }
}
