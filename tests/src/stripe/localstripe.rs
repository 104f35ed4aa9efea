//! The program behind the proxy.

use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::Value;

use super::SECRET_KEY;
use crate::http::client;
use crate::tools::{free_port, python};
use crate::world::until;

/// Runs it on loopback, without the file in which it would keep what it knows for whoever starts it next, and until nobody holds its input any
/// more: whoever started it may be killed.
const RUN: &str = "
import os, sys, threading
from aiohttp import web
import localstripe.resources
localstripe.resources.Store.dump_to_disk = lambda self: None
from localstripe.server import app
def ends_with_whoever_started_it():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=ends_with_whoever_started_it, daemon=True).start()
web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)
";

/// What is sent, as a form has it.
pub(super) type Form = Vec<(String, String)>;

/// A running `localstripe`.
#[derive(Debug)]
pub(super) struct LocalStripe {
    url: String,
    process: Child,
    web: reqwest::Client,
}

impl LocalStripe {
    pub(super) async fn start() -> Self {
        let port = free_port();
        let process = Command::new(python())
            .args(["-c", RUN, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python runs");
        let started = Self {
            url: format!("http://127.0.0.1:{port}"),
            process,
            web: client(),
        };
        until("localstripe answers", || async {
            let asked = started
                .web
                .get(format!("{}/js.stripe.com/v3/", started.url));
            let answer = asked.send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        started
    }

    /// Asks for something as whoever has the secret key.
    pub(super) async fn ask(&self, method: Method, path: &str, form: &Form) -> (u16, Value) {
        let asked = self.web.request(method, format!("{}{path}", self.url));
        let asked = asked.bearer_auth(SECRET_KEY).form(form).send().await;
        let answer = asked.expect("localstripe answers");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Its script.
    pub(super) async fn script(&self) -> String {
        let asked = self.web.get(format!("{}/js.stripe.com/v3/", self.url));
        let answer = asked.send().await.expect("localstripe answers");
        answer.text().await.expect("a text")
    }

    /// Sets something of it that Stripe does not have.
    pub(super) async fn configure(&self, path: &str, body: &Value) {
        let asked = self.web.post(format!("{}{path}", self.url)).json(body);
        let answer = asked.send().await.expect("localstripe answers");
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
