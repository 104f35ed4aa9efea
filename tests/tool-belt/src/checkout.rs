//! Where things are: the checkout's root and the folder that cargo builds into.

use std::env;
use std::path::{Path, PathBuf};

/// A checkout of Foyer.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// What cargo builds into: `CARGO_TARGET_DIR`, else `target`.
    pub target: PathBuf,
}

impl Checkout {
    /// The checkout that the current folder is in.
    ///
    /// # Errors
    /// No folder above this one is a checkout.
    pub fn find() -> Result<Self, String> {
        let here = env::current_dir()
            .map_err(|error| format!("the current folder cannot be read: {error}"))?;
        let root = here
            .ancestors()
            .find(|folder| {
                folder.join("Cargo.lock").is_file() && folder.join("tests/tool-belt").is_dir()
            })
            .ok_or("run it inside Foyer's checkout")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| here.join(folder));
        Ok(Self { root, target })
    }

    /// A program that cargo has built without optimisation.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// What the tests need from package managers; the tests find it beside their own folder.
    #[must_use]
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Whether a file of the checkout exists.
    #[must_use]
    pub fn has(&self, path: impl AsRef<Path>) -> bool {
        self.root.join(path).exists()
    }
}
