//! The kiosks of a cinema at which somebody waits for the staff.

use hub_api::StaffCall;
use leptos::prelude::*;

use super::words::say;
use crate::format::clock_time;
use crate::icons::{self, Icon};
use crate::words::{fill, spoken};

/// The calls, if there are any.
#[component]
pub(super) fn StaffCalls(calls: Memo<Vec<StaffCall>>) -> impl IntoView {
    let language = spoken();
    let title = say(|words| words.staff_calls);
    let item = move |call: StaffCall| {
        let StaffCall {
            device,
            name,
            since,
            called_at,
            ..
        } = call;
        let testid = format!("call-{device}");
        let when = move || {
            let text = language.get().head_office().called_since;
            let at = [
                ("time", clock_time(&since)),
                ("last", clock_time(&called_at)),
            ];
            fill(text, &at)
        };
        let end = move || {
            let text = language.get().head_office().called_end;
            fill(text, &[("device", device.as_str())])
        };
        view! { <li data-testid=testid><strong>{name}</strong>" "<span>{when}</span><span class="quiet">{end}</span></li> }
    };
    let items = move || calls.get().into_iter().map(item).collect_view();
    view! {
        <Show when=move || !calls.with(Vec::is_empty)>
            <section class="staff-calls" role="status" data-testid="staff-calls">
                <h3><Icon of=icons::USERS/>{title}</h3>
                <ul>{items}</ul>
            </section>
        </Show>
    }
}
