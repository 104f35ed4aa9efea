//! What each page weighs over the wire: itself and everything that it and its assets name.

use std::collections::BTreeSet;

use crate::layout::Site;
use crate::publish::SentSizes;

/// The pages that guests wait for, which have a budget: a box on a weak line must load a new version within seconds, and a phone on its way home too.
const FOR_GUESTS: [&str; 2] = ["kiosk.html", "storefront.html"];

/// The budget, from the table of targets in the design.
const BUDGET_BYTES: usize = 300 * 1024;

/// One line a page, such as `kiosk.html 212.3 KiB compressed (program 180.1, ..)`, and whether those for guests keep their budget.
pub(crate) fn lines(site: &Site, sent: &SentSizes) -> Vec<String> {
    site.pages
        .iter()
        .map(|(page, bytes)| {
            let named = closure(bytes, &site.assets);
            let bytes = sent.get(page).copied().unwrap_or_default()
                + named
                    .iter()
                    .filter_map(|path| sent.get(*path))
                    .sum::<usize>();
            let parts: Vec<String> = named
                .iter()
                .filter_map(|path| {
                    Some(format!(
                        "{} {}",
                        path.rsplit('/').next()?,
                        kibibytes(*sent.get(*path)?)
                    ))
                })
                .collect();
            format!(
                "{page} weighs {} KiB{} ({})",
                kibibytes(bytes),
                verdict(page, bytes),
                parts.join(", ")
            )
        })
        .collect()
}

/// The assets that a page names by their addresses, those that they name by relative ones, and so on.
fn closure<'a>(page: &[u8], assets: &'a [(String, Vec<u8>)]) -> BTreeSet<&'a str> {
    let mut named = BTreeSet::new();
    let mut waiting = vec![("", page)];
    while let Some((folder, text)) = waiting.pop() {
        let text = String::from_utf8_lossy(text);
        for (path, bytes) in assets {
            let is_named = path
                .strip_prefix(folder)
                .is_some_and(|relative| text.contains(relative));
            if is_named && named.insert(path.as_str()) && !path.ends_with(".wasm") {
                let folder = path.rfind('/').map_or("", |end| &path[..=end]);
                waiting.push((folder, bytes));
            }
        }
    }
    named
}

fn verdict(page: &str, bytes: usize) -> String {
    if !FOR_GUESTS.contains(&page) {
        return String::new();
    }
    let word = if bytes <= BUDGET_BYTES {
        "within"
    } else {
        "OVER"
    };
    format!(", {word} its budget of {} KiB", BUDGET_BYTES / 1024)
}

fn kibibytes(bytes: usize) -> String {
    let tenths = bytes * 10 / 1024;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::closure;

    #[test]
    fn a_page_weighs_what_it_names_and_what_that_names() {
        let asset = |path: &str, text: &str| (format!("assets/h/{path}"), text.as_bytes().to_vec());
        let assets = [
            asset(
                "kiosk/start.js",
                "import \"./kiosk.js\"; new URL(\"./kiosk_bg.wasm\")",
            ),
            asset("kiosk/kiosk.js", ""),
            asset("kiosk/kiosk_bg.wasm", ""),
            asset("style/till.css", ""),
            asset("till/start.js", "import \"./till.js\""),
        ];
        let named = closure(b"<script src=\"/assets/h/kiosk/start.js\">", &assets);
        assert_eq!(named.len(), 3);
        assert!(!named.contains("assets/h/style/till.css"));
    }
}
