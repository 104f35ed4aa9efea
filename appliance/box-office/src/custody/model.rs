//! Custody explored with `stateright`: the machine itself on both sides, each with a store of its own, over a network that loses, repeats and
//! reorders whatever was ever written; with crashes, restores, replacement, clones, fail-over, refunds, hand-over codes and takeover.
//!
//! Every frame that a lost or present life ever wrote may come at any time, often or never. A transaction is one step, as it is in the
//! counter; a crash loses what is not yet in one: a snapshot on its way. A recovery of the box is two steps, at the hub and at the box.
//! Not in the model: keys and signatures, clocks, several showtimes, retention, the door beside a clone (each of two boxes lets a ticket in
//! once). A Hello in which the hub recovers is one step. `cargo model` needs some 6 GiB.

mod action;
mod delivery;
mod faults;
mod hello;
mod log;
mod progress;
mod properties;
mod selling;
mod setup;
mod store;
mod tests;
mod world;

use stateright::{Model, Property};

use action::Action;
use setup::Setup;
use world::World;

impl Model for Setup {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        action::possible(self, world, actions);
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        action::perform(self, &mut world, action)?;
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
