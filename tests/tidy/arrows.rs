//! Which crate may use which, as the code map says.

use crate::checkout::Checkout;

/// Each crate of ours, with those of ours that it may use.
const ALLOWED: [(&str, &[&str]); 20] = [
    ("box-office", &[]),
    ("postgres-server", &[]),
    ("database", &["postgres-server"]),
    ("bundle", &[]),
    ("words", &[]),
    ("service", &["bundle", "database"]),
    ("bundler", &[]),
    ("tool-belt", &[]),
    ("wire", &["box-office"]),
    ("counter-api", &["box-office"]),
    ("appliance-api", &["box-office", "counter-api"]),
    ("hub-api", &["box-office", "counter-api"]),
    ("mailbox", &["box-office", "database", "wire"]),
    ("audit", &["box-office", "database", "wire"]),
    ("sync-agent", &["box-office", "mailbox", "service", "wire"]),
    (
        "counter",
        &[
            "box-office",
            "counter-api",
            "database",
            "mailbox",
            "service",
            "wire",
        ],
    ),
    (
        "appliance",
        &[
            "appliance-api",
            "audit",
            "box-office",
            "bundle",
            "counter",
            "counter-api",
            "database",
            "mailbox",
            "service",
            "sync-agent",
            "wire",
        ],
    ),
    (
        "cloud-hub",
        &[
            "audit",
            "box-office",
            "bundle",
            "counter",
            "counter-api",
            "database",
            "hub-api",
            "mailbox",
            "postgres-server",
            "service",
            "sync-agent",
            "wire",
            "words",
        ],
    ),
    (
        "web-ui",
        &[
            "appliance-api",
            "box-office",
            "counter-api",
            "hub-api",
            "wire",
            "words",
        ],
    ),
    (
        "tests",
        &[
            "appliance",
            "appliance-api",
            "audit",
            "box-office",
            "bundle",
            "cloud-hub",
            "counter",
            "counter-api",
            "database",
            "hub-api",
            "mailbox",
            "postgres-server",
            "service",
            "sync-agent",
            "wire",
        ],
    ),
];

/// Crates that decide and do nothing else: they run in a browser and in the simulation.
const PURE: [&str; 2] = ["box-office", "wire"];

/// What gives a crate time, randomness, files, sockets, threads or a database.
const IMPURE: [&str; 16] = [
    "argon2",
    "axum",
    "fs2",
    "getrandom",
    "hyper",
    "libc",
    "rand",
    "reqwest",
    "rumqttc",
    "rumqttd",
    "rusqlite",
    "socket2",
    "tempfile",
    "tokio",
    "tokio-rusqlite",
    "tracing",
];

/// The standard library's own ways to the same.
const IMPURE_PATHS: [&str; 6] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
];

/// What the tools that run before anything is built may use.
const TOOLS: [(&str, &[&str]); 2] = [
    ("tool-belt", &[]),
    (
        "bundler",
        &[
            "brotli",
            "flate2",
            "walrus",
            "wasm-bindgen-cli-support",
            "wasm-encoder",
            "wasmparser",
        ],
    ),
];

pub(crate) fn arrows(checkout: &Checkout) -> Vec<String> {
    let members = checkout.members();
    let mut complaints = Vec::new();
    for member in &members {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == member.name) else {
            complaints.push(format!(
                "{} is a new crate: say in the README's code map what it is for, and in tests/tidy/arrows.rs which of our crates it may use.",
                member.name
            ));
            continue;
        };
        for (used, _) in member.dependencies() {
            if members.iter().any(|other| other.name == used) && !allowed.contains(&used) {
                complaints.push(format!(
                    "{} uses {used}, which the code map does not allow. Move the code to a crate that may know both; if the arrow itself is wrong, change the \
                     README's code map and tests/tidy/arrows.rs together and say why in the commit.",
                    member.name
                ));
            }
        }
    }
    complaints
}

