use wire::{SecretKey, Tickets};

use super::*;
use crate::migrations::MIGRATIONS;

fn metropol() -> CinemaId {
    "metropol".parse().unwrap()
}

fn seeds(later: &[u8]) -> Seeds {
    let mut seeds = Seeds::from(service::seed::Seeds {
        frame: [1; 32],
        ticket: [2; 32],
    });
    let of = |(nth, seed): (u32, &u8)| TicketSeedFile {
        nth,
        seed: [*seed; 32],
        is_stolen: false,
    };
    seeds.later = (2..).zip(later).map(of).collect();
    seeds
}

fn down() -> StreamKey {
    let life = wire::Generation::first(wire::Nonce::from([7; 16]));
    StreamKey::down(metropol(), life)
}

/// The key of the hub that grows from this seed.
fn own_key(seed: u8) -> KeyBytes {
    let signer = TicketSeed::OfEach([seed; 32]).signer(&metropol());
    KeyBytes::from(*signer.public().as_bytes())
}

/// The key of a box.
fn of_box(seed: u8) -> KeyBytes {
    let key = SecretKey::<Tickets>::from_seed(metropol(), &[seed; 32]);
    KeyBytes::from(*key.public().as_bytes())
}

struct House {
    database: Database,
    lists: KeyLists,
    folder: tempfile::TempDir,
}

impl House {
    async fn open(seeds: Seeds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = database::Options::default();
        let file = folder.path().join("hub.db");
        let database = Database::open(&file, MIGRATIONS, options).unwrap();
        let lists = KeyLists::open(&database, (folder.path(), seeds)).await;
        Self {
            lists: lists.unwrap(),
            database,
            folder,
        }
    }

    async fn box_comes(&self, device: &'static str, seed: u8) -> KeyList {
        let (lists, key) = (self.lists.clone(), of_box(seed));
        let coming = self.database.write(Scope::Nothing, move |tx| {
            tx.execute("DELETE FROM box", &[])?;
            tx.execute(
                "INSERT INTO box (cinema, device, frame_key, ticket_key, incarnation, incarnation_random, enrolled_ms) \
                 VALUES ('metropol', $1, $2, $2, 1, $3, 0)",
                database::params![device, key.as_bytes(), &[0_u8; 16]],
            )?;
            lists.bring_up_to_date(tx, &metropol())
        });
        let told: Result<_, database::Error> = coming.await;
        told.unwrap().read(&metropol()).unwrap()
    }

    async fn hears(&self, told: &ToldKeyList) -> Heard {
        let (lists, told) = (self.lists.clone(), told.clone());
        let scope = Scope::of("cinema", "metropol");
        let hearing = self.database.write(scope, move |tx| {
            lists.hear(tx, (&metropol(), &down()), &told)
        });
        hearing.await.unwrap()
    }

    async fn newest(&self) -> (ToldKeyList, KeyList) {
        let lists = self.lists.clone();
        let reading = self.database.read(move |db| lists.newest(db, &metropol()));
        let told = reading.await.unwrap().unwrap();
        let list = told.read(&metropol()).unwrap();
        (told, list)
    }

    /// The hub's stream ends at `written`, and the box has acknowledged so much of it.
    async fn stream_is(&self, written: i64, acknowledged: i64) {
        let moving = self.database.write(Scope::Nothing, move |tx| {
            stream::open(tx, &down())?;
            let sql = "UPDATE stream SET seq = $1, acknowledged_seq = $2";
            tx.execute(sql, database::params![written, acknowledged])?;
            Ok::<_, mailbox::Error>(())
        });
        moving.await.unwrap();
    }

    async fn tells_what_is_stolen(&self) -> bool {
        let lists = self.lists.clone();
        let telling = self.database.write(Scope::Nothing, move |tx| {
            lists.tell_what_is_stolen(tx, (&metropol(), &down()))
        });
        telling.await.unwrap()
    }

