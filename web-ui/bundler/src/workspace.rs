//! Where things are: the root of the workspace, the target folder, the screens. It reads manifests and builds nothing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that the tool reads from and writes to.
pub(crate) struct Workspace {
    /// The crate of the screens.
    pub(crate) web_ui: PathBuf,
    /// What cargo builds into.
    pub(crate) target: PathBuf,
    /// What `bundle` embeds.
    pub(crate) dist: PathBuf,
}

impl Workspace {
    /// Finds the workspace from the current folder upwards: the first folder with a `Cargo.lock` and a `web-ui`.
    pub(crate) fn find() -> Result<Self, String> {
        let here = env::current_dir()
            .map_err(|error| format!("the current folder cannot be read: {error}"))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("web-ui").is_dir())
            .ok_or("run it inside Foyer's checkout: no folder above this one holds Cargo.lock and web-ui")?;
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| here.join(folder));
        Ok(Self {
            web_ui: root.join("web-ui"),
            target,
            dist: root.join("web-ui/bundle/dist"),
        })
    }

    /// The names of the screens: the `[[bin]]` entries of `web-ui/Cargo.toml`, in their order.
    pub(crate) fn screens(&self) -> Result<Vec<String>, String> {
        let path = self.web_ui.join("Cargo.toml");
        let manifest = fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let screens = binaries(&manifest);
        if screens.is_empty() {
            return Err(format!(
                "{} has no [[bin]] with a name, so there is no screen to build",
                path.display()
            ));
        }
        Ok(screens)
    }

    /// A folder of the tool's own inside the target folder.
    pub(crate) fn work_folder(&self, name: &str) -> PathBuf {
        self.target.join("screens").join(name)
    }
}

/// The names under `[[bin]]` in a cargo manifest.
fn binaries(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut in_a_binary = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_a_binary = line.starts_with("[[bin]]");
        } else if in_a_binary
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            names.push(value.trim().trim_matches('"').to_owned());
        }
    }
    names
}

/// Reads every file under a folder, with its path relative to the folder, in order of the path. No folder, no files.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(current) = waiting.pop() {
        if !current.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&current)
            .map_err(|error| format!("{} cannot be read: {error}", current.display()))?;
        for entry in entries {
            let path = entry
                .map_err(|error| format!("{} cannot be read: {error}", current.display()))?
                .path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                let bytes = fs::read(&path)
                    .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
                found.push((relative.to_string_lossy().replace('\\', "/"), bytes));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::binaries;

    #[test]
    fn only_the_binaries_of_a_manifest_are_screens() {
        let manifest = r#"
            [package]
            name = "web-ui"
            [[bin]]
            name = "kiosk"
            path = "src/bin/kiosk.rs"
            [[bin]]
            path = "src/bin/till.rs"
            name = "till"
            [dependencies]
            name = "not a screen"
        "#;
        assert_eq!(binaries(manifest), ["kiosk", "till"]);
    }
}
