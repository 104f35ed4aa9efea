//! Stories of people who use the box: told in their words, checked by what they see.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod again;
mod bad_input;
mod between;
mod broken_invariants;
mod checks;
mod clock;
mod devices;
mod door;
mod first_minute;
mod first_night;
mod forgotten;
mod full_disk;
mod guests_at_home;
mod halls;
mod head_office;
mod hold_seats;
mod https;
mod hub_counter;
mod hub_database;
mod imports;
mod last_row;
mod left_behind;
mod let_in;
mod limits;
mod mqtts;
mod one_hub;
mod open_files;
mod openapi;
mod orders;
mod pages;
mod paperless;
mod pay_by_card;
mod payment_cases;
mod proving;
mod refunds;
mod reprint;
mod revoked;
mod sell_for_cash;
mod set_aside;
mod single_seats;
mod staff_calls;
mod two_counters;
mod under_way;
mod what_is_on;
