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
    check(&at, &[], Err("set sandbox"));
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
