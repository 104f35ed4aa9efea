//! The hub of a run as a process, and over a server another one that stands by it and has its place once it is gone.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use service::Clock;

use crate::engine::{Engine, HubDatabase};
use crate::load::appliance_process::{Running, Site};
use crate::wall_clock::WallClock;

/// See the module.
#[derive(Debug)]
pub struct Hubs {
    /// The one that was first.
    pub site: Site,
    /// Where they keep their database.
    pub kept: HubDatabase,
    /// What they take for the time.
    pub wall: WallClock,
    running: VecDeque<(Site, Running)>,
}

impl Hubs {
    /// They are started.
    ///
    /// # Errors
    /// They are not ready in time.
    pub async fn start(
        site: Site,
        (engine, kept): (Engine, HubDatabase),
        wall: WallClock,
        folder: &Path,
        clock: &Clock,
    ) -> io::Result<Self> {
        let running = site.start(&[])?;
        site.ready(clock).await?;
        let mut hubs = VecDeque::from([(site.clone(), running)]);
        if engine == Engine::Postgres {
            let other = site.stand_by(&folder.join("hub-that-stands-by"))?;
            let running = other.start(&[])?;
            hubs.push_back((other, running));
        }
        Ok(Self {
            site,
            kept,
            wall,
            running: hubs,
        })
    }

    /// Whoever has the database is killed, and begins again as the one that stands by, if there are two.
    ///
    /// # Errors
    /// It cannot be started again.
    pub fn kill(&mut self) -> io::Result<()> {
        if let Some((site, running)) = self.running.pop_front() {
            running.kill();
            let running = site.start(&[])?;
            self.running.push_back((site, running));
        }
        Ok(())
    }

    /// All that it has stored is written to this file.
    ///
    /// # Errors
    /// It cannot be.
    pub fn back_up(&self, file: &Path) -> io::Result<()> {
        let file = file.to_string_lossy();
        self.site.command(&["backup", &file]).map(drop)
    }

    /// It is killed, and begins again with what it had stored in this file: `forgets` is told before it does.
    ///
    /// # Errors
    /// It cannot be put back, or not be started again.
    pub fn put_back(&mut self, file: &Path, forgets: impl FnOnce()) -> io::Result<()> {
        let of_one = self.running.pop_front();
        let (site, running) = of_one.ok_or_else(|| io::Error::other("no hub runs"))?;
        running.kill();
        site.command(&["restore", &file.to_string_lossy(), "--over-newer"])?;
        forgets();
        let running = site.start(&[])?;
        self.running.push_back((site, running));
        std::fs::remove_file(file)
    }

    /// Whether it sells of this cinema what it has.
    ///
    /// # Errors
    /// It does not say.
    pub fn sells_of(&self, cinema: &str) -> io::Result<bool> {
        let cases = self.site.command(&["cases"])?;
        Ok(!cases.contains(&format!("cinema {cinema}")))
    }

    /// They are asked to stop.
    ///
    /// # Errors
    /// They do not.
    pub fn stop(&mut self) -> io::Result<()> {
        // Whoever stands by first, or it would begin.
        while let Some((_, running)) = self.running.pop_back() {
            running.stop()?;
        }
        Ok(())
    }
}
