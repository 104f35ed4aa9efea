//! What a cut of the line costs. On a full Friday the line drops for a while; each side goes on selling what is its own, and the share of guests who still get
//! seats tells how well the seats were divided before. See `src/bin/simulate.rs`.

pub mod demand;
pub mod evening;
mod figures;
mod hindsight;
pub mod policy;
mod showtime;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

pub use figures::{AskLine, CutLine, Figures};

use demand::Assumptions;
use evening::{Evening, Offers, serve_in_cut};
use policy::Policy;

/// When the day is over, in seconds from its midnight.
const END: i64 = demand::DAY;

/// Plays these seeds, each with every policy and every length of a cut, on as many threads as there are cores.
///
/// # Panics
/// A seat is sold twice, or a side is refused what it must be given.
pub fn run(assumed: &Assumptions, seeds: Range<u64>) -> Figures {
    let next = AtomicU64::new(seeds.start);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let play = || {
            let mut figures = Figures::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return figures;
                }
                play(&mut figures, assumed, seed);
            }
        };
        let played: Vec<_> = (0..threads).map(|_| scope.spawn(play)).collect();
        let mut all = Figures::default();
        for figures in played {
            all += figures.join().expect("each seed is played");
        }
        all
    })
}

fn play(figures: &mut Figures, assumed: &Assumptions, seed: u64) {
    let friday = assumed.friday(seed);
    for policy in Policy::ALL {
        for offers in Offers::ALL {
            let mut evening = Evening::new(assumed, &friday, policy, offers);
            evening.play_until(friday.cut_begins);
            if offers == Offers::WholeRoom {
                for &minutes in &assumed.cut_minutes {
                    cut(figures, &evening, minutes, policy);
                }
            }
            evening.play_until(END);
            figures.add_cost(policy, offers, &evening.cost);
        }
    }
}

fn cut(figures: &mut Figures, evening: &Evening<'_>, minutes: i64, policy: Policy) {
    for (showtime, came) in evening.showtimes.iter().zip(evening.in_cut(minutes)) {
        if came.is_empty() {
            continue;
        }
        let served = serve_in_cut(showtime.clone(), &came);
        let best = hindsight::best(showtime, &came);
        figures.add_cut(minutes, policy, &came, served, best);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short form of `cargo simulate --cuts`: the same seeds always, so it is red only if a rule or the policy changes. Four Fridays tell
    /// policies apart only where many guests are turned away.
    #[test]
    fn the_policy_serves_most_of_what_could_be_served_and_more_than_a_fixed_split() {
        let figures = run(&Assumptions::read().unwrap(), 1..5);
        let both = |policy, minutes| {
            let lines = figures.cuts().into_iter();
            let mut lines = lines
                .filter(|it| (it.policy, it.cut_minutes, it.side) == (policy, minutes, "both"));
            lines.next().unwrap()
        };
        for minutes in [5, 30, 120] {
            let ours = both(Policy::Ours, minutes);
            assert!(ours.best_in_hindsight >= ours.served_share, "{ours:?}");
            let of_the_best = ours.served_share / ours.best_in_hindsight;
            assert!(of_the_best >= 0.9, "{ours:?}");
        }
        let (ours, fixed) = (both(Policy::Ours, 30), both(Policy::Fixed, 30));
        assert!(ours.served_share > fixed.served_share, "{ours:?} {fixed:?}");
    }
}
