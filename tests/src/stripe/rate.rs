//! What the stand-in does of itself: the payments of a client that asks as the hub does, and has nothing else to do.

use std::io;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use service::Clock;
use tokio::task::JoinSet;

use super::{GOOD_CARD, SECRET_KEY, Stripe};
use crate::http::client;
use crate::load::disk::per_second;

impl Stripe {
    /// How many payments a second it takes of so many who ask at once, in this time.
    ///
    /// # Errors
    /// It takes one not.
    pub async fn payments_a_second(
        &self,
        at_once: usize,
        time: Duration,
        clock: &Clock,
    ) -> io::Result<u64> {
        let (mut all, begin) = (JoinSet::new(), clock.monotonic());
        for _one in 0..at_once {
            let (web, url, clock) = (client(), self.url(), clock.clone());
            all.spawn(async move {
                let mut count = 0;
                while clock.monotonic() < begin + time {
                    pay(&web, &url).await?;
                    count += 1;
                }
                Ok::<u64, io::Error>(count)
            });
        }
        let mut count = 0;
        while let Some(done) = all.join_next().await {
            count += done.map_err(io::Error::other)??;
        }
        Ok(per_second(count, clock.monotonic().saturating_sub(begin)))
    }
}

/// Makes a payment, looks at it, and pays it.
async fn pay(web: &Client, url: &str) -> io::Result<()> {
    let all = format!("{url}/v1/payment_intents");
    let form = [
        ("amount", "2000"),
        ("currency", "eur"),
        ("payment_method_types[]", "card"),
        ("capture_method", "automatic"),
    ];
    let made = answered(web.post(&all).form(&form)).await?;
    let one = format!("{all}/{}", made["id"].as_str().unwrap_or_default());
    answered(web.get(&one)).await?;
    let paid = answered(
        web.post(format!("{one}/confirm"))
            .form(&[("payment_method", GOOD_CARD)]),
    )
    .await?;
    match paid["status"] == "succeeded" {
        true => Ok(()),
        false => Err(io::Error::other(paid.to_string())),
    }
}

async fn answered(asked: RequestBuilder) -> io::Result<Value> {
    let answer = asked.bearer_auth(SECRET_KEY).send().await;
    let answer = answer.map_err(io::Error::other)?.json().await;
    answer.map_err(io::Error::other)
}
