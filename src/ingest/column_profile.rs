//! What the columns of a table hold: how many values are absent, from where to where the others reach, how many are
//! different. No text is reported, so that ids and the words of complaints stay where they are.

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, ToSpan};
use polars::prelude::*;
use rayon::prelude::*;
use serde::Serialize;

use super::decimal::number_from_text;
use super::error::IngestError;
use super::table::TypedTable;
use super::values::{ABSENT, NO_FLAG, Values};
use super::words::{Words, trimmed};
use super::{engine, iso, paths, raw, sources};
use crate::config::Table as InputTable;
use crate::timeline::columns::NO_CODE;
use crate::timeline::{Cutoff, local_time};
use crate::units::{Currency, Money, Timestamp};

/// Rows of a file that nobody has mapped yet which are looked at.
const ROWS: IdxSize = 1_000_000;

/// What the values of a column are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Holds {
    /// No value at all.
    Nothing,
    /// Texts or ids.
    Texts {
        /// Different ones.
        distinct: usize,
    },
    /// Numbers; amounts are in major units.
    Numbers {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// Different ones, where they are counted.
        distinct: Option<usize>,
    },
    /// Times.
    Times {
        /// The first.
        first: String,
        /// The last.
        last: String,
    },
    /// True and false.
    Flags {
        /// Share of true ones among those given.
        true_share: f64,
    },
}

/// One column in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Share of rows without a value.
    pub absent_share: f64,
    /// What the others hold.
    pub holds: Holds,
}

/// A file as it is, before any mapping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceProfile {
    /// The file.
    pub path: String,
    /// Rows looked at.
    pub rows: usize,
    /// Whether these are all of them.
    pub is_whole: bool,
    /// The columns in figures, in the order of the file.
    pub columns: Vec<ColumnProfile>,
}

/// The rows of a table in one calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MonthCount {
    /// Its first day, in the shop's zone.
    pub month: Date,
    /// Rows in it.
    pub rows: u64,
}

/// A mapped table in figures: its used rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableProfile {
    /// The table's name.
    pub table: &'static str,
    /// Our columns, as far as they are mapped, in alphabetical order.
    pub columns: Vec<ColumnProfile>,
    /// When the first and the last row happened, if the table has a time.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Rows of each month from the first to the last.
    pub months: Vec<MonthCount>,
}

/// Looks at the file of a path, or the first one of a folder or glob, up to its first million rows.
///
/// # Errors
/// An `IngestError` naming the path if it cannot be read.
pub fn profile_source(path: &Path) -> Result<SourceProfile, IngestError> {
    let nothing = || IngestError::NotFound { table: "inspect", path: path.display().to_string() };
    let files = paths::expand("inspect", &[path.to_owned()])?.files;
    let file = files.first().ok_or_else(nothing)?;
    let doing = || format!("reading `{}`", file.path.display());
    let mut opened = sources::open(file)?;
    sources::column_names(file, &mut opened)?;
    let frame = sources::rows(file, opened.frame.limit(ROWS + 1))?;
    let is_whole = frame.height() <= ROWS as usize;
    let frame = frame.head(Some(ROWS as usize));
    let profiled = frame.columns().par_iter().map(|column| engine::ask(|| source_column(column)));
    let columns: Result<Vec<_>, PolarsError> = profiled.collect();
    Ok(SourceProfile {
        path: file.path.display().to_string(),
        rows: frame.height(),
        is_whole,
        columns: columns.map_err(IngestError::engine(doing()))?,
    })
}

