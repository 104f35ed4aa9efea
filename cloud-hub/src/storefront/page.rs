//! What stands around every page: its head for browsers, search engines and whoever shows a link, the way home above, the languages below.

use box_office::programme::Cinema;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use words::Language;

use super::offer::{Sales, WhyNot};
use super::tongue::{Tongue, in_language};
use super::{Storefront, paths, structured, style};

/// The storefront's program, as `cargo screens` builds it.
const PROGRAM: &str = "storefront";

/// What a page says of itself.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// Its title, the most particular first.
    pub(super) title: String,
    /// What it is about, in a sentence.
    pub(super) description: String,
    /// Where it stands, without a language.
    pub(super) path: String,
    /// Whether search engines shall list it.
    pub(super) is_listed: bool,
    /// At which cinema.
    pub(super) cinema: Option<&'a Cinema>,
    /// What it is about, for programs.
    pub(super) about: Vec<Value>,
    /// Whether the storefront's program takes over on it.
    pub(super) has_program: bool,
}

/// The whole page.
pub(super) fn draw(front: &Storefront, tongue: Tongue, head: &Head<'_>, main: &Markup) -> String {
    let words = tongue.words();
    let is_home = head.is_listed && head.path == paths::HOME;
    let page = html! {
        (DOCTYPE)
        html lang=(tongue.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (head.title) }
                style { (PreEscaped(style::sheet())) }
                link rel="icon" href="data:,";
                @if head.has_program && let Some(program) = bundle::head(PROGRAM) {
                    (PreEscaped(program))
                    style { (PreEscaped(style::sheet_of_program())) }
                }
                (listed(front, tongue, head))
            }
            body {
                a.skip href="#content" { (words.skip) }
                header.top {
                    @if let Some(cinema) = head.cinema {
                        a.name href=(tongue.link(&paths::cinema(&cinema.id))) { (cinema.name) }
                    }
                    @if !is_home && (head.cinema.is_none() || front.has_many()) {
                        a href=(tongue.link(paths::HOME)) { (words.all_cinemas) }
                    }
                }
                main #content { (main) }
                (foot(front, tongue, &head.path))
            }
        }
    };
    page.into_string()
}

/// What search engines and whoever shows a link read; a page that is not listed says only that.
fn listed(front: &Storefront, tongue: Tongue, head: &Head<'_>) -> Markup {
    if !head.is_listed {
        return html! { meta name="robots" content="noindex"; };
    }
    let address = front.absolute(&tongue.link(&head.path));
    html! {
        meta name="description" content=(head.description);
        link rel="canonical" href=(address);
        @for language in Language::ALL {
            link rel="alternate" hreflang=(language.short()) href=(front.absolute(&in_language(&head.path, language)));
        }
        link rel="alternate" hreflang="x-default" href=(front.absolute(&head.path));
        meta property="og:type" content="website";
        meta property="og:title" content=(head.title);
        meta property="og:description" content=(head.description);
        meta property="og:url" content=(address);
        meta property="og:locale" content=(tongue.language.tag().replace('-', "_"));
        @if let Some(cinema) = head.cinema {
            meta property="og:site_name" content=(cinema.name);
        }
        @if !head.about.is_empty() {
            script type="application/ld+json" { (PreEscaped(structured::document(&head.about))) }
        }
    }
}

/// What stands in the way of buying tickets of a cinema online, if something does.
pub(super) fn told(tongue: Tongue, sales: Sales) -> Markup {
    let words = tongue.words();
    let text = match sales {
        // Nobody expects then to buy here.
        Sales {
            takes_money: false, ..
        } => None,
        Sales {
            may_sell: false, ..
        } => words.why(WhyNot::Stopped.word()),
        Sales {
            is_reached: false, ..
        } => Some(words.line_cut),
        Sales { .. } => None,
    };
    html! {
        @if let Some(text) = text { p.told { (text) } }
    }
}

/// The same page in other languages, and who sells, by which terms.
fn foot(front: &Storefront, tongue: Tongue, path: &str) -> Markup {
    let (words, house) = (tongue.words(), &front.sells.house);
    let pages = [
        (words.imprint, &house.imprint),
        (words.terms, &house.terms),
        (words.privacy, &house.privacy),
    ];
    let pages: Vec<_> = (pages.into_iter())
        .filter_map(|(name, page)| Some((name, page.as_ref()?.as_str())))
        .collect();
    html! {
        footer {
            @if !pages.is_empty() {
                nav.house aria-label=(words.of_the_house) {
                    ul { @for (name, page) in pages { li { a href=(page) { (name) } } } }
                }
            }
            nav.languages aria-label=(tongue.words().languages) {
                ul {
                    @for language in Language::ALL {
                        @let is_this = language == tongue.language;
                        li {
                            a href=(in_language(path, language)) hreflang=(language.short()) lang=(language.short())
                                rel="alternate" aria-current=[is_this.then_some("true")] { (language.own_name()) }
                        }
                    }
                }
            }
        }
    }
}
