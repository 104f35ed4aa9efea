//! The one file that knows MQTT. A client is disposable: at the first error it is dropped with all that it had in flight.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, LastWill, MqttOptions,
    NetworkOptions, Packet, QoS, StateError, SubscribeReasonCode,
};
use rustls::ClientConfig;
use rustls::sign::SingleCertAndKey;
use service::tls::{self, TlsError};
use service::{Bell, Machine};
use tokio::sync::mpsc::{self, error::TrySendError};

use wire::LinkTrouble;

use crate::message::{Approach, Heard, Message, QUEUE, ended};
use crate::topic::{Carries, parse};
use crate::trouble::Trouble;

/// How often the broker is pinged: a half-open line is noticed after one and a half times that.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How long a connection to the broker may take.
const CONNECT_SECONDS: u64 = 5;

/// How long after a broker has closed a line it is looked at: one that ends has ended, and is not back.
const AFTER_CLOSING: Duration = Duration::from_millis(100);

/// How long a broker that has just closed a line may take to answer another client.
const REACHED_WITHIN: Duration = Duration::from_secs(1);

/// The largest packet that is sent: our largest message and its topic.
const LARGEST_SENT: usize = wire::LARGEST_MESSAGE + 1024;

/// The largest packet that is read: the largest that MQTT has. One that is not read breaks the line, and one that the broker retains
/// would break every line; what is larger than a message of ours is read and passed over.
const LARGEST_READ: usize = 268_435_455;

/// Where a broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    host: String,
    port: u16,
    tls: Option<TlsFiles>,
}

/// How to trust a broker, and how it trusts us: files, in PEM, that are read for each line, so that what is renewed counts from the next on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authority that signed the broker's certificate.
    authority: PathBuf,
    /// Our certificate and its key, if the broker wants one.
    identity: Option<(PathBuf, PathBuf)>,
}

impl TlsFiles {
    /// Those that are set, if any are.
    ///
    /// # Errors
    /// One is set without the other that belongs to it.
    pub fn of(
        authority: Option<PathBuf>,
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
    ) -> Result<Option<Self>, TlsError> {
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err(TlsError::OneOfTwo("certificate", "key"));
            }
        };
        match (authority, &identity) {
            (Some(authority), _) => Ok(Some(Self {
                authority,
                identity,
            })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(TlsError::OneOfTwo("authority", "certificate")),
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// What is missing, wrong or over at `now`, by the name of its file.
    pub fn check(&self, now: Timestamp) -> Result<(), TlsError> {
        self.client(now).map(drop)
    }

    /// The authority's certificate, as it lies in its file.
    pub(crate) fn authority_pem(&self) -> Result<Vec<u8>, TlsError> {
        let unreadable =
            |why: std::io::Error| TlsError::Unreadable(self.authority.clone(), why.to_string());
        std::fs::read(&self.authority).map_err(unreadable)
    }

    fn client(&self, now: Timestamp) -> Result<ClientConfig, TlsError> {
        let authorities = tls::authorities(&self.authority, now)?;
        let identity = self.identity.as_ref();
        let identity = identity.map(|(certificate, key)| {
            let identity = tls::identity(certificate, key)?;
            tls::check_times(certificate, &identity, now)?;
            Ok(identity)
        });
        let trusting = ClientConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .map_err(|why| TlsError::WrongCertificate(self.authority.clone(), why.to_string()))?
            .with_root_certificates(authorities);
        Ok(match identity.transpose()? {
            Some(identity) => {
                let only = SingleCertAndKey::from(identity);
                trusting.with_client_cert_resolver(Arc::new(only))
            }
            None => trusting.with_no_client_auth(),
        })
    }
}

/// Why an address is not a broker's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// Not of the form.
    #[error("{0:?} is not a broker's address: mqtt://host:1883 or mqtts://host:8883")]
    Form(String),
    /// TLS without an authority to trust.
    #[error(
        "a broker at mqtts:// needs `authority`, the file with the certificate of whoever signs the broker's"
    )]
    NoAuthority,
    /// Files for TLS, and an address at which none is spoken.
    #[error(
        "there are files for TLS, and {0:?} is spoken to without it: write mqtts:// and the broker's port for TLS, or take the files out of the settings"
    )]
    NotEncrypted(String),
}