fn source_column(column: &Column) -> PolarsResult<ColumnProfile> {
    let n_rows = column.len();
    let (n_absent, holds) = match column.dtype() {
        DataType::String => {
            let words = Words::from_text(column.str()?).rewritten(trimmed);
            (words.codes.iter().filter(|code| **code == NO_CODE).count(), of_texts(&words.names))
        }
        DataType::Boolean => {
            let (given, set) = (n_rows - column.null_count(), column.bool()?.sum().unwrap_or(0));
            (n_rows - given, Holds::Flags { true_share: f64::from(set) / given.max(1) as f64 })
        }
        dtype if dtype.is_primitive_numeric() || dtype.is_decimal() => {
            let numbers = column.cast(&DataType::Float64)?;
            let numbers = numbers.f64()?;
            let finite: Vec<f64> = numbers.iter().flatten().filter(|number| number.is_finite()).collect();
            (n_rows - finite.len(), of_numbers(finite))
        }
        dtype if dtype.is_temporal() => {
            let shown = |scalar: &Scalar| raw::shown(scalar.value());
            let (first, last) = (column.min_reduce()?, column.max_reduce()?);
            (column.null_count(), Holds::Times { first: shown(&first), last: shown(&last) })
        }
        _ => (column.null_count(), Holds::Texts { distinct: column.n_unique()? }),
    };
    let holds = if n_absent == n_rows { Holds::Nothing } else { holds };
    Ok(ColumnProfile { name: column.name().to_string(), absent_share: share(n_absent, n_rows), holds })
}

/// Texts that all are numbers, or all are ISO times, are reported as such.
fn of_texts(distinct: &[String]) -> Holds {
    let numbers: Option<Vec<f64>> = distinct.iter().map(|text| number_from_text(text)).collect();
    if let Some(numbers) = numbers {
        return of_numbers(numbers);
    }
    if distinct.iter().all(|text| iso::parse(text).is_some()) {
        // Times of one form are ordered as their letters are.
        let ends = distinct.iter().min().zip(distinct.iter().max());
        return ends.map_or(Holds::Nothing, |(first, last)| Holds::Times { first: first.clone(), last: last.clone() });
    }
    Holds::Texts { distinct: distinct.len() }
}

fn of_numbers(mut numbers: Vec<f64>) -> Holds {
    numbers.sort_unstable_by(f64::total_cmp);
    let (Some(min), Some(max)) = (numbers.first().copied(), numbers.last().copied()) else { return Holds::Nothing };
    numbers.dedup_by_key(|number| number.to_bits());
    Holds::Numbers { min, max, distinct: Some(numbers.len()) }
}

impl TypedTable {
    /// The used rows in figures; days and months are those of `zone`, amounts are reported in major units of `currency`.
    #[must_use]
    pub fn profile(&self, zone: &TimeZone, currency: &Currency) -> TableProfile {
        let rows: Vec<usize> = self.used_rows().collect();
        let columns: Vec<_> = self.columns.iter().collect();
        let one = |(name, values): &(&&'static str, &Values)| {
            let n_absent = rows.iter().filter(|row| values.is_absent(**row)).count();
            let holds =
                if n_absent == rows.len() { Holds::Nothing } else { of_values(values, &rows, (zone, currency)) };
            ColumnProfile { name: (**name).to_owned(), absent_share: share(n_absent, rows.len()), holds }
        };
        let columns = columns.par_iter().map(one).collect();
        let times = self.times(time_column(self.table()));
        let times: Vec<i64> =
            rows.iter().filter_map(|row| times.get(*row)).copied().filter(|time| *time != ABSENT).collect();
        let span =
            times.iter().min().zip(times.iter().max()).map(|(first, last)| (Timestamp(*first), Timestamp(*last)));
        let months = span.map_or_else(Vec::new, |span| months(&times, span, zone));
        TableProfile { table: self.table().name(), columns, span, months }
    }
}

/// When a row of the table happened.
const fn time_column(table: InputTable) -> &'static str {
    match table {
        InputTable::Purchases => "purchased_at",
        InputTable::Complaints => "opened_at",
        InputTable::Customers => "signed_up_at",
        InputTable::Surveys => "answered_at",
        InputTable::Contacts => "contacted_at",
    }
}

fn of_values(values: &Values, rows: &[usize], (zone, currency): (&TimeZone, &Currency)) -> Holds {
    match values {
        Values::Words(words) => Holds::Texts { distinct: distinct(&words.codes, rows, NO_CODE) },
        Values::Keys(keys) => Holds::Texts { distinct: distinct(keys, rows, 0) },
        Values::Times(times) => ends(times, rows, ABSENT).map_or(Holds::Nothing, |(first, last)| Holds::Times {
            first: local_time(Timestamp(first), zone),
            last: local_time(Timestamp(last), zone),
        }),
        Values::Money(amounts) => ends(amounts, rows, ABSENT).map_or(Holds::Nothing, |(min, max)| {
            let major = |minor: i64| currency.major(Money(minor));
            Holds::Numbers { min: major(min), max: major(max), distinct: None }
        }),
        Values::Numbers(numbers) => {
            let given = rows.iter().filter_map(|row| numbers.get(*row)).filter(|number| !number.is_nan());
            of_numbers(given.map(|number| f64::from(*number)).collect())
        }
        Values::Flags(flags) => {
            let given: Vec<u8> =
                rows.iter().filter_map(|row| flags.get(*row)).copied().filter(|flag| *flag != NO_FLAG).collect();
            let set = given.iter().filter(|flag| **flag == 1).count();
            Holds::Flags { true_share: share(set, given.len()) }
        }
    }
}

