//! A guest who cannot see: a program reads the accessibility tree to them, and touches what they name by its role and its name. No class,
//! no test id: what has no role and no name is not there for them.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};
use tests::world::until;

use crate::guest::Guest;

/// Something of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) role: String,
    pub(crate) name: String,
    is_disabled: bool,
    id: i64,
}

impl Guest {
    /// All that a program reads on the page, from top to bottom.
    pub(crate) async fn hears_all(&self) -> Vec<Node> {
        let tree = self
            .commands("Accessibility.getFullAXTree", json!({}))
            .await;
        let nodes = tree["nodes"].as_array().into_iter().flatten();
        nodes.filter_map(node).collect()
    }

    /// Waits until the page has something of this role whose name has these words in it.
    pub(crate) async fn hears(&self, role: &str, words: &str) -> Node {
        until(&format!("{role} {words:?} is read"), || async {
            let all = self.hears_all().await;
            let found = |node: &Node| node.role == role && node.name.contains(words);
            all.into_iter().find(found)
        })
        .await
    }

    /// Does what is done by default with what is called so, as soon as it can be done.
    pub(crate) async fn does(&self, role: &str, words: &str) {
        let touched = "function() { this.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })) }";
        let node = until(&format!("{role} {words:?} can be used"), || async {
            let node = self.hears(role, words).await;
            (!node.is_disabled).then_some(node)
        })
        .await;
        let resolved = json!({ "backendNodeId": node.id });
        let resolved = self.commands("DOM.resolveNode", resolved).await;
        let call =
            json!({ "functionDeclaration": touched, "objectId": resolved["object"]["objectId"] });
        self.commands("Runtime.callFunctionOn", call).await;
    }

    /// What the keyboard is on.
    pub(crate) async fn hears_focus(&self) -> Node {
        let active = json!({ "expression": "document.activeElement" });
        let active = self.commands("Runtime.evaluate", active).await;
        let asked = json!({ "objectId": active["result"]["objectId"], "fetchRelatives": false });
        let tree = self.commands("Accessibility.getPartialAXTree", asked).await;
        node(&tree["nodes"][0]).unwrap_or(Node {
            role: "none".into(),
            name: String::new(),
            is_disabled: false,
            id: 0,
        })
    }

    /// Waits until the keyboard is on what is called so.
    pub(crate) async fn has_focus_on(&self, role: &str, words: &str) {
        until(&format!("the keyboard is on {role} {words:?}"), || async {
            let node = self.hears_focus().await;
            (node.role == role && node.name.contains(words)).then_some(())
        })
        .await;
    }

    /// Presses Tab until the keyboard is on what is called so.
    pub(crate) async fn tabs_on_to(&self, role: &str, words: &str) {
        const TAB: char = '\u{E004}';
        let mut met = Vec::new();
        for _ in 0..60 {
            self.presses(&[TAB]).await;
            let node = self.hears_focus().await;
            if node.role == role && node.name.contains(words) {
                return;
            }
            met.push((node.role, node.name));
        }
        panic!("the keyboard never reaches {role} {words:?}, only {met:#?}");
    }

    /// Presses a key with the control key.
    pub(crate) async fn presses_with_control(&self, key: char) {
        const CONTROL: char = '\u{E009}';
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: CONTROL });
        self.client().perform_actions(keys).await.expect("keys");
    }
}

/// A node that is read, out of the tree.
fn node(raw: &Value) -> Option<Node> {
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    if raw["ignored"] == true {
        return None;
    }
    let properties = raw["properties"].as_array().into_iter().flatten();
    let mut disabled = properties.filter(|property| property["name"] == "disabled");
    Some(Node {
        role: text(&raw["role"]),
        name: text(&raw["name"]),
        is_disabled: disabled.any(|property| property["value"]["value"] == true),
        id: raw["backendDOMNodeId"].as_i64()?,
    })
}
