//! What can happen next.

use super::log::Log;
use super::setup::Setup;
use super::world::World;
use super::{delivery, faults, hello, selling};
use crate::custody::Custodian;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// A side sells a place: the box for cash, the hub with a charge, or without money.
    Sell(Custodian, usize, usize),
    SellForNothing(usize),
    /// The hub holds a place and opens a charge.
    Hold(usize),
    Capture(usize),
    Settle(usize),
    Cancel(usize),
    /// A capture whose hold is gone goes back.
    LateCapture(usize),
    Give(Custodian, usize, usize),
    Refund(Custodian, usize, usize),
    Unanswered(usize),
    TakeOver(usize),
    LeaveQuarantine(Custodian, usize),
    Present(usize, usize),
    /// The hub applies the next event of a stream; a box does.
    HearUp(Log),
    HearDown(usize, Log),
    /// A box scans the grant that stands at this entry.
    Scan(usize, Log),
    Acknowledge(Log),
    BackUp(Custodian),
    Restore(Custodian),
    Replace,
    Clone,
    Hello(usize),
    /// With a manager's one-time code.
    HelloWithCode(usize),
    OpenAgain(usize),
    KeepHello,
    OldHello,
    Install,
    Crash,
}

pub(super) fn possible(setup: &Setup, world: &World, actions: &mut Vec<Action>) {
    selling::possible(setup, world, actions);
    delivery::possible(setup, world, actions);
    faults::possible(setup, world, actions);
    hello::possible(setup, world, actions);
}

pub(super) fn perform(setup: &Setup, world: &mut World, action: Action) -> Option<()> {
    match action {
        Action::Sell(side, nth, place) => selling::sell(setup, world, (side, nth), place),
        Action::SellForNothing(place) => selling::sell_for_nothing(setup, world, place),
        Action::Hold(place) => selling::hold(setup, world, place),
        Action::Capture(guest) => selling::capture(world, guest),
        Action::Settle(guest) => selling::settle(setup, world, guest),
        Action::Cancel(guest) => selling::cancel(setup, world, guest),
        Action::LateCapture(guest) => selling::late_capture(world, guest),
        Action::Give(side, nth, place) => selling::give(setup, world, (side, nth), place),
        Action::Refund(side, nth, guest) => selling::refund(setup, world, (side, nth), guest),
        Action::Unanswered(guest) => selling::unanswered(setup, world, guest),
        Action::TakeOver(place) => selling::take_over(setup, world, place),
        Action::LeaveQuarantine(side, place) => {
            selling::leave_quarantine(setup, world, side, place)
        }
        Action::Present(nth, guest) => selling::present(setup, world, nth, guest),
        Action::HearUp(head) => delivery::hear_up(setup, world, &head),
        Action::HearDown(nth, head) => delivery::hear_down(setup, world, nth, &head),
        Action::Scan(nth, entry) => delivery::scan(setup, world, nth, &entry),
        Action::Acknowledge(position) => delivery::acknowledge(setup, world, &position),
        Action::BackUp(side) => faults::back_up(world, side),
        Action::Restore(Custodian::Cinema) => faults::restore_box(setup, world),
        Action::Restore(Custodian::Hub) => faults::restore_hub(setup, world),
        Action::Replace => faults::replace(setup, world),
        Action::Clone => faults::clone(setup, world),
        Action::Hello(nth) => hello::meet(setup, world, nth, false),
        Action::HelloWithCode(nth) => hello::meet(setup, world, nth, true),
        Action::OpenAgain(nth) => hello::open_again(world, nth),
        Action::KeepHello => hello::keep(setup, world),
        Action::OldHello => hello::bring_old(setup, world),
        Action::Install => hello::install(setup, world),
        Action::Crash => hello::crash(world),
    }
}
