//! `cargo survivors`: changes the rules of the house one small piece at a time, and names each change that no unit test notices. Hours for all
//! of it, so it is run by hand; what nobody has explained in the list fails it, and so does an explanation of what is noticed by now.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use tool_belt::checkout::Checkout;
use tool_belt::process::{Failure, output, status_shown};
use tool_belt::survivors::{Mutation, Outcome, compare, explained, named};
use tool_belt::{say, set_up, stop};

/// What is changed: the custody machine, the machines of checkout, the ledger and the link. Files of tests alone, such as the models, have no
/// mutations.
const AREA: [&str; 8] = [
    "appliance/box-office/src/custody.rs",
    "appliance/box-office/src/custody/**/*.rs",
    "appliance/box-office/src/checkout.rs",
    "appliance/box-office/src/checkout/**/*.rs",
    "appliance/box-office/src/ledger.rs",
    "appliance/box-office/src/ledger/**/*.rs",
    "sync-agent/wire/src/link.rs",
    "sync-agent/wire/src/link/**/*.rs",
];

/// The explained ones: `file: mutation -- why`, one a line.
const LIST: &str = "tests/mutants/survivors.txt";

/// Below this, in seconds, no run of the tests is cut short: what the tests take alone is no measure on a busy machine.
const TIMEOUT_AT_LEAST: &str = "120";

/// What cargo-mutants ends with after it has tried all: nothing survived, something did, something came to no end.
const ENDS: [i32; 3] = [0, 2, 3];

const USAGE: &str = "It is `cargo survivors`, and any of: `--file PART` for the files whose path has that part, `--shard K/N` for one part of N, counted \
    from 0, `--list` to name the mutations and change nothing.";

/// What the person wants.
#[derive(Debug, Default)]
struct Options {
    parts: Vec<String>,
    shard: Option<String>,
    lists: bool,
}

fn main() -> ExitCode {
    stop::listen();
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(words) => {
            say::line(&words);
            return ExitCode::from(2);
        }
    };
    match survivors(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Failure::Stopped) => {
            say::line("stopped");
            ExitCode::from(130)
        }
        Err(Failure::Told(words)) => {
            say::line(&words);
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| USAGE.to_owned());
        match argument.as_str() {
            "--file" => options.parts.push(value()?),
            "--shard" => options.shard = Some(value()?),
            "--list" => options.lists = true,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

/// Whether the run and the list say the same.
fn survivors(options: &Options) -> Result<bool, Failure> {
    let checkout = Checkout::find()?;
    let folder = checkout.target.join("mutants");
    let program = set_up::mutants(&checkout, &folder)?;
    let mutants = Mutants {
        program,
        checkout,
        folder,
    };
    let there_are = named(&output(
        mutants.command(&AREA, &["--list", "--line-col", "false"]),
    )?);
    let files = chosen(&there_are, &options.parts);
    if files.is_empty() {
        return Err("no file of the area has such a path".to_owned().into());
    }
    if options.lists {
        let named: Vec<&str> = there_are
            .iter()
            .filter(|mutation| files.contains(&file_of(mutation)))
            .map(String::as_str)
            .collect();
        say::line(&named.join("\n"));
        return Ok(true);
    }
    let outcome = mutants.tried(&files, options.shard.as_deref())?;
    let list = read(&mutants.checkout.root.join(LIST))?;
    let explained = explained(&list)?;
    let difference = compare(&there_are, &outcome, &explained);
    for mutation in &difference.unexplained {
        say::line(&format!("no test notices   {mutation}"));
    }
    for mutation in &difference.stale {
        say::line(&format!("explained in vain {mutation}"));
    }
    if difference != Default::default() {
        say::line(&format!(
            "\nWrite a test that notices, or say in {LIST} why none is needed; take out of it what is explained in vain. Each change stands in {}.",
            mutants.folder.join("mutants.out/diff").display()
        ));
    }
    say::line(&format!(
        "{{\"mutations\":{},\"tried\":{},\"caught\":{},\"survived\":{},\"timed_out\":{},\"unviable\":{},\"explained\":{},\"unexplained\":{},\"stale\":{}}}",
        there_are.len(),
        outcome.tried(),
        outcome.caught.len(),
        outcome.survived.len(),
        outcome.timed_out.len(),
        outcome.unviable.len(),
        explained.len(),
        difference.unexplained.len(),
        difference.stale.len(),
    ));
    Ok(difference == Default::default())
}

/// The files whose path has one of these parts; all of them, if none is given.
fn chosen<'a>(there_are: &'a [Mutation], parts: &[String]) -> Vec<&'a str> {
    let is_chosen =
        |file: &&str| parts.is_empty() || parts.iter().any(|part| file.contains(part.as_str()));
    let mut files: Vec<&str> = there_are.iter().map(file_of).filter(is_chosen).collect();
    files.sort_unstable();
    files.dedup();
    files
}

