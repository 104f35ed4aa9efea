use super::*;
use crate::key::hex;

fn cinema() -> CinemaId {
    "metropol".parse().unwrap()
}

fn root(seed: u8) -> SecretKey<KeyLists> {
    SecretKey::from_seed(cinema(), &[seed; 32])
}

fn key(seed: u8) -> ListedKey {
    let key = SecretKey::<Tickets>::from_seed(cinema(), &[seed; 32]);
    ListedKey {
        key: KeyBytes::from(*key.public().as_bytes()),
        is_stolen: false,
    }
}

fn id(listed: &ListedKey) -> KeyId {
    KeyId::of(listed.key.as_bytes())
}

fn list() -> KeyList {
    KeyList {
        cinema: cinema(),
        number: 3,
        hub: vec![key(2), key(1)],
        boxes: vec![ListedKey {
            is_stolen: true,
            ..key(4)
        }],
        codes: vec![key(5).key],
    }
}

#[test]
fn a_list_is_believed_by_its_root_alone_and_its_bytes_are_frozen() {
    let told = list().sign(&root(9)).unwrap();
    assert_eq!(told.read(&cinema()), Ok(list()));
    insta::assert_snapshot!(hex(&told.list.0));
    let other = ToldKeyList {
        root: KeyBytes::from(*root(8).public().as_bytes()),
        ..told.clone()
    };
    let unknown = Refusal::UnknownKey(root(9).public().id());
    assert_eq!(other.read(&cinema()), Err(unknown.into()), "another root");
    let elsewhere = "odeon".parse().unwrap();
    let of_another = Err(Refusal::OtherCinema.into());
    assert_eq!(told.read(&elsewhere), of_another, "another cinema");
    for bit in 0..told.list.0.len() * 8 {
        let mut changed = told.clone();
        changed.list.0[bit / 8] ^= 1 << (bit % 8);
        assert!(changed.read(&cinema()).is_err(), "bit {bit}");
    }
}

#[test]
fn what_signs_a_frame_signs_no_list() {
    let frames = SecretKey::<crate::Frames>::from_seed(cinema(), &[9; 32]);
    let told = ToldKeyList {
        root: KeyBytes::from(*root(9).public().as_bytes()),
        list: Blob(seal(Word::Hello, &frames, &list()).unwrap()),
    };
    assert_eq!(told.read(&cinema()), Err(Refusal::WrongSignature.into()));
}

#[test]
fn what_is_no_key_or_too_high_a_number_makes_no_list() {
    let mut weak = [0; 32];
    weak[0] = 1;
    let mut with_weak = list();
    with_weak.hub[1].key = KeyBytes::from(weak);
    let told = with_weak.sign(&root(9)).unwrap();
    assert_eq!(told.read(&cinema()), Err(NotAKey.into()));
    let mut with_weak = list();
    with_weak.codes = vec![KeyBytes::from(weak)];
    let told = with_weak.sign(&root(9)).unwrap();
    assert_eq!(told.read(&cinema()), Err(NotAKey.into()));
    let high = KeyList {
        number: 1 << 63,
        ..list()
    };
    let told = high.sign(&root(9)).unwrap();
    assert_eq!(told.read(&cinema()), Err(Refusal::Unreadable.into()));
}

#[test]
fn a_key_is_stolen_if_any_list_says_so_and_none_is_lost() {
    let mut known = list();
    let other = KeyList {
        number: 7,
        hub: vec![
            key(6),
            ListedKey {
                is_stolen: true,
                ..key(1)
            },
        ],
        boxes: vec![key(4)],
        codes: vec![key(7).key],
        ..list()
    };
    assert!(!known.has_all_of(&other) && !other.has_all_of(&known));
    known.take_in(&other);
    assert!(known.has_all_of(&other) && known.has_all_of(&list()));
    assert!(known.is_of_a_box(id(&key(4))) && !known.is_of_a_box(id(&key(1))));
    assert_eq!(known.number, 3);
    let hub: Vec<_> = known.hub.iter().map(id).collect();
    assert_eq!(hub, [id(&key(2)), id(&key(1)), id(&key(6))]);
    let stolen = [1, 2, 4, 6].map(|seed| known.is_stolen(id(&key(seed))));
    assert_eq!(stolen, [true, false, true, false]);
    assert_eq!(known.codes, [key(5).key, key(7).key]);
    assert!(!known.says_the_same(&list()));
    let again = known.clone();
    known.take_in(&other);
    assert!(known.says_the_same(&again));
}

#[test]
fn lists_say_the_same_by_their_keys_and_by_which_is_the_newest() {
    let numbered = KeyList {
        number: 8,
        ..list()
    };
    assert!(list().says_the_same(&numbered));
    let turned = KeyList {
        hub: vec![key(1), key(2)],
        ..list()
    };
    assert!(!list().says_the_same(&turned));
    let honest = KeyList {
        boxes: vec![key(4)],
        ..list()
    };
    assert!(!list().says_the_same(&honest));
}
