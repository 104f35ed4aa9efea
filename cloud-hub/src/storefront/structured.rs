//! What a page is about in the words of schema.org, so that search engines show films, times and prices as such.

use box_office::Money;
use box_office::film::Film;
use box_office::programme::Cinema;
use counter_api::Showtime;
use serde_json::{Map, Value, json};

use super::offer::{Offer, WhyNot};
use super::tongue::{Tongue, rating_name};
use super::{Storefront, paths};

/// All of it as the content of a script element, out of which no text of a programme breaks: what ends an element, or a line of a
/// script, is written by its number.
pub(super) fn document(about: &[Value]) -> String {
    let document = json!({ "@context": "https://schema.org", "@graph": about });
    let mut safe = String::new();
    for sign in document.to_string().chars() {
        match sign {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            sign => safe.push(sign),
        }
    }
    safe
}

/// A cinema; everything else names it by its address.
pub(super) fn theatre(front: &Storefront, cinema: &Cinema) -> Value {
    let address = front.absolute(&paths::cinema(&cinema.id));
    let mut theatre = json!({
        "@type": "MovieTheater",
        "@id": address,
        "url": address,
        "name": cinema.name,
        "address": cinema.address.join(", "),
        "currenciesAccepted": cinema.currency.as_str(),
    });
    if let Some(at) = cinema.location {
        theatre["geo"] = json!({
            "@type": "GeoCoordinates",
            "latitude": at.latitude(),
            "longitude": at.longitude(),
        });
    }
    theatre
}

/// A film at a cinema.
pub(super) fn movie(front: &Storefront, tongue: Tongue, cinema: &Cinema, film: &Film) -> Value {
    let address = front.absolute(&paths::film(&cinema.id, &film.id));
    let directors = film.directors.iter();
    let person = |name: &String| json!({ "@type": "Person", "name": name });
    let mut movie = Map::new();
    let mut say = |name: &str, value: Value| movie.insert(name.to_owned(), value);
    say("@type", "Movie".into());
    say("@id", address.as_str().into());
    say("url", address.into());
    say("name", film.title.as_str().into());
    say(
        "image",
        front.absolute(&paths::poster(&cinema.id, &film.id)).into(),
    );
    say("datePublished", film.year.to_string().into());
    say("duration", format!("PT{}M", film.length_minutes).into());
    say("genre", genres(tongue, film).into());
    say("director", directors.map(person).collect());
    say("inLanguage", film.original_language.as_str().into());
    if let Some(title) = &film.original_title {
        say("alternateName", title.as_str().into());
    }
    if let Some((_, synopsis)) = tongue.pick(&film.synopsis) {
        say("description", synopsis.into());
    }
    if let Some(rating) = &film.age_rating {
        say("contentRating", rating_name(rating).into());
    }
    Value::Object(movie)
}

/// The genres of a film as its reader calls them.
pub(super) fn genres(tongue: Tongue, film: &Film) -> Vec<String> {
    let name = |genre: &String| {
        let known = tongue.words().genre(genre);
        known.map_or_else(|| genre.clone(), str::to_owned)
    };
    film.genres.iter().map(name).collect()
}

/// A showtime, with what its tickets cost: each price under its name, which may be empty.
pub(super) fn event(
    front: &Storefront,
    cinema: &Cinema,
    (film, showtime): (&Film, &Showtime),
    (offer, prices): (Offer, &[(String, Money)]),
) -> Value {
    let address = front.absolute(&paths::showtime(&cinema.id, &showtime.id));
    let status = match offer {
        Offer::Not(WhyNot::Cancelled) => "https://schema.org/EventCancelled",
        Offer::Online(_) | Offer::Not(_) => "https://schema.org/EventScheduled",
    };
    let format = match showtime.format {
        counter_api::Format::Flat => "2D",
        counter_api::Format::Stereo => "3D",
    };
    let mut event = Map::new();
    let mut say = |name: &str, value: Value| event.insert(name.to_owned(), value);
    say("@type", "ScreeningEvent".into());
    say("@id", address.as_str().into());
    say("url", address.as_str().into());
    say("name", film.title.as_str().into());
    say("startDate", showtime.starts_at.as_str().into());
    say("endDate", showtime.ends_at.as_str().into());
    say("eventStatus", status.into());
    say(
        "eventAttendanceMode",
        "https://schema.org/OfflineEventAttendanceMode".into(),
    );
    say(
        "location",
        json!({ "@id": front.absolute(&paths::cinema(&cinema.id)) }),
    );
    say(
        "workPresented",
        json!({ "@id": front.absolute(&paths::film(&cinema.id, &film.id)) }),
    );
    say("videoFormat", format.into());
    say("inLanguage", showtime.language.as_str().into());
    if let Some(subtitles) = &showtime.subtitles {
        say("subtitleLanguage", subtitles.language.as_str().into());
    }
    let offers = availability(offer).map(|availability| {
        let offers = prices.iter();
        offers.map(|(name, price)| offered(name, *price, (&address, availability, showtime)))
    });
    if let Some(offers) = offers {
        say("offers", offers.collect());
    }
    Value::Object(event)
}

fn offered(
    name: &str,
    price: Money,
    (url, availability, showtime): (&str, &str, &Showtime),
) -> Value {
    let plain = price.to_string();
    let number = plain.split(' ').next().unwrap_or_default();
    let mut offer = Map::new();
    let mut say = |name: &str, value: &str| offer.insert(name.to_owned(), value.into());
    match name.is_empty() {
        // The lowest of several.
        true => {
            say("@type", "AggregateOffer");
            say("lowPrice", number);
        }
        false => {
            say("@type", "Offer");
            say("name", name);
            say("price", number);
        }
    }
    say("priceCurrency", price.currency.as_str());
    say("availability", availability);
    if availability == IN_STOCK {
        say("validThrough", &showtime.sales_end_at);
    }
    say("url", url);
    Value::Object(offer)
}

const IN_STOCK: &str = "https://schema.org/InStock";

/// Where its tickets are to be had; nothing, where there are none at all.
fn availability(offer: Offer) -> Option<&'static str> {
    Some(match offer {
        Offer::Online(_) => IN_STOCK,
        Offer::Not(WhyNot::SoldOut) => "https://schema.org/SoldOut",
        Offer::Not(
            WhyNot::AtCinema | WhyNot::EndedOnline | WhyNot::Stopped | WhyNot::OutOfReach,
        ) => "https://schema.org/InStoreOnly",
        Offer::Not(WhyNot::Ended | WhyNot::Closed) => "https://schema.org/OutOfStock",
        Offer::Not(WhyNot::Cancelled | WhyNot::Over) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out_of_its_script() {
        let title = "</script><script>alert(\"1\")</script> <!-- & \u{2028}";
        let text = document(&[json!({ "name": title })]);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["@graph"][0]["name"], title);
    }
}
