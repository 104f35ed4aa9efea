use super::*;

fn links(key: u8) -> BookingLinks {
    BookingLinks::new([key; 32], None)
}

fn ids() -> (CinemaId, SaleId) {
    ("metropol".parse().unwrap(), SaleId::from_bits([7; 16]))
}

#[test]
fn a_link_names_one_booking_and_what_this_hub_has_not_made_names_none() {
    let (cinema, sale) = ids();
    let path = links(1).path(&cinema, &sale);
    let parts: Vec<&str> = path.split('/').collect();
    let ["", "bookings", _, of, proof] = parts[..] else {
        panic!("{path}");
    };
    assert_eq!(proof.len(), 32, "128 bits");
    let hub = links(1);
    assert_eq!(hub.named(("metropol", of, proof)), Some(ids()));
    assert_eq!(
        links(2).named(("metropol", of, proof)),
        None,
        "another hub's"
    );
    let other = SaleId::from_bits([8; 16]);
    for (cinema, sale, proof) in [
        ("odeon", of, proof),
        ("metropol", other.as_str(), proof),
        ("metropol", of, ""),
        ("metropol", of, &proof[..30]),
        ("metropol", of, &format!("{proof}00")),
        ("metropol", of, &"0".repeat(32)),
        ("metropol", of, &"g".repeat(32)),
        ("metropo", &format!("l{of}"), proof),
        ("", "", proof),
    ] {
        let named = hub.named((cinema, sale, proof));
        assert_eq!(named, None, "{cinema} {sale} {proof}");
    }
}

#[test]
fn a_link_is_an_address_where_somebody_has_set_the_hubs() {
    let (cinema, sale) = ids();
    let path = links(1).path(&cinema, &sale);
    assert_eq!(links(1).link(&cinema, &sale), path);
    let public = BookingLinks::new([1; 32], Some("https://kino.example/"));
    let link = public.link(&cinema, &sale);
    assert_eq!(link, format!("https://kino.example{path}"));
}

#[test]
fn nothing_that_is_logged_shows_the_key() {
    assert!(!format!("{:?}", links(1)).contains('1'));
}
