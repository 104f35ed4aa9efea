//! A headless Chromium that ends with the story, driven over WebDriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// Width and height of a screen, in pixels.
pub type Size = (u32, u32);

/// The kiosk as it stands in the lobby.
pub const PORTRAIT: Size = (1080, 1920);
/// A kiosk on a desk.
pub const LANDSCAPE: Size = (1366, 768);

/// A phone.
pub const PHONE: Size = (390, 844);

/// A browser with its driver.
pub struct Chromium {
    /// Who drives it.
    pub client: Client,
    /// Where its driver listens.
    driver_url: String,
    driver: Child,
    _profile: TempDir,
}

impl Chromium {
    /// A browser with a fresh profile and a window whose inside has this size.
    ///
    /// # Panics
    /// It cannot be started.
    pub async fn start(size: Size) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (driver, port) = start_driver();
        let driver_url = format!("http://127.0.0.1:{port}");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&profile, size))
            .connect(&driver_url)
            .await
            .expect("chromium starts");
        Self {
            client,
            driver_url,
            driver,
            _profile: profile,
        }
    }

    /// A command of the browser's own protocol.
    ///
    /// # Panics
    /// The driver does not answer.
    pub async fn commands(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let session = self.client.session_id().await.expect("a session");
        let session = session.expect("a session");
        let address = format!("{}/session/{session}/goog/cdp/execute", self.driver_url);
        let answer = crate::http::client().post(address).json(&body).send().await;
        let answer = answer.expect("the driver answers").json::<Value>().await;
        answer.expect("JSON")["value"].take()
    }

    /// Closes the browser, then its driver.
    pub async fn close(self) {
        // The driver is killed afterwards in any case.
        let _ = self.client.clone().close().await;
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // With its browser, which a story that fails has not closed. They may have ended by themselves.
        let _ = kill_process_group(Pid::from_child(&self.driver), Signal::KILL);
        let _ = self.driver.wait();
    }
}

/// How often a driver is started that ends at once: it chooses a port by its IPv4 address, and somebody may have it by the other.
const STARTS: usize = 5;

/// The driver chooses a free port and says which.
fn start_driver() -> (Child, u16) {
    for _start in 0..STARTS {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: `cargo verify` says how");
        let lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        if let Some(port) = port {
            return (driver, port);
        }
        driver.wait().expect("it has ended");
    }
    panic!("chromedriver never says its port");
}

fn capabilities(profile: &TempDir, (width, height): Size) -> Map<String, Value> {
    let arguments = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--hide-scrollbars".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
        format!("--window-size={width},{height}"),
    ];
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": arguments,
            "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "touch": true, "mobile": false } },
        },
    });
    match capabilities {
        Value::Object(capabilities) => capabilities,
        other @ (serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_)
        | serde_json::Value::Array(_)) => unreachable!("{other} is an object"),
    }
}
