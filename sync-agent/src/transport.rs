//! A pipe for messages by topic, trusted with nothing: it may lose, repeat, reorder and damage. A line is used until it
//! breaks and then thrown away; what must not be lost is sent again from the outbox.

pub mod memory;

use service::Machine;

pub use crate::message::Message;
pub(crate) use crate::message::{Approach, Heard};
use crate::mqtt;
pub use crate::mqtt::{Broker, BrokerError, TlsFiles};
pub use memory::{Network, Weather};

/// What carries messages.
#[derive(Debug, Clone)]
pub enum Transport {
    /// An MQTT 3.1.1 broker.
    Mqtt(Broker),
    /// A network inside this process, whose weather a test decides.
    Memory(Network),
}

/// A way to and from the pipe; after its end a new one is made.
#[derive(Debug)]
pub(crate) enum Line {
    Mqtt(mqtt::MqttLine),
    Memory(memory::MemoryLine),
}

/// The sending half of a line. Clones share it.
#[derive(Debug, Clone)]
pub(crate) enum Sender {
    Mqtt(mqtt::MqttSender),
    Memory(memory::MemorySender),
}

impl Transport {
    /// Begins to connect; [`Line::try_next`] says when it is done.
    pub(crate) fn connect(&self, approach: Approach, machine: &Machine) -> Line {
        match self {
            Self::Mqtt(broker) => Line::Mqtt(mqtt::connect(broker, approach, machine)),
            Self::Memory(network) => Line::Memory(network.connect(approach)),
        }
    }
}

impl Line {
    /// The next thing that has happened, if anything has; after `Broken` or `Closed` nothing more does.
    pub(crate) fn try_next(&mut self) -> Option<Heard> {
        match self {
            Self::Mqtt(line) => line.try_next(),
            Self::Memory(line) => line.try_next(),
        }
    }

    pub(crate) fn sender(&self) -> Sender {
        match self {
            Self::Mqtt(line) => Sender::Mqtt(line.sender()),
            Self::Memory(line) => Sender::Memory(line.sender()),
        }
    }
}

impl Sender {
    /// Sends without waiting. It may be lost.
    pub(crate) fn send(&self, message: Message) {
        match self {
            Self::Mqtt(sender) => sender.send(message),
            Self::Memory(sender) => sender.send(message),
        }
    }
}
