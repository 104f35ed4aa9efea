//! The server's port: any number of connections at a time, commands and mails in, answers out.

use std::future::pending;
use std::sync::Arc;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
    BufReader,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::inbox::Fate;
use super::session::{Answer, Envelope, GO_ON, LARGEST_MAIL, NO_COMMAND, Session, TOO_LARGE};
use super::{Mood, Shared};

/// The longest command in bytes: 512 by RFC 5321, and room for what extensions add.
const LONGEST_COMMAND: u64 = 1000;

/// A mail is read in pieces: a line, or so many bytes of one.
const LONGEST_PIECE: u64 = 65_536;

pub(super) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let all = async {
        while let Ok((line, _)) = listener.accept().await {
            let (shared, stop) = (Arc::clone(&shared), stop.clone());
            tasks.spawn(async move {
                tokio::select! { _ = serve_one(line, &shared) => {} () = stop.cancelled() => {} }
            });
        }
    };
    tokio::select! { () = all => stop.cancel(), () = stop.cancelled() => {} }
}

/// Nothing from here means that the connection breaks.
async fn serve_one(mut line: TcpStream, shared: &Shared) -> Option<()> {
    let (read, mut write) = line.split();
    let mut read = BufReader::new(read);
    let mut session = Session::default();
    let mut answer = Session::greeting(shared.inbox().mood());
    loop {
        answer = match answer {
            Answer::Says(words) => {
                say(&mut write, &words).await?;
                match command(&mut read).await? {
                    Ok(line) => {
                        let mood = shared.inbox().mood();
                        session.hear(&line, mood)
                    }
                    Err(refused) => Answer::HangsUp(refused),
                }
            }
            Answer::HangsUp(words) => return say(&mut write, words).await,
            Answer::WantsMail(envelope) => {
                say(&mut write, GO_ON).await?;
                hear_mail(&mut read, &envelope, shared).await?
            }
        };
    }
}

async fn say(write: &mut (impl AsyncWrite + Unpin), words: &str) -> Option<()> {
    write
        .write_all(format!("{words}\r\n").as_bytes())
        .await
        .ok()
}

/// The next line, or why it is none.
async fn command(read: &mut (impl AsyncBufRead + Unpin)) -> Option<Result<String, &'static str>> {
    let mut line = Vec::new();
    read.take(LONGEST_COMMAND)
        .read_until(b'\n', &mut line)
        .await
        .ok()?;
    if line.is_empty() {
        return None;
    }
    let is_whole = line.ends_with(b"\n");
    let text = String::from_utf8(line).ok().filter(|_| is_whole);
    Some(text.ok_or(NO_COMMAND))
}

/// The mail itself, and what becomes of it.
async fn hear_mail(
    read: &mut (impl AsyncBufRead + Unpin),
    envelope: &Envelope,
    shared: &Shared,
) -> Option<Answer> {
    read.fill_buf().await.ok()?;
    let mood = shared.inbox().mood();
    if mood == Mood::CutsInTheMiddle {
        return None;
    }
    let Some(raw) = mail(read).await? else {
        return Some(Answer::Says(TOO_LARGE.to_owned()));
    };
    loop {
        let fate = shared.inbox().take(envelope, &raw);
        match fate {
            Fate::Kept(words) => {
                shared.tell();
                return Some(Answer::Says(words));
            }
            Fate::KeptInSilence => {
                shared.tell();
                return None;
            }
            Fate::Refused(words) => return Some(Answer::Says(words.to_owned())),
            Fate::SentAway(words) => return Some(Answer::HangsUp(words)),
            Fate::Lost => return None,
            Fate::Waits => another_mood(read, shared).await?,
        }
    }
}

/// Until the mood is another, or nothing if whoever sends is gone before.
async fn another_mood(read: &mut (impl AsyncBufRead + Unpin), shared: &Shared) -> Option<()> {
    let _counted = Silence::about_one_more(shared);
    let mut changes = shared.changes.subscribe();
    let another = async {
        while shared.inbox().mood() == Mood::SaysNothing && changes.changed().await.is_ok() {}
    };
    tokio::select! { () = another => Some(()), () = hung_up(read) => None }
}

