//! Which files there are, and what files of any kind may say.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::checkout::Checkout;

/// The top level of the checkout, besides dot files.
const TOP_LEVEL: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "appliance",
    "clippy.toml",
    "cloud-hub",
    "sync-agent",
    "tests",
    "web-ui",
];

/// Hashes of the migrations that may have run on somebody's box: `SHA-256 path` a line.
const KEPT_MIGRATIONS: &str = "tests/tidy/migrations.txt";

/// The program that proves a checkout.
const VERIFY: &str = "tests/tool-belt/src/bin/verify.rs";

pub(crate) fn top_level(checkout: &Checkout) -> Vec<String> {
    let found: BTreeSet<&str> = checkout
        .files()
        .filter_map(|(path, _)| path.split('/').next())
        .filter(|name| !name.starts_with('.'))
        .collect();
    found
        .into_iter()
        .filter(|name| !TOP_LEVEL.contains(name))
        .map(|name| format!("{name} is new at the top level, which is fixed. Put it beside the component that would own it if nobody else used it."))
        .collect()
}

pub(crate) fn crate_pages(checkout: &Checkout) -> Vec<String> {
    let map = checkout.text("README.md").unwrap_or_default();
    let mut complaints = Vec::new();
    for member in checkout.members() {
        let folder = &member.folder;
        if checkout.text(&format!("{folder}/README.md")).is_none() {
            complaints.push(format!(
                "{folder} has no README.md. Write one page: its job, its words, its invariants."
            ));
        }
        let root = ["lib.rs", "main.rs"]
            .iter()
            .find_map(|file| checkout.text(&format!("{folder}/src/{file}")));
        if !root.is_some_and(|text| text.starts_with("#![doc = include_str!(\"../README.md\")]")) {
            complaints.push(format!("{folder}/src does not show the crate's page. Begin lib.rs with `#![doc = include_str!(\"../README.md\")]`."));
        }
        if !map.contains(&format!("`{}`", member.name)) {
            complaints.push(format!(
                "README.md's code map does not name `{}`. Add a line: what it is for.",
                member.name
            ));
        }
    }
    complaints
}

pub(crate) fn no_mod_files(checkout: &Checkout) -> Vec<String> {
    checkout
        .rust()
        .filter(|(path, _)| path.ends_with("/mod.rs"))
        .map(|(path, _)| format!("{path}: name it after its folder and put it beside that, so that open tabs can be told apart."))
        .collect()
}

pub(crate) fn screens(checkout: &Checkout) -> Vec<String> {
    let programs: BTreeSet<String> = checkout
        .members()
        .iter()
        .filter(|member| member.name == "web-ui")
        .filter_map(|member| member.manifest.get("bin")?.as_array())
        .flatten()
        .filter_map(|program| program.get("name")?.as_str().map(str::to_owned))
        .collect();
    let pages: BTreeSet<String> = checkout
        .files()
        .filter_map(|(path, _)| {
            path.strip_prefix("web-ui/pages/")?
                .strip_suffix(".html")
                .map(str::to_owned)
        })
        .collect();
    let without_page = programs.difference(&pages).map(|name| format!("The screen {name} has no page: write web-ui/pages/{name}.html, as web-ui/bundler/README.md says."));
    let without_program = pages.difference(&programs).map(|name| {
        format!(
            "The page {name}.html has no program: add a [[bin]] named {name} to web-ui/Cargo.toml."
        )
    });
    without_page.chain(without_program).collect()
}

pub(crate) fn no_machine_names(checkout: &Checkout) -> Vec<String> {
    // Put together here, so that this file does not name them.
    let names = [
        "/ho\u{6d}e/",
        "/wor\u{6b}/",
        "/roo\u{74}/",
        "/User\u{73}/",
        "crates\u{2e}io",
        "pypi\u{2e}org",
        "npmjs\u{2e}org",
        "debian\u{2e}org",
        "rust-lang\u{2e}org",
    ];
    let mut complaints = Vec::new();
    for (path, text) in checkout.files().filter(|(path, _)| *path != "Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            if let Some(name) = names.iter().find(|name| line.contains(**name)) {
                complaints.push(format!("{path}:{} names {name}. Say it without a machine's folder or a registry's host: others have other ones.", number + 1));
            }
        }
    }
    complaints
}

/// A program's own tests run where `cargo verify` names it: most programs have none, and are not built for them.
pub(crate) fn tested_programs(checkout: &Checkout) -> Vec<String> {
    let verify = checkout.text(VERIFY).unwrap_or_default();
    let named: BTreeSet<&str> = verify
        .split("\"--bin\",")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        .collect();
    let tested = checkout.files().filter_map(|(path, text)| {
        let (_, inside) = path.split_once("src/bin/").or_else(|| {
            let folder = path.strip_suffix("src/main.rs")?;
            Some(("", folder.trim_end_matches('/').rsplit('/').next()?))
        })?;
        let program = inside.split('/').next()?.trim_end_matches(".rs");
        let has_tests = text.contains("\n#[test]") || text.contains("\n    #[test]");
        (has_tests && !named.contains(program)).then_some(program)
    });
    let tested: BTreeSet<&str> = tested.collect();
    tested
        .into_iter()
        .map(|program| {
            format!("the program {program} has tests, and `cargo verify` does not run them. Name it in the unit step of {VERIFY}, or move them into a library.")
        })
        .collect()
}

