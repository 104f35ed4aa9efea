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
        "guest@[10.0.0.5]",
        "guest@10.0.0.25",
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

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_without_end() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr().unwrap().port(),
        encrypted: Encrypted::No,
    };
    let trust = Trust {
        login: None,
        authority: None,
    };
    let mut mailer = Mailer::by(&server, trust, ("tickets@metropol.example", None)).unwrap();
    mailer.mail_time = Duration::from_millis(100);
    let message = Message {
        id: "a".to_owned(),
        kind: super::super::Kind::Bought,
        cinema: "metropol".parse().unwrap(),
        sale: "s".parse().unwrap(),
        address: "guest@example.com".to_owned(),
        causes: 1,
        tries: 0,
        written_at: Timestamp::UNIX_EPOCH,
        is_failed: false,
        why: String::new(),
    };
    let letter = Letter {
        subject: "Your ticket".to_owned(),
        language: "en",
        text: "A text".to_owned(),
        html: "<p>A text</p>".to_owned(),
        pictures: Vec::new(),
        tickets: None,
        place: (Timestamp::UNIX_EPOCH, "One".to_owned()),
    };
    let sent = mailer.send((&message, Timestamp::UNIX_EPOCH), letter).await;
    let why = "it does not answer".to_owned();
    assert_eq!(sent, Err(NotSent::ServerAway(why)));
}
