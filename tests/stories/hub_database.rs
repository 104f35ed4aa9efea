//! What is wrong with the hub's database is said in plain words at its start, and a password in its address is said to nobody.

use std::process::Command;

use postgres_server::Server;
use tests::tools::program;

/// What a hub says that cannot start with this address, which stands in its settings or in the environment.
fn refusals(url: &str) -> [String; 2] {
    [true, false].map(|in_settings| {
        let folder = tempfile::tempdir().unwrap();
        let (settings, data) = (folder.path().join("hub.toml"), folder.path().join("data"));
        let mut text = format!("[data]\nfolder = {data:?}\n[http]\nlisten = \"127.0.0.1:0\"\n");
        let mut hub = Command::new(program("cloud-hub"));
        hub.arg("--config").arg(&settings).env("FOYER_LOG", "trace");
        if in_settings {
            text += &format!("[database]\nurl = {url:?}\n");
        } else {
            hub.env("FOYER_DATABASE__URL", url);
        }
        std::fs::write(&settings, text).unwrap();
        let ended = hub.output().unwrap();
        assert!(!ended.status.success(), "it cannot start with {url}");
        String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap()
    })
}

#[test]
fn an_address_that_is_none_and_a_server_that_is_away_are_told_without_the_password() {
    let server = Server::shared();
    let missing = format!("{}_that_nobody_made", server.database());
    let latin = server.database_in("LATIN1");
    let [missing, latin] =
        [missing, latin].map(|url| url.replace("postgres@", "postgres:open-sesame@"));
    for (url, words) in [
        (
            "mysql://hub:open-sesame@db.example/hub",
            "begins with postgresql://",
        ),
        (
            "postgresql://hub:open-sesame@db.example:port/hub",
            "invalid value for option `port`",
        ),
        (
            "postgresql://hub:open-sesame@127.0.0.1:1/hub",
            "Connection refused",
        ),
        (
            "postgresql://hub:open-sesame@%2Fnowhere/hub",
            "the database server cannot be used",
        ),
        (&missing, "does not exist"),
        (&latin, "ENCODING UTF8"),
    ] {
        for said in refusals(url) {
            println!("{said}");
            assert!(said.contains(words), "{url}: {said}");
            assert!(!said.contains("open-sesame"), "{url}: {said}");
        }
    }
}
