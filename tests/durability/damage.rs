//! The short form of `cargo damage`: whatever is done to the files of a box, no sale is lost without a word.

use tests::damage::run;
use tests::tools;

/// Every file with several kinds of damage; `cargo damage` has the rest.
const STARTS: u64 = 66;

#[tokio::test]
async fn nothing_that_was_answered_is_lost_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let program = tools::program("appliance");
    let summary = run(folder.path(), &program, STARTS, 1).await.unwrap();
    assert_eq!(summary.findings, Vec::<String>::new());
    assert_eq!(summary.starts, STARTS);
    let words = (summary.refused, summary.stopped, summary.lost_nothing);
    assert!(words.0 > 0 && words.1 > 0 && words.2 > 0, "{words:?}");
}
