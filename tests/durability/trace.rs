//! What `strace -f -y` wrote: system calls in the order in which they began and returned.

use std::collections::HashMap;
use std::path::Path;

/// Why a sale is not proven to be on the disk before it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproven {
    /// No answer has its id.
    Unanswered(String),
    /// It was answered, and nothing with its id had been written to the log before.
    Unwritten(String),
    /// It was written and answered, and no sync began after the write and returned before the answer.
    Unsynced(String),
}

/// The calls of a trace.
#[derive(Debug)]
pub struct Trace(Vec<Call>);

/// One system call. Begin and end are lines of the trace.
#[derive(Debug)]
struct Call {
    begins: usize,
    ends: usize,
    what: What,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    WritesLog,
    SyncsLog,
    Answers,
}

impl Trace {
    /// Reads a trace.
    pub fn read(file: &Path) -> Self {
        Self::of(&String::from_utf8_lossy(&std::fs::read(file).unwrap()))
    }

    fn of(text: &str) -> Self {
        let mut open: HashMap<&str, Call> = HashMap::new();
        let mut calls = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let Some((process, rest)) = line.split_once(' ') else {
                continue;
            };
            let rest = rest.trim_start();
            if rest.starts_with("<... ") {
                if let Some(call) = open.remove(process).filter(|_| returned_well(rest)) {
                    calls.push(Call {
                        ends: number,
                        text: call.text + rest,
                        ..call
                    });
                }
                continue;
            }
            let Some(what) = what(rest) else { continue };
            let call = Call {
                begins: number,
                ends: number,
                what,
                text: rest.to_owned(),
            };
            if rest.ends_with("<unfinished ...>") {
                open.insert(process, call);
            } else if returned_well(rest) {
                calls.push(call);
            }
        }
        Self(calls)
    }

    /// Finds the write of the sale to the log, then a sync that returned, then the answer.
    pub fn prove(&self, sale: &str) -> Result<(), Unproven> {
        let calls = |what| self.0.iter().filter(move |call| call.what == what);
        let with_sale = |call: &&Call| call.text.contains(sale);
        let answer = calls(What::Answers)
            .find(with_sale)
            .ok_or_else(|| Unproven::Unanswered(sale.to_owned()))?;
        let written =
            calls(What::WritesLog).find(|call| with_sale(call) && call.ends < answer.begins);
        let written = written.ok_or_else(|| Unproven::Unwritten(sale.to_owned()))?;
        let synced = calls(What::SyncsLog)
            .any(|sync| sync.begins > written.ends && sync.ends < answer.begins);
        if synced {
            Ok(())
        } else {
            Err(Unproven::Unsynced(sale.to_owned()))
        }
    }
}

fn what(call: &str) -> Option<What> {
    let (name, arguments) = call.split_once('(')?;
    let first = arguments.split([',', ')']).next().unwrap_or_default();
    let first = first.trim_end_matches("<unfinished ...>").trim_end();
    let is_log = first.ends_with("-wal>");
    match name {
        "fsync" | "fdatasync" if is_log => Some(What::SyncsLog),
        "write" | "writev" | "pwrite64" | "pwritev" if is_log => Some(What::WritesLog),
        "write" | "writev" | "sendto" | "sendmsg" if arguments.contains("HTTP/1.1 20") => {
            Some(What::Answers)
        }
        _ => None,
    }
}

fn returned_well(call: &str) -> bool {
    call.rsplit_once(" = ")
        .is_some_and(|(_, value)| !value.starts_with('-') && !value.starts_with('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = "7 pwrite64(5</d/appliance.db-wal>, \"..sale-1..\", 4096, 0) = 4096";
    const SYNC: &str = "7 fdatasync(5</d/appliance.db-wal>) = 0";
    const ANSWER: &str = "8 writev(9<socket:[1]>, [{iov_base=\"HTTP/1.1 201 Created\", iov_len=20}, {iov_base=\"{\\\"id\\\":\\\"sale-1\\\"}\", iov_len=9}], 2) = 29";

    #[track_caller]
    fn check(lines: &[&str], expected: &Result<(), Unproven>) {
        let found = Trace::of(&lines.join("\n")).prove("sale-1");
        assert_eq!(&found, expected, "{lines:#?}");
    }

    fn sale() -> String {
        "sale-1".to_owned()
    }

    #[test]
    fn write_sync_answer_is_the_only_order() {
        check(&[WRITE, SYNC, ANSWER], &Ok(()));
        check(&[WRITE, ANSWER, SYNC], &Err(Unproven::Unsynced(sale())));
        check(&[SYNC, WRITE, ANSWER], &Err(Unproven::Unsynced(sale())));
        check(&[ANSWER, WRITE, SYNC], &Err(Unproven::Unwritten(sale())));
        check(&[WRITE, SYNC], &Err(Unproven::Unanswered(sale())));
    }

    #[test]
    fn a_sync_counts_from_its_begin_and_when_it_has_returned() {
        let (begins, returns) = (
            "7 fdatasync(5</d/appliance.db-wal> <unfinished ...>",
            "7 <... fdatasync resumed>) = 0",
        );
        check(&[WRITE, begins, returns, ANSWER], &Ok(()));
        check(
            &[begins, WRITE, returns, ANSWER],
            &Err(Unproven::Unsynced(sale())),
        );
        check(
            &[WRITE, begins, ANSWER, returns],
            &Err(Unproven::Unsynced(sale())),
        );
        let failed = "7 fdatasync(5</d/appliance.db-wal>) = -1 EIO (Input/output error)";
        check(&[WRITE, failed, ANSWER], &Err(Unproven::Unsynced(sale())));
    }

    #[test]
    fn another_file_and_another_sale_prove_nothing() {
        let other_sync = "7 fdatasync(6</d/printer.log>) = 0";
        let other_sale = "7 pwrite64(5</d/appliance.db-wal>, \"..sale-2..\", 4096, 0) = 4096";
        check(
            &[WRITE, other_sync, ANSWER],
            &Err(Unproven::Unsynced(sale())),
        );
        check(
            &[other_sale, SYNC, ANSWER],
            &Err(Unproven::Unwritten(sale())),
        );
    }
}
