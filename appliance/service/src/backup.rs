//! `backup` and `restore` of a process: its database in one file, written beside the process that runs, and put back while none runs. The keys
//! are not in it: they never change, and a copy of the data alone signs nothing.

use std::path::Path;

use database::{IfNewer, Migration};

use crate::process::CommandError;

/// What is backed up and put back.
#[derive(Debug)]
pub struct Backups<'a> {
    /// What whoever types a command calls the process: `box`.
    pub process: &'static str,
    /// The folder of its data.
    pub folder: &'a Path,
    /// The name of its database.
    pub name: &'static str,
    /// What made it.
    pub migrations: &'static [Migration],
    /// What becomes of what is put back, in words.
    pub way_back: &'static str,
}

impl Backups<'_> {
    /// Writes all that the process has stored to a file; says so in words.
    ///
    /// # Errors
    /// Nothing was written, in words.
    pub fn back_up(&self, to: &Path) -> Result<String, CommandError> {
        let written = database::back_up(&self.file(), self.migrations, to);
        let bytes = written.map_err(|why| CommandError::new("no backup was written", &why))?;
        let (process, data, to) = (self.process, self.folder.display(), to.display());
        Ok(format!(
            "{to}: all that the {process} had stored, checked, {bytes} bytes. It knows that it is a backup: what is put back from it sells nothing by itself. The keys are not in it: keep frame.key, ticket.key and database.name of {data} once at another place, they do not change"
        ))
    }

    /// Puts such a file in the place of what is stored; says in words what is to be done.
    ///
    /// # Errors
    /// Nothing was put back, in words.
    pub fn put_back(&self, from: &Path, if_newer: IfNewer) -> Result<String, CommandError> {
        let put_back = database::put_back(from, &self.file(), self.migrations, if_newer);
        let aside = put_back.map_err(|why| CommandError::new("nothing was put back", &why))?;
        let aside = aside.map_or_else(String::new, |aside| {
            format!(" What was there is kept as {}.", aside.display())
        });
        let way_back = self.way_back;
        Ok(format!("{} is put back.{aside} {way_back}", from.display()))
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.join(format!("{}.db", self.name))
    }
}
