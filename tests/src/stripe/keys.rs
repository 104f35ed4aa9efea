//! Idempotency keys, as Stripe has them: the first answer under a key is the answer, whoever asks again gets it, another question under the same
//! key is refused, and so is the same one while it is being answered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    are_forgotten: bool,
    by_key: HashMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    question: String,
    /// Nothing while it is being answered.
    answer: Option<(u16, Value)>,
}

/// What a key says.
#[derive(Debug, PartialEq)]
pub(super) enum Says {
    /// It is new: do it.
    New,
    /// This was answered, or is refused.
    Answer(u16, Value),
}

impl Keys {
    /// Whether keys are known at all.
    pub(super) fn set_known(&self, are_known: bool) {
        self.known().are_forgotten = !are_known;
    }

    /// A question under a key.
    pub(super) fn ask(&self, key: &str, question: &str) -> Says {
        let mut known = self.known();
        if known.are_forgotten {
            return Says::New;
        }
        let wrong = |kind: &str, code: &str| json!({ "error": { "type": kind, "code": code } });
        match known.by_key.get(key) {
            None => {
                let kept = Kept {
                    question: question.to_owned(),
                    answer: None,
                };
                known.by_key.insert(key.to_owned(), kept);
                Says::New
            }
            Some(kept) if kept.question != question => {
                Says::Answer(400, wrong("idempotency_error", "idempotency_error"))
            }
            Some(Kept { answer: None, .. }) => {
                Says::Answer(409, wrong("idempotency_error", "idempotency_key_in_use"))
            }
            Some(Kept {
                answer: Some((status, body)),
                ..
            }) => Says::Answer(*status, body.clone()),
        }
    }

    /// It is answered.
    pub(super) fn keep(&self, key: &str, answer: (u16, Value)) {
        if let Some(kept) = self.known().by_key.get_mut(key) {
            kept.answer = Some(answer);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
