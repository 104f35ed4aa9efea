//! The box's own door for whoever is signed in on its machine: a Unix socket in the data folder that only the box's user may open.

pub(crate) mod routes;

use std::path::Path;

use appliance_api::DeviceKind;
use box_office::TenderId;
use counter::catalogue::CatalogueRefused;
use counter_api::Problem;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use service::http::Refusal;
use tokio::net::UnixStream;

use crate::App;
use crate::command::CommandError;
pub use counter::checkout::Decision;

/// The socket's name in the data folder.
pub(crate) const SOCKET: &str = "control.sock";

/// What the box is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Import this programme.
    Import {
        /// The text of the file.
        programme: String,
    },
    /// Make a pairing code.
    Pair {
        /// What the device will be.
        kind: DeviceKind,
    },
    /// List the payments that wait for a person.
    Cases,
    /// Decide what became of a payment.
    Decide {
        /// Which.
        payment: TenderId,
        /// What became of it.
        decision: Decision,
        /// How the person knows.
        reason: String,
    },
    /// Print the tickets of a sale again.
    Reprint {
        /// The number of its receipt: `1-000042`.
        receipt: String,
        /// Why.
        reason: String,
    },
    /// Enrol with a hub.
    Enrol {
        /// The one-time code from head office.
        code: String,
        /// The hub's address.
        hub: String,
    },
}

/// What came of an order, in words; the code alone for a pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done(pub String);

/// Does what was ordered.
pub(crate) async fn perform(app: &App, order: Order) -> Result<Done, Refusal> {
    let words = match order {
        Order::Import { programme } => counter::programme::import(&app.counter, programme)
            .await?
            .to_string(),
        Order::Pair { kind } => app.devices.new_code(kind).await?,
        Order::Cases => counter::checkout::list(&app.counter).await?,
        Order::Decide {
            payment,
            decision,
            reason,
        } => counter::checkout::decide(&app.counter, payment, decision, reason).await?,
        Order::Reprint { receipt, reason } => {
            crate::papers::reprint(app, &receipt, &reason).await?
        }
        Order::Enrol { code, hub } => {
            let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
            let signer = &at.catalogue().signer;
            app.link.enrol(signer, at.cinema(), &code, &hub).await?
        }
    };
    Ok(Done(words))
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::of(&refusal)
    }
}

/// Sends an order to the box that runs on this folder; `None` if none does.
///
/// # Errors
/// The box refuses, or does not answer.
pub async fn send(folder: &Path, order: &Order) -> Option<Result<Done, CommandError>> {
    let stream = UnixStream::connect(folder.join(SOCKET)).await.ok()?;
    Some(exchange(stream, order).await)
}

async fn exchange(stream: UnixStream, order: &Order) -> Result<Done, CommandError> {
    let broken =
        |why: &dyn std::fmt::Display| CommandError::new("the running box did not answer", why);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|why| broken(&why))?;
    let body = serde_json::to_vec(order).map_err(|why| broken(&why))?;
    let request = Request::post("/orders")
        .header("host", "box")
        .header("content-type", "application/json");
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|why| broken(&why))?;
    let answer = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|why| broken(&why))?;
        let ok = response.status().is_success();
        let bytes = response
            .into_body()
            .collect()
            .await
            .map_err(|why| broken(&why))?
            .to_bytes();
        if ok {
            return serde_json::from_slice(&bytes).map_err(|why| broken(&why));
        }
        let problem: Problem = serde_json::from_slice(&bytes).map_err(|why| broken(&why))?;
        let errors = problem
            .errors
            .iter()
            .map(|error| format!("\n  {}: {}", error.at, error.detail))
            .collect::<String>();
        Err(CommandError::new(
            &problem.title,
            &format!("{}{errors}", problem.detail),
        ))
    };
    tokio::select! {
        answer = answer => answer,
        ended = connection => Err(broken(&ended.err().map_or_else(|| "it hung up".to_owned(), |why| why.to_string()))),
    }
}
