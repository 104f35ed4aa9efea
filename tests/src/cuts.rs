//! What a cut of the line costs. On a full Friday the line drops for a while; each side goes on selling what is its own, and the share of guests who still get
//! seats tells how well the seats were divided before. See `src/bin/simulate.rs`.

pub mod demand;
pub mod evening;
mod figures;
mod hindsight;
pub mod policy;
mod showtime;

pub use figures::{AskLine, CutLine, Figures};

use demand::Assumptions;
use evening::{Evening, Offers, serve_in_cut};
use policy::Policy;

/// When the day is over, in seconds from its midnight.
const END: i64 = demand::DAY;

/// Plays these seeds, each with every policy and every length of a cut.
pub fn run(assumed: &Assumptions, seeds: impl Iterator<Item = u64>) -> Figures {
    let mut figures = Figures::default();
    for seed in seeds {
        let friday = assumed.friday(seed);
        for policy in Policy::ALL {
            for offers in Offers::ALL {
                let mut evening = Evening::new(assumed, &friday, policy, offers);
                evening.play_until(friday.cut_begins);
                if offers == Offers::WholeRoom {
                    for &minutes in &assumed.cut_minutes {
                        cut(&mut figures, &evening, minutes, policy);
                    }
                }
                evening.play_until(END);
                figures.add_cost(policy, offers, &evening.cost);
            }
        }
    }
    figures
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
