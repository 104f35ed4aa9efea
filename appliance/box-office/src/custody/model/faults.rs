//! Backups, and what is put back from them; a new box in the place of a lost one; a copy beside the one that lives.

use std::sync::Arc;

use super::action::Action;
use super::setup::Setup;
use super::store::{FIRST_LIFE, Store};
use super::world::World;
use crate::custody::{Authority, Custodian, Life, Stopped};

/// The lineage that a database has, and the one that is found outside it after it was put back.
const LINEAGES: ([u8; 16], [u8; 16]) = ([1; 16], [2; 16]);

pub(super) fn possible(_: &Setup, world: &World, actions: &mut Vec<Action>) {
    let left = &world.left;
    let wants_box = left.box_restores > 0 || left.clones > 0;
    if wants_box && world.box_backup.is_none() {
        actions.push(Action::BackUp(Custodian::Cinema));
    }
    if left.hub_restores > 0 && world.hub_backup.is_none() {
        actions.push(Action::BackUp(Custodian::Hub));
    }
    if left.box_restores > 0 && world.box_backup.is_some() {
        actions.push(Action::Restore(Custodian::Cinema));
    }
    if left.hub_restores > 0 && world.hub_backup.is_some() {
        actions.push(Action::Restore(Custodian::Hub));
    }
    if left.replacements > 0 {
        actions.push(Action::Replace);
    }
    if left.clones > 0 && world.box_backup.is_some() && world.boxes.len() == 1 {
        actions.push(Action::Clone);
    }
}

pub(super) fn back_up(world: &mut World, side: Custodian) -> Option<()> {
    match side {
        Custodian::Cinema => world.box_backup = Some(Arc::clone(&world.boxes[0])),
        Custodian::Hub => world.hub_backup = Some(Arc::clone(&world.hub)),
    }
    Some(())
}

/// A store as it starts on a database that was put back.
fn started(setup: &Setup, store: &Store) -> Arc<Store> {
    let (inside, outside) = LINEAGES;
    let standing = store
        .standing
        .started_with(&setup.guards, inside, Some(outside));
    Arc::new(Store {
        standing,
        ..store.clone()
    })
}

fn lose_box(world: &mut World) {
    world.waits_for_an_answer = false;
    let lost = &world.boxes[0];
    world.old_up.insert(lost.own.clone());
    let position = (lost.standing.life, lost.heard.clone());
    world.old_acknowledgements.insert(position);
    if world.on_its_way.as_ref().is_some_and(|it| it.to == 0) {
        world.on_its_way = None;
    }
}

pub(super) fn restore_box(setup: &Setup, world: &mut World) -> Option<()> {
    let backup = world.box_backup.clone()?;
    if backup == world.boxes[0] {
        return None;
    }
    lose_box(world);
    world.boxes[0] = started(setup, &backup);
    if setup.opens_on_hello {
        let cinema = world.side(Custodian::Cinema, 0);
        cinema.standing = cinema.standing.stopped(Stopped::Behind);
    }
    world.left.box_restores -= 1;
    Some(())
}

pub(super) fn restore_hub(setup: &Setup, world: &mut World) -> Option<()> {
    let backup = world.hub_backup.clone()?;
    if backup == world.hub {
        return None;
    }
    world.keep_down();
    let session = world.hub.session;
    world.hub = started(setup, &backup);
    if !setup.forgets_sessions {
        world.side(Custodian::Hub, 0).session = session;
    }
    world.left.hub_restores -= 1;
    Some(())
}

/// Another box is enrolled in the place of the lost one: it knows nothing.
pub(super) fn replace(setup: &Setup, world: &mut World) -> Option<()> {
    lose_box(world);
    let no_life = Life {
        number: 0,
        random: [0; 16],
    };
    let mut new = Store::new(Custodian::Cinema, no_life, FIRST_LIFE, setup.plan());
    new.standing.other = world.boxes[0].standing.other;
    new.standing.authority = Authority::Lost(Stopped::Copy);
    new.own = super::log::Log::begin(FIRST_LIFE);
    world.boxes[0] = Arc::new(new);
    world.left.replacements -= 1;
    Some(())
}

/// The backup is started on another machine while the box lives.
pub(super) fn clone(setup: &Setup, world: &mut World) -> Option<()> {
    let backup = world.box_backup.clone()?;
    world.boxes.push(started(setup, &backup));
    world.left.clones -= 1;
    Some(())
}
