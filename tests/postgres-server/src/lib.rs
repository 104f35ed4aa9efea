#![doc = include_str!("../README.md")]
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use tempfile::TempDir;

/// Whom the server runs as if the tests run as root, which it refuses.
const USER: &str = "postgres";

/// The server begins in the background; when nobody holds the other end of the standard input any more, it is stopped.
const SUPERVISOR: &str =
    r#""$@" & server=$!; exec 2>&-; read -r end; kill -QUIT "$server"; wait "$server""#;

/// A server of one's own. Stopped when it is dropped.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    settings: &'static [&'static str],
    running: Mutex<Option<Running>>,
    databases: AtomicU32,
}

#[derive(Debug)]
struct Running {
    supervisor: Child,
    /// Nothing once nobody reads what the server says any more, which is when all its processes have ended.
    reader: Option<thread::JoinHandle<()>>,
}

/// What makes a server quick and forgetful.
const QUICK: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "deadlock_timeout=50ms",
];

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    /// The server that the tests of this process share while one of them has it: quick, and forgetful in a power cut.
    ///
    /// # Panics
    /// Debian's package `postgresql` is not installed, or its server does not start.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start(QUICK));
        *shared = Arc::downgrade(&server);
        server
    }

    /// One of the caller's own that keeps what it promises, to be killed or measured.
    ///
    /// # Panics
    /// As [`Server::shared`].
    pub fn durable() -> Self {
        Self::start(&["fsync=on"])
    }

    fn start(settings: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            let [user, group] = ["-u", "-g"].map(|which| number(&["id", which, USER]));
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let server = Self {
            programs: programs(),
            folder,
            settings,
            running: Mutex::new(None),
            databases: AtomicU32::new(0),
        };
        let mut made = as_user(&server.programs.join("initdb"));
        made.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--no-sync", "--no-instructions", "--pgdata"])
        .arg(server.files());
        succeed(&mut made);
        server.start_again();
        server
    }

    /// Starts the stopped server and waits until it answers.
    ///
    /// # Panics
    /// It does not start.
    pub fn start_again(&self) {
        let mut command = as_user(Path::new("sh"));
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.files())
            .arg("-k")
            .arg(self.folder.path());
        let always = [
            "listen_addresses=",
            "max_connections=200",
            "shared_buffers=16MB",
        ];
        for setting in always.iter().chain(self.settings) {
            command.args(["-c", setting]);
        }
        let mut supervisor = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(supervisor.stderr.take().unwrap()).lines();
        until_ready(&mut lines);
        let reader = thread::spawn(move || lines.for_each(drop));
        *self.running() = Some(Running {
            supervisor,
            reader: Some(reader),
        });
    }

    /// Kills every process of the server, whatever it does. Returns when they have ended.
    ///
    /// # Panics
    /// It does not run.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.files().join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -KILL \"$@\"", "sh", pid]);
        kill.args(children.unwrap().split_whitespace());
        // One that has ended by itself cannot be killed.
        kill.stderr(Stdio::null()).status().unwrap();
        let mut running = self.running().take().unwrap();
        running.reader.take().unwrap().join().unwrap();
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Panics
    /// The server refuses.
    pub fn database(&self) -> String {
        self.database_in("UTF8")
    }

    /// Makes an empty database with another encoding of its texts.
    ///
    /// # Panics
    /// The server refuses.
    pub fn database_in(&self, encoding: &str) -> String {
        let name = format!("story_{}", self.databases.fetch_add(1, Relaxed));
        let mut made = Command::new(self.programs.join("createdb"));
        made.arg("--host").arg(self.folder.path());
        made.args(["--username=postgres", "--template=template0", "--encoding"]);
        succeed(made.args([encoding, &name]));
        address(self.folder.path(), &name)
    }

    /// Where its socket is.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name that a server's socket has in its folder.
pub const SOCKET: &str = ".s.PGSQL.5432";

/// The address of a database that is reached by the socket in this folder.
///
/// # Panics
/// The folder's name is no text.
pub fn address(folder: &Path, name: &str) -> String {
    let folder = folder.to_str().unwrap().replace('/', "%2F");
    format!("postgresql://postgres@{folder}/{name}")
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        self.supervisor.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

fn until_ready(lines: &mut Lines<BufReader<ChildStderr>>) {
    let mut said = Vec::new();
    for line in lines {
        said.push(line.unwrap());
        if said
            .last()
            .unwrap()
            .ends_with("ready to accept connections")
        {
            return;
        }
    }
    panic!("the server does not start: {said:#?}");
}

/// The folder of the server's programs: Debian keeps several versions beside each other, out of the search path.
///
/// # Panics
/// Debian's package `postgresql` is not installed.
pub fn programs() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib/postgresql");
    let newest = folders
        .into_iter()
        .flatten()
        .map(|it| it.unwrap().path())
        .max();
    newest
        .expect("the Debian package postgresql: run `cargo verify` once")
        .join("bin")
}

fn as_user(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", USER, "--regid", USER, "--clear-groups", "--"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").env("LC_ALL", "C");
    command
}

fn is_root() -> bool {
    number(&["id", "-u"]) == 0
}

fn number(command: &[&str]) -> u32 {
    let output = Command::new(command[0])
        .args(&command[1..])
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
