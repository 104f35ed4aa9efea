//! How a ticket goes back: asked, answered and heard; and how custody is given.

use super::*;
use crate::custody::Answer;

fn refund() -> Input {
    Input::Refund(ticket("t"))
}

fn answered(answer: Answer) -> Input {
    let fact = Fact::Answered(ticket("t"), answer);
    Input::Heard { plan: 2, fact }
}

fn record(epoch: u32, state: TicketState) -> TicketRecord {
    TicketRecord {
        state,
        ..TicketRecord::sold(sale(epoch, 1))
    }
}

#[test]
fn the_hub_asks_before_it_gives_money_back() {
    let hub = standing(Custodian::Hub);
    let sold = || (1, SeatState::Sold(ticket("t")));
    let live = record(1, TicketState::Live);
    let asked = decided(&hub, sold(), &[("t", live.clone())], &refund()).unwrap();
    assert_eq!(after(&asked), [(1, SeatState::Revoking(ticket("t")))]);
    assert_eq!(asked.tickets[0].after.state, TicketState::Revoking);
    let told = Fact::AskedToRevoke(ticket("t"), sale(1, 1));
    assert_eq!(asked.effects, [Effect::Tell(told)], "and no money");
    let inside = TicketRecord {
        admitted: Some(Proof::Proven),
        ..live
    };
    let refused = decided(&hub, sold(), &[("t", inside)], &refund());
    assert_eq!(refused, Err(CustodyRefusal::AlreadyAdmitted));
}

#[test]
fn an_acknowledgement_frees_nothing() {
    let hub = standing(Custodian::Hub);
    let revoking = (1, SeatState::Revoking(ticket("t")));
    let tickets = [("t", record(1, TicketState::Revoking))];
    let input = Input::Acknowledged(ticket("t"));
    let decision = decided(&hub, revoking, &tickets, &input).unwrap();
    assert_eq!(decision, Decision::default());
}

#[test]
fn only_what_is_revoked_is_sold_again() {
    let hub = standing(Custodian::Hub);
    let hear = |answer| {
        let revoking = (1, SeatState::Revoking(ticket("t")));
        let tickets = [("t", record(1, TicketState::Revoking))];
        decided(&hub, revoking, &tickets, &answered(answer)).unwrap()
    };
    let refund = |event| Effect::Refund(ticket("t"), event);
    let back = hear(Answer::Revoked);
    assert_eq!(after(&back), [(1, SeatState::Free)]);
    assert_eq!(back.effects, [refund(RefundEvent::Revoked)]);
    let unproven = hear(Answer::Unproven);
    assert_eq!(after(&unproven), [(1, SeatState::Quarantine)]);
    let told = Effect::Tell(Fact::Quarantined(vec![seat()]));
    assert_eq!(unproven.effects, [told, refund(RefundEvent::Unproven)]);
    let inside = hear(Answer::AlreadyAdmitted);
    assert_eq!(after(&inside), [(1, SeatState::Sold(ticket("t")))]);
    assert_eq!(inside.tickets[0].after.admitted, Some(Proof::Proven));
    assert_eq!(inside.effects, [refund(RefundEvent::AlreadyAdmitted)]);
}

#[test]
fn what_the_cinema_did_at_its_own_till_refunds_nothing_at_the_hub() {
    let hub = standing(Custodian::Hub);
    let tickets = [("t", record(0, TicketState::Live))];
    let input = answered(Answer::Revoked);
    let decision = decided(&hub, (0, SeatState::Free), &tickets, &input).unwrap();
    assert_eq!(decision.tickets[0].after.state, TicketState::Revoked);
    assert_eq!(decision.effects, []);
}

#[test]
fn a_seat_that_was_sold_at_risk_is_not_sold_again() {
    let cinema = standing(Custodian::Cinema);
    let at_risk = TicketRecord::sold(Sale::new(seat(), Custodian::Cinema, Epoch::new(1), 1));
    let taken_over = (1, SeatState::TakenOver(ticket("t")));
    let decision = decided(&cinema, taken_over, &[("t", at_risk)], &refund()).unwrap();
    assert_eq!(after(&decision), [(1, SeatState::Quarantine)]);
    let sold = (0, SeatState::Sold(ticket("t")));
    let tickets = [("t", record(0, TicketState::Live))];
    let decision = decided(&cinema, sold, &tickets, &refund()).unwrap();
    assert_eq!(after(&decision), [(0, SeatState::Free)]);
}

#[test]
fn the_cinema_answers_by_what_it_remembers() {
    let fact = Fact::AskedToRevoke(ticket("t"), sale(1, 1));
    let asked = Input::Heard { plan: 2, fact };
    let check = |standing: &Standing, answer, state| {
        let decision = decided(standing, (1, SeatState::Free), &[], &asked).unwrap();
        let told = Fact::Answered(ticket("t"), answer);
        assert_eq!(decision.effects, [Effect::Tell(told)]);
        assert_eq!(decision.tickets[0].after.state, state);
    };
    let cinema = standing(Custodian::Cinema);
    check(&cinema, Answer::Revoked, TicketState::Revoked);
    let forgetful = Standing {
        has_forgotten: true,
        ..cinema
    };
    check(&forgetful, Answer::Unproven, TicketState::Unproven);
}

#[test]
fn the_hub_hears_once_that_a_guest_is_inside() {
    let hub = standing(Custodian::Hub);
    let fact = Fact::Admitted(ticket("t"), Proof::Unproven);
    let input = Input::Heard { plan: 2, fact };
    let sold = || (1, SeatState::Sold(ticket("t")));
    let live = record(1, TicketState::Live);
    let decision = decided(&hub, sold(), &[("t", live.clone())], &input).unwrap();
    assert_eq!(decision.tickets[0].after.admitted, Some(Proof::Unproven));
    let inside = TicketRecord {
        admitted: Some(Proof::Proven),
        ..live
    };
    let decision = decided(&hub, sold(), &[("t", inside)], &input).unwrap();
    assert_eq!(decision.tickets, [], "the first stays");
}

#[test]
fn only_free_seats_of_ones_own_are_given() {
    let cinema = standing(Custodian::Cinema);
    let give = Input::Give(vec![seat()]);
    let at = |seat| decided(&cinema, seat, &[], &give);
    let given = at((0, SeatState::Free)).unwrap();
    assert_eq!(after(&given), [(1, SeatState::Free)]);
    let told = Fact::Given(vec![(seat(), Epoch::new(1))]);
    assert_eq!(given.effects, [Effect::Tell(told)]);
    let not_ours = Err(CustodyRefusal::NotOurs(vec![seat()]));
    assert_eq!(at((1, SeatState::Free)), not_ours);
    let not_free = Err(CustodyRefusal::NotFree(vec![seat()]));
    assert_eq!(at((0, SeatState::Sold(ticket("t")))), not_free);
}
