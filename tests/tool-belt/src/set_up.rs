//! Puts on the machine what the tests need: Debian packages, an npm package, a Python environment, the wasm target. Each is left alone when it
//! is there already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::checkout::Checkout;
use crate::process::{Failure, cargo, run};

/// The accessibility checker that the browser tests run inside each screen.
const AXE_CORE: &str = "axe-core@4.14.1";

/// What changes the rules in small pieces, to see whether a test notices.
const CARGO_MUTANTS: &str = "cargo-mutants@27.1.0";

/// A Debian package, and the command whose presence shows that it is not needed.
const PACKAGES: [(&str, &str); 6] = [
    ("mosquitto", "mosquitto"),
    ("chromium", "chromium"),
    ("chromium-driver", "chromedriver"),
    ("strace", "strace"),
    ("npm", "npm"),
    ("python3", "python3"),
];

/// Has Debian install PostgreSQL without a server that runs as a service: the tests start their own.
const NO_CLUSTER: &str = "mkdir -p /etc/postgresql-common/createcluster.d && \
    echo create_main_cluster = false > /etc/postgresql-common/createcluster.d/no-cluster.conf && ";

/// Installs what is missing; output goes to files in `logs`.
///
/// # Errors
/// A package manager fails, or the person is not root; the words say what to run.
pub fn install(checkout: &Checkout, logs: &Path) -> Result<(), Failure> {
    debian_packages(logs)?;
    wasm_target(logs)?;
    axe_core(checkout, logs)?;
    python(checkout, logs)
}

/// Installs what `cargo survivors` needs and gives its program; output goes to a file in `logs`.
///
/// # Errors
/// It cannot be built.
pub fn mutants(checkout: &Checkout, logs: &Path) -> Result<PathBuf, Failure> {
    let folder = checkout.tools().join("mutants");
    once(&folder, CARGO_MUTANTS, |folder| {
        let mut install = cargo(&["install", "--locked", "--force", "--root"]);
        install.arg(folder).arg(CARGO_MUTANTS);
        run(install, &logs.join("cargo-mutants.log")).map(drop)
    })?;
    Ok(folder.join("bin/cargo-mutants"))
}

fn debian_packages(logs: &Path) -> Result<(), Failure> {
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, command)| !is_a_command(command))
        .map(|(package, _)| *package)
        .collect();
    if !can_make_python_environments() {
        missing.push("python3-venv");
    }
    let mut before = "";
    if !has_postgresql() {
        missing.push("postgresql");
        before = NO_CLUSTER;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_a_command("apt-get") {
        return Err(Failure::Told(format!(
            "the tests need these programs, here by their Debian names; install them with this system's tools: {names}"
        )));
    }
    let line = format!(
        "{before}apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends {names}"
    );
    if !is_root() {
        return Err(Failure::Told(format!(
            "the tests need some Debian packages. Run this once, then start again:\n\n    sudo sh -c '{line}'\n"
        )));
    }
    run(shell(&line), &logs.join("packages.log")).map(drop)
}

fn wasm_target(logs: &Path) -> Result<(), Failure> {
    let output = Command::new("rustc")
        .args([
            "--print",
            "target-libdir",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .output();
    let folder = output
        .map_err(|error| format!("rustc cannot be run: {error}"))?
        .stdout;
    if Path::new(String::from_utf8_lossy(&folder).trim()).is_dir() {
        return Ok(());
    }
    run(
        shell("rustup target add wasm32-unknown-unknown"),
        &logs.join("wasm-target.log"),
    )
    .map(drop)
}

fn axe_core(checkout: &Checkout, logs: &Path) -> Result<(), Failure> {
    let folder = checkout.tools().join("npm");
    once(&folder, AXE_CORE, |folder| {
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ])
        .arg(folder)
        .arg(AXE_CORE);
        run(npm, &logs.join("npm.log")).map(drop)
    })
}

fn python(checkout: &Checkout, logs: &Path) -> Result<(), Failure> {
    let list = checkout.root.join("tests/requirements.txt");
    let wanted = fs::read_to_string(&list)
        .map_err(|error| format!("{} cannot be read: {error}", list.display()))?;
    let folder = checkout.tools().join("python");
    once(&folder, &wanted, |folder| {
        let log = logs.join("python.log");
        let mut environment = Command::new("python3");
        environment.args(["-m", "venv", "--clear"]).arg(folder);
        run(environment, &log)?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(&list);
        run(pip, &log).map(drop)
    })
}

/// Does `work` for a folder unless a note in it says that it was done for the same list.
fn once(
    folder: &Path,
    list: &str,
    work: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let note = folder.join("installed.txt");
    if fs::read_to_string(&note).is_ok_and(|done| done == list) {
        return Ok(());
    }
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    work(folder)?;
    fs::write(&note, list)
        .map_err(|error| format!("{} cannot be written: {error}", note.display()).into())
}

/// Debian's `python3` can run `venv` only with the package `python3-venv`.
fn can_make_python_environments() -> bool {
    succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
}

/// Debian keeps PostgreSQL's programs out of the search path, a folder for each version.
fn has_postgresql() -> bool {
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else {
        return false;
    };
    versions
        .flatten()
        .any(|version| version.path().join("bin/postgres").is_file())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}

/// Whether a command is in the search path, or where Debian puts services.
fn is_a_command(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .any(|folder| folder.join(name).is_file())
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

#[cfg(test)]
mod tests {
    use super::{is_a_command, once};
    use crate::process::Failure;

    #[test]
    fn a_list_is_installed_once_and_again_when_it_changes() {
        let folder = std::env::temp_dir().join(format!("foyer-once-{}", std::process::id()));
        let mut times = 0;
        for list in ["a==1", "a==1", "a==2"] {
            once(&folder, list, |_| {
                times += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(times, 2);
        let failed = once(&folder, "a==3", |_| {
            Err(Failure::Told("no line".to_owned()))
        });
        assert!(failed.is_err());
        once(&folder, "a==3", |_| {
            times += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(times, 3, "a failed installation is tried again");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_command_is_found_in_the_path() {
        assert!(is_a_command("sh"));
        assert!(!is_a_command("no-such-command-of-ours"));
    }
}
