use super::*;

#[test]
fn every_language_has_its_name_and_a_tag_of_none_stays_one() {
    let check = |language: Language, tag: &str, name: &str| {
        assert_eq!(name_of(language, tag), name, "{tag}");
    };
    check(Language::De, "fr-CA", "Französisch");
    check(Language::De, "az", "Aserbaidschanisch");
    check(Language::Es, "yo", "yoruba");
    check(Language::En, "sr-Latn", "Serbian");
    check(Language::Fr, "GSW", "suisse allemand");
    check(Language::De, "zxx", "ohne Dialog");
    // The CLDR has no Spanish name for it.
    check(Language::Es, "bar", "Bavarian");
    check(Language::De, "xx", "XX");
    check(Language::De, "", "");
    assert!(NAMES.is_sorted_by_key(|(tag, _)| *tag) && NAMES.len() > 400);
}
