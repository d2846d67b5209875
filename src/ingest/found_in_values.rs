//! Keys that the values of one column ask for, each from all values that were looked at: how numbers and times are written.

use polars::prelude::*;

use super::form_facts::FormSays;
use super::forms::{of_numbers, of_times};
use super::number_census::{self, GivenMarks, NumberCensus, NumberColumn, letter};
use super::time_census::{Against, TimeCensus};
use super::time_settle::{self, TimeColumn};
use super::typing::time_texts;
use crate::config::{DecimalMark, FoundKey, Reading};

/// The keys that a column asks for: `decimal` and `time_format`.
pub(super) fn of_column(column: &Column) -> Vec<FoundKey> {
    let found = decimal(column).into_iter().chain(time_format(column));
    found.map(|key| key.of_column(column.name().to_string())).collect()
}

fn reading(word: &str, means: String) -> Reading {
    Reading { toml: format!("\"{word}\""), means }
}

fn decimal(column: &Column) -> Option<FoundKey> {
    let census = NumberCensus::of(column.str().ok()?);
    if census.numbers == 0 || !census.are_numbers() {
        return None;
    }
    let column = NumberColumn { label: String::new(), decimals: Some(2), census };
    let verdict = number_census::settle(&[&column], GivenMarks::default()).pop()?;
    match of_numbers(&column, &verdict)?.says {
        FormSays::NumbersRead { example, value, decimal } => {
            Some(FoundKey::settled("decimal", format!("\"{decimal}\""), format!("`{example}` is {value}")))
        }
        FormSays::NumbersOpen { example, as_decimal, as_thousands, mark } => {
            let other = if mark == letter(DecimalMark::Point) { DecimalMark::Comma } else { DecimalMark::Point };
            let readings = vec![
                reading(&letter(other).to_string(), format!("`{example}` is {as_thousands}")),
                reading(&mark.to_string(), format!("`{example}` is {as_decimal}")),
            ];
            let why = format!("each `{mark}` has three digits behind it");
            Some(FoundKey { key: "decimal", column: None, table: None, readings, why })
        }
        _ => None,
    }
}

/// One value in so many may be no time.
const STRAY: u64 = 20;

fn time_format(column: &Column) -> Option<FoundKey> {
    let census = TimeCensus::of(&time_texts(column)?, &Against::default());
    let n_times = census.dates() + census.clocks.iter().map(|clock| clock.n).sum::<u64>();
    if census.values == 0 || (census.values - n_times.min(census.values)) * STRAY > census.values {
        return None;
    }
    let column = [TimeColumn { name: "", given: None, files: vec![(String::new(), census)] }];
    let verdict = time_settle::settle(&column).pop()?;
    let form = verdict.form.to_string();
    match of_times(column.first()?, &verdict, 1)?.says {
        FormSays::TimesRead { example, value, .. } => {
            Some(FoundKey::settled("time_format", format!("\"{form}\""), format!("`{example}` is {value}")))
        }
        FormSays::TimesOpen { example, day_first, month_first, .. } => {
            let readings = vec![
                reading("day_first", format!("`{example}` is {day_first}")),
                reading("month_first", format!("`{example}` is {month_first}")),
            ];
            let why = "no day is above 12".to_owned();
            Some(FoundKey { key: "time_format", column: None, table: None, readings, why })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<String> {
        let keys = of_column(&Column::new("x".into(), texts));
        let shown = |key: &FoundKey| {
            let readings: Vec<&str> = key.readings.iter().map(|reading| reading.toml.as_str()).collect();
            format!("{} = {} ({})", key.key, readings.join(" or "), key.why)
        };
        keys.iter().map(shown).collect()
    }

    #[test]
    fn values_ask_for_marks_and_forms() {
        assert_eq!(found(&["1.299,00", "5,50"]), ["decimal = \",\" (`1.299,00` is 1299.00)"]);
        assert_eq!(found(&["1.299", "5"]), ["decimal = \",\" or \".\" (each `.` has three digits behind it)"]);
        assert_eq!(found(&["13.02.2024", "01.02.2024"]), ["time_format = \"day_first\" (`13.02.2024` is 2024-02-13)"]);
        assert_eq!(found(&["01/02/2024"]), ["time_format = \"day_first\" or \"month_first\" (no day is above 12)"]);
        for quiet in [["12.50", "3"], ["2024-01-01", "2024-01-02"], ["Anna", "12"], ["", ""]] {
            assert!(found(&quiet).is_empty(), "{quiet:?}");
        }
    }
}
