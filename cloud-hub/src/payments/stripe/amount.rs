//! Amounts as Stripe counts them: in the smallest unit of a currency, which for some is another one than ours, and of some only round amounts
//! (<https://docs.stripe.com/currencies>).

use box_office::{Currency, Money};
use counter::Bounds;

/// How Stripe counts a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counting {
    /// How many digits stand behind the decimal point.
    digits: u32,
    /// An amount is a multiple of this.
    step: i64,
}

fn counting(currency: Currency) -> Counting {
    let (digits, step) = match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => (0, 1),
        // They have no smaller unit any more, and are counted as if they had.
        "ISK" | "UGX" => (2, 100),
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => (3, 10),
        _ => (2, 1),
    };
    Counting { digits, step }
}

/// The most that Stripe takes at once, as it counts: eight digits.
pub(super) const MOST: i64 = 99_999_999;

/// The least that Stripe takes at once, as it counts (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>). Of a currency that it
/// does not name anything is tried.
fn least(currency: Currency) -> i64 {
    match currency.as_str() {
        "AUD" | "BRL" | "CAD" | "CHF" | "EUR" | "INR" | "NZD" | "SGD" | "USD" => 50,
        "GBP" => 30,
        "AED" | "MYR" | "PLN" | "RON" => 200,
        "BGN" => 100,
        "CZK" => 1_500,
        "DKK" => 250,
        "HKD" => 400,
        "HUF" => 17_500,
        "JPY" => 50,
        "MXN" | "THB" => 1_000,
        "NOK" | "SEK" => 300,
        _ => 1,
    }
}

/// Which amounts of a currency it takes, in our minor units.
pub(in crate::payments) fn bounds(currency: Currency) -> Bounds {
    let Counting { digits, step } = counting(currency);
    let ours = |theirs: i64| moved(theirs, (digits, currency.minor_digits()));
    // Theirs may be counted finer than ours, or ours finer than theirs.
    let finest = moved(1, (currency.minor_digits(), digits)).unwrap_or(1);
    let step = match step % finest {
        0 => step,
        _ => finest,
    };
    let least = least(currency);
    let least = least + (step - least % step) % step;
    Bounds {
        least_minor: ours(least).unwrap_or(1),
        most_minor: ours(MOST - MOST % step).unwrap_or(MOST),
        step_minor: ours(step).unwrap_or(1),
    }
}

/// The amount as Stripe is told it; nothing, if it takes no such amount.
pub(super) fn told(amount: Money) -> Option<i64> {
    let theirs = counting(amount.currency);
    let told = moved(
        amount.minor,
        (amount.currency.minor_digits(), theirs.digits),
    )?;
    (told > 0 && told % theirs.step == 0).then_some(told)
}

/// What Stripe says in our minor units; nothing, if it is no amount of ours.
pub(super) fn heard(amount: i64, currency: Currency) -> Option<i64> {
    moved(amount, (counting(currency).digits, currency.minor_digits()))
}

/// What Stripe says that it has taken in our minor units; nothing, if nobody is charged such an amount.
pub(super) fn taken(amount: i64, currency: Currency) -> Option<i64> {
    let is_charged = (1..=MOST).contains(&amount);
    heard(amount, currency).filter(|_| is_charged)
}

/// The same amount with another number of digits behind the point, if that is a whole number.
fn moved(amount: i64, (from, to): (u32, u32)) -> Option<i64> {
    match to.checked_sub(from) {
        Some(more) => amount.checked_mul(10_i64.checked_pow(more)?),
        None => {
            let fewer = 10_i64.checked_pow(from - to)?;
            (amount % fewer == 0).then_some(amount / fewer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_counted_as_stripe_counts_them() {
        let check = |minor: i64, currency: &str, expected: Option<i64>| {
            let currency: Currency = currency.parse().unwrap();
            let found = told(Money::new(minor, currency));
            assert_eq!(found, expected, "{minor} {currency}");
            if let Some(found) = found {
                assert_eq!(heard(found, currency), Some(minor), "{currency} and back");
            }
        };
        check(1_250, "EUR", Some(1_250));
        check(1_800, "JPY", Some(1_800));
        check(2_500, "ISK", Some(250_000));
        check(12_340, "KWD", Some(12_340));
        check(12_345, "KWD", None);
        check(5_000, "RWF", Some(5_000));
        check(50_000, "MGA", Some(500));
        check(50_050, "MGA", None);
        check(0, "EUR", None);
        check(-1, "EUR", None);
        check(i64::MAX, "ISK", None);
        assert_eq!(heard(250_050, "ISK".parse().unwrap()), None);
    }

    #[test]
    fn what_stripe_takes_at_least_and_at_most_is_told_in_our_units() {
        let check = |currency: &str, least_minor: i64, most_minor: i64, step_minor: i64| {
            let found = bounds(currency.parse().unwrap());
            let expected = Bounds {
                least_minor,
                most_minor,
                step_minor,
            };
            assert_eq!(found, expected, "{currency}");
        };
        check("EUR", 50, 99_999_999, 1);
        check("GBP", 30, 99_999_999, 1);
        check("JPY", 50, 99_999_999, 1);
        check("ISK", 1, 999_999, 1);
        check("KWD", 10, 99_999_990, 10);
        check("RWF", 1, 99_999_999, 1);
        check("UGX", 1, 999_999, 1);
        check("MGA", 100, 9_999_999_900, 100);
    }

    #[test]
    fn what_lies_within_the_bounds_is_told_and_heard_and_what_does_not_is_not() {
        // Every code there could be.
        let letters = || 'A'..='Z';
        let codes =
            letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        for code in codes.map(String::from_iter) {
            let currency: Currency = code.parse().unwrap();
            let Bounds {
                least_minor,
                most_minor,
                step_minor,
            } = bounds(currency);
            assert_eq!(step_minor, currency.step_minor(), "{code}");
            let told = |minor| told(Money::new(minor, currency));
            for minor in [least_minor, least_minor + step_minor, most_minor] {
                let theirs = told(minor).unwrap_or_else(|| panic!("{minor} {code} is not told"));
                assert!(theirs <= MOST, "{minor} {code}");
                assert_eq!(taken(theirs, currency), Some(minor), "{minor} {code}");
            }
            if step_minor > 1 {
                assert_eq!(told(least_minor + 1), None, "{code}");
            }
            assert!(told(most_minor + step_minor).is_none_or(|theirs| theirs > MOST));
        }
    }
}
