//! A real browser at a real kiosk: what a guest sees, touches and takes home. Needs chromium, chromedriver and built screens.

mod guest;
mod reader;

mod accessible;
mod bookings;
mod buys_online;
mod buys_tickets;
mod chooses;
mod comes_back;
mod first_night;
mod focus;
mod goes_away;
mod halls;
mod hand_over;
mod head_office;
mod is_asked;
mod keyboard;
mod layouts;
mod live_seats;
mod mails;
mod mails_of_head_office;
mod paper_out;
mod payments;
mod pays_by_stripe;
mod refund_rules;
mod revoked;
mod seat_history;
mod sign_in;
mod speaks;
mod staff_calls;
mod storefront;
mod waits;
mod walks;
mod whole_booking;
mod withheld;
mod without_eyes;