impl Broker {
    /// The broker at `mqtt://host:port` or `mqtts://host:port`; the ports are 1883 and 8883 if it names none.
    /// Whoever has files for TLS speaks it, but for an authority beside a broker on this machine: a hub's certificate may be signed by it.
    ///
    /// # Errors
    /// See [`BrokerError`].
    pub fn parse(address: &str, tls: Option<TlsFiles>) -> Result<Self, BrokerError> {
        let form = || BrokerError::Form(address.to_owned());
        let (scheme, rest) = address.split_once("://").ok_or_else(form)?;
        let default = match scheme {
            "mqtt" => 1883,
            "mqtts" => 8883,
            _ => return Err(form()),
        };
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| form())?),
            None => (rest, default),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(form());
        }
        let tls = match (scheme, tls) {
            ("mqtts", None) => return Err(BrokerError::NoAuthority),
            ("mqtts", tls) | (_, tls @ None) => tls,
            (_, Some(files)) if files.identity.is_none() && is_this_machine(host) => None,
            (_, Some(_)) => return Err(BrokerError::NotEncrypted(address.to_owned())),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
        })
    }
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

#[derive(Debug)]
pub(crate) struct MqttLine {
    client: AsyncClient,
    heard: mpsc::Receiver<Heard>,
}

#[derive(Debug, Clone)]
pub(crate) struct MqttSender(AsyncClient);

pub(crate) fn connect(broker: &Broker, approach: Approach, machine: &Machine) -> MqttLine {
    let wanted = approach.subscriptions.len();
    let (told, heard) = mpsc::channel(QUEUE);
    let mut options = options(broker, &approach.client);
    let mut looking = self::options(broker, &format!("{}-look", approach.client));
    if let Some(will) = &approach.will {
        options.set_last_will(LastWill::new(
            &will.topic,
            will.bytes.clone(),
            QoS::AtLeastOnce,
            will.retained,
        ));
    }
    let ear = Ear(Some(told), approach.bell);
    let files = broker.tls.as_ref();
    let tls = files.map(|files| files.client(machine.clock.now()));
    let tls = tls.transpose().map_err(|why| Trouble {
        kind: LinkTrouble::OurFiles,
        words: why.to_string(),
    });
    if let Ok(Some(tls)) = &tls {
        for options in [&mut options, &mut looking] {
            options.set_transport(rumqttc::Transport::tls_with_config(tls.clone().into()));
        }
    }
    let (client, mut events) = AsyncClient::new(options, QUEUE);
    let mut network = NetworkOptions::new();
    network.set_connection_timeout(CONNECT_SECONDS);
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    for topic in approach.subscriptions {
        // The queue is empty and longer than the list.
        if let Err(error) = client.try_subscribe(topic, QoS::AtLeastOnce) {
            tracing::warn!(%error, "a subscription could not be sent");
        }
    }
    if let Err(trouble) = tls {
        ear.tell(Heard::Broken(trouble));
        return MqttLine { client, heard };
    }
    let shutdown = machine.lifecycle.shutdown().clone();
    let shows_certificate = files.is_some_and(|files| files.identity.is_some());
    machine.lifecycle.run("broker line", async move {
        let polling = poll(events, (wanted, shows_certificate), looking, ear);
        // Whoever leaves without a word is gone by the will.
        tokio::select! { biased; () = shutdown.cancelled() => {} () = polling => {} }
    });
    MqttLine { client, heard }
}

fn options(broker: &Broker, client: &str) -> MqttOptions {
    let mut options = MqttOptions::new(client, &broker.host, broker.port);
    options
        .set_clean_session(true)
        .set_keep_alive(KEEP_ALIVE)
        .set_max_packet_size(LARGEST_READ, LARGEST_SENT);
    options
}

