//! A broker inside the process, whose weather a test decides: it loses, repeats, reorders and damages messages, and it is
//! cut and mended on command.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use service::{Bell, Random};
use tokio::sync::mpsc;

use super::{Approach, Heard, Message};
use crate::message::{QUEUE, ended};
use crate::trouble::Trouble;

/// How many messages an eavesdropper remembers: those of the last sessions.
const OVERHEARD: usize = 64;

/// What happens to a message, each in percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weather {
    /// It is lost.
    pub lose: u8,
    /// It comes twice.
    pub repeat: u8,
    /// It comes after the one behind it.
    pub reorder: u8,
    /// One of its bits is flipped.
    pub flip: u8,
}

/// A broker inside the process. Clones share it.
#[derive(Debug, Clone)]
pub struct Network(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    random: Random,
    weather: Weather,
    cut: bool,
    /// Whose lines alone are cut: the beginnings of their names.
    cut_off: BTreeSet<String>,
    next_client: u64,
    clients: BTreeMap<u64, Client>,
    retained: BTreeMap<String, Vec<u8>>,
    delayed: Option<Message>,
    overheard: VecDeque<Message>,
}

#[derive(Debug)]
struct Client {
    name: String,
    subscriptions: Vec<String>,
    will: Option<Message>,
    heard: mpsc::Sender<Heard>,
    bell: Bell,
}

#[derive(Debug)]
pub(crate) struct MemoryLine {
    sender: MemorySender,
    heard: mpsc::Receiver<Heard>,
}

#[derive(Debug, Clone)]
pub(crate) struct MemorySender {
    network: Network,
    client: u64,
}

