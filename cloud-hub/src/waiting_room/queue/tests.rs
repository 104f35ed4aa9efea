use super::*;

fn guest(number: usize) -> DeviceId {
    format!("guest-{number}").parse().unwrap()
}

/// A queue and what time it is.
#[derive(Default)]
struct Evening {
    queue: Queue,
    now: Duration,
}

impl Evening {
    fn later(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn come_back(&mut self, number: usize, most: Most, before: Option<Before>) -> Kept {
        let clock_us = u64::try_from(self.now.as_micros()).unwrap();
        let came = Came {
            now: self.now,
            clock_us,
            before,
        };
        self.queue.come(&guest(number), came, most)
    }

    /// Comes where so many choose at once, whether or not others wait.
    fn come(&mut self, number: usize, most: usize) -> Kept {
        self.come_back(number, all(most), None)
    }

    fn all_come(&mut self, count: usize, most: usize) -> Vec<Kept> {
        (0..count).map(|number| self.come(number, most)).collect()
    }

    /// All of these ask every ten seconds, for so many seconds.
    fn wait(&mut self, numbers: &[usize], seconds: u64, most: usize) {
        for _ in 0..seconds / 10 {
            self.later(10);
            for number in numbers {
                self.come(*number, most);
            }
        }
    }

    /// 0 is away until 1 has their turn and comes back, 1 goes, and 2 asks: 0 has the turn again. How long it lasts still.
    fn turn_after_a_break(&mut self) -> Option<Duration> {
        self.wait(&[1], 80, 1);
        assert!(self.come(1, 1).has_turn, "0 has gone");
        self.come(0, 1);
        self.leave(1);
        self.later(1);
        self.come(2, 1);
        assert!(self.come(0, 1).has_turn && !self.come(2, 1).has_turn);
        self.come(0, 1).turn_left
    }

    fn leave(&mut self, number: usize) {
        self.queue.leave(&guest(number), self.now);
    }

    fn holds(&mut self, numbers: &[usize]) {
        let holding = numbers.iter().map(|number| guest(*number)).collect();
        self.queue.holds(holding, (self.now, self.now));
    }
}

const fn all(most: usize) -> Most {
    Most {
        at_ease: most,
        in_turn: most,
    }
}

#[test]
fn turns_are_given_in_the_order_of_coming_as_others_leave() {
    let mut evening = Evening::default();
    let kept = evening.all_come(6, 2);
    let turns: Vec<bool> = kept.iter().map(|kept| kept.has_turn).collect();
    assert_eq!(turns, [true, true, false, false, false, false]);
    let ahead: Vec<usize> = kept.iter().map(|kept| kept.ahead).collect();
    assert_eq!(ahead, [0, 0, 0, 1, 2, 3]);
    assert!(kept.iter().all(|kept| kept.about_minutes.is_none()));
    // Nobody passes who comes again, or later with room inside.
    evening.leave(0);
    assert!(!evening.come(6, 2).has_turn);
    evening.later(1);
    assert_eq!(evening.come(5, 2).ahead, 2, "one has their turn");
    assert!(evening.come(2, 2).has_turn && !evening.come(3, 2).has_turn);
    // Who has bought begins anew.
    assert_eq!(evening.come(0, 2).ahead, 4);
    // Who does not want to wait makes way for those behind.
    evening.leave(4);
    assert_eq!(evening.come(5, 2).ahead, 1);
    assert_eq!(evening.queue.choosing(), 2);
}

#[test]
fn who_holds_seats_has_them_and_makes_room_for_another() {
    let mut evening = Evening::default();
    evening.all_come(4, 2);
    evening.holds(&[0, 1]);
    evening.later(1);
    let turns = [2, 3].map(|number| evening.come(number, 2).has_turn);
    assert_eq!(turns, [true, true], "none of the two holds anything");
    assert!(!evening.come(4, 2).has_turn);
    // Whatever they do meanwhile, at their bank or asleep.
    evening.holds(&[0, 1, 2, 3]);
    evening.wait(&[4], 1_800, 0);
    assert!(evening.come(0, 0).has_turn);
    assert_eq!(evening.queue.choosing(), 0);
    // Whose time is over chooses anew, for as long as a turn lasts, and then is last.
    evening.holds(&[1, 2, 3]);
    evening.wait(&[0, 4], 290, 1);
    assert!(evening.come(0, 1).has_turn && !evening.come(4, 1).has_turn);
    evening.later(10);
    assert!(!evening.come(0, 1).has_turn);
    evening.later(1);
    assert!(evening.come(4, 1).has_turn);
}

#[test]
fn fewer_choose_where_others_wait() {
    let mut evening = Evening::default();
    let scarce = Most {
        at_ease: 3,
        in_turn: 1,
    };
    let turns = [0, 1, 2, 3].map(|number| evening.come_back(number, scarce, None).has_turn);
    assert_eq!(turns, [true, true, true, false]);
    for leaves in [0, 1] {
        evening.leave(leaves);
        evening.later(1);
        assert!(!evening.come_back(3, scarce, None).has_turn);
    }
    evening.leave(2);
    evening.later(1);
    assert!(evening.come_back(3, scarce, None).has_turn);
}

#[test]
fn who_sleeps_is_passed_over_and_is_the_next_when_awake() {
    let mut evening = Evening::default();
    evening.all_come(4, 1);
    evening.wait(&[0, 2, 3], 30, 1);
    assert_eq!(evening.come(3, 1).ahead, 1, "1 is asleep");
    evening.leave(0);
    evening.later(1);
    assert!(evening.come(2, 1).has_turn);
    assert_eq!(evening.come(3, 1).ahead, 0);
    assert!(!evening.come(1, 1).has_turn);
    assert_eq!(evening.come(3, 1).ahead, 0, "nobody's way grows longer");
    evening.leave(2);
    evening.later(1);
    assert!(evening.come(1, 1).has_turn && !evening.come(3, 1).has_turn);
    // After ten minutes a place is nobody's.
    let mut evening = Evening::default();
    evening.all_come(3, 1);
    evening.wait(&[0, 2], 590, 0);
    assert_eq!(evening.later(10).come(2, 0).ahead, 0);
    assert_eq!(evening.come(1, 0).ahead, 2, "at the end");
}

#[test]
fn a_turn_ends_with_whoever_has_gone_and_after_five_minutes_where_others_wait() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.wait(&[1], 70, 1);
    assert!(!evening.come(1, 1).has_turn);
    evening.wait(&[1], 10, 1);
    assert!(evening.come(1, 1).has_turn, "0 has gone");
    // Who comes back is before those who came later.
    assert!(!evening.come(2, 1).has_turn);
    assert_eq!(evening.come(0, 1).ahead, 0);
    assert_eq!(evening.come(1, 1).turn_left, Some(Duration::from_secs(300)));
    evening.wait(&[0, 1, 2], 290, 1);
    assert!(evening.come(1, 1).has_turn);
    evening.wait(&[0, 2], 10, 1);
    assert_eq!(evening.come(1, 1).ahead, 2, "the turn is over");
    evening.later(1);
    assert!(evening.come(0, 1).has_turn);
    // Where nobody waits nobody is in a hurry.
    let mut alone = Evening::default();
    assert!(alone.come(0, 1).has_turn);
    alone.wait(&[0], 1_200, 1);
    let kept = alone.come(0, 1);
    assert!(kept.has_turn && kept.turn_left.is_none());
    assert_eq!(alone.queue.choosing(), 1);
}