fn file_of(mutation: &Mutation) -> &str {
    mutation.split_once(": ").map_or("", |(file, _)| file)
}

/// cargo-mutants and where it works.
struct Mutants {
    program: PathBuf,
    checkout: Checkout,
    folder: PathBuf,
}

impl Mutants {
    /// It changes a copy of the checkout under the target folder, and tries each change with the unit tests of its own crate.
    fn command<T: AsRef<OsStr>>(&self, files: &[T], arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["mutants", "--no-config", "--colors", "never", "--output"])
            .arg(&self.folder)
            .arg("--dir")
            .arg(&self.checkout.root)
            .args(["--minimum-test-timeout", TIMEOUT_AT_LEAST])
            .args(["--package", "box-office", "--package", "wire"])
            .args(["--cargo-arg", "--lib"])
            .args(arguments)
            .env("TMPDIR", self.folder.join("copies"))
            .env("CARGO_TARGET_DIR", self.folder.join("build"));
        for file in files {
            command.arg("--file").arg(file);
        }
        command
    }

    fn tried(&self, files: &[&str], shard: Option<&str>) -> Result<Outcome, Failure> {
        let shard: Vec<&str> = shard.into_iter().flat_map(|it| ["--shard", it]).collect();
        let found = self.folder.join("mutants.out");
        // What an earlier run found would be taken for this one's.
        remove(&found)?;
        remove(&self.folder.join("copies"))?;
        let copies = self.folder.join("copies");
        fs::create_dir_all(&copies)
            .map_err(|error| format!("{} cannot be made: {error}", copies.display()))?;
        let status = status_shown(self.command(files, &shard))?;
        if !status.code().is_some_and(|code| ENDS.contains(&code)) {
            return Err(format!("cargo-mutants ended with {status}").into());
        }
        let of = |name: &str| read(&found.join(name)).map(|lines| named(&lines));
        Ok(Outcome {
            caught: of("caught.txt")?,
            survived: of("missed.txt")?,
            timed_out: of("timeout.txt")?,
            unviable: of("unviable.txt")?,
        })
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path);
    text.map_err(|error| format!("{} cannot be read: {error}", path.display()).into())
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{} cannot be removed: {error}", folder.display()).into())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{chosen, options};

    #[test]
    fn a_part_of_a_path_chooses_files() {
        let there_are = ["a/door.rs: x", "a/door.rs: y", "a/seat.rs: x"].map(str::to_owned);
        assert_eq!(chosen(&there_are, &[]), ["a/door.rs", "a/seat.rs"]);
        assert_eq!(chosen(&there_are, &["seat".to_owned()]), ["a/seat.rs"]);
        assert!(chosen(&there_are, &["till".to_owned()]).is_empty());
    }

    #[test]
    fn an_option_without_its_value_is_refused() {
        let read = |words: &[&str]| options(words.iter().map(|word| (*word).to_owned()));
        let both = read(&["--file", "door", "--shard", "0/4"]).unwrap();
        assert_eq!(both.parts, ["door"]);
        assert_eq!(both.shard.as_deref(), Some("0/4"));
        for words in [&["--file"][..], &["--shards", "1/2"]] {
            assert!(read(words).is_err(), "{words:?}");
        }
    }
}
