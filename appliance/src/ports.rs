//! What stands above the counter at a box: its printer and its link, as the counter sees them; and what the hub tells, as the link has it
//! applied.

use box_office::{CinemaId, SaleId};
use counter::{BuyerId, Counter, Fault, Pays, Ports, Sold, Stopped};
use counter_api::PaperState;
use database::{Snapshot, Tx};
use futures_util::future::BoxFuture;
use service::settings::PublicAddress;
use sync_agent::{Applies, ComesAs, Happening};
use wire::event::Kinds;
use wire::{
    Answered, Body, CustodyHashes, Delivery, Event, KeyBytes, KeyId, NotGiven, Notice, PublicKey,
    Reply, Tickets, ToldKeyList, Wish,
};

use crate::devices::Devices;
use crate::link::Link;
use crate::printing::{Printing, Slip};
use crate::proof::Proof;
use crate::terminal::CardTerminal;

/// The rooms of a box above its counter.
pub(crate) struct BoxPorts {
    pub(crate) devices: Devices,
    pub(crate) printing: Printing,
    pub(crate) terminal: CardTerminal,
    pub(crate) link: Link,
    pub(crate) proof: Proof,
    pub(crate) public: Option<PublicAddress>,
}

impl Ports for BoxPorts {
    fn settled(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        sold: &Sold,
    ) -> Result<PaperState, Fault> {
        if !self.printing.is_set_up() || sold.sale.facts.is_paperless {
            return Ok(PaperState::NoPrinter);
        }
        let papers = Slip::all(cinema, sold);
        Ok(self.printing.enqueue(tx, &sold.sale.id, &papers)?)
    }

    fn written(&self, _: &CinemaId) {
        self.link.written();
    }

    fn ask(&self, cinema: &CinemaId, wish: Wish) -> BoxFuture<'static, Answered> {
        self.link.ask(cinema, wish)
    }

    fn paper_of(&self, db: &mut Snapshot<'_>, sale: &SaleId) -> Result<PaperState, Fault> {
        Ok(self.printing.paper_of(db, sale)?)
    }

    fn is_welcome(&self, buyer: &BuyerId) -> bool {
        self.devices.knows(&buyer.id)
    }

    fn stopped(&self) -> Option<Stopped> {
        self.proof.stops()
    }

    fn is_linked(&self, _: &CinemaId) -> bool {
        self.link.is_up()
    }

    fn is_understood(&self, _: &CinemaId, kind: &str) -> bool {
        self.link.is_understood(kind)
    }

    /// A sale's id has 72 random bits: nobody comes from one order to another.
    fn order_page(&self, _: &CinemaId, sale: &SaleId) -> Option<String> {
        let address = self.public.as_ref()?.as_str();
        Some(format!("{address}/orders/{sale}"))
    }

    fn listed_ticket_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Tickets>> {
        self.link.listed_ticket_keys(cinema)
    }

    fn is_stolen(&self, _: &CinemaId, key: KeyId) -> bool {
        self.link.is_stolen(key)
    }

    fn is_of_a_box(&self, key: KeyId) -> bool {
        self.link.is_of_a_box(key)
    }

    fn cards(&self) -> Option<&dyn Pays> {
        self.terminal
            .is_set_up()
            .then_some(&self.terminal as &dyn Pays)
    }
}

/// What the hub tells a box, applied in the transaction that moves the stream's position.
pub(crate) struct Arriving {
    pub(crate) counter: Counter,
    pub(crate) link: Link,
}

impl Applies for Arriving {
    type Batch = ();

