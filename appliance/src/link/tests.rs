use std::path::Path;

use wire::KeyId;
use wire::event::Kinds;

use super::*;
use crate::migrations::MIGRATIONS;

async fn link(folder: &Path) -> Link {
    let options = database::Options::default();
    let database = Database::open(&folder.join("box.db"), MIGRATIONS, options).unwrap();
    let machine = Machine::system(Default::default());
    let proof = Proof::open(database.clone(), machine.clone())
        .await
        .unwrap();
    let opened = Link::open([1; 32], database, machine, (None, None), proof).await;
    opened.unwrap()
}

/// How the link stands after this, and whether `/metrics` says the same.
fn after(link: &Link, happening: &Happening) -> (LinkState, Option<LinkTrouble>) {
    link.note(happening);
    let shown = link.0.state.lock().clone();
    let kind = shown.trouble.map(|trouble| trouble.kind);
    let code = kind.map_or("none", LinkTrouble::code);
    let said = format!("foyer_link_trouble{{state=\"{code}\"}} 1");
    let text = link.0.machine.metrics.text();
    assert!(text.contains(&said), "{said} in\n{text}");
    (shown.state, kind)
}

/// A line that is not there.
fn line(kind: LinkTrouble) -> Happening {
    let words = "the cable is out".to_owned();
    Happening::Disconnected(Trouble { kind, words })
}

fn opened() -> Happening {
    Happening::Opened {
        session: 1,
        program: "1".to_owned(),
    }
}

#[tokio::test]
async fn what_the_hub_does_not_understand_is_known_from_its_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let link = link(folder.path()).await;
    assert!(link.is_understood("showtime_moved"), "there is no hub");
    let hears = async |kinds: Kinds| {
        let (hearing, scope) = (link.clone(), Scope::of("link", "one"));
        let heard = link
            .0
            .database
            .write(scope, move |tx| hearing.hear_understood(tx, kinds.clone()));
        heard.await.unwrap();
        let kept = link.0.database.read(store::understood).await.unwrap();
        assert_eq!(kept, *link.0.understood.lock(), "it outlives the process");
        link.is_understood("showtime_moved")
    };
    assert!(!hears(Kinds::listing(["showtime_changed"])).await);
    assert!(hears(Kinds::of_this_version()).await);
}

#[tokio::test]
async fn every_refusal_says_by_whom_and_why_until_the_link_is_up() {
    let folder = tempfile::tempdir().unwrap();
    let link = link(folder.path()).await;
    let check = |happening: Happening, trouble: LinkTrouble| {
        after(&link, &line(LinkTrouble::Unreachable));
        assert_eq!(
            after(&link, &happening),
            (LinkState::Refused, Some(trouble))
        );
    };
    let by_hub = |refusal| Happening::Notice(Notice::RefusedByPeer(refusal));
    let by_box = |refusal| Happening::Notice(Notice::Refused(refusal));
    let key = KeyId::try_from([7; 8].as_slice()).unwrap();
    check(by_hub(Refusal::RevokedKey(key)), LinkTrouble::KeyRevoked);
    check(by_hub(Refusal::UnknownKey(key)), LinkTrouble::UnknownBox);
    check(by_box(Refusal::UnknownKey(key)), LinkTrouble::UnknownHub);
    check(by_box(Refusal::OtherCinema), LinkTrouble::OtherCinema);
    check(by_hub(Refusal::OtherIncarnation), LinkTrouble::OtherBox);
    check(by_box(Refusal::OtherGeneration), LinkTrouble::OtherHub);
    check(by_hub(Refusal::Forked(7)), LinkTrouble::Forked);
    let (told, confirmed, given) = (1, 2, 0);
    let stale = Refusal::StaleSession { told, confirmed };
    check(by_hub(stale), LinkTrouble::Copied);
    let never = Refusal::SessionNeverGiven { told, given };
    check(by_hub(never), LinkTrouble::HubForgot);
    let forgot = |writer| Refusal::WriterForgot {
        applied: 2,
        written: 1,
        writer,
    };
    check(by_hub(forgot(Some(End::Box))), LinkTrouble::BoxForgot);
    check(by_box(forgot(Some(End::Hub))), LinkTrouble::HubForgot);
    check(by_hub(forgot(None)), LinkTrouble::Forgot);
    let not_kept = |writer| Refusal::NotKept {
        applied: 1,
        pruned: 2,
        writer,
    };
    check(by_hub(not_kept(End::Box)), LinkTrouble::HubTooOld);
    check(by_box(not_kept(End::Box)), LinkTrouble::HubTooOld);
    check(by_hub(not_kept(End::Hub)), LinkTrouble::BoxTooOld);
    let spoken = Refusal::OtherProtocol { told: 2, spoken: 1 };
    check(by_box(spoken), LinkTrouble::OtherProtocol);
    let broker = line;
    check(broker(LinkTrouble::NotLetIn), LinkTrouble::NotLetIn);
    let untrusted = Some(LinkTrouble::NotTrusted);
    let seen = after(&link, &line(LinkTrouble::NotTrusted));
    assert_eq!(seen, (LinkState::Down, untrusted));
    check(broker(LinkTrouble::SameIdentity), LinkTrouble::SameIdentity);
    assert_eq!(after(&link, &opened()), (LinkState::Up, None));
}

