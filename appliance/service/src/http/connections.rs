//! The places of a process's socket. Nobody waits at the door while somebody idles inside: who comes when all places are taken, or all of
//! their address, gets the place of whoever has asked for nothing for longest; a paired device keeps its own.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::known_device::KnownDevice;
use crate::Metrics;

/// Places that one known device keeps whatever happens: twice what a browser opens.
const KEPT_BY_A_DEVICE: usize = 12;

/// The places of a socket. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    most_of_an_address: usize,
    open: Mutex<Open>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Open {
    by_number: BTreeMap<u64, Guest>,
    /// Rises with everything that happens: what comes later is larger.
    last: u64,
    /// How many were cut to let others in.
    cut: u64,
}

#[derive(Debug)]
struct Guest {
    from: IpAddr,
    device: Option<KnownDevice>,
    /// Whether a request of it is being done: it is cut after those that only take up room.
    asks: bool,
    last_asked: u64,
    cut: CancellationToken,
}

/// A place: whoever drops it has left.
#[derive(Debug)]
pub(super) struct Place {
    connections: Connections,
    number: u64,
    pub(super) guest: Caller,
    /// Cancelled when somebody else gets the place.
    pub(super) cut: CancellationToken,
}

/// Who is on a connection, as its requests know it.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    connections: Connections,
    number: u64,
    pub(super) from: IpAddr,
}

impl Connections {
    /// So many places, and so many of them for one address.
    pub(super) fn new(most: usize, most_of_an_address: usize) -> Self {
        Self(Arc::new(Inner {
            most: most.max(1),
            most_of_an_address: most_of_an_address.max(1),
            open: Mutex::default(),
            left: Notify::new(),
        }))
    }

    /// A place for somebody from this address; it waits only while devices have them all.
    pub(super) async fn enter(&self, from: IpAddr) -> Place {
        loop {
            let left = self.0.left.notified();
            if let Some(place) = self.try_enter(household(from)) {
                return place;
            }
            left.await;
        }
    }

    fn try_enter(&self, from: IpAddr) -> Option<Place> {
        let mut open = self.open();
        let of_the_address = open.of_strangers().filter(|guest| guest.from == from);
        if of_the_address.count() >= self.0.most_of_an_address {
            open.cut_one_from(from);
        }
        if open.by_number.len() >= self.0.most {
            let crowded = open.most_crowded()?;
            open.cut_one_from(crowded);
        }
        open.last += 1;
        let (number, cut) = (open.last, CancellationToken::new());
        let guest = Guest {
            from,
            device: None,
            asks: false,
            last_asked: number,
            cut: cut.clone(),
        };
        open.by_number.insert(number, guest);
        let connections = self.clone();
        Some(Place {
            guest: Caller {
                connections: connections.clone(),
                number,
                from,
            },
            connections,
            number,
            cut,
        })
    }

    /// Registers what `/metrics` says of them.
    pub(super) fn show(&self, metrics: &Metrics) {
        let inside = metrics.gauge("http_connections", "Open connections");
        let cut = metrics.gauge(
            "http_connections_cut",
            "Connections that were cut to let others in, since the start",
        );
        let connections = self.clone();
        metrics.before_each_reading(move || {
            let (now_inside, cut_so_far) = connections.count();
            inside.set(i64::try_from(now_inside).unwrap_or(i64::MAX));
            cut.set(i64::try_from(cut_so_far).unwrap_or(i64::MAX));
        });
    }

    /// How many are inside, and how many were cut to let others in.
    fn count(&self) -> (usize, u64) {
        let open = self.open();
        (open.by_number.len(), open.cut)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Whether it has no place of its own; a device that is known no more has none.
    fn is_stranger(&self) -> bool {
        let device = self.device.as_ref();
        device.is_none_or(|device| device.gone().is_cancelled())
    }
}

impl Open {
    fn of_strangers(&self) -> impl Iterator<Item = &Guest> {
        let guests = self.by_number.values();
        guests.filter(|guest| guest.is_stranger())
    }

    fn kept_by(&self, device: &str) -> usize {
        let guests = self.by_number.values();
        guests
            .filter(|guest| {
                let known = guest.device.as_ref();
                known.is_some_and(|known| known.id == device)
            })
            .count()
    }

