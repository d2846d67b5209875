//! The cells of a sheet and the table that they are: which row has the names, which rows and columns hold something.

use std::collections::BTreeMap;

use super::account::Reason;
use super::header::{self, Names, is_total, may_begin_total};
use super::source::CutLine;

/// Rows of a sheet at most, as the programs that write them have it.
const MOST_ROWS: u32 = 1 << 20;

/// Rows that are looked at to find the one with the names.
const LOOKED_AT: usize = 200;

/// The cells of a sheet that hold something, column by column.
#[derive(Debug, Default)]
pub(super) struct Grid {
    columns: BTreeMap<u32, Cells>,
    /// Whether each row holds something.
    is_filled: Vec<bool>,
    n_filled: usize,
    /// Cells with an error.
    pub(super) n_errors: u64,
}

#[derive(Debug, Default)]
struct Cells {
    rows: Vec<u32>,
    /// Where the text of each cell ends.
    ends: Vec<usize>,
    text: String,
}

impl Grid {
    /// Adds a cell; `false` if it lies where no sheet has one.
    pub(super) fn add(&mut self, (row, column): (u32, u32), text: &str) -> bool {
        if row >= MOST_ROWS {
            return false;
        }
        if text.trim().is_empty() {
            return true;
        }
        let place = row as usize;
        if self.is_filled.len() <= place {
            self.is_filled.resize(place + 1, false);
        }
        if let Some(is_filled) = self.is_filled.get_mut(place).filter(|is_filled| !**is_filled) {
            *is_filled = true;
            self.n_filled += 1;
        }
        let cells = self.columns.entry(column).or_default();
        cells.rows.push(row);
        cells.text.push_str(text);
        cells.ends.push(cells.text.len());
        true
    }

    /// Rows that hold something.
    pub(super) const fn n_rows(&self) -> usize {
        self.n_filled
    }

    /// Columns that hold something.
    pub(super) fn n_columns(&self) -> usize {
        self.columns.len()
    }

    fn rows(&self) -> Vec<u32> {
        let filled = (0..).zip(&self.is_filled).filter(|(_, is_filled)| **is_filled);
        filled.map(|(row, _)| row).collect()
    }
}

impl Cells {
    /// The texts of some rows, ascending.
    fn texts(&self, rows: &[u32]) -> Vec<Option<&str>> {
        let mut texts = vec![None; rows.len()];
        let starts = std::iter::once(&0).chain(&self.ends);
        for ((row, start), end) in self.rows.iter().zip(starts).zip(&self.ends) {
            if let Some(text) = rows.binary_search(row).ok().and_then(|place| texts.get_mut(place)) {
                *text = self.text.get(*start..*end);
            }
        }
        texts
    }
}

/// The table of a sheet.
#[derive(Debug)]
pub(super) struct SheetTable<'g> {
    pub(super) names: Names,
    /// The cells of its rows, column by column.
    pub(super) columns: Vec<(String, Vec<Option<&'g str>>)>,
    /// Rows that were set aside.
    pub(super) cut: Vec<CutLine>,
    pub(super) doubted: Vec<String>,
    /// Rows of the sheet above the header, where any of them holds something.
    pub(super) n_skipped: usize,
    /// Rows between others that hold nothing.
    pub(super) n_blank: u64,
}

impl SheetTable<'_> {
    /// Rows of the table.
    pub(super) fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| cells.len())
    }
}

