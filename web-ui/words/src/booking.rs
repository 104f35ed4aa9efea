//! The texts of a guest's booking, which the hub draws.

include!(concat!(env!("OUT_DIR"), "/booking_words.rs"));