#[test]
fn a_turn_runs_out_only_while_others_wait() {
    let mut evening = Evening::default();
    evening.come(0, 1);
    evening.wait(&[0], 3_000, 1);
    assert!(!evening.come(1, 1).has_turn);
    let left = evening.later(1).come(0, 1).turn_left;
    assert_eq!(left, Some(Duration::from_secs(299)), "all of it");
    evening.wait(&[0, 1], 280, 1);
    assert!(evening.come(0, 1).has_turn);
    evening.wait(&[0, 1], 20, 1);
    assert!(!evening.come(0, 1).has_turn);
    assert!(evening.later(1).come(1, 1).has_turn);
    // Nor is it used up by whoever was alone, and has gone for a moment.
    let mut evening = Evening::default();
    evening.come(0, 1);
    evening.wait(&[0], 3_000, 1);
    evening.later(80).come(1, 1);
    evening.later(1).come(2, 1);
    evening.leave(1);
    evening.later(1);
    assert!(evening.come(0, 1).has_turn && !evening.come(2, 1).has_turn);
    let left = evening.come(0, 1).turn_left;
    assert_eq!(left, Some(Duration::from_secs(300)));
}

#[test]
fn a_turn_is_begun_anew_by_whoever_lost_one_and_has_a_minute_at_least() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.wait(&[0, 1], 295, 1);
    let left = evening.turn_after_a_break();
    assert_eq!(left, Some(Duration::from_secs(60)));
    // Over, with nothing free: the next turn is a whole one.
    evening.wait(&[0, 2], 60, 0);
    assert!(!evening.come(0, 0).has_turn);
    evening.later(1);
    assert!(evening.come(0, 1).has_turn);
    let left = evening.come(0, 1).turn_left;
    assert_eq!(left, Some(Duration::from_secs(300)));
}

