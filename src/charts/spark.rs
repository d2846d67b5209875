//! A small line without axes beside a number: the course of the number, from zero.

use super::drawing::Drawing;
use super::scale::Scale;

/// Width and height in user units.
const SIZE: [f64; 2] = [160.0, 32.0];
/// Room for the dot at the end.
const EDGE: f64 = 5.0;

/// Draws a line through numbers in their order, with a dot at the last; `None` for fewer than two.
#[must_use]
pub fn spark(title: &str, values: &[f64]) -> Option<String> {
    let last = *values.last().filter(|_| values.len() > 1)?;
    let mut drawing = Drawing::new(title, SIZE);
    let across = Scale::exact([0.0, (values.len() - 1) as f64], [EDGE, SIZE[0] - EDGE]);
    let [low, high] = values.iter().fold([0.0_f64, 0.0_f64], |[low, high], value| [low.min(*value), high.max(*value)]);
    let up = Scale::exact([low, high], [SIZE[1] - EDGE, EDGE]);
    drawing.line("base", [0.0, up.place(0.0)], [SIZE[0], up.place(0.0)]);
    let place = |(nth, value): (usize, &f64)| [across.place(nth as f64), up.place(*value)];
    drawing.path("curve main", values.iter().enumerate().map(place), false);
    drawing.dot("dot main", place((values.len() - 1, &last)), "");
    Some(drawing.finish_as("chart tiny"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_begins_at_the_left_and_stands_on_zero() {
        let svg = spark("t", &[5.0, 0.0, 10.0]).unwrap();
        assert!(svg.contains(r#"d="M5 16L80 27L155 5""#) && svg.contains(r#"class="chart tiny""#), "{svg}");
        assert!(svg.contains(r#"aria-label="t""#) && !svg.contains("<title></title>"), "{svg}");
        assert_eq!(spark("t", &[5.0]), None);
    }
}
