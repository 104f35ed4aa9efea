//! Where everything of the demo is: folders, addresses, settings files.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tool_belt::checkout::Checkout;
use tool_belt::say;
use tool_belt::web::free_port;

use crate::options::{Data, MOST_CINEMAS};

/// Folders and addresses of one demo.
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) cinemas: Vec<CinemaPlaces>,
    pub(crate) hub: SocketAddr,
    pub(crate) broker: SocketAddr,
    /// The end of the line at the boxes.
    pub(crate) line: SocketAddr,
    pub(crate) provider: SocketAddr,
    pub(crate) mail_server: SocketAddr,
    pub(crate) mail_page: SocketAddr,
}

/// What one cinema of the chain has for itself.
pub(crate) struct CinemaPlaces {
    /// What stands behind the names of its files: nothing for the first, `-2` for the next.
    mark: String,
    folder: PathBuf,
    /// What it sells.
    pub(crate) programme: PathBuf,
    /// The id of the cinema.
    pub(crate) cinema: &'static str,
    pub(crate) appliance: SocketAddr,
    pub(crate) printer: SocketAddr,
    pub(crate) printer_page: SocketAddr,
    pub(crate) terminal: SocketAddr,
    pub(crate) terminal_page: SocketAddr,
}

/// What the sandbox payment provider signs with, as it does where nobody says otherwise.
const SANDBOX_SECRET: &str = "sandbox secret, known to everybody";

/// Each cinema, and what it sells, relative to the checkout.
const CINEMAS: [(&str, &str); MOST_CINEMAS] = [
    ("hafen", "appliance/sample/programme.toml"),
    ("schloss", "appliance/sample/schloss.toml"),
    ("linden", "appliance/sample/linden.toml"),
];

impl Places {
    /// Clears the folder of the last demo, unless it is kept, chooses free ports and writes the settings files.
    ///
    /// # Errors
    /// A demo is running already, or a file cannot be written.
    pub(crate) fn prepare(checkout: &Checkout, data: Data, cinemas: usize) -> Result<Self, String> {
        let folder = checkout.target.join("demo");
        if UnixStream::connect(folder.join("appliance/control.sock")).is_ok() {
            return Err("a demo of this checkout is running already; stop it first".to_owned());
        }
        if data == Data::Fresh && folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(|error| format!("{} cannot be cleared: {error}", folder.display()))?;
        }
        let cinemas = CINEMAS.iter().take(cinemas).zip(0_u16..);
        let cinemas = cinemas.map(|((cinema, programme), nth)| {
            let sells = (*cinema, checkout.root.join(programme));
            CinemaPlaces::prepare(&folder, sells, nth)
        });
        let places = Self {
            cinemas: cinemas.collect::<Result<_, _>>()?,
            hub: chosen("the hub", 8090)?,
            broker: chosen("the hub's broker", 1883)?,
            line: chosen("the line to the hub", 1890)?,
            provider: chosen("the payment provider", 9300)?,
            mail_server: chosen("the mail server", 9325)?,
            mail_page: chosen("the mail server's page", 9380)?,
            folder,
        };
        places.write_settings()?;
        Ok(places)
    }

    /// The hub's settings file.
    pub(crate) fn hub_settings(&self) -> PathBuf {
        self.folder.join("cloud-hub.toml")
    }

    /// What the payment provider remembers, so that it outlives a hub that is switched off.
    pub(crate) fn provider_book(&self) -> PathBuf {
        self.folder.join("provider.book")
    }

    /// Where a program's output goes.
    pub(crate) fn log(&self, program: &str) -> PathBuf {
        self.folder.join("logs").join(format!("{program}.log"))
    }

    fn write_settings(&self) -> Result<(), String> {
        let hub = format!(
            "[data]\nfolder = {:?}\n\n[http]\nlisten = \"{}\"\n\n[broker]\nlisten = \"{}\"\naddress_for_boxes = \"mqtt://{}\"\n\n\
             [payments]\nsandbox = \"http://{}\"\nwebhook_secret = \"{SANDBOX_SECRET}\"\n\n\
             [mail]\nsmtp = \"smtp://{}\"\nfrom = \"Foyer <tickets@foyer.example>\"\n",
            self.folder.join("cloud-hub"),
            self.hub,
            self.broker,
            self.line,
            self.provider,
            self.mail_server,
        );
        write(&self.hub_settings(), &hub)?;
        self.cinemas
            .iter()
            .try_for_each(|cinema| cinema.write_settings(self.line))
    }
}

impl CinemaPlaces {
    fn prepare(
        folder: &Path,
        (cinema, programme): (&'static str, PathBuf),
        nth: u16,
    ) -> Result<Self, String> {
        let at = |what: &str, first: u16| match nth {
            0 => chosen(what, first),
            _ => chosen(&format!("{what} of cinema {}", nth + 1), first + nth),
        };
        Ok(Self {
            mark: match nth {
                0 => String::new(),
                _ => format!("-{}", nth + 1),
            },
            folder: folder.to_owned(),
            programme,
            cinema,
            appliance: at("the box", 8080)?,
            printer: at("the printer", 9100)?,
            printer_page: at("the printer's page", 9180)?,
            terminal: at("the card terminal", 9200)?,
            terminal_page: at("the card terminal's page", 9280)?,
        })
    }

    /// The box's settings file.
    pub(crate) fn settings(&self) -> PathBuf {
        self.own("appliance", ".toml")
    }

    /// What the card terminal remembers, so that it outlives a stopped box.
    pub(crate) fn terminal_journal(&self) -> PathBuf {
        self.own("terminal", ".journal")
    }

    /// Says that the box is enrolled with the hub.
    pub(crate) fn enrolment_note(&self) -> PathBuf {
        self.own("enrolled", ".txt")
    }

    /// What one of its programs is called in the logs.
    pub(crate) fn program(&self, program: &str) -> String {
        format!("{program}{}", self.mark)
    }

    fn own(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{name}{}{ending}", self.mark))
    }

    /// With the line, so that data of a demo that knew another one is reached by it too.
    fn write_settings(&self, line: SocketAddr) -> Result<(), String> {
        let appliance = format!(
            "[data]\nfolder = {:?}\n\n[http]\nlisten = \"{}\"\n\n[printer]\naddress = \"{}\"\n\n[terminal]\nsimulated = \"{}\"\n\n[hub]\nbroker = \"mqtt://{line}\"\n",
            self.own("appliance", ""),
            self.appliance,
            self.printer,
            self.terminal,
        );
        write(&self.settings(), &appliance)
    }
}

fn chosen(what: &str, wanted: u16) -> Result<SocketAddr, String> {
    let address = free_port(wanted)?;
    if address.port() != wanted {
        say::line(&format!(
            "demo: another program has port {wanted}; {what} takes {}",
            address.port()
        ));
    }
    Ok(address)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
