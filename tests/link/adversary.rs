//! Somebody at the broker who is no box: sends what bytes it likes to what topic it likes, in the fewest words of MQTT 3.1.1.

use std::io::{Read, Write};
use std::net::TcpStream;

use wire::frame::sign_frame;
use wire::{Context, Event, Frames, SecretKey, Stream};

use crate::cinema::{Cinema, address, incarnation};
use crate::site::Site;

/// Publishes `bytes` on `topic` and waits until the broker has them.
pub fn publish(site: &Site, topic: &str, bytes: &[u8]) {
    put(site, 0x32, topic, bytes);
}

/// As [`publish`], and the broker gives it to whoever subscribes to the topic afterwards.
pub fn retain(site: &Site, topic: &str, bytes: &[u8]) {
    put(site, 0x33, topic, bytes);
}

/// Publishes on each of these topics over one line; the broker confirms the last alone.
pub fn flood(site: &Site, topics: &[String], bytes: &[u8]) {
    let mut line = come(site);
    for topic in topics {
        let publish = [text(topic), bytes.to_vec()].concat();
        line.write_all(&packet(0x30, &publish)).unwrap();
    }
    say(&mut line, 0x32, &topics[0], bytes);
}

fn put(site: &Site, kind: u8, topic: &str, bytes: &[u8]) {
    say(&mut come(site), kind, topic, bytes);
}

fn come(site: &Site) -> TcpStream {
    let mut line = TcpStream::connect(("127.0.0.1", site.broker_port)).unwrap();
    // MQTT, version 4, a clean session, a minute of silence allowed. A name that was used a moment ago may still be leaving.
    let name = format!("adversary-{}", line.local_addr().unwrap().port());
    let connect = [text("MQTT"), vec![4, 2, 0, 60], text(&name)].concat();
    line.write_all(&packet(0x10, &connect)).unwrap();
    let mut answer = [0; 4];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x20, 2, 0, 0], "the broker lets it in");
    line
}

fn say(line: &mut TcpStream, kind: u8, topic: &str, bytes: &[u8]) {
    let publish = [text(topic), vec![0, 1], bytes.to_vec()].concat();
    line.write_all(&packet(kind, &publish)).unwrap();
    let mut answer = [0; 4];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x40, 2, 0, 1], "the broker has it");
    line.write_all(&packet(0xe0, &[])).unwrap();
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [length.to_vec(), text.as_bytes().to_vec()].concat()
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![kind];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length % 128).unwrap();
        length /= 128;
        packet.push(if length > 0 { low | 128 } else { low });
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

/// The topic on which a box tells its events.
pub fn up(cinema: &str, device: &str) -> String {
    format!("foyer/v1/{cinema}/{device}/up")
}

/// The topic of the cinema's own box.
pub fn own_up() -> String {
    up(address().cinema.as_str(), address().device.as_str())
}

/// A frame with these events for a session of the cinema, signed by the key of `seed`.
pub fn frame(cinema: &Cinema, session: u64, seed: [u8; 32], events: &[Event]) -> Vec<u8> {
    let key = SecretKey::<Frames>::from_seed(address().cinema, &seed);
    let context = Context {
        cinema: address().cinema,
        incarnation: incarnation(),
        generation: cinema.generation,
        session,
    };
    sign_frame(&key, Stream::Up, &context, events).unwrap()
}
