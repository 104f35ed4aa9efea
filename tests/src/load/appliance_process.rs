//! A box as its own process: started on a free port with a folder of its own, fed a programme, paired, killed, restarted.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use service::Clock;

use super::connection::Connection;
use crate::tools::free_port;

/// How long a box may take to answer after its start before we give up.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// For `[http]`: what one device and one address may ask is limited; here few of them stand for a whole cinema's rush.
pub const UNLIMITED: &str = "requests_per_second = 1000000\n";

/// Where a box lives between its starts.
#[derive(Debug, Clone)]
pub struct Site {
    folder: PathBuf,
    program: PathBuf,
    variables: Vec<(&'static str, OsString)>,
    /// Where it listens.
    pub address: SocketAddr,
}

/// A running box; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    traced: bool,
}

impl Site {
    /// A site in `folder` with a free port; `more` is added to its settings file, those of `[http]` first.
    ///
    /// # Errors
    /// The folder cannot be written, or there is no free port.
    pub fn new(folder: &Path, program: PathBuf, more: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let site = Self {
            folder: folder.to_owned(),
            program,
            variables: Vec::new(),
            address: free_address(),
        };
        let settings = format!(
            "[data]\nfolder = {:?}\n\n[http]\nlisten = \"{}\"\n\n{more}",
            site.data(),
            site.address
        );
        std::fs::write(site.settings(), settings)?;
        Ok(site)
    }

    /// Another one in a folder of its own that stands by: it has the same keys and would listen at the same address.
    ///
    /// # Errors
    /// The keys of this one cannot be read, or the folder cannot be written.
    pub fn stand_by(&self, folder: &Path) -> io::Result<Self> {
        let site = Self {
            folder: folder.to_owned(),
            program: self.program.clone(),
            variables: self.variables.clone(),
            address: self.address,
        };
        std::fs::create_dir_all(site.data())?;
        for key in ["frame.key", "ticket.key", "database.name"] {
            std::fs::copy(self.data().join(key), site.data().join(key))?;
        }
        let [ours, theirs] = [self, &site].map(|it| format!("folder = {:?}", it.data()));
        let settings = std::fs::read_to_string(self.settings())?;
        std::fs::write(site.settings(), settings.replacen(&ours, &theirs, 1))?;
        Ok(site)
    }

    /// A clone of it in a folder of its own, to be started beside it: all that it has written, its mark with it, and an address of its own.
    ///
    /// # Errors
    /// What it has written cannot be copied, or its settings cannot be written.
    pub fn cloned(&self, folder: &Path) -> io::Result<Self> {
        let site = Self {
            folder: folder.to_owned(),
            address: free_address(),
            ..self.clone()
        };
        copy_files(&self.data(), &site.data())?;
        std::fs::copy(self.mark(), site.mark())?;
        let [ours, theirs] =
            [self, &site].map(|it| [format!("{:?}", it.data()), format!("\"{}\"", it.address)]);
        let mut settings = std::fs::read_to_string(self.settings())?;
        for (ours, theirs) in ours.iter().zip(&theirs) {
            settings = settings.replacen(ours, theirs, 1);
        }
        std::fs::write(site.settings(), settings)?;
        Ok(site)
    }

    /// The mark of a box, which lies beside its data folder.
    fn mark(&self) -> PathBuf {
        self.folder.join("data.appliance.mark")
    }

