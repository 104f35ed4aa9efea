//! Head office's program: the browser runs `main` once the page has loaded it.

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(web_ui::head_office::HeadOffice);
}
