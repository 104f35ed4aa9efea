use super::*;

fn check(headers: &[(&'static str, &'static str)], expected: bool) {
    let mut sent = HeaderMap::new();
    for (name, value) in headers {
        sent.insert(*name, value.parse().unwrap());
    }
    let found = is_of_another_site(&sent, "tickets.example");
    assert_eq!(found, expected, "{headers:?}");
}

#[test]
fn our_own_pages_and_programs_ask_and_no_other_site_does() {
    check(&[], false);
    check(&[("sec-fetch-site", "same-origin")], false);
    check(&[("sec-fetch-site", "none")], false);
    check(&[("sec-fetch-site", "same-site")], true);
    check(&[("sec-fetch-site", "cross-site")], true);
    let host = ("host", "10.0.0.1:8090");
    check(&[host, ("origin", "https://tickets.example")], false);
    check(&[host, ("origin", "http://10.0.0.1:8090")], false);
    check(&[host, ("origin", "https://other.example")], true);
    check(&[host, ("origin", "http://10.0.0.1")], true);
    check(&[host, ("origin", "null")], true);
    check(&[("origin", "https://tickets.example.evil.example")], true);
}
