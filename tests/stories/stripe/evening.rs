//! A house whose guests at home pay by Stripe, and what its stories see of it.

use appliance::control::Consent;
use counter_api::{Refund, RefundState, Refunds, Sale, TenderState};
use serde_json::json;
use tests::engine::Engine;
use tests::stripe::{Stripe, Taken};
use tests::world::{Held, House, PROGRAMME, Seller, Sides, new_key, until};

use super::{ASKS_FIRST, VISA, page_of_the_bank};

/// A house whose guests at home pay by Stripe, and two tickets that one of them has bought.
pub(super) struct Evening {
    pub(super) house: House,
    pub(super) stripe: Stripe,
    pub(super) home: Seller,
    pub(super) theirs: Vec<String>,
    pub(super) sale: Sale,
}

impl Evening {
    pub(super) async fn open(engine: Engine) -> Self {
        Self::open_with(engine, PROGRAMME).await
    }

    pub(super) async fn open_with(engine: Engine, programme: &str) -> Self {
        let stripe = Stripe::start().await;
        let house = House::open_paying(engine, programme, &stripe.settings()).await;
        stripe.tells(&house.hears_of_payments());
        let Sides { home, theirs, .. } = house.until_both_sell().await;
        let held = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
        assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
        let sale = held.sale().await;
        Self {
            house,
            stripe,
            home,
            theirs,
            sale,
        }
    }

    pub(super) fn path(&self) -> String {
        format!("/api/v1/sales/{}/refunds", self.sale.id)
    }

    pub(super) async fn asks_back(&self, nth: usize) {
        let body = json!({ "tickets": [self.sale.tickets[nth].id] });
        self.home
            .post(&self.path(), &new_key(), &body)
            .await
            .expect(202);
    }

    pub(super) async fn until_all(&self, state: RefundState) {
        until("all refunds are there", || async {
            let now: Refunds = self.home.get(&self.path()).await.expect(200).body();
            let is_there = now.refunds.iter().all(|refund| refund.state == state);
            (is_there && !now.refunds.is_empty()).then_some(())
        })
        .await;
    }

    pub(super) async fn money(&self) -> (i64, i64) {
        let Taken {
            captured, refunded, ..
        } = self.stripe.taken().await;
        (captured, refunded)
    }

    /// What goes back for each ticket that was asked back, and what is kept of it.
    pub(super) async fn back(&self) -> Vec<(i64, i64)> {
        let now: Refunds = self.home.get(&self.path()).await.expect(200).body();
        let kept = |refund: &Refund| refund.kept.map_or(0, |kept| kept.minor);
        let each = now.refunds.iter();
        each.map(|refund| (refund.amount.minor, kept(refund)))
            .collect()
    }

    /// A guest is at their bank when the cinema calls the showtime off, and the others have their money back.
    pub(super) async fn is_called_off_while_one_is_at_the_bank(&self) -> Held {
        let guest = self.house.hub.guest("metropol").await;
        let held = guest.hold("tomorrow", &[&self.theirs[2]]).await;
        held.begin_with(ASKS_FIRST).await.expect(202);
        page_of_the_bank(&held).await;
        self.is_called_off().await;
        until("the others have their money", || async {
            (self.money().await == (2_000, 2_000)).then_some(())
        })
        .await;
        held
    }

    /// The cinema calls the showtime off.
    pub(super) async fn is_called_off(&self) {
        let id = "id = \"tomorrow\"\n";
        let cancelled = PROGRAMME.replace(id, &format!("{id}status = \"cancelled\"\n"));
        let world = &self.house.world;
        let import = world.import_with(&cancelled, Consent::Given).await;
        import.expect("it is meant so");
    }

    /// The one case of this code, once it is there.
    pub(super) async fn until_case(&self, code: &str) -> hub_api::Case {
        until(code, || async {
            let mut cases = self.house.hub.cases().await.into_iter();
            cases.find(|case| case.code == code)
        })
        .await
    }

    /// There is one case, of this code.
    pub(super) async fn only_case(&self, code: &str) {
        let cases = self.house.hub.cases().await;
        let codes: Vec<&str> = cases.iter().map(|case| &*case.code).collect();
        assert_eq!(codes, [code]);
    }

    /// Every refund is at this status, and the hub has heard so.
    pub(super) async fn says_that_refunds_are(&self, status: &'static str) {
        let told = self.stripe.told();
        self.stripe.refunds_are(Some(status)).await;
        self.stripe.until_told(told + 1).await;
    }

    /// What the bank fetches back has come so far, and the hub has heard so.
    pub(super) async fn says_that_it_is_disputed(&self, amount: i64, status: &'static str) {
        let told = self.stripe.told();
        self.stripe.is_disputed(amount, status).await;
        self.stripe.until_told(told + 1).await;
    }

    pub(super) async fn until_no_cases(&self) {
        until("no case is left", || async {
            self.house.hub.cases().await.is_empty().then_some(())
        })
        .await;
    }
}
