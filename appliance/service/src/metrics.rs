//! The numbers behind `/metrics`, in the OpenMetrics text format, counted where the answer is given.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
pub use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
pub use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

/// What a request is counted by: the route and not the address, a method that we know or `other`, so that whoever asks chooses no row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

/// The label of a named gauge.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    state: String,
}

/// What a broken invariant is counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Broken {
    kind: &'static str,
}

/// The methods that are counted each by itself; HTTP lets whoever asks invent others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Every kind, so that none begins to be there when it first happens: what is stored was not as the rules leave it, a stream refused, and
/// the faults of [`database::Error::fault`].
const BROKEN: [&str; 6] = [
    "state",
    "stream",
    "conflict",
    "column",
    "statement",
    "panic",
];

/// The registry of a process. Clones share it.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Mutex<Registry>,
    answers: Family<Answer, Counter>,
    seconds: Histogram,
    broken: Family<Broken, Counter>,
    refresh: Mutex<Vec<Refresh>>,
}

struct Refresh(Box<dyn Fn() + Send>);

impl std::fmt::Debug for Refresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Refresh")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("foyer");
        let answers = Family::<Answer, Counter>::default();
        registry.register(
            "http_answers",
            "Answers given, by method, route and status",
            answers.clone(),
        );
        let seconds = Histogram::new([
            0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
        ]);
        registry.register(
            "http_answer_seconds",
            "Time from a request's head to its answer's head",
            seconds.clone(),
        );
        let broken = Family::<Broken, Counter>::default();
        for kind in BROKEN {
            drop(broken.get_or_create(&Broken { kind }));
        }
        registry.register(
            "broken_invariants",
            "Faults of ours, in answers and in background work: what is stored or done is not as the rules leave it",
            broken.clone(),
        );
        Self(Arc::new(Inner {
            registry: Mutex::new(registry),
            answers,
            seconds,
            broken,
            refresh: Mutex::default(),
        }))
    }
}

impl Metrics {
    /// Counts an answer; `route` is a pattern of the router's and no address.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let answer = Answer {
            method: METHODS
                .into_iter()
                .find(|known| *known == method)
                .unwrap_or("other"),
            route: route.to_owned(),
            status,
        };
        self.0.answers.get_or_create(&answer).inc();
        self.0.seconds.observe(took.as_secs_f64());
    }

    /// Counts a broken invariant, where it is answered or logged.
    pub fn broke(&self, kind: &'static str) {
        self.broken(kind).inc();
    }

    /// The counter of a kind of broken invariant.
    pub(crate) fn broken(&self, kind: &'static str) -> Counter {
        self.0.broken.get_or_create(&Broken { kind }).clone()
    }

    /// Shows numbers that are kept elsewhere.
    pub(crate) fn register(&self, name: &str, help: &str, numbers: impl Metric) {
        self.registry(|registry| registry.register(name, help, numbers));
    }

    /// A new gauge: a number that goes up and down.
    pub fn gauge(&self, name: &str, help: &str) -> Gauge {
        let gauge = Gauge::default();
        self.registry(|registry| registry.register(name, help, gauge.clone()));
        gauge
    }

    /// A new counter; `_total` is added to its name.
    pub fn counter(&self, name: &str, help: &str) -> Counter {
        let counter = Counter::default();
        self.registry(|registry| registry.register(name, help, counter.clone()));
        counter
    }

    /// A state that is one of `names`: a gauge for each, of which [`State::set`] makes one 1 and the others 0.
    pub fn state(&self, name: &str, help: &str, names: &'static [&'static str]) -> State {
        let family = Family::<Of, Gauge>::default();
        self.registry(|registry| registry.register(name, help, family.clone()));
        State { family, names }
    }

    /// Calls `refresh` each time somebody asks, before the numbers are written.
    pub fn before_each_reading(&self, refresh: impl Fn() + Send + 'static) {
        self.0
            .refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Refresh(Box::new(refresh)));
    }

    /// Everything, as OpenMetrics text.
    pub fn text(&self) -> String {
        for refresh in self
            .0
            .refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            (refresh.0)();
        }
        let mut text = String::new();
        let written = self.registry(|registry| encode(&mut text, registry));
        if let Err(error) = written {
            tracing::error!(%error, "the metrics could not be written");
        }
        text
    }

    fn registry<T>(&self, work: impl FnOnce(&mut Registry) -> T) -> T {
        work(
            &mut self
                .0
                .registry
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// See [`Metrics::state`].
#[derive(Clone, Debug)]
pub struct State {
    family: Family<Of, Gauge>,
    names: &'static [&'static str],
}

impl State {
    /// Makes `name` the one that is.
    pub fn set(&self, name: &str) {
        self.count(|each| i64::from(each == name));
    }

    /// Where many things each are in one of the states: how many of them are in each.
    pub fn count(&self, how_many: impl Fn(&str) -> i64) {
        for each in self.names {
            let state = (*each).to_owned();
            self.family.get_or_create(&Of { state }).set(how_many(each));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_states_are_written() {
        let metrics = Metrics::default();
        let state = metrics.state("printer", "The printer", &["ready", "paper_out"]);
        metrics.before_each_reading(move || state.set("paper_out"));
        metrics.answered("GET", "/healthz", 200, Duration::from_millis(1));
        let text = metrics.text();
        assert!(
            text.contains(
                r#"foyer_http_answers_total{method="GET",route="/healthz",status="200"} 1"#
            ),
            "{text}"
        );
        assert!(
            text.contains(r#"foyer_printer{state="paper_out"} 1"#)
                && text.contains(r#"{state="ready"} 0"#),
            "{text}"
        );
    }
}