    async fn writes(
        &self,
        how: impl Fn(&KeyLists, &mut Tx<'_>) -> Result<ToldKeyList, database::Error> + Send + 'static,
    ) -> KeyList {
        let lists = self.lists.clone();
        let writing = (self.database).write(Scope::Nothing, move |tx| how(&lists, tx));
        writing.await.unwrap().read(&metropol()).unwrap()
    }

    fn signs_with(&self) -> KeyBytes {
        KeyBytes::from(*self.lists.signer(&metropol()).public().as_bytes())
    }

    /// Its list under another number, with other keys, as the hub of another time has signed it.
    async fn another(&self, change: impl FnOnce(&mut KeyList)) -> ToldKeyList {
        let (_, mut list) = self.newest().await;
        change(&mut list);
        list.sign(&keys::root(&[1; 32], &metropol())).unwrap()
    }
}

fn hub_keys(list: &KeyList) -> Vec<(KeyBytes, bool)> {
    (list.hub.iter()).map(|it| (it.key, it.is_stolen)).collect()
}

#[tokio::test]
async fn a_list_is_new_only_where_it_says_something_new() {
    let house = House::open(seeds(&[])).await;
    let first = house.box_comes("box-1", 10).await;
    assert_eq!(
        (first.number, hub_keys(&first)),
        (1, vec![(own_key(2), false)])
    );
    assert_eq!(house.box_comes("box-1", 10).await, first);
    let second = house.box_comes("box-2", 11).await;
    assert_eq!(second.number, 2);
    let boxes: Vec<_> = second.boxes.iter().map(|it| it.key).collect();
    assert_eq!(boxes, [of_box(11), of_box(10)], "whatever was in it stays");
    let stolen = house
        .writes(|lists, tx| lists.mark_stolen(tx, &metropol(), &of_box(10)))
        .await;
    assert_eq!(stolen.number, 3);
    assert_eq!(
        stolen
            .boxes
            .iter()
            .map(|it| it.is_stolen)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let again = house
        .writes(|lists, tx| lists.mark_stolen(tx, &metropol(), &of_box(10)))
        .await;
    assert_eq!(again, stolen);
}

#[tokio::test]
async fn a_new_key_signs_once_the_box_has_told_a_list_with_it() {
    let house = House::open(seeds(&[])).await;
    house.box_comes("box-1", 10).await;
    let (before, _) = house.newest().await;
    assert_eq!(house.hears(&before).await, Heard::Acknowledged);
    let file = house.lists.grow_ticket_key(false, &Random::seeded(5));
    assert_eq!(file.unwrap(), "ticket-2.key");
    let renewed = house
        .writes(|lists, tx| lists.bring_up_to_date(tx, &metropol()))
        .await;
    assert_eq!(renewed.number, 2);
    assert_eq!(hub_keys(&renewed)[1], (own_key(2), false));
    assert_eq!(house.signs_with(), own_key(2));
    assert_eq!(house.hears(&before).await, Heard::Nothing);
    assert_eq!(house.signs_with(), own_key(2), "the box has the one before");
    let (told, _) = house.newest().await;
    assert_eq!(house.hears(&told).await, Heard::Acknowledged);
    assert_eq!(house.signs_with(), renewed.hub[0].key);
}

#[tokio::test]
async fn what_a_box_knows_of_a_forgotten_time_is_taken_in_and_goes_on_from_there() {
    let house = House::open(seeds(&[20])).await;
    house.box_comes("box-1", 10).await;
    // All of it, and more: nothing is to be told back.
    let all = house
        .another(|list| {
            list.number = 9;
            list.hub[1].is_stolen = true;
        })
        .await;
    assert_eq!(house.hears(&all).await, Heard::Acknowledged);
    let (told, list) = house.newest().await;
    assert_eq!((told, list.number), (all, 9));
    assert_eq!(house.signs_with(), own_key(20));
    // What was signed here since, under the same number, is not lost.
    let beside = house
        .another(|list| list.hub.retain(|it| it.key != own_key(20)))
        .await;
    let lower = house
        .another(|list| {
            list.number = 4;
            list.boxes.push(listed(of_box(12)));
        })
        .await;
    assert_eq!(house.hears(&beside).await, Heard::MustHear);
    let (_, list) = house.newest().await;
    assert_eq!(list.number, 10);
    assert_eq!(hub_keys(&list), [(own_key(20), false), (own_key(2), true)]);
    assert_eq!(house.signs_with(), own_key(2), "the box knows no other");
    assert_eq!(house.hears(&lower).await, Heard::MustHear);
    let (_, list) = house.newest().await;
    assert_eq!((list.number, list.boxes.len()), (11, 2));
    let higher = house
        .another(|list| {
            list.number = 30;
            list.boxes.clear();
        })
        .await;
    assert_eq!(house.hears(&higher).await, Heard::MustHear);
    let (_, list) = house.newest().await;
    assert_eq!((list.number, list.boxes.len()), (31, 2));
}

fn listed(key: KeyBytes) -> ListedKey {
    ListedKey {
        key,
        is_stolen: false,
    }
}

#[tokio::test]
async fn that_a_key_is_stolen_is_told_last() {
    let house = House::open(seeds(&[])).await;
    house.box_comes("box-1", 10).await;
    let (before, _) = house.newest().await;
    house.stream_is(7, 7).await;
    assert_eq!(house.hears(&before).await, Heard::Acknowledged);
    house
        .lists
        .grow_ticket_key(true, &Random::seeded(5))
        .unwrap();
    let renewed = house
        .writes(|lists, tx| lists.bring_up_to_date(tx, &metropol()))
        .await;
    assert_eq!(hub_keys(&renewed)[1], (own_key(2), false));
    assert!(!house.tells_what_is_stolen().await, "it has no other key");
    let (told, _) = house.newest().await;
    house.stream_is(9, 7).await;
    assert_eq!(house.hears(&told).await, Heard::Acknowledged);
    assert_ne!(house.signs_with(), own_key(2));
    house.stream_is(11, 8).await;
    assert!(!house.tells_what_is_stolen().await, "9 was before it");
    house.stream_is(11, 9).await;
    assert!(house.tells_what_is_stolen().await);
    let (told, list) = house.newest().await;
    assert_eq!((list.number, hub_keys(&list)[1]), (3, (own_key(2), true)));
    assert!(!list.hub[0].is_stolen);
    assert!(!house.tells_what_is_stolen().await, "it is told");
    assert_eq!(house.hears(&told).await, Heard::Acknowledged);

    // Nobody has bought with it at a cinema that comes after it.
    let odeon: CinemaId = "odeon".parse().unwrap();
    let (lists, of) = (house.lists.clone(), odeon.clone());
    let coming = (house.database).write(Scope::Nothing, move |tx| lists.bring_up_to_date(tx, &of));
    let list = coming.await.unwrap().read(&odeon).unwrap();
    let marks: Vec<_> = list.hub.iter().map(|it| it.is_stolen).collect();
    assert_eq!(marks, [false, true]);
    let signer = house.lists.signer(&odeon);
    assert_eq!(signer.public().as_bytes(), list.hub[0].key.as_bytes());

    // The mark lies beside the file, and where it does not the list of any cinema tells it.
    let mark = house.folder.path().join("ticket.stolen");
    std::fs::remove_file(&mark).unwrap();
    let mut copied = house.lists.0.seeds.read().clone();
    copied.first.is_stolen = false;
    let untold = KeyList {
        cinema: "apollo".parse().unwrap(),
        number: 1,
        hub: own(&copied, &"apollo".parse().unwrap())
            .map(|(signer, _)| listed(bytes(&signer)))
            .collect(),
        ..list
    };
    let told = untold.sign(&keys::root(&[1; 32], &untold.cinema)).unwrap();
    let storing = house.database.write(Scope::Nothing, move |tx| {
        store::put(tx, &"apollo".parse().unwrap(), (1, &told))
    });
    storing.await.unwrap();
    let folder = house.folder.path();
    let again = KeyLists::open(&house.database, (folder, copied)).await;
    let again = again.unwrap();
    let key = KeyId::of(own_key(2).as_bytes());
    assert!(again.is_stolen(&metropol(), key) && mark.exists());
    assert!(
        again.has_untold(&untold.cinema),
        "before it in the alphabet"
    );
}

#[tokio::test]
async fn what_a_box_tells_of_a_stolen_key_every_cinema_is_to_hear() {
    let house = House::open(seeds(&[20])).await;
    house.box_comes("box-1", 10).await;
    let odeon: CinemaId = "odeon".parse().unwrap();
    let (lists, of) = (house.lists.clone(), odeon.clone());
    let coming = (house.database).write(Scope::Nothing, move |tx| lists.bring_up_to_date(tx, &of));
    coming.await.unwrap();
    assert!(!house.lists.has_untold(&odeon));
    let told = house
        .another(|list| {
            list.number = 9;
            list.hub[1].is_stolen = true;
        })
        .await;
    assert_eq!(house.hears(&told).await, Heard::Acknowledged);
    assert!(house.lists.has_untold(&odeon));
    assert!(house.folder.path().join("ticket.stolen").exists());
}

#[tokio::test]
async fn before_a_box_is_known_to_have_a_list_its_key_of_before_signs_whoever_has_it() {
    let house = House::open(seeds(&[])).await;
    house.box_comes("box-1", 10).await;
    let grown = house.lists.grow_ticket_key(true, &Random::seeded(5));
    grown.unwrap();
    assert_eq!(house.signs_with(), own_key(2));
    house
        .writes(|lists, tx| lists.bring_up_to_date(tx, &metropol()))
        .await;
    assert_eq!(house.signs_with(), own_key(2), "the box may know no other");
}

#[tokio::test]
async fn in_another_life_of_the_hub_all_of_it_is_heard_before_a_key_is_called_stolen() {
    let house = House::open(seeds(&[])).await;
    house.box_comes("box-1", 10).await;
    let (before, _) = house.newest().await;
    house.stream_is(3, 3).await;
    house.hears(&before).await;
    let grown = house.lists.grow_ticket_key(true, &Random::seeded(5));
    grown.unwrap();
    house
        .writes(|lists, tx| lists.bring_up_to_date(tx, &metropol()))
        .await;
    let (told, _) = house.newest().await;
    house.stream_is(4, 3).await;
    house.hears(&told).await;
    let beginning = house.database.write(Scope::Nothing, KeyLists::begin_anew);
    beginning.await.unwrap();
    house.stream_is(8, 7).await;
    assert!(!house.tells_what_is_stolen().await);
    house.stream_is(8, 8).await;
    assert!(house.tells_what_is_stolen().await);
}

#[tokio::test]
async fn a_new_file_is_named_after_none_that_is_missing() {
    let house = House::open(seeds(&[20, 21])).await;
    house.box_comes("box-1", 10).await;
    let random = Random::seeded(5);
    assert_eq!(
        house.lists.grow_ticket_key(false, &random).unwrap(),
        "ticket-4.key"
    );
    assert_eq!(
        house.lists.grow_ticket_key(false, &random).unwrap(),
        "ticket-5.key"
    );
    let (folder, five) = (house.folder.path(), "ticket-5.key");
    std::fs::rename(folder.join(five), folder.join("ticket-9.stolen")).unwrap();
    assert_eq!(
        house.lists.grow_ticket_key(false, &random).unwrap(),
        "ticket-10.key"
    );
}

#[tokio::test]
async fn a_box_that_comes_in_the_place_of_another_is_signed_for_with_what_any_box_knows() {
    let house = House::open(seeds(&[20])).await;
    house.box_comes("box-1", 10).await;
    let (told, _) = house.newest().await;
    house.hears(&told).await;
    assert_eq!(house.signs_with(), own_key(20));
    let list = house
        .writes(|lists, tx| {
            lists.box_leaves(tx, &metropol())?;
            lists.bring_up_to_date(tx, &metropol())
        })
        .await;
    assert_eq!((list.number, house.signs_with()), (1, own_key(2)));
    house.hears(&told).await;
    assert_eq!(house.signs_with(), own_key(20));
    // A stolen key signs only where no other is.
    house.lists.0.seeds.write().later[0].is_stolen = true;
    house.hears(&told).await;
    assert_eq!(house.signs_with(), own_key(2));
}

#[tokio::test]
async fn what_another_root_has_signed_counts_for_nothing() {
    let house = House::open(seeds(&[])).await;
    house.box_comes("box-1", 10).await;
    let before = house.newest().await;
    let (_, mut list) = before.clone();
    list.number = 5;
    let of_another = list.sign(&keys::root(&[4; 32], &metropol())).unwrap();
    assert_eq!(house.hears(&of_another).await, Heard::Nothing);
    let mut damaged = list.sign(&keys::root(&[1; 32], &metropol())).unwrap();
    damaged.list.0[20] ^= 1;
    assert_eq!(house.hears(&damaged).await, Heard::Nothing);
    assert_eq!(house.newest().await, before);
}

#[tokio::test]
async fn without_the_newest_file_the_first_key_signs() {
    let house = House::open(seeds(&[20])).await;
    house.box_comes("box-1", 10).await;
    let (told, _) = house.newest().await;
    house.hears(&told).await;
    let open = async |seeds: Seeds| {
        let opened = KeyLists::open(&house.database, (Path::new("/nowhere"), seeds)).await;
        opened.map(|lists| KeyBytes::from(*lists.signer(&metropol()).public().as_bytes()))
    };
    assert_eq!(open(seeds(&[20])).await.unwrap(), own_key(20));
    // Without the newest it signs with an older one, which the box has as well.
    assert_eq!(open(seeds(&[])).await.unwrap(), own_key(2));
    let (_, list) = house.newest().await;
    assert_eq!((list.number, list.hub[0].key), (2, own_key(2)));
    // One that comes to it is in the next list, and signs nothing before the box has that.
    assert_eq!(open(seeds(&[20, 21])).await.unwrap(), own_key(20));
    let (_, list) = house.newest().await;
    assert_eq!((list.number, list.hub[0].key), (3, own_key(21)));
}
