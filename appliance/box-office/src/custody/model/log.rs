//! A stream as the model sees it: each entry knows the one before it, so that an entry is a place in a history. Cheap to copy.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::custody::{Fact, Life};

#[derive(Clone)]
pub(super) struct Log(Arc<Entry>);

struct Entry {
    before: Option<Log>,
    life: Life,
    /// `None` where a stream or a generation begins.
    fact: Option<Fact>,
    length: usize,
    hash: u64,
    /// The hash of the entry with which its stream begins.
    root: u64,
}

impl Log {
    pub(super) fn begin(life: Life) -> Self {
        Self::entry(None, life, None)
    }

    pub(super) fn then(&self, life: Life, fact: Fact) -> Self {
        Self::entry(Some(self.clone()), life, Some(fact))
    }

    fn entry(before: Option<Self>, life: Life, fact: Option<Fact>) -> Self {
        let mut hasher = DefaultHasher::new();
        before.hash(&mut hasher);
        life.hash(&mut hasher);
        fact.hash(&mut hasher);
        let length = before.as_ref().map_or(0, |before| before.0.length + 1);
        let hash = hasher.finish();
        let root = before.as_ref().map_or(hash, |before| before.0.root);
        Self(Arc::new(Entry {
            before,
            life,
            fact,
            length,
            hash,
            root,
        }))
    }

    pub(super) fn fact(&self) -> Option<&Fact> {
        self.0.fact.as_ref()
    }

    pub(super) fn life(&self) -> Life {
        self.0.life
    }

    fn at_length(&self, length: usize) -> Option<&Self> {
        let mut found = self;
        while found.0.length > length {
            found = found.0.before.as_ref()?;
        }
        (found.0.length == length).then_some(found)
    }

    /// Whether it is `other`, or comes before it in the same history.
    pub(super) fn leads_to(&self, other: &Self) -> bool {
        other.at_length(self.0.length) == Some(self)
    }

    /// The entry after this one towards `head`.
    pub(super) fn next_towards(&self, head: &Self) -> Option<Self> {
        let next = head.at_length(self.0.length + 1)?;
        (next.0.before.as_ref() == Some(self)).then(|| next.clone())
    }

    /// The entries after `start`, from the first on; none if `start` is not in this history.
    pub(super) fn since(&self, start: &Self) -> Vec<Self> {
        if !start.leads_to(self) {
            return Vec::new();
        }
        let mut entries: Vec<_> = self
            .backwards()
            .take(self.0.length - start.0.length)
            .collect();
        entries.reverse();
        entries
    }

    /// Whether both are of one stream.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.0.root == other.0.root
    }

    /// The entries of this stream that none of `known` has, from the first on.
    pub(super) fn unknown_to<'a>(&self, known: impl Iterator<Item = &'a Self>) -> Vec<Self> {
        let same = known.filter(|known| known.is_of(self)).last();
        let is_new = |entry: &Self| !same.is_some_and(|same| entry.leads_to(same));
        let mut entries: Vec<_> = self.backwards().take_while(is_new).collect();
        entries.reverse();
        entries
    }

    /// Every entry, from the last to the first.
    pub(super) fn backwards(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), |entry| entry.0.before.clone())
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        (self.0.length, self.0.hash) == (other.0.length, other.0.hash)
    }
}

impl Eq for Log {}

impl PartialOrd for Log {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Log {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.length, self.0.hash).cmp(&(other.0.length, other.0.hash))
    }
}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash.hash(state);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (length, life) = (self.0.length, self.0.life.number);
        write!(f, "#{length} of life {life}: {:?}", self.0.fact)
    }
}
