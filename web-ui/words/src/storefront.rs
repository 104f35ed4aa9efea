//! The texts of the storefront, which the hub draws.

include!(concat!(env!("OUT_DIR"), "/storefront_words.rs"));
