//! The programs of the demo: a printer, a card terminal, a payment provider, a mail server, a box, a hub that can be switched, and the orders
//! that make them one cinema.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tool_belt::checkout::Checkout;
use tool_belt::process::{Failure, Running, now, output, pause_or_stop};
use tool_belt::{say, web};

use crate::options::Hub;
use crate::places::Places;

/// A program that is not ready by then will not be: opening a database and a port takes milliseconds, even on a busy machine seconds.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// The programme that the demo sells, relative to the checkout.
const SAMPLE: &str = "appliance/sample/programme.toml";

/// The running programs. They are stopped in the order of the fields: first those who ask, then those who answer.
pub(crate) struct Site<'a> {
    appliance: Running,
    hub: Option<Running>,
    terminal: Running,
    provider: Running,
    mail_server: Running,
    printer: Running,
    pairing_code: String,
    /// The page of head office, by which somebody chooses a password.
    operator_link: String,
    checkout: &'a Checkout,
    places: &'a Places,
}

impl<'a> Site<'a> {
    /// Starts everything, imports the programme, enrols the box with the hub and pairs a kiosk.
    pub(crate) fn start(
        checkout: &'a Checkout,
        places: &'a Places,
        hub: Hub,
    ) -> Result<Self, Failure> {
        let printer = start(
            checkout,
            places,
            "virtual_printer",
            [places.printer.to_string(), places.printer_page.to_string()],
        )?;
        let journal = places.terminal_journal().into_os_string();
        let addresses = [
            places.terminal.to_string().into(),
            places.terminal_page.to_string().into(),
            journal,
        ];
        let terminal = start(checkout, places, "card_terminal", addresses)?;
        let tells = format!("http://{}/api/v1/payment-events", places.hub);
        let provider = [
            places.provider.to_string().into(),
            places.provider_book().into_os_string(),
            tells.into(),
        ];
        let provider = start(checkout, places, "payment_provider", provider)?;
        let mail_server = start(
            checkout,
            places,
            "mail_server",
            [places.mail_server.to_string(), places.mail_page.to_string()],
        )?;
        let appliance = start(
            checkout,
            places,
            "appliance",
            [
                OsStr::new("--config"),
                places.appliance_settings().as_os_str(),
            ],
        )?;
        let mut site = Self {
            appliance,
            hub: None,
            terminal,
            provider,
            mail_server,
            printer,
            pairing_code: String::new(),
            operator_link: String::new(),
            checkout,
            places,
        };
        ready("the printer", &mut site.printer, || {
            web::takes_connections(places.printer)
        })?;
        ready("the card terminal", &mut site.terminal, || {
            web::takes_connections(places.terminal)
        })?;
        ready("the payment provider", &mut site.provider, || {
            web::takes_connections(places.provider)
        })?;
        ready("the mail server", &mut site.mail_server, || {
            web::takes_connections(places.mail_server)
        })?;
        ready("the box", &mut site.appliance, || {
            // Its data and its socket for orders are open before its port is.
            web::answers_ok(places.appliance, "/healthz")
        })?;

        say::line("demo: importing the sample programme");
        let sample = checkout.root.join(SAMPLE);
        site.order(
            "appliance",
            &places.appliance_settings(),
            [OsStr::new("import"), sample.as_os_str()],
        )?;
        ready("the box", &mut site.appliance, || {
            web::answers_ok(places.appliance, "/readyz")
        })?;
        site.start_the_hub()?;
        site.enrol(&sample)?;
        site.operator_link =
            site.order("cloud-hub", &places.hub_settings(), ["operator", "office"])?;
        if hub == Hub::Off {
            site.hub = None;
        }
        site.pairing_code = site.pair()?;
        Ok(site)
    }

    /// The code that pairs the first kiosk.
    pub(crate) fn pairing_code(&self) -> &str {
        &self.pairing_code
    }

    /// The page of head office with the one-time link of the operator `office`.
    pub(crate) fn operator_link(&self) -> &str {
        &self.operator_link
    }

    /// Where the kiosk is served.
    pub(crate) fn kiosk_address(&self) -> SocketAddr {
        self.places.appliance
    }

    /// Whether the hub runs.
    pub(crate) fn hub_is_on(&self) -> bool {
        self.hub.is_some()
    }

    /// A code that pairs one more kiosk.
    pub(crate) fn pair(&self) -> Result<String, Failure> {
        self.order(
            "appliance",
            &self.places.appliance_settings(),
            ["pair", "kiosk"],
        )
    }

