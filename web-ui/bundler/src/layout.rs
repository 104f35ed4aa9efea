//! What the site consists of, as bytes in memory: pages, programs, styles, under the addresses that the README gives. No compression, no disk writes.

use std::hash::{DefaultHasher, Hasher};

use crate::workspace::{Workspace, read_folder};

/// What a page writes before the name of an asset.
const WRITTEN: &str = "/assets/";

/// The whole site, uncompressed. Paths are relative to `dist`.
pub(crate) struct Site {
    /// Everything under `assets/HASH/`.
    pub(crate) assets: Vec<(String, Vec<u8>)>,
    /// The pages, `kiosk.html` and so on.
    pub(crate) pages: Vec<(String, Vec<u8>)>,
}

impl Site {
    /// Every file: assets before the pages that name them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &(String, Vec<u8>)> {
        self.assets.iter().chain(&self.pages)
    }
}

/// Lays out the programs (`kiosk/kiosk.js`), `web-ui/style` and `web-ui/pages`.
///
/// # Errors
/// A page that names an asset that nobody made, or a style sheet or script that names one by an absolute address.
pub(crate) fn lay_out(
    workspace: &Workspace,
    programs: Vec<(String, Vec<u8>)>,
) -> Result<Site, String> {
    let styles = read_folder(&workspace.web_ui.join("style"))?;
    let pages = read_folder(&workspace.web_ui.join("pages"))?;
    compose(programs, styles, pages)
}

fn compose(
    programs: Vec<(String, Vec<u8>)>,
    styles: Vec<(String, Vec<u8>)>,
    pages: Vec<(String, Vec<u8>)>,
) -> Result<Site, String> {
    let mut assets = programs;
    assets.extend(
        styles
            .into_iter()
            .map(|(path, bytes)| (format!("style/{path}"), bytes)),
    );
    assets.sort();
    for (path, bytes) in &assets {
        refuse_absolute_addresses(path, bytes)?;
    }
    let hash = hash(&assets);
    let pages = pages
        .into_iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, bytes)| address_assets(&path, &bytes, &hash, &assets).map(|page| (path, page)))
        .collect::<Result<_, _>>()?;
    let assets = assets
        .into_iter()
        .map(|(path, bytes)| (format!("assets/{hash}/{path}"), bytes))
        .collect();
    Ok(Site { assets, pages })
}

fn refuse_absolute_addresses(path: &str, bytes: &[u8]) -> Result<(), String> {
    let is_style = path.ends_with(".css");
    if is_style && String::from_utf8_lossy(bytes).contains(WRITTEN) {
        return Err(format!(
            "{path} names an asset by the absolute address {WRITTEN}..; write it relative to the style sheet, as in url(\"fonts/a.woff2\")"
        ));
    }
    Ok(())
}

/// One hash for all assets, so that they can name each other by relative addresses.
fn hash(assets: &[(String, Vec<u8>)]) -> String {
    let mut hasher = DefaultHasher::new();
    for (path, bytes) in assets {
        hasher.write(path.as_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(bytes);
    }
    format!("{:016x}", hasher.finish())
}

/// The page with the hash in the addresses of its assets.
fn address_assets(
    path: &str,
    page: &[u8],
    hash: &str,
    assets: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, String> {
    let text =
        std::str::from_utf8(page).map_err(|error| format!("pages/{path} is not UTF-8: {error}"))?;
    for reference in text.split(WRITTEN).skip(1) {
        let name = reference
            .split(['"', '\'', '?', '#', ')', ' ', '>'])
            .next()
            .unwrap_or_default();
        if !assets.iter().any(|(asset, _)| asset == name) {
            return Err(format!(
                "pages/{path} names {WRITTEN}{name}, which neither a screen nor web-ui/style has"
            ));
        }
    }
    Ok(text
        .replace(WRITTEN, &format!("{WRITTEN}{hash}/"))
        .into_bytes())
}

#[cfg(test)]
mod tests {
    use super::compose;

    fn file(path: &str, text: &str) -> (String, Vec<u8>) {
        (path.to_owned(), text.as_bytes().to_vec())
    }

    #[test]
    fn a_page_gets_the_hash_into_its_addresses() {
        let page = r#"<link rel="stylesheet" href="/assets/style/kiosk.css"><script src="/assets/kiosk/start.js"></script>"#;
        let site = compose(
            vec![file("kiosk/start.js", "x")],
            vec![file("kiosk.css", "y")],
            vec![file("kiosk.html", page)],
        )
        .unwrap();
        let page = String::from_utf8(site.pages[0].1.clone()).unwrap();
        for (path, _) in &site.assets {
            assert!(page.contains(path), "{path} is not in {page}");
        }
    }

    #[test]
    fn another_asset_is_another_address() {
        let path_for = |text| {
            compose(vec![file("kiosk/start.js", text)], vec![], vec![])
                .unwrap()
                .assets[0]
                .0
                .clone()
        };
        assert_eq!(path_for("one"), path_for("one"));
        assert_ne!(path_for("one"), path_for("two"));
    }

    #[test]
    fn a_page_that_names_a_missing_asset_is_refused() {
        let refused = compose(
            vec![],
            vec![],
            vec![file("kiosk.html", r#"<img src="/assets/logo.svg">"#)],
        );
        assert!(refused.is_err_and(|words| words.contains("/assets/logo.svg")));
    }

    #[test]
    fn a_style_sheet_with_an_absolute_address_is_refused() {
        let refused = compose(
            vec![],
            vec![file("kiosk.css", "src: url(/assets/style/a.woff2)")],
            vec![],
        );
        assert!(refused.is_err_and(|words| words.contains("relative")));
    }
}
