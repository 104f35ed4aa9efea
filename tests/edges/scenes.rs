//! The scenes: between them they take every edge that a real box can be brought to.

mod cards;
mod cases;
mod cash;
mod late;
mod revoked;

use std::future::Future;
use std::pin::Pin;

use appliance::terminal::Payment;
use box_office::TenderId;
use tests::card_terminal::{Behaviour, Question};

use crate::stage::{PRICE_MINOR, Stage, Went, approved, declined, refunded};

type Playing<'a> = Pin<Box<dyn Future<Output = Went> + Send + 'a>>;

/// A scene: what people and the terminal do on a box.
pub struct Scene {
    pub name: String,
    play: Box<dyn for<'a> Fn(&'a Stage<'a>) -> Playing<'a> + Send + Sync>,
}

impl Scene {
    fn new(
        name: impl Into<String>,
        play: impl for<'a> Fn(&'a Stage<'a>) -> Playing<'a> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            play: Box::new(play),
        }
    }

    /// Plays it to its end, or to where it does not go on.
    pub async fn play(&self, stage: &Stage<'_>) -> Went {
        (self.play)(stage).await
    }

    /// Whether the terminal says of a payment that it has ended and takes it afterwards, which nobody can hear who has stopped asking.
    pub fn has_a_liar(&self) -> bool {
        self.name.starts_with("late: ")
    }

    /// Whether transactions fail in it by themselves, which is logged.
    pub fn makes_errors(&self) -> bool {
        self.name.contains("too late") || self.name.contains("after the time")
    }
}

/// All of them.
pub fn all() -> Vec<Scene> {
    [
        cash::scenes(),
        cards::scenes(),
        late::scenes(),
        cases::scenes(),
        revoked::scenes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Makes a scene of an async function, which may have more arguments.
macro_rules! scene {
    ($name:expr, $play:path $(, $more:ident)*) => {{
        $(let $more = Clone::clone(&$more);)*
        $crate::scenes::Scene::new($name, move |stage| {
            Box::pin($play(stage $(, Clone::clone(&$more))*))
        })
    }};
}
use scene;

/// What a terminal may say of a payment, each with its name in the table.
fn sayings() -> [(&'static str, Payment); 6] {
    [
        ("NeverHeard", Payment::Unknown),
        ("Waiting", Payment::Waiting),
        ("Captured", approved(PRICE_MINOR)),
        ("Declined", declined()),
        ("Cancelled", Payment::Cancelled),
        ("Returned", refunded(PRICE_MINOR)),
    ]
}

/// A guest at the terminal who does not pay yet, and the payment.
async fn paying(s: &Stage<'_>) -> Went<(String, TenderId)> {
    s.site.terminal.always(Behaviour::NeverAnswer);
    let hold = s.hold("D1").await?;
    let payment = at_the_terminal(s, &hold).await?;
    Ok((hold, payment))
}

/// A payment by card that the terminal has in hand.
async fn at_the_terminal(s: &Stage<'_>, hold: &str) -> Went<TenderId> {
    let payment = s.card(hold).await?;
    let has_it = || {
        let till = s.site.terminal.till();
        let mut known = till.payments.iter();
        known.any(|entry| entry.reference == payment)
    };
    s.wait_for("the terminal has it in hand", || async {
        has_it().then_some(())
    })
    .await?;
    Ok(payment)
}

/// The terminal says this of the payment from now on: by its book, where a book can say it.
fn says(s: &Stage<'_>, payment: &TenderId, said: &Payment) {
    match said {
        Payment::Unknown => {
            s.terminal_says(Question::Status, Payment::Unknown);
            s.terminal_says(Question::Pay, Payment::Unknown);
        }
        Payment::Waiting => s.terminal_says(Question::Status, Payment::Waiting),
        Payment::Approved { .. }
        | Payment::Declined { .. }
        | Payment::Cancelled
        | Payment::Refunded { .. } => s.site.terminal.becomes(payment, said.clone()),
    }
}
