//! Conditions over rows of ours in memory: the SQL of a playbook, read and bounded like that of mappings.

use polars::prelude::*;

use super::error::IngestError;
use super::evaluate::answer;
use super::resolve::{Available, Mapped};
use crate::table::{self, Table};

/// Conditions over the columns of one table.
#[derive(Debug, Clone)]
pub struct RowConditions(Vec<Option<Mapped>>);

impl RowConditions {
    /// Reads conditions, each with the key of the config that has it; `None` where there is none.
    ///
    /// * `columns` - a table with the columns that they may read, of any length.
    ///
    /// # Errors
    /// `IngestError::UnknownColumn`, `BadExpression`, `NotRowWise`, `UnknownFunction`, `Unbounded` or `WrongType`, naming the key.
    pub fn read<'c>(
        conditions: impl IntoIterator<Item = (String, Option<&'c str>)>,
        columns: &Table<'_>,
    ) -> Result<Self, IngestError> {
        let names = columns.columns.iter().map(|(name, _)| name.clone()).collect();
        let available = Available { path: columns.name.to_string(), names };
        let frame = frame(columns)?;
        let read = |(key, text): (String, Option<&str>)| {
            let Some(text) = text else { return Ok(None) };
            let mapped = available.resolve(key, text)?;
            answer(&frame, &mapped)?;
            Ok(Some(mapped))
        };
        Ok(Self(conditions.into_iter().map(read).collect::<Result<_, IngestError>>()?))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// For each row, whether each condition holds; of what is not known none does, and one that is not there always does.
    ///
    /// # Errors
    /// `IngestError::BadExpression` or `Engine` where the table engine fails.
    pub fn hold(&self, rows: &Table<'_>) -> Result<Vec<Box<[bool]>>, IngestError> {
        let frame = frame(rows)?;
        let of_condition = |mapped: &Option<Mapped>| match mapped {
            Some(mapped) => Ok(answer(&frame, mapped)?.iter().map(|holds| holds == Some(true)).collect()),
            None => Ok(vec![true; frame.height()]),
        };
        let answers: Vec<Vec<bool>> = self.0.iter().map(of_condition).collect::<Result<_, IngestError>>()?;
        let of_row = |row: usize| answers.iter().map(|answer| answer.get(row) == Some(&true)).collect();
        Ok((0..frame.height()).map(of_row).collect())
    }
}

/// A table as the engine knows it; kinds of columns that no condition reads are left out.
fn frame(table: &Table<'_>) -> Result<DataFrame, IngestError> {
    let column = |(name, values): &(String, table::Column<'_>)| {
        let name: PlSmallStr = name.as_str().into();
        Some(match values {
            table::Column::Text(words) => StringChunked::from_iter_values(name, words.iter()).into_column(),
            table::Column::Number(numbers) => Float64Chunked::from_slice(name, numbers).into_column(),
            table::Column::OptionalNumber(numbers) => {
                Float64Chunked::from_iter_options(name, numbers.iter().copied()).into_column()
            }
            table::Column::Integer(numbers) => Int64Chunked::from_slice(name, numbers).into_column(),
            table::Column::OptionalInteger(numbers) => {
                Int64Chunked::from_iter_options(name, numbers.iter().copied()).into_column()
            }
            _ => return None,
        })
    };
    let n_rows = table.columns.first().map_or(0, |(_, values)| values.len());
    let columns = table.columns.iter().filter_map(column).collect();
    DataFrame::new(n_rows, columns).map_err(IngestError::engine("reading the rows of a list"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Report;

    fn rows() -> Table<'static> {
        let columns = vec![
            ("value_at_stake", table::Column::Number(vec![10.0, 60.0, 90.0])),
            ("open_complaints", table::Column::OptionalInteger(vec![Some(0), None, Some(2)])),
            ("life_cycle_stage", table::Column::text(["new", "loyal", "loyal"])),
        ];
        Table::new("list", columns)
    }

    fn held(text: &str) -> Vec<bool> {
        let conditions = RowConditions::read([("action.call.where".to_owned(), Some(text))], &rows()).unwrap();
        conditions.hold(&rows()).unwrap().iter().map(|row| row[0]).collect()
    }

    fn refused(text: &str) -> (&'static str, String) {
        let read = RowConditions::read([("action.call.where".to_owned(), Some(text))], &rows());
        let error = read.unwrap_err();
        (error.code(), format!("{error} {}", error.hint().unwrap_or_default()))
    }

    #[test]
    fn a_condition_holds_row_by_row_and_never_of_what_is_not_known() {
        assert_eq!(held("value_at_stake >= 50 AND life_cycle_stage <> 'new'"), [false, true, true]);
        assert_eq!(held("open_complaints = 0"), [true, false, false]);
        assert_eq!(held("open_complaints IS NULL OR life_cycle_stage IN ('new')"), [true, true, false]);
        assert_eq!(held("1 = 1"), [true; 3]);
        let none = RowConditions::read([(String::new(), None)], &rows()).unwrap();
        assert!(none.is_empty() && none.hold(&rows()).unwrap().iter().all(|row| row[0]));
    }

    #[test]
    fn what_is_no_condition_over_these_columns_is_refused_with_its_key() {
        let (code, unknown) = refused("value_at_steak > 5");
        assert!(code == "E208" && unknown.contains("action.call.where"), "{unknown}");
        assert!(unknown.contains("did you mean `value_at_stake`?"), "{unknown}");
        assert_eq!(refused("value_at_stake + 1").0, "E211");
        assert_eq!(refused("value_at_stake >").0, "E209");
        assert_eq!(refused("value_at_stake > (SELECT MAX(x) FROM y)").0, "E210");
        assert_eq!(refused("value_at_stake > AVG(value_at_stake)").0, "E210");
        assert_eq!(refused("RANDOM() > 0.5").0, "E224");
    }
}