    fn begin(&self, tx: &mut Tx<'_>, _: &Delivery) -> Result<Option<()>, mailbox::Error> {
        // Until it has a cinema again it hears nothing: whatever is told is told again.
        let Some(at) = self.counter.here() else {
            return Ok(None);
        };
        let may_hear = counter::custody::may_hear(tx, &self.counter, at.cinema())?;
        Ok(may_hear.then_some(()))
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        (): &mut (),
        event: &Event,
        body: &Body,
    ) -> Result<(), mailbox::Error> {
        match body {
            Body::ContentRefused(refused) => Ok(self.link.content_refused(tx, refused)?),
            Body::SeatsGranted(granted) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let received =
                    counter::custody::receive(tx, &self.counter, at.cinema(), granted.into());
                for trouble in received.map_err(|fault| at.undone(fault))? {
                    tracing::error!(trouble, event.id = %event.id(), "a grant changes nothing");
                }
                Ok(())
            }
            Body::OnlineSales(told) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let heard = counter::allotment::hear(tx, &at, told);
                heard.map_err(|fault| at.undone(fault))
            }
            Body::TicketsSold(sold) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let heard = counter::custody::hear_sold(tx, &self.counter, at.cinema(), sold);
                for trouble in heard.map_err(|fault| at.undone(fault))? {
                    tracing::error!(trouble, event.id = %event.id(), "the hub sold what does not fit");
                }
                Ok(())
            }
            Body::RefundRequested(told) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let heard = counter::custody::hear_asked_back(tx, &self.counter, at.cinema(), told);
                heard.map_err(|fault| at.undone(fault))
            }
            Body::SeatsQuarantined(told) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let heard =
                    counter::custody::hear_quarantined(tx, &self.counter, at.cinema(), told);
                heard.map_err(|fault| at.undone(fault))
            }
            Body::SeatsFreed(told) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let heard = counter::custody::hear_freed(tx, &self.counter, at.cinema(), told);
                heard.map_err(|fault| at.undone(fault))
            }
            Body::CustodyClaimed(told) => {
                let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
                let with = (event.seq(), told);
                let heard = counter::custody::hear_claimed(tx, &self.counter, at.cinema(), with);
                heard.map(drop).map_err(|fault| at.undone(fault))
            }
            // The hub's money is the hub's affair.
            Body::PaymentRefunded(_) | Body::PaymentUnknown(_) | Body::PaymentDecided(_) => Ok(()),
            Body::ContentAdopted(_) => Ok(()),
            Body::CinemaDescribed(_)
            | Body::FilmImported(_)
            | Body::PriceBookImported(_)
            | Body::AuditoriumDescribed(_)
            | Body::ShowtimeScheduled(_)
            | Body::ShowtimeChanged(_)
            | Body::ShowtimeMoved(_)
            | Body::ShowtimeCancelled(_)
            | Body::SaleSettled(_)
            | Body::SeatsReleased(_)
            | Body::StaffCalled(_)
            | Body::StaffCame(_)
            | Body::PrinterStopped(_)
            | Body::PrinterReady(_)
            | Body::TicketAdmitted(_)
            | Body::RefundAnswered(_)
            | Body::CustodyTold(_)
            | Body::TicketsStanding(_)
            | Body::CustodyToldAll(_) => {
                tracing::error!(event.id = %event.id(), kind = event.kind(), "the hub told what only a cinema tells; it changes nothing");
                Ok(())
            }
        }
    }

    fn pass_over(
        &self,
        tx: &mut Tx<'_>,
        (event, body): (&Event, &Body),
        why: &str,
    ) -> Result<bool, mailbox::Error> {
        // What both claim, what the hub would not know without this side, and what decides about a guest's money.
        if let Body::CustodyClaimed(_) | Body::SeatsQuarantined(_) | Body::RefundRequested(_) = body
        {
            return Ok(false);
        }
        let at = self.counter.here().ok_or(mailbox::Error::NotNow)?;
        let passed = counter::custody::pass_over(tx, &at, event, why);
        passed.map_err(|fault| at.undone(fault))?;
        Ok(true)
    }

    fn finish(&self, _: &mut Tx<'_>, (): ()) -> Result<(), mailbox::Error> {
        Ok(())
    }

    fn hear_ticket_key(&self, tx: &mut Tx<'_>, key: KeyBytes) -> Result<(), mailbox::Error> {
        Ok(self.link.hear_ticket_key(tx, *key.as_bytes())?)
    }

    fn hear_key_list(&self, tx: &mut Tx<'_>, told: &ToldKeyList) -> Result<(), mailbox::Error> {
        let Some(at) = self.counter.here() else {
            return Ok(());
        };
        Ok(self.link.hear_key_list(tx, at.cinema(), told)?)
    }

    fn key_list(&self, db: &mut Snapshot<'_>) -> Result<Option<ToldKeyList>, mailbox::Error> {
        Ok(self.link.key_list(db)?)
    }

    fn hear_understood(&self, tx: &mut Tx<'_>, kinds: Kinds) -> Result<(), mailbox::Error> {
        if let Some(at) = self.counter.here().filter(|_| self.link.may_tell()) {
            let said = (&kinds, self.link.has_understood_nothing());
            let told = counter::programme::tell_as_understood(tx, &self.counter, said);
            told.map_err(|fault| at.undone(fault))?;
        }
        Ok(self.link.hear_understood(tx, kinds)?)
    }

    fn custody(
        &self,
        db: &mut Snapshot<'_>,
        positions: (u64, u64),
    ) -> Result<Option<CustodyHashes>, mailbox::Error> {
        let Some(at) = self.counter.here().filter(|_| self.link.may_tell()) else {
            return Ok(None);
        };
        let said = counter::custody::hashes(db, &at, positions);
        said.map_err(|fault| at.undone(fault))
    }

    fn answer(&self, tx: &mut Tx<'_>, wish: &Wish) -> Result<Reply, mailbox::Error> {
        let Some(at) = self.counter.here() else {
            return Ok(Reply::Refused(NotGiven::Unknown));
        };
        let answered = counter::allotment::answer_ask(tx, &self.counter, at.cinema(), wish);
        answered.map_err(|fault| at.undone(fault))
    }

    fn may_tell(&self) -> bool {
        self.link.may_tell()
    }

    fn comes_as(&self) -> ComesAs {
        self.link.comes_as()
    }

    fn note(&self, happening: Happening) {
        self.link.note(&happening);
        if let Happening::Notice(Notice::LaterLife(generation)) = &happening
            && let Some(at) = self.counter.here()
        {
            self.link.hub_began_anew(&at, *generation);
        }
        if let Happening::Opened { .. } = happening {
            self.counter.allotting().ring();
        }
    }
}
