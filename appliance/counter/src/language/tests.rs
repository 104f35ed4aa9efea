use jiff::civil::date;

use super::*;

#[test]
fn days_and_amounts_are_written_as_the_language_does() {
    let check = |language: Language, day: &str, amount: &str, rate: &str| {
        assert_eq!(language.day(date(2026, 3, 1)), day);
        assert_eq!(
            language.amount(Money::new(123_456, "EUR".parse().unwrap())),
            amount
        );
        assert_eq!(language.rate(550), rate);
    };
    check(Language::En, "Sunday, 1 March 2026", "€1234.56", "5.5 %");
    check(Language::De, "Sonntag, 1. März 2026", "1234,56 €", "5,5 %");
    check(
        Language::Es,
        "domingo, 1 de marzo de 2026",
        "1234,56 €",
        "5,5 %",
    );
    check(Language::Fr, "dimanche 1er mars 2026", "1234,56 €", "5,5 %");
    assert_eq!(
        Language::En.amount(Money::new(1500, "JPY".parse().unwrap())),
        "JPY 1500"
    );
    assert_eq!(Language::De.rate(1900), "19 %");
    assert_eq!(Language::Fr.rate(1025), "10,25 %");
    assert_eq!(Language::of_tag("fr-CA"), Language::Fr);
}

#[test]
fn a_day_in_short_is_known_in_each_language() {
    let check = |language: Language, day: &str| {
        assert_eq!(language.short_day(date(2026, 11, 23)), day);
    };
    check(Language::En, "Mon 23 Nov");
    check(Language::De, "Mo 23.11.");
    check(Language::Es, "lun 23/11");
    check(Language::Fr, "lun. 23/11");
}