#[test]
fn a_turn_that_was_interrupted_goes_on_and_no_longer() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.wait(&[0, 1], 200, 1);
    let left = evening.turn_after_a_break();
    assert_eq!(left, Some(Duration::from_secs(100)), "of five minutes");
}

#[test]
fn who_found_nothing_free_is_the_next_for_what_comes_back() {
    let mut evening = Evening::default();
    evening.all_come(3, 1);
    evening.wait(&[0, 1, 2], 300, 0);
    assert_eq!(evening.come(0, 0).ahead, 0, "before those who came later");
    evening.later(1);
    assert!(evening.come(0, 1).has_turn);
}

#[test]
fn what_was_had_of_a_turn_is_not_forgotten_where_nobody_waits_for_a_moment() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.wait(&[0, 1], 200, 1);
    // 1 sleeps, and is awake again.
    evening.wait(&[0], 60, 1);
    evening.come(1, 1);
    evening.later(1);
    let left = evening.come(0, 1).turn_left.unwrap().as_secs();
    assert!((60..100).contains(&left), "{left} seconds of five minutes");
    evening.wait(&[0, 1], left.next_multiple_of(10), 1);
    assert!(!evening.come(0, 1).has_turn);
}

#[test]
fn whoever_goes_in_the_last_minute_again_is_the_last() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.wait(&[0, 1], 290, 1);
    assert_eq!(evening.turn_after_a_break(), Some(Duration::from_secs(60)));
    // Away once more.
    evening.wait(&[2], 80, 1);
    assert!(evening.come(2, 1).has_turn);
    evening.come(3, 1);
    assert_eq!(evening.come(0, 1).ahead, 0, "before those who came since");
    evening.come(4, 1);
    evening.leave(2);
    evening.later(1);
    assert!(evening.come(0, 1).has_turn, "a whole turn");
    let left = evening.come(0, 1).turn_left;
    assert_eq!(left, Some(Duration::from_secs(300)));
}

#[test]
fn turns_stand_still_while_nothing_can_be_had_and_a_rest_ends_however_often_that_is() {
    let mut evening = Evening::default();
    evening.all_come(3, 1);
    evening.wait(&[0, 1, 2], 100, 1);
    evening.queue.closes(evening.now);
    for _ in 0..10 {
        evening.later(60);
        for number in 0..3 {
            evening.queue.asks_in_vain(&guest(number), evening.now);
        }
    }
    evening.queue.opens(evening.now);
    evening.wait(&[0, 1, 2], 100, 1);
    let left = evening.come(0, 1).turn_left;
    assert_eq!(left, Some(Duration::from_secs(300 - 100 - 25)));
    evening.leave(0);
    // It closes for a second each minute.
    let mut given = false;
    for _ in 0..4 {
        evening.queue.closes(evening.now);
        evening.later(1);
        evening.queue.opens(evening.now);
        evening.wait(&[1, 2], 60, 1);
        given |= evening.come(1, 1).has_turn;
    }
    assert!(given);
}

