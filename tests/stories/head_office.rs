//! Who is let in at head office: every route of the hub says so, and whoever guesses waits.

use reqwest::Method;
use reqwest::header::{COOKIE, RETRY_AFTER, SET_COOKIE};
use serde_json::{Value, json};
use tests::operator::{OPERATOR, PASSWORD};
use tests::world::{Hub, client};

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Everybody,
    Operators,
}

/// Every route of the hub's router and whom it is for, in its order.
const ROUTES: [(&str, For); 47] = [
    ("POST /api/v1/enrolments", For::Everybody),
    ("GET /api/v1/head-office/cinemas", For::Operators),
    ("GET /api/v1/head-office/cinemas/events", For::Operators),
    (
        "GET /api/v1/head-office/cinemas/{cinema}/showtimes",
        For::Operators,
    ),
    ("POST /api/v1/head-office/refunds", For::Operators),
    ("POST /api/v1/head-office/refunds/{ticket}", For::Operators),
    (
        "GET /api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/seats/{seat}/history",
        For::Operators,
    ),
    (
        "GET /api/v1/head-office/cinemas/{cinema}/hand-over",
        For::Operators,
    ),
    (
        "GET /api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over",
        For::Operators,
    ),
    (
        "POST /api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over",
        For::Operators,
    ),
    ("GET /api/v1/head-office/hand-over-code.svg", For::Operators),
    ("GET /api/v1/head-office/mails", For::Operators),
    (
        "GET /api/v1/head-office/mails/{kind}/{language}",
        For::Operators,
    ),
    (
        "GET /api/v1/head-office/mails/{kind}/{language}/page",
        For::Operators,
    ),
    ("GET /api/v1/head-office/mails/undelivered", For::Operators),
    (
        "POST /api/v1/head-office/mails/undelivered/{mail}",
        For::Operators,
    ),
    ("GET /api/openapi.json", For::Everybody),
    (
        "PUT /api/v1/cinemas/{cinema}/holds/{hold}/contact",
        For::Everybody,
    ),
    (
        "PUT /api/v1/cinemas/{cinema}/showtimes/{showtime}/place",
        For::Everybody,
    ),
    (
        "DELETE /api/v1/cinemas/{cinema}/showtimes/{showtime}/place",
        For::Everybody,
    ),
    ("POST /api/v1/guests", For::Everybody),
    ("POST /api/v1/payment-events", For::Everybody),
    ("POST /api/v1/links", For::Everybody),
    ("PUT /api/v1/password", For::Everybody),
    ("POST /api/v1/sessions", For::Everybody),
    ("GET /api/v1/sessions", For::Operators),
    ("DELETE /api/v1/sessions/{session}", For::Operators),
    ("GET /", For::Everybody),
    ("GET /cinemas/{cinema}", For::Everybody),
    ("GET /cinemas/{cinema}/films/{film}", For::Everybody),
    ("GET /cinemas/{cinema}/showtimes/{showtime}", For::Everybody),
    ("GET /storefront/nearest.js", For::Everybody),
    ("GET /sitemap.xml", For::Everybody),
    ("GET /robots.txt", For::Everybody),
    ("GET /bookings/keep.js", For::Everybody),
    ("GET /bookings/worker.js", For::Everybody),
    ("GET /cinemas/{cinema}/holds/{hold}", For::Everybody),
    ("GET /bookings/{cinema}", For::Everybody),
    ("GET /bookings/{cinema}/{sale}", For::Everybody),
    ("GET /bookings/{cinema}/{sale}/{proof}", For::Everybody),
    (
        "GET /bookings/{cinema}/{sale}/{proof}/calendar.ics",
        For::Everybody,
    ),
    (
        "GET /bookings/{cinema}/{sale}/{proof}/tickets.pdf",
        For::Everybody,
    ),
    (
        "GET /bookings/{cinema}/{sale}/{proof}/give-back",
        For::Everybody,
    ),
    (
        "POST /bookings/{cinema}/{sale}/{proof}/give-back",
        For::Everybody,
    ),
    ("GET /head-office", For::Everybody),
    ("GET /healthz", For::Everybody),
    ("GET /api/v1/cinemas/{cinema}/cinema", For::Everybody),
];

/// The router itself, from which the routes above are not to stray.
const ROUTER: &str = include_str!("../../cloud-hub/src/router.rs");

/// Routes that the router takes from elsewhere: screens, probes and what guests see.
const NOT_IN_THE_ROUTER: [&str; 3] = [
    "GET /head-office",
    "GET /healthz",
    "GET /api/v1/cinemas/{cinema}/cinema",
];

/// Every method and path that stands in a router's source.
pub(crate) fn routes_of(source: &str) -> impl Iterator<Item = String> {
    source.split(".route(").skip(1).flat_map(|route| {
        let path = route.split('"').nth(1).unwrap_or_default();
        let handlers = route.split(".with_state").next().unwrap_or_default();
        let methods = ["get", "post", "put", "delete", "patch", "any"];
        methods.into_iter().filter_map(move |method| {
            let is_there = handlers.contains(&format!("{method}("));
            is_there.then(|| format!("{} {path}", method.to_uppercase()))
        })
    })
}

