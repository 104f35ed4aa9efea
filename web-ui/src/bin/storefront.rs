//! The storefront's program: the page that the hub draws is read before it, and it takes over where seats are chosen.

fn main() {
    console_error_panic_hook::set_once();
    web_ui::storefront::start();
}
