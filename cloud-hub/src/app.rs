//! The hub as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use box_office::Custodian;
use counter::{Counter, Selling, TicketSeed};
use database::Database;
use service::Machine;
use service::process::{Base, OpenError, Process};
use service::seed;
use service::settings::PublicAddress;
use sync_agent::Transport;

use crate::booking_links::BookingLinks;
use crate::config::Config;
use crate::enrolments::Enrolments;
use crate::guests::Guests;
use crate::key_lists::KeyLists;
use crate::keys::{self, Seeds};
use crate::links::Links;
use crate::notifications::{self, Notifications, Outgoing};
use crate::operators::Operators;
use crate::payments::{Calls, Fields, PaymentGateway, StandIn, WayBack};
use crate::ports::HubPorts;
use crate::proof::{self, Forgotten};
use crate::storefront::{self, CardFields, IsWaitedFor, Sells, Storefront};
use crate::waiting_room::{Turns, WaitingRoom};

/// The hub. Clones share it.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// What the hub has; reached through [`App`].
#[derive(Debug)]
pub struct Inner {
    pub(crate) base: Base<Config>,
    pub(crate) transport: Option<Transport>,
    /// What the hub does with the seats in its custody.
    pub(crate) counter: Counter,
    pub(crate) links: Links,
    pub(crate) enrolments: Enrolments,
    pub(crate) operators: Operators,
    pub(crate) guests: Guests,
    /// Who may choose seats at this moment, and who waits for their turn.
    pub(crate) waiting_room: WaitingRoom,
    /// The pages of what is on.
    pub(crate) storefront: Storefront,
    /// What the payment provider calls about.
    pub(crate) calls: Calls,
    /// What guests are told.
    pub(crate) notifications: Notifications,
}

impl AsRef<Operators> for App {
    fn as_ref(&self) -> &Operators {
        &self.operators
    }
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// How long a guest at home has: longer than in the lobby, for nobody waits behind them.
const HOLD_TIME: Duration = Duration::from_secs(12 * 60);

/// What is around a hub, as values: another world for a simulation.
#[derive(Debug)]
pub struct Surroundings {
    /// Time, randomness and the life of the process.
    pub machine: Machine,
    /// What the hub's keys grow from.
    pub seeds: Seeds,
    /// What carries messages; the broker of the settings, if none is given.
    pub transport: Option<Transport>,
    /// Who takes cards; whom the settings name, if nobody is given.
    pub cards: Option<StandIn>,
}

impl Surroundings {
    /// Those that the settings name.
    ///
    /// # Errors
    /// The keys do not belong to the database, or cannot be read or made.
    pub async fn of(
        config: &Config,
        machine: Machine,
        database: &Database,
    ) -> Result<Self, OpenError> {
        let (folder, random) = (&config.data.folder, &machine.random);
        let first = seed::Seeds::in_folder(folder, database, random).await?;
        Ok(Self {
            seeds: Seeds::in_folder(folder, first)?,
            machine,
            transport: None,
            cards: None,
        })
    }
}

/// The provider's fields as a page has them.
fn card_fields(fields: &Fields) -> CardFields {
    CardFields {
        script: fields.script.clone(),
        key: fields.key.clone(),
        policy: fields.widened(bundle::CONTENT_SECURITY_POLICY),
    }
}

impl App {
    /// What is done with the seats in its custody.
    pub fn counter(&self) -> &Counter {
        &self.counter
    }

    /// Opens the hub on its database.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_on(
        config: Config,
        database: Database,
        surroundings: Surroundings,
    ) -> Result<Self, OpenError> {
        let Surroundings {
            machine,
            seeds,
            transport,
            cards,
        } = surroundings;
        let address = config.public_address(<App as Process>::LISTENS);
        let is_addressed = config.is_addressed(<App as Process>::LISTENS);
        let way_back = WayBack {
            address: is_addressed.then(|| address.clone()),
            page: storefront::paths::hold,
        };
        let (named, secrets) = PaymentGateway::of(&config, &machine.clock, way_back)?;
        let payments = cards.map_or(named, PaymentGateway::Given);
        let is_selling = payments.cards().is_some();
        let mailer = notifications::mailer(config.mail.as_ref(), is_addressed)?;
        let outgoing = Outgoing::new(machine.clock.clone());
        let turns = Turns::new(&machine.clock);
        let ticket_seed = TicketSeed::OfEach(seeds.first.seed);
        let frame_seed = seeds.frame;
        let forgotten = Forgotten::of(&database).await?;
        let life = (database.clone(), forgotten != Forgotten::Nothing);
        let key_lists = KeyLists::open(&database, (&config.data.folder, seeds)).await?;
        let keys = (frame_seed, key_lists);
        let links = Links::open(keys, life, machine.clone()).await?;
        if forgotten == Forgotten::Something {
            proof::stop_everywhere(&database, &links, &machine.clock).await?;
        }
        let public = config.http.public.as_ref().map(PublicAddress::as_str);
        let booking_links = BookingLinks::new(keys::booking_key(&frame_seed), public);
        let who = counter::Who {
            side: Custodian::Hub,
            life: links.generation().0,
            ticket_seed,
            ports: Arc::new(HubPorts {
                database: database.clone(),
                links: links.clone(),
                payments: payments.clone(),
                online: config.online,
                booking_links: booking_links.clone(),
                outgoing: outgoing.clone(),
                turns: turns.clone(),
            }),
        };
        let selling = Selling {
            hold_time: HOLD_TIME,
        };
        if let Some(words) = counter::unfit(&database).await? {
            let anew = "Else begin with an empty folder or database, and enrol each box anew: \
                `cloud-hub enrol CINEMA` gives a code, `appliance enrol CODE --hub ADDRESS` takes it";
            return Err(OpenError::OtherVersion(format!("{words}. {anew}")));
        }
        let counter = counter::open(who, database.clone(), machine.clone(), selling).await;
        let counter = counter.map_err(|fault| OpenError::Content(fault.to_string()))?;
        let broker = config.broker.told_address();
        let storefront = Storefront::new(
            counter.clone(),
            booking_links,
            &address,
            Sells {
                is_selling,
                writes_mails: mailer.is_some(),
                card_fields: payments.fields().map(card_fields),
                house: config.storefront.clone(),
                is_waited_for: {
                    let turns = turns.clone();
                    IsWaitedFor::new(move |cinema, showtime| {
                        turns.is_waited_for(&(cinema.clone(), showtime.clone()))
                    })
                },
            },
        );
        Ok(Self(Arc::new(Inner {
            enrolments: Enrolments::new(
                database.clone(),
                machine.clone(),
                (links.clone(), counter.clone()),
                broker,
            ),
            operators: Operators::new(
                database.clone(),
                machine.clone(),
                &address,
                links.board().clone(),
            ),
            guests: Guests::new(
                machine.clone(),
                keys::session_key(&frame_seed),
                (&address, is_selling),
            ),
            waiting_room: WaitingRoom::new(
                (database.clone(), machine.clone()),
                counter.clone(),
                (turns, keys::place_key(&frame_seed)),
            ),
            notifications: Notifications::new(
                (database.clone(), machine.clone()),
                counter.clone(),
                storefront.clone(),
                (mailer, &outgoing),
            ),
            storefront,
            calls: Calls::new(counter.clone(), (payments, secrets), &machine),
            base: Base {
                settings: config,
                database,
                machine,
            },
            transport,
            counter,
            links,
        })))
    }
}