/// Where what comes out of a line waits to be heard. However it ends, the end is heard.
struct Ear(Option<mpsc::Sender<Heard>>, Bell);

impl Drop for Ear {
    fn drop(&mut self) {
        self.0 = None;
        self.1.ring();
    }
}

impl Ear {
    /// Whether the line is of use. A message that finds no room is lost, as a broker would lose it; without [`Heard::Ready`] nobody would
    /// ever begin.
    fn tell(&self, heard: Heard) -> bool {
        let told = self.0.as_ref().map(|to| to.try_send(heard));
        self.1.ring();
        matches!(
            told,
            Some(Ok(()) | Err(TrySendError::Full(Heard::Message(_))))
        )
    }

    fn is_closed(&self) -> bool {
        self.0.as_ref().is_none_or(mpsc::Sender::is_closed)
    }
}

/// Reads the connection until it breaks or nobody listens any more. It never waits for anything else.
async fn poll(
    mut events: EventLoop,
    (wanted, shows_certificate): (usize, bool),
    looking: MqttOptions,
    ear: Ear,
) {
    let (mut subscribed, mut is_let_in) = (0, false);
    loop {
        let is_heard = match events.poll().await {
            Ok(Event::Incoming(Packet::SubAck(answer)))
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) =>
            {
                ear.tell(Heard::Broken(Trouble {
                    kind: LinkTrouble::BrokerTopics,
                    words: "the broker refuses a subscription".to_owned(),
                }));
                false
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => {
                subscribed += 1;
                subscribed != wanted || ear.tell(Heard::Ready)
            }
            Ok(Event::Incoming(Packet::Publish(publish)))
                if publish.payload.len() > wire::LARGEST_MESSAGE =>
            {
                let (address, bytes) = (parse(&publish.topic), publish.payload.len());
                let cinema = address.map(|(address, _)| address.cinema.to_string());
                tracing::warn!(cinema, bytes, "a message is too large to be read");
                !ear.is_closed()
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => ear.tell(Heard::Message(Message {
                topic: publish.topic,
                bytes: publish.payload.to_vec(),
                retained: publish.retain,
            })),
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                is_let_in = true;
                !ear.is_closed()
            }
            Ok(Event::Incoming(_) | Event::Outgoing(_)) => !ear.is_closed(),
            // Every handle to the client is gone: it was closed here.
            Err(ConnectionError::RequestsDone) => false,
            Err(error) => {
                let why = trouble(&error, shows_certificate);
                let is_thrown_off =
                    is_let_in && is_closed(&error) && is_there(looking.clone()).await;
                // If the queue is full, its reader sees the end of it next.
                ear.tell(match is_thrown_off {
                    true => Heard::Closed(why),
                    false => Heard::Broken(why),
                });
                false
            }
        };
        if !is_heard {
            return;
        }
    }
}

/// Whether a broker answers there, a moment after it has closed a line: one that fails answers nobody by then. It is asked as any client
/// asks, and left at its answer, so that no broker has anything to complain of.
async fn is_there(options: MqttOptions) -> bool {
    tokio::time::sleep(AFTER_CLOSING).await;
    let (_client, mut events) = AsyncClient::new(options, 1);
    let asking = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_)))
                | Err(ConnectionError::ConnectionRefused(_)) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    matches!(tokio::time::timeout(REACHED_WITHIN, asking).await, Ok(true))
}

/// Whether the broker closed the connection, and is not only silent.
fn is_closed(error: &ConnectionError) -> bool {
    let ConnectionError::MqttState(state) = error else {
        return false;
    };
    match state {
        StateError::ConnectionAborted => true,
        StateError::Io(why) | StateError::Deserialization(rumqttc::Error::Io(why)) => matches!(
            why.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        ),
        StateError::InvalidState
        | StateError::Unsolicited(_)
        | StateError::AwaitPingResp
        | StateError::WrongPacket
        | StateError::CollisionTimeout
        | StateError::EmptySubscription
        | StateError::Deserialization(_) => false,
    }
}

