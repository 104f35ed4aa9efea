//! The texts of mails to guests, which the hub draws.

include!(concat!(env!("OUT_DIR"), "/mail_words.rs"));