    /// The address that most strangers are from.
    fn most_crowded(&self) -> Option<IpAddr> {
        let mut from = HashMap::new();
        for guest in self.of_strangers() {
            *from.entry(guest.from).or_insert(0_usize) += 1;
        }
        from.into_iter()
            .max_by_key(|(address, guests)| (*guests, *address))
            .map(|(address, _)| address)
    }

    fn cut_one_from(&mut self, from: IpAddr) {
        let strangers = self.by_number.iter();
        let oldest = strangers
            .filter(|(_, guest)| guest.is_stranger() && guest.from == from)
            .min_by_key(|(_, guest)| (guest.asks, guest.last_asked))
            .map(|(number, _)| *number);
        if let Some(guest) = oldest.and_then(|number| self.by_number.remove(&number)) {
            self.cut += 1;
            guest.cut.cancel();
        }
    }
}

impl Caller {
    /// The same on whose behalf a proxy asks.
    pub(super) fn asking_for(&self, address: IpAddr) -> Self {
        Self {
            from: household(address),
            ..self.clone()
        }
    }

    /// A request has come, from this device if it is known.
    pub(super) fn asks(&self, device: Option<&KnownDevice>) {
        let mut open = self.connections.open();
        open.last += 1;
        let now = open.last;
        let kept = device.filter(|device| open.kept_by(&device.id) < KEPT_BY_A_DEVICE);
        if let Some(guest) = open.by_number.get_mut(&self.number) {
            (guest.asks, guest.last_asked) = (true, now);
            if guest.is_stranger() {
                guest.device = kept.cloned();
            }
        }
    }

    /// The head of the answer is there; what follows only takes up room.
    pub(super) fn is_answered(&self) {
        if let Some(guest) = self.connections.open().by_number.get_mut(&self.number) {
            guest.asks = false;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().by_number.remove(&self.number);
        self.connections.0.left.notify_one();
    }
}

/// Whose address it is: one line to the internet has 2^64 addresses of version 6.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, number])
    }

    fn enter(connections: &Connections, from: u8) -> Place {
        let place = connections.try_enter(household(address(from)));
        place.expect("a place")
    }

    #[test]
    fn who_has_idled_longest_makes_room_and_devices_stay() {
        let connections = Connections::new(4, 4);
        let device = enter(&connections, 1);
        let till = KnownDevice::new("till");
        device.guest.asks(Some(&till));
        device.guest.is_answered();
        let (first, second, third) = (
            enter(&connections, 1),
            enter(&connections, 1),
            enter(&connections, 1),
        );
        first.guest.asks(None);
        let newcomer = enter(&connections, 2);
        assert!(second.cut.is_cancelled(), "it has asked for nothing");
        assert!(
            ![&device, &first, &third]
                .iter()
                .any(|place| place.cut.is_cancelled())
        );
        let _next = enter(&connections, 2);
        assert!(third.cut.is_cancelled() && !newcomer.cut.is_cancelled());
        assert!(!first.cut.is_cancelled(), "it waits for its answer");
        assert_eq!(connections.count(), (4, 2));
        till.leaves();
        let (_third, _fourth) = (enter(&connections, 1), enter(&connections, 1));
        assert!(device.cut.is_cancelled(), "nobody knows it any more");
    }

    #[test]
    fn an_address_has_a_share() {
        let connections = Connections::new(100, 2);
        let (first, second) = (enter(&connections, 1), enter(&connections, 1));
        let _other = enter(&connections, 2);
        assert!(!first.cut.is_cancelled());
        let _third = enter(&connections, 1);
        assert!(first.cut.is_cancelled() && !second.cut.is_cancelled());
    }

    #[test]
    fn a_device_keeps_some_places_and_who_finds_none_waits() {
        let connections = Connections::new(KEPT_BY_A_DEVICE + 1, 100);
        let (wild, till) = (KnownDevice::new("wild"), KnownDevice::new("till"));
        let mut places: Vec<_> = (0..=KEPT_BY_A_DEVICE)
            .map(|_| enter(&connections, 1))
            .collect();
        places
            .iter()
            .for_each(|place| place.guest.asks(Some(&wild)));
        let stranger = enter(&connections, 2);
        assert!(places.pop().is_some_and(|last| last.cut.is_cancelled()));
        stranger.guest.asks(Some(&till));
        assert!(connections.try_enter(address(3)).is_none());
        drop(places.pop());
        assert!(connections.try_enter(address(3)).is_some());
    }

    #[test]
    fn a_household_is_one_address() {
        let of = |text: &str| household(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), address(1));
    }
}
