//! One table of the file, read key by key: what is missing, mistyped or unknown is reported with its line.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problems::Problems;

/// A table of the file and the keys that were asked for so far.
pub(super) struct Section<'p> {
    problems: &'p Problems<'p>,
    entries: &'p DeTable<'p>,
    line: usize,
    name: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// A value with the line on which it stands.
pub(super) struct Lined<T> {
    pub(super) line: usize,
    pub(super) value: T,
}

impl<'p> Section<'p> {
    pub(super) fn new(
        problems: &'p Problems<'p>,
        entries: &'p DeTable<'p>,
        line: usize,
        name: String,
    ) -> Self {
        Self {
            problems,
            entries,
            line,
            name,
            asked: RefCell::default(),
        }
    }

    pub(super) fn problems(&self) -> &'p Problems<'p> {
        self.problems
    }

    /// The line on which the table begins.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The line of a key, or of the table if it is not there.
    pub(super) fn line_of(&self, key: &'static str) -> usize {
        self.find(key)
            .map_or(self.line, |value| self.problems.line_of(value.span().start))
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// The value of a key that must be there; nothing, and a problem, if it is absent or wrong.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<T> {
        if !self.has(key) {
            self.problems
                .push(self.line, format!("{} needs `{key}`", self.name));
        }
        self.optional(key, read)
    }

    /// The value of a key that may be absent; nothing, and a problem, if it is wrong.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.find(key)?;
        match read(value.get_ref()) {
            Ok(read) => Some(read),
            Err(detail) => {
                self.problems.push(
                    self.problems.line_of(value.span().start),
                    format!("`{key}`: {detail}"),
                );
                None
            }
        }
    }

    /// The values of a list, or of a single value that stands for a list of one; empty if absent.
    pub(super) fn list<T>(
        &self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String>,
    ) -> Vec<Lined<T>> {
        let Some(value) = self.find(key) else {
            return Vec::new();
        };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => vec![value],
        };
        let mut list = Vec::new();
        for item in items {
            let line = self.problems.line_of(item.span().start);
            match read(item.get_ref()) {
                Ok(value) => list.push(Lined { line, value }),
                Err(detail) => self.problems.push(line, format!("`{key}`: {detail}")),
            }
        }
        list
    }

    /// A list without its lines that must have at least one value.
    pub(super) fn some<T>(
        &self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let list: Vec<T> = self
            .list(key, read)
            .into_iter()
            .map(|lined| lined.value)
            .collect();
        if list.is_empty() {
            self.problems.push(
                self.line_of(key),
                format!("{} needs `{key}`, at least one", self.name),
            );
            return None;
        }
        Some(list)
    }

    /// The lines of a text written over several lines, each with its line in the file.
    pub(super) fn lines(&self, key: &'static str) -> Option<Vec<Lined<String>>> {
        let text = self.required(key, super::value::drawn_text)?;
        let span = self.find(key)?.span();
        let (first, raw) = (self.problems.line_of(span.start), self.problems.raw(span));
        let quoted = raw.strip_prefix("'''").or_else(|| {
            raw.strip_prefix("\"\"\"")
                .filter(|text| !text.contains('\\'))
        });
        // A newline right after the opening quotes is not part of the text; with escapes only the first line is certain.
        let (first, step) = match quoted {
            Some(text) => (
                first + usize::from(text.starts_with('\n') || text.starts_with("\r\n")),
                1,
            ),
            None => (first, 0),
        };
        Some(
            text.lines()
                .enumerate()
                .map(|(i, line)| Lined {
                    line: first + step * i,
                    value: line.to_owned(),
                })
                .collect(),
        )
    }

    /// A table inside this one.
    pub(super) fn section(&self, key: &'static str, required: bool) -> Option<Section<'p>> {
        let Some(value) = self.find(key) else {
            if required {
                self.problems
                    .push(self.line, format!("{} needs a table [{key}]", self.name));
            }
            return None;
        };
        self.enter(value, format!("[{key}]"))
    }

    /// Reports every key that nobody asked for. To be called when all were read.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self
            .entries
            .keys()
            .filter(|key| !asked.contains(key.get_ref().as_ref()))
        {
            let hint = self.problems.hint(key.get_ref(), asked.iter().copied());
            let line = self.problems.line_of(key.span().start);
            self.problems.push(
                line,
                format!(
                    "{} has no key `{}`{hint}",
                    self.name,
                    super::value::shown(key.get_ref())
                ),
            );
        }
    }

    fn find(&self, key: &'static str) -> Option<&'p Spanned<DeValue<'p>>> {
        self.asked.borrow_mut().insert(key);
        self.entries.get(key)
    }

    fn enter(&self, value: &'p Spanned<DeValue<'p>>, name: String) -> Option<Section<'p>> {
        let line = self.problems.line_of(value.span().start);
        let Some(table) = value.get_ref().as_table() else {
            self.problems.push(
                line,
                format!(
                    "{name} must be a table, not {}",
                    super::value::kind(value.get_ref())
                ),
            );
            return None;
        };
        Some(Section::new(self.problems, table, line, name))
    }
}

/// The tables of a repeated section: `[[film]]`.
pub(super) fn sections<'p>(parent: &Section<'p>, key: &'static str) -> Vec<Section<'p>> {
    let Some(value) = parent.find(key) else {
        return Vec::new();
    };
    let Some(items) = value.get_ref().as_array() else {
        parent.problems.push(
            parent.problems.line_of(value.span().start),
            format!("`{key}` is a list of tables: write [[{key}]]"),
        );
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| parent.enter(item, format!("[[{key}]]")))
        .collect()
}

/// The things of one kind that a file lists, in its order. One that was named but is wrong is kept without its content, so
/// that whoever names it is not blamed.
pub(super) struct Listed<K, T> {
    entries: Vec<Entry<T>>,
    places: BTreeMap<K, usize>,
}

struct Entry<T> {
    line: usize,
    item: Option<T>,
}

impl<K: Ord + std::fmt::Display, T> Listed<K, T> {
    /// Reads each section: `read` gives its id, if it has one, and its content, if that is right.
    pub(super) fn read(
        sections: &[Section<'_>],
        read: impl Fn(&Section<'_>) -> (Option<K>, Option<T>),
    ) -> Self {
        let mut list = Self {
            entries: Vec::new(),
            places: BTreeMap::new(),
        };
        for section in sections {
            let (id, item) = read(section);
            section.finish();
            let Some(id) = id else { continue };
            if let Some(first) = list
                .places
                .get(&id)
                .and_then(|&place| list.entries.get(place))
            {
                section.problems.push(
                    section.line_of("id"),
                    format!(
                        "{} {id} is there already, on line {}",
                        section.name, first.line
                    ),
                );
                continue;
            }
            list.places.insert(id, list.entries.len());
            list.entries.push(Entry {
                line: section.line,
                item,
            });
        }
        list
    }

    /// What has this id: nothing if nobody named it, and nothing inside if it is wrong.
    pub(super) fn get(&self, id: &K) -> Option<Option<&T>> {
        let entry = self
            .places
            .get(id)
            .and_then(|&place| self.entries.get(place))?;
        Some(entry.item.as_ref())
    }

    /// The ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = &K> {
        self.places.keys()
    }

    /// The contents, in the order of the file.
    pub(super) fn into_items(self) -> Vec<T> {
        self.entries
            .into_iter()
            .filter_map(|entry| entry.item)
            .collect()
    }
}
