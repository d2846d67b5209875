//! Upright bars over groups in their order: a distribution, quarters to come.

use super::drawing::Drawing;
use super::frame::{Frame, SIZE};
use super::scale::Scale;

/// One upright bar.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnBar {
    /// What stands below it.
    pub name: String,
    /// Its height.
    pub height: f64,
    /// Bounds of its height.
    pub interval: Option<[f64; 2]>,
    /// What is said when it is pointed at.
    pub says: String,
}

impl ColumnBar {
    /// A bar without an interval.
    #[must_use]
    pub fn new(name: impl Into<String>, height: f64, says: impl Into<String>) -> Self {
        Self { name: name.into(), height, interval: None, says: says.into() }
    }
}

/// Upright bars.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnChart<'a> {
    /// What screen readers say.
    pub title: &'a str,
    /// The axes.
    pub frame: Frame<'a>,
    /// From left to right.
    pub bars: Vec<ColumnBar>,
    /// Whether each bar has its number above it.
    pub has_numbers: bool,
}

/// Draws upright bars from zero.
#[must_use]
pub fn columns(chart: &ColumnChart<'_>) -> String {
    let mut drawing = Drawing::new(chart.title, SIZE);
    let highest = |bar: &ColumnBar| bar.interval.map_or(bar.height, |bounds| bounds[1].max(bar.height));
    let lowest = chart.bars.iter().map(|bar| bar.height);
    let up = Scale::around(chart.bars.iter().map(highest).chain(lowest), Frame::UP);
    chart.frame.draw_y(&mut drawing, &up);
    let [left, right] = Frame::ACROSS;
    let step = (right - left) / chart.bars.len().max(1) as f64;
    let gap = (step * 0.12).min(8.0);
    for (nth, bar) in chart.bars.iter().enumerate() {
        let x = left + nth as f64 * step;
        let (top, base) = (up.place(bar.height.max(0.0)), up.place(bar.height.min(0.0)));
        drawing.bar("bar main", [x + gap / 2.0, top], [step - gap, base - top], &bar.says);
        drawing.text("tick middle", [x + step / 2.0, Frame::UP[0] + 18.0], &bar.name);
        // A whisker stands beside the number.
        let (mut middle, mut class) = (x + step / 2.0, "value middle");
        if let Some([low, high]) = bar.interval {
            drawing.line("whisker ends", [middle, up.place(low)], [middle, up.place(high)]);
            (middle, class) = (middle + 6.0, "value");
        }
        if chart.has_numbers {
            drawing.text(class, [middle, top - 6.0], &chart.frame.y_unit.text(bar.height));
        }
    }
    chart.frame.draw_x_title(&mut drawing);
    drawing.finish()
}