/// A mail that nobody is answered about, counted as long as this lives.
struct Silence<'a>(&'a Shared);

impl<'a> Silence<'a> {
    fn about_one_more(shared: &'a Shared) -> Self {
        shared.inbox().wait();
        shared.tell();
        Self(shared)
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        self.0.inbox().wait_no_more();
        self.0.tell();
    }
}

/// All up to the line with nothing but a dot, with the dots taken away that were put before others (RFC 5321, 4.5.2). Nothing inside if
/// that is too large. Only CR and LF together end a line.
async fn mail(read: &mut (impl AsyncBufRead + Unpin)) -> Option<Option<Vec<u8>>> {
    let (mut mail, mut is_too_large) = (Vec::new(), false);
    let mut begins_a_line = true;
    loop {
        let mut piece = Vec::new();
        (&mut *read)
            .take(LONGEST_PIECE)
            .read_until(b'\n', &mut piece)
            .await
            .ok()?;
        match piece.as_slice() {
            [] => return None,
            b".\r\n" if begins_a_line => return Some((!is_too_large).then_some(mail)),
            [b'.', rest @ ..] if begins_a_line => mail.extend_from_slice(rest),
            whole => mail.extend_from_slice(whole),
        }
        begins_a_line = mail.ends_with(b"\r\n");
        if mail.len() > LARGEST_MAIL {
            is_too_large = true;
            // The end of a line may come in two pieces.
            mail.drain(..mail.len() - 2);
        }
    }
}

/// Until whoever sends is gone. Who has already said more is not seen to go.
async fn hung_up(read: &mut (impl AsyncBufRead + Unpin)) {
    match read.fill_buf().await {
        Ok([]) | Err(_) => {}
        Ok(_) => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_MAIL, command, mail};
    use crate::mail_server::session::NO_COMMAND;

    async fn heard(mut bytes: &[u8]) -> Option<Option<Vec<u8>>> {
        mail(&mut bytes).await
    }

    #[tokio::test]
    async fn a_dot_ends_a_mail_and_doubled_dots_are_one() {
        let check = async |sent: &str, expected: &str| {
            let mail = heard(sent.as_bytes()).await.unwrap().unwrap();
            assert_eq!(String::from_utf8(mail).unwrap(), expected, "{sent:?}");
        };
        check(".\r\n", "").await;
        check("a\r\n.\r\n", "a\r\n").await;
        check("..\r\n..b\r\n.\r\n", ".\r\n.b\r\n").await;
        check("a.\r\n.\r\n", "a.\r\n").await;
        check("a\n.\n.\r\nb\r\n.\r\n", "a\n.\n.\r\nb\r\n").await;
        let long = "x".repeat(200_000);
        check(&format!("{long}\r\n.\r\n"), &format!("{long}\r\n")).await;
    }

    #[tokio::test]
    async fn a_mail_that_breaks_off_is_none() {
        assert_eq!(heard(b"").await, None);
        assert_eq!(heard(b"Subject: x\r\n").await, None);
        assert_eq!(heard(b"Subject: x\r\n.").await, None);
    }

    #[tokio::test]
    async fn a_mail_that_is_too_large_is_heard_to_its_end() {
        let line = format!("{}\r\n", "x".repeat(9_998));
        let sent = line.repeat(LARGEST_MAIL / line.len() + 1) + ".\r\nQUIT\r\n";
        let mut bytes = sent.as_bytes();
        assert_eq!(mail(&mut bytes).await, Some(None));
        assert_eq!(command(&mut bytes).await, Some(Ok("QUIT\r\n".to_owned())));
    }

    #[tokio::test]
    async fn a_command_is_a_line() {
        assert_eq!(command(&mut &b""[..]).await, None);
        assert_eq!(command(&mut &b"NOOP"[..]).await, Some(Err(NO_COMMAND)));
        assert_eq!(command(&mut &b"\xff\r\n"[..]).await, Some(Err(NO_COMMAND)));
        let long = vec![b'x'; 2000];
        assert_eq!(command(&mut long.as_slice()).await, Some(Err(NO_COMMAND)));
    }
}
