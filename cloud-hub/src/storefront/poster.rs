//! Posters in pages. One that a guest sees first stands in the page itself, so that the first sight of it waits for nothing else; the others are asked
//! for when they come into view.

use box_office::film::Film;
use box_office::poster::poster;
use box_office::programme::Cinema;
use maud::{Markup, html};

use super::paths;

/// A poster that is there with the page.
pub(super) fn at_once(film: &Film) -> Markup {
    img(&address_of(&poster(film)), None)
}

/// A poster that is asked for when it comes into view.
pub(super) fn in_view(cinema: &Cinema, film: &Film) -> Markup {
    img(&paths::poster(&cinema.id, &film.id), Some("lazy"))
}

fn img(address: &str, loading: Option<&str>) -> Markup {
    html! {
        img.poster src=(address) width="200" height="300" alt="" loading=[loading] decoding="async";
    }
}

/// The picture as its own address (RFC 2397): an address ends at `#`, and `%` begins a sign of another spelling.
fn address_of(picture: &str) -> String {
    let picture = picture.replace('%', "%25").replace('#', "%23");
    format!("data:image/svg+xml,{picture}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_whole_picture() {
        let address = address_of("<svg fill=\"#fff\" width=\"50%\"/>");
        let expected = "data:image/svg+xml,<svg fill=\"%23fff\" width=\"50%25\"/>";
        assert_eq!(address, expected);
    }
}
