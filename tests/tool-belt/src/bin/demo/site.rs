//! The programs of the demo: for each cinema a printer, a card terminal and a box; a payment provider, a mail server, a hub that can be switched, a line
//! that can be cut, and the orders that make them one chain.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tool_belt::checkout::Checkout;
use tool_belt::line::Line;
use tool_belt::process::{Failure, Running, now, output, pause_or_stop};
use tool_belt::{say, web};

use crate::options::Hub;
use crate::places::{CinemaPlaces, Places};

/// A program that is not ready by then will not be: opening a database and a port takes milliseconds, even on a busy machine seconds.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// The running programs. They are stopped in the order of the fields: first those who ask, then those who answer.
pub(crate) struct Site<'a> {
    cinemas: Vec<Cinema<'a>>,
    hub: Option<Running>,
    provider: Running,
    mail_server: Running,
    /// The line between all boxes and the hub.
    line: Line,
    /// The page of head office, by which somebody chooses a password.
    operator_link: String,
    checkout: &'a Checkout,
    places: &'a Places,
}

/// The programs of one cinema, in the order in which they are stopped.
pub(crate) struct Cinema<'a> {
    appliance: Running,
    terminal: Running,
    printer: Running,
    /// The code that pairs its first kiosk.
    pub(crate) pairing_code: String,
    pub(crate) places: &'a CinemaPlaces,
}

impl<'a> Site<'a> {
    /// Starts everything, imports the programmes, enrols the boxes with the hub and pairs a kiosk each.
    pub(crate) fn start(
        checkout: &'a Checkout,
        places: &'a Places,
        hub: Hub,
    ) -> Result<Self, Failure> {
        let line = Line::lay(places.line, places.broker)?;
        let tells = format!("http://{}/api/v1/payment-events", places.hub);
        let provider = [
            places.provider.to_string().into(),
            places.provider_book().into_os_string(),
            tells.into(),
        ];
        let program = |name: &str| places.log(name);
        let provider = start(
            checkout,
            &program("payment_provider"),
            "payment_provider",
            provider,
        )?;
        let mail_server = start(
            checkout,
            &program("mail_server"),
            "mail_server",
            [places.mail_server.to_string(), places.mail_page.to_string()],
        )?;
        let cinemas = places.cinemas.iter();
        let cinemas = cinemas.map(|cinema| Cinema::start(checkout, places, cinema));
        let mut site = Self {
            cinemas: cinemas.collect::<Result<_, _>>()?,
            hub: None,
            provider,
            mail_server,
            line,
            operator_link: String::new(),
            checkout,
            places,
        };
        ready("the payment provider", &mut site.provider, || {
            web::takes_connections(places.provider)
        })?;
        ready("the mail server", &mut site.mail_server, || {
            web::takes_connections(places.mail_server)
        })?;
        say::line("demo: importing the sample programme");
        for cinema in &mut site.cinemas {
            cinema.open(checkout)?;
        }
        site.start_the_hub()?;
        say::line("demo: enrolling the box with the hub");
        for cinema in &site.cinemas {
            cinema.enrol(checkout, places)?;
        }
        site.operator_link = order(
            checkout,
            "cloud-hub",
            &places.hub_settings(),
            ["operator", "office"],
        )?;
        if hub == Hub::Off {
            site.hub = None;
        }
        for cinema in &mut site.cinemas {
            cinema.pairing_code = cinema.pair(checkout)?;
        }
        Ok(site)
    }

    /// The cinemas of the chain.
    pub(crate) fn cinemas(&self) -> &[Cinema<'a>] {
        &self.cinemas
    }

    /// The page of head office with the one-time link of the operator `office`.
    pub(crate) fn operator_link(&self) -> &str {
        &self.operator_link
    }

    /// Whether the hub runs.
    pub(crate) fn hub_is_on(&self) -> bool {
        self.hub.is_some()
    }

    /// A code that pairs one more kiosk of each cinema, with where that is served.
    pub(crate) fn pair(&self) -> Result<Vec<(SocketAddr, String)>, Failure> {
        let cinemas = self.cinemas.iter();
        cinemas
            .map(|cinema| Ok((cinema.places.appliance, cinema.pair(self.checkout)?)))
            .collect()
    }

