//! The page of all cinemas: a guest chooses theirs.

use box_office::programme::Cinema;
use maud::{Markup, html};

use super::page::{self, Head};
use super::tongue::Tongue;
use super::{Storefront, paths, routes, structured};

pub(super) fn draw(front: &Storefront, tongue: Tongue, all: &[Cinema]) -> String {
    let words = tongue.words();
    let head = Head {
        title: words.choose_cinema.to_owned(),
        description: words.describe_cinemas.to_owned(),
        path: paths::HOME.to_owned(),
        has_program: false,
        is_listed: !all.is_empty(),
        cinema: None,
        about: all
            .iter()
            .map(|cinema| structured::theatre(front, cinema))
            .collect(),
    };
    let main = html! {
        h1 { (words.choose_cinema) }
        @if all.is_empty() {
            p { (words.no_cinema) }
        } @else {
            @if all.len() > 1 && all.iter().any(|cinema| cinema.location.is_some()) {
                (nearest_first(tongue))
            }
            ul.cinemas {
                @for cinema in all {
                    @let at = cinema.location;
                    li data-latitude=[at.map(|it| it.latitude_microdegrees)] data-longitude=[at.map(|it| it.longitude_microdegrees)] {
                        a href=(tongue.link(&paths::cinema(&cinema.id))) {
                            strong { (cinema.name) }
                            small { (cinema.address.join(", ")) }
                        }
                    }
                }
            }
        }
    };
    page::draw(front, tongue, &head, &main)
}

/// The way to have the nearest stand first. A script shows it where a browser may be asked, and asks only whoever wants that; its place is kept,
/// so that nothing moves when it comes.
fn nearest_first(tongue: Tongue) -> Markup {
    let words = tongue.words();
    html! {
        div.nearest data-asking=(words.nearest_asking) data-done=(words.nearest_done) data-refused=(words.nearest_refused)
            data-unknown=(words.nearest_unknown) {
            button type="button" data-testid="nearest" { (words.nearest_first) }
            p.quiet role="status" data-testid="nearest-said" { (words.nearest_help) }
        }
        script src=(routes::NEAREST_FIRST) defer {}
    }
}