#[test]
fn whoever_wakes_alone_chooses_as_anybody_would() {
    let mut evening = Evening::default();
    let scarce = Most {
        at_ease: 12,
        in_turn: 1,
    };
    for number in 0..13 {
        let kept = evening.come_back(number, scarce, None);
        assert_eq!(kept.has_turn, number < 12);
    }
    // 12 sleeps while all but one go, and while a new guest chooses at once.
    evening.later(25);
    (1..12).for_each(|number| evening.leave(number));
    evening.come_back(0, scarce, None);
    assert!(evening.come_back(13, scarce, None).has_turn);
    evening.later(1);
    assert!(evening.come_back(12, scarce, None).has_turn);
    assert_eq!((evening.queue.waiting(), evening.queue.choosing()), (0, 3));
    // Not past those who wait awake.
    let mut evening = Evening::default();
    for number in 0..14 {
        evening.come_back(number, scarce, None);
    }
    (1..12).for_each(|number| evening.leave(number));
    for _ in 0..3 {
        evening.later(10);
        for number in [0, 13] {
            evening.come_back(number, scarce, None);
        }
    }
    assert!(!evening.come_back(12, scarce, None).has_turn);
    assert_eq!((evening.queue.waiting(), evening.queue.choosing()), (2, 1));
}

#[test]
fn where_nothing_was_sold_for_a_while_the_order_is_the_same_afterwards() {
    let mut evening = Evening::default();
    evening.all_come(4, 1);
    evening.leave(0);
    evening.queue.closes(evening.now);
    // Refused pages ask once a minute, for half an hour.
    for _ in 0..30 {
        evening.later(60);
        for number in [3, 1, 2] {
            evening.queue.asks_in_vain(&guest(number), evening.now);
        }
    }
    evening.later(30);
    evening.queue.opens(evening.now);
    assert!(!evening.come(9, 1).has_turn, "whoever asks first");
    evening.later(30);
    for number in [3, 1, 2] {
        assert!(!evening.come(number, 1).has_turn);
    }
    evening.wait(&[1, 2, 3, 9], 50, 1);
    let ahead = [2, 3, 9].map(|number| evening.come(number, 1).ahead);
    assert_eq!((evening.come(1, 1).has_turn, ahead), (true, [0, 1, 2]));
    // Where nobody waited nobody does.
    let mut evening = Evening::default();
    evening.come(0, 1);
    evening.leave(0);
    evening.queue.closes(evening.now);
    evening.queue.opens(evening.now);
    assert!(evening.come(1, 1).has_turn);
}

#[test]
fn who_was_long_at_their_bank_has_the_turn_still_when_the_hold_ends() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.holds(&[0]);
    evening.wait(&[1], 1_500, 0);
    evening.holds(&[]);
    evening.wait(&[1], 60, 0);
    assert!(evening.come(0, 0).has_turn);
}

#[test]
fn who_has_bought_is_not_seen_holding_by_a_look_that_is_late() {
    let mut evening = Evening::default();
    evening.all_come(2, 1);
    evening.holds(&[0]);
    let began = evening.now;
    evening.later(1).leave(0);
    // They have asked again by the time at which it ends.
    evening.come(0, 1);
    let seen = [guest(0)].into();
    evening.queue.holds(seen, (began, evening.now));
    assert!(!evening.come(0, 1).has_turn);
    // Nor whoever held seats while they waited, and gave up.
    evening.later(1).holds(&[1]);
    evening.leave(1);
    assert!(!evening.come(1, 1).has_turn);
}

