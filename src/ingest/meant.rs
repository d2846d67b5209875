//! What can be read and was meant otherwise: dates with day and month exchanged, points between thousands. Only what the
//! column itself shows beyond doubt is reported.

use polars::prelude::*;
use rayon::prelude::*;

use super::facts::Example;
use super::typing::{Rules, Typed, with_format};
use crate::config::{ColumnSpec, Kind};

/// Amounts with a point that tell how points are meant, at least.
const LEAST_AMOUNTS: u64 = 20;

/// What the rows of a column, or of a part of it, show of how it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// How it seems to have been meant otherwise.
    pub rule: MeantRule,
    /// The column of our schema.
    pub column: &'static str,
    /// How many rows speak for it.
    pub speaks: u64,
    /// Whether a row speaks against it, which settles it for the whole column.
    pub is_contradicted: bool,
    /// Whether rows that do not speak for it are as they then would be.
    pub is_confirmed: bool,
    /// Three examples at most.
    pub examples: Vec<Example>,
}

/// How a column can have been meant otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeantRule {
    /// Times that cannot be read in the format of the config, and all can with day and month exchanged.
    ExchangedDates,
    /// Amounts whose points can only stand between thousands.
    PointedThousands,
}

impl MeantRule {
    /// How many rows have to speak for it.
    #[must_use]
    pub const fn least(self) -> u64 {
        match self {
            Self::ExchangedDates => 1,
            Self::PointedThousands => LEAST_AMOUNTS,
        }
    }
}

/// What a column shows of how it was meant, beside how it was read; `is_part` where other rows of the column are elsewhere.
pub(super) fn otherwise(
    column: &Column,
    spec: &'static ColumnSpec,
    (rules, typed): (&Rules, &Typed),
    is_part: bool,
) -> Option<Meant> {
    let texts = column.str().ok()?;
    match spec.kind {
        Kind::Time if is_part || !typed.unreadable.is_empty() => exchanged_dates(texts, spec, rules, &typed.unreadable),
        // Of a currency with three decimals or none, three digits say nothing.
        Kind::Money if rules.currency.decimals() == 2 => Some(pointed_thousands(texts, spec)),
        _ => None,
    }
}

/// The format with day and month exchanged; `None` if it does not have both as numbers.
#[must_use]
pub fn exchanged(format: &str) -> Option<String> {
    let (day, month) = (format.find("%d")?, format.find("%m")?);
    let mut exchanged = format.to_owned();
    exchanged.replace_range(day..day + 2, "%m");
    exchanged.replace_range(month..month + 2, "%d");
    Some(exchanged)
}

/// Dates that cannot be read speak for an exchange of day and month; any that the exchanged format cannot read, against it.
fn exchanged_dates(
    texts: &StringChunked,
    spec: &'static ColumnSpec,
    rules: &Rules,
    unreadable: &[usize],
) -> Option<Meant> {
    let format = exchanged(rules.time_format.as_deref()?)?;
    let text = |row: usize| texts.get(row).map(str::trim).filter(|text| !text.is_empty());
    let reads = |row: usize| text(row).is_none_or(|text| with_format(&format, text).is_some());
    let all_read = unreadable.iter().all(|row| reads(*row)) && (0..texts.len()).into_par_iter().all(reads);
    let examples = unreadable.iter().filter_map(|row| text(*row)).take(Example::SHOWN).map(Example::of_text).collect();
    let speaks = unreadable.len() as u64;
    let (rule, column) = (MeantRule::ExchangedDates, spec.name);
    Some(Meant { rule, column, speaks, is_contradicted: !all_read, is_confirmed: true, examples })
}

/// Points with exactly three digits behind them speak for points between thousands; any other point, an amount below one, and
/// one of a thousand or more without a point, against it. Amounts without a point confirm it: where every amount has one, three
/// decimals may always be written.
fn pointed_thousands(texts: &StringChunked, spec: &'static ColumnSpec) -> Meant {
    let rule = MeantRule::PointedThousands;
    let (column, examples) = (spec.name, Vec::new());
    let mut meant = Meant { rule, column, speaks: 0, is_contradicted: false, is_confirmed: false, examples };
    for text in texts.iter().flatten().map(str::trim).filter(|text| !text.is_empty()) {
        let digits = text.trim_start_matches(['-', '+']);
        match digits.split_once('.') {
            None if digits.len() > 3 => meant.is_contradicted = true,
            None => meant.is_confirmed = true,
            Some((whole, behind)) => {
                let is_group = behind.len() == 3 && behind.bytes().all(|byte| byte.is_ascii_digit());
                if !is_group || whole.is_empty() || whole.starts_with('0') || whole.len() > 3 {
                    meant.is_contradicted = true;
                }
                meant.speaks += 1;
                if meant.examples.len() < Example::SHOWN {
                    meant.examples.push(Example::of_text(text));
                }
            }
        }
        if meant.is_contradicted {
            break;
        }
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::typing::typed;
    use crate::ingest::zone::LocalClock;
    use crate::units::Currency;

    fn found(name: &str, texts: &[&str], format: Option<&str>) -> Option<(MeantRule, u64)> {
        let spec = Table::Purchases.column(name).unwrap();
        let rules = Rules {
            clock: LocalClock::new(&jiff::tz::TimeZone::UTC),
            time_format: format.map(str::to_owned),
            currency: Currency::from_code("EUR").unwrap(),
        };
        let column = Column::new("x".into(), texts);
        let typed = typed(&column, spec, &rules).unwrap();
        otherwise(&column, spec, (&rules, &typed), false)
            .filter(|meant| meant.is_confirmed && !meant.is_contradicted && meant.speaks >= meant.rule.least())
            .map(|meant| (meant.rule, meant.speaks))
    }

    #[test]
    fn dates_with_day_and_month_exchanged_are_reported_where_nothing_contradicts() {
        let found = |texts: &[&str], format| found("purchased_at", texts, Some(format));
        let dates = ["03/02/2023", "20/02/2023", "13/11/2023"];
        assert_eq!(found(&dates, "%m/%d/%Y"), Some((MeantRule::ExchangedDates, 2)));
        assert_eq!(found(&dates, "%d/%m/%Y"), None);
        assert_eq!(found(&["03/02/2023", "20/02/2023", "11/13/2023"], "%m/%d/%Y"), None, "one contradicts");
        assert_eq!(found(&["03/02/2023", "soon", "20/02/2023"], "%m/%d/%Y"), None);
        assert_eq!(exchanged("%d.%m.%Y %H:%M").as_deref(), Some("%m.%d.%Y %H:%M"));
        assert_eq!(exchanged("%b %d"), None);
    }

    #[test]
    fn points_between_thousands_are_reported_where_nothing_contradicts() {
        let amounts = |more: &[&'static str]| {
            let texts: Vec<&str> = [vec!["1.299"; 20], vec!["450", "-2.050", "", "12.000"], more.to_vec()].concat();
            found("amount", &texts, None)
        };
        assert_eq!(amounts(&[]), Some((MeantRule::PointedThousands, 22)));
        for contradicts in ["1.5", "0.125", "1299", ".500", "1299.500"] {
            assert_eq!(amounts(&[contradicts]), None, "{contradicts}");
        }
        assert_eq!(found("amount", &[vec!["1.299"; 19], vec!["5"]].concat(), None), None, "too few");
        assert_eq!(found("amount", &["12.500"; 40], None), None, "three decimals that are always written");
    }
}