/// The table of a sheet whose names stand below so many rows, if that is known; `None` if it holds nothing.
pub(super) fn table(grid: &Grid, skip_rows: Option<u32>) -> Option<SheetTable<'_>> {
    let mut rows = grid.rows();
    if let Some(n_rows) = skip_rows {
        rows.retain(|row| *row >= n_rows);
    }
    let width = grid.columns.keys().next_back().map_or(0, |last| *last as usize + 1);
    let texts: Vec<(usize, Vec<Option<&str>>)> =
        grid.columns.iter().map(|(column, cells)| (*column as usize, cells.texts(&rows))).collect();
    let wide = |row: usize| {
        let mut cells = vec![String::new(); width];
        for (column, texts) in &texts {
            if let (Some(cell), Some(Some(text))) = (cells.get_mut(*column), texts.get(row)) {
                (*text).clone_into(cell);
            }
        }
        cells
    };
    let first: Vec<Vec<String>> = (0..rows.len().min(LOOKED_AT)).map(wide).collect();
    let place = if skip_rows.is_some() { 0 } else { header::start(&first) };
    let above = *rows.get(place)? as usize;
    let header = first.get(place)?;
    let names = header::names(header);
    let cut = cut_lines(&texts, (place, rows.len()));
    let is_sound = |row: usize| row > place && cut.binary_search_by_key(&row, |(row, _)| *row).is_err();
    let sound: Vec<usize> = (0..rows.len()).filter(|row| is_sound(*row)).collect();
    let mut columns = Vec::new();
    for (column, texts) in &texts {
        let cells: Vec<Option<&str>> = sound.iter().map(|row| texts.get(*row).copied().flatten()).collect();
        let is_nothing = names.nameless.contains(column) && cells.iter().all(Option::is_none);
        if let Some(name) = names.columns.get(*column).filter(|_| !is_nothing) {
            columns.push((name.clone(), cells));
        }
    }
    let n_lines = rows.last().map_or(0, |last| u64::from(*last) - above as u64);
    Some(SheetTable {
        columns,
        doubted: header::doubted(header, first.get(place + 1..).unwrap_or_default()),
        cut: cut.iter().map(|(row, reason)| CutLine { row: (row - place - 1) as u64, reason: *reason }).collect(),
        n_skipped: if place > 0 { above } else { 0 },
        n_blank: n_lines - (rows.len() - place - 1) as u64,
        names,
    })
}

/// Rows below the header that are no rows of the table.
fn cut_lines(texts: &[(usize, Vec<Option<&str>>)], (header, n_rows): (usize, usize)) -> Vec<(usize, Reason)> {
    let cells = |row: usize| texts.iter().map(move |(_, texts)| texts.get(row).copied().flatten().unwrap_or_default());
    let names: Vec<&str> = cells(header).collect();
    let reason = |row: usize| {
        let first = cells(row).find(|cell| !cell.trim().is_empty())?.trim();
        if names.contains(&first) && cells(row).eq(names.iter().copied()) {
            return Some(Reason::REPEATED_HEADER);
        }
        (may_begin_total(first.as_bytes()) && is_total(cells(row))).then_some(Reason::TOTAL_LINE)
    };
    (header + 1..n_rows).filter_map(|row| Some((row, reason(row)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str) -> Grid {
        let mut grid = Grid::default();
        for (row, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(';')) {
                assert!(grid.add((row, column), cell));
            }
        }
        grid
    }

    #[test]
    fn a_sheet_is_a_table_below_its_titles() {
        let grid =
            grid("Report\n\nid;;day;amount;\n1;;2024-01-01;5;\n\nid;;day;amount;\n2;;2024-01-02;;\nTotal;;;5;\n");
        let found = table(&grid, None).unwrap();
        let names: Vec<_> = found.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names, found.n_skipped, found.n_blank), (vec!["id", "day", "amount"], 2, 1));
        assert_eq!(found.columns[2].1, [Some("5"), None]);
        let cut: Vec<_> = found.cut.iter().map(|line| (line.row, line.reason)).collect();
        assert_eq!(cut, [(1, Reason::REPEATED_HEADER), (3, Reason::TOTAL_LINE)]);
        assert_eq!(table(&grid, Some(3)).unwrap().names.columns[0], "1");
        assert!(table(&Grid::default(), None).is_none());
    }

    #[test]
    fn cells_may_come_in_any_order_and_lie_far_apart() {
        let mut grid = Grid::default();
        for (place, text) in [((9, 16_000), "x"), ((0, 16_000), "b"), ((0, 0), "a"), ((9, 0), "y")] {
            assert!(grid.add(place, text));
        }
        assert!(!grid.add((u32::MAX, 0), "z"));
        let found = table(&grid, None).unwrap();
        assert_eq!(found.columns, [("a".to_owned(), vec![Some("y")]), ("b".to_owned(), vec![Some("x")])]);
    }
}
