//! The texts of whatever sells to guests: the kiosk, and the storefront.

include!(concat!(env!("OUT_DIR"), "/buying_words.rs"));
