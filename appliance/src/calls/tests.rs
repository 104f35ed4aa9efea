use appliance_api::DeviceKind;

use super::*;

fn kiosk() -> Device {
    Device {
        id: "kiosk-1".parse().unwrap(),
        kind: DeviceKind::Kiosk,
        name: "Kiosk 1".to_owned(),
    }
}

#[test]
fn what_is_said_within_a_minute_is_one_call() {
    let at = |seconds: i64| Timestamp::from_second(1_795_464_000 + seconds).unwrap();
    let first = Call::after(None, &kiosk(), at(0)).unwrap();
    assert_eq!((first.times, first.since), (1, at(0)));
    assert_eq!(Call::after(Some(first.clone()), &kiosk(), at(59)), None);
    let again = Call::after(Some(first), &kiosk(), at(60)).unwrap();
    assert_eq!(
        (again.times, again.since, again.called_at),
        (2, at(0), at(60))
    );
    // The clock was set back by an hour.
    assert!(Call::after(Some(again), &kiosk(), at(-3600)).is_some());
}
