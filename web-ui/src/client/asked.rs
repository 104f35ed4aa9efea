//! Answers to what a page has asked before its program was there (`storefront/first_questions.js`).

use js_sys::{Map, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::request::BEFORE;

/// From here on a question that the page has asked already is not asked again: the first who asks has its answer, and nobody after them.
pub fn before() {
    // Only fails where it was said already.
    let _ = BEFORE.set(take);
}

fn take(method: &str, path: &str) -> Option<Promise> {
    let answers = Reflect::get(&js_sys::global(), &"firstAnswers".into()).ok()?;
    let answers: Map = answers.dyn_into().ok()?;
    let name = JsValue::from(format!("{method} {path}"));
    let answer = answers.get(&name).dyn_into().ok()?;
    answers.delete(&name);
    Some(answer)
}
