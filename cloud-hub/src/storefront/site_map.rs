//! What search engines are told: which pages there are, and which are not for them.

use std::collections::BTreeSet;

use box_office::text::in_markup;
use counter::programme::to_come;

use super::{Storefront, paths};

/// The most addresses that a site map may have (sitemaps.org).
const MOST_ADDRESSES: usize = 50_000;

/// The pages of all cinemas, of their films and of their showtimes to come.
pub(super) fn addresses(front: &Storefront) -> String {
    let mut found = vec![front.absolute(paths::HOME)];
    for at in (front.all().iter()).filter_map(|cinema| front.counter.at(&cinema.id)) {
        let cinema = at.cinema();
        found.push(front.absolute(&paths::cinema(cinema)));
        let to_come = to_come(&at);
        let films: BTreeSet<_> = to_come.iter().map(|(film, _)| film).collect();
        found.extend((films.iter()).map(|film| front.absolute(&paths::film(cinema, film))));
        let showtimes = to_come.iter();
        found.extend(showtimes.map(|(_, id)| front.absolute(&paths::showtime(cinema, id))));
    }
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for address in found.iter().take(MOST_ADDRESSES) {
        map.push_str("<url><loc>");
        map.push_str(&in_markup(address));
        map.push_str("</loc></url>\n");
    }
    map.push_str("</urlset>\n");
    map
}

/// What is for programs, for staff and for one guest alone is no page to be found; posters are.
pub(super) fn robots(front: &Storefront) -> String {
    let map = front.absolute("/sitemap.xml");
    format!(
        "User-agent: *\nAllow: /api/v1/cinemas/*/films/\nDisallow: /api/\nDisallow: /bookings/\nDisallow: /head-office\nDisallow: /metrics\nDisallow: /readyz\nDisallow: /healthz\n\nSitemap: {map}\n"
    )
}
