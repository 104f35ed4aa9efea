//! How much room things take: memory of a process, files, what a process has written.

use std::io;
use std::path::Path;

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

/// The bytes of a kiosk's page as it goes over the wire: of every file the smallest form that the bundler made. `None` if the
/// screens have not been built.
pub fn kiosk_bundle(dist: &Path) -> Option<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dist.join("kiosk")).ok()?.flatten() {
        let path = entry.path();
        let is_compressed = path
            .extension()
            .is_some_and(|end| end == "br" || end == "gz");
        if path.is_file() && !is_compressed {
            sum += smallest_form(&path)?;
        }
    }
    (sum > 0).then_some(sum)
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
