//! Stripe's own fields for a card, which a guest's browser loads from Stripe: the number goes there and never here.

use reqwest::Url;

/// What a page needs to have the guest's card asked for by Stripe. Everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    /// The script's address.
    pub(crate) script: String,
    /// The key by which a browser names the account.
    pub(crate) key: String,
    /// Where script and frames come from, as a policy names it.
    from: String,
    /// Where the browser asks.
    api: String,
}

impl Fields {
    /// Those of this account, with the script from there.
    pub(in super::super) fn of(script: &Url, key: &str, api: String) -> Self {
        Self {
            script: script.as_str().to_owned(),
            key: key.to_owned(),
            from: match script.domain() {
                // Stripe has its script load some of its parts from below its own name.
                Some(name) if script.scheme() == "https" && script.port().is_none() => {
                    format!("https://{name} https://*.{name}")
                }
                _ => script.origin().ascii_serialization(),
            },
            api,
        }
    }

    /// What a page with these fields may load and do beyond `policy`, in the words of a Content-Security-Policy.
    pub(crate) fn widened(&self, policy: &str) -> String {
        let Self { from, api, .. } = self;
        let widened = policy.replace("script-src ", &format!("script-src {from} "));
        let asks = match from == api {
            true => from.clone(),
            false => format!("{from} {api}"),
        };
        format!("{widened}; frame-src {from}; connect-src 'self' {asks}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_load_the_fields_and_nothing_else() {
        let fields = |script: &str, api: &str| {
            Fields::of(&Url::parse(script).unwrap(), "pk_test_1", api.to_owned())
        };
        let policy = "default-src 'self'; script-src 'self'";
        assert_eq!(
            fields("https://js.stripe.com/v3/", "https://api.stripe.com").widened(policy),
            "default-src 'self'; script-src https://js.stripe.com https://*.js.stripe.com 'self'; \
             frame-src https://js.stripe.com https://*.js.stripe.com; \
             connect-src 'self' https://js.stripe.com https://*.js.stripe.com https://api.stripe.com"
        );
        let here = fields("http://127.0.0.1:8420/v3/", "http://127.0.0.1:8420");
        assert_eq!(
            here.widened(policy),
            "default-src 'self'; script-src http://127.0.0.1:8420 'self'; frame-src http://127.0.0.1:8420; \
             connect-src 'self' http://127.0.0.1:8420"
        );
        let policy = here.widened(bundle::CONTENT_SECURITY_POLICY);
        for directive in ["script-src", "frame-src", "connect-src", "default-src"] {
            assert_eq!(policy.matches(directive).count(), 1, "{policy}");
        }
    }
}
