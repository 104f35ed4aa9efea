//! What stands above the counter at the hub: its links, whoever takes cards and whoever tells guests, as the counter sees them.

use std::sync::Arc;

use box_office::{CinemaId, SaleId, ShowtimeId};
use counter::{Fault, OnlineSales, Pays, Ports, RefundMoved, Sold, Stopped};
use counter_api::PaperState;
use database::{Database, Tx};
use futures_util::future::BoxFuture;
use wire::ticket::TicketSigner;
use wire::{Answered, KeyId, PublicKey, Tickets, Wish};

use crate::booking_links::BookingLinks;
use crate::config::Online;
use crate::links::Links;
use crate::notifications::Outgoing;
use crate::payments::PaymentGateway;
use crate::proof;
use crate::waiting_room::Turns;

/// The rooms of a hub above its counter.
pub(crate) struct HubPorts {
    pub(crate) database: Database,
    pub(crate) links: Links,
    pub(crate) payments: PaymentGateway,
    pub(crate) online: Online,
    pub(crate) booking_links: BookingLinks,
    pub(crate) outgoing: Outgoing,
    pub(crate) turns: Turns,
}

impl Ports for HubPorts {
    fn settled(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        sold: &Sold,
    ) -> Result<PaperState, Fault> {
        self.outgoing.sold(tx, sold)?;
        let (turns, buyer) = (self.turns.clone(), sold.sale.buyer.id.clone());
        let of = (cinema.clone(), sold.showtime.clone());
        tx.after_commit(move || turns.give_on(&of, &buyer));
        Ok(PaperState::NoPrinter)
    }

    fn refund_moved(&self, tx: &mut Tx<'_>, moved: &RefundMoved<'_>) -> Result<(), Fault> {
        self.outgoing.refund_moved(tx, moved)
    }

    fn called_off(&self, tx: &mut Tx<'_>, sale: &SaleId) -> Result<(), Fault> {
        self.outgoing.called_off(tx, sale)
    }

    fn moved(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        showtime: &ShowtimeId,
    ) -> Result<(), Fault> {
        self.outgoing.moved(tx, cinema, showtime)
    }

    fn written(&self, cinema: &CinemaId) {
        self.links.written(cinema);
    }

    fn ask(&self, cinema: &CinemaId, wish: Wish) -> BoxFuture<'static, Answered> {
        self.links.ask(cinema, wish)
    }

    fn cards(&self) -> Option<&dyn Pays> {
        self.payments.cards()
    }

    fn is_linked(&self, cinema: &CinemaId) -> bool {
        self.links.board().is_up(cinema)
    }

    fn order_page(&self, cinema: &CinemaId, sale: &SaleId) -> Option<String> {
        Some(self.booking_links.link(cinema, sale))
    }

    fn listed_ticket_keys(&self, cinema: &CinemaId) -> Vec<PublicKey<Tickets>> {
        self.links.key_lists().own_keys(cinema)
    }

    fn is_stolen(&self, cinema: &CinemaId, key: KeyId) -> bool {
        self.links.key_lists().is_stolen(cinema, key)
    }

    fn ticket_signer(&self, cinema: &CinemaId) -> Option<Arc<TicketSigner>> {
        Some(self.links.key_lists().signer(cinema))
    }

    fn stopped(&self) -> Option<Stopped> {
        proof::stops(&self.database)
    }

    fn online_sales(&self) -> Option<OnlineSales> {
        let sales = OnlineSales {
            end_before_start_min: self.online.end_before_start_minutes,
        };
        self.cards().map(|_| sales)
    }
}
