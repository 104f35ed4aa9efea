//! Embeds the screens anew when `cargo screens` has built them anew, and says so when a release would embed none.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !release {
        // A debug build reads the folder while it runs.
        return;
    }
    if Path::new("dist").is_dir() {
        println!("cargo:rerun-if-changed=dist");
    } else {
        // Watching a folder that does not exist would run this at every build; the parent changes when it appears.
        println!("cargo:rerun-if-changed=.");
        println!("cargo:warning=no screens to embed: run `cargo screens`");
    }
}
