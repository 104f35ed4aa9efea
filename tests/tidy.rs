//! Holds what the README and the design say "never" about. A rule that goes red says what to do instead; beside each rule a test shows that
//! it can go red.

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/floors.rs"]
mod floors;

#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/words.rs"]
mod words;

use tests::checkout::{self, Checkout};

#[test]
fn crates_use_only_what_the_code_map_allows() {
    check(arrows::arrows);
    check(arrows::pure_crates_stay_pure);
    check(arrows::tools_need_nothing);
}

#[test]
fn modules_stand_in_no_circle() {
    check(floors::no_circles);
}

#[test]
fn a_store_belongs_to_its_room() {
    check(floors::private_stores);
}

#[test]
fn app_is_known_at_the_top_only() {
    check(floors::app_at_the_top);
}

#[test]
fn rooms_use_lower_floors() {
    check(floors::floors);
}

#[test]
fn manifests_inherit_versions_and_lints() {
    check(arrows::versions_stand_once);
}

#[test]
fn sql_stands_in_stores() {
    check(source::sql);
}

#[test]
fn axum_stands_in_the_http_layer() {
    check(source::axum);
}

#[test]
fn each_outside_thing_is_known_in_one_place() {
    check(source::outside_things);
}

#[test]
fn select_rolls_no_dice() {
    check(source::no_dice_in_select);
}

#[test]
fn nothing_is_left_for_later() {
    check(source::nothing_left_for_later);
}

#[test]
fn tests_wait_for_conditions() {
    check(source::no_sleeps_in_tests);
}

#[test]
fn modules_say_what_they_are_for() {
    check(source::module_docs);
    check(files::no_mod_files);
}

#[test]
fn the_top_level_is_fixed() {
    check(files::top_level);
}

#[test]
fn each_crate_has_its_page() {
    check(files::crate_pages);
}

#[test]
fn every_screen_has_a_page_and_a_program() {
    check(files::screens);
}

#[test]
fn no_machine_or_registry_is_named() {
    check(files::no_machine_names);
}

#[test]
fn texts_are_written_as_their_languages_are() {
    check(words::typography);
}

#[test]
fn texts_are_translated_and_said() {
    check(words::translated);
    check(words::used);
}

#[test]
fn the_tests_of_a_program_are_run() {
    check(files::tested_programs);
}

#[test]
fn migrations_never_change() {
    check(files::migrations);
}

/// Advice and not law: a file that has grown past what fits a head is named in the output.
#[test]
fn the_longest_files_are_named() {
    for line in source::longest_files(&Checkout::here()) {
        println!("{line}");
    }
}

fn check(rule: fn(&Checkout) -> Vec<String>) {
    let complaints = rule(&Checkout::here());
    assert!(complaints.is_empty(), "\n\n{}\n", complaints.join("\n\n"));
}
