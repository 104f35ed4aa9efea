//! How many seats of a showtime guests at home hold together without having paid: a share of all that they can have, so that nobody locks a house by choosing, and
//! some work for whoever comes when much of the share is taken.

use box_office::{DeviceId, ShowtimeId};
use database::Snapshot;

use super::{HoldRefused, HoldRow, store};
use crate::buyer::{BuyerKind, Crowd};
use crate::catalogue::{CatalogueRefused, ShowtimeKey};
use crate::counter::At;
use crate::seats;

/// Of the seats that are free or held, how many of a hundred may be held: the other half is for those who come and pay.
const MOST_OF_A_HUNDRED: usize = 50;

/// From how many of a hundred on a browser does some work first: fewer are held on any evening by people who choose.
const WORK_FROM_OF_A_HUNDRED: usize = 25;

/// So many may be held whatever the share is: the largest group.
const ALWAYS: usize = box_office::ledger::MOST_SEATS_PER_HOLD;

/// Payments that a guest at home may begin for one hold: a card that is declined, another, and a slip of the hand with each.
const MOST_PAYMENTS: u32 = 5;

/// No payment begins later than this after the hold did, in milliseconds of running time: its time with what it may be given more (36 minutes),
/// and what the bank took of it. With the last payment's ten minutes nobody keeps unpaid seats for longer than an hour.
const LAST_PAYMENT_MS: i64 = 45 * 60 * 1000;

/// The seats of a showtime that are free and those that are held, and how the buyer stands among whoever holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowding {
    left: SeatsLeft,
    crowd: Crowd,
}

/// The seats of a showtime that nobody has paid for, as far as guests at home can have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsLeft {
    /// Free: of the other side's those that can be asked for.
    pub free: usize,
    /// Held here.
    pub held: usize,
}

impl SeatsLeft {
    fn of(db: &mut Snapshot<'_>, at: &At, showtime: ShowtimeKey) -> Result<Self, database::Error> {
        let (free, held) = seats::count_free_and_held(db, at.side, showtime)?;
        // What the other side has is asked for: to a guest all of it is one house.
        let theirs = match at.catalogue().showtime_of(showtime) {
            Some(scheduled) if at.shop.live.is_reached() => {
                seats::count_free_and_unsold_elsewhere(db, at.side, &scheduled)?.1
            }
            Some(_) | None => 0,
        };
        let free = free + usize::try_from(theirs).unwrap_or(0);
        Ok(Self { free, held })
    }

    /// How many more guests may hold without having paid.
    pub fn more_to_hold(self) -> usize {
        let most = self.share(MOST_OF_A_HUNDRED);
        most.saturating_sub(self.held).min(self.free)
    }

    /// So many of a hundred of them, or the largest group.
    fn share(self, of_a_hundred: usize) -> usize {
        ((self.free + self.held) * of_a_hundred / 100).max(ALWAYS)
    }
}

/// Who wants a showtime at this moment, and what there is for them.
#[derive(Debug, Clone)]
pub struct Demand {
    /// What is left.
    pub left: SeatsLeft,
    /// The guests at home who hold seats of it.
    pub holding: Vec<DeviceId>,
}

/// Who wants a showtime, and what is left of it.
///
/// # Errors
/// Nobody can hold seats of it now, free or not.
pub async fn demand(at: &At, showtime: &ShowtimeId) -> Result<Demand, CatalogueRefused> {
    let known = at.catalogue().showtime(showtime);
    let key = known.ok_or(CatalogueRefused::UnknownShowtime)?.key;
    let asking = at.clone();
    let reading = at.database.read(move |db| {
        let _on_sale = asking.held_now(db, key)?;
        let holding = store::holding(db, key)?.into_iter();
        let holding = holding.filter(|buyer| buyer.kind == BuyerKind::Guest);
        Ok::<_, CatalogueRefused>(Demand {
            left: SeatsLeft::of(db, &asking, key)?,
            holding: holding.map(|buyer| buyer.id).collect(),
        })
    });
    reading.await
}

impl Crowding {
    /// How crowded a showtime is in this transaction, if it matters for this buyer.
    pub(crate) fn of(
        db: &mut Snapshot<'_>,
        at: &At,
        showtime: ShowtimeKey,
        crowd: Option<Crowd>,
    ) -> Result<Option<Self>, database::Error> {
        let Some(crowd) = crowd else { return Ok(None) };
        let left = SeatsLeft::of(db, at, showtime)?;
        Ok(Some(Self { left, crowd }))
    }

