//! A house with two counters: a hub that sells, a box that sells, and the cable between the two.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;

use counter_api::{SeatMap, SeatState};
use service::Clock;
use tempfile::TempDir;

use super::{Hub, PROGRAMME, Seller, World, until};
use crate::cable::Cable;
use crate::chaos::stored::{self, Kept};
use crate::engine::Engine;
use crate::mail_server::MailServer;
use crate::payment_provider::{PaymentProvider, SECRET};
use crate::proving;
use crate::tools::free_port;

/// A house whose hub sells, with the cable between the two.
#[derive(Debug)]
pub struct House {
    /// The cinema.
    pub world: World,
    /// The cable between box and broker.
    pub cable: Cable,
    /// The hub.
    pub hub: Hub,
    /// Whoever takes the money of guests at home, while they are there.
    pub provider: Option<PaymentProvider>,
    /// What they remember.
    pub book: TempDir,
    /// Whoever takes the hub's mails, if it writes any.
    pub mail: Option<MailServer>,
}

impl House {
    /// A house with the programme of the stories, whose hub stands on this engine.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, PROGRAMME).await
    }

    /// The same, whose hub writes mails.
    pub async fn open_writing(engine: Engine) -> Self {
        let mail = MailServer::start().await;
        let settings = format!(
            "[mail]\nsmtp = \"smtp://{}\"\nfrom = \"Metropol <tickets@metropol.example>\"\n",
            mail.address()
        );
        let mut house = Self::open_and(engine, PROGRAMME, &settings).await;
        house.mail = Some(mail);
        house
    }

    /// The same with another programme.
    pub async fn open_with(engine: Engine, programme: &str) -> Self {
        Self::open_and(engine, programme, "").await
    }

    /// The same with another programme, and with these sections in the hub's settings.
    pub async fn open_and(engine: Engine, programme: &str, sections: &str) -> Self {
        let book = tempfile::tempdir().expect("a folder");
        let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let provider = PaymentProvider::start_at(at, Some(book.path().join("book")), SECRET);
        let provider = provider.await.expect("the provider starts");
        let payments = format!(
            "sandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n{sections}",
            provider.url()
        );
        let house = Self::open_paying(engine, programme, &payments).await;
        provider.tells(&house.hears_of_payments());
        Self {
            provider: Some(provider),
            book,
            ..house
        }
    }

    /// The same with whoever takes the money of guests at home by these settings of `[payments]`.
    pub async fn open_paying(engine: Engine, programme: &str, payments: &str) -> Self {
        let broker = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let cable = Cable::to(broker).await;
        let settings = format!(
            "listen = \"{broker}\"\naddress_for_boxes = \"mqtt://{}\"\n[payments]\n{payments}",
            cable.near(),
        );
        let hub = Hub::start_with(engine, &settings).await;
        // A cable may be pulled while the box says who it is, and the hub's broker calls that an error.
        hub.expects_error("Error while handling MQTT connect packet");
        // At the pace of the machine, and a story may set it.
        let clock = Clock::running_from(Clock::system().now());
        let world = World::without_programme_on(clock).await;
        world
            .import(programme)
            .await
            .expect("the programme is right");
        world.enrol(&hub).await;
        Self {
            world,
            cable,
            hub,
            provider: None,
            book: tempfile::tempdir().expect("a folder"),
            mail: None,
        }
    }

    /// Where its hub hears that something has become of a payment.
    pub fn hears_of_payments(&self) -> String {
        format!("{}/api/v1/payment-events", self.hub.url())
    }

    /// Waits until the hub has been given seats of `tomorrow`, by nobody's order, and both sides know of it: what is whose.
    pub async fn until_both_sell(&self) -> Sides {
        let lobby = self.world.guest().await;
        let knows_it = || async { self.hub.sees("metropol").await };
        until("the hub knows the cinema", knows_it).await;
        let home = self.hub.guest("metropol").await;
        let file = self.world.folder().join("appliance.db");
        let allotted = || async {
            let known = stored::allotted(&file, "tomorrow").expect("the box's database");
            known.filter(|(_, theirs)| !theirs.is_empty())
        };
        let (ours, theirs) = until("both sell", allotted).await;
        until("both know that they are linked", || async {
            let (here, there) = (free(&lobby).await.len(), free(&home).await.len());
            (here == there && here == ours.len() + theirs.len()).then_some(())
        })
        .await;
        Sides {
            home,
            lobby,
            ours,
            theirs,
        }
    }

    /// Waits until each side has applied and acknowledged all that the other has written, and nothing more comes.
    pub async fn comes_to_rest(self) -> Self {
        let at_hub = Kept::of(self.hub.database()).expect("the hub's database");
        let at_box = Kept::File(self.world.folder().join("appliance.db"));
        let before = Mutex::new(None);
        until("both sides hold the same", || async {
            let heads = at_hub.stream_heads().await.expect("the hub's streams");
            let same = at_box.stream_heads().await.expect("the box's streams") == heads;
            let was = before.lock().expect("nobody panics").replace(heads.clone());
            (same && was == Some(heads)).then_some(())
        })
        .await;
        self
    }

    /// Comes to rest, and has the audit read what both sides have stored.
    ///
    /// # Panics
    /// Something is wrong with it.
    pub async fn ends_proved(self) {
        let mut house = self.comes_to_rest().await;
        house.is_proved().await;
    }

    /// Stops both sides where they are, and has the audit read what they have stored.
    ///
    /// # Panics
    /// Something is wrong with it.
    pub async fn is_proved(&mut self) {
        self.world.stop().await;
        self.hub.kill();
        // A hub on a server has its database named in its settings.
        let folders: [&Path; 2] = [&self.hub.settings(), self.world.folder()];
        let found = proving::found(&proving::evidence(&folders));
        assert_eq!(found, [""; 0]);
    }

    /// Pulls the cable, and waits until the box knows that it is alone.
    pub async fn until_cut(&self, lobby: &Seller) {
        self.cable.pull();
        until("the box knows that it is alone", || async {
            let status = lobby.get("/api/v1/status").await.expect(200).json;
            (status["link"] == "down").then_some(())
        })
        .await;
    }
}

/// A guest on each side, and whose the seats of `tomorrow` are.
#[derive(Debug)]
pub struct Sides {
    /// A guest at home.
    pub home: Seller,
    /// A guest in the lobby.
    pub lobby: Seller,
    /// The cinema's seats.
    pub ours: Vec<String>,
    /// The hub's seats.
    pub theirs: Vec<String>,
}

/// The seats of `tomorrow` as somebody sees them, in the order of the plan.
async fn all(seller: &Seller) -> Vec<(String, SeatState)> {
    let path = "/api/v1/showtimes/tomorrow/seats";
    let answer = seller.get(path).await;
    if answer.status == 404 {
        return Vec::new();
    }
    let map: SeatMap = answer.expect(200).body();
    let seats = map.seats.into_iter();
    seats.map(|now| (now.seat.to_string(), now.state)).collect()
}

/// The seats of `tomorrow` that are free to somebody, in the order of the plan.
pub async fn free(seller: &Seller) -> Vec<String> {
    let seats = all(seller).await.into_iter();
    let free = seats.filter(|(_, state)| *state == SeatState::Free);
    free.map(|(seat, _)| seat).collect()
}
