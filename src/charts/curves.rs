//! Curves and points over a horizontal axis of numbers: gain, reliability, concentration, what was expected and what came.

use super::drawing::Drawing;
use super::frame::{Frame, SIZE};
use super::scale::Scale;

/// One point, with the interval of its height where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Horizontal.
    pub x: f64,
    /// Vertical.
    pub y: f64,
    /// Bounds of the height.
    pub interval: Option<[f64; 2]>,
    /// What is said when it is pointed at.
    pub says: String,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve<'a> {
    /// Written beside its end.
    pub name: &'a str,
    /// Class of its marks: `main`, `other` or `reference`.
    pub class: &'a str,
    /// Ascending horizontally.
    pub points: Vec<Point>,
    /// Whether the points are joined.
    pub is_joined: bool,
    /// Whether each point has a dot.
    pub is_dotted: bool,
}

impl<'a> Curve<'a> {
    /// A line without dots.
    #[must_use]
    pub const fn line(name: &'a str, class: &'a str, points: Vec<Point>) -> Self {
        Self { name, class, points, is_joined: true, is_dotted: false }
    }
}

/// Curves in one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveChart<'a> {
    /// What screen readers say.
    pub title: &'a str,
    /// The axes.
    pub frame: Frame<'a>,
    /// The range across, if it is not that of the points.
    pub across: Option<[f64; 2]>,
    /// The range up, if it is not that of the points.
    pub up: Option<[f64; 2]>,
    /// The series, the most important last.
    pub curves: Vec<Curve<'a>>,
}

/// Draws curves, each with its name at its end. Intervals are whiskers at dots, and a band around a line without them.
#[must_use]
pub fn curves(chart: &CurveChart<'_>) -> String {
    let mut drawing = Drawing::new(chart.title, SIZE);
    let points = || chart.curves.iter().flat_map(|curve| &curve.points);
    let heights = points().flat_map(|point| [Some(point.y), point.interval.map(|bounds| bounds[1])]).flatten();
    let across = chart.across.map_or_else(
        || Scale::around(points().map(|point| point.x), Frame::ACROSS),
        |range| Scale::exact(range, Frame::ACROSS),
    );
    let up = chart.up.map_or_else(|| Scale::around(heights, Frame::UP), |range| Scale::exact(range, Frame::UP));
    chart.frame.draw_y(&mut drawing, &up);
    chart.frame.draw_x(&mut drawing, &across);
    for curve in &chart.curves {
        draw(&mut drawing, curve, [&across, &up]);
    }
    for (side, place, curve) in label_places(chart, [&across, &up]) {
        drawing.text(&format!("label {side} {}", curve.class), place, curve.name);
    }
    drawing.finish()
}

fn draw(drawing: &mut Drawing, curve: &Curve<'_>, [across, up]: [&Scale; 2]) {
    let class = curve.class;
    let place = |point: &Point| [across.place(point.x), up.place(point.y)];
    if curve.is_joined && !curve.is_dotted {
        draw_band(drawing, curve, [across, up]);
    }
    if curve.is_joined && curve.points.len() > 1 {
        drawing.path(&format!("curve {class}"), curve.points.iter().map(place), false);
    }
    for point in &curve.points {
        let [x, y] = place(point);
        if let Some([low, high]) = point.interval.filter(|_| curve.is_dotted || !curve.is_joined) {
            drawing.line(&format!("whisker {class}"), [x, up.place(low)], [x, up.place(high)]);
        }
        if curve.is_dotted {
            drawing.dot(&format!("dot {class}"), [x, y], &point.says);
        }
    }
}

/// The area between the bounds of a line's points.
fn draw_band(drawing: &mut Drawing, curve: &Curve<'_>, [across, up]: [&Scale; 2]) {
    let bounds = || curve.points.iter().filter_map(|point| Some((across.place(point.x), point.interval?)));
    let above = bounds().map(|(x, [_, high])| [x, up.place(high)]);
    let below = bounds().map(|(x, [low, _])| [x, up.place(low)]).collect::<Vec<_>>().into_iter().rev();
    let edge: Vec<[f64; 2]> = above.chain(below).collect();
    if edge.len() > 2 {
        drawing.path(&format!("band {}", curve.class), edge, true);
    }
}

/// Where the names stand: half way along, that of the highest curve above it, the others below theirs.
fn label_places<'c>(chart: &'c CurveChart<'_>, [across, up]: [&Scale; 2]) -> Vec<Label<'c>> {
    let place = |curve: &'c Curve<'c>| {
        let at = 0.55 * curve.points.last()?.x;
        let next = curve.points.iter().position(|point| point.x >= at)?;
        let (before, after) = (curve.points.get(next.saturating_sub(1))?, curve.points.get(next)?);
        let width = after.x - before.x;
        let share = if width > 0.0 { (at - before.x) / width } else { 0.0 };
        Some((curve, [across.place(at), up.place(before.y + share * (after.y - before.y))]))
    };
    let named = chart.curves.iter().filter(|curve| !curve.name.is_empty());
    let mut places: Vec<(&Curve<'c>, [f64; 2])> = named.filter_map(place).collect();
    places.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    let label = |(nth, (curve, [x, y])): (usize, (&'c Curve<'c>, [f64; 2]))| {
        if nth == 0 { ("end", [x - 8.0, y - 8.0], curve) } else { ("start", [x + 8.0, y + 16.0], curve) }
    };
    places.into_iter().enumerate().map(label).collect()
}

/// On which side of its place a name stands, the place, and the curve.
type Label<'c> = (&'static str, [f64; 2], &'c Curve<'c>);

#[cfg(test)]
mod tests {
    use super::super::scale::Unit;
    use super::*;

    #[test]
    fn every_point_has_a_mark_and_every_series_its_name() {
        let point = |x: f64| Point { x, y: x * x, interval: Some([0.0, 1.0]), says: format!("at {x}") };
        let curve = |name| Curve {
            name,
            class: "main",
            points: [0.0, 0.5, 1.0].map(point).to_vec(),
            is_joined: true,
            is_dotted: true,
        };
        let frame = Frame { x_title: "x", x_unit: Unit::Number, y_title: "y", y_unit: Unit::Share };
        let chart =
            CurveChart { title: "t", frame, across: None, up: Some([0.0, 1.0]), curves: vec![curve("a"), curve("b")] };
        let svg = curves(&chart);
        assert_eq!([svg.matches("<circle").count(), svg.matches("<path").count()], [6, 2]);
        assert_eq!(svg.matches("whisker").count(), 6);
        let places: Vec<&str> = svg.split("<text class=\"label").skip(1).collect();
        assert_eq!(places.len(), 2);
        assert!(places[0].starts_with(" end") && places[1].starts_with(" start"), "{svg}");
    }

    #[test]
    fn intervals_of_a_line_without_dots_are_a_band() {
        let point = |x: f64| Point { x, y: x, interval: Some([0.5 * x, x]), says: String::new() };
        let points = [0.0, 0.5, 1.0].map(point).to_vec();
        let curve = Curve { name: "", class: "main", points, is_joined: true, is_dotted: false };
        let frame = Frame { x_title: "x", x_unit: Unit::Number, y_title: "y", y_unit: Unit::Share };
        let chart = CurveChart { title: "t", frame, across: None, up: None, curves: vec![curve] };
        let svg = curves(&chart);
        assert_eq!(["whisker", "<circle", "band main"].map(|mark| svg.matches(mark).count()), [0, 0, 1], "{svg}");
        assert!(svg.find("band main").unwrap() < svg.find("curve main").unwrap());
    }
}
