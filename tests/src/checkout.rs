//! The files of a checkout, as git knows them: tracked, or new and not ignored. It judges nothing.

use std::path::Path;
use std::process::Command;

/// Paths relative to the root, with their text; a file that is not text has an empty one.
pub struct Checkout {
    files: Vec<(String, String)>,
}

/// A member of the workspace: its folder and its manifest.
pub struct Member {
    /// Where it lies, from the root.
    pub folder: String,
    /// The crate's name.
    pub name: String,
    /// Its `Cargo.toml`.
    pub manifest: toml::Table,
}

impl Checkout {
    /// The checkout that this program was built in.
    ///
    /// # Panics
    /// Without git, or outside a checkout.
    pub fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("tests lie in the workspace");
        let listed = Command::new("git")
            .current_dir(root)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .expect("the rules are about what git keeps, so git must be there");
        assert!(
            listed.status.success(),
            "git cannot list the checkout: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let listed = String::from_utf8(listed.stdout).expect("paths are UTF-8");
        let files = listed
            .split('\0')
            .filter(|path| root.join(path).is_file())
            .map(|path| {
                (
                    path.to_owned(),
                    std::fs::read_to_string(root.join(path)).unwrap_or_default(),
                )
            })
            .collect();
        Self { files }
    }

    /// A made-up checkout, to see a rule go red.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        }
    }

    /// Every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every Rust file.
    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files()
            .find(|(found, _)| *found == path)
            .map(|(_, text)| text)
    }

    /// The members of the workspace.
    ///
    /// # Panics
    /// A manifest is not TOML.
    pub fn members(&self) -> Vec<Member> {
        self.files()
            .filter_map(|(path, text)| {
                let folder = path.strip_suffix("/Cargo.toml")?;
                let manifest: toml::Table = text
                    .parse()
                    .unwrap_or_else(|error| panic!("{path}: {error}"));
                let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
                Some(Member {
                    folder: folder.to_owned(),
                    name,
                    manifest,
                })
            })
            .collect()
    }
}

impl Member {
    /// Every dependency of any kind, with what its manifest says of it.
    pub fn dependencies(&self) -> Vec<(&str, &toml::Value)> {
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        let targets = self
            .manifest
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values());
        let tables =
            std::iter::once(&self.manifest).chain(targets.filter_map(toml::Value::as_table));
        tables
            .flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()))
            .flat_map(|table| table.iter().map(|(name, value)| (name.as_str(), value)))
            .collect()
    }
}
