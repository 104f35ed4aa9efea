use super::*;

fn guests(key: u8) -> Guests {
    let machine = Machine::system(Default::default());
    Guests::new(machine, [key; 32], ("http://hub.example/", true))
}

#[test]
fn a_token_names_one_buyer_and_what_this_hub_has_not_made_names_nobody() {
    let (hub, from) = (guests(1), Peer([192, 0, 2, 1].into()));
    let (token, other) = (hub.begin(from).unwrap(), hub.begin(from).unwrap());
    let first = hub.buyer(&token).unwrap();
    assert_eq!(
        guests(1).buyer(&token),
        Some(first.clone()),
        "as after a restart"
    );
    assert_ne!(hub.buyer(&other).unwrap().id, first.id);
    assert!(
        !first.id.as_str().contains(&token[..8]),
        "nobody reads it back"
    );
    assert_eq!(guests(2).buyer(&token), None, "another hub's");
    let (random, proof) = token.split_at(2 * RANDOM_BYTES);
    for wrong in [
        "",
        "0f",
        &"0f".repeat(RANDOM_BYTES + PROOF_BYTES),
        random,
        &token[..62],
        &format!("{token}00"),
        &format!("{}{proof}", "0f".repeat(RANDOM_BYTES)),
        &format!("{random}{}", "0f".repeat(PROOF_BYTES)),
        &"0g".repeat(RANDOM_BYTES + PROOF_BYTES),
    ] {
        assert_eq!(hub.buyer(wrong), None, "{wrong}");
    }
}

#[test]
fn an_address_holds_and_pays_thirty_times_at_once_and_another_as_often() {
    let hub = guests(1);
    let [here, there] = [1, 2].map(|last| Peer([192, 0, 2, last].into()));
    for may in [Guests::may_hold, Guests::may_pay] {
        for _ in 0..AT_ONCE {
            assert_eq!(may(&hub, here), Ok(()));
        }
        assert!(matches!(
            may(&hub, here),
            Err(GuestRefused::TooManyFromHere(_))
        ));
        assert_eq!(may(&hub, there), Ok(()));
    }
    assert!(hub.begin(here).is_ok());
}

#[test]
fn work_counts_for_one_wish_of_one_buyer() {
    let ids: [DeviceId; 2] = ["one", "other"].map(|id| id.parse().unwrap());
    let wish = ("tonight", "key");
    let solution = (0_u64..)
        .map(|nonce| nonce.to_string())
        .find(|work| has_worked(&ids[0], wish, work));
    let work = solution.unwrap();
    assert!(!has_worked(&ids[1], wish, &work));
    assert!(!has_worked(&ids[0], ("tomorrow", "key"), &work));
    assert!(!has_worked(&ids[0], ("tonight", "key2"), &work));
    assert!(!has_worked(&ids[0], wish, "") && !has_worked(&ids[0], wish, &"0".repeat(41)));
}