fn trouble(error: &ConnectionError, shows_certificate: bool) -> Trouble {
    let kind = match error {
        ConnectionError::ConnectionRefused(code) => match code {
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                return Trouble {
                    kind: LinkTrouble::NotLetIn,
                    words: "the broker does not let this client in".to_owned(),
                };
            }
            ConnectReturnCode::RefusedProtocolVersion | ConnectReturnCode::BadClientId => {
                LinkTrouble::BrokerProtocol
            }
            ConnectReturnCode::ServiceUnavailable | ConnectReturnCode::Success => {
                LinkTrouble::Unreachable
            }
        },
        ConnectionError::NotConnAck(_) => LinkTrouble::BrokerProtocol,
        ConnectionError::MqttState(_)
        | ConnectionError::NetworkTimeout
        | ConnectionError::FlushTimeout
        | ConnectionError::Tls(_)
        | ConnectionError::Io(_)
        | ConnectionError::RequestsDone => return Trouble::of(error, shows_certificate),
    };
    let words = error.to_string();
    Trouble { kind, words }
}

impl MqttLine {
    pub(crate) fn try_next(&mut self) -> Option<Heard> {
        ended(self.heard.try_recv())
    }

    pub(crate) fn sender(&self) -> MqttSender {
        MqttSender(self.client.clone())
    }
}

