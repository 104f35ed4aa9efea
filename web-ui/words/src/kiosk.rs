//! The texts of the kiosk.

include!(concat!(env!("OUT_DIR"), "/kiosk_words.rs"));
