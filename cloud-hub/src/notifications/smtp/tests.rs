use super::*;

#[test]
fn an_address_has_a_name_and_a_domain() {
    let check = |text: &str, expected: Option<&str>| {
        let read = text.parse::<Address>().ok();
        assert_eq!(read.as_ref().map(Address::as_str), expected, "{text:?}");
    };
    check("guest@example.com", Some("guest@example.com"));
    check(
        "  first.last+cinema@mail.example.org ",
        Some("first.last+cinema@mail.example.org"),
    );
    for wrong in [
        "",
        "guest",
        "guest@",
        "@example.com",
        "guest@localhost",
        "guest@example.c",
        "guest@example..com",
        "guest@.com",
        "one@example.com, two@example.com",
        "guest@example.com\r\nBcc: all@example.com",
        "Guest <guest@example.com>",
        "gäst@example.com",
        "guest@exämple.com",
        "guest @example.com",
    ] {
        check(wrong, None);
    }
    check(&format!("{}@example.com", "a".repeat(260)), None);
}
