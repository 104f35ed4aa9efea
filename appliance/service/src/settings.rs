//! Settings: one TOML file a process, each value of which an environment variable may replace. Unknown keys are refused by the
//! caller's type (`deny_unknown_fields`), so that a slip of the pen is not a silent default.

mod opening;
mod sections;

use std::path::Path;

use config::{Config, ConfigError, Environment, File, FileFormat};
use serde::de::DeserializeOwned;

pub use opening::OpenError;
pub use sections::{Data, DatabaseServer, DatabaseUrl, Http, PublicAddress, Syncs};

/// Variables with our prefix that are no settings.
const NOT_SETTINGS: [&str; 1] = ["FOYER_LOG"];

/// Reads `file` and puts the `FOYER_..` variables over it: two underscores go one table deeper, case does not matter.
///
/// # Errors
/// The file cannot be read, is no TOML, or a value does not fit `T`; the text names the line, or the value and where it came from.
pub fn read<T: DeserializeOwned>(
    file: &Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, SettingsError> {
    let text = std::fs::read_to_string(file).map_err(|error| SettingsError::Unreadable {
        path: file.display().to_string(),
        error,
    })?;
    parse(&text, variables)
}

/// As [`read`], from a text.
///
/// # Errors
/// As [`read`].
pub fn parse<T: DeserializeOwned>(
    text: &str,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, SettingsError> {
    let settings = variables.filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()));
    let environment = Environment::with_prefix("FOYER")
        .prefix_separator("_")
        .separator("__")
        .source(Some(settings.collect()));
    let settings = Config::builder()
        .add_source(File::from_str(text, FileFormat::Toml))
        .add_source(environment)
        .build()?;
    Ok(settings.try_deserialize()?)
}

/// Why settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file could not be read.
    #[error("cannot read the settings file {path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not TOML, or a value does not fit.
    #[error("the settings are wrong: {0}")]
    Wrong(#[from] ConfigError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        http: Http,
    }

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Http {
        listen: String,
        limit: u32,
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        parse(
            text,
            variables
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        )
        .map_err(|e| e.to_string())
    }

    #[test]
    fn a_variable_replaces_a_value() {
        let file = "[http]\nlisten = \"a\"\nlimit = 1\n";
        let settings = read(
            file,
            &[
                ("FOYER_HTTP__LIMIT", "7"),
                ("FOYER_LOG", "debug"),
                ("HOME", "x"),
            ],
        )
        .unwrap();
        assert_eq!(
            settings,
            Settings {
                http: Http {
                    listen: "a".into(),
                    limit: 7
                }
            }
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_named() {
        let file = "[http]\nlisten = \"a\"\nlimit = 1\n";
        let check = |file: &str, variables: &[(&str, &str)], named: &str| {
            let words = read(file, variables).unwrap_err();
            assert!(words.contains(named), "{words} does not name {named}");
        };
        check(&format!("{file}limitt = 2\n"), &[], "limitt");
        check("[http\n", &[], "line 1");
        check("http = 3", &[], "http");
        check(file, &[("FOYER_HTTP__LIMIT", "many")], "http.limit");
        check(file, &[("FOYER_HTTPP__LIMIT", "7")], "httpp");
    }
}
