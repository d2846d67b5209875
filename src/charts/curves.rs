//! Curves and points over a horizontal axis of numbers: gain, reliability, concentration, what was expected and what came.

use super::drawing::Drawing;
use super::frame::{Frame, SIZE};
use super::labels::{Label, Line, placed};
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

impl Point {
    /// A point without an interval.
    #[must_use]
    pub fn new(x: f64, y: f64, says: impl Into<String>) -> Self {
        Self { x, y, interval: None, says: says.into() }
    }

    /// The same with the bounds of its height.
    #[must_use]
    pub fn within(self, interval: Option<[f64; 2]>) -> Self {
        Self { interval, ..self }
    }
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve<'a> {
    /// Written beside it; a curve without a name has none.
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

    /// A line with a dot at each point.
    #[must_use]
    pub const fn dotted(name: &'a str, class: &'a str, points: Vec<Point>) -> Self {
        Self { name, class, points, is_joined: true, is_dotted: true }
    }

    /// Dots that are not joined.
    #[must_use]
    pub const fn dots(class: &'a str, points: Vec<Point>) -> Self {
        Self { name: "", class, points, is_joined: false, is_dotted: true }
    }

    /// A straight line to compare with, from one place to another.
    #[must_use]
    pub fn straight(name: &'a str, from: [f64; 2], to: [f64; 2]) -> Self {
        Self::line(name, "reference", [from, to].map(|[x, y]| Point::new(x, y, "")).to_vec())
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
    /// What stands below the horizontal axis, by place, instead of numbers.
    pub names: Vec<(f64, String)>,
    /// The series, the most important last.
    pub curves: Vec<Curve<'a>>,
}

impl<'a> CurveChart<'a> {
    /// Curves over the range of their points; the title is what screen readers say.
    #[must_use]
    pub const fn new(title: &'a str, frame: Frame<'a>, curves: Vec<Curve<'a>>) -> Self {
        Self { title, frame, across: None, up: None, names: Vec::new(), curves }
    }

    /// The same from 0 to a bound across.
    #[must_use]
    pub fn across(self, most: f64) -> Self {
        Self { across: Some([0.0, most]), ..self }
    }

    /// The same over all shares upwards.
    #[must_use]
    pub fn up_to_one(self) -> Self {
        Self { up: Some([0.0, 1.0]), ..self }
    }

    /// The same with names below the horizontal axis, over the range of the points alone: zero is no place of a calendar.
    #[must_use]
    pub fn named(self, names: Vec<(f64, String)>) -> Self {
        let places = self.curves.iter().flat_map(|curve| &curve.points).map(|point| point.x);
        let [low, high] = places.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)]);
        let across = (low < high).then_some([low, high]);
        Self { across, names, ..self }
    }

    /// The chart as the text of an `svg` element.
    #[must_use]
    pub fn draw(&self) -> String {
        curves(self)
    }
}

/// Draws curves, each with its name beside it. Intervals are whiskers at dots, and a band around a line without them.
fn curves(chart: &CurveChart<'_>) -> String {
    let mut drawing = Drawing::new(chart.title, SIZE);
    let points = || chart.curves.iter().flat_map(|curve| &curve.points);
    let ends = |point: &Point| point.interval.map_or([point.y; 2], |bounds| bounds);
    let heights = points().flat_map(|point| [point.y].into_iter().chain(ends(point)));
    let across = chart.across.map_or_else(
        || Scale::around(points().map(|point| point.x), Frame::ACROSS),
        |range| Scale::exact(range, Frame::ACROSS),
    );
    let up = chart.up.map_or_else(|| Scale::around(heights, Frame::UP), |range| Scale::exact(range, Frame::UP));
    chart.frame.draw_y(&mut drawing, &up);
    if chart.names.is_empty() {
        chart.frame.draw_x(&mut drawing, &across);
    } else {
        chart.frame.draw_x_names(&mut drawing, &across, &chart.names);
    }
    for curve in &chart.curves {
        draw(&mut drawing, curve, [&across, &up]);
    }
    let lines: Vec<Line<'_>> = chart.curves.iter().map(|curve| line(curve, [&across, &up])).collect();
    for Label { place, nth } in placed(&lines, [Frame::ACROSS, Frame::UP]) {
        if let Some(curve) = chart.curves.get(nth) {
            drawing.text(&format!("label middle {}", curve.class), place, curve.name);
        }
    }
    drawing.finish()
}

/// What a name must not cover of a curve: its line, its dots, and its whiskers.
fn line<'c>(curve: &Curve<'c>, [across, up]: [&Scale; 2]) -> Line<'c> {
    let place = |point: &Point| [across.place(point.x), up.place(point.y)];
    let has_whiskers = curve.is_dotted || !curve.is_joined;
    let whisker = |point: &Point| {
        let x = across.place(point.x);
        point.interval.filter(|_| has_whiskers).map(|bounds| bounds.map(|bound| [x, up.place(bound)]))
    };
    Line {
        name: curve.name,
        is_joined: curve.is_joined,
        points: curve.points.iter().map(place).collect(),
        whiskers: curve.points.iter().filter_map(whisker).collect(),
    }
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

#[cfg(test)]
mod tests {
    use super::super::scale::Unit;
    use super::*;

    #[test]
    fn every_point_has_a_mark_and_every_series_its_name() {
        let point = |x: f64| Point { x, y: x * x, interval: Some([0.0, 1.0]), says: format!("at {x}") };
        let curve = |name| Curve::dotted(name, "main", [0.0, 0.5, 1.0].map(point).to_vec());
        let frame = Frame { x_title: "x", x_unit: Unit::Number, y_title: "y", y_unit: Unit::Share };
        let svg = CurveChart::new("t", frame, vec![curve("a"), curve("b")]).up_to_one().draw();
        assert_eq!([svg.matches("<circle").count(), svg.matches("<path").count()], [6, 2]);
        assert_eq!(svg.matches("whisker").count(), 6);
        assert_eq!(svg.matches("<text class=\"label").count(), 2, "{svg}");
    }

    #[test]
    fn intervals_of_a_line_without_dots_are_a_band() {
        let point = |x: f64| Point { x, y: x, interval: Some([0.5 * x, x]), says: String::new() };
        let points = [0.0, 0.5, 1.0].map(point).to_vec();
        let frame = Frame::of_numbers("x", "y");
        let svg = CurveChart::new("t", frame, vec![Curve::line("", "main", points)]).draw();
        assert_eq!(["whisker", "<circle", "band main"].map(|mark| svg.matches(mark).count()), [0, 0, 1], "{svg}");
        assert!(svg.find("band main").unwrap() < svg.find("curve main").unwrap());
    }

    #[test]
    fn an_axis_of_names_has_no_numbers_and_no_zero() {
        let points = [100.0, 200.0].map(|x| Point::new(x, 1.0, "")).to_vec();
        let chart = CurveChart::new("t", Frame::of_numbers("x", "y"), vec![Curve::dotted("", "main", points)]);
        let svg = chart.clone().named(vec![(100.0, "May".to_owned()), (200.0, "June".to_owned())]).draw();
        assert!(svg.contains(r#"x="62" y="260">May<"#) && svg.contains(r#"x="542" y="260">June<"#), "{svg}");
        // A long name at the end stands within the drawing, which is 560 wide.
        let svg = chart.named(vec![(200.0, "Mar 2012".to_owned())]).draw();
        assert!(svg.contains(r#"x="524" y="260">Mar 2012<"#), "{svg}");
    }
}
