use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::*;
use crate::world::client;

const HELLO: &str = "EHLO hub.example\r\n";

const ADDRESSED: &str = "MAIL FROM:<tickets@foyer.example>\r\nRCPT TO:<guest@home.example>\r\n";

const MAIL: &str = "Subject: Two seats\r\n\r\n..and a dot\r\n.\r\n";

/// Somebody who sends.
struct Sender(BufReader<TcpStream>);

impl Sender {
    async fn connect(server: &MailServer) -> Self {
        let line = TcpStream::connect(server.address()).await.unwrap();
        Self(BufReader::new(line))
    }

    /// One that has been greeted and has said hello.
    async fn greeted(server: &MailServer) -> Self {
        let mut sender = Self::connect(server).await;
        assert_eq!(sender.code().await, "220");
        sender.say(HELLO).await;
        assert_eq!(sender.code().await, "250");
        sender
    }

    /// One that may send the mail itself.
    async fn about_to_send(server: &MailServer) -> Self {
        let mut sender = Self::greeted(server).await;
        sender.say(ADDRESSED).await;
        sender.say("DATA\r\n").await;
        for expected in ["250", "250", "354"] {
            assert_eq!(sender.code().await, expected);
        }
        sender
    }

    async fn say(&mut self, words: &str) {
        self.0.write_all(words.as_bytes()).await.unwrap();
    }

    /// The code of the next answer, after all of its lines; nothing once the server has hung up.
    async fn code(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).await;
            if read.is_err() || line.is_empty() {
                return String::new();
            }
            if line.as_bytes()[3] == b' ' {
                return line[..3].to_owned();
            }
        }
    }
}

#[tokio::test]
async fn mails_are_kept_as_they_were_sent() {
    let server = MailServer::start().await;
    let mut sender = Sender::greeted(&server).await;
    for _ in 0..2 {
        sender.say(ADDRESSED).await;
        sender.say("DATA\r\n").await;
        for expected in ["250", "250", "354"] {
            assert_eq!(sender.code().await, expected);
        }
        sender.say(MAIL).await;
        assert_eq!(sender.code().await, "250");
    }
    sender.say("QUIT\r\n").await;
    assert_eq!(sender.code().await, "221");
    assert_eq!(sender.code().await, "");
    let mails = server.mails_taken(2).await;
    assert_eq!(mails[0].number, 1);
    assert_eq!(mails[1].number, 2);
    assert_eq!(mails[1].from, "tickets@foyer.example");
    assert_eq!(mails[1].to, ["guest@home.example"]);
    assert_eq!(mails[1].raw, "Subject: Two seats\r\n\r\n.and a dot\r\n");
    assert_eq!(mails[1].subject().unwrap(), "Two seats");
}

#[tokio::test]
async fn commands_may_come_all_at_once() {
    let server = MailServer::start().await;
    let mut sender = Sender::connect(&server).await;
    let again = format!("{MAIL}NOOP\r\n{ADDRESSED}DATA\r\n");
    sender
        .say(&format!("{HELLO}{ADDRESSED}DATA\r\n{again}"))
        .await;
    for expected in [
        "220", "250", "250", "250", "354", "250", "250", "250", "250", "354",
    ] {
        assert_eq!(sender.code().await, expected);
    }
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn each_mood_ends_a_mail_in_its_own_way() {
    let server = MailServer::start().await;
    let check = async |mood: Mood, code: &str, kept: usize| {
        let mut sender = Sender::about_to_send(&server).await;
        let before = server.mails().len();
        server.set(mood);
        sender.say(MAIL).await;
        assert_eq!(sender.code().await, code, "{mood:?}");
        assert_eq!(server.mails().len() - before, kept, "{mood:?}");
        server.set(Mood::Takes);
    };
    check(Mood::Takes, "250", 1).await;
    check(Mood::NotNow, "451", 0).await;
    check(Mood::TooBusy, "421", 0).await;
    check(Mood::CutsBeforeItsAnswer, "", 1).await;
    check(Mood::CutsInTheMiddle, "", 0).await;
}

#[tokio::test]
async fn who_comes_while_it_is_too_busy_is_sent_away() {
    let server = MailServer::start().await;
    let mut early = Sender::greeted(&server).await;
    server.set(Mood::TooBusy);
    let mut late = Sender::connect(&server).await;
    assert_eq!(late.code().await, "421");
    assert_eq!(late.code().await, "");
    early.say("NOOP\r\n").await;
    assert_eq!(early.code().await, "421");
    assert_eq!(early.code().await, "");
}

#[tokio::test]
async fn a_silent_server_answers_in_its_next_mood() {
    let server = MailServer::start().await;
    server.set(Mood::SaysNothing);
    let mut patient = Sender::about_to_send(&server).await;
    let mut hasty = Sender::about_to_send(&server).await;
    patient.say(MAIL).await;
    hasty.say(MAIL).await;
    server.wait_until_silent(2).await;
    drop(hasty);
    let mut changes = server.shared.changes.subscribe();
    while server.waiting() > 1 {
        changes.changed().await.unwrap();
    }
    assert_eq!(server.mails().len(), 0);
    server.set(Mood::Takes);
    assert_eq!(patient.code().await, "250");
    assert_eq!(server.mails().len(), 1);
    assert_eq!(server.waiting(), 0);
}

#[tokio::test]
async fn the_page_shows_mails_and_sets_the_mood() {
    let server = MailServer::start().await;
    let mut sender = Sender::about_to_send(&server).await;
    sender
        .say("Subject: Two seats\r\nContent-Type: text/html\r\n\r\n<p>D5, D6</p>\r\n.\r\n")
        .await;
    assert_eq!(sender.code().await, "250");
    let get = async |path: &str| {
        let asked = client().get(format!("{}{path}", server.page())).send();
        let answer = asked.await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert!(get("").await.1.contains("<h2>Two seats</h2>"));
    assert!(get("mails/1/html").await.1.contains("<p>D5, D6</p>"));
    assert_eq!(get("mails/2/html").await.0, 404);
    let listed: Vec<Summary> = serde_json::from_str(&get("mails.json").await.1).unwrap();
    assert_eq!(listed[0].subject.as_deref(), Some("Two seats"));
    assert_eq!(listed[0].text, None);
    let mood = format!("{}mood/cuts_in_the_middle", server.page());
    client().post(mood).send().await.unwrap();
    assert_eq!(server.mood(), Mood::CutsInTheMiddle);
}
