//! Rejected rows as a table of text, for the reject file: which table, file and row, why, and the mapped columns as they
//! came. Rows outside the filter are counted but not listed: they were set aside on purpose.

use polars::prelude::*;
use rayon::prelude::*;

use super::account::Reason;
use super::error::IngestError;
use super::facts::Example;
use super::raw::{self, Raw};
use super::table::{Origin, TypedTable};

impl TypedTable {
    /// The rejected rows; `None` if there are none beside those outside the filter.
    ///
    /// Columns: `table`, `file`, `row` (from 1, counted over the rows of the file, broken and filtered ones included),
    /// `reason`, `column`, then the mapped columns as text; never the words of complaints.
    ///
    /// # Errors
    /// `IngestError::Engine` if the table engine fails.
    pub fn rejected_rows(&self) -> Result<Option<DataFrame>, IngestError> {
        let listed = |row: &usize| self.verdicts.reason(*row).is_some_and(|reason| !reason.is_filter());
        let rows: Vec<usize> = (0..self.n_rows()).filter(listed).collect();
        let n_cut: usize = self.origins.iter().map(|origin| origin.cut.len()).sum();
        if rows.is_empty() && n_cut == 0 {
            return Ok(None);
        }
        let frame = self.frame_of(&rows, n_cut);
        frame.map(Some).map_err(IngestError::engine(format!("listing rejected rows of `{}`", self.table().name())))
    }

    /// The number of a row in its file, as the reject file has it, and the file where there are several.
    pub(super) fn numbered(&self, row: usize) -> String {
        let (file, number) = Walk::over(&self.origins).place(row);
        let file = self.origins.get(file).filter(|_| self.origins.len() > 1);
        file.map_or_else(|| format!("row {number}"), |file| format!("row {number} of `{}`", file.shown()))
    }

    /// An example that stands where a row does.
    pub(crate) fn example(&self, row: usize, text: String) -> Example {
        let mut first = 0;
        for (file, origin) in self.origins.iter().enumerate() {
            if row < first + origin.n_rows {
                return Example { place: (file, origin.number_of(row - first)), text };
            }
            first += origin.n_rows;
        }
        Example { place: (self.origins.len(), row as u64), text }
    }

    fn frame_of(&self, rows: &[usize], n_cut: usize) -> PolarsResult<DataFrame> {
        let n_listed = rows.len() + n_cut;
        let mut places = Vec::with_capacity(n_listed);
        for (file, origin) in self.origins.iter().enumerate() {
            places.extend(origin.cut.iter().map(|line| (file, line.row + 1, line.reason)));
        }
        let mut walk = Walk::over(&self.origins);
        for row in rows {
            let (file, number) = walk.place(*row);
            places.push((file, number, self.verdicts.reason(*row).unwrap_or(Reason::of_row("unknown"))));
        }
        let shown: Vec<String> = self.origins.iter().map(Origin::shown).collect();
        let table = vec![self.table().name(); n_listed];
        let files: StringChunked =
            places.iter().map(|(file, ..)| Some(shown.get(*file).map_or("", String::as_str))).collect();
        let numbers: Vec<u64> = places.iter().map(|(_, number, _)| *number).collect();
        let rules: Vec<&str> = places.iter().map(|(.., reason)| reason.rule).collect();
        let about: StringChunked = places.iter().map(|(.., reason)| reason.column).collect();
        let mut columns = vec![
            Column::new("table".into(), table),
            files.with_name("file".into()).into_column(),
            Column::new("row".into(), numbers),
            Column::new("reason".into(), rules),
            about.with_name("column".into()).into_column(),
        ];
        let as_text = |(name, raw): &(&'static str, Raw)| {
            let mut text = Column::full_null((*name).into(), n_cut, &DataType::String);
            text.append(&raw::texts(raw, self.words(name), rows)?)?;
            Ok(text)
        };
        columns.extend(self.mapped.par_iter().map(as_text).collect::<PolarsResult<Vec<_>>>()?);
        DataFrame::new(n_listed, columns)
    }
}

impl Origin {
    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// The number of a sound row in its file, from 1, lines that were set aside counted.
    pub(super) fn number_of(&self, sound: usize) -> u64 {
        if let Some(number) = self.numbers.as_ref().and_then(|numbers| numbers.get(sound)) {
            return number + 1;
        }
        let mut number = sound as u64;
        for line in &self.cut {
            if line.row > number {
                break;
            }
            number += 1;
        }
        number + 1
    }
}

/// Finds the files of ascending rows.
struct Walk<'a> {
    origins: &'a [Origin],
    /// The position of the current file.
    file: usize,
    /// The first row of the current file among the rows of the table.
    first: usize,
}

impl<'a> Walk<'a> {
    const fn over(origins: &'a [Origin]) -> Self {
        Self { origins, file: 0, first: 0 }
    }

    /// The position of the file of a row, and the number of the row in it.
    fn place(&mut self, row: usize) -> (usize, u64) {
        while let Some(origin) = self.origins.get(self.file) {
            if row < self.first + origin.n_rows {
                return (self.file, origin.number_of(row - self.first));
            }
            self.first += origin.n_rows;
            self.file += 1;
        }
        (self.file, row as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::source::CutLine;

    fn origin(path: &str, n_rows: usize, broken: &[u64]) -> Origin {
        let cut = broken.iter().map(|row| CutLine { row: *row, reason: Reason::BROKEN_LINE }).collect();
        Origin { path: path.into(), n_rows, cut, numbers: None }
    }

    #[test]
    fn rows_are_named_by_file_and_number_there() {
        let origins = vec![origin("a.csv", 3, &[0, 2]), origin("none.csv", 0, &[]), origin("b.csv", 2, &[])];
        let ids = Column::new("customer_id".into(), [Some("x"), None, Some("z"), Some("u"), None]);
        let mut table = TypedTable::new(Table::Purchases, ids.len(), origins);
        table.mapped = vec![("customer_id", Raw::Column(ids))];
        table.reject([1, 4], Reason::of_column("missing", "customer_id"));
        table.reject([0], Reason::FILTER);
        table.reject([2], Reason::DUPLICATE);
        let frame = table.rejected_rows().unwrap().unwrap();
        let text = |name: &str| -> Vec<String> {
            let column = frame.column(name).unwrap().cast(&DataType::String).unwrap();
            column.str().unwrap().iter().map(|text| text.unwrap_or("-").to_owned()).collect()
        };
        assert_eq!(text("file"), ["a.csv", "a.csv", "a.csv", "a.csv", "b.csv"]);
        assert_eq!(text("row"), ["1", "3", "4", "5", "2"], "broken lines 1 and 3, sound rows 2, 4 and 5");
        assert_eq!(text("reason"), ["broken_line", "broken_line", "missing", "duplicate", "missing"]);
        assert_eq!([table.mention(1), table.mention(4)], ["row 4 of `a.csv`", "row 2 of `b.csv`"]);
        assert_eq!(text("column"), ["-", "-", "customer_id", "-", "customer_id"]);
        assert_eq!(text("customer_id"), ["-", "-", "-", "z", "-"]);
        let account = table.account().unwrap();
        assert_eq!((account.rows_in, account.used), (7, 1));
    }
}
