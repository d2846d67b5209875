//! A grid of shares: rows by columns, each cell with its number in it and the darker the larger it is.

use super::drawing::Drawing;
use super::frame::SIZE;
use crate::text::wrapped;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// How dark it is, from 0 to 1.
    pub share: f64,
    /// What stands in it, line by line; a line that is too long goes on in the next.
    pub lines: Vec<String>,
    /// What is shown when it is pointed at.
    pub says: String,
}

/// One row; a cell that is absent stays empty.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// What it is of.
    pub name: String,
    /// From left to right.
    pub cells: Vec<Option<Cell>>,
}

/// Rows by columns.
#[derive(Debug, Clone, PartialEq)]
pub struct GridChart<'a> {
    /// What screen readers say.
    pub title: &'a str,
    /// What the columns are.
    pub across: &'a str,
    /// What the rows are.
    pub down: &'a str,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Height of a row in user units, if no cell needs more.
    pub row_height: f64,
    /// From top to bottom.
    pub rows: Vec<GridRow>,
}

/// Room for the names of rows, by letters; on a phone they are set larger.
const LETTER: f64 = 9.2;
const LEAST_LEFT: f64 = 80.0;
const RIGHT: f64 = 4.0;
const TOP: f64 = 42.0;
/// From one line of a cell to the next.
const LINE: f64 = 22.0;
/// Above and below the lines of a cell together.
const AROUND: f64 = 18.0;
/// Between cells.
const GAP: f64 = 2.0;
/// Shades of cells; the page defines their classes.
const SHADES: f64 = 5.0;

/// Draws a grid.
#[must_use]
pub fn grid(chart: &GridChart<'_>) -> String {
    let letters = chart.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let start = (LETTER * letters as f64 + 8.0).max(LEAST_LEFT);
    let width = (SIZE[0] - start - RIGHT) / chart.columns.len().max(1) as f64;
    let left = |column: usize| start + column as f64 * width;
    let lines = |cell: &Cell| broken(&cell.lines, width - GAP);
    let cells = chart.rows.iter().flat_map(|row| row.cells.iter().flatten());
    let most = cells.map(|cell| lines(cell).len()).max().unwrap_or(0);
    let height = if most > 1 { chart.row_height.max(LINE * most as f64 + AROUND) } else { chart.row_height };
    let mut drawing = Drawing::new(chart.title, [SIZE[0], TOP + height * chart.rows.len() as f64 + GAP]);
    drawing.text("axis", [4.0, 13.0], chart.down);
    drawing.text("axis end", [SIZE[0] - RIGHT, 13.0], chart.across);
    for (column, name) in chart.columns.iter().enumerate() {
        drawing.text("tick middle", [left(column) + width / 2.0, TOP - 8.0], name);
    }
    for (nth, row) in chart.rows.iter().enumerate() {
        let top = TOP + nth as f64 * height;
        let middle = top + height / 2.0 + 4.0;
        drawing.text("tick", [4.0, middle], &row.name);
        for (column, cell) in row.cells.iter().enumerate().filter_map(|(column, cell)| Some((column, cell.as_ref()?))) {
            let class = format!("cell c{}", shade(cell.share));
            drawing.bar(&class, [left(column), top], [width - GAP, height - GAP], &cell.says);
            let lines = lines(cell);
            let first = middle - LINE * (lines.len().saturating_sub(1) as f64) / 2.0;
            for (line, text) in lines.iter().enumerate() {
                let y = first + LINE * line as f64;
                drawing.text("middle", [left(column) + (width - GAP) / 2.0, y], text);
            }
        }
    }
    drawing.finish()
}

/// Lines as they fit into a cell of this width on a phone.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few letters")]
fn broken(lines: &[String], width: f64) -> Vec<String> {
    let letters = (width / LETTER).max(1.0) as usize;
    lines.iter().flat_map(|line| wrapped(line, letters)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of shades")]
fn shade(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * SHADES).min(SHADES - 1.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_in_their_columns_and_darken_with_their_share() {
        let cell = |share: f64| Some(Cell { share, lines: vec![format!("<{share}>")], says: "s".to_owned() });
        let row = |name: &str, cells| GridRow { name: name.to_owned(), cells };
        let chart = GridChart {
            title: "t",
            across: "later",
            down: "from",
            columns: vec!["1".to_owned(), "2".to_owned()],
            row_height: 24.0,
            rows: vec![row("a", vec![cell(0.0), cell(1.0)]), row("b", vec![None, cell(0.5)])],
        };
        let svg = grid(&chart);
        assert_eq!(svg.matches("<rect").count(), 3, "{svg}");
        for class in ["cell c0", "cell c4", "cell c2"] {
            assert!(svg.contains(class), "{class}: {svg}");
        }
        assert!(svg.contains("&lt;0.5&gt;"));
    }

    #[test]
    fn a_line_that_is_too_long_for_its_cell_goes_on_in_the_next_and_the_row_grows() {
        let cell = Some(Cell { share: 0.5, lines: vec!["contacted: 1,113, GBP 548".to_owned()], says: String::new() });
        let row = GridRow { name: "little so far".to_owned(), cells: vec![cell.clone(), cell] };
        let columns = ["a", "b"].map(str::to_owned).to_vec();
        let chart = GridChart { title: "t", across: "", down: "", columns, row_height: 24.0, rows: vec![row] };
        let svg = grid(&chart);
        assert!(svg.contains(">contacted: 1,113, GBP<") && svg.contains(">548<"), "{svg}");
        assert!(svg.contains(&format!("height=\"{}\"", 2.0 * LINE + AROUND - GAP)), "{svg}");
    }
}
