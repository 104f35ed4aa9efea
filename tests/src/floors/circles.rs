//! Circles: modules beside each other that come back to themselves by what they use.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::ModuleId;
use super::{House, Use};

/// Modules that all reach each other.
#[derive(Debug)]
pub struct Circle {
    /// The crate, and the module in which they lie if it is not the crate itself: `box-office`, `wire::event`.
    pub inside: String,
    /// Their names.
    pub modules: BTreeSet<String>,
    /// Which of them uses which, and where: what can be cut.
    pub arrows: BTreeMap<(String, String), BTreeSet<Use>>,
}

/// Every circle of a crate, at every level of it.
pub fn circles(house: &House) -> Vec<Circle> {
    let levels = house.arrows().into_iter();
    levels
        .flat_map(|(inside, arrows)| {
            groups(arrows.keys().copied())
                .into_iter()
                .map(move |group| {
                    let within = |(from, to): &(ModuleId, ModuleId)| {
                        group.contains(from) && group.contains(to)
                    };
                    let arrows = arrows.iter().filter(|(pair, _)| within(pair));
                    let arrows = arrows.map(|((from, to), uses)| {
                        ((house.last_name(*from), house.last_name(*to)), uses.clone())
                    });
                    let place = house.modules[inside].path.iter();
                    let inside = std::iter::once(&house.name).chain(place).cloned();
                    Circle {
                        inside: inside.collect::<Vec<_>>().join("::"),
                        modules: group.iter().map(|id| house.last_name(*id)).collect(),
                        arrows: arrows.collect(),
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Those that reach themselves, put together with whom they reach and are reached by.
fn groups(arrows: impl Iterator<Item = (ModuleId, ModuleId)>) -> BTreeSet<BTreeSet<ModuleId>> {
    let mut uses: BTreeMap<ModuleId, BTreeSet<ModuleId>> = BTreeMap::new();
    for (from, to) in arrows {
        uses.entry(from).or_default().insert(to);
    }
    let reached: BTreeMap<ModuleId, BTreeSet<ModuleId>> = uses
        .keys()
        .map(|id| (*id, all_reached(&uses, *id)))
        .collect();
    let reaches =
        |from: ModuleId, to: ModuleId| reached.get(&from).is_some_and(|all| all.contains(&to));
    let in_circles = uses.keys().copied().filter(|id| reaches(*id, *id));
    in_circles
        .map(|id| {
            let others = uses.keys().copied();
            others
                .filter(|other| reaches(id, *other) && reaches(*other, id))
                .collect()
        })
        .collect()
}

fn all_reached(
    uses: &BTreeMap<ModuleId, BTreeSet<ModuleId>>,
    from: ModuleId,
) -> BTreeSet<ModuleId> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(id) = next.pop() {
        let used = uses.get(&id).into_iter().flatten().copied();
        next.extend(used.filter(|used| reached.insert(*used)));
    }
    reached
}
