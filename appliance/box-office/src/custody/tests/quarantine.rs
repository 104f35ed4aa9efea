//! Who may free a seat of which nobody can prove what became of it, and what the cinema hears of those of the hub.

use super::*;

#[test]
fn only_the_custodian_frees_what_is_in_quarantine() {
    let leave = Input::LeaveQuarantine(vec![seat()]);
    let at = |standing: &Standing, seat| decided(standing, seat, &[], &leave);
    let cinema = standing(Custodian::Cinema);
    let freed = at(&cinema, (0, SeatState::Quarantine)).unwrap();
    assert_eq!(after(&freed), [(0, SeatState::Free)]);
    assert_eq!(freed.effects, [], "the hub need not know");
    let hub = standing(Custodian::Hub);
    let freed = at(&hub, (1, SeatState::Quarantine)).unwrap();
    assert_eq!(after(&freed), [(1, SeatState::Free)]);
    let told = Fact::OutOfQuarantine(vec![seat()]);
    assert_eq!(freed.effects, [Effect::Tell(told)]);
    let not_ours = Err(CustodyRefusal::NotOurs(vec![seat()]));
    assert_eq!(at(&cinema, (1, SeatState::Quarantine)), not_ours);
    assert_eq!(at(&cinema, (0, SeatState::Free)), not_ours);
    let stopped = cinema.stopped(Stopped::Copy);
    let refused = at(&stopped, (0, SeatState::Quarantine));
    assert_eq!(refused, Err(CustodyRefusal::Stopped));
}

#[test]
fn the_cinema_keeps_in_mind_what_the_hub_has_in_quarantine() {
    let heard = |standing: &Standing, seat: (u32, SeatState), is_in, has_begun| {
        let seats = [LoadedSeat {
            place: 0,
            seat: super::seat(),
            record: SeatRecord {
                epoch: Epoch::new(seat.0),
                state: seat.1,
            },
        }];
        let loaded = Loaded {
            plan: Some(2),
            seats: &seats,
            tickets: &BTreeMap::new(),
            has_begun,
            doubted: None,
        };
        let seats = vec![super::seat()];
        let fact = match is_in {
            true => Fact::Quarantined(seats),
            false => Fact::OutOfQuarantine(seats),
        };
        after(&decide(standing, &loaded, &Input::Heard { plan: 2, fact }).unwrap())
    };
    let (free, quarantine) = (SeatState::Free, SeatState::Quarantine);
    let cinema = standing(Custodian::Cinema);
    let goes_in = heard(&cinema, (1, free.clone()), true, false);
    assert_eq!(goes_in, [(1, quarantine.clone())]);
    let comes_out = heard(&cinema, (1, quarantine.clone()), false, true);
    assert_eq!(comes_out, [(1, free.clone())]);
    let ours = heard(&cinema, (0, free.clone()), true, false);
    assert_eq!(ours, [], "of the cinema's own the hub has no say");
    let forgetful = Standing {
        has_forgotten: true,
        ..cinema
    };
    let maybe_taken_over = heard(&forgetful, (1, quarantine.clone()), false, true);
    assert_eq!(maybe_taken_over, [], "by the life that nobody remembers");
    let not_begun = heard(&forgetful, (1, quarantine), false, false);
    assert_eq!(not_begun, [(1, free)]);
}