impl MqttSender {
    pub(crate) fn send(&self, message: Message) {
        let Message {
            topic,
            bytes,
            retained,
        } = message;
        let quality = match parse(&topic) {
            Some((_, Carries::Link(topic))) if topic.may_be_lost() => QoS::AtMostOnce,
            _ => QoS::AtLeastOnce,
        };
        if let Err(error) = self.0.try_publish(topic, quality, retained, bytes) {
            tracing::debug!(%error, "a message was lost before it was sent");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;

    #[test]
    fn a_line_whose_readiness_is_not_heard_is_of_no_use() {
        let (told, mut heard) = mpsc::channel(1);
        let ear = Ear(Some(told), Bell::default());
        let message = || {
            Heard::Message(Message {
                topic: "a".to_owned(),
                bytes: Vec::new(),
                retained: false,
            })
        };
        assert!(ear.tell(message()) && ear.tell(message()));
        assert!(!ear.tell(Heard::Ready));
        assert_eq!(heard.try_recv(), Ok(message()));
        assert!(ear.tell(Heard::Ready));
    }

    /// What a box hears of a broker that answers so to a log-in, and so to a subscription, and then closes: the first, and the next.
    async fn heard_of(log_in: u8, subscription: u8, stays: bool) -> (Heard, Option<Heard>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("mqtt://{}", listener.local_addr().unwrap());
        let broker = Broker::parse(&address, None).unwrap();
        let bell = Bell::default();
        let approach = Approach {
            client: "foyer-metropol-box-1".to_owned(),
            subscriptions: vec!["a".to_owned()],
            will: None,
            bell: bell.clone(),
        };
        let machine = Machine::system(Default::default());
        let life = machine.lifecycle.clone();
        let mut line = connect(&broker, approach, &machine);
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 512];
        assert!(stream.read(&mut asked).await.unwrap() > 0);
        stream.write_all(&[0x20, 2, 0, log_in]).await.unwrap();
        if log_in == 0 {
            assert!(stream.read(&mut asked).await.unwrap() > 4);
            let [high, low] = [asked[2], asked[3]];
            let answer = [0x90, 3, high, low, subscription];
            stream.write_all(&answer).await.unwrap();
        }
        let heard = line.heard.recv().await.unwrap();
        drop(stream);
        let answering = async move {
            if stays {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut asked = [0; 512];
                assert!(stream.read(&mut asked).await.unwrap() > 0);
                stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
                let ends = stream.read(&mut asked).await;
                assert_eq!(ends.unwrap(), 0, "it is left without a word");
            }
        };
        let mut looked = JoinSet::new();
        looked.spawn(answering);
        let next = line.heard.recv().await;
        if let Some(Heard::Closed(_)) = next {
            looked.join_next().await.unwrap().unwrap();
        }
        life.shutdown().cancel();
        (heard, next)
    }

    #[tokio::test]
    async fn a_broker_that_refuses_says_what_a_person_must_see_to() {
        let check = async |answers: (u8, u8), trouble: LinkTrouble| {
            let (Heard::Broken(broken), None) = heard_of(answers.0, answers.1, true).await else {
                panic!("it is refused: {answers:?}")
            };
            assert_eq!(broken.kind, trouble, "{answers:?}: {broken:?}");
        };
        check((1, 0), LinkTrouble::BrokerProtocol).await;
        check((2, 0), LinkTrouble::BrokerProtocol).await;
        check((3, 0), LinkTrouble::Unreachable).await;
        check((4, 0), LinkTrouble::NotLetIn).await;
        check((5, 0), LinkTrouble::NotLetIn).await;
        check((0, 0x80), LinkTrouble::BrokerTopics).await;
    }

    #[tokio::test]
    async fn a_broker_that_ends_has_thrown_nobody_off() {
        let (first, next) = heard_of(0, 1, true).await;
        assert_eq!(first, Heard::Ready);
        assert!(matches!(next, Some(Heard::Closed(_))), "{next:?}");
        let (first, next) = heard_of(0, 1, false).await;
        assert_eq!(first, Heard::Ready);
        assert!(matches!(next, Some(Heard::Broken(_))), "{next:?}");
    }

    #[test]
    fn a_broker_that_is_silent_has_closed_nothing() {
        let check =
            |state, closed| assert_eq!(is_closed(&ConnectionError::MqttState(state)), closed);
        check(StateError::ConnectionAborted, true);
        check(StateError::Io(ErrorKind::ConnectionReset.into()), true);
        let io = rumqttc::Error::Io(ErrorKind::UnexpectedEof.into());
        check(StateError::Deserialization(io), true);
        check(StateError::Io(ErrorKind::TimedOut.into()), false);
        check(StateError::AwaitPingResp, false);
        assert!(!is_closed(&ConnectionError::NetworkTimeout));
        assert!(!is_closed(&ConnectionError::Io(
            ErrorKind::ConnectionReset.into()
        )));
    }

    #[test]
    fn a_broker_is_named_by_its_address() {
        let at = |host: &str, port| {
            Ok(Broker {
                host: host.to_owned(),
                port,
                tls: None,
            })
        };
        assert_eq!(
            Broker::parse("mqtt://127.0.0.1:1884", None),
            at("127.0.0.1", 1884)
        );
        assert_eq!(
            Broker::parse("mqtt://broker.example/", None),
            at("broker.example", 1883)
        );
        assert_eq!(Broker::parse("mqtt://[::1]:1883", None), at("::1", 1883));
        assert_eq!(
            Broker::parse("mqtts://broker.example", None),
            Err(BrokerError::NoAuthority)
        );
        let authority = Some(PathBuf::from("chain.pem"));
        let trusting = TlsFiles::of(authority.clone(), None, None).unwrap();
        let [certificate, key] = ["box.pem", "box.key"].map(|file| Some(PathBuf::from(file)));
        let known = TlsFiles::of(authority, certificate, key).unwrap();
        for (address, tls) in [
            ("mqtt://broker.example", &trusting),
            ("mqtt://broker.example", &known),
            ("mqtt://127.0.0.1", &known),
        ] {
            let refused = Broker::parse(address, tls.clone()).unwrap_err();
            assert_eq!(refused, BrokerError::NotEncrypted(address.to_owned()));
            assert!(refused.to_string().contains("write mqtts://"), "{refused}");
        }
        assert_eq!(
            Broker::parse("mqtt://127.0.0.1", trusting),
            at("127.0.0.1", 1883)
        );
        for wrong in ["broker", "http://broker", "mqtt://", "mqtt://broker:port"] {
            assert_eq!(
                Broker::parse(wrong, None),
                Err(BrokerError::Form(wrong.to_owned()))
            );
        }
    }
}
