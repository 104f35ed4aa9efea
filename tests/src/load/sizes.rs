//! How much room things take: memory of a process, files, what a process has written.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// The resident memory of a process, in bytes.
///
/// # Errors
/// There is no such process.
pub fn resident(process: u32) -> io::Result<u64> {
    let kib = number_after(&format!("/proc/{process}/status"), "VmRSS:")?;
    Ok(kib * 1024)
}

/// What a process has sent to the disk so far, in bytes.
///
/// # Errors
/// There is no such process.
pub fn written(process: u32) -> io::Result<u64> {
    number_after(&format!("/proc/{process}/io"), "write_bytes:")
}

/// The bytes of a page as it goes over the wire: the page, and of every file that it or one of those names, the smallest form that the
/// bundler made. `None` if the screens have not been built.
pub fn page_with_its_files(dist: &Path, page: &str) -> Option<u64> {
    let mut files = Vec::new();
    list(&dist.join("assets"), &mut files).ok()?;
    let mut texts = vec![(
        dist.to_owned(),
        std::fs::read_to_string(dist.join(page)).ok()?,
    )];
    let mut sum = smallest_form(&dist.join(page))?;
    while let Some((folder, text)) = texts.pop() {
        let is_named = |file: &mut PathBuf| {
            let name = |path: &Path| path.file_name().and_then(OsStr::to_str).map(str::to_owned);
            let (Some(name), Some(parent)) = (name(file), file.parent().and_then(name)) else {
                return false;
            };
            let is_beside = file.parent() == Some(folder.as_path());
            text.contains(&format!("{parent}/{name}"))
                || is_beside && text.contains(&format!("./{name}"))
        };
        for file in files.extract_if(.., is_named) {
            sum += smallest_form(&file)?;
            // A file that is no text names nothing.
            if let (Ok(text), Some(folder)) = (std::fs::read_to_string(&file), file.parent()) {
                texts.push((folder.to_owned(), text));
            }
        }
    }
    Some(sum)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_compressed = path
            .extension()
            .is_some_and(|end| end == "br" || end == "gz");
        if path.is_dir() {
            list(&path, files)?;
        } else if !is_compressed {
            files.push(path);
        }
    }
    Ok(())
}

fn smallest_form(path: &Path) -> Option<u64> {
    let length = |path: &Path| std::fs::metadata(path).map(|found| found.len()).ok();
    let with = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        length(Path::new(&name))
    };
    [length(path), with(".br"), with(".gz")]
        .into_iter()
        .flatten()
        .min()
}

fn number_after(file: &str, name: &str) -> io::Result<u64> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("{file} has no {name}")))
}