    /// Whether somebody may begin to choose: not before those who wait for their turn.
    pub(crate) fn check_turn(self) -> Result<(), HoldRefused> {
        match self.crowd.has_turn {
            true => Ok(()),
            false => Err(HoldRefused::NotYourTurn),
        }
    }

    /// Whether somebody may hold so many more; whoever holds no more than before always may, and more than a hold has is refused as that.
    pub(crate) fn check(self, more: usize) -> Result<(), HoldRefused> {
        let after = self.left.held + more;
        if more == 0 || more > ALWAYS {
            Ok(())
        } else if after > self.left.share(MOST_OF_A_HUNDRED) {
            Err(HoldRefused::Crowded)
        } else if after > self.left.share(WORK_FROM_OF_A_HUNDRED) && !self.crowd.has_worked {
            Err(HoldRefused::WorkNeeded)
        } else {
            Ok(())
        }
    }

    /// So much is held that nobody keeps unpaid seats for longer than a hold lasts.
    pub(crate) fn is_much(self) -> bool {
        self.left.held > self.left.share(WORK_FROM_OF_A_HUNDRED)
    }
}

/// Whether a payment may still begin for a hold at this point of running time: a guest at home keeps seats without having paid for an hour at most.
pub(crate) fn check_payment(hold: &HoldRow, running_ms: i64) -> Result<(), HoldRefused> {
    match hold.buyer.kind {
        BuyerKind::Device => Ok(()),
        BuyerKind::Guest if hold.payments >= MOST_PAYMENTS => Err(HoldRefused::TooManyPayments),
        BuyerKind::Guest if running_ms - hold.begun_ms > LAST_PAYMENT_MS => {
            Err(HoldRefused::TooLateToPay)
        }
        BuyerKind::Guest => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use box_office::checkout::Purchase;

    use super::*;
    use crate::buyer::BuyerId;
    use crate::repeats::Repeat;

    #[test]
    fn a_quarter_is_held_freely_half_with_work_and_no_more() {
        let check = |(free, held), more, has_worked, expected| {
            let crowd = Crowd {
                has_worked,
                has_turn: true,
            };
            let found = Crowding {
                left: SeatsLeft { free, held },
                crowd,
            }
            .check(more);
            assert_eq!(found, expected, "{held} of {}, {more}", free + held);
        };
        check((200, 0), 10, false, Ok(()));
        check((160, 40), 10, false, Ok(()));
        check((155, 45), 6, false, Err(HoldRefused::WorkNeeded));
        check((155, 45), 6, true, Ok(()));
        check((110, 90), 10, true, Ok(()));
        check((109, 91), 10, true, Err(HoldRefused::Crowded));
        check((109, 91), 10, false, Err(HoldRefused::Crowded));
        check((109, 91), 11, false, Ok(()));
        check((10, 190), 0, false, Ok(()));
        // The largest group fits wherever nobody else chooses.
        check((10, 0), 10, false, Ok(()));
        check((9, 1), 10, true, Err(HoldRefused::Crowded));
    }

    #[test]
    fn a_guest_at_home_begins_five_payments_and_none_after_three_quarters_of_an_hour() {
        let begun_ms = 1_000;
        let check = |kind, payments, minutes: i64, expected| {
            let hold = HoldRow {
                id: "hold".parse().unwrap(),
                buyer: BuyerId {
                    kind,
                    id: "buyer".parse().unwrap(),
                },
                showtime: ShowtimeKey(1),
                state: Purchase::Open { ends_ms: i64::MAX },
                begun_ms,
                extended_ms: 0,
                language: "en".to_owned(),
                currency: "EUR".parse().unwrap(),
                total_minor: 1_000,
                tax_minor: 70,
                lines: Vec::new(),
                repeat: Repeat {
                    key: "key".to_owned(),
                    request_hash: [0; 32],
                },
                payments,
                is_paperless: false,
                fetched: Vec::new(),
                is_doubted: false,
            };
            let found = check_payment(&hold, begun_ms + minutes * 60_000);
            assert_eq!(
                found, expected,
                "{kind:?}, {payments} payments, {minutes} min"
            );
        };
        check(BuyerKind::Guest, 4, 45, Ok(()));
        check(BuyerKind::Guest, 0, 46, Err(HoldRefused::TooLateToPay));
        check(BuyerKind::Guest, 5, 0, Err(HoldRefused::TooManyPayments));
        check(BuyerKind::Device, 50, 500, Ok(()));
    }
}
