use wire::{ListedKey, SecretKey};

use super::*;

fn cinema() -> CinemaId {
    "metropol".parse().unwrap()
}

fn key(seed: u8) -> KeyBytes {
    let key = SecretKey::<Tickets>::from_seed(cinema(), &[seed; 32]);
    KeyBytes::from(*key.public().as_bytes())
}

fn id(seed: u8) -> KeyId {
    KeyId::of(key(seed).as_bytes())
}

/// A list of the root with this seed: what the hub signs with, and one box.
fn list(root: u8, number: u64, hub: &[u8], stolen: &[u8]) -> (ToldKeyList, KeyList) {
    let listed = |seed: &u8| ListedKey {
        key: key(*seed),
        is_stolen: stolen.contains(seed),
    };
    let list = KeyList {
        cinema: cinema(),
        number,
        hub: hub.iter().map(listed).collect(),
        boxes: vec![listed(&100)],
        codes: vec![key(root + 100)],
    };
    let told = list.sign(&SecretKey::from_seed(cinema(), &[root; 32]));
    (told.unwrap(), list)
}

impl HubKeys {
    /// As it is read once a list was kept.
    fn take(&mut self, told: ToldKeyList, list: KeyList) {
        self.root = Some(told.root);
        self.lists.retain(|(known, _)| known.root != told.root);
        self.lists.insert(0, (told, list));
    }
}

fn ids(keys: &HubKeys) -> Vec<KeyId> {
    let all = keys.ticket_keys(&cinema());
    all.iter().map(PublicKey::id).collect()
}

#[test]
fn only_a_higher_number_of_the_root_that_counts_is_taken() {
    let mut keys = HubKeys::default();
    let (told, first) = list(1, 4, &[10], &[]);
    assert_eq!(keys.judge(&told, &first), Counts::Newer);
    keys.take(told.clone(), first.clone());
    assert_eq!(keys.newest(), Some(&told));
    let mut marked = HubKeys::default();
    let (known, stolen) = list(1, 4, &[10], &[10]);
    marked.take(known, stolen);
    let (unmarked, higher) = list(1, 9, &[11, 10], &[]);
    assert_eq!(marked.judge(&unmarked, &higher), Counts::BesideKnown);
    let judged = |(told, list): (ToldKeyList, KeyList)| keys.judge(&told, &list);
    assert_eq!(judged((told, first)), Counts::Known);
    assert_eq!(judged(list(1, 3, &[10], &[])), Counts::Known);
    assert_eq!(judged(list(1, 3, &[11], &[])), Counts::BesideKnown);
    assert_eq!(judged(list(1, 4, &[11, 10], &[])), Counts::BesideKnown);
    assert_eq!(judged(list(1, 5, &[11], &[])), Counts::BesideKnown);
    assert_eq!(judged(list(1, 5, &[11, 10], &[])), Counts::Newer);
    assert_eq!(judged(list(2, 5, &[11], &[])), Counts::OtherRoot);
}

#[test]
fn what_hubs_before_have_signed_is_believed_and_stolen_is_stolen() {
    let mut keys = HubKeys {
        told: vec![*key(9).as_bytes()],
        ..HubKeys::default()
    };
    assert_eq!(ids(&keys), [id(9)]);
    let take = |keys: &mut HubKeys, (told, list)| keys.take(told, list);
    take(&mut keys, list(1, 1, &[10], &[]));
    take(&mut keys, list(2, 1, &[20], &[100]));
    take(&mut keys, list(2, 2, &[21, 20], &[100, 20]));
    let all = [id(21), id(20), id(100), id(10), id(100), id(9)];
    assert_eq!(ids(&keys), all);
    assert!(keys.is_of_a_box(id(100)) && !keys.is_of_a_box(id(20)));
    let stolen = [9, 10, 20, 21, 100].map(|seed| keys.is_stolen(id(seed)));
    assert_eq!(stolen, [false, false, true, false, true]);
    let codes: Vec<_> = keys
        .code_keys(&cinema())
        .iter()
        .map(PublicKey::id)
        .collect();
    assert_eq!(codes, [KeyId::of(key(102).as_bytes())]);
    assert!(
        keys.ticket_keys(&"odeon".parse().unwrap()).len() == 1,
        "told"
    );
    assert_eq!(keys.code_keys(&"odeon".parse().unwrap()), []);
}
