//! From Rust to the files that a browser runs: cargo, then wasm-bindgen. It knows nothing of pages and styles.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::order;
use crate::workspace::{Workspace, read_folder};

const TARGET: &str = "wasm32-unknown-unknown";

/// What the exports of three classes have in their names, which Leptos brings for streams that no screen reads. An export keeps its code in the
/// program, and a class of its own in the script.
const UNUSED_CLASSES: &str = "intounderlying";

/// What this module makes of a compiled program. Other words here, and each program is bound anew.
const DONE: &str = "no unused classes, alike functions together";

/// How much care the build takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Build {
    /// Small and compressed: what is embedded.
    Release,
    /// Quick, with names for the browser's debugger.
    Debug,
}

impl Build {
    /// Cargo's name of the profile, and of its folder inside the target folder.
    fn profile_and_folder(self) -> (&'static str, &'static str) {
        match self {
            Self::Release => ("wasm-release", "wasm-release"),
            Self::Debug => ("dev", "debug"),
        }
    }
}

/// Adds the wasm target with rustup, unless the toolchain has it.
pub(crate) fn add_the_wasm_target() -> Result<(), String> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|error| format!("rustc cannot be run: {error}"))?;
    if Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir() {
        return Ok(());
    }
    println!("screens: adding the target {TARGET} with rustup");
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`rustup target add {TARGET}` failed with {status}")),
        Err(error) => Err(format!(
            "this toolchain cannot build for {TARGET}, and rustup, which could add it, cannot be run ({error}). Install the target with what installed Rust."
        )),
    }
}

/// Compiles all screens at once, so that they share their dependencies.
pub(crate) fn compile(
    workspace: &Workspace,
    screens: &[String],
    build: Build,
) -> Result<(), String> {
    let (profile, _) = build.profile_and_folder();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&workspace.web_ui)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "web-ui",
            "--target",
            TARGET,
            "--profile",
            profile,
        ])
        .arg("--target-dir")
        .arg(&workspace.target);
    for screen in screens {
        cargo.args(["--bin", screen]);
    }
    println!(
        "screens: compiling {} to WebAssembly (some minutes the first time)",
        screens.join(", ")
    );
    let started = now();
    let status = cargo
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !status.success() {
        return Err(format!("the screens did not compile ({status})"));
    }
    println!(
        "screens: compiled in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The files of one screen, `kiosk/kiosk.js` and so on: what wasm-bindgen makes of the compiled program, and the script that starts it.
/// Done again only if the compiled program has changed.
pub(crate) fn bind(
    workspace: &Workspace,
    screen: &str,
    build: Build,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let (_, folder) = build.profile_and_folder();
    let compiled = workspace
        .target
        .join(TARGET)
        .join(folder)
        .join(format!("{screen}.wasm"));
    let bytes = fs::read(&compiled)
        .map_err(|error| format!("{} cannot be read: {error}", compiled.display()))?;
    let fingerprint = fingerprint(&bytes);
    let bound = workspace.work_folder(folder).join(screen);
    let kept = bound.join("fingerprint");
    if fs::read_to_string(&kept).is_ok_and(|old| old == fingerprint) {
        return screen_files(workspace, &bound, screen);
    }

    let started = now();
    if bound.exists() {
        fs::remove_dir_all(&bound)
            .map_err(|error| format!("{} cannot be removed: {error}", bound.display()))?;
    }
    Bindgen::new()
        .input_bytes(screen, without_unused_classes(&bytes)?)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .debug(build == Build::Debug)
                .keep_debug(build == Build::Debug)
                .remove_name_section(build == Build::Release)
                .remove_producers_section(build == Build::Release)
                .generate(&bound)
        })
        .map_err(|error| format!("wasm-bindgen could not bind {screen}: {error:?}"))?;
    if build == Build::Release {
        put_in_order(&bound.join(format!("{screen}_bg.wasm")))?;
    }
    fs::write(&kept, fingerprint)
        .map_err(|error| format!("{} cannot be written: {error}", kept.display()))?;
    println!(
        "screens: bound {screen} in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    screen_files(workspace, &bound, screen)
}

/// The program without the exports of the unused classes.
fn without_unused_classes(program: &[u8]) -> Result<Vec<u8>, String> {
    let mut module =
        Module::from_buffer(program).map_err(|error| format!("the program is broken: {error}"))?;
    let exports = module.exports.iter();
    let unused: Vec<_> = exports
        .filter(|export| export.name.contains(UNUSED_CLASSES))
        .map(walrus::Export::id)
        .collect();
    for export in unused {
        module.exports.delete(export);
    }
    Ok(module.emit_wasm())
}

fn put_in_order(path: &Path) -> Result<(), String> {
    let say = |error: std::io::Error| format!("{}: {error}", path.display());
    let ordered = order::alike_together(&fs::read(path).map_err(say)?)?;
    fs::write(path, ordered).map_err(say)
}

fn screen_files(
    workspace: &Workspace,
    bound: &Path,
    screen: &str,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = read_folder(bound)?;
    files.retain(|(path, _)| path != "fingerprint");
    let script = start_script(screen, &first_questions(workspace, screen)?);
    files.push(("start.js".to_owned(), script.into_bytes()));
    Ok(files
        .into_iter()
        .map(|(path, bytes)| (format!("{screen}/{path}"), bytes))
        .collect())
}

/// What a screen's page asks while its program comes; nothing, where it has no such script.
fn first_questions(workspace: &Workspace, screen: &str) -> Result<String, String> {
    let path = workspace
        .web_ui
        .join(format!("src/{screen}/first_questions.js"));
    match path.exists() {
        true => fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display())),
        false => Ok(String::new()),
    }
}

fn start_script(screen: &str, first: &str) -> String {
    format!(
        "{first}import(\"./{screen}.js\").then(({{ default: init }}) => init({{ module_or_path: new URL(\"./{screen}_bg.wasm\", import.meta.url) }})).catch((error) => {{\n  console.error(error);\n  document.documentElement.classList.add(\"did-not-start\");\n}});\n"
    )
}

/// A new version of wasm-bindgen needs no place in it: its schema is inside the compiled program.
fn fingerprint(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.write(DONE.as_bytes());
    format!("{:016x}", hasher.finish())
}

#[expect(clippy::disallowed_methods, reason = "the time is only shown")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, start_script};

    #[test]
    fn another_program_has_another_fingerprint() {
        assert_eq!(fingerprint(b"one"), fingerprint(b"one"));
        assert_ne!(fingerprint(b"one"), fingerprint(b"two"));
    }

    #[test]
    fn the_start_script_says_when_the_program_cannot_start() {
        let script = start_script("kiosk", "first();\n");
        assert!(script.starts_with("first();\nimport(\"./kiosk.js\")"));
        assert!(script.contains("./kiosk_bg.wasm"));
        assert!(script.contains("did-not-start"));
    }
}