impl Network {
    /// A network in good weather; `random` decides whom bad weather meets.
    pub fn new(random: Random) -> Self {
        let inner = Inner {
            random,
            weather: Weather::default(),
            cut: false,
            cut_off: BTreeSet::new(),
            next_client: 0,
            clients: BTreeMap::new(),
            retained: BTreeMap::new(),
            delayed: None,
            overheard: VecDeque::new(),
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The weather from here on.
    pub fn weather(&self, weather: Weather) {
        self.lock().weather = weather;
    }

    /// Breaks every line, and refuses new ones until [`Network::mend`].
    pub fn cut(&self) {
        let mut inner = self.lock();
        inner.cut = true;
        inner.break_lines(|_| true, "the network was cut");
    }

    /// Takes lines again.
    pub fn mend(&self) {
        self.lock().cut = false;
    }

    /// Breaks the lines of those whose names begin so, and refuses new ones of theirs until [`Network::take_in`].
    pub fn cut_off(&self, client: &str) {
        let mut inner = self.lock();
        inner.cut_off.insert(client.to_owned());
        inner.break_lines(|name| name.starts_with(client), "the line was cut");
    }

    /// Takes their lines again.
    pub fn take_in(&self, client: &str) {
        self.lock().cut_off.remove(client);
    }

    /// Breaks every line and forgets what was kept for whoever comes later, as a broker does that ends; see [`Network::cut`].
    pub fn forget(&self) {
        self.cut();
        let mut inner = self.lock();
        inner.retained.clear();
        inner.delayed = None;
    }

    /// The latest messages that were sent, as an eavesdropper has them.
    pub fn overheard(&self) -> Vec<Message> {
        self.lock().overheard.iter().cloned().collect()
    }

    /// Puts a message on a topic, as anybody on the network could.
    pub fn inject(&self, topic: &str, bytes: Vec<u8>) {
        self.lock().publish(&Message {
            topic: topic.to_owned(),
            bytes,
            retained: false,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn connect(&self, approach: Approach) -> MemoryLine {
        let (told, heard) = mpsc::channel(QUEUE);
        let client = Client {
            name: approach.client,
            subscriptions: approach.subscriptions,
            will: approach.will,
            heard: told,
            bell: approach.bell,
        };
        let mut inner = self.lock();
        // As a broker does with whoever comes under a name that is taken.
        let former = inner
            .clients
            .extract_if(.., |_, former| former.name == client.name);
        let former: Vec<_> = former.collect();
        for (_, former) in former {
            former.tell(Heard::Closed(Trouble::unreachable(
                "another came under this name",
            )));
            if let Some(will) = former.will {
                inner.publish(&will);
            }
        }
        let number = inner.next_client;
        inner.next_client += 1;
        if inner.refuses(&client.name) {
            client.tell(Heard::Broken(Trouble::unreachable("the network is cut")));
        } else {
            // As a broker does, which has confirmed only some of the subscriptions by then.
            for (topic, bytes) in &inner.retained {
                client.tell_if_wanted(&Message {
                    topic: topic.clone(),
                    bytes: bytes.clone(),
                    retained: true,
                });
            }
            client.tell(Heard::Ready);
            inner.clients.insert(number, client);
        }
        MemoryLine {
            sender: MemorySender {
                network: self.clone(),
                client: number,
            },
            heard,
        }
    }
}

impl Inner {
    fn refuses(&self, name: &str) -> bool {
        self.cut || self.cut_off.iter().any(|begin| name.starts_with(begin))
    }

    fn break_lines(&mut self, is_one: impl Fn(&str) -> bool, why: &str) {
        let broken = self.clients.extract_if(.., |_, it| is_one(&it.name));
        let broken: Vec<Client> = broken.map(|(_, client)| client).collect();
        for client in broken {
            client.tell(Heard::Broken(Trouble::unreachable(why)));
            if let Some(will) = client.will {
                self.publish(&will);
            }
        }
    }

    fn publish(&mut self, message: &Message) {
        if message.retained {
            self.retained
                .insert(message.topic.clone(), message.bytes.clone());
        }
        for client in self.clients.values() {
            client.tell_if_wanted(message);
        }
    }

    fn happens(&self, percent: u8) -> bool {
        let [roll] = self.random.bytes::<1>();
        u32::from(roll) * 100 < u32::from(percent) * 256
    }

    fn carry(&mut self, mut message: Message) {
        let weather = self.weather;
        if self.overheard.len() == OVERHEARD {
            self.overheard.pop_front();
        }
        self.overheard.push_back(message.clone());
        if self.happens(weather.lose) {
            return;
        }
        if self.happens(weather.flip) {
            let place = usize::from(u16::from_be_bytes(self.random.bytes()));
            let bits = message.bytes.len() * 8;
            if let Some(bit) = place.checked_rem(bits) {
                message.bytes[bit / 8] ^= 1 << (bit % 8);
            }
        }
        let before = self.delayed.take();
        if self.happens(weather.reorder) {
            self.delayed = Some(message);
        } else {
            self.publish(&message);
            if self.happens(weather.repeat) {
                self.publish(&message);
            }
        }
        if let Some(late) = before {
            self.publish(&late);
        }
    }
}

impl Client {
    /// A full queue loses it, as a broker would.
    fn tell(&self, heard: Heard) {
        if let Err(error) = self.heard.try_send(heard) {
            tracing::debug!(%error, "a message was lost");
        }
        self.bell.ring();
    }

    fn tell_if_wanted(&self, message: &Message) {
        if self
            .subscriptions
            .iter()
            .any(|filter| matches(filter, &message.topic))
        {
            self.tell(Heard::Message(message.clone()));
        }
    }
}

/// Whether a topic fits a filter in which `+` stands for one part.
fn matches(filter: &str, topic: &str) -> bool {
    let (mut filter, mut topic) = (filter.split('/'), topic.split('/'));
    loop {
        match (filter.next(), topic.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == "+" || wanted == part => {}
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}

impl MemoryLine {
    pub(super) fn try_next(&mut self) -> Option<Heard> {
        ended(self.heard.try_recv())
    }

    pub(super) fn sender(&self) -> MemorySender {
        self.sender.clone()
    }
}

impl Drop for MemoryLine {
    /// A line leaves its will.
    fn drop(&mut self) {
        let mut inner = self.sender.network.lock();
        if let Some(will) = inner
            .clients
            .remove(&self.sender.client)
            .and_then(|client| client.will)
        {
            inner.publish(&will);
        }
    }
}

impl MemorySender {
    pub(super) fn send(&self, message: Message) {
        let mut inner = self.network.lock();
        if inner.clients.contains_key(&self.client) {
            inner.carry(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approach(subscriptions: &[&str], will: Option<Message>) -> Approach {
        Approach {
            client: format!("{subscriptions:?}"),
            subscriptions: subscriptions
                .iter()
                .map(|&topic| topic.to_owned())
                .collect(),
            will,
            bell: Bell::default(),
        }
    }

    fn message(topic: &str, retained: bool) -> Message {
        Message {
            topic: topic.into(),
            bytes: vec![7],
            retained,
        }
    }

    #[test]
    fn messages_wills_and_cuts_go_as_with_a_broker() {
        let network = Network::new(Random::seeded(1));
        let mut hub = network.connect(approach(&["a/+/up"], None));
        assert_eq!(hub.try_next(), Some(Heard::Ready));
        let cinema = network.connect(approach(&[], Some(message("a/b/up", true))));
        cinema.sender().send(message("a/c/up", false));
        cinema.sender().send(message("a/c/down", false));
        let heard = |message| Some(Heard::Message(message));
        assert_eq!(hub.try_next(), heard(message("a/c/up", false)));
        assert_eq!(hub.try_next(), None);
        drop(cinema);
        assert_eq!(hub.try_next(), heard(message("a/b/up", true)));
        let mut late = network.connect(approach(&["a/b/up"], None));
        assert_eq!(
            (late.try_next(), late.try_next()),
            (heard(message("a/b/up", true)), Some(Heard::Ready))
        );
        network.cut();
        assert!(matches!(hub.try_next(), Some(Heard::Broken(_))));
        assert!(matches!(
            network.connect(approach(&[], None)).try_next(),
            Some(Heard::Broken(_))
        ));
    }

    #[test]
    fn a_line_is_cut_alone_and_a_broker_that_ends_forgets() {
        let network = Network::new(Random::seeded(1));
        let named = |name: &str| Approach {
            client: name.to_owned(),
            ..approach(&["kept"], None)
        };
        let mut hub = network.connect(named("hub"));
        let mut cinema = network.connect(named("box-1"));
        assert_eq!(
            (hub.try_next(), cinema.try_next()),
            (Some(Heard::Ready), Some(Heard::Ready))
        );
        hub.sender().send(message("kept", true));
        network.cut_off("box");
        assert!(matches!(cinema.try_next(), Some(Heard::Message(_))));
        assert!(matches!(cinema.try_next(), Some(Heard::Broken(_))));
        let mut again = network.connect(named("box-1"));
        assert!(matches!(again.try_next(), Some(Heard::Broken(_))));
        network.take_in("box");
        let mut again = network.connect(named("box-1"));
        assert!(matches!(again.try_next(), Some(Heard::Message(_))));
        network.forget();
        network.mend();
        assert_eq!(
            network.connect(named("box-1")).try_next(),
            Some(Heard::Ready)
        );
    }

    #[test]
    fn weather_comes_as_often_as_it_is_told_to() {
        let network = Network::new(Random::seeded(7));
        let line = network.connect(approach(&["up"], None));
        network.weather(Weather {
            lose: 50,
            repeat: 20,
            reorder: 20,
            flip: 20,
        });
        for _ in 0..1000 {
            line.sender().send(message("up", false));
        }
        let came = line.heard.len();
        assert!((450..750).contains(&came), "{came}");
    }
}