    /// Cuts the line between all boxes and the hub, or mends it.
    pub(crate) fn cut_or_mend(&self) {
        say::line(match self.line.cut_or_mend() {
            true => {
                "the line is cut; the kiosk sells on, and so does the hub what is in its custody"
            }
            false => "the line is whole again",
        });
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
        let cinemas = self.cinemas.iter_mut();
        let of_cinemas =
            cinemas.flat_map(|it| [&mut it.appliance, &mut it.terminal, &mut it.printer]);
        let others = [&mut self.provider, &mut self.mail_server];
        for running in of_cinemas.chain(others).chain(&mut self.hub) {
            if let Some(status) = running.ended()? {
                return Err(Failure::Told(running.last_words(status)));
            }
        }
        Ok(())
    }

    fn start_the_hub(&mut self) -> Result<(), Failure> {
        let mut hub = start(
            self.checkout,
            &self.places.log("cloud-hub"),
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
}

impl<'a> Cinema<'a> {
    fn start(checkout: &Checkout, places: &Places, own: &'a CinemaPlaces) -> Result<Self, Failure> {
        let log = |program: &str| places.log(&own.program(program));
        let addresses = [own.printer.to_string(), own.printer_page.to_string()];
        let printer = start(
            checkout,
            &log("virtual_printer"),
            "virtual_printer",
            addresses,
        )?;
        let journal = own.terminal_journal().into_os_string();
        let addresses = [own.terminal, own.terminal_page].map(|it| it.to_string().into());
        let arguments = addresses.into_iter().chain([journal]);
        let terminal = start(checkout, &log("card_terminal"), "card_terminal", arguments)?;
        let settings = own.settings();
        let config = [OsStr::new("--config"), settings.as_os_str()];
        let appliance = start(checkout, &log("appliance"), "appliance", config)?;
        Ok(Self {
            appliance,
            terminal,
            printer,
            pairing_code: String::new(),
            places: own,
        })
    }

    /// Waits until everything answers, and imports the programme.
    fn open(&mut self, checkout: &Checkout) -> Result<(), Failure> {
        let places = self.places;
        ready("the printer", &mut self.printer, || {
            web::takes_connections(places.printer)
        })?;
        ready("the card terminal", &mut self.terminal, || {
            web::takes_connections(places.terminal)
        })?;
        ready("the box", &mut self.appliance, || {
            // Its data and its socket for orders are open before its port is.
            web::answers_ok(places.appliance, "/healthz")
        })?;
        let import = [OsStr::new("import"), places.programme.as_os_str()];
        self.order(checkout, import)?;
        ready("the box", &mut self.appliance, || {
            web::answers_ok(places.appliance, "/readyz")
        })
    }

    /// Once for each demo's data: head office makes a one-time code, and the box takes it to the hub.
    fn enrol(&self, checkout: &Checkout, places: &Places) -> Result<(), Failure> {
        let note = self.places.enrolment_note();
        if note.exists() {
            return Ok(());
        }
        let cinema = self.places.cinema;
        let settings = places.hub_settings();
        let code = order(checkout, "cloud-hub", &settings, ["enrol", cinema])?;
        let hub = format!("http://{}", places.hub);
        self.order(checkout, ["enrol", &code, "--hub", &hub])?;
        fs::write(&note, cinema)
            .map_err(|error| format!("{} cannot be written: {error}", note.display()).into())
    }

    /// A code that pairs one more kiosk.
    fn pair(&self, checkout: &Checkout) -> Result<String, Failure> {
        self.order(checkout, ["pair", "kiosk"])
    }

    fn order<A: AsRef<OsStr>>(
        &self,
        checkout: &Checkout,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String, Failure> {
        order(checkout, "appliance", &self.places.settings(), arguments)
    }
}

/// Gives an order to a program that runs and gives what it answers, without the line's end.
fn order<A: AsRef<OsStr>>(
    checkout: &Checkout,
    program: &str,
    settings: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<String, Failure> {
    let mut command = Command::new(checkout.program(program));
    command.arg("--config").arg(settings).args(arguments);
    output(command).map(|answer| answer.trim().to_owned())
}

/// Starts a program beside its log.
fn start<A: AsRef<OsStr>>(
    checkout: &Checkout,
    log: &Path,
    program: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Result<Running, Failure> {
    let mut command = Command::new(checkout.program(program));
    command
        .current_dir(checkout.target.join("demo"))
        .args(arguments);
    Ok(Running::start(command, log)?)
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
