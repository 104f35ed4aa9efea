//! What `[payments]` says, checked at the start.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use counter::Patience;
use reqwest::Url;

use crate::config::{Payments, Secret};

/// Where Stripe has its script.
const SCRIPT: &str = "https://js.stripe.com/v3/";

/// The shortest secret, in bytes: whoever can guess it can have payments asked for, if no more.
const SHORTEST_SECRET: usize = 16;

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

/// Whoever takes the cards.
#[derive(Debug)]
pub(super) enum Provider<'s> {
    /// The sandbox at this address.
    Sandbox(&'s str),
    /// Stripe.
    Stripe(Account),
    /// Nobody.
    None,
}

/// An account at Stripe.
#[derive(Debug)]
pub(super) struct Account {
    /// Where Stripe is asked.
    pub(super) address: Url,
    /// What it is asked with.
    pub(super) key: SecretKey,
    /// The key by which browsers name it.
    pub(super) publishable: String,
    /// Where browsers have Stripe's script from.
    pub(super) script: Url,
}

/// The secret key of an account. Nothing shows it.
#[derive(Clone)]
pub(super) struct SecretKey(Arc<str>);

impl SecretKey {
    pub(super) fn of(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// What it is.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Whom the settings name.
pub(super) fn provider(payments: &Payments) -> Result<Provider<'_>, String> {
    let named = [
        ("stripe_secret_key", payments.stripe_secret_key.is_some()),
        (
            "stripe_secret_key_file",
            payments.stripe_secret_key_file.is_some(),
        ),
        (
            "stripe_publishable_key",
            payments.stripe_publishable_key.is_some(),
        ),
        ("stripe_script", payments.stripe_script.is_some()),
    ];
    match (&payments.sandbox, &payments.stripe) {
        (Some(_), Some(_)) => {
            Err("sandbox and stripe are both set: one of them takes the cards".to_owned())
        }
        (None, Some(stripe)) => Ok(Provider::Stripe(account(payments, stripe)?)),
        (sandbox, None) => match named.into_iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(format!(
                "{name} is set and nobody is asked with it: set stripe = \"https://api.stripe.com\""
            )),
            None => Ok(match sandbox {
                Some(sandbox) => Provider::Sandbox(sandbox),
                None => Provider::None,
            }),
        },
    }
}

fn account(payments: &Payments, stripe: &str) -> Result<Account, String> {
    let address = address("stripe", stripe, "https://api.stripe.com")?;
    let script = payments.stripe_script.as_deref().unwrap_or(SCRIPT);
    let script = self::address("stripe_script", script, SCRIPT)?;
    let key = Secret::text_of(
        "stripe_secret_key",
        payments.stripe_secret_key.as_ref(),
        payments.stripe_secret_key_file.as_deref(),
    )?;
    let key = key.ok_or(
        "Stripe is asked with no key: set stripe_secret_key_file, or FOYER_PAYMENTS__STRIPE_SECRET_KEY in the environment",
    )?;
    let key = key.trim();
    if !(key.starts_with("sk_") || key.starts_with("rk_")) || key.contains(char::is_whitespace) {
        return Err(
            "stripe_secret_key is no secret key: Stripe's begin with sk_ or rk_".to_owned(),
        );
    }
    let publishable = payments.stripe_publishable_key.as_deref().map(str::trim);
    let publishable = publishable
        .ok_or("stripe_publishable_key is missing: browsers name the account with it")?;
    if !publishable.starts_with("pk_") {
        return Err("stripe_publishable_key is none: Stripe's begin with pk_".to_owned());
    }
    let is_live = |key: &str| key.contains("_live_");
    if is_live(key) != is_live(publishable) {
        return Err(
            "stripe_secret_key and stripe_publishable_key do not belong together: one is live and one is for tests".to_owned(),
        );
    }
    Ok(Account {
        address,
        key: SecretKey::of(key),
        publishable: publishable.to_owned(),
        script,
    })
}

/// An address of the web. What is said to it and had from it is a secret or a script, so that the line is encrypted unless it is this machine's.
fn address(name: &str, text: &str, usual: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    // Whoever reads the log would read them too.
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| format!("{name} is no address, as in {usual}"))?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() == "http" && !is_here {
        return Err(format!("{name} is not encrypted: say https, as in {usual}"));
    }
    Ok(url)
}

/// The secrets that the settings name; none without a provider.
pub(super) fn secrets(payments: &Payments) -> Result<Secrets, String> {
    let is_anybody = payments.sandbox.is_some() || payments.stripe.is_some();
    let text = Secret::text_of(
        "webhook_secret",
        payments.webhook_secret.as_ref(),
        payments.webhook_secret_file.as_deref(),
    )?;
    let text = match (is_anybody, text) {
        (false, None) => return Ok(Secrets::default()),
        (false, Some(_)) => {
            return Err(
                "there is a secret and nobody who signs with it: set sandbox or stripe".to_owned(),
            );
        }
        (true, None) => {
            return Err(
                "the provider's calls cannot be checked: set webhook_secret_file, or FOYER_PAYMENTS__WEBHOOK_SECRET in the environment"
                    .to_owned(),
            );
        }
        (true, Some(text)) => text,
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

#[cfg(test)]
mod tests;
