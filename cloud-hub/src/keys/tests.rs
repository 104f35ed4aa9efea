use super::*;

#[test]
fn each_cinema_has_its_own() {
    let key = |cinema: &str| frame_key(&[7; 32], &cinema.parse().unwrap()).public().id();
    assert_eq!(key("metropol"), key("metropol"));
    assert_ne!(key("metropol"), key("odeon"));
}
