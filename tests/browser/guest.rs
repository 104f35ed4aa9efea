//! A guest before the screen: they see, touch, type and wait, each by the stable names of the screen's parts.

use appliance::control::Order;
use appliance_api::DeviceKind;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tests::operator::{OPERATOR, PASSWORD};
use tests::tools::axe_core;
use tests::world::{Hub, World, until};

use tests::chromium::{Chromium, Size};

/// How far the page is wider than its window, and how much has moved by itself.
const IN_THE_WAY: &str = "\
    const done = arguments[0], root = document.documentElement;\
    let shifted = 0;\
    new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) shifted += one.value; }))\
        .observe({ type: 'layout-shift', buffered: true });\
    requestAnimationFrame(() => requestAnimationFrame(() => done({ wider: root.scrollWidth - root.clientWidth, shifted })));";

/// A guest at a kiosk that is paired with the box.
pub(crate) struct Guest {
    browser: Chromium,
}

impl Guest {
    /// A guest before a fresh kiosk.
    pub(crate) async fn arrives(world: &World, size: Size) -> Self {
        Self::arrives_at(world, size, "").await
    }

    /// A guest before a kiosk whose address has more to say, such as `&contrast=light`.
    pub(crate) async fn arrives_at(world: &World, size: Size, more: &str) -> Self {
        let guest = Self::before_a_kiosk(world, size, more).await;
        guest.sees("screen-attract").await;
        guest
    }

    /// The same, whatever the kiosk shows.
    pub(crate) async fn before_a_kiosk(world: &World, size: Size, more: &str) -> Self {
        let guest = Self::before_an_unpaired_kiosk(world, size).await;
        let code = world
            .order(Order::Pair {
                kind: DeviceKind::Kiosk,
            })
            .await
            .expect("a code");
        guest
            .opens(&format!("{}/kiosk?pair={code}{more}", world.url()))
            .await;
        guest
    }

    /// Somebody before a kiosk that the box does not know.
    pub(crate) async fn before_an_unpaired_kiosk(world: &World, size: Size) -> Self {
        Self::before(&format!("{}/kiosk", world.url()), size).await
    }

    /// Somebody before any page.
    pub(crate) async fn before(address: &str, size: Size) -> Self {
        let guest = Self {
            browser: Chromium::start(size).await,
        };
        guest.opens(address).await;
        guest
    }

    /// An operator before head office, who has signed in there by name and password.
    pub(crate) async fn at_head_office(hub: &Hub, size: Size) -> Self {
        // Chosen by the link before.
        hub.cookie().await;
        let office = Self::before(&format!("{}/head-office", hub.url()), size).await;
        office.signs_in().await;
        office
    }

    /// The same, whose browser speaks a language: `de`.
    pub(crate) async fn at_head_office_in(hub: &Hub, size: Size, language: &str) -> Self {
        hub.cookie().await;
        let address = format!("{}/head-office", hub.url());
        let office = Self::before(&address, size).await;
        let agent = office.asks_page("return navigator.userAgent", vec![]).await;
        let speaks = json!({ "userAgent": agent, "acceptLanguage": language });
        office
            .commands("Emulation.setUserAgentOverride", speaks)
            .await;
        office.opens(&address).await;
        office.finds(&format!("html[lang='{language}']")).await;
        office.signs_in().await;
        office
    }

    async fn signs_in(&self) {
        self.types("operator", OPERATOR).await;
        self.types("password", PASSWORD).await;
        self.touches("send").await;
        self.sees("head-office").await;
    }

    /// Types into a field, in the place of what stands there.
    pub(crate) async fn types(&self, name: &str, words: &str) {
        let field = self.sees(name).await;
        field.clear().await.expect("it can be cleared");
        field.send_keys(words).await.expect("it takes keys");
    }

    pub(crate) async fn opens(&self, address: &str) {
        self.client().goto(address).await.expect("the page opens");
    }

    pub(crate) fn client(&self) -> &Client {
        &self.browser.client
    }

    /// A command of the browser's own protocol.
    pub(crate) async fn commands(&self, command: &str, parameters: Value) -> Value {
        self.browser.commands(command, parameters).await
    }

    /// Waits until a part is there.
    pub(crate) async fn sees(&self, name: &str) -> Element {
        self.finds(&format!("[data-testid='{name}']")).await
    }

    /// Waits until something is there, by a CSS selector.
    pub(crate) async fn finds(&self, selector: &str) -> Element {
        until(selector, || async {
            self.client().find(Locator::Css(selector)).await.ok()
        })
        .await
    }

    /// Whether a part is there at this moment.
    pub(crate) async fn is_there(&self, name: &str) -> bool {
        let selector = format!("[data-testid='{name}']");
        self.client().find(Locator::Css(&selector)).await.is_ok()
    }

    /// Waits until a part is gone.
    pub(crate) async fn sees_no_more(&self, name: &str) {
        let selector = format!("[data-testid='{name}']");
        until(&format!("{name} goes"), || async {
            self.client().find(Locator::Css(&selector)).await.err()
        })
        .await;
    }

