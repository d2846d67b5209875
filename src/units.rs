//! Owns the quantities that everything else speaks in: instants, days, money in minor units, currencies.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Microseconds in one day of 24 hours.
pub const MICROS_PER_DAY: i64 = 86_400_000_000;

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `days` days of 24 hours later.
    #[must_use]
    pub const fn plus(self, days: Days) -> Self {
        Self(self.0.saturating_add(days.micros()))
    }

    /// The instant `days` days of 24 hours earlier.
    #[must_use]
    pub const fn minus(self, days: Days) -> Self {
        Self(self.0.saturating_sub(days.micros()))
    }

    /// Days of 24 hours from `earlier` to this instant; negative if `earlier` is later.
    ///
    /// ```
    /// use retain::units::{Days, Timestamp};
    /// let start = Timestamp(0);
    /// assert_eq!(start.plus(Days(3)).days_since(start), 3.0);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "microseconds of thousands of years stay below 2^53")]
    pub fn days_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / MICROS_PER_DAY as f64
    }
}

/// Writes the instant in UTC as RFC 3339, to the second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => write!(f, "{}", instant.strftime("%Y-%m-%dT%H:%M:%SZ")),
            Err(_) => write!(f, "{} us", self.0),
        }
    }
}

/// A span of whole days of 24 hours.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Days(pub u32);

impl Days {
    /// The span in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0 as i64 * MICROS_PER_DAY
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "day" } else { "days" })
    }
}

/// An amount of the run's one currency, in its minor units (pence, cents), so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Money(pub i64);

/// An ISO 4217 currency and how many decimals its minor unit has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Currency {
    code: String,
    decimals: u32,
}

/// Currencies whose minor unit is not a hundredth (ISO 4217).
const UNUSUAL_DECIMALS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl Currency {
    /// A currency from its three-letter code; `None` if the code is not three capital letters.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let well_formed = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        let decimals = UNUSUAL_DECIMALS.iter().find(|(known, _)| *known == code).map_or(2, |(_, decimals)| *decimals);
        well_formed.then(|| Self { code: code.to_owned(), decimals })
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Minor units in one major unit, for example 100 pence in a pound.
    #[must_use]
    pub fn minor_per_major(&self) -> f64 {
        f64::from(10_u32.pow(self.decimals))
    }

    /// Decimals of the minor unit.
    #[must_use]
    pub const fn decimals(&self) -> u32 {
        self.decimals
    }

    /// The digits of an amount, with the decimals of the currency.
    ///
    /// * `major` - the amount in major units.
    #[must_use]
    pub fn major_digits(&self, major: f64) -> String {
        format!("{major:.*}", self.decimals as usize)
    }

    /// A sum of minor units in plain digits with all decimals, without the code.
    ///
    /// ```
    /// use retain::units::Currency;
    /// let digits = |code, minor| Currency::from_code(code).unwrap().digits(minor);
    /// assert_eq!([digits("EUR", 123_450), digits("EUR", -5), digits("JPY", 7)], ["1234.50", "-0.05", "7"]);
    /// ```
    #[must_use]
    pub fn digits(&self, minor: i128) -> String {
        let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
        let scale = 10_u128.pow(self.decimals);
        match self.decimals as usize {
            0 => format!("{sign}{size}"),
            width => format!("{sign}{}.{:0width$}", size / scale, size % scale),
        }
    }

    /// The amount in major units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "amounts above 2^53 minor units lose pence, not pounds")]
    pub fn major(&self, amount: Money) -> f64 {
        amount.0 as f64 / self.minor_per_major()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_know_their_minor_unit() {
        let decimals = |code| Currency::from_code(code).map(|c| c.decimals());
        assert_eq!(decimals("GBP"), Some(2));
        assert_eq!(decimals("JPY"), Some(0));
        assert_eq!(decimals("KWD"), Some(3));
        assert_eq!(decimals("gbp"), None);
        assert_eq!(decimals("POUND"), None);
    }

    #[test]
    fn timestamps_print_as_utc() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp(i64::MAX).to_string(), format!("{} us", i64::MAX));
    }
}
