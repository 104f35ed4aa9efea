//! What the routes of every room take from a request: at which cinema, who buys, and the one id of the path.

use axum::extract::{Extension, FromRequestParts, RawPathParams};
use serde::Deserialize;
use service::http::{Parts, Refusal};

use crate::buyer::Buyer;
use crate::catalogue::CatalogueRefused;
use crate::counter::{At, Counter};

/// The one id of a path, beside the cinema's.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Named<T> {
    pub(crate) id: T,
}

impl FromRequestParts<Counter> for At {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, counter: &Counter) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, counter).await;
        let named = params.ok().and_then(|params| {
            let (_, cinema) = params.iter().find(|(name, _)| *name == "cinema")?;
            Some(cinema.to_owned())
        });
        let at = match named {
            Some(cinema) => cinema.parse().ok().and_then(|cinema| counter.at(&cinema)),
            None => counter.here(),
        };
        at.ok_or_else(|| CatalogueRefused::NoProgramme.into())
    }
}

/// Who buys, as the composer's layer found out; `None` where anybody may ask.
pub(crate) type Buying = Extension<Buyer>;
