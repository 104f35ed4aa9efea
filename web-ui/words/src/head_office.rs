//! The texts of head office.

include!(concat!(env!("OUT_DIR"), "/head_office_words.rs"));
