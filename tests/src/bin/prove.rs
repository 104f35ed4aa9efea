//! `cargo prove HUB BOX ..`: whether what a hub and its boxes have stored keeps both promises. Each is a data folder or a settings file.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if given.is_empty() {
        return audit::not_read(
            &"say what to prove: `cargo prove HUB BOX ..`, each a data folder or a settings file",
        );
    }
    let sources: Result<Vec<_>, _> = given.iter().map(|it| tests::proving::source(it)).collect();
    match sources {
        Ok(sources) => audit::run(&sources),
        Err(why) => audit::not_read(&why),
    }
}
