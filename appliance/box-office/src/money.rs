//! Money: whole minor units of one currency, with sums that cannot overflow silently. No float comes near it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency by its ISO 4217 code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[A-Z]{3}$"))]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        // The three bytes are capital ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits stand behind the decimal point (ISO 4217): 2 for nearly all, 0 for yen, 3 for dinars. What is counted in and never handed over
    /// (CLF, UYI, UYW) is no currency of tickets.
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The smallest step of an amount that is charged to a card or given back to one, in minor units: of a currency with three digits the last is 0, and
    /// of an ariary nobody has a part (<https://docs.stripe.com/currencies>).
    pub fn step_minor(self) -> i64 {
        match (&self.0, self.minor_digits()) {
            (b"MGA", _) => 100,
            (_, 3) => 10,
            (_, _) => 1,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            Ok(_) | Err(_) => Err(MoneyError::NotACurrency(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

/// An amount: `minor` hundredths (or whatever the currency's smallest unit is) of `currency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// The amount in the currency's smallest unit; 1250 is 12.50 EUR.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why a sum could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two amounts of different currencies met.
    #[error("{0} and {1} cannot be added")]
    Mixed(Currency, Currency),
    /// The sum is larger than can be written.
    #[error("the amount is too large")]
    TooLarge,
    /// Not three capital letters.
    #[error("{0:?} is not a currency: three capital letters, as EUR")]
    NotACurrency(String),
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum.
    ///
    /// # Errors
    /// Different currencies, or a sum beyond 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let minor = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(Self::new(
            other.minor.checked_neg().ok_or(MoneyError::TooLarge)?,
            other.currency,
        ))
    }

    /// The sum of many amounts of one currency.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::plus)
    }
}

impl fmt::Display for Money {
    /// As on a receipt for programs and logs: `12.50 EUR`. Screens format by locale.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let unit = 10_u64.pow(digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        let amount = self.minor.unsigned_abs();
        match digits {
            0 => write!(f, "{sign}{amount} {}", self.currency),
            _ => write!(
                f,
                "{sign}{}.{:0width$} {}",
                amount / unit,
                amount % unit,
                self.currency,
                width = digits as usize
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn sums_are_checked() {
        assert_eq!(eur(1250).plus(eur(-50)), Ok(eur(1200)));
        assert_eq!(eur(i64::MAX).plus(eur(1)), Err(MoneyError::TooLarge));
        assert_eq!(eur(0).minus(eur(i64::MIN)), Err(MoneyError::TooLarge));
        let yen = Money::new(1, "JPY".parse().unwrap());
        assert_eq!(
            eur(1).plus(yen),
            Err(MoneyError::Mixed(eur(0).currency, yen.currency))
        );
    }

    /// The whole list of ISO 4217, amendment 179, but for what has two.
    #[test]
    fn the_digits_of_each_currency_are_those_of_the_list() {
        let check = |codes: &str, digits: u32| {
            for code in codes.split(' ') {
                let currency: Currency = code.parse().unwrap();
                assert_eq!(currency.minor_digits(), digits, "{code}");
            }
        };
        check(
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
            0,
        );
        check("BHD IQD JOD KWD LYD OMR TND", 3);
        check("EUR USD GBP MGA MRU HUF TWD IDR COP CRC", 2);
        let step = |code: &str| code.parse::<Currency>().unwrap().step_minor();
        assert_eq!(["EUR", "JPY", "KWD", "MGA"].map(step), [1, 1, 10, 100]);
    }

    #[test]
    fn amounts_are_written_with_the_digits_of_their_currency() {
        assert_eq!(eur(1205).to_string(), "12.05 EUR");
        assert_eq!(eur(-5).to_string(), "-0.05 EUR");
        assert_eq!(
            Money::new(1500, "JPY".parse().unwrap()).to_string(),
            "1500 JPY"
        );
        assert_eq!(
            Money::new(1500, "KWD".parse().unwrap()).to_string(),
            "1.500 KWD"
        );
        assert!("eur".parse::<Currency>().is_err());
    }
}
