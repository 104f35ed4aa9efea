//! A sample of everything that edges come to. Nothing is run over these, but each must come of some edge.

use crate::checkout::payment::{PaymentEffect, Told, WordRefusal};
use crate::checkout::purchase::{PurchaseEffect, PurchaseRefusal};
use crate::checkout::refund::{RefundEffect, RefundTold};
use crate::checkout::table::TOTAL_MINOR;

samples!(purchase_effects: PurchaseEffect {
    PurchaseEffect::Issue => [PurchaseEffect::Issue],
    PurchaseEffect::Free => [PurchaseEffect::Free],
    PurchaseEffect::GiveBackAll { .. } => [false, true].map(|by_hand| PurchaseEffect::GiveBackAll { by_hand }),
    PurchaseEffect::GiveBackThis => [PurchaseEffect::GiveBackThis],
    PurchaseEffect::StopAll => [PurchaseEffect::StopAll],
});

samples!(purchase_refusals: PurchaseRefusal {
    PurchaseRefusal::Lapsed => [PurchaseRefusal::Lapsed],
    PurchaseRefusal::PaymentUnderWay => [PurchaseRefusal::PaymentUnderWay],
    PurchaseRefusal::AlreadySold => [PurchaseRefusal::AlreadySold],
    PurchaseRefusal::AlreadyPaid => [PurchaseRefusal::AlreadyPaid],
    PurchaseRefusal::NotPaid { .. } => [PurchaseRefusal::NotPaid { missing_minor: TOTAL_MINOR }],
});

samples!(told: Told {
    Told::Captured => [Told::Captured],
    Told::Failed => [Told::Failed],
    Told::Returned => [Told::Returned],
    Told::ReturnedUnasked => [Told::ReturnedUnasked],
    Told::ReturnedTwice => [Told::ReturnedTwice],
    Told::Unknown => [Told::Unknown],
    Told::StillOwed => [Told::StillOwed],
});

samples!(payment_effects: PaymentEffect {
    PaymentEffect::Ask => [PaymentEffect::Ask],
    PaymentEffect::Look => [PaymentEffect::Look],
    PaymentEffect::Stop => [PaymentEffect::Stop],
    PaymentEffect::Return { .. } => [PaymentEffect::Return { amount_minor: TOTAL_MINOR }],
    PaymentEffect::LookSoon => [PaymentEffect::LookSoon],
    PaymentEffect::LookLater => [PaymentEffect::LookLater],
    PaymentEffect::Tell(_) => told().into_iter().map(PaymentEffect::Tell).collect::<Vec<_>>(),
});

samples!(refund_told: RefundTold {
    RefundTold::Owed => [RefundTold::Owed],
    RefundTold::Refused => [RefundTold::Refused],
    RefundTold::Kept => [RefundTold::Kept],
    RefundTold::Done => [RefundTold::Done],
    RefundTold::AdmittedAfterAll => [RefundTold::AdmittedAfterAll],
});

samples!(refund_effects: RefundEffect {
    RefundEffect::AskToRevoke => [RefundEffect::AskToRevoke],
    RefundEffect::Free => [RefundEffect::Free],
    RefundEffect::GiveBack => [RefundEffect::GiveBack],
    RefundEffect::Tell(_) => refund_told().into_iter().map(RefundEffect::Tell).collect::<Vec<_>>(),
});

samples!(word_refusals: WordRefusal {
    WordRefusal::Closed => [WordRefusal::Closed],
    WordRefusal::NotTheQuestion => [WordRefusal::NotTheQuestion],
});