#[test]
fn the_order_is_the_same_after_a_new_start() {
    let mut before = Evening::default();
    let kept = before.all_come(6, 2);
    let stood = |number: usize| {
        let (arrived_us, has_turn) = (kept[number].arrived_us, kept[number].has_turn);
        Some(Before {
            arrived_us,
            has_turn,
        })
    };
    let mut after = Evening::default();
    after.later(9);
    // Those who wait ask first, from behind; somebody is new; those whose turn it was come last.
    for number in [5, 3, 4, 2] {
        assert!(!after.come_back(number, all(2), stood(number)).has_turn);
    }
    assert_eq!(after.come(9, 2).ahead, 4);
    after.wait(&[2, 3, 4, 5, 9], 20, 2);
    for number in [1, 0] {
        assert!(after.come_back(number, all(2), stood(number)).has_turn);
    }
    after.wait(&[0, 1, 2, 3, 4, 5, 9], 20, 2);
    let ahead = [2, 3, 4, 5, 9].map(|number| after.come(number, 2).ahead);
    assert_eq!(ahead, [0, 1, 2, 3, 4]);
    after.leave(0);
    after.later(1);
    assert!(after.come(2, 2).has_turn && !after.come(3, 2).has_turn);
    // Where nobody comes back whose turn it was, the first have it once all could have.
    let mut after = Evening::default();
    after.come_back(3, all(2), stood(3));
    after.come_back(2, all(2), stood(2));
    after.wait(&[2, 3], 20, 2);
    assert!(!after.come(2, 2).has_turn);
    after.wait(&[2, 3], 10, 2);
    assert!(after.come(2, 2).has_turn && after.come(3, 2).has_turn);
    // A turn that is over is no more, and no proof of it is a way past those who wait.
    let mut after = Evening::default();
    after.come_back(0, all(1), stood(0));
    after.come_back(2, all(1), stood(2));
    after.wait(&[0, 2], 300, 1);
    assert_eq!(after.come(0, 1).ahead, 1);
    assert_eq!(after.come_back(0, all(1), stood(0)).ahead, 1);
    after.queue.forget_one(&guest(0), after.now);
    assert_eq!(after.come_back(0, all(1), stood(0)).ahead, 1);
    // Nor has who comes back later than all others the turn that they had: they are the next.
    assert!(!after.come_back(1, all(1), stood(1)).has_turn);
    assert_eq!(after.come(1, 1).ahead, 0);
    // A clock that was set back makes nobody the first.
    let mut after = Evening::default();
    let far = Before {
        arrived_us: 3_600_000_000,
        has_turn: false,
    };
    after.come_back(0, all(1), Some(far));
    assert_eq!(after.come(1, 1).ahead, 1);
}

#[test]
fn how_long_it_takes_is_judged_by_the_turns_that_were_given_since_the_queue_formed() {
    let mut evening = Evening::default();
    evening.all_come(200, 10);
    let all: Vec<usize> = (0..200).collect();
    for first in [0, 10, 20, 30] {
        (first..first + 10).for_each(|number| evening.leave(number));
        evening.wait(&all[first + 10..], 10, 10);
    }
    // Ten in each ten seconds: one a second.
    let kept = evening.come(199, 10);
    assert_eq!((kept.ahead, kept.about_minutes), (149, Some(3)));
    evening.wait(&all[40..], 200, 10);
    assert_eq!(evening.come(199, 10).about_minutes, Some(15), "it is slow");
    let mut evening = Evening::default();
    evening.all_come(5, 1);
    evening.wait(&[0, 1, 2, 3, 4], 200, 1);
    assert_eq!(evening.come(4, 1).about_minutes, None, "nothing moves");
}

#[test]
fn nobody_is_kept_who_does_not_come_back() {
    let mut evening = Evening::default();
    evening.all_come(100, 5);
    evening.leave(0);
    evening.queue.forget_one(&guest(1), evening.now);
    assert_eq!((evening.queue.guests(), evening.queue.choosing()), (99, 3));
    evening.later(600);
    evening.queue.forget(evening.now);
    let queue = &evening.queue;
    let left = (queue.guests(), queue.waiting(), queue.choosing());
    assert_eq!(left, (0, 0, 0));
}
