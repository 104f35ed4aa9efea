//! Reads from manifests and logs what there is to prove and what was proved.

use std::fs;
use std::path::Path;

/// The names of the `[[test]]` entries of a manifest, in their order.
///
/// # Errors
/// The manifest cannot be read.
pub fn named_in(manifest: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(manifest)
        .map_err(|error| format!("{} cannot be read: {error}", manifest.display()))?;
    Ok(entries(&text, "[[test]]"))
}

/// Whether a manifest names a program.
///
/// # Errors
/// The manifest cannot be read.
pub fn has_program(manifest: &Path, name: &str) -> Result<bool, String> {
    let text = fs::read_to_string(manifest)
        .map_err(|error| format!("{} cannot be read: {error}", manifest.display()))?;
    Ok(entries(&text, "[[bin]]").iter().any(|found| found == name))
}

/// How many tests passed, by the closing lines of cargo's test runner in a log.
#[must_use]
pub fn passed_in(log: &Path) -> u64 {
    passed(&String::from_utf8_lossy(&fs::read(log).unwrap_or_default()))
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
    use super::{entries, passed};

    #[test]
    fn suites_come_in_the_manifests_order() {
        let manifest = "[[test]]\nname = \"tidy\"\npath = \"tidy.rs\"\n[[bin]]\nname = \"load\"\n[[test]]\nname = \"stories\"\n";
        assert_eq!(entries(manifest, "[[test]]"), ["tidy", "stories"]);
        assert_eq!(entries(manifest, "[[bin]]"), ["load"]);
    }

    #[test]
    fn passed_tests_are_added_up() {
        let output = "test result: ok. 4 passed; 0 failed; 0 ignored\nnoise\ntest result: ok. 11 passed; 0 failed\n";
        assert_eq!(passed(output), 15);
    }
}
