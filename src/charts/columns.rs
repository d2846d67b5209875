//! Upright bars over groups in their order: a distribution, quarters to come.

use super::drawing::Drawing;
use super::frame::{Frame, SIZE};
use super::scale::Scale;

/// Upright bars.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnChart<'a> {
    /// What screen readers say.
    pub title: &'a str,
    /// The axes.
    pub frame: Frame<'a>,
    /// What stands below each bar, its height, and what is said when it is pointed at.
    pub bars: Vec<(String, f64, String)>,
    /// Whether each bar has its number above it.
    pub has_numbers: bool,
}

/// Draws upright bars from zero.
#[must_use]
pub fn columns(chart: &ColumnChart<'_>) -> String {
    let mut drawing = Drawing::new(chart.title, SIZE);
    let up = Scale::around(chart.bars.iter().map(|(_, height, _)| *height), Frame::UP);
    chart.frame.draw_y(&mut drawing, &up);
    let [left, right] = Frame::ACROSS;
    let step = (right - left) / chart.bars.len().max(1) as f64;
    let gap = (step * 0.12).min(8.0);
    for (nth, (name, height, says)) in chart.bars.iter().enumerate() {
        let x = left + nth as f64 * step;
        let (top, base) = (up.place(height.max(0.0)), up.place(height.min(0.0)));
        drawing.bar("bar main", [x + gap / 2.0, top], [step - gap, base - top], says);
        drawing.text("tick middle", [x + step / 2.0, Frame::UP[0] + 18.0], name);
        if chart.has_numbers {
            drawing.text("value middle", [x + step / 2.0, top - 6.0], &chart.frame.y_unit.text(*height));
        }
    }
    chart.frame.draw_x_title(&mut drawing);
    drawing.finish()
}
