#[test]
fn a_title_cannot_bring_markup() {
    assert_eq!(
        super::escape("<b>\"Q&A\"</b>"),
        "&lt;b&gt;&quot;Q&amp;A&quot;&lt;/b&gt;"
    );
}
