//! Somebody else has the data and keeps it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::*;
use crate::http::{Refusal, Router};
use crate::process::{Base, StartError};
use crate::settings::{Data, Http};

/// A process whose data somebody else has, who takes no orders.
#[derive(Clone)]
struct KeptOut;

impl Process for KeptOut {
    const NAME: &'static str = "box";
    const LISTENS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    type Settings = Data;
    type Order = ();

    fn data(settings: &Data) -> &Data {
        settings
    }

    fn http(_: &Data) -> &Http {
        unreachable!("its data comes first")
    }

    async fn open(settings: Data, _: Machine) -> Result<Self, OpenError> {
        let who = settings.folder.display().to_string();
        Err(database::OpenError::InUse(who).into())
    }

    fn base(&self) -> &Base<Data> {
        unreachable!("it is never opened")
    }

    fn start(&self) -> Result<(), StartError> {
        unreachable!("it is never opened")
    }

    fn router(&self) -> Router {
        unreachable!("it is never opened")
    }

    async fn perform(self, (): ()) -> Result<String, Refusal> {
        unreachable!("it is never opened")
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let began = tokio::time::Instant::now();
    let settings = Data {
        mark_folder: None,
        folder: folder.path().to_owned(),
        synchronous: settings::Syncs::Full,
        keep_free_mebibytes: 0,
        backups_kept_days: 35,
    };
    let given = give::<KeptOut>(settings, ()).await;
    let words = given.unwrap_err().to_string();
    assert!(
        words.contains("has had the data of the box for 60 s"),
        "{words}"
    );
    assert!(
        words.contains(&folder.path().display().to_string()),
        "{words}"
    );
    assert!((60..=61).contains(&began.elapsed().as_secs()));
}
