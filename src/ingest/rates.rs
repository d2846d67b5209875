//! Amounts in other currencies: each is multiplied by the rate of its row, exactly, and rounded to minor units, half to even.

use super::table::TypedTable;
use super::values::{ABSENT, Values};
use super::words::Words;
use crate::config::{Config, Kind, TableConfig};

/// Decimals of amounts that are still to be converted.
pub(super) const DECIMALS: u32 = 4;

/// A rate as a whole number of parts, ten to a power of which are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    parts: i128,
    /// Ten to that power.
    whole: i128,
}

impl Rate {
    /// The shortest decimal number that the config can have meant.
    fn new(rate: f64) -> Option<Self> {
        let text = rate.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let parts = format!("{whole}{decimals}").parse().ok()?;
        Some(Self { parts, whole: 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)? })
    }

    /// An amount times the rate, in units `coarser` times as large.
    fn of(self, amount: i64, coarser: i128) -> Option<i64> {
        let (numerator, denominator) = (i128::from(amount).checked_mul(self.parts)?, self.whole.checked_mul(coarser)?);
        let (below, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let is_above = match (rest * 2).cmp(&denominator) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => below % 2 != 0,
            std::cmp::Ordering::Greater => true,
        };
        i64::try_from(below + i128::from(is_above)).ok()
    }
}

/// What an amount of the config's own currency is: rounded half away from zero, as without rates.
fn of_own(amount: i64, coarser: i128) -> Option<i64> {
    let half = coarser / 2;
    let amount = i128::from(amount);
    i64::try_from((amount.abs() + half) / coarser * amount.signum()).ok()
}

/// The rates of the rows of a table.
pub(super) struct Rates {
    /// The rate of each row that has another currency than the config.
    rows: Vec<Option<Rate>>,
    /// How many of the units that were read are one minor unit.
    coarser: i128,
}

impl Rates {
    /// The rates of a table's rows; `None` if the config has none.
    pub(super) fn of(read: &TypedTable, config: &Config, section: &TableConfig) -> Option<Self> {
        if section.rates.is_empty() {
            return None;
        }
        let own = config.currency.decimals();
        let coarser = 10_i128.pow(own.max(DECIMALS) - own);
        let rate = |code: &str| {
            let code = code.to_ascii_uppercase();
            section.rates.get(&code).filter(|_| code != config.currency.code()).and_then(|rate| Rate::new(*rate))
        };
        let nothing = Words::default();
        let words = read.words("currency").unwrap_or(&nothing);
        let known: Vec<Option<Rate>> = words.names.iter().map(|name| rate(name)).collect();
        let of_row = |row: usize| words.codes.get(row).and_then(|code| known.get(*code as usize).copied().flatten());
        Some(Self { rows: (0..read.n_rows()).map(of_row).collect(), coarser })
    }

    /// Minor units of an amount of a row; absent ones stay so.
    pub(super) fn convert(&self, row: usize, amount: i64) -> Option<i64> {
        if amount == ABSENT {
            return Some(ABSENT);
        }
        match self.rows.get(row).copied().flatten() {
            Some(rate) => rate.of(amount, self.coarser),
            None => of_own(amount, self.coarser),
        }
    }

    /// Converts the amounts of a table.
    pub(super) fn apply(&self, read: &mut TypedTable) {
        let table = read.table();
        for spec in table.columns().iter().filter(|spec| spec.kind == Kind::Money) {
            if let Some(Values::Money(amounts)) = read.columns.get_mut(spec.name) {
                for (row, amount) in amounts.iter_mut().enumerate() {
                    *amount = self.convert(row, *amount).unwrap_or(ABSENT);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_converted_exactly_and_rounded_half_to_even() {
        let at = |rate: f64, amount| Rate::new(rate).unwrap().of(amount, 100);
        assert_eq!(at(0.92, 10_000), Some(92), "one unit");
        assert_eq!(at(0.1, 125_000), Some(125));
        assert_eq!(at(0.5, 10_100), Some(50), "50.5 is as near to 50 as to 51");
        assert_eq!(at(0.5, 10_300), Some(52));
        assert_eq!(at(0.5, -10_100), Some(-50));
        assert_eq!(at(0.0061, 12_990_000), Some(792), "1299 yen");
        assert_eq!(at(1e-9, 1), Some(0));
        assert_eq!((of_own(10_050, 100), of_own(-10_050, 100)), (Some(101), Some(-101)));
    }
}
