//! Who uses whom among the modules of each crate: circles, stores that are named from outside their room, and who knows
//! `App`. A room is a module with all that lies in it. How many of each there may be, `tests/tidy.rs` knows.

mod circles;
mod modules;
mod names;
mod report;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

pub use circles::{Circle, circles};
pub use report::{app_lines, circle_lines, report, store_lines};

use crate::checkout::Checkout;
use modules::{Module, ModuleId};

/// A name with those before it: `crate`, `holds`, `store`.
type Path = Vec<String>;

/// The room that holds all others together.
const APP: &str = "app";

/// The rooms that may know it, besides whatever is called `routes`.
const KNOW_APP: [&str; 5] = ["lib", APP, "router", "control", "command"];

/// A crate's modules and what each of them names.
#[derive(Debug)]
pub struct House {
    /// The crate.
    pub name: String,
    modules: Vec<Module>,
}

/// A module names a thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The file in which it stands.
    pub file: String,
    /// Where it comes from in the end: `holds::store::by_id`.
    pub thing: String,
}

/// Every crate that has modules, its tests left out.
///
/// # Panics
/// A file of the checkout is not Rust.
pub fn houses(checkout: &Checkout) -> Vec<House> {
    let houses = checkout.members().into_iter().filter_map(|member| {
        Some(House {
            modules: modules::read(checkout, &format!("{}/src", member.folder))?,
            name: member.name,
        })
    });
    houses.collect()
}

impl House {
    /// Which room uses which at the top level of the crate, and where.
    pub fn rooms(&self) -> BTreeMap<(String, String), BTreeSet<Use>> {
        let arrows = self.arrows().remove(&modules::ROOT).unwrap_or_default();
        let named = |((from, to), uses)| ((self.last_name(from), self.last_name(to)), uses);
        arrows.into_iter().map(named).collect()
    }

    /// The names of the rooms.
    pub fn room_names(&self) -> BTreeSet<String> {
        let root = &self.modules[modules::ROOT];
        root.children.keys().cloned().collect()
    }

    /// Where a room's store is named outside that room, by who names which.
    pub fn stores_named_from_outside(&self) -> BTreeMap<(String, String), BTreeSet<Use>> {
        let mut found: BTreeMap<_, BTreeSet<Use>> = BTreeMap::new();
        for (from, named, used) in self.uses() {
            for store in named.modules.into_iter().filter(|id| self.is_store(*id)) {
                let room = self.modules[store].parent.unwrap_or(modules::ROOT);
                if !self.lies_in(from, room) {
                    let pair = (self.full_name(from), self.full_name(store));
                    found.entry(pair).or_default().insert(used.clone());
                }
            }
        }
        found
    }

    /// The files that know `App` although only the top of a process may, and where. A crate without an `App` has none.
    pub fn knowers_of_app(&self) -> BTreeMap<String, BTreeSet<Use>> {
        let mut found: BTreeMap<_, BTreeSet<Use>> = BTreeMap::new();
        let root = &self.modules[modules::ROOT];
        let Some(app) = root.children.get(APP).copied() else {
            return found;
        };
        if !self.modules[app].items.contains("App") {
            return found;
        }
        for (from, named, used) in self.uses() {
            if self.lies_in(named.home, app) && !self.may_know_app(from) {
                found.entry(used.file.clone()).or_default().insert(used);
            }
        }
        found
    }

    fn may_know_app(&self, id: ModuleId) -> bool {
        let path = &self.modules[id].path;
        let room = path.first().map_or("lib", String::as_str);
        KNOW_APP.contains(&room) || path.last().is_some_and(|name| name == "routes")
    }

    /// By the module in which both lie: which of its children uses which, and where.
    fn arrows(&self) -> BTreeMap<ModuleId, BTreeMap<(ModuleId, ModuleId), BTreeSet<Use>>> {
        let mut arrows: BTreeMap<_, BTreeMap<_, BTreeSet<Use>>> = BTreeMap::new();
        for (from, named, used) in self.uses() {
            for to in named.modules.into_iter().chain([named.home]) {
                if let Some((inside, pair)) = self.siblings(from, to) {
                    let level = arrows.entry(inside).or_default();
                    level.entry(pair).or_default().insert(used.clone());
                }
            }
        }
        arrows
    }

    fn uses(&self) -> impl Iterator<Item = (ModuleId, names::Named, Use)> {
        self.modules
            .iter()
            .enumerate()
            .flat_map(move |(from, module)| {
                module.paths.iter().filter_map(move |path| {
                    let named = names::find(&self.modules, from, path)?;
                    let used = Use {
                        file: module.file.clone(),
                        thing: self.thing(&named),
                    };
                    Some((from, named, used))
                })
            })
    }

    /// The two different modules beside each other in which `from` and `to` lie, and the module that has both; none if one
    /// lies in the other.
    fn siblings(&self, from: ModuleId, to: ModuleId) -> Option<(ModuleId, (ModuleId, ModuleId))> {
        let (from, to) = (self.way_to(from), self.way_to(to));
        let parting = from.iter().zip(&to).position(|(one, other)| one != other)?;
        Some((from[parting - 1], (from[parting], to[parting])))
    }

    /// The modules from the root to this one.
    fn way_to(&self, id: ModuleId) -> Vec<ModuleId> {
        let mut way: Vec<_> =
            std::iter::successors(Some(id), |id| self.modules[*id].parent).collect();
        way.reverse();
        way
    }

    fn lies_in(&self, id: ModuleId, room: ModuleId) -> bool {
        self.way_to(id).contains(&room)
    }

    fn thing(&self, named: &names::Named) -> String {
        let home = self.modules[named.home].path.iter();
        Vec::from_iter(home.chain(&named.item).map(String::as_str)).join("::")
    }

    fn is_store(&self, id: ModuleId) -> bool {
        let path = &self.modules[id].path;
        path.len() > 1 && path.last().is_some_and(|name| name == "store")
    }

    fn full_name(&self, id: ModuleId) -> String {
        self.modules[id].path.join("::")
    }

    fn last_name(&self, id: ModuleId) -> String {
        self.modules[id].path.last().cloned().unwrap_or_default()
    }
}
