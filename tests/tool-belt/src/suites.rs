//! Reads from manifests and logs what there is to prove and what was proved.

use std::fs;
use std::path::Path;

/// The names of all suites of integration tests: those of the `tests` crate in its manifest's order, then those that other members
/// have in their `tests` folders. Crates may share a name; cargo runs such suites together.
///
/// # Errors
/// A manifest or a folder cannot be read.
pub fn all_of(root: &Path) -> Result<Vec<String>, String> {
    let mut names = entries(&read(&root.join("tests/Cargo.toml"))?, "[[test]]");
    for member in members(&read(&root.join("Cargo.toml"))?).filter(|member| *member != "tests") {
        let folder = root.join(member).join("tests");
        let mut found: Vec<String> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| suite_at(&entry.ok()?.path()))
            .collect();
        found.sort();
        for name in found {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// Whether a manifest names a program.
///
/// # Errors
/// The manifest cannot be read.
pub fn has_program(manifest: &Path, name: &str) -> Result<bool, String> {
    let in_the_manifest = entries(&read(manifest)?, "[[bin]]");
    let folder = manifest.with_file_name("src").join("bin");
    let has_file = folder.join(format!("{name}.rs")).is_file() || folder.join(name).is_dir();
    Ok(has_file || in_the_manifest.iter().any(|found| found == name))
}

/// How many tests passed, by the closing lines of cargo's test runner in a log.
#[must_use]
pub fn passed_in(log: &Path) -> u64 {
    passed(&String::from_utf8_lossy(&fs::read(log).unwrap_or_default()))
}

/// Whether a test or a seed failed, or something cannot be built, by a log that may have no end.
#[must_use]
pub fn any_failed_in(log: &Path) -> bool {
    any_failed(&String::from_utf8_lossy(&fs::read(log).unwrap_or_default()))
}

fn any_failed(output: &str) -> bool {
    let mut lines = output.lines();
    lines.any(|line| {
        line.starts_with("simulate: seed ")
            || line.starts_with("error: ")
            || line.starts_with("error[")
            || line.starts_with("test ") && line.ends_with(" FAILED")
    })
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The folders under `members` in the workspace's manifest.
fn members(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| !line.starts_with("members"));
    lines
        .skip(1)
        .take_while(|line| *line != "]")
        .map(|line| line.trim_end_matches(',').trim_matches('"'))
}

/// A file `name.rs`, or a folder `name` with a `main.rs`, is a suite.
fn suite_at(path: &Path) -> Option<String> {
    let is_suite =
        path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").is_file();
    is_suite.then(|| {
        path.file_stem()
            .map(|name| name.to_string_lossy().into_owned())
    })?
}

fn entries(manifest: &str, header: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == header;
        } else if inside
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            names.push(value.trim().trim_matches('"').to_owned());
        }
    }
    names
}

fn passed(output: &str) -> u64 {
    output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: ok. "))
        .filter_map(|line| line.split_once(" passed"))
        .filter_map(|(number, _)| number.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{any_failed, entries, members, passed};

    #[test]
    fn suites_come_in_the_manifests_order() {
        let manifest = "[[test]]\nname = \"tidy\"\npath = \"tidy.rs\"\n[[bin]]\nname = \"load\"\n[[test]]\nname = \"stories\"\n";
        assert_eq!(entries(manifest, "[[test]]"), ["tidy", "stories"]);
        assert_eq!(entries(manifest, "[[bin]]"), ["load"]);
    }

    #[test]
    fn members_are_read_from_the_root() {
        let manifest = "[workspace]\nmembers = [\n    \"appliance\",\n    \"tests\",\n]\ndefault-members = [\"x\"]\n";
        assert_eq!(
            members(manifest).collect::<Vec<_>>(),
            ["appliance", "tests"]
        );
    }

    #[test]
    fn passed_tests_are_added_up() {
        let output = "test result: ok. 4 passed; 0 failed; 0 ignored\nnoise\ntest result: ok. 11 passed; 0 failed\n";
        assert_eq!(passed(output), 15);
    }

    #[test]
    fn a_failed_test_is_seen_in_a_log_without_an_end() {
        let begun = "running 2 tests\ntest a_tour ... ok\n";
        assert!(!any_failed(begun));
        assert!(any_failed(&format!("{begun}test another ... FAILED\n")));
        assert!(any_failed("simulate: seed 7 fails:\n"));
        assert!(any_failed("    Checking counter\nerror: unused import\n"));
    }
}
