//! From every state, one can be reached in which a cinema can live. `stateright` has "eventually", which takes a cycle for a join and so
//! misses who runs in a circle; this walks the whole graph and then backwards from the states that are well.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use stateright::Model;

use super::properties::is_at_rest;
use super::setup::Setup;
use super::world::World;

/// How many states there are, and one from which there is no way.
pub(super) fn stuck(setup: &Setup) -> (usize, Option<World>) {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let mut arrows: Vec<(u32, u32)> = Vec::new();
    let mut well = Vec::new();
    let mut waiting = VecDeque::new();
    for world in setup.init_states() {
        numbers.insert(hasher.hash_one(&world), 0);
        waiting.push_back((0, world));
        well.push(false);
    }
    while let Some((from, world)) = waiting.pop_front() {
        well[from as usize] = is_at_rest(&world);
        for next in setup.next_states(&world) {
            let fresh = u32::try_from(numbers.len()).unwrap();
            let to = *numbers.entry(hasher.hash_one(&next)).or_insert(fresh);
            if to == fresh {
                waiting.push_back((to, next));
                well.push(false);
            }
            arrows.push((to, from));
        }
    }
    spread(&mut well, arrows);
    let lost = well.iter().position(|well| !well).and_then(|nth| {
        let mut walked = 0..;
        first(setup, |_| walked.next() == Some(nth))
    });
    (well.len(), lost)
}

/// Whoever has an arrow to a state that is well is well too.
fn spread(well: &mut [bool], mut arrows: Vec<(u32, u32)>) {
    arrows.sort_unstable();
    let mut waiting: Vec<u32> = (0_u32..)
        .zip(well.iter())
        .filter_map(|(nth, well)| well.then_some(nth))
        .collect();
    while let Some(to) = waiting.pop() {
        let first = arrows.partition_point(|arrow| arrow.0 < to);
        for (_, from) in arrows[first..].iter().take_while(|arrow| arrow.0 == to) {
            if !well[*from as usize] {
                well[*from as usize] = true;
                waiting.push(*from);
            }
        }
    }
}

/// The first state in the order of the walk that is meant.
pub(super) fn first(setup: &Setup, mut is_meant: impl FnMut(&World) -> bool) -> Option<World> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut waiting: VecDeque<World> = setup.init_states().into();
    let mut seen: HashSet<u64> = waiting.iter().map(|world| hasher.hash_one(world)).collect();
    while let Some(world) = waiting.pop_front() {
        if is_meant(&world) {
            return Some(world);
        }
        for next in setup.next_states(&world) {
            if seen.insert(hasher.hash_one(&next)) {
                waiting.push_back(next);
            }
        }
    }
    None
}
