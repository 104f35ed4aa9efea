//! What `[payments]` says, checked at the start.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use counter::Patience;

use crate::config::Payments;

/// The shortest secret, in bytes: whoever can guess it can have payments asked for, if no more.
const SHORTEST_SECRET: usize = 16;

/// The largest file of secrets: two while one is exchanged, each under 100 bytes.
const LARGEST_FILE: u64 = 4096;

/// The provider calls when something has become of a payment, so it is looked at only in case a call is lost. A guest may have to find their
/// bank's app first, and longer than a hold lasts nobody keeps seats without paying.
pub(super) const PATIENCE: Patience = Patience {
    between_looks: Duration::from_secs(5),
    longest: Duration::from_secs(10 * 60),
};

/// What the provider signs with: more than one while it is exchanged. Nothing shows them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<[String]>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl Secrets {
    pub(super) fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(String::as_bytes)
    }
}

/// The secrets that the settings name; none without a provider.
pub(super) fn secrets(payments: &Payments) -> Result<Secrets, String> {
    let file = payments.webhook_secret_file.as_deref();
    let secret = payments.webhook_secret.as_ref();
    let text = match (&payments.sandbox, secret, file) {
        (None, None, None) => return Ok(Secrets::default()),
        (None, ..) => {
            return Err("there is a secret and nobody who signs with it: set sandbox".to_owned());
        }
        (Some(_), None, None) => {
            return Err(
                "the provider's calls cannot be checked: set webhook_secret_file, or FOYER_PAYMENTS__WEBHOOK_SECRET in the environment"
                    .to_owned(),
            );
        }
        (Some(_), Some(_), Some(_)) => {
            return Err(
                "webhook_secret and webhook_secret_file are both set: one is enough".to_owned(),
            );
        }
        (Some(_), Some(secret), None) => secret.text().to_owned(),
        (Some(_), None, Some(file)) => read(file)?,
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let all: Vec<String> = lines.map(str::to_owned).collect();
    match all.iter().map(String::len).min() {
        None => Err("the secret is empty".to_owned()),
        Some(shortest) if shortest < SHORTEST_SECRET => Err(format!(
            "a secret has at least {SHORTEST_SECRET} characters: `openssl rand -hex 32` makes one"
        )),
        Some(_) => Ok(Secrets(all.into())),
    }
}

fn read(file: &Path) -> Result<String, String> {
    let wrong = |why: &dyn fmt::Display| format!("webhook_secret_file {}: {why}", file.display());
    let about = std::fs::metadata(file).map_err(|why| wrong(&why))?;
    if !about.is_file() || about.len() > LARGEST_FILE {
        return Err(wrong(&"it is no file with a secret a line"));
    }
    std::fs::read_to_string(file).map_err(|why| wrong(&why))
}

#[cfg(test)]
mod tests;
