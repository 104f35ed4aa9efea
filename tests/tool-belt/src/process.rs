//! Children: each leads a process group of its own, writes to a file, and never outlives the command.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::stop;

/// How often a child is looked at: short beside any step, long beside the work of looking.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long a child may take to end when asked: a service drains for at most eight seconds.
const END_WITHIN: Duration = Duration::from_secs(12);

/// How much of a failed step's output is shown: the failures of a test run, which stand at its end, fit.
const SHOWN_LINES: usize = 150;

/// Why a child did not do what it should.
#[derive(Debug)]
pub enum Failure {
    /// Ctrl+C or SIGTERM.
    Stopped,
    /// What to tell the person.
    Told(String),
}

impl From<String> for Failure {
    fn from(words: String) -> Self {
        Self::Told(words)
    }
}

/// The program is cargo itself, as the one that runs this command names it.
#[must_use]
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command to its end with its output in `log`, and gives the time that it took.
///
/// # Errors
/// It cannot start, fails, or the person wants to stop; its group is ended then.
pub fn run(command: Command, log: &Path) -> Result<Duration, Failure> {
    run_until(command, log, None).map(|(Ran::Whole(took) | Ran::InPart(took))| took)
}

/// How a command went that has not failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Ran {
    /// To its end.
    Whole(Duration),
    /// It was ended, for its time was over.
    InPart(Duration),
}

/// As [`run`], and ends the command and its group at a moment, if there is one.
///
/// # Errors
/// As [`run`].
pub fn run_until(command: Command, log: &Path, until: Option<Instant>) -> Result<Ran, Failure> {
    let started = now();
    let mut running = Running::start(command, log)?;
    loop {
        if let Some(status) = running.ended()? {
            return if status.success() {
                Ok(Ran::Whole(started.elapsed()))
            } else {
                Err(Failure::Told(running.last_words(status)))
            };
        }
        if until.is_some_and(|until| until <= now()) {
            let said = fs::metadata(log).map(|log| log.len());
            running.end();
            // What it says of being ended is no failure of its own.
            let file = File::options().write(true).open(log);
            let kept = said.and_then(|said| file?.set_len(said));
            kept.map_err(|error| format!("{} cannot be shortened: {error}", log.display()))?;
            return Ok(Ran::InPart(started.elapsed()));
        }
        pause_or_stop()?;
    }
}

/// Runs a command to its end with its output on the terminal.
///
/// # Errors
/// As [`run`].
pub fn run_shown(command: Command) -> Result<Duration, Failure> {
    let started = now();
    let name = name_of(&command);
    let status = status_shown(command)?;
    match status.success() {
        true => Ok(started.elapsed()),
        false => Err(Failure::Told(format!("{name} ended with {status}"))),
    }
}

/// Runs a command whose ends mean different things to its end with its output on the terminal, and gives how it has ended.
///
/// # Errors
/// It cannot start, or the person wants to stop; its group is ended then.
pub fn status_shown(mut command: Command) -> Result<ExitStatus, Failure> {
    let name = name_of(&command);
    let child = command.stdin(Stdio::null()).process_group(0).spawn();
    let child = child.map_err(|error| format!("{name} cannot be run: {error}"))?;
    let mut running = Running {
        child,
        name,
        log: PathBuf::new(),
    };
    loop {
        if let Some(status) = running.ended()? {
            return Ok(status);
        }
        pause_or_stop()?;
    }
}

/// Runs a command that answers at once and gives its standard output.
///
/// # Errors
/// It cannot run or fails; the words hold what it said.
pub fn output(mut command: Command) -> Result<String, Failure> {
    let name = name_of(&command);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{name} cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Told(format!(
        "{name} ended with {}\n{said}{errors}",
        output.status
    )))
}

/// Waits a moment.
///
/// # Errors
/// The person wants to stop.
pub fn pause_or_stop() -> Result<(), Failure> {
    if stop::asked() {
        return Err(Failure::Stopped);
    }
    std::thread::sleep(LOOK_EVERY);
    Ok(())
}

/// The time, to measure with.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a command line tool that measures its steps"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// A child that runs; dropping it ends it and every process that it has started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Running {
    /// Starts a command with its output at the end of `log`.
    ///
    /// # Errors
    /// The program or the file cannot be opened.
    pub fn start(mut command: Command, log: &Path) -> Result<Self, String> {
        let name = name_of(&command);
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        }
        let file = File::options().create(true).append(true).open(log);
        let (output, errors) = file
            .and_then(|file| file.try_clone().map(|again| (file, again)))
            .map_err(|error| format!("{} cannot be opened: {error}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{name} cannot be run: {error}"))?;
        Ok(Self {
            child,
            name,
            log: log.to_path_buf(),
        })
    }

    /// Where its output goes.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How it has ended, if it has.
    ///
    /// # Errors
    /// The system cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child
            .try_wait()
            .map_err(|error| format!("{} cannot be waited for: {error}", self.name))
    }

    /// What it said at its end, with the place of the whole.
    #[must_use]
    pub fn last_words(&self, status: ExitStatus) -> String {
        let output = fs::read(&self.log).unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let lines: Vec<&str> = output.lines().collect();
        let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
        format!(
            "{shown}\n\n{} ended with {status}; its whole output is in {}",
            self.name,
            self.log.display()
        )
    }

    /// Asks it to end, waits, and ends it if it does not.
    pub fn end(&mut self) {
        let asked = now();
        let group = self.child.id();
        if !matches!(self.child.try_wait(), Ok(None)) {
            // The leader has ended; what it started may live on.
            stop::send_to_group(group, stop::SIGKILL);
            return;
        }
        stop::send_to_group(group, stop::SIGTERM);
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < END_WITHIN {
            std::thread::sleep(LOOK_EVERY);
        }
        stop::send_to_group(group, stop::SIGKILL);
        // Ends at once: the child is gone or has been killed.
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use super::{Failure, Ran, Running, now, pause_or_stop, run, run_until};

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("foyer-process-{}-{name}.log", std::process::id()))
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failed_child_tells_what_it_said() {
        let log = log("failed");
        let failure = run(shell("echo broken pipe organ; exit 3"), &log).unwrap_err();
        std::fs::remove_file(&log).unwrap();
        assert!(matches!(failure, Failure::Told(words) if words.contains("broken pipe organ")));
    }

    #[test]
    fn a_child_ends_when_its_time_is_over() {
        let log = log("over");
        let script = "trap 'echo error: ended' TERM; echo begun; sleep 600 & wait; sleep 1";
        let ran = run_until(shell(script), &log, Some(now())).unwrap();
        let said = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(&log).unwrap();
        assert!(!said.contains("error"), "{said}");
        assert!(matches!(ran, Ran::InPart(took) if took.as_secs() < 600));
    }

    #[test]
    fn a_grandchild_ends_with_its_group() {
        let log = log("group");
        let mut running = Running::start(shell("sleep 600 & echo $!; wait"), &log).unwrap();
        let grandchild = loop {
            let said = std::fs::read_to_string(&log).unwrap();
            if said.ends_with('\n') {
                break said.trim().to_owned();
            }
            pause_or_stop().unwrap();
        };
        running.end();
        std::fs::remove_file(&log).unwrap();
        // A process that has ended but is not yet reaped has state Z.
        let lives = || {
            std::fs::read_to_string(format!("/proc/{grandchild}/stat"))
                .is_ok_and(|state| !state.contains(") Z "))
        };
        while lives() {
            pause_or_stop().unwrap();
        }
    }
}
