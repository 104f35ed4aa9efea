use database::Options;
use wire::Hash;

use super::stop::{NUMBERS_OF_NOBODY_KNOWS, SALES_OF_A_COMMIT};
use super::*;
use crate::app::{App, Surroundings};
use crate::control::{self, Consent, Order};
use crate::migrations::MIGRATIONS;

fn position(seq: u64) -> Position {
    Position {
        seq,
        hash: Hash::from([seq.to_le_bytes()[0]; 32]),
    }
}

#[test]
fn all_that_is_wrong_is_named_and_the_most_numbers_are_passed_over() {
    let behind = Stop::Doubt(Doubt::Behind { commits: 1 });
    let found = [behind.clone(), Stop::Chain(3), Stop::Hub(position(7))];
    let words = words(&found);
    for wrong in [
        "the last 1 answered changes are missing",
        "damaged after event 3",
        "the hub knows event 7",
    ] {
        assert!(words.contains(wrong), "{wrong} in {words}");
    }
    // Whoever puts a copy back is told once what it costs, and how no number is given twice.
    for told in [
        "sold after a copy was made is gone",
        "accept-loss --set-back",
        "appliance cases",
    ] {
        assert_eq!(words.matches(told).count(), 1, "{told} in {words}");
    }
    assert_eq!(numbers(&found), NUMBERS_OF_NOBODY_KNOWS);
    assert_eq!(numbers(&[behind]), SALES_OF_A_COMMIT);
}

#[tokio::test]
async fn only_what_was_found_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("box.db");
    let database = Database::open(&file, MIGRATIONS, Options::default()).unwrap();
    let machine = Machine::system(Default::default());
    let proof = Proof::open(database.clone(), machine.clone())
        .await
        .unwrap();
    let (shown, later) = (position(7), position(9));
    proof.hub_knows_more(shown);
    *proof.0.broken_after.lock() = Some(3);
    let found = proof.found();
    assert_eq!(found, [Stop::Chain(3), Stop::Hub(shown)]);
    assert_eq!(proof.stops(), Some(Stopped::All));
    // The hub says more while a person decides.
    proof.hub_knows_more(later);
    let _due = proof.clone().keep_due(Duration::ZERO).await;
    let reason = "the hall was counted".to_owned();
    proof.write_down(None, &found, reason).await.unwrap();
    assert_eq!(proof.found(), [Stop::Hub(later)]);
    assert_eq!(proof.stops(), Some(Stopped::New));
    let anew = Proof::open(database, machine).await.unwrap();
    assert_eq!(anew.found(), [Stop::Hub(later)]);
    anew.accept(None, "it was counted again").await.unwrap();
    assert_eq!(anew.stops(), None);
    let nothing = anew.accept(None, "once more").await;
    assert_eq!(nothing, Err(AcceptRefused::NothingMissing));
}

#[test]
fn a_mark_that_cannot_be_written_misses_nothing_and_names_its_way_out() {
    let found = [Stop::Doubt(Doubt::Unmarked(
        "/media/stick: full".to_owned(),
    ))];
    assert_eq!(numbers(&found), 0);
    let words = words(&found);
    for told in ["/media/stick: full", "mark_folder", "Nothing is missing"] {
        assert!(words.contains(told), "{told} in {words}");
    }
    let refusal: Refusal = AcceptRefused::Unkept("/media/stick: full".to_owned()).into();
    let said = format!("{refusal:?}");
    assert!(
        said.contains("/media/stick: full") && said.contains("mark_folder"),
        "{said}"
    );
    assert!(
        !said.contains("is broken") && !said.contains("empty folder"),
        "{said}"
    );
}

/// Accepting a loss helps nobody whose amounts another version has counted otherwise.
#[tokio::test]
async fn what_another_version_has_stored_names_its_way_out() {
    use service::process::Process as _;
    let folder = tempfile::tempdir().unwrap();
    let settings = || -> crate::Config {
        let settings = serde_json::json!({ "data": { "folder": folder.path() } });
        serde_json::from_value(settings).unwrap()
    };
    let machine = || Machine::system(Default::default());
    let app = App::open(settings(), machine()).await.unwrap();
    let database = app.database().clone();
    let writing = database.write(database::Scope::Nothing, |tx| {
        tx.execute("INSERT INTO former_digits (currency) VALUES ('RWF')", &[])
    });
    let written: Result<_, database::Error> = writing.await;
    assert_eq!(written, Ok(1));
    drop(app);
    database.close().await;
    let refused = App::open(settings(), machine()).await.map(drop);
    let words = refused.unwrap_err().to_string();
    for told in [
        "amounts in RWF",
        "that version goes on",
        "cloud-hub replace",
    ] {
        assert!(words.contains(told), "{told} in {words}");
    }
    assert!(!words.contains("accept-loss"), "{words}");
}

