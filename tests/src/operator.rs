//! Somebody of head office, who has been given a one-time link.

use hub_api::PasswordRequest;

use crate::http::client;

/// The name by which they sign in.
pub const OPERATOR: &str = "office";

/// The password that they choose.
pub const PASSWORD: &str = "three calm words";

/// Chooses the password by a link, as `cloud-hub operator office` prints it, and gives the cookie of the session that begins.
///
/// # Errors
/// The hub does not answer or refuses, in words.
pub async fn signs_in(link: &str) -> Result<String, String> {
    signs_in_by(&client(), link).await
}

/// The same by a client of one's own.
///
/// # Errors
/// As [`signs_in`].
pub async fn signs_in_by(web: &reqwest::Client, link: &str) -> Result<String, String> {
    let (address, code) = link
        .trim()
        .split_once("/head-office#link=")
        .ok_or_else(|| format!("{link:?} is no link"))?;
    let request = PasswordRequest {
        link: code.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let asked = web
        .put(format!("{address}/api/v1/password"))
        .json(&request)
        .send();
    let answer = asked.await.map_err(|error| error.to_string())?;
    let cookie = answer.headers().get(reqwest::header::SET_COOKIE);
    let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let status = answer.status();
    cookie
        .map(str::to_owned)
        .ok_or_else(|| format!("the hub answers {status} to a link"))
}
