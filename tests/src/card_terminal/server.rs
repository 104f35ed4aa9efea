//! The terminal's port: a request a line, any number of boxes at a time.

use std::sync::Arc;
use std::time::Duration;

use appliance::terminal::Payment;
use appliance::terminal::protocol::{Answer, LONGEST_LINE, Other, Request};
use box_office::TenderId;
use serde::{Deserialize, Serialize};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::book::Start;
use super::{Behaviour, Control, Cut, Question, RefundBehaviour, Shared};

/// A line from outside.
#[derive(Deserialize)]
#[serde(untagged)]
enum Heard {
    Request(Request),
    Control(Control),
}

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
                tokio::select! { _ = serve_one(line, shared) => {} () = stop.cancelled() => {} }
            });
        }
    };
    tokio::select! { () = all => stop.cancel(), () = stop.cancelled() => {} }
}

/// Nothing from here means that the connection breaks.
async fn serve_one(mut line: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let (read, mut write) = line.split();
    let mut read = BufReader::new(read);
    loop {
        let mut heard = Vec::new();
        (&mut read)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut heard)
            .await
            .ok()?;
        if heard.is_empty() {
            return None;
        }
        let mut said = match serde_json::from_slice(&heard) {
            Ok(Heard::Request(request)) => {
                let question = Question::of(&request);
                let cut = question.and_then(|question| shared.script().take_cut(question));
                match cut {
                    Some(Cut::LosesQuestion) => return None,
                    Some(Cut::HoldsQuestion) => return hold(&mut read, &shared).await,
                    Some(Cut::LosesAnswer | Cut::HoldsAnswer | Cut::KeepsAnswer) | None => {}
                }
                let said = answer(request, &shared).await?;
                match cut {
                    Some(Cut::LosesAnswer) => return None,
                    Some(Cut::HoldsAnswer) => return hold(&mut read, &shared).await,
                    Some(Cut::KeepsAnswer) => {
                        keep(&shared).await?;
                        json(&said)
                    }
                    Some(Cut::LosesQuestion | Cut::HoldsQuestion) | None => json(&said),
                }
            }
            Ok(Heard::Control(control)) => json(&shared.control(control)),
            Err(error) => json(&refused(&error.to_string())),
        };
        said.push(b'\n');
        write.write_all(&said).await.ok()?;
    }
}

/// Keeps a question until whoever asks is gone.
async fn hold(line: &mut (impl AsyncRead + Unpin), shared: &Shared) -> Option<()> {
    shared.script().hold();
    shared.change(|_| ());
    // More bytes or the end: in either case it is over.
    let _ = line.read(&mut [0; 1]).await;
    None
}

/// Keeps an answer until a test lets go.
async fn keep(shared: &Shared) -> Option<()> {
    let mut changes = shared.changes.subscribe();
    let before = shared.script().times_let_go();
    shared.script().hold();
    shared.change(|_| ());
    while shared.script().times_let_go() == before {
        changes.changed().await.ok()?;
    }
    Some(())
}

async fn answer(request: Request, shared: &Shared) -> Option<Answer> {
    let told = Question::of(&request).filter(|question| *question != Question::Pay);
    if let Some(said) = told.and_then(|question| shared.script().said(question)) {
        return Some(Answer::Payment(said));
    }
    match request {
        Request::Pay { amount_minor, .. } if amount_minor < 1 => {
            Some(refused("an amount is more than nothing"))
        }
        Request::Pay {
            reference,
            amount_minor,
            ..
        } => pay(reference, amount_minor, shared).await,
        Request::Status { reference } => Some(Answer::Payment(shared.book().status(&reference))),
        Request::Cancel { reference } => Some(Answer::Payment(
            shared.change(|book| book.cancel(&reference)),
        )),
        Request::Refund {
            reference,
            amount_minor,
        } => refund(&reference, amount_minor, shared).await,
        Request::Ready => Some(Answer::Other(Other::Ready)),
    }
}

async fn pay(reference: TenderId, amount_minor: i64, shared: &Shared) -> Option<Answer> {
    match shared.change(|book| book.start(&reference, amount_minor)) {
        Start::OtherAmount => return Some(refused("known with another amount")),
        Start::Known(Payment::Waiting) | Start::New(Behaviour::NeverAnswer) => {}
        Start::Known(payment) => return Some(Answer::Payment(payment)),
        Start::New(Behaviour::Approve { after_ms }) => {
            decide(&reference, true, after_ms, shared).await;
        }
        Start::New(Behaviour::Decline { after_ms }) => {
            decide(&reference, false, after_ms, shared).await;
        }
        Start::New(Behaviour::AnswerLate { after_ms }) => {
            sleep(Duration::from_millis(after_ms)).await;
        }
        Start::New(Behaviour::Vanish | Behaviour::VanishBefore) => return None,
    }
    Some(Answer::Payment(decided(&reference, shared).await))
}

async fn refund(reference: &TenderId, amount_minor: i64, shared: &Shared) -> Option<Answer> {
    let mut changes = shared.changes.subscribe();
    let behaviour = shared.book().refunds();
    if behaviour.waits() {
        shared.change(|book| book.take_in_hand(reference, amount_minor));
    }
    if behaviour == RefundBehaviour::WaitAlone {
        return None;
    }
    while shared.book().refunds().waits() && changes.changed().await.is_ok() {}
    let refunded = shared.change(|book| book.refund(reference, amount_minor));
    if shared.book().refunds() == RefundBehaviour::Vanish {
        return None;
    }
    Some(refunded.map_or_else(refused, Answer::Payment))
}

async fn decide(reference: &TenderId, approve: bool, after_ms: u64, shared: &Shared) {
    sleep(Duration::from_millis(after_ms)).await;
    shared.change(|book| book.decide(reference, approve));
}

/// What became of a payment, as soon as something did.
async fn decided(reference: &TenderId, shared: &Shared) -> Payment {
    let mut changes = shared.changes.subscribe();
    loop {
        if let Some(said) = shared.script().said(Question::Pay) {
            return said;
        }
        let payment = shared.book().status(reference);
        if payment != Payment::Waiting || changes.changed().await.is_err() {
            return payment;
        }
    }
}

fn refused(reason: &str) -> Answer {
    Answer::Other(Other::Refused {
        reason: reason.to_owned(),
    })
}

fn json(said: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(said).unwrap_or_default()
}
