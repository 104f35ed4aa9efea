//! Settings: one TOML file a process, each value of which an environment variable may replace. Unknown keys are refused by the
//! caller's type (`deny_unknown_fields`), so that a slip of the pen is not a silent default.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// What every variable of ours begins with.
const PREFIX: &str = "FOYER_";

/// Variables with our prefix that are no settings.
const NOT_SETTINGS: [&str; 1] = ["FOYER_LOG"];

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
    Wrong(String),
    /// A variable names a value inside something that is no table.
    #[error("{0} names a value inside something that is no table")]
    NotATable(String),
}

/// Reads `file` and puts the `FOYER_..` variables over it: two underscores go one table deeper, case does not matter.
///
/// # Errors
/// The file cannot be read, is no TOML, or a value does not fit `T`; the text names the line or the variable.
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
    let mut settings: Table = text
        .parse()
        .map_err(|error: toml::de::Error| SettingsError::Wrong(error.to_string()))?;
    for (name, value) in variables
        .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()))
    {
        replace(&mut settings, &name, &value)?;
    }
    Value::Table(settings)
        .try_into()
        .map_err(|error: toml::de::Error| SettingsError::Wrong(error.to_string()))
}

fn replace(settings: &mut Table, name: &str, value: &str) -> Result<(), SettingsError> {
    let path = name[PREFIX.len()..].to_ascii_lowercase();
    let mut keys: Vec<&str> = path.split("__").collect();
    let Some(last) = keys.pop() else {
        return Ok(());
    };
    let mut table = settings;
    for key in keys {
        let entry = table
            .entry(key)
            .or_insert_with(|| Value::Table(Table::new()));
        table = entry
            .as_table_mut()
            .ok_or_else(|| SettingsError::NotATable(name.to_owned()))?;
    }
    table.insert(last.to_owned(), value_of(value));
    Ok(())
}

/// A variable's text as the TOML value that it reads as, else as a text.
fn value_of(text: &str) -> Value {
    let number_or_switch = text
        .parse()
        .map(Value::Integer)
        .or_else(|_| text.parse().map(Value::Boolean));
    number_or_switch.unwrap_or_else(|_| Value::String(text.to_owned()))
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
        assert!(
            read("[http]\nlisten = \"a\"\nlimit = 1\nlimitt = 2\n", &[])
                .unwrap_err()
                .contains("limitt")
        );
        assert!(read("[http\n", &[]).unwrap_err().contains("line 1"));
        assert!(
            read("http = 3", &[("FOYER_HTTP__LIMIT", "7")])
                .unwrap_err()
                .contains("FOYER_HTTP__LIMIT")
        );
    }
}
