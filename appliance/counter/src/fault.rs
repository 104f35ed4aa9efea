//! What went wrong on our side, told apart from a refusal: it is logged and counted, and answered without a word of its inside.

use service::http::Refusal;

/// Something on our side keeps a request from being done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The database refuses.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The stream that tells the other side refuses.
    #[error("the outbox: {0}")]
    Stream(String),
    /// Nothing that the other side is told of may be done before somebody has looked.
    #[error("nothing is done here until somebody has looked")]
    Stopped,
    /// What is stored is not as the rules leave it: a conditional update found something else.
    #[error("a broken invariant: {0}")]
    Broken(String),
}

impl From<mailbox::Error> for Fault {
    fn from(error: mailbox::Error) -> Self {
        match error {
            mailbox::Error::Database(error) => Self::Database(error),
            mailbox::Error::Unfit(words) => Self::Broken(words),
            mailbox::Error::NotNow => Self::Stopped,
            mailbox::Error::Event(_)
            | mailbox::Error::NoSuchStream
            | mailbox::Error::OtherStream
            | mailbox::Error::NotKept { .. } => Self::Stream(error.to_string()),
        }
    }
}

impl Fault {
    /// Whether it is of what it was met with, which cannot go on, and not of the moment: a full disk, a busy server.
    pub(crate) fn is_of_the_thing(&self) -> bool {
        match self {
            Self::Database(error) => error.fault().is_some(),
            Self::Stopped => false,
            Self::Stream(_) | Self::Broken(_) => true,
        }
    }

    /// Whether a piece of what is stored cannot be read or is not whole, while all else can be.
    pub(crate) fn is_unreadable(&self) -> bool {
        match self {
            Self::Database(error) => error.fault() == Some("column"),
            Self::Broken(_) => true,
            Self::Stream(_) | Self::Stopped => false,
        }
    }

    /// The kind of broken invariant that it is counted as; the database counts its own.
    pub(crate) fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Database(_) | Self::Stopped => None,
            Self::Stream(_) => Some("stream"),
            Self::Broken(_) => Some("state"),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Database(error) => error.into(),
            Fault::Stopped => Self::unavailable(
                "selling_stopped",
                "Nothing is sold here until somebody has looked",
                "Not everything that was sold may be stored here. At a box `appliance status` says what is wrong and what to do, at the hub `cloud-hub cases`.",
            ),
            Fault::Stream(_) => Self::broken("stream", &fault),
            Fault::Broken(_) => Self::broken("state", &fault),
        }
    }
}

/// Gives a room's refusals their way out of a transaction: what the database or the outbox says is a fault among them.
#[macro_export]
macro_rules! with_faults {
    ($($refused:ty),* $(,)?) => {$(
        impl From<$crate::outside::DatabaseError> for $refused {
            fn from(error: $crate::outside::DatabaseError) -> Self {
                Self::Fault(error.into())
            }
        }

        impl From<$crate::outside::MailboxError> for $refused {
            fn from(error: $crate::outside::MailboxError) -> Self {
                Self::Fault(error.into())
            }
        }

        impl From<$crate::Fault> for $refused {
            fn from(fault: $crate::Fault) -> Self {
                Self::Fault(fault)
            }
        }

        impl std::fmt::Display for $refused {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self:?}")
            }
        }

        impl $crate::outside::IntoResponse for $refused {
            fn into_response(self) -> $crate::outside::Response {
                $crate::outside::Refusal::from(self).into_response()
            }
        }
    )*};
}
pub(crate) use with_faults;