#[tokio::test]
async fn what_anybody_can_say_refuses_nobody_and_a_stream_that_stands_is_not_up() {
    let folder = tempfile::tempdir().unwrap();
    let link = link(folder.path()).await;
    let key = KeyId::try_from([7; 8].as_slice()).unwrap();
    after(&link, &line(LinkTrouble::Unreachable));
    for junk in [
        Refusal::Unreadable,
        Refusal::WrongSignature,
        Refusal::BrokenChain,
    ] {
        let junk = Happening::Notice(Notice::Refused(junk));
        let is_cut = (LinkState::Down, Some(LinkTrouble::Unreachable));
        assert_eq!(after(&link, &junk), is_cut);
    }
    after(&link, &opened());
    let forged = Happening::Notice(Notice::Refused(Refusal::UnknownKey(key)));
    assert_eq!(after(&link, &forged), (LinkState::Up, None));
    let (kind, seq) = ("seats_asked".to_owned(), 7);
    let hub_waits = Notice::PeerMustUpdate {
        kind: kind.clone(),
        seq,
    };
    let waits = |trouble| (LinkState::UpdateNeeded, Some(trouble));
    let seen = after(&link, &Happening::Notice(hub_waits));
    assert_eq!(seen, waits(LinkTrouble::HubMustUpdate));
    let box_waits = Notice::UpdateNeeded { kind, seq };
    let seen = after(&link, &Happening::Notice(box_waits));
    assert_eq!(seen, waits(LinkTrouble::BoxMustUpdate));
    let failed = PostError("the disk is full".to_owned());
    let seen = after(&link, &Happening::Failed(failed));
    assert_eq!(seen, (LinkState::Down, None));
}

#[tokio::test]
async fn a_hub_that_does_not_answer_is_not_up_and_is_as_it_was_when_it_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let link = link(folder.path()).await;
    let is_quiet = (LinkState::Down, Some(LinkTrouble::Unreachable));
    let (kind, seq) = ("seats_asked".to_owned(), 7);
    let waits = Happening::Notice(Notice::PeerMustUpdate { kind, seq });
    after(&link, &opened());
    for happening in [opened(), waits] {
        let before = after(&link, &happening);
        assert_eq!(after(&link, &Happening::Quiet), is_quiet);
        let key = KeyId::try_from([7; 8].as_slice()).unwrap();
        let forged = Happening::Notice(Notice::Refused(Refusal::UnknownKey(key)));
        assert_eq!(after(&link, &forged), is_quiet);
        assert_eq!(after(&link, &Happening::Heard), before);
    }
    after(&link, &Happening::Quiet);
    let closed = Happening::Closed(Closed::Silent);
    assert_eq!(after(&link, &closed), is_quiet);
    assert_eq!(after(&link, &Happening::Heard), is_quiet, "of no session");
}