async fn ask(hub: &Hub, route: &str, cookie: &str) -> (u16, Value) {
    let (method, path) = route.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let path = path
        .replace("{session}", "none")
        .replace("{ticket}", "none")
        .replace("{cinema}", "none")
        .replace("{showtime}", "none")
        .replace("{film}", "none")
        .replace("{hash}", "none")
        .replace("{seat}", "none")
        .replace("{sale}", "none")
        .replace("{proof}", "none")
        .replace("{mail}", "none");
    let asked = client()
        .request(method, format!("{}{path}", hub.url()))
        .header(COOKIE, cookie)
        .header("content-type", "application/json")
        .body("{}");
    let answer = asked.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = match status {
        200 => String::new(),
        _ => answer.text().await.unwrap(),
    };
    (status, serde_json::from_str(&text).unwrap_or_default())
}

#[tokio::test]
async fn every_route_of_people_needs_an_operator() {
    let mut written: Vec<_> = routes_of(ROUTER).collect();
    let mut known = ROUTES.map(|(route, _)| route.to_owned()).to_vec();
    known.retain(|route| !NOT_IN_THE_ROUTER.contains(&route.as_str()));
    written.sort_unstable();
    known.sort_unstable();
    assert_eq!(written, known, "every route is for somebody");
    let hub = Hub::start().await;
    for (nobody_yet, code) in [(true, "nobody_can_sign_in"), (false, "not_signed_in")] {
        if !nobody_yet {
            hub.cookie().await;
        }
        for (route, whom) in ROUTES {
            for cookie in [
                "",
                "foyer_session=",
                "foyer_session=0123",
                "foyer_session=\";'--",
            ] {
                let (status, problem) = ask(&hub, route, cookie).await;
                let refused = status == 401 && problem["code"] == code;
                assert_eq!(refused, whom == For::Operators, "{route} {cookie} {status}");
            }
        }
    }
    let cookie = hub.cookie().await;
    for (route, _) in ROUTES {
        let (status, problem) = ask(&hub, route, cookie).await;
        let is_for_guests = problem["code"] == "no_guest_session";
        assert!(status != 401 || is_for_guests, "{route} {problem}");
    }
}

async fn sign_in(hub: &Hub, operator: &str, password: &str) -> reqwest::Response {
    let asked = client()
        .post(format!("{}/api/v1/sessions", hub.url()))
        .json(&json!({ "operator": operator, "password": password }));
    asked.send().await.unwrap()
}

#[tokio::test]
async fn a_password_lets_in_whoever_has_it_until_the_operator_is_removed() {
    let hub = Hub::start().await;
    let first = hub.cookie().await.to_owned();
    let answer = sign_in(&hub, "OFFICE", PASSWORD).await;
    assert_eq!(answer.status(), 201);
    let set = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        set.contains("; HttpOnly; SameSite=Strict") && !set.contains("Secure"),
        "{set}"
    );
    let second = set.split(';').next().unwrap();
    let (status, _) = ask(&hub, "GET /api/v1/head-office/cinemas", second).await;
    assert_eq!(status, 200);
    assert!(hub.order(&["operators"]).starts_with("office\n"));

    // A new link lets the old password live until it is used.
    let link = hub.order(&["operator", OPERATOR]);
    assert_eq!(sign_in(&hub, OPERATOR, PASSWORD).await.status(), 201);
    tests::operator::signs_in(&link).await.unwrap();
    for cookie in [first.as_str(), second] {
        let (status, _) = ask(&hub, "GET /api/v1/sessions", cookie).await;
        assert_eq!(status, 401, "a new password ends what was before");
    }
    assert!(tests::operator::signs_in(&link).await.is_err(), "used up");

    hub.order(&["operator", OPERATOR, "--remove"]);
    let answer = sign_in(&hub, OPERATOR, PASSWORD).await;
    assert_eq!(answer.status(), 403);
    let refused = hub.try_order(&["operator", OPERATOR, "--remove"]);
    assert!(refused.unwrap_err().contains("no operator of this name"));
    let refused = hub.try_order(&["operator", "two words"]);
    assert!(refused.unwrap_err().contains("1 to 60"));
}

#[tokio::test]
async fn a_link_says_whose_it_is_until_it_is_used() {
    let hub = Hub::start().await;
    let whose = async |link: &str| {
        let asked = client()
            .post(format!("{}/api/v1/links", hub.url()))
            .json(&json!({ "link": link }));
        let answer = asked.send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.json::<Value>().await.unwrap(),
        )
    };
    let link = hub.order(&["operator", OPERATOR]);
    let (_, code) = link.trim().split_once("#link=").unwrap();
    for _ in 0..20 {
        assert_eq!(whose(code).await, (200, json!({ "operator": OPERATOR })));
    }
    tests::operator::signs_in(&link).await.unwrap();
    for _ in 0..12 {
        let (status, problem) = whose(code).await;
        if status == 429 {
            return;
        }
        assert_eq!(problem["code"], "wrong_link", "used up");
    }
    panic!("whoever guesses need not wait");
}

#[tokio::test]
async fn whoever_guesses_waits() {
    let hub = Hub::start().await;
    hub.cookie().await;
    for (operator, password) in [
        (OPERATOR, "two calm words or three"),
        ("nobody", PASSWORD),
        (OPERATOR, "short"),
        ("", ""),
        ("'; DROP TABLE operator", PASSWORD),
    ] {
        let answer = sign_in(&hub, operator, password).await;
        assert_eq!(answer.status(), 403, "{operator:?} {password:?}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "wrong_password");
    }
    // Each further one waits longer, however slow the machine is.
    for _ in 0..12 {
        let answer = sign_in(&hub, OPERATOR, "two calm words or three").await;
        if answer.status() == 429 {
            assert!(answer.headers().contains_key(RETRY_AFTER));
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "too_many_tries");
            return;
        }
    }
    panic!("nobody has to wait");
}
