//! HTTP of pairing, and who asks: a device that sells, one at the door, or nobody.

use appliance_api::{Device, DeviceKind, PairRequest, Paired};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use box_office::price::Channel;
use counter::{Buyer, BuyerKind};
use service::http::{Json, KnownDevice, Parts, Peer, cookies};

use super::{Devices, PairingRefused};

/// The cookie that holds a browser's token.
const DEVICE_COOKIE: &str = "foyer_device";

/// A year: a kiosk stays paired until it is revoked.
const COOKIE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// A paired device of any kind.
#[derive(Debug, Clone)]
pub(crate) struct Known(pub(crate) Device);

impl FromRequestParts<Devices> for Known {
    type Rejection = PairingRefused;

    async fn from_request_parts(
        parts: &mut Parts,
        devices: &Devices,
    ) -> Result<Self, PairingRefused> {
        device(&parts.headers, devices)
            .map(Self)
            .ok_or(PairingRefused::NotPaired)
    }
}

/// Tells the door who lets guests in: a paired device at the door, or nobody is let through.
pub(crate) async fn only_ushers(
    Known(device): Known,
    mut request: Request,
    next: Next,
) -> Result<Response, PairingRefused> {
    match device.kind {
        DeviceKind::Door => request.extensions_mut().insert(device),
        DeviceKind::Kiosk | DeviceKind::Till => return Err(PairingRefused::NotAtTheDoor),
    };
    Ok(next.run(request).await)
}

/// Lets only the staff's devices through: a till, or one at the door.
pub(crate) async fn only_staff(
    Known(device): Known,
    request: Request,
    next: Next,
) -> Result<Response, PairingRefused> {
    match device.kind {
        DeviceKind::Till | DeviceKind::Door => Ok(next.run(request).await),
        DeviceKind::Kiosk => Err(PairingRefused::NotStaffs),
    }
}

/// Tells the counter who buys: a paired device that sells, or nobody is let through.
pub(crate) async fn only_sellers(
    State(devices): State<Devices>,
    Known(device): Known,
    mut request: Request,
    next: Next,
) -> Result<Response, PairingRefused> {
    let buyer = buyer(&devices, &device).ok_or(PairingRefused::SellsNothing)?;
    request.extensions_mut().insert(buyer);
    Ok(next.run(request).await)
}

/// Tells the counter who asks, if it is a paired device.
pub(crate) async fn anyone(
    State(devices): State<Devices>,
    mut request: Request,
    next: Next,
) -> Response {
    let device = device(request.headers(), &devices);
    if let Some(buyer) = device.and_then(|device| buyer(&devices, &device)) {
        request.extensions_mut().insert(buyer);
    }
    next.run(request).await
}

/// A device as the counter knows whoever buys; none, if it sells nothing.
fn buyer(devices: &Devices, device: &Device) -> Option<Buyer> {
    let (channel, cash) = match device.kind {
        DeviceKind::Kiosk => (Channel::Kiosk, false),
        DeviceKind::Till => (Channel::Till, true),
        DeviceKind::Door => return None,
    };
    Some(Buyer {
        kind: BuyerKind::Device,
        id: device.id.clone(),
        channel,
        limits: counter::Limits {
            holds: devices.holds_per_device,
            cash,
            crowd: None,
        },
    })
}

/// The paired device that sends these headers.
pub(crate) fn device(headers: &HeaderMap, devices: &Devices) -> Option<Device> {
    known(headers, devices).map(|known| known.device)
}

/// The same, for what stands around the routes.
pub(crate) fn visits(headers: &HeaderMap, devices: &Devices) -> Option<KnownDevice> {
    known(headers, devices).map(|known| known.visits)
}

fn known(headers: &HeaderMap, devices: &Devices) -> Option<super::Known> {
    match bearer(headers) {
        Some(token) => devices.find(token),
        None => cookies(headers, DEVICE_COOKIE).find_map(|token| devices.find(token)),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// Pairs the asking browser or program by a one-time code.
#[utoipa::path(post, path = "/api/v1/pairings", tag = "devices", request_body = PairRequest,
    responses((status = 201, body = Paired), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn pair(
    State(devices): State<Devices>,
    from: Peer,
    Json(request): Json<PairRequest>,
) -> Result<impl IntoResponse, PairingRefused> {
    let paired = devices.pair(from, &request.code, request.name).await?;
    let secure = match devices.is_encrypted {
        true => "; Secure",
        false => "",
    };
    let cookie = format!(
        "{DEVICE_COOKIE}={}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict{secure}",
        paired.token
    );
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], Json(paired)))
}

/// Who the box thinks is asking.
#[utoipa::path(get, path = "/api/v1/device", tag = "devices", security(("token" = [])),
    responses((status = 200, body = Device), (status = 401, body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn device_asking(Known(device): Known) -> Json<Device> {
    Json(device)
}
