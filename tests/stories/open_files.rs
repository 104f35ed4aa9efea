//! How many files the box may open is looked at when it starts, and not found out in the evening.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use tests::tools;

/// A box with the usual settings, in a shell that first sets its limit.
fn start(folder: &std::path::Path, limit: &str) -> Child {
    let settings = folder.join("box.toml");
    let text = format!(
        "[data]\nfolder = {:?}\n[http]\nlisten = \"127.0.0.1:0\"\n",
        folder.join("data")
    );
    std::fs::write(&settings, text).unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{limit} && exec \"$0\" --config \"$1\"")])
        .arg(tools::program("appliance"))
        .arg(settings)
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Whether the box opens; if it ends before, what it has logged tells why.
fn opens(started: &mut Child) -> Result<(), String> {
    let mut logged = Vec::new();
    for line in BufReader::new(started.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("is open") {
            return Ok(());
        }
        logged.push(line);
    }
    Err(logged.join("\n"))
}

fn end(mut started: Child) {
    started.kill().unwrap();
    started.wait().unwrap();
}

#[test]
fn a_box_that_may_open_too_few_files_says_so_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut started = start(folder.path(), "ulimit -n 300");
    let opened = opens(&mut started);
    end(started);
    let log = opened.unwrap_err();
    for words in ["needs 640 open files", "may have 300", "to 172 at most"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[test]
fn a_box_raises_its_own_limit_where_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let mut started = start(folder.path(), "ulimit -Sn 300");
    let opened = opens(&mut started);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", started.id()));
    end(started);
    opened.unwrap();
    let limits = limits.unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = files.and_then(|line| line.split_whitespace().nth(3));
    assert_eq!(soft, Some("640"), "{limits}");
}
