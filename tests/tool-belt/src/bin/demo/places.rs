//! Where everything of the demo is: folders, addresses, settings files.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tool_belt::checkout::Checkout;
use tool_belt::say;
use tool_belt::web::free_port;

use crate::options::Data;

/// Folders and addresses of one demo.
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) appliance: SocketAddr,
    pub(crate) hub: SocketAddr,
    pub(crate) broker: SocketAddr,
    pub(crate) printer: SocketAddr,
    pub(crate) printer_page: SocketAddr,
    pub(crate) terminal: SocketAddr,
    pub(crate) terminal_page: SocketAddr,
    pub(crate) provider: SocketAddr,
    pub(crate) mail_server: SocketAddr,
    pub(crate) mail_page: SocketAddr,
}

/// What the sandbox payment provider signs with, as it does where nobody says otherwise.
const SANDBOX_SECRET: &str = "sandbox secret, known to everybody";

impl Places {
    /// Clears the folder of the last demo, unless it is kept, chooses free ports and writes the settings files.
    ///
    /// # Errors
    /// A demo is running already, or a file cannot be written.
    pub(crate) fn prepare(checkout: &Checkout, data: Data) -> Result<Self, String> {
        let folder = checkout.target.join("demo");
        if UnixStream::connect(folder.join("appliance/control.sock")).is_ok() {
            return Err("a demo of this checkout is running already; stop it first".to_owned());
        }
        if data == Data::Fresh && folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(|error| format!("{} cannot be cleared: {error}", folder.display()))?;
        }
        let places = Self {
            appliance: chosen("the box", 8080)?,
            hub: chosen("the hub", 8090)?,
            broker: chosen("the hub's broker", 1883)?,
            printer: chosen("the printer", 9100)?,
            printer_page: chosen("the printer's page", 9180)?,
            terminal: chosen("the card terminal", 9200)?,
            terminal_page: chosen("the card terminal's page", 9280)?,
            provider: chosen("the payment provider", 9300)?,
            mail_server: chosen("the mail server", 9325)?,
            mail_page: chosen("the mail server's page", 9380)?,
            folder,
        };
        places.write_settings()?;
        Ok(places)
    }

    /// The box's settings file.
    pub(crate) fn appliance_settings(&self) -> PathBuf {
        self.folder.join("appliance.toml")
    }

    /// The hub's settings file.
    pub(crate) fn hub_settings(&self) -> PathBuf {
        self.folder.join("cloud-hub.toml")
    }

    /// What the card terminal remembers, so that it outlives a stopped box.
    pub(crate) fn terminal_journal(&self) -> PathBuf {
        self.folder.join("terminal.journal")
    }

    /// What the payment provider remembers, so that it outlives a hub that is switched off.
    pub(crate) fn provider_book(&self) -> PathBuf {
        self.folder.join("provider.book")
    }

    /// Says that the box is enrolled with the hub.
    pub(crate) fn enrolment_note(&self) -> PathBuf {
        self.folder.join("enrolled.txt")
    }

    /// Where a program's output goes.
    pub(crate) fn log(&self, program: &str) -> PathBuf {
        self.folder.join("logs").join(format!("{program}.log"))
    }

    fn write_settings(&self) -> Result<(), String> {
        let appliance = format!(
            "[data]\nfolder = {:?}\n\n[http]\nlisten = \"{}\"\n\n[printer]\naddress = \"{}\"\n\n[terminal]\nsimulated = \"{}\"\n",
            self.folder.join("appliance"),
            self.appliance,
            self.printer,
            self.terminal,
        );
        let hub = format!(
            "[data]\nfolder = {:?}\n\n[http]\nlisten = \"{}\"\n\n[broker]\nlisten = \"{}\"\n\n\
             [payments]\nsandbox = \"http://{}\"\nwebhook_secret = \"{SANDBOX_SECRET}\"\n\n\
             [mail]\nsmtp = \"smtp://{}\"\nfrom = \"Foyer <tickets@foyer.example>\"\n",
            self.folder.join("cloud-hub"),
            self.hub,
            self.broker,
            self.provider,
            self.mail_server,
        );
        write(&self.appliance_settings(), &appliance)?;
        write(&self.hub_settings(), &hub)
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