pub(crate) fn pure_crates_stay_pure(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for member in checkout
        .members()
        .iter()
        .filter(|member| PURE.contains(&member.name.as_str()))
    {
        let production = member
            .manifest
            .get("dependencies")
            .and_then(toml::Value::as_table);
        for used in production
            .into_iter()
            .flat_map(toml::Table::keys)
            .filter(|used| IMPURE.contains(&used.as_str()))
        {
            complaints.push(format!(
                "{} uses {used}. It only decides: take time, ids, randomness and bytes as arguments, and do the work in the crate that calls it.",
                member.name
            ));
        }
        for (path, text) in checkout
            .rust()
            .filter(|(path, _)| path.starts_with(&format!("{}/src/", member.folder)))
        {
            let production = text.split("#[cfg(test)]").next().unwrap_or(text);
            for line in production
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                if let Some(found) = IMPURE_PATHS.iter().find(|found| line.contains(**found)) {
                    complaints.push(format!(
                        "{path} uses {found}. {} only decides: take what it needs as an argument.",
                        member.name
                    ));
                }
            }
        }
    }
    complaints
}

pub(crate) fn tools_need_nothing(checkout: &Checkout) -> Vec<String> {
    let members = checkout.members();
    TOOLS
        .iter()
        .filter_map(|(name, allowed)| members.iter().find(|member| member.name == *name).map(|member| (member, allowed)))
        .flat_map(|(member, allowed)| {
            let refused = member.dependencies().into_iter().filter(|(used, _)| !allowed.contains(used));
            refused.map(|(used, _)| format!("{} uses {used}. It must start at once on a bare machine: write the few lines with the standard library.", member.name)).collect::<Vec<_>>()
        })
        .collect()
}

pub(crate) fn versions_stand_once(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for member in checkout.members() {
        for (used, value) in member.dependencies() {
            let inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            if !inherited {
                complaints.push(format!(
                    "{}/Cargo.toml gives {used} a version of its own. Put it into [workspace.dependencies] of the root manifest and write `{used}.workspace = true`.",
                    member.folder
                ));
            }
        }
        let lints = member
            .manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if lints != Some(true) {
            complaints.push(format!("{}/Cargo.toml lacks `[lints] workspace = true`, so its code is not checked like the rest.", member.folder));
        }
    }
    complaints
}

#[test]
fn a_wrong_arrow_is_seen() {
    let hub = (
        "cloud-hub/Cargo.toml",
        "[package]\nname = \"cloud-hub\"\n[dev-dependencies]\nappliance.workspace = true\n",
    );
    let appliance = ("appliance/Cargo.toml", "[package]\nname = \"appliance\"\n");
    let complaints = arrows(&Checkout::of(&[hub, appliance]));
    assert!(
        complaints.len() == 1 && complaints[0].contains("cloud-hub uses appliance"),
        "{complaints:?}"
    );
    assert_eq!(
        arrows(&Checkout::of(&[(
            "new/Cargo.toml",
            "[package]\nname = \"new\"\n"
        )]))
        .len(),
        1
    );
}

#[test]
fn an_impure_crate_is_seen() {
    let manifest = (
        "appliance/box-office/Cargo.toml",
        "[package]\nname = \"box-office\"\n[dependencies]\ntokio.workspace = true\n",
    );
    let source = (
        "appliance/box-office/src/hold.rs",
        "//! Holds.\nuse std::fs::File;\n#[cfg(test)]\nmod tests { use std::env; }\n",
    );
    assert_eq!(
        pure_crates_stay_pure(&Checkout::of(&[manifest, source])).len(),
        2
    );
}

#[test]
fn a_tool_with_a_dependency_is_seen() {
    let manifest = (
        "tests/tool-belt/Cargo.toml",
        "[package]\nname = \"tool-belt\"\n[dependencies]\nclap.workspace = true\n",
    );
    assert_eq!(tools_need_nothing(&Checkout::of(&[manifest])).len(), 1);
}

#[test]
fn a_version_of_its_own_and_missing_lints_are_seen() {
    let manifest = (
        "appliance/Cargo.toml",
        "[package]\nname = \"appliance\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n",
    );
    assert_eq!(versions_stand_once(&Checkout::of(&[manifest])).len(), 2);
}
