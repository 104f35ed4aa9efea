use service::settings::parse;

use super::*;
use crate::config::Config;

/// What comes of these lines of `[payments]`: how many secrets, or the words of the refusal.
fn check(lines: &str, variables: &[(&str, &str)], expected: Result<usize, &str>) {
    let text = format!("[data]\nfolder = \"/tmp/x\"\n[payments]\n{lines}");
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config: Config = parse(&text, variables).unwrap();
    match (secrets(&config.payments), expected) {
        (Ok(secrets), Ok(count)) => assert_eq!(secrets.all().count(), count, "{lines}"),
        (Err(words), Err(named)) => assert!(words.contains(named), "{words}"),
        (found, expected) => panic!("{lines}: {found:?}, not {expected:?}"),
    }
}

#[test]
fn a_provider_without_a_secret_and_a_secret_without_a_provider_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(
        &file,
        "a secret of the old days\n\n  and the one of today  \n",
    )
    .unwrap();
    let at = format!("webhook_secret_file = \"{}\"", file.display());
    let sandbox = "sandbox = \"http://127.0.0.1:9300\"";
    let variable = ("FOYER_PAYMENTS__WEBHOOK_SECRET", "sixteen letters!");
    check("", &[], Ok(0));
    check(sandbox, &[variable], Ok(1));
    check(&format!("{sandbox}\n{at}"), &[], Ok(2));
    check(sandbox, &[], Err("FOYER_PAYMENTS__WEBHOOK_SECRET"));
    check(&at, &[], Err("set sandbox or stripe"));
    check(&format!("{sandbox}\n{at}"), &[variable], Err("both set"));
    check(sandbox, &[(variable.0, "short")], Err("at least 16"));
    check(sandbox, &[(variable.0, " ")], Err("empty"));
    let gone = "webhook_secret_file = \"/nowhere/at/all\"";
    check(&format!("{sandbox}\n{gone}"), &[], Err("/nowhere/at/all"));
    let none = "webhook_secret_file = \"/dev/zero\"";
    check(
        &format!("{sandbox}\n{none}"),
        &[],
        Err("no file with a secret"),
    );
}

#[test]
fn nothing_shows_a_secret() {
    let shown = format!("{:?}", Secrets(["sixteen letters!".to_owned()].into()));
    assert_eq!(shown, "1 secrets");
}

/// What comes of these lines of `[payments]` and this key: the words of the refusal, if there are any.
fn check_account(lines: &str, refused: Option<&str>) {
    let text = format!(
        "[data]\nfolder = \"/tmp/x\"\n[payments]\nstripe = \"https://api.stripe.com\"\n{lines}"
    );
    let config: Config = parse(&text, std::iter::empty()).unwrap();
    match (provider(&config.payments), refused) {
        (Ok(Provider::Stripe(account)), None) => {
            assert!(!format!("{account:?}").contains("sk_"), "nothing shows it");
        }
        (Err(words), Some(named)) => {
            assert!(words.contains(named), "{lines}: {words}");
            assert!(!words.contains("sk_test_1"), "{words}");
        }
        (found, refused) => panic!("{lines}: {found:?}, not {refused:?}"),
    }
}

#[test]
fn an_account_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "sk_test_1\n").unwrap();
    let in_file = format!("stripe_secret_key_file = \"{}\"\n", file.display());
    let key = "stripe_secret_key = \"sk_test_1\"\n";
    let named = "stripe_publishable_key = \"pk_test_1\"\n";
    check_account(&format!("{in_file}{named}"), None);
    check_account(&format!("{key}{named}"), None);
    check_account(&format!("{key}{in_file}{named}"), Some("both set"));
    check_account(named, Some("asked with no key"));
    check_account(key, Some("stripe_publishable_key is missing"));
    let other = "stripe_secret_key = \"pk_test_1\"\n";
    check_account(&format!("{other}{named}"), Some("no secret key"));
    let other = "stripe_publishable_key = \"sk_test_2\"\n";
    check_account(&format!("{key}{other}"), Some("begin with pk_"));
    let live = "stripe_publishable_key = \"pk_live_1\"\n";
    check_account(&format!("{key}{live}"), Some("do not belong together"));
    let script = "stripe_script = \"http://js.stripe.com/v3/\"\n";
    check_account(&format!("{key}{named}{script}"), Some("not encrypted"));
    let script = "stripe_script = \"http://127.0.0.1:8420/js.stripe.com/v3/\"\n";
    check_account(&format!("{key}{named}{script}"), None);
    let script = "stripe_script = \"js.stripe.com\"\n";
    check_account(
        &format!("{key}{named}{script}"),
        Some("stripe_script is no address"),
    );
}
