use super::*;

#[test]
fn a_flood_is_counted_and_takes_no_more_room() {
    let at = Timestamp::UNIX_EPOCH;
    let address = |device: usize| Address {
        cinema: "rex".parse().unwrap(),
        device: format!("box-{device}").parse().unwrap(),
    };
    let mut waiting = Waiting::default();
    for device in 0..1_000 {
        for _ in 0..3 {
            waiting.count(&address(device), "unknown_box", "no such box".into(), at);
        }
    }
    assert_eq!(waiting.contacts.len(), MOST_WAITING);
    let times: u64 = waiting.contacts.values().map(|contact| contact.times).sum();
    assert_eq!((times, waiting.passed_over), (768, 2_232));
}
