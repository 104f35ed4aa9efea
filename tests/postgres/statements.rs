//! Every statement of the hub, its counter and its streams is one text that PostgreSQL takes as SQLite does: each is prepared against the
//! hub's tables, found in the sources, so that none is left to the day on which it is first run.

use std::collections::HashMap;

use cloud_hub::migrations::POSTGRES_MIGRATIONS;
use database::{Database, Options, Scope};
use postgres_server::Server;
use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;
use tests::checkout::Checkout;

/// Where SQL of the hub stands.
const PLACES: [&str; 3] = [
    "appliance/counter/src/",
    "cloud-hub/src/",
    "sync-agent/mailbox/src/",
];

/// What begins a statement.
const BEGINNINGS: [&str; 4] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];

#[tokio::test]
async fn every_statement_is_one_that_postgresql_takes() {
    let server = Server::shared();
    let database = Database::connect(&server.database(), POSTGRES_MIGRATIONS, Options::default());
    let database = database.unwrap();
    let (mut taken, mut refused) = (0, Vec::new());
    for (path, sql) in statements(&Checkout::here()) {
        if sql.contains('{') {
            println!(
                "put together where it is used, and left to the tests that run it: {path}: {sql}"
            );
            continue;
        }
        let preparing = format!("PREPARE statement_{taken} AS {sql}");
        let prepared = database.write(Scope::Nothing, move |tx| tx.execute(&preparing, &[]));
        match prepared.await {
            Ok(_) => taken += 1,
            Err(error) => refused.push(format!("{path}: {sql}\n    {error}")),
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    println!("{taken} statements");
    assert!(taken > 100, "only {taken} were found");
}

/// The statements with the files that they stand in.
fn statements(checkout: &Checkout) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let sources = checkout
        .rust()
        .filter(|(path, _)| PLACES.iter().any(|place| path.starts_with(place)))
        .filter(|(path, _)| !path.ends_with("/tests.rs"));
    for (path, text) in sources {
        let production = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
        let mut texts = Texts::default();
        texts.walk(production.parse().unwrap());
        for mut sql in texts.all {
            for (name, value) in &texts.constants {
                sql = sql.replace(&format!("{{{name}}}"), value);
            }
            // Rows or a list are put behind it, as many as there are: here one.
            if sql.starts_with("INSERT INTO ") && sql.ends_with(" VALUES") {
                let columns = sql.matches(',').count() + 1;
                let places: Vec<_> = (1..=columns).map(|number| format!("${number}")).collect();
                sql += &format!(" ({})", places.join(", "));
            }
            if sql.ends_with(" IN") {
                let next = sql.matches('$').count() + 1;
                sql += &format!(" (${next})");
            }
            let is_statement = BEGINNINGS.iter().any(|word| sql.starts_with(word));
            if is_statement {
                found.push((path, sql));
            }
        }
    }
    found
}

/// The literal texts of a file, those of its macros too.
#[derive(Default)]
struct Texts {
    all: Vec<String>,
    /// By the name of the constant that each is.
    constants: HashMap<String, String>,
}

impl Texts {
    fn walk(&mut self, tokens: TokenStream) {
        let mut constant = None;
        for token in tokens {
            match token {
                TokenTree::Ident(word) if word == "const" => constant = Some(String::new()),
                TokenTree::Ident(name) => {
                    constant = constant.map(|known: String| match known.is_empty() {
                        true => name.to_string(),
                        false => known,
                    });
                }
                TokenTree::Literal(literal) => {
                    let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string()) else {
                        continue;
                    };
                    if let Some(name) = constant.take() {
                        self.constants.insert(name, text.value());
                    }
                    self.all.push(text.value());
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Punct(mark) if mark.as_char() == ';' => constant = None,
                TokenTree::Punct(_) => {}
            }
        }
    }
}
