//! Statements over many rows at once. Their texts are made once: what differs is only how many rows there are.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The most parameters of one statement: a large sale's tickets fit, and the texts stay few and short.
pub(crate) const MOST_PARAMETERS: usize = 200;

/// What a statement is made of: `INSERT INTO film (id, minutes)`, rows of two, and what stands in their way; or
/// `SELECT title FROM film WHERE studio = $1 AND id IN`, one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Many {
    pub(crate) begins: &'static str,
    pub(crate) ends: &'static str,
    /// The number of the first parameter that is made.
    pub(crate) first: usize,
    /// How many stand in each pair of brackets.
    pub(crate) columns: usize,
    /// How many there are.
    pub(crate) parameters: usize,
}

thread_local! {
    static TEXTS: RefCell<HashMap<Many, Rc<str>>> = RefCell::default();
}

impl Many {
    /// The text of the statement.
    pub(crate) fn text(self) -> Rc<str> {
        let known = TEXTS.with_borrow(|texts| texts.get(&self).cloned());
        known.unwrap_or_else(|| {
            let text: Rc<str> = self.write().into();
            TEXTS.with_borrow_mut(|texts| texts.insert(self, Rc::clone(&text)));
            text
        })
    }

    fn write(self) -> String {
        let mut sql = String::with_capacity(self.begins.len() + 8 + self.parameters * 6);
        sql.push_str(self.begins);
        sql.push(' ');
        for nth in 0..self.parameters {
            sql.push_str(match (nth, nth % self.columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                (_, _) => ", ",
            });
            sql.push('$');
            sql.push_str(&(self.first + nth).to_string());
        }
        sql.push(')');
        if !self.ends.is_empty() {
            sql.push(' ');
            sql.push_str(self.ends);
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::Many;

    #[test]
    fn an_insertion_has_a_pair_of_brackets_a_row_and_a_list_has_one() {
        let rows = |begins, ends, columns, parameters| Many {
            begins,
            ends,
            first: 1,
            columns,
            parameters,
        };
        assert_eq!(
            &*rows("INSERT INTO one (n) VALUES", "", 1, 2).text(),
            "INSERT INTO one (n) VALUES ($1), ($2)"
        );
        let or = "ON CONFLICT DO NOTHING";
        for _ in 0..2 {
            assert_eq!(
                &*rows("INSERT", or, 3, 6).text(),
                "INSERT ($1, $2, $3), ($4, $5, $6) ON CONFLICT DO NOTHING"
            );
        }
        let list = Many {
            first: 2,
            ..rows("SELECT 1 WHERE a = $1 AND b IN", "", 2, 2)
        };
        assert_eq!(&*list.text(), "SELECT 1 WHERE a = $1 AND b IN ($2, $3)");
    }
}