/// Different values of the rows, the absent one aside.
fn distinct<T: Copy + Ord>(values: &[T], rows: &[usize], absent: T) -> usize {
    let mut given: Vec<T> =
        rows.iter().filter_map(|row| values.get(*row)).copied().filter(|value| *value != absent).collect();
    given.sort_unstable();
    given.dedup();
    given.len()
}

/// The smallest and the largest value of the rows, the absent one aside.
fn ends(values: &[i64], rows: &[usize], absent: i64) -> Option<(i64, i64)> {
    let given = || rows.iter().filter_map(|row| values.get(*row)).copied().filter(|value| *value != absent);
    given().min().zip(given().max())
}

fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

/// Rows of each calendar month between two instants, empty months included.
fn months(times: &[i64], (first, last): (Timestamp, Timestamp), zone: &TimeZone) -> Vec<MonthCount> {
    let date = Instant::from_microsecond(first.0).map_or(Date::MIN, |at| at.to_zoned(zone.clone()).date());
    let next = |month: &Date| month.checked_add(1.month()).ok();
    let starts = std::iter::successors(Some(date.first_of_month()), next);
    let starts: Vec<Cutoff> =
        starts.map(|month| Cutoff::at_start_of(month, zone)).take_while(|start| start.at() <= last).collect();
    let mut months: Vec<MonthCount> = starts.iter().map(|start| MonthCount { month: start.date(), rows: 0 }).collect();
    for time in times {
        let place = starts.partition_point(|start| start.at().0 <= *time).saturating_sub(1);
        if let Some(month) = months.get_mut(place) {
            month.rows += 1;
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(text: &str) -> SourceProfile {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        profile_source(&path).unwrap()
    }

    #[test]
    fn columns_of_a_text_file_are_reported_by_what_they_hold() {
        let source =
            profile("who,when,paid,note,none\n a ,2024-02-01,3,x,\nb,2024-01-31,-1.5,7,\na,2024-02-01,,x y,\n");
        assert_eq!((source.rows, source.is_whole), (3, true));
        let holds: Vec<_> = source.columns.iter().map(|column| column.holds.clone()).collect();
        let expected = [
            Holds::Texts { distinct: 2 },
            Holds::Times { first: "2024-01-31".to_owned(), last: "2024-02-01".to_owned() },
            Holds::Numbers { min: -1.5, max: 3.0, distinct: Some(2) },
            Holds::Texts { distinct: 3 },
            Holds::Nothing,
        ];
        assert_eq!(holds, expected);
        let absent: Vec<_> = source.columns.iter().map(|column| column.absent_share).collect();
        assert!((absent[2] - 1.0 / 3.0).abs() < 1e-12 && (absent[4] - 1.0).abs() < 1e-12 && absent[0].abs() < 1e-12);
    }

    #[test]
    fn months_are_those_of_the_zone_and_none_is_left_out() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| text.parse::<Instant>().unwrap().as_microsecond();
        // The first is already February in Berlin.
        let times = [at("2024-01-31T23:30:00Z"), at("2024-02-10T00:00:00Z"), at("2024-04-01T00:00:00Z")];
        let months = months(&times, (Timestamp(times[0]), Timestamp(times[2])), &zone);
        let counts: Vec<_> = months.iter().map(|month| (month.month.to_string(), month.rows)).collect();
        let expected = [("2024-02-01", 2), ("2024-03-01", 0), ("2024-04-01", 1)];
        assert_eq!(counts, expected.map(|(month, rows)| (month.to_owned(), rows)));
    }
}
