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

    fn come_again(&mut self, number: usize, most: usize, arrived_us: Option<u64>) -> Kept {
        let clock_us = u64::try_from(self.now.as_micros()).unwrap();
        let came = Came {
            now: self.now,
            clock_us,
            arrived_us,
        };
        self.queue.come(&guest(number), came, most)
    }

    fn come(&mut self, number: usize, most: usize) -> Kept {
        self.come_again(number, most, None)
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

    fn leave(&mut self, number: usize) {
        self.queue.leave(&guest(number));
    }
}

#[test]
fn turns_are_given_in_the_order_of_coming_as_others_leave() {
    let mut evening = Evening::default();
    let kept: Vec<Kept> = (0..6).map(|number| evening.come(number, 2)).collect();
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
fn more_or_fewer_may_choose_as_there_are_more_or_fewer_seats() {
    let mut evening = Evening::default();
    (0..10).for_each(|number| {
        evening.come(number, 2);
    });
    evening.later(1);
    let waits = |evening: &mut Evening, most| {
        let all = (0..10).map(|number| evening.come(number, most));
        all.filter(|kept| !kept.has_turn).count()
    };
    assert_eq!(waits(&mut evening, 6), 4);
    evening.later(1);
    assert_eq!(waits(&mut evening, 3), 4, "nobody is sent out");
}

#[test]
fn who_sleeps_is_passed_over_and_is_the_next_when_awake() {
    let mut evening = Evening::default();
    (0..4).for_each(|number| {
        evening.come(number, 1);
    });
    evening.wait(&[0, 2, 3], 30, 1);
    evening.leave(0);
    evening.later(1);
    assert!(evening.come(2, 1).has_turn, "1 is asleep");
    assert_eq!(evening.come(3, 1).ahead, 1, "and is not forgotten");
    evening.leave(2);
    evening.later(1);
    assert!(evening.come(1, 1).has_turn && !evening.come(3, 1).has_turn);
    // After ten minutes a place is nobody's.
    let mut evening = Evening::default();
    (0..3).for_each(|number| {
        evening.come(number, 1);
    });
    evening.wait(&[0, 2], 590, 1);
    assert_eq!(evening.come(2, 1).ahead, 1);
    assert_eq!(evening.later(10).come(2, 1).ahead, 0);
    assert_eq!(evening.come(1, 1).ahead, 1, "at the end");
}

#[test]
fn a_turn_ends_with_whoever_has_gone_and_after_ten_minutes_where_others_wait() {
    let mut evening = Evening::default();
    (0..2).for_each(|number| {
        evening.come(number, 1);
    });
    evening.wait(&[1], 70, 1);
    assert!(!evening.come(1, 1).has_turn);
    evening.wait(&[1], 10, 1);
    assert!(evening.come(1, 1).has_turn, "0 has gone");
    // Who comes back is before those who came later.
    assert!(!evening.come(2, 1).has_turn);
    assert_eq!(evening.come(0, 1).ahead, 0);
    evening.wait(&[0, 1, 2], 590, 1);
    assert!(evening.come(1, 1).has_turn);
    evening.wait(&[0, 2], 10, 1);
    evening.later(1);
    assert_eq!(evening.come(1, 1).ahead, 2, "the turn is over");
    assert!(!evening.come(0, 1).has_turn);
    evening.later(1);
    assert!(evening.come(0, 1).has_turn);
    // Where nobody waits nobody is in a hurry.
    let mut alone = Evening::default();
    assert!(alone.come(0, 1).has_turn);
    alone.wait(&[0], 1_200, 1);
    assert!(alone.come(0, 1).has_turn);
    assert_eq!(alone.queue.choosing(), 1);
}

#[test]
fn the_order_is_the_same_after_a_new_start() {
    let mut before = Evening::default();
    let kept: Vec<Kept> = (0..5).map(|number| before.come(number, 1)).collect();
    let mut after = Evening::default();
    after.later(3_600).come(9, 1);
    for number in [4, 2, 3, 1] {
        after.come_again(number, 1, Some(kept[number].arrived_us));
    }
    after.come(8, 1);
    let ahead = [1, 2, 3, 4, 8].map(|number| after.come(number, 1).ahead);
    assert_eq!(ahead, [0, 1, 2, 3, 4]);
}

#[test]
fn how_long_it_takes_is_judged_by_the_turns_of_the_last_minute() {
    let mut evening = Evening::default();
    (0..200).for_each(|number| {
        evening.come(number, 10);
    });
    let all: Vec<usize> = (0..200).collect();
    for first in [0, 10, 20, 30] {
        (first..first + 10).for_each(|number| evening.leave(number));
        evening.wait(&all[first + 10..], 10, 10);
    }
    // Ten in each ten seconds: one a second.
    let kept = evening.come(199, 10);
    assert_eq!((kept.ahead, kept.about_minutes), (149, Some(2)));
    evening.wait(&all[40..], 70, 10);
    assert_eq!(evening.come(199, 10).about_minutes, None, "nothing moves");
}

#[test]
fn nobody_is_kept_who_does_not_come_back() {
    let mut evening = Evening::default();
    (0..100).for_each(|number| {
        evening.come(number, 5);
    });
    evening.leave(0);
    evening.later(600);
    evening.queue.forget(evening.now);
    let queue = &evening.queue;
    assert_eq!(
        (queue.guests(), queue.waiting(), queue.choosing()),
        (0, 0, 0)
    );
}
