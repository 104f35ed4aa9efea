//! Calls for the staff: who waits at which kiosk, until somebody has been there. A device has one call at a time, and what it says within a
//! minute is one thing said: nobody can fill a table or the stream with calls.

mod refusal;
pub(crate) mod routes;
mod store;

use std::fmt::Write as _;
use std::time::Duration;

use appliance_api::Device;
use box_office::{DeviceId, text};
use counter::{At, Fault, Stopped};
use database::{Database, Scope, Tx};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::Body;
use wire::event::{StaffCalled, StaffCame};

pub(crate) use refusal::AttendRefused;
pub(crate) use store::all;

/// What a device says within this time is one call: somebody who waits presses twice.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// A device at which somebody waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) device: DeviceId,
    pub(crate) name: String,
    pub(crate) since: Timestamp,
    pub(crate) called_at: Timestamp,
    pub(crate) times: u32,
}

impl Call {
    /// The call of a device that calls at `now`; nothing, if it has only just said so.
    fn after(before: Option<Self>, device: &Device, now: Timestamp) -> Option<Self> {
        let Some(before) = before else {
            return Some(Self {
                device: device.id.clone(),
                name: device.name.clone(),
                since: now,
                called_at: now,
                times: 1,
            });
        };
        // A clock that was set back does not keep anybody from calling.
        let is_the_same = Duration::try_from(now.duration_since(before.called_at))
            .is_ok_and(|passed| passed < AGAIN_AFTER);
        (!is_the_same).then(|| Self {
            name: device.name.clone(),
            called_at: now,
            times: before.times.saturating_add(1),
            ..before
        })
    }

    fn told(&self) -> Body {
        StaffCalled {
            device: self.device.clone(),
            name: self.name.clone(),
            since: self.since.as_millisecond(),
            time: self.called_at.as_millisecond(),
            times: self.times,
        }
        .into()
    }
}

/// Where calls are kept, and the cinema whose stream tells of them, once there is one.
type Rooms<'a> = (&'a Database, Option<At>, Option<Stopped>);

/// Somebody before `device` calls the staff.
pub(crate) async fn call(
    (database, at, stopped): Rooms<'_>,
    device: Device,
    now: Timestamp,
) -> Result<Call, Fault> {
    let calling = database.write(scope(at.as_ref()), move |tx| {
        let before = store::of(tx, &device.id)?;
        let Some(call) = Call::after(before.clone(), &device, now) else {
            return before.ok_or_else(|| Fault::Broken("a call without a call".into()));
        };
        store::put(tx, &call)?;
        tell(tx, (at.as_ref(), stopped), call.told())?;
        Ok::<_, Fault>(call)
    });
    calling.await
}

/// Somebody has been at the device that calls.
pub(crate) async fn attend(
    (database, at, stopped): Rooms<'_>,
    device: DeviceId,
    now: Timestamp,
) -> Result<String, AttendRefused> {
    let ending = database.write(scope(at.as_ref()), move |tx| {
        let call = store::of(tx, &device)?.ok_or(AttendRefused::NobodyCalls)?;
        store::end(tx, &device)?;
        let came = StaffCame {
            device: device.clone(),
            time: now.as_millisecond(),
        };
        tell(tx, (at.as_ref(), stopped), came.into())?;
        Ok::<_, AttendRefused>(call.name)
    });
    let name = ending.await?;
    tracing::info!(name, "somebody has been at the kiosk that called");
    Ok(format!("\"{name}\" calls no more"))
}

/// A line for each call, with what ends it.
pub(crate) fn words(calls: &[Call], zone: &TimeZone) -> String {
    let at = |time: Timestamp| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M");
    let mut words = String::new();
    for call in calls {
        let (name, device, since) = (&call.name, &call.device, at(call.since));
        let _ = write!(
            words,
            "\nstaff is called to \"{name}\" since {since} ({}, last {}); `appliance attend {device}` once somebody has been there",
            text::counted(u64::from(call.times), "time", "times"),
            at(call.called_at),
        );
    }
    words
}

/// What cannot be told is kept here all the same.
fn tell(
    tx: &mut Tx<'_>,
    (at, stopped): (Option<&At>, Option<Stopped>),
    body: Body,
) -> Result<(), Fault> {
    match (at, stopped) {
        (None, _) | (_, Some(Stopped::All)) => Ok(()),
        (Some(at), Some(Stopped::New | Stopped::Revoked) | None) => {
            at.tell(tx, at.cinema(), [body])
        }
    }
}

/// What tells has the cinema's scope.
fn scope(at: Option<&At>) -> Scope {
    at.map_or_else(
        || Scope::of("call", "all"),
        |at| counter::scope(at.cinema()),
    )
}

#[cfg(test)]
mod tests;
