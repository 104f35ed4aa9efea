//! A connection that ends is no error of the broker that runs in the hub: a box loses its power, a cable is pulled. The link says so itself.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// Where the broker tells of its connections, each that was not closed in order as an error.
const BROKER: &str = "rumqttd";

/// Leaves out that a peer of the broker has gone.
#[derive(Debug)]
pub(super) struct PeersThatGo;

impl<S> Filter<S> for PeersThatGo {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let (of, _) = (event.metadata().target())
            .split_once("::")
            .unwrap_or_default();
        if of != BROKER {
            return true;
        }
        let mut says = Says { is_gone: false };
        event.record(&mut says);
        !says.is_gone
    }
}

struct Says {
    is_gone: bool,
}

impl Visit for Says {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.is_gone |= field.name() == "message" && format!("{value:?}") == "disconnected";
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::Subscriber;
    use tracing_subscriber::layer::{Layer, SubscriberExt as _};
    use tracing_subscriber::registry;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<u32>>);

    impl<S: Subscriber> Layer<S> for Written {
        fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
            *self.0.lock().unwrap() += 1;
        }
    }

    #[test]
    fn only_a_connection_that_ends_is_left_out() {
        let written = Written::default();
        let subscriber = registry().with(written.clone().with_filter(PeersThatGo));
        let count = || *written.0.lock().unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: concat!("rumqttd", "::server"), error = "reset", "disconnected");
            assert_eq!(count(), 0);
            tracing::error!(target: concat!("rumqttd", "::server"), "Unable to accept socket.");
            tracing::error!("disconnected");
            assert_eq!(count(), 2);
        });
    }
}
