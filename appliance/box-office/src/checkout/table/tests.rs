//! What holds for every edge; and that the README shows the machines as they are.

use std::fmt::Debug;

use super::samples::effects;
use super::*;
use crate::checkout::payment::Told;

const BEGIN: &str = "<!-- begin: checkout, by `checkout::table` -->\n";
const END: &str = "<!-- end: checkout -->\n";

#[test]
fn the_readme_shows_the_machines_as_they_are() {
    let readme = include_str!("../../../README.md");
    let shown = readme
        .split_once(BEGIN)
        .and_then(|(_, rest)| rest.split_once(END))
        .map_or("", |(shown, _)| shown);
    let table = render::table();
    assert!(
        shown == table,
        "put this into the README, between {BEGIN} and {END}:\n{table}"
    );
}

#[test]
fn every_state_comes_back_as_it_was_stored() {
    let edges = edges();
    let led_to = edges.payments.iter().flat_map(|edge| &edge.step);
    let payments = led_to.map(|step| step.state).chain(samples::payments());
    for state in payments {
        let (name, taken) = state.stored();
        assert_eq!(Payment::from_stored(name, taken), Some(state));
    }
    let led_to = edges.purchases.iter().flat_map(|edge| &edge.step);
    let purchases = led_to.map(|step| step.state).chain(samples::purchases());
    for state in purchases {
        let (name, time_ms) = state.stored();
        assert_eq!(Purchase::from_stored(name, time_ms), Some(state));
    }
    for state in samples::refunds() {
        assert_eq!(Refund::from_stored(state.stored()), Some(state));
    }
    let nothing = samples::payments()[0].stored().1;
    assert_eq!(Payment::from_stored("paid", nothing), None);
    assert_eq!(Purchase::from_stored("paid", 0), None);
    assert_eq!(Refund::from_stored("paid"), None);
}

/// Whoever must be asked is asked, or looked at later; nobody else is.
#[test]
fn nobody_is_forgotten_who_must_be_asked() {
    for edge in edges().payments {
        let Ok(step) = &edge.step else { continue };
        let outside = (step.effects.iter()).filter(|effect| is_outside(**effect));
        let is_asked = outside.count() > 0;
        // After these nothing else is under way that would ask; the others come between.
        let is_last_word = match edge.trigger {
            PaymentEvent::Said(_)
            | PaymentEvent::NoAnswer
            | PaymentEvent::Due
            | PaymentEvent::Restart
            | PaymentEvent::Word(_) => true,
            PaymentEvent::Stop | PaymentEvent::GiveBack { .. } | PaymentEvent::Deadline => false,
        };
        let must_be_asked = step.state.must_be_asked();
        assert!(must_be_asked || !is_asked, "asked for nothing: {edge:?}");
        assert!(
            is_asked || !must_be_asked || !is_last_word,
            "forgotten: {edge:?}"
        );
    }
}

/// Captures and failures are told whenever the purchase must hear of them, and never both.
#[test]
fn the_purchase_hears_of_every_outcome() {
    for edge in edges().payments {
        let Ok(step) = &edge.step else { continue };
        let told = |told| step.effects.contains(&PaymentEffect::Tell(told));
        let (captured, failed) = (told(Told::Captured), told(Told::Failed));
        if edge.state.is_without_outcome() && !step.state.is_without_outcome() {
            assert!(captured || failed, "{edge:?}");
        }
        let pays_more = step.state.paid_minor() > edge.state.paid_minor();
        assert_eq!(captured, pays_more, "{edge:?}");
        assert!(!(captured && failed), "{edge:?}");
    }
}

#[test]
fn every_effect_and_every_refusal_comes_of_some_edge() {
    let edges = edges();
    let payments = words(edges.payments);
    for effect in effects::payment_effects() {
        // It comes of the beginning alone: nothing that happens has the money asked for again.
        let is_given = effect != PaymentEffect::Ask;
        assert_eq!(
            payments.contains(&format!("{effect:?}")),
            is_given,
            "{effect:?}"
        );
    }
    for refusal in effects::word_refusals() {
        assert!(payments.contains(&format!("{refusal:?}")), "{refusal:?}");
    }
    let purchases = words(edges.purchases);
    for effect in effects::purchase_effects() {
        assert!(purchases.contains(&format!("{effect:?}")), "{effect:?}");
    }
    for refusal in effects::purchase_refusals() {
        assert!(purchases.contains(&format!("{refusal:?}")), "{refusal:?}");
    }
    let refunds = words(edges.refunds);
    for effect in effects::refund_effects() {
        assert!(refunds.contains(&format!("{effect:?}")), "{effect:?}");
    }
}

fn is_outside(effect: PaymentEffect) -> bool {
    match effect {
        PaymentEffect::Ask
        | PaymentEffect::Look
        | PaymentEffect::Stop
        | PaymentEffect::Return { .. }
        | PaymentEffect::LookSoon
        | PaymentEffect::LookLater => true,
        PaymentEffect::Tell(_) => false,
    }
}

/// All effects and refusals of these edges, each as it is printed.
fn words<Given, State, Trigger, Effect: Debug, Refusal: Debug>(
    edges: Vec<Edge<Given, State, Trigger, Effect, Refusal>>,
) -> Vec<String> {
    let words = edges.into_iter().flat_map(|edge| match edge.step {
        Ok(step) => step
            .effects
            .iter()
            .map(|effect| format!("{effect:?}"))
            .collect(),
        Err(refusal) => vec![format!("{refusal:?}")],
    });
    words.collect()
}