    /// Its process is started with these variables in its environment.
    pub fn with(mut self, variables: Vec<(&'static str, OsString)>) -> Self {
        self.variables = variables;
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts the box; its log goes to a file beside the data folder. `before` stands before the program, as a tracer does.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn start(&self, before: &[&str]) -> io::Result<Running> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("appliance.log"))?;
        let mut command = match before {
            [] => Command::new(&self.program),
            [tracer, arguments @ ..] => {
                let mut command = Command::new(tracer);
                command.args(arguments).arg(&self.program);
                command
            }
        };
        command
            .arg("--config")
            .arg(self.settings())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("RUST_LOG", "warn");
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Running {
            child,
            traced: !before.is_empty(),
        })
    }

    /// Waits until the box answers that it is ready.
    ///
    /// # Errors
    /// It does not within half a minute.
    pub async fn ready(&self, clock: &Clock) -> io::Result<()> {
        answers(self.address, "/readyz", clock).await
    }

    /// Runs a command of the program against this site, and gives what it printed.
    ///
    /// # Errors
    /// It failed; the text is what it said.
    pub fn command(&self, arguments: &[&str]) -> io::Result<String> {
        let out = Command::new(&self.program)
            .arg("--config")
            .arg(self.settings())
            .args(arguments)
            .env("RUST_LOG", "warn")
            .output()?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if out.status.success() {
            return Ok(said(&out.stdout));
        }
        Err(io::Error::other(format!(
            "{arguments:?}: {} {}",
            said(&out.stdout),
            said(&out.stderr)
        )))
    }

    /// Gives the box a programme.
    ///
    /// # Errors
    /// It is refused.
    pub fn import(&self, programme: &str) -> io::Result<()> {
        let file = self.folder.join("programme.toml");
        std::fs::write(&file, programme)?;
        self.command(&["import", &file.to_string_lossy()]).map(drop)
    }

    /// Pairs a device and gives its token.
    ///
    /// # Errors
    /// No code was given, or it was not taken.
    pub async fn pair(&self, kind: &str) -> io::Result<String> {
        let code = self.command(&["pair", kind])?;
        let code = code.split_whitespace().last().unwrap_or_default();
        let mut connection = Connection::open(self.address).await?;
        let body = serde_json::json!({ "code": code }).to_string();
        let reply = connection
            .send("POST", "/api/v1/pairings", JSON, body.as_bytes())
            .await?;
        let paired: appliance_api::Paired = serde_json::from_slice(reply.body).map_err(|why| {
            io::Error::other(format!(
                "pairing: {why}: {}",
                String::from_utf8_lossy(reply.body)
            ))
        })?;
        Ok(paired.token)
    }

    /// Its settings file.
    pub fn settings(&self) -> PathBuf {
        self.folder.join("appliance.toml")
    }
}

/// The header line of a JSON body.
pub const JSON: &str = "content-type: application/json\r\n";

impl Running {
    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would end it, and waits until it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// It cannot be asked or waited for.
    pub fn stop(mut self) -> io::Result<()> {
        let asked = Command::new("kill")
            .arg(self.process().to_string())
            .status()?;
        if !asked.success() {
            return Err(io::Error::other("the box could not be asked to stop"));
        }
        self.child.wait().map(drop)
    }

    /// The box itself, which is the tracer's child if there is a tracer.
    fn process(&self) -> u32 {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let traced = children
            .ok()
            .filter(|_| self.traced)
            .and_then(|of| of.split_whitespace().next()?.parse().ok());
        traced.unwrap_or(id)
    }

    fn end(&mut self) {
        if self.traced && self.runs() {
            // A tracer that is killed lets its box live.
            let _ = Command::new("kill")
                .args(["-KILL", &self.process().to_string()])
                .status();
        }
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until `path` is answered with success.
///
/// # Errors
/// It is not within half a minute.
pub async fn answers(address: SocketAddr, path: &str, clock: &Clock) -> io::Result<()> {
    let begin = clock.monotonic();
    loop {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok(reply) = connection.send("GET", path, "", b"").await
            && reply.status == 200
        {
            return Ok(());
        }
        if clock.monotonic().saturating_sub(begin) > ANSWERS_WITHIN {
            return Err(io::Error::other(format!(
                "{path} was not answered within {} s",
                ANSWERS_WITHIN.as_secs()
            )));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Copies the files of a folder, and nothing else that lies in it, into one that is made for them.
///
/// # Errors
/// They cannot be read or written.
pub fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// A port of the loopback address that nobody else is given: the system gives the others to whoever asks for any.
pub fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}

/// The package that a program is of: the product's bear the name of theirs, all others are of the tests'.
fn package_of(program: &str) -> &str {
    match program {
        "appliance" | "cloud-hub" => program,
        _ => "tests",
    }
}

/// Builds these programs with the cargo that runs us, as this very program was built, and gives the folder that they lie in: this one's.
///
/// # Errors
/// They cannot be built or found.
pub fn programs(names: &[&str]) -> io::Result<PathBuf> {
    let folder = own_folder()?;
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet"]);
        if folder.ends_with("release") {
            command.arg("--release");
        }
        for name in names {
            command.args(["--package", package_of(name), "--bin", name]);
        }
        if !command.status()?.success() {
            return Err(io::Error::other("the programs could not be built"));
        }
    }
    match names.iter().find(|name| !folder.join(name).exists()) {
        None => Ok(folder),
        Some(name) => Err(io::Error::other(format!(
            "{name} does not lie beside this program: cargo build --release -p {} --bin {name}",
            package_of(name)
        ))),
    }
}

/// The folder that this very program lies in: on the disk that is measured, and nothing that a checkout knows of.
///
/// # Errors
/// The system does not say.
pub fn own_folder() -> io::Result<PathBuf> {
    let ours = std::env::current_exe()?;
    let folder = ours.parent().map(Path::to_owned);
    folder.ok_or_else(|| io::Error::other("this program lies nowhere"))
}
