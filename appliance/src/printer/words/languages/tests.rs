use super::*;

#[test]
fn a_language_without_a_name_is_its_tag() {
    assert_eq!(Language::De.name_of("fr-CA"), "Französisch");
    assert_eq!(Language::Fr.subtitled("ja"), "sous-titres: japonais");
    assert_eq!(Language::Es.name_of("yo"), "YO");
    assert_eq!(Language::De.name_of("zxx"), "ohne Dialog");
}