#[tokio::test]
async fn nothing_is_written_for_the_hub_while_what_is_stored_is_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let settings = serde_json::json!({ "data": { "folder": folder.path() } });
    let config: crate::Config = serde_json::from_value(settings).unwrap();
    let file = folder.path().join("box.db");
    let database = Database::open(&file, MIGRATIONS, Options::default()).unwrap();
    let machine = Machine::system(Default::default());
    let around = Surroundings::of(&config, machine, &database).await.unwrap();
    let app = App::open_on(config, database, around).await.unwrap();
    let programme = include_str!("../../sample/programme.toml").to_owned();
    let import = || Order::Import {
        programme: programme.clone(),
        consent: Consent::Given,
    };
    *app.proof.0.broken_after.lock() = Some(3);
    assert!(!app.link.may_tell());
    let refused = control::perform(&app, import()).await.unwrap_err();
    let words = format!("{refused:?}");
    assert!(words.contains("selling_stopped") && words.contains("damaged after event 3"));
    let imported = counter::programme::import(&app.counter, programme.clone(), Consent::Given);
    let below = imported.await.unwrap_err();
    assert_eq!(
        below,
        counter::programme::ProgrammeRefused::Fault(Fault::Stopped)
    );
    let look = control::perform(&app, Order::Devices).await;
    look.unwrap();
    *app.proof.0.broken_after.lock() = None;
    assert!(app.link.may_tell());
    control::perform(&app, import()).await.unwrap();
}

#[tokio::test]
async fn a_revoked_box_stops_for_good_and_nobody_there_takes_that_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("box.db");
    let database = Database::open(&file, MIGRATIONS, Options::default()).unwrap();
    let machine = Machine::system(Default::default());
    let open = || Proof::open(database.clone(), machine.clone());
    let keep = async |proof: &Proof| {
        let _due = proof.clone().keep_due(Duration::ZERO).await;
    };
    let proof = open().await.unwrap();
    // What a person took as it is before has nothing to do with it.
    proof.hub_takes_it_for_a_copy();
    keep(&proof).await;
    proof.accept(None, "it is the only one").await.unwrap();
    assert_eq!(proof.stops(), None);
    proof.hub_has_revoked_it();
    proof.hub_takes_it_for_a_copy();
    proof.hub_knows_more(position(7));
    assert_eq!(proof.stops(), Some(Stopped::Revoked));
    keep(&proof).await;
    let anew = open().await.unwrap();
    assert_eq!(anew.found(), [Stop::Revoked, Stop::Hub(position(7))]);
    let words = anew.words().unwrap();
    let told = words.contains("has revoked this box") && words.contains("the hub knows event 7");
    assert!(told && !words.contains("accept-loss"), "{words}");
    let refused = anew.accept(None, "it is Friday night").await;
    assert_eq!(refused, Err(AcceptRefused::Revoked));
    // A hub that was put back knows nothing of it: whether another box took its place, it cannot say.
    anew.hub_agrees(position(7));
    for _ in 0..2 {
        anew.hub_takes_it_as_it_is();
        assert_eq!(anew.found(), [Stop::TakenAgain]);
        assert_eq!(anew.stops(), Some(Stopped::New));
    }
    keep(&anew).await;
    let again = open().await.unwrap();
    assert_eq!(again.found(), [Stop::TakenAgain]);
    again.accept(None, "head office was asked").await.unwrap();
    assert_eq!(again.stops(), None);
    keep(&again).await;
    again.hub_has_revoked_it();
    assert_eq!(again.stops(), Some(Stopped::Revoked));
    again.is_enrolled_anew();
    keep(&again).await;
    assert_eq!(open().await.unwrap().stops(), None);
}
