//! `cargo demo`: a whole cinema and its hub on loopback, from a fresh checkout, with the sample programme.

mod options;
mod places;
mod site;

use std::process::{Command, ExitCode};
use std::sync::mpsc::{self, Receiver};

use options::Options;
use places::Places;
use site::Site;
use tool_belt::checkout::Checkout;
use tool_belt::process::{Failure, cargo, now, pause_or_stop, run_shown};
use tool_belt::{say, stop};

fn main() -> ExitCode {
    stop::listen();
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(words) => {
            say::line(&words);
            return ExitCode::from(2);
        }
    };
    match demo(&options) {
        Ok(()) | Err(Failure::Stopped) => ExitCode::SUCCESS,
        Err(Failure::Told(words)) => {
            say::line(&format!("\ndemo: {words}"));
            ExitCode::FAILURE
        }
    }
}

fn demo(options: &Options) -> Result<(), Failure> {
    let checkout = Checkout::find()?;
    let places = Places::prepare(&checkout, options.data, options.cinemas)?;
    build(&checkout)?;
    let mut site = Site::start(&checkout, &places, options.hub)?;
    tell(&places, &site);
    let ended = watch(&mut site);
    say::line(
        "\nstopping: boxes, hub, printers, terminals, payment provider and mail server finish what they do",
    );
    drop(site);
    say::line("stopped");
    ended
}

/// Builds with cargo's own progress on the terminal. The selection is the same for all programs, so that no dependency is built twice.
fn build(checkout: &Checkout) -> Result<(), Failure> {
    say::line("demo: building the programs (some minutes the first time)");
    let started = now();
    let mut programs = cargo(&["build", "--workspace", "--exclude", "web-ui", "--bins"]);
    programs.current_dir(&checkout.root);
    run_shown(programs)?;
    say::line(&format!(
        "demo: built in {}",
        say::seconds(started.elapsed())
    ));
    let mut screens = Command::new(checkout.program("bundler"));
    screens.current_dir(&checkout.root);
    run_shown(screens).map(drop)
}

fn tell(places: &Places, site: &Site) {
    say::line("\nFoyer is open.\n");
    for cinema in site.cinemas() {
        let (own, kiosk) = (cinema.places, cinema.places.appliance);
        say::line(&format!(
            "  cinema       {}\n  kiosk        http://{kiosk}/kiosk?pair={}\n               (the link pairs the first browser that opens it; later http://{kiosk}/kiosk is enough)\n  \
             printer      http://{}   what it has printed\n  terminal     http://{}   how it answers card payments\n",
            own.cinema, cinema.pairing_code, own.printer_page, own.terminal_page,
        ));
    }
    say::line(&format!(
        "  payments     http://{}   the sandbox that takes cards online; no money moves\n  mails        http://{}   what the hub has sent; none is delivered\n  storefront   http://{}/   what is on, and its tickets, for guests at home\n  head office  {}   {}\n               (the operator \"office\" chooses a password by this link, once)\n  \
         data         {}\n",
        places.provider,
        places.mail_page,
        places.hub,
        site.operator_link(),
        if site.hub_is_on() {
            ""
        } else {
            "the hub is switched off"
        },
        places.folder.display(),
    ));
    say::line(
        "c and Enter cuts the line between cinema and hub or mends it, h and Enter switches the hub on or off, p and Enter pairs another browser, Ctrl+C stops.",
    );
}

/// Until Ctrl+C, or until a program ends that should not.
fn watch(site: &mut Site) -> Result<(), Failure> {
    let typed = typed_lines();
    loop {
        match pause_or_stop() {
            Err(Failure::Stopped) => return Ok(()),
            other => other?,
        }
        site.see_that_all_run()?;
        match typed.try_recv().as_deref() {
            Ok("h") => site.switch_the_hub()?,
            Ok("c") => site.cut_or_mend(),
            Ok("p") => {
                for (kiosk, code) in site.pair()? {
                    say::line(&format!("another kiosk: http://{kiosk}/kiosk?pair={code}"));
                }
            }
            Ok("") | Err(_) => {}
            Ok(other) => say::line(&format!("'{other}' is no key here: c, h, p, or Ctrl+C")),
        }
    }
}

/// What is typed, a line at a time, from a thread that ends with the command. Nothing comes when nobody types.
fn typed_lines() -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line.trim().to_lowercase()).is_err() {
                return;
            }
        }
    });
    receiver
}
