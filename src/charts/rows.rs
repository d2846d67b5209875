//! Rows of named figures, one below the other: bars from zero, or dots with their intervals. Names stand above their marks,
//! so that they may be long.

use super::drawing::Drawing;
use super::frame::SIZE;
use super::scale::{Scale, Unit};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is of.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// What stands behind the name: the number, how many it is of.
    pub note: String,
    /// Whether it is the one that the others are compared with.
    pub is_main: bool,
}

/// Rows on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChart<'a> {
    /// What screen readers say.
    pub title: &'a str,
    /// Title of the axis, with the unit.
    pub axis: &'a str,
    /// What it measures.
    pub unit: Unit,
    /// The range, if it is not that of the rows and zero.
    pub range: Option<[f64; 2]>,
    /// Whether figures are bars; else dots.
    pub has_bars: bool,
    /// A figure that is marked by a line through all rows.
    pub reference: Option<f64>,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

const LEFT: f64 = 4.0;
const RIGHT: f64 = 16.0;
const ROW: f64 = 36.0;
const FOOT: f64 = 44.0;
/// Room of a letter, as it is set on a phone.
const LETTER: f64 = 9.0;
/// Height of the marks of a row.
const BAND: f64 = 18.0;
/// A note that does not fit behind its name stands below it.
const LINE: f64 = 18.0;

/// Draws rows.
#[must_use]
pub fn rows(chart: &RowChart<'_>) -> String {
    let letters = |row: &Row| row.name.chars().count() + row.note.chars().count();
    let is_long = chart.rows.iter().any(|row| letters(row) as f64 * LETTER > SIZE[0] - LEFT - RIGHT);
    let row_height = if is_long { ROW + LINE } else { ROW };
    let height = chart.rows.len() as f64 * row_height;
    let mut drawing = Drawing::new(chart.title, [SIZE[0], height + FOOT]);
    let places = [LEFT + 10.0, SIZE[0] - RIGHT - 10.0];
    let bounds = |row: &Row| row.interval.map_or([row.value; 2], |bounds| bounds);
    let scale = chart.range.map_or_else(
        || Scale::around(chart.rows.iter().flat_map(|row| [row.value, bounds(row)[0], bounds(row)[1]]), places),
        |range| Scale::exact(range, places),
    );
    for tick in scale.ticks() {
        let x = scale.place(tick);
        drawing.line("grid", [x, 0.0], [x, height]);
        drawing.text("tick middle", [x, height + 18.0], &chart.unit.text(tick));
    }
    let zero = scale.place(0.0);
    for (nth, row) in chart.rows.iter().enumerate() {
        let (top, class) = (nth as f64 * row_height, if row.is_main { "main" } else { "other" });
        let (x, y) = (scale.place(row.value), top + row_height - 10.0);
        // Beside the marks alone: it would run through names.
        if let Some(x) = chart.reference.map(|reference| scale.place(reference)) {
            drawing.line("curve reference", [x, top + row_height - BAND], [x, top + row_height]);
        }
        drawing.text("label", [LEFT, top + 14.0], &row.name);
        if is_long {
            drawing.text("value", [LEFT, top + 14.0 + LINE], &row.note);
        } else {
            drawing.text("value end", [SIZE[0] - RIGHT, top + 14.0], &row.note);
        }
        let says = format!("{}: {}", row.name, row.note);
        if chart.has_bars {
            drawing.bar(&format!("bar {class}"), [x.min(zero), y - 5.0], [(x - zero).abs(), 10.0], &says);
        }
        if let Some([low, high]) = row.interval {
            drawing.line(&format!("whisker {class}"), [scale.place(low), y], [scale.place(high), y]);
        }
        if !chart.has_bars {
            drawing.dot(&format!("dot {class}"), [x, y], &says);
        }
    }
    drawing.text("axis end", [SIZE[0] - RIGHT, height + 38.0], chart.axis);
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_from_zero_to_both_sides() {
        let row = |value: f64| Row {
            name: format!("<{value}>"),
            value,
            interval: None,
            note: Unit::Number.text(value),
            is_main: true,
        };
        let chart = RowChart {
            title: "t",
            axis: "a",
            unit: Unit::Number,
            range: None,
            has_bars: true,
            reference: Some(0.0),
            rows: vec![row(2.0), row(-1.0)],
        };
        let svg = rows(&chart);
        let number = |bar: &str, name: &str| {
            let after = bar.split(&format!("{name}=\"")).nth(1).unwrap();
            after.split('"').next().unwrap().parse::<f64>().unwrap()
        };
        let bars: Vec<&str> = svg.split("<rect").skip(1).collect();
        let [right, left] = [0, 1].map(|nth| [number(bars[nth], " x"), number(bars[nth], "width")]);
        assert!((left[0] + left[1] - right[0]).abs() < 0.11 && (right[1] - 2.0 * left[1]).abs() < 0.21, "{svg}");
        assert!(svg.contains("&lt;2&gt;"));
    }
}
