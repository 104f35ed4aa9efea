//! Enrolment from the box's side: one request to the hub, over HTTPS, or plain HTTP on this machine only.

use std::time::Duration;

use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use crate::transport::TlsFiles;

/// How long the hub may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a box is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The address is not one of a hub.
    #[error("{0:?} is not a hub's address: https://hub.example, or http:// on this machine")]
    Address(String),
    /// The hub cannot be reached.
    #[error("the hub cannot be reached: {0}")]
    Unreachable(String),
    /// What answers there wants to be spoken to encrypted.
    #[error("what answers at {0:?} is encrypted: write https:// in its place")]
    Encrypted(String),
    /// The hub says no.
    #[error("the hub refuses: {detail} ({code})")]
    Refused {
        /// The stable code of the problem.
        code: String,
        /// Its words.
        detail: String,
    },
    /// The answer is not an enrolment.
    #[error("the hub's answer cannot be read: {0}")]
    Unreadable(String),
}

/// What a problem says, as far as it is of use here.
#[derive(serde::Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    detail: Option<String>,
}

/// Asks the hub at `hub` to enrol this box. May be repeated: the same code and keys give the same answer. A hub's certificate may be signed by
/// whom the machine trusts, or by the authority of `files`.
///
/// # Errors
/// See [`EnrolError`].
pub async fn enrol(
    hub: &str,
    request: &EnrolmentRequest,
    files: Option<&TlsFiles>,
) -> Result<EnrolmentAnswer, EnrolError> {
    let url = enrolment_url(hub)?;
    provide_tls();
    let unreachable = |error: reqwest::Error| EnrolError::Unreachable(why(&error));
    let authorities = files.map_or(Ok(Vec::new()), |files| {
        let pem = files.authority_pem().map_err(|why| why.to_string());
        pem.and_then(|pem| reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| why(&error)))
    });
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(authorities.map_err(EnrolError::Unreachable)?)
        .build();
    let answer = client
        .map_err(unreachable)?
        .post(url)
        .json(request)
        .send()
        .await
        .map_err(unreachable)?;
    let status = answer.status();
    if status.is_success() {
        return answer
            .json()
            .await
            .map_err(|error| EnrolError::Unreadable(error.to_string()));
    }
    let kind = answer.headers().get(reqwest::header::CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    if hub.starts_with("http://") && !is_problem {
        let said = answer.text().await.map_err(unreachable)?;
        // As a hub of ours says it, and as other programs do.
        return Err(match said.to_lowercase().contains("https") {
            true => EnrolError::Encrypted(hub.to_owned()),
            false => EnrolError::Unreadable(status.to_string()),
        });
    }
    let problem: Problem = answer
        .json()
        .await
        .map_err(|error| EnrolError::Unreadable(format!("{status}: {error}")))?;
    Err(EnrolError::Refused {
        code: problem.code,
        detail: problem.detail.unwrap_or_default(),
    })
}

/// What an error says, down to its cause: that a certificate is not trusted stands at the bottom.
fn why(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = format!("{words}: {cause}");
        next = cause.source();
    }
    words
}

/// Chooses the cryptography of TLS for the process, unless it has been chosen.
pub fn provide_tls() {
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("the cryptography of TLS had been chosen before");
    }
}

fn enrolment_url(hub: &str) -> Result<reqwest::Url, EnrolError> {
    let wrong = || EnrolError::Address(hub.to_owned());
    let url = reqwest::Url::parse(hub).map_err(|_| wrong())?;
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let here = host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err(wrong()),
    }
    url.join("/api/v1/enrolments").map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        let check =
            |hub: &str, allowed: bool| assert_eq!(enrolment_url(hub).is_ok(), allowed, "{hub}");
        check("https://hub.example", true);
        check("http://127.0.0.1:8090", true);
        check("http://localhost:8090/", true);
        check("http://[::1]:8090", true);
        check("http://hub.example", false);
        check("http://192.168.1.5:8090", false);
        check("http://127.0.0.1.example", false);
        check("ftp://127.0.0.1", false);
        check("hub", false);
    }
}
