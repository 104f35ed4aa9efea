//! Who is let in at a box: every route of its router says so.

use reqwest::Method;
use serde_json::Value;
use tests::world::{Hub, World, client};

use crate::head_office::routes_of;

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Everybody,
    Devices,
}

/// The routers, whose every route is asked.
const ROUTER: &str = include_str!("../../appliance/src/router.rs");
const COUNTER: &str = include_str!("../../appliance/counter/src/routes.rs");

/// Routes of devices in the box's own router; all others there are for everybody.
const OWN_OF_DEVICES: [&str; 6] = [
    "GET /api/v1/device",
    "POST /api/v1/staff-call",
    "POST /api/v1/door/admissions",
    "GET /api/v1/door/showtimes/{id}",
    "GET /api/v1/showtimes/{id}/seats/{seat}/history",
    "POST /api/v1/hand-over",
];

/// Every route with whom it is for, as they are written.
fn routes() -> Vec<(String, For)> {
    let (everyone, rest) = COUNTER.split_once("pub fn buyers").unwrap();
    let (buyers, rest) = rest.split_once("pub fn buyers_online").unwrap();
    let (_at_the_hub, pages) = rest.split_once("pub fn pages").unwrap();
    let api = |route: String| route.replacen(" /", " /api/v1/", 1);
    let own = routes_of(ROUTER).map(|route| {
        let of_devices = OWN_OF_DEVICES.contains(&route.as_str());
        (
            route,
            if of_devices {
                For::Devices
            } else {
                For::Everybody
            },
        )
    });
    let screens = ["GET /kiosk", "GET /healthz", "GET /readyz", "GET /metrics"];
    own.chain(routes_of(everyone).map(|route| (api(route), For::Everybody)))
        .chain(routes_of(buyers).map(|route| (api(route), For::Devices)))
        .chain(routes_of(pages).map(|route| (route, For::Everybody)))
        .chain(screens.map(|route| (route.to_owned(), For::Everybody)))
        .collect()
}

#[tokio::test]
async fn every_route_of_buying_needs_a_paired_device_and_no_other_does() {
    let world = World::open().await;
    let (clerk, kiosk) = (world.clerk().await, world.guest().await);
    let routes = routes();
    let of_devices = routes.iter().filter(|(_, whom)| *whom == For::Devices);
    assert_eq!((routes.len(), of_devices.count()), (ALL, OF_DEVICES));
    let callers = [
        (None, false),
        (Some(""), false),
        (Some("0123"), false),
        (Some("\"; DROP"), false),
        (clerk.token(), true),
        (kiosk.token(), true),
    ];
    for (route, whom) in &routes {
        let (method, path) = route.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let path = path.replace("{id}", "none").replace("{seat}", "none");
        for (token, is_paired) in callers {
            let mut asked = client()
                .request(method.clone(), format!("{}{path}", world.url()))
                .header("content-type", "application/json")
                .header("idempotency-key", tests::world::new_key())
                .body("{}");
            if let Some(token) = token {
                asked = asked.header("authorization", format!("Bearer {token}"));
            }
            let status = asked.send().await.unwrap().status().as_u16();
            let refused = *whom == For::Devices && !is_paired;
            assert_eq!(status == 401, refused, "{route} by {token:?}: {status}");
            assert!(status < 500, "{route} by {token:?}: {status}");
        }
    }
}

/// How many routes there are, so that none is lost on its way from the source.
const ALL: usize = 38;

/// How many of them are for devices.
const OF_DEVICES: usize = 18;

/// The router of the hub.
const ROUTER_OF_HUB: &str = include_str!("../../cloud-hub/src/router.rs");

#[tokio::test]
async fn at_the_hub_every_route_of_buying_needs_a_guest_and_no_other_does() {
    let hub = Hub::start().await;
    let (everyone, rest) = COUNTER.split_once("pub fn buyers").unwrap();
    let (buyers, _pages) = rest.split_once("pub fn pages").unwrap();
    let of_cinemas = |route: String| route.replacen(' ', " /api/v1/cinemas/{cinema}", 1);
    let of_hub = routes_of(ROUTER_OF_HUB);
    let is_of_buyers = |route: &String| route.ends_with("/contact") || route.ends_with("/place");
    let (own, others): (Vec<String>, Vec<_>) = of_hub.partition(is_of_buyers);
    let buying = routes_of(buyers).map(of_cinemas).chain(own);
    let buying: Vec<String> = buying.collect();
    let others = others
        .into_iter()
        .chain(routes_of(everyone).map(of_cinemas));
    let others: Vec<String> = others.collect();
    assert_eq!((others.len(), buying.len()), (OTHERS_AT_THE_HUB, BUYING));
    let guest = hub.guest("none").await;
    let tokens = [None, Some("0123"), guest.token()];
    for (route, is_buying) in buying
        .iter()
        .map(|route| (route, true))
        .chain(others.iter().map(|route| (route, false)))
    {
        let (method, path) = route.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let path = path
            .replace("{id}", "none")
            .replace("{ticket}", "none")
            .replace("{cinema}", "none")
            .replace("{showtime}", "none")
            .replace("{film}", "none")
            .replace("{seat}", "none")
            .replace("{sale}", "none")
            .replace("{hold}", "none")
            .replace("{proof}", "none");
        for token in tokens {
            let mut asked = client()
                .request(method.clone(), format!("{}{path}", hub.url()))
                .header("content-type", "application/json")
                .header("idempotency-key", tests::world::new_key())
                .body("{}");
            if let Some(token) = token {
                asked = asked.header("authorization", format!("Bearer {token}"));
            }
            let answer = asked.send().await.unwrap();
            let status = answer.status().as_u16();
            let problem: Value = answer.json().await.unwrap_or_default();
            let refused = is_buying && token != guest.token();
            let words = format!("{route} by {token:?}: {status} {problem}");
            assert_eq!(problem["code"] == "no_guest_session", refused, "{words}");
            assert!(status < 500, "{words}");
        }
    }
}

/// How many routes of the hub are not of buying, below a cinema's path or not.
const OTHERS_AT_THE_HUB: usize = 51;

/// How many are.
const BUYING: usize = 17;
