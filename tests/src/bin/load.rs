//! `cargo load [--seconds N] [--only box|bookings|stripe|catch-up|asks|storefront|first-view|rush]`: how fast and how small, one JSON line a figure. `load bare ADDRESS FILE`
//! is the server that the box is held against.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use service::Clock;
use tests::load::appliance_process::own_folder;
use tests::load::figure::Figure;
use tests::load::{bare, run};
use tests::{asks, bookings, first_view, rush, storefront_reads};

/// How long each load lasts by default: long enough for a checkpoint of the database to fall into it.
const SECONDS: u64 = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["bare", address, file] => address
            .parse()
            .map_err(std::io::Error::other)
            .and_then(|address| on_every_core(bare::serve(address, Path::new(file)))),
        asked => understand(asked).map_or_else(
            || {
                Err(std::io::Error::other(
                    "usage: load [--seconds N] [--only box|bookings|stripe|catch-up|asks|storefront|first-view|rush]",
                ))
            },
            measure,
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn understand(asked: &[&str]) -> Option<run::Settings> {
    let mut settings = run::Settings {
        time: Duration::from_secs(SECONDS),
        only: None,
    };
    let mut asked = asked.iter();
    while let Some(word) = asked.next() {
        let value = asked.next()?;
        match *word {
            "--seconds" => settings.time = Duration::from_secs(value.parse().ok()?),
            "--only" => settings.only = Some(run::Part::named(value)?),
            _ => return None,
        }
    }
    Some(settings)
}

fn measure(settings: run::Settings) -> std::io::Result<()> {
    let folder = tempfile::Builder::new()
        .prefix("foyer-load")
        .tempdir_in(own_folder()?)?;
    // One thread: the load must leave the machine to the box.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut emit = |figure: Figure| tell(&figure.line());
    runtime.block_on(async {
        run::run(settings, folder.path(), &mut emit).await?;
        if settings.does(run::Part::Bookings) {
            let during = (settings.time, &Clock::system());
            bookings::measure(folder.path(), during, &mut emit).await?;
        }
        if settings.does(run::Part::Stripe) {
            let during = (settings.time, &Clock::system());
            bookings::measure_through_stripe(folder.path(), during, &mut emit).await?;
        }
        if settings.does(run::Part::Asks) {
            asks::measure(folder.path(), &mut emit).await?;
        }
        if settings.does(run::Part::Storefront) {
            let during = (settings.time, &Clock::system());
            storefront_reads::measure(folder.path(), during, &mut emit).await?;
        }
        if settings.does(run::Part::FirstView) {
            first_view::measure(folder.path(), &Clock::system(), &mut emit).await?;
        }
        if settings.does(run::Part::Rush) {
            rush::measure(folder.path(), &Clock::system(), &mut emit).await?;
        }
        Ok(())
    })
}

fn on_every_core(work: impl Future<Output = std::io::Result<()>>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn tell(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "it tells whoever started it what went wrong"
)]
fn say(text: &str) {
    eprintln!("load: {text}");
}
