use std::path::Path;

use hub_api::LinkState;

use super::*;
use crate::migrations::MIGRATIONS;

async fn links(folder: &Path) -> Links {
    let options = database::Options::default();
    let database = Database::open(&folder.join("hub.db"), MIGRATIONS, options).unwrap();
    let machine = Machine::system(Default::default());
    let first = service::seed::Seeds {
        frame: [1; 32],
        ticket: [2; 32],
    };
    let seeds = crate::keys::Seeds::from(first);
    let key_lists = KeyLists::open(&database, (folder, seeds)).await.unwrap();
    Links::open(([1; 32], key_lists), (database, false), machine)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_link_whose_events_cannot_be_kept_is_not_shown_as_up() {
    let folder = tempfile::tempdir().unwrap();
    let links = links(folder.path()).await;
    let address = Address {
        cinema: "metropol".parse().unwrap(),
        device: "box-1".parse().unwrap(),
    };
    let shown = |happening| {
        links.note(&address, happening);
        let link = links.board().read()[&address.cinema].clone();
        (link.state, link.attention)
    };
    let opened = || Happening::Opened {
        session: 1,
        program: "1".to_owned(),
    };
    assert_eq!(shown(opened()), (Some(LinkState::Up), None));
    assert_eq!(shown(Happening::Quiet), (Some(LinkState::Down), None));
    assert_eq!(shown(Happening::Heard), (Some(LinkState::Up), None));
    let full = PostError("the disk is full".to_owned());
    let words = "nothing that it tells is kept: the disk is full".to_owned();
    let down = (Some(LinkState::Down), Some(words));
    assert_eq!(shown(Happening::Failed(full)), down);
    assert_eq!(shown(opened()), (Some(LinkState::Up), None));
}
