use super::*;

const SECRET: &[u8] = b"between the two of us";
const BODY: &[u8] = br#"{"id":"1"}"#;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn check(header: &str, body: &[u8], now: i64, expected: Result<(), NotSigned>) {
    let secrets = [b"an older one".as_slice(), SECRET];
    assert_eq!(verify(secrets, header, body, at(now)), expected, "{header}");
}

#[test]
fn it_is_the_sum_that_others_compute() {
    // printf '1700000000.{"id":"1"}' | openssl dgst -sha256 -hmac 'between the two of us'
    let known = "t=1700000000,v1=fb732f37aae6c455b2ed192827cf3b5dd67148bff5faf9c57c6576c2174d1575";
    assert_eq!(sign(SECRET, at(1_700_000_000), BODY), known);
}

#[test]
fn what_we_have_not_signed_about_now_counts_for_nothing() {
    let sent = 1_700_000_000;
    let signed = sign(SECRET, at(sent), BODY);
    check(&signed, BODY, sent, Ok(()));
    check(&signed, BODY, sent + TOLERANCE_SECONDS, Ok(()));
    check(&signed, BODY, sent - TOLERANCE_SECONDS, Ok(()));
    for away in [TOLERANCE_SECONDS + 1, -TOLERANCE_SECONDS - 1] {
        check(&signed, BODY, sent + away, Err(NotSigned::OtherTime(away)));
    }
    check(&signed, br#"{"id":"2"}"#, sent, Err(NotSigned::Wrong));
    let by_another = sign(b"between others", at(sent), BODY);
    check(&by_another, BODY, sent, Err(NotSigned::Wrong));
    // The time is signed as well.
    let newer = signed.replace("t=1700000000", "t=1700000001");
    check(&newer, BODY, sent, Err(NotSigned::Wrong));
    // During an exchange there are two.
    let both = format!("{by_another},{}", signed.split_once(',').unwrap().1);
    check(&both, BODY, sent, Ok(()));
    for unreadable in [
        "",
        "t=,v1=",
        "v1=00",
        "t=1700000000",
        "t=1700000000,v1=0",
        "t=1700000000,v1=xy",
    ] {
        check(unreadable, BODY, sent, Err(NotSigned::Unreadable));
    }
    check("t=1700000000,v1=00", BODY, sent, Err(NotSigned::Wrong));
    check(
        "t=-9223372036854775808,v1=00",
        BODY,
        sent,
        Err(NotSigned::OtherTime(i64::MAX)),
    );
}
