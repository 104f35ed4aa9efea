//! The page of all cinemas: a guest chooses theirs.

use box_office::programme::Cinema;
use maud::html;

use super::page::{self, Head};
use super::tongue::Tongue;
use super::{Storefront, paths, structured};

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
            ul.cinemas {
                @for cinema in all {
                    li {
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
