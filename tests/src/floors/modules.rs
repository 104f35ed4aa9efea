//! The modules of one crate as a parser reads them: what each declares, imports and names. What only tests see is left out.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, MetaList, UseTree};

use super::{Path, tokens};
use crate::checkout::Checkout;

/// A module's place in the list of its crate's.
pub(super) type ModuleId = usize;

/// The crate itself.
pub(super) const ROOT: ModuleId = 0;

#[derive(Debug, Default)]
pub(super) struct Module {
    /// Its names from the crate, which itself has none.
    pub(super) path: Path,
    pub(super) file: String,
    pub(super) parent: Option<ModuleId>,
    pub(super) children: BTreeMap<String, ModuleId>,
    /// What it declares besides modules.
    pub(super) items: BTreeSet<String>,
    /// What it imports, by the name that it gives it.
    pub(super) imports: BTreeMap<String, Path>,
    /// The modules of which it imports everything.
    pub(super) globs: Vec<Path>,
    /// Every path that stands in it.
    pub(super) paths: BTreeSet<Path>,
}

/// The modules of the crate whose source lies in `folder`, the crate itself first.
pub(super) fn read(checkout: &Checkout, folder: &str) -> Option<Vec<Module>> {
    let roots = ["lib.rs", "main.rs"].map(|file| format!("{folder}/{file}"));
    let root = roots
        .into_iter()
        .find(|file| checkout.text(file).is_some())?;
    let mut reader = Reader {
        checkout,
        modules: Vec::new(),
    };
    let module = Module {
        file: root.clone(),
        ..Module::default()
    };
    reader.file(module, folder, checkout.text(&root)?);
    Some(reader.modules)
}

struct Reader<'a> {
    checkout: &'a Checkout,
    modules: Vec<Module>,
}

impl Reader<'_> {
    fn file(&mut self, module: Module, folder: &str, text: &str) -> ModuleId {
        let file = syn::parse_file(text).unwrap_or_else(|why| panic!("{}: {why}", module.file));
        self.module(module, folder, &file.items)
    }

    /// A module whose children have their files in `folder`.
    fn module(&mut self, module: Module, folder: &str, items: &[Item]) -> ModuleId {
        let id = self.modules.len();
        let mut names = Names::default();
        for item in items {
            names.visit_item(item);
            names.items.extend(declared(item));
        }
        self.modules.push(Module {
            items: names.items,
            imports: names.imports,
            globs: names.globs,
            paths: names.paths,
            ..module
        });
        for item in items {
            if let Item::Mod(child) = item
                && !is_for_tests(&child.attrs)
            {
                let name = child.ident.to_string();
                let content = child.content.as_ref().map(|(_, items)| items.as_slice());
                if let Some(child) = self.child(id, folder, &name, content) {
                    self.modules[id].children.insert(name, child);
                }
            }
        }
        id
    }

    fn child(
        &mut self,
        parent: ModuleId,
        folder: &str,
        name: &str,
        content: Option<&[Item]>,
    ) -> Option<ModuleId> {
        let above = &self.modules[parent];
        let inside = format!("{folder}/{name}");
        let mut module = Module {
            path: above
                .path
                .iter()
                .cloned()
                .chain([name.to_owned()])
                .collect(),
            file: above.file.clone(),
            parent: Some(parent),
            ..Module::default()
        };
        if let Some(items) = content {
            return Some(self.module(module, &inside, items));
        }
        module.file = format!("{inside}.rs");
        let text = self.checkout.text(&module.file)?;
        Some(self.file(module, &inside, text))
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's kinds of item grow with the language"
)]
fn declared(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's kinds of item grow with the language"
)]
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

/// Gathers what stands in one module, the bodies of its functions and macros included.
#[derive(Default)]
struct Names {
    items: BTreeSet<String>,
    imports: BTreeMap<String, Path>,
    globs: Vec<Path>,
    paths: BTreeSet<Path>,
}

impl Names {
    fn import(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| -> Path {
            let name = (name != "self" || before.is_empty()).then(|| name.to_string());
            before.iter().cloned().chain(name).collect()
        };
        match tree {
            UseTree::Path(path) => {
                let before: Path = before
                    .iter()
                    .cloned()
                    .chain([path.ident.to_string()])
                    .collect();
                self.import(&before, &path.tree);
            }
            UseTree::Name(name) => {
                let path = with(&name.ident);
                if let Some(last) = path.last().cloned() {
                    self.bind(last, path);
                }
            }
            UseTree::Rename(renamed) => {
                let path = with(&renamed.ident);
                self.bind(renamed.rename.to_string(), path);
            }
            UseTree::Glob(_) => {
                self.globs.push(before.to_vec());
                self.paths.insert(before.to_vec());
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(before, tree);
                }
            }
        }
    }

    fn bind(&mut self, name: String, path: Path) {
        self.paths.insert(path.clone());
        self.imports.insert(name, path);
    }
}

impl Visit<'_> for Names {
    fn visit_item(&mut self, item: &Item) {
        // A module is read by itself.
        let is_elsewhere = matches!(item, Item::Mod(_));
        if !is_elsewhere && !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &ImplItem) {
        let is_test = matches!(item, ImplItem::Fn(method) if is_for_tests(&method.attrs));
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.paths.insert(names.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &syn::Macro) {
        self.visit_path(&called.path);
        self.paths.extend(tokens::paths(called.tokens.clone()));
    }

    fn visit_meta_list(&mut self, list: &MetaList) {
        self.paths.extend(tokens::paths(list.tokens.clone()));
    }
}