    /// Waits until a part has these words in it.
    pub(crate) async fn reads(&self, name: &str, words: &str) {
        let selector = format!("[data-testid='{name}']");
        until(&format!("{name} says {words:?}"), || async {
            let text = self
                .client()
                .find(Locator::Css(&selector))
                .await
                .ok()?
                .text()
                .await
                .ok()?;
            text.contains(words).then_some(())
        })
        .await;
    }

    /// The words of a part.
    pub(crate) async fn text(&self, name: &str) -> String {
        self.sees(name).await.text().await.expect("its words")
    }

    /// Touches a part as soon as it can be touched.
    pub(crate) async fn touches(&self, name: &str) {
        until(&format!("{name} can be touched"), || async {
            let part = self.sees(name).await;
            if !part.is_enabled().await.ok()? {
                return None;
            }
            part.click().await.ok()
        })
        .await;
    }

    /// Touches a part near its upper edge, for its middle lies under something else.
    pub(crate) async fn touches_upper_part_of(&self, name: &str) {
        self.sees(name).await;
        let touch = "const part = document.querySelector(`[data-testid='${arguments[0]}']`); part.scrollIntoView(); \
             const box = part.getBoundingClientRect(); document.elementFromPoint(box.x + box.width / 2, box.y + 20).click();";
        self.asks_page(touch, vec![text(name)]).await;
    }

    /// Waits until a seat looks so: `free`, `chosen`, `held`, `sold`.
    pub(crate) async fn sees_seat(&self, seat: &str, look: &str) {
        self.finds(&format!("[data-testid='seat-{seat}'][data-look='{look}']"))
            .await;
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn presses(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys {
            actions = actions
                .then(KeyAction::Down { value: *key })
                .then(KeyAction::Up { value: *key });
        }
        self.client().perform_actions(actions).await.expect("keys");
    }

    /// What a script in the page gives.
    pub(crate) async fn asks_page(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client()
            .execute(script, arguments)
            .await
            .expect("the script runs")
    }

    /// Waits until the page's own clock has gone on by so many milliseconds.
    pub(crate) async fn lets_pass(&self, milliseconds: u64) {
        let now = async || {
            let now = self.asks_page("return Math.floor(performance.now())", vec![]);
            now.await.as_u64().expect("a clock")
        };
        let end = now().await + milliseconds;
        until("the page's clock goes on", || async {
            (now().await >= end).then_some(())
        })
        .await;
    }

    /// The name of the part that the keyboard is on.
    pub(crate) async fn focus(&self) -> String {
        let name = self
            .asks_page(
                "return document.activeElement?.getAttribute('data-testid') ?? ''",
                vec![],
            )
            .await;
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until the keyboard is on a part.
    pub(crate) async fn tabs_to(&self, name: &str) {
        const TAB: char = '\u{E004}';
        for _ in 0..120 {
            if self.focus().await == name {
                return;
            }
            self.presses(&[TAB]).await;
        }
        panic!("the keyboard never reaches {name}");
    }

    /// What axe-core finds on the page as it is: impact, rule and the first place of each serious finding.
    pub(crate) async fn serious_findings(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(axe_core())
            .expect("axe-core is installed: `cargo verify` does it");
        self.client()
            .execute(&format!("{axe}; window.axe = axe;"), vec![])
            .await
            .expect("axe-core loads");
        let found = self
            .client()
            .execute_async(
                "const done = arguments[0]; axe.run().then(found => done(found.violations));",
                vec![],
            )
            .await
            .expect("axe-core runs");
        let serious =
            |finding: &&Value| matches!(finding["impact"].as_str(), Some("serious" | "critical"));
        let words = |finding: &Value| {
            format!(
                "{} {} {}",
                finding["impact"], finding["id"], finding["nodes"][0]["html"]
            )
        };
        found
            .as_array()
            .into_iter()
            .flatten()
            .filter(serious)
            .map(words)
            .collect()
    }

    /// Has the browser prefer `light` or `dark`.
    pub(crate) async fn prefers(&self, scheme: &str) {
        let preferred =
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.commands("Emulation.setEmulatedMedia", preferred).await;
    }

    /// Nothing keeps anybody from the page: axe-core finds nothing serious, it is no wider than its window, and nothing has moved after it was drawn
    /// that nobody moved.
    pub(crate) async fn finds_nothing_in_the_way(&self, of: &str) {
        let findings = self.serious_findings().await;
        assert!(findings.is_empty(), "{of}: {findings:#?}");
        let said = self.client().execute_async(IN_THE_WAY, vec![]).await;
        let said = said.expect("the page answers");
        assert_eq!(said, json!({ "wider": 0, "shifted": 0 }), "{of}");
    }

    /// Goes, and the browser is closed.
    pub(crate) async fn leaves(self) {
        self.browser.close().await;
    }
}

/// An argument for [`Guest::asks_page`].
pub(crate) fn text(text: &str) -> Value {
    json!(text)
}
