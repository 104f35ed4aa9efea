//! Paths in what a parser cannot read: the arguments of macros and attributes. Names without `::` are left out, for they may
//! be anything.

use proc_macro2::{TokenStream, TokenTree};

use super::Path;

/// Every path of two names and more.
pub(super) fn paths(tokens: TokenStream) -> Vec<Path> {
    let mut found = Found::default();
    found.walk(tokens);
    found.paths
}

#[derive(Default)]
struct Found {
    paths: Vec<Path>,
    current: Path,
    /// How many colons stand after the last name.
    colons: usize,
}

impl Found {
    fn walk(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if self.colons != 2 {
                        self.end();
                    }
                    self.current.push(name.to_string());
                    self.colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !self.current.is_empty() => {
                    self.colons += 1;
                }
                TokenTree::Group(group) => {
                    self.end();
                    self.walk(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => self.end(),
            }
        }
        self.end();
    }

    fn end(&mut self) {
        let path = std::mem::take(&mut self.current);
        if path.len() > 1 {
            self.paths.push(path);
        }
        self.colons = 0;
    }
}
