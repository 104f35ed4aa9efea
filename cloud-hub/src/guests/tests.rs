use super::*;

#[test]
fn a_token_names_one_buyer_and_nothing_else_names_any() {
    let token = "0f".repeat(TOKEN_BYTES);
    let first = buyer(&token).unwrap();
    assert_eq!(buyer(&token).unwrap(), first);
    assert_ne!(buyer(&"1f".repeat(TOKEN_BYTES)).unwrap().id, first.id);
    assert!(
        !first.id.as_str().contains(&token[..8]),
        "nobody reads it back"
    );
    for wrong in [
        "",
        "0f",
        &token[1..],
        &format!("{token}0"),
        &"0g".repeat(TOKEN_BYTES),
    ] {
        assert_eq!(buyer(wrong), None, "{wrong}");
    }
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
