//! What can be read and was meant otherwise: dates with day and month exchanged, points between thousands. Only what the
//! column itself shows beyond doubt is told.

use polars::prelude::*;
use rayon::prelude::*;

use super::facts::{Example, Fact, FactRule};
use super::typing::{Rules, Typed, with_format};
use crate::config::{ColumnSpec, Kind};

/// Amounts with a point that tell how points are meant, at least.
const LEAST_AMOUNTS: u64 = 20;

/// What a column shows of how it was meant, beside how it was read.
pub(super) fn otherwise(column: &Column, spec: &ColumnSpec, (rules, typed): (&Rules, &Typed)) -> Option<Fact> {
    let texts = column.str().ok()?;
    match spec.kind {
        Kind::Time if !typed.unreadable.is_empty() => exchanged_dates(texts, spec, rules, &typed.unreadable),
        // Of a currency with three decimals or none, three digits say nothing.
        Kind::Money if rules.currency.decimals() == 2 => pointed_thousands(texts, spec),
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

/// Dates that cannot be read are all read with day and month exchanged, and so are all the others.
fn exchanged_dates(texts: &StringChunked, spec: &ColumnSpec, rules: &Rules, unreadable: &[usize]) -> Option<Fact> {
    let format = exchanged(rules.time_format.as_deref()?)?;
    let text = |row: usize| texts.get(row).map(str::trim).filter(|text| !text.is_empty());
    let reads = |row: usize| text(row).is_none_or(|text| with_format(&format, text).is_some());
    let all_read = unreadable.iter().all(|row| reads(*row)) && (0..texts.len()).into_par_iter().all(reads);
    let examples = unreadable.iter().filter_map(|row| text(*row)).take(Example::SHOWN).map(Example::of_text).collect();
    let (place, count) = (spec.name.to_owned(), unreadable.len() as u64);
    all_read.then_some(Fact { rule: FactRule::ExchangedDates, place, count, examples })
}

/// Every point has exactly three digits behind it, no amount below one is written with a point, and none of a thousand or
/// more without.
fn pointed_thousands(texts: &StringChunked, spec: &ColumnSpec) -> Option<Fact> {
    let mut fact =
        Fact { rule: FactRule::PointedThousands, place: spec.name.to_owned(), count: 0, examples: Vec::new() };
    for text in texts.iter().flatten().map(str::trim).filter(|text| !text.is_empty()) {
        let digits = text.trim_start_matches(['-', '+']);
        match digits.split_once('.') {
            None if digits.len() > 3 => return None,
            None => {}
            Some((whole, behind)) => {
                let is_group = behind.len() == 3 && behind.bytes().all(|byte| byte.is_ascii_digit());
                if !is_group || whole.is_empty() || whole.starts_with('0') || whole.len() > 3 {
                    return None;
                }
                fact.count += 1;
                if fact.examples.len() < Example::SHOWN {
                    fact.examples.push(Example::of_text(text));
                }
            }
        }
    }
    (fact.count >= LEAST_AMOUNTS).then_some(fact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::typing::typed;
    use crate::ingest::zone::LocalClock;
    use crate::units::Currency;

    fn told(name: &str, texts: &[&str], format: Option<&str>) -> Option<(FactRule, u64)> {
        let spec = Table::Purchases.column(name).unwrap();
        let rules = Rules {
            clock: LocalClock::new(&jiff::tz::TimeZone::UTC),
            time_format: format.map(str::to_owned),
            currency: Currency::from_code("EUR").unwrap(),
        };
        let column = Column::new("x".into(), texts);
        let typed = typed(&column, spec, &rules).unwrap();
        otherwise(&column, spec, (&rules, &typed)).map(|fact| (fact.rule, fact.count))
    }

    #[test]
    fn dates_with_day_and_month_exchanged_are_told_where_nothing_contradicts() {
        let told = |texts: &[&str], format| told("purchased_at", texts, Some(format));
        let dates = ["03/02/2023", "20/02/2023", "13/11/2023"];
        assert_eq!(told(&dates, "%m/%d/%Y"), Some((FactRule::ExchangedDates, 2)));
        assert_eq!(told(&dates, "%d/%m/%Y"), None);
        assert_eq!(told(&["03/02/2023", "20/02/2023", "11/13/2023"], "%m/%d/%Y"), None, "one contradicts");
        assert_eq!(told(&["03/02/2023", "soon", "20/02/2023"], "%m/%d/%Y"), None);
        assert_eq!(exchanged("%d.%m.%Y %H:%M").as_deref(), Some("%m.%d.%Y %H:%M"));
        assert_eq!(exchanged("%b %d"), None);
    }

    #[test]
    fn points_between_thousands_are_told_where_nothing_contradicts() {
        let amounts = |more: &[&'static str]| {
            let texts: Vec<&str> = [vec!["1.299"; 20], vec!["450", "-2.050", "", "12.000"], more.to_vec()].concat();
            told("amount", &texts, None)
        };
        assert_eq!(amounts(&[]), Some((FactRule::PointedThousands, 22)));
        for contradicts in ["1.5", "0.125", "1299", ".500", "1299.500"] {
            assert_eq!(amounts(&[contradicts]), None, "{contradicts}");
        }
        assert_eq!(told("amount", &["1.299"; 19], None), None, "too few");
    }
}
