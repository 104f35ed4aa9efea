use service::settings::parse;

use super::*;
use crate::config::Config;

/// What comes of these lines of `[mail]`: the words of the refusal, if there is one.
fn check(lines: &str, variables: &[(&str, &str)], named: Option<&str>) {
    let text = format!(
        "[data]\nfolder = \"/tmp/x\"\n[mail]\nfrom = \"Metropol <tickets@metropol.example>\"\n{lines}"
    );
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config: Config = parse(&text, variables).unwrap();
    match (mailer(config.mail.as_ref(), true), named) {
        (Ok(made), None) => assert!(made.is_some(), "{lines}"),
        (Err(why), Some(named)) => {
            let words = why.to_string();
            assert!(words.contains(named) && words.contains("[mail]"), "{words}");
            assert!(!words.contains("open sesame"), "{words}");
        }
        (made, named) => panic!("{lines}: {:?}, not {named:?}", made.map(drop)),
    }
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "open sesame\n").unwrap();
    let password_file = format!("password_file = \"{}\"", file.display());
    let password = ("FOYER_MAIL__PASSWORD", "open sesame");
    let here = "smtp = \"smtp://127.0.0.1:2525\"";
    let there = "smtp = \"smtps://mail.example\"\nuser = \"metropol\"";
    check(here, &[], None);
    check(&format!("{there}\n{password_file}"), &[], None);
    check(there, &[password], None);
    check(there, &[], Some("FOYER_MAIL__PASSWORD"));
    check(
        &format!("{there}\n{password_file}"),
        &[password],
        Some("both set"),
    );
    check(here, &[password], Some("set user"));
    check(
        &format!("{there}\npassword_file = \"/nowhere\""),
        &[],
        Some("/nowhere"),
    );
    for wrong in [
        "",
        "mail.example:25",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example/?tls=none",
    ] {
        check(&format!("smtp = \"{wrong}\""), &[], Some("smtp"));
    }
    check(
        "smtp = \"smtp://a:open%20sesame@mail.example\"",
        &[],
        Some("password_file"),
    );
    check(
        &format!("{here}\nreply_to = \"nobody\""),
        &[],
        Some("reply_to"),
    );
    check(
        &format!("{here}\nauthority = \"/nowhere\""),
        &[],
        Some("authority /nowhere"),
    );
}

#[test]
fn a_hub_without_an_address_writes_no_links() {
    let mail = Mail {
        smtp: "smtp://127.0.0.1:2525".to_owned(),
        from: "tickets@metropol.example".to_owned(),
        reply_to: None,
        user: None,
        password: None,
        password_file: None,
        authority: None,
    };
    let words = mailer(Some(&mail), false)
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(words.contains("[http] public"), "{words}");
    assert!(mailer(None, false).unwrap().is_none());
}

#[test]
fn the_line_is_encrypted_unless_it_stays_on_this_machine() {
    let check = |address: &str, host: &str, port: u16, encrypted: Encrypted| {
        let expected = Server {
            host: host.to_owned(),
            port,
            encrypted,
        };
        assert_eq!(server(address, false), Ok(expected), "{address}");
    };
    check(
        "smtps://mail.example",
        "mail.example",
        465,
        Encrypted::AtOnce,
    );
    check("smtp://mail.example", "mail.example", 587, Encrypted::Later);
    check(
        "smtp://mail.example:25",
        "mail.example",
        25,
        Encrypted::Later,
    );
    check("smtp://10.0.0.7", "10.0.0.7", 587, Encrypted::Later);
    check("smtp://localhost:2525", "localhost", 2525, Encrypted::No);
    check("smtp://[::1]:2525/", "::1", 2525, Encrypted::No);
    check(
        "smtps://127.0.0.1:4650",
        "127.0.0.1",
        4650,
        Encrypted::AtOnce,
    );
    let with_authority = server("smtp://127.0.0.1:2525", true).unwrap();
    assert_eq!(with_authority.encrypted, Encrypted::Later);
}
