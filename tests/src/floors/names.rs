//! What a path means: the module that a thing is declared in, whatever re-exports it on the way. Names of other crates mean
//! nothing here.

use super::modules::{Module, ModuleId, ROOT};

/// The longest chain of imports that is followed, so that two that name each other come to an end.
const LONGEST_CHAIN: usize = 16;

/// What a path names.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// The module that it is, or is declared in.
    pub(super) home: ModuleId,
    /// What it is there; `None` if it is the module itself.
    pub(super) item: Option<String>,
    /// The modules that stand in the path by name.
    pub(super) modules: Vec<ModuleId>,
}

/// What `path`, written in the module `from`, names; `None` if it is nothing of this crate.
pub(super) fn find(modules: &[Module], from: ModuleId, path: &[String]) -> Option<Named> {
    let named = Names { modules }.find(from, path, LONGEST_CHAIN)?;
    // One bare name is a variable rather than the module that happens to be called like it.
    let is_bare = path.len() == 1 && named.item.is_none();
    (!is_bare).then_some(named)
}

struct Names<'a> {
    modules: &'a [Module],
}

impl Names<'_> {
    fn find(&self, from: ModuleId, path: &[String], chain: usize) -> Option<Named> {
        let chain = chain.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(self.walk(ROOT, rest, chain)),
            "self" => Some(self.walk(from, rest, chain)),
            "super" => Some(self.walk(self.modules[from].parent?, rest, chain)),
            _ => self.known(from, path, chain),
        }
    }

    /// From a module that is reached by name; what it does not show was made by a macro of its own.
    fn walk(&self, at: ModuleId, path: &[String], chain: usize) -> Named {
        let here = Named {
            home: at,
            modules: Vec::new(),
            item: path.first().cloned(),
        };
        match path.split_first() {
            None => here,
            Some((first, rest)) if first == "super" => {
                self.walk(self.modules[at].parent.unwrap_or(ROOT), rest, chain)
            }
            Some((first, rest)) if first == "self" => self.walk(at, rest, chain),
            Some(_) => self.known(at, path, chain).unwrap_or(here),
        }
    }

    /// A name that the module knows: its child, its import, its own, or one that comes with a glob.
    fn known(&self, at: ModuleId, path: &[String], chain: usize) -> Option<Named> {
        let (first, rest) = path.split_first()?;
        let module = &self.modules[at];
        if let Some(&child) = module.children.get(first) {
            return Some(self.through(child, rest, chain));
        }
        if module.items.contains(first) {
            return Some(Named {
                home: at,
                item: Some(first.clone()),
                modules: Vec::new(),
            });
        }
        if let Some(import) = module.imports.get(first) {
            let target = self.find(at, import, chain)?;
            return Some(if target.item.is_none() {
                self.through(target.home, rest, chain)
            } else {
                Named {
                    modules: Vec::new(),
                    ..target
                }
            });
        }
        module.globs.iter().find_map(|glob| {
            let chain = chain.checked_sub(1)?;
            let target = self.find(at, glob, chain)?;
            let is_other = target.item.is_none() && target.home != at;
            is_other
                .then(|| self.known(target.home, path, chain))
                .flatten()
        })
    }

    fn through(&self, module: ModuleId, rest: &[String], chain: usize) -> Named {
        let mut named = self.walk(module, rest, chain);
        named.modules.push(module);
        named
    }
}
