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
    /// Whether each bar has its number above it, if all of them fit side by side.
    pub has_numbers: bool,
}

/// Room of a letter, as it is set on a phone.
const LETTER: f64 = 9.2;
/// From a whisker to the number beside it.
const BESIDE: f64 = 6.0;

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
    let magnitude = up.magnitude(chart.frame.y_unit);
    let room = |bar: &ColumnBar| if bar.interval.is_some() { step / 2.0 - BESIDE } else { step };
    let fits = |bar: &ColumnBar| magnitude.text(bar.height).chars().count() as f64 * LETTER <= room(bar);
    let has_numbers = chart.has_numbers && chart.bars.iter().all(fits);
    for (nth, bar) in chart.bars.iter().enumerate() {
        let x = left + nth as f64 * step;
        let (top, base) = (up.place(bar.height.max(0.0)), up.place(bar.height.min(0.0)));
        drawing.bar("bar main", [x + gap / 2.0, top], [step - gap, base - top], &bar.says);
        drawing.text("tick middle", [x + step / 2.0, Frame::UP[0] + 18.0], &bar.name);
        // A whisker stands beside the number.
        let (mut middle, mut class) = (x + step / 2.0, "value middle");
        if let Some([low, high]) = bar.interval {
            drawing.line("whisker ends", [middle, up.place(low)], [middle, up.place(high)]);
            (middle, class) = (middle + BESIDE, "value");
        }
        if has_numbers {
            drawing.text(class, [middle, top - 6.0], &magnitude.text(bar.height));
        }
    }
    chart.frame.draw_x_title(&mut drawing);
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_neighbours_do_not_run_into_each_other() {
        let bar = |height: f64| ColumnBar::new("a", height, "");
        let svg = |bars: Vec<ColumnBar>| {
            let frame = Frame::of_numbers("days", "sales, EUR");
            columns(&ColumnChart { title: "t", frame, bars, has_numbers: true })
        };
        let first = ColumnBar { interval: Some([1e6, 4.3e6]), ..bar(2_229_841.0) };
        let few = svg(vec![first, bar(2_184_086.0), bar(2_123_468.0), bar(2_071_583.0)]);
        assert!(few.contains(">2.23<") && few.contains(">2.18<") && few.contains("sales, EUR, in millions"), "{few}");
        let many = svg((0..40).map(|n| bar(1_000.0 + f64::from(n))).collect());
        assert!(!many.contains("class=\"value"), "{many}");
    }
}
