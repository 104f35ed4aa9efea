//! Talks to the simulated terminal over TCP.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::protocol::{Answer, LONGEST_LINE, Other, Payment, Request};
use super::{CONNECT_TIME, Unknown};

/// Sends one request and gives the payment that the terminal answers with.
pub(super) async fn ask(
    address: &str,
    request: &Request,
    time: Duration,
) -> Result<Payment, Unknown> {
    match exchange(address, request, time).await? {
        Answer::Payment(payment) => Ok(payment),
        Answer::Other(Other::Refused { reason }) => Err(Unknown::Refused(reason)),
        Answer::Other(Other::Ready) => {
            Err(Unknown::Refused("it answered something else".to_owned()))
        }
    }
}

/// Whether it says that it is ready.
pub(super) async fn ready(address: &str, time: Duration) -> bool {
    exchange(address, &Request::Ready, time).await == Ok(Answer::Other(Other::Ready))
}

async fn exchange(address: &str, request: &Request, time: Duration) -> Result<Answer, Unknown> {
    let mut line =
        serde_json::to_vec(request).map_err(|error| Unknown::NotSent(error.to_string()))?;
    line.push(b'\n');
    let mut stream = match timeout(CONNECT_TIME, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(Unknown::NotSent(error.to_string())),
        Err(_) => {
            return Err(Unknown::NotSent(format!(
                "no connection within {CONNECT_TIME:?}"
            )));
        }
    };
    match timeout(time, say_and_hear(&mut stream, &line)).await {
        Ok(Ok(answer)) => {
            serde_json::from_slice(&answer).map_err(|error| match answer.is_empty() {
                true => Unknown::NoAnswer("it closed the connection".to_owned()),
                false => Unknown::Refused(format!("its answer cannot be read: {error}")),
            })
        }
        Ok(Err(error)) => Err(Unknown::NoAnswer(error.to_string())),
        Err(_) => Err(Unknown::NoAnswer(format!("nothing within {time:?}"))),
    }
}

async fn say_and_hear(stream: &mut TcpStream, line: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(line).await?;
    let mut answer = Vec::new();
    BufReader::new(stream.take(LONGEST_LINE))
        .read_until(b'\n', &mut answer)
        .await?;
    Ok(answer)
}
