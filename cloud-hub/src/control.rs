//! What the hub can be told by whoever is signed in on its machine. How the orders come is `service::control`'s affair.

use box_office::{CinemaId, TenderId};
pub use counter::checkout::Decision;
use serde::{Deserialize, Serialize};
use service::http::Refusal;

use crate::OperatorName;
use crate::app::App;

/// What the hub is told to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Make an enrolment code.
    Enrol {
        /// Of which cinema the box will be.
        cinema: CinemaId,
    },
    /// Revoke the keys of a box.
    Revoke {
        /// The cinema that it is of.
        cinema: CinemaId,
    },
    /// Make a link for an operator.
    Operator {
        /// Who that is.
        name: OperatorName,
    },
    /// Take away an operator's password and sessions.
    RemoveOperator {
        /// Who that is.
        name: OperatorName,
    },
    /// List the operators.
    Operators,
    /// List the payments of guests at home that wait for a person.
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
}

/// Does what was ordered; the words say what came of it, the code alone for an enrolment, the link alone for an operator.
pub(crate) async fn perform(app: &App, order: Order) -> Result<String, Refusal> {
    Ok(match order {
        Order::Enrol { cinema } => app.enrolments.new_code(cinema).await?,
        Order::Revoke { cinema } => app.enrolments.revoke(cinema).await?,
        Order::Operator { name } => app.operators.new_link(name).await?,
        Order::RemoveOperator { name } => app.operators.remove(name).await?,
        Order::Operators => app.operators.list().await?,
        Order::Cases => counter::checkout::list(&app.counter).await?,
        Order::Decide {
            payment,
            decision,
            reason,
        } => counter::checkout::decide(&app.counter, payment, decision, reason).await?,
    })
}
