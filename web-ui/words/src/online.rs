//! The texts of the storefront's program, by which guests at home buy.

include!(concat!(env!("OUT_DIR"), "/online_words.rs"));
