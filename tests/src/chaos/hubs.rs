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
