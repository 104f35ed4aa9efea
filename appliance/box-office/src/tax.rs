//! The tax inside a price, in whole minor units. It knows rates and rounding, not what they are for.

use serde::{Deserialize, Serialize};

use crate::Money;

/// A tax rate in basis points: 700 is 7 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u16))]
#[serde(try_from = "u16", into = "u16")]
pub struct TaxRate(u16);

/// A rate beyond 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} basis points are more than 100 %: 7 % is 700")]
pub struct TaxRateTooHigh(u16);

/// 100 % in basis points: the unit of a rate, and the highest.
const WHOLE: u16 = 10_000;

impl TaxRate {
    /// A rate of `basis_points`.
    ///
    /// # Errors
    /// More than 10 000: no ticket tax is above 100 %, so it is a slip of the pen.
    pub const fn from_basis_points(basis_points: u16) -> Result<Self, TaxRateTooHigh> {
        if basis_points > WHOLE {
            Err(TaxRateTooHigh(basis_points))
        } else {
            Ok(Self(basis_points))
        }
    }

    /// The rate in basis points.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// The tax inside `price`: price x rate / (1 + rate), rounded to whole minor units, half to even.
    pub fn inside(self, price: Money) -> Money {
        Money::new(self.inside_minor(price.minor), price.currency)
    }

    /// The same of so many minor units, of whatever currency.
    pub fn inside_minor(self, price_minor: i64) -> i64 {
        let rate = i128::from(self.0);
        let tax = divide_half_to_even(i128::from(price_minor) * rate, i128::from(WHOLE) + rate);
        // The tax lies between zero and the price, so that it fits whatever the price is.
        i64::try_from(tax).unwrap_or(price_minor)
    }
}

impl TryFrom<u16> for TaxRate {
    type Error = TaxRateTooHigh;
    fn try_from(basis_points: u16) -> Result<Self, TaxRateTooHigh> {
        Self::from_basis_points(basis_points)
    }
}

impl From<TaxRate> for u16 {
    fn from(rate: TaxRate) -> u16 {
        rate.0
    }
}

/// `dividend / divisor` to the nearest whole number; from the middle to the even one. `divisor` is positive.
fn divide_half_to_even(dividend: i128, divisor: i128) -> i128 {
    let below = dividend.div_euclid(divisor);
    let twice_rest = 2 * dividend.rem_euclid(divisor);
    match twice_rest.cmp(&divisor) {
        std::cmp::Ordering::Less => below,
        std::cmp::Ordering::Equal => below + below.rem_euclid(2),
        std::cmp::Ordering::Greater => below + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tax(minor: i64, basis_points: u16) -> i64 {
        let eur = "EUR".parse().unwrap();
        TaxRate::from_basis_points(basis_points)
            .unwrap()
            .inside(Money::new(minor, eur))
            .minor
    }

    #[test]
    fn seven_percent_inside_a_ticket() {
        assert_eq!(tax(1070, 700), 70);
        assert_eq!(tax(1250, 700), 82); // 81.77
        assert_eq!(tax(1190, 1900), 190);
        assert_eq!(tax(1250, 0), 0);
        assert_eq!(tax(-1070, 700), -70);
    }

    #[test]
    fn a_half_goes_to_the_even_number() {
        // At 100 % the tax is half of the price.
        assert_eq!(
            [1, 3, 5, 7, -1, -3].map(|minor| tax(minor, 10_000)),
            [0, 2, 2, 4, 0, -2]
        );
    }

    #[test]
    fn a_rate_above_one_hundred_percent_is_refused() {
        assert_eq!(
            TaxRate::from_basis_points(10_001),
            Err(TaxRateTooHigh(10_001))
        );
    }

    proptest! {
        /// The exact tax is the fraction n/d; no whole number is nearer to it, and of two as near the even one is taken.
        #[test]
        fn no_whole_number_is_nearer_to_the_exact_tax(minor in any::<i64>(), basis_points in 0_u16..=10_000) {
            let got = i128::from(tax(minor, basis_points));
            let (n, d) = (i128::from(minor) * i128::from(basis_points), 10_000 + i128::from(basis_points));
            let distance = |whole: i128| (whole * d - n).abs();
            for other in [got - 1, got + 1] {
                prop_assert!(distance(got) <= distance(other));
                prop_assert!(distance(got) < distance(other) || got % 2 == 0);
            }
        }

        /// Halves are rare among random prices, so they are made: price = (2k + 1)(d / 2) / gcd gives them at 100 %.
        #[test]
        fn every_half_goes_to_even(k in -1_000_000_i64..1_000_000) {
            prop_assert_eq!(tax(2 * k + 1, 10_000).rem_euclid(2), 0);
        }

        #[test]
        fn tax_lies_between_nothing_and_the_price(minor in 0_i64.., basis_points in 0_u16..=10_000) {
            let tax = tax(minor, basis_points);
            prop_assert!((0..=minor).contains(&tax));
        }
    }
}
