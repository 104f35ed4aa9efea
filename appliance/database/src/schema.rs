//! What two engines' schemas have in common: tables, their columns, what may be NULL, and which keys are unique.

use std::collections::{BTreeMap, BTreeSet};

/// The tables by name.
pub(crate) type Schema = BTreeMap<String, Table>;

/// A table, in words that both engines can be put into.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) columns: BTreeMap<String, Kind>,
    /// The primary key and the other unique keys, each as the names of its columns in alphabetical order.
    pub(crate) keys: BTreeSet<String>,
}

/// What a column may hold, in SQLite's words: `TEXT NOT NULL`.
pub(crate) type Kind = String;

/// Where the schemas differ, a line each.
pub(crate) fn differences(ours: &Schema, theirs: &Schema) -> Vec<String> {
    let mut lines = Vec::new();
    for table in names(ours, theirs) {
        match (ours.get(table), theirs.get(table)) {
            (Some(ours), Some(theirs)) => lines.extend(differences_of(table, ours, theirs)),
            (Some(_), None) => lines.push(format!("the table {table} is on SQLite only")),
            (None, _) => lines.push(format!("the table {table} is on PostgreSQL only")),
        }
    }
    lines
}

fn differences_of(table: &str, ours: &Table, theirs: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    for column in names(&ours.columns, &theirs.columns) {
        match (ours.columns.get(column), theirs.columns.get(column)) {
            (Some(ours), Some(theirs)) if ours == theirs => {}
            (Some(ours), Some(theirs)) => lines.push(format!(
                "{table}.{column} is {ours} on SQLite and {theirs} on PostgreSQL"
            )),
            (Some(_), None) => lines.push(format!("{table}.{column} is on SQLite only")),
            (None, _) => lines.push(format!("{table}.{column} is on PostgreSQL only")),
        }
    }
    for key in ours.keys.difference(&theirs.keys) {
        lines.push(format!("{table} has the key {key} on SQLite only"));
    }
    for key in theirs.keys.difference(&ours.keys) {
        lines.push(format!("{table} has the key {key} on PostgreSQL only"));
    }
    lines
}

fn names<'a, T>(
    ours: &'a BTreeMap<String, T>,
    theirs: &'a BTreeMap<String, T>,
) -> BTreeSet<&'a String> {
    ours.keys().chain(theirs.keys()).collect()
}

/// A column's kind of its type and whether it may be NULL.
pub(crate) fn kind(type_name: &str, may_be_null: bool) -> Kind {
    let ending = if may_be_null { "" } else { " NOT NULL" };
    format!("{type_name}{ending}")
}

/// A key of its columns; a partial one is marked, for what it leaves out is written differently on the two engines.
pub(crate) fn key(mut columns: Vec<String>, is_partial: bool) -> String {
    columns.sort_unstable();
    let ending = if is_partial { " where .." } else { "" };
    format!("({}){ending}", columns.join(", "))
}