    /// Off if it is on, on if it is off.
    pub(crate) fn switch_the_hub(&mut self) -> Result<(), Failure> {
        if self.hub.take().is_some() {
            say::line("the hub is off; the kiosk sells on");
            return Ok(());
        }
        self.start_the_hub()?;
        say::line(&format!(
            "the hub is on: http://{}/head-office",
            self.places.hub
        ));
        Ok(())
    }

    /// An error if a program has ended by itself.
    pub(crate) fn see_that_all_run(&mut self) -> Result<(), Failure> {
        let all = [
            &mut self.appliance,
            &mut self.terminal,
            &mut self.provider,
            &mut self.mail_server,
            &mut self.printer,
        ];
        for running in all.into_iter().chain(&mut self.hub) {
            if let Some(status) = running.ended()? {
                return Err(Failure::Told(running.last_words(status)));
            }
        }
        Ok(())
    }

    fn start_the_hub(&mut self) -> Result<(), Failure> {
        let mut hub = start(
            self.checkout,
            self.places,
            "cloud-hub",
            [
                OsStr::new("--config"),
                self.places.hub_settings().as_os_str(),
            ],
        )?;
        ready("the hub", &mut hub, || {
            web::answers_ok(self.places.hub, "/readyz")
        })?;
        self.hub = Some(hub);
        Ok(())
    }

    /// Once for each demo's data: head office makes a one-time code, and the box takes it to the hub.
    fn enrol(&self, sample: &Path) -> Result<(), Failure> {
        let note = self.places.enrolment_note();
        if note.exists() {
            return Ok(());
        }
        say::line("demo: enrolling the box with the hub");
        let cinema = cinema_of(sample)?;
        let code = self.order("cloud-hub", &self.places.hub_settings(), ["enrol", &cinema])?;
        let hub = format!("http://{}", self.places.hub);
        self.order(
            "appliance",
            &self.places.appliance_settings(),
            ["enrol", &code, "--hub", &hub],
        )?;
        fs::write(&note, &cinema)
            .map_err(|error| format!("{} cannot be written: {error}", note.display()).into())
    }

    /// Gives an order to a program that runs and gives what it answers, without the line's end.
    fn order<A: AsRef<OsStr>>(
        &self,
        program: &str,
        settings: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String, Failure> {
        let mut command = Command::new(self.checkout.program(program));
        command.arg("--config").arg(settings).args(arguments);
        output(command).map(|answer| answer.trim().to_owned())
    }
}

fn start<A: AsRef<OsStr>>(
    checkout: &Checkout,
    places: &Places,
    program: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Result<Running, Failure> {
    let mut command = Command::new(checkout.program(program));
    command.current_dir(&places.folder).args(arguments);
    Ok(Running::start(command, &places.log(program))?)
}

/// Waits until a program is ready.
fn ready(what: &str, running: &mut Running, is_ready: impl Fn() -> bool) -> Result<(), Failure> {
    let started = now();
    while !is_ready() {
        if let Some(status) = running.ended()? {
            return Err(Failure::Told(running.last_words(status)));
        }
        if started.elapsed() > READY_WITHIN {
            return Err(Failure::Told(format!(
                "{what} is not ready after {}; see {}",
                say::seconds(READY_WITHIN),
                running.log().display()
            )));
        }
        pause_or_stop()?;
    }
    Ok(())
}

/// The cinema's id in a programme file.
fn cinema_of(sample: &Path) -> Result<String, String> {
    let text = fs::read_to_string(sample)
        .map_err(|error| format!("{} cannot be read: {error}", sample.display()))?;
    id_under(&text, "[cinema]").ok_or_else(|| format!("{} names no cinema", sample.display()))
}

fn id_under(toml: &str, header: &str) -> Option<String> {
    let lines = toml
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != header)
        .skip(1);
    let mut pairs = lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='));
    pairs
        .find(|(key, _)| key.trim() == "id")
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::id_under;

    #[test]
    fn the_cinemas_id_is_read_from_its_own_table() {
        let programme = "format = 1\n[[film]]\nid = \"a\"\n[cinema]\nname = \"Lux\"\nid = \"lux\"\n[[auditorium]]\nid = \"b\"\n";
        assert_eq!(id_under(programme, "[cinema]"), Some("lux".to_owned()));
        assert_eq!(
            id_under("[cinema]\nname = \"Lux\"\n[x]\nid = \"x\"\n", "[cinema]"),
            None
        );
    }
}