pub(crate) fn migrations(checkout: &Checkout) -> Vec<String> {
    let kept = checkout.text(KEPT_MIGRATIONS).unwrap_or_default();
    let mut complaints = Vec::new();
    for (path, text) in checkout
        .files()
        .filter(|(path, _)| path.contains("/migrations/") && path.ends_with(".sql"))
    {
        let hash: String = Sha256::digest(text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match kept.lines().find_map(|line| line.strip_suffix(path)?.strip_suffix(' ')) {
            Some(known) if known == hash => {}
            Some(_) => complaints.push(format!("{path} has changed. A box may have run it: leave it as it was and write the next migration.")),
            None => complaints.push(format!("{path} is new. Once it is as it shall be, add this line to {KEPT_MIGRATIONS}:\n{hash} {path}")),
        }
    }
    for line in kept.lines().filter(|line| !line.starts_with('#')) {
        let path = line.split_once(' ').map_or(line, |(_, path)| path);
        if checkout.text(path).is_none() {
            complaints.push(format!("{path} is gone. A box may have run it: bring it back and undo it by the next migration."));
        }
    }
    complaints
}

#[test]
fn a_new_folder_at_the_top_is_seen() {
    assert_eq!(
        top_level(&Checkout::of(&[
            ("utils/src/lib.rs", ""),
            ("README.md", ""),
            (".ci/run", "")
        ]))
        .len(),
        1
    );
}

#[test]
fn a_crate_without_its_page_is_seen() {
    let manifest = ("appliance/Cargo.toml", "[package]\nname = \"appliance\"\n");
    assert_eq!(crate_pages(&Checkout::of(&[manifest])).len(), 3);
    let page = ("appliance/README.md", "# appliance");
    let root = (
        "appliance/src/lib.rs",
        "#![doc = include_str!(\"../README.md\")]\n",
    );
    assert!(
        crate_pages(&Checkout::of(&[
            manifest,
            page,
            root,
            ("README.md", "| `appliance` | the box |")
        ]))
        .is_empty()
    );
}

#[test]
fn a_mod_file_is_seen() {
    assert_eq!(
        no_mod_files(&Checkout::of(&[("appliance/src/holds/mod.rs", "")])).len(),
        1
    );
}

#[test]
fn a_screen_without_its_half_is_seen() {
    let manifest = (
        "web-ui/Cargo.toml",
        "[package]\nname = \"web-ui\"\n[[bin]]\nname = \"kiosk\"\n",
    );
    assert_eq!(
        screens(&Checkout::of(&[manifest, ("web-ui/pages/till.html", "")])).len(),
        2
    );
    assert!(screens(&Checkout::of(&[manifest, ("web-ui/pages/kiosk.html", "")])).is_empty());
}

#[test]
fn a_machines_folder_is_seen() {
    assert_eq!(
        no_machine_names(&Checkout::of(&[(
            "README.md",
            "look into /ho\u{6d}e/somebody/foyer"
        )]))
        .len(),
        1
    );
}

#[test]
fn a_changed_a_new_and_a_lost_migration_are_seen() {
    let file = (
        "appliance/migrations/0001_devices.sql",
        "CREATE TABLE device (id TEXT);",
    );
    let new = migrations(&Checkout::of(&[file]));
    assert_eq!(new.len(), 1);
    let line = new[0].lines().last().unwrap();
    assert!(migrations(&Checkout::of(&[file, (KEPT_MIGRATIONS, line)])).is_empty());
    assert_eq!(
        migrations(&Checkout::of(&[
            (file.0, "CREATE TABLE other (id TEXT);"),
            (KEPT_MIGRATIONS, line)
        ]))
        .len(),
        1
    );
    assert_eq!(
        migrations(&Checkout::of(&[(KEPT_MIGRATIONS, line)])).len(),
        1
    );
}

#[test]
fn a_program_whose_tests_nobody_runs_is_seen() {
    let verify = (VERIFY, "\"test\", \"--lib\", \"--bin\", \"demo\"\n");
    let tests = "fn main() {}\n\n#[test]\nfn it_runs() {}\n";
    let of = |path| tested_programs(&Checkout::of(&[verify, (path, tests)])).len();
    assert_eq!(of("tests/tool-belt/src/bin/demo.rs"), 0);
    assert_eq!(of("tests/tool-belt/src/bin/demo/site.rs"), 0);
    assert_eq!(of("tests/src/bin/load.rs"), 1);
    assert_eq!(of("appliance/src/main.rs"), 1);
}
