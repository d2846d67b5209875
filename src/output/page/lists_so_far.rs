//! The lists so far: how many customers each had, and how many of them it expected to buy nothing.

use serde_json::Value;

use super::document::{items, number, text};
use super::figure::{DataTable, Figure, day, percent};
use super::input::PageInput;
use super::months::Course;
use crate::charts::{Curve, CurveChart, Frame, Point, Unit, spark};
use crate::text::{counted, grouped};

/// Fewer lists have no course.
pub(super) const FEWEST: usize = 3;
/// Lists that are drawn, the newest.
pub(super) const SHOWN: usize = 60;
/// Days that are named below the line.
const NAMED: usize = 4;

/// One list of the past, or the present one.
struct Listed<'m> {
    as_of: &'m str,
    day: f64,
    model: &'m str,
    n: f64,
    expected: f64,
    /// The share that bought nothing, of the customers of whom that is known by now.
    came: Option<f64>,
}

impl<'m> Listed<'m> {
    fn of(list: &'m Value) -> Option<Self> {
        let came = || Some(number(list, "/realised/churned")? / number(list, "/realised/n").filter(|n| *n > 0.0)?);
        Some(Self {
            as_of: text(list, "/as_of")?,
            day: number(list, "/as_of_day")?,
            model: text(list, "/model_version").unwrap_or_default(),
            n: number(list, "/expected/n").filter(|n| *n > 0.0)?,
            expected: number(list, "/expected/churned")?,
            came: came(),
        })
    }

    fn share(&self) -> f64 {
        self.expected / self.n
    }

    fn says(&self) -> String {
        format!("{} on {}", percent(self.share()), day(self.as_of))
    }
}

/// The newest lists, the earliest first; none where they are too few for a course.
fn lists<'m>(input: &PageInput<'m>) -> Vec<Listed<'m>> {
    let known = input.monitor.map(|monitor| items(monitor, "/lists")).unwrap_or_default();
    let found: Vec<Listed<'m>> = known.iter().filter_map(Listed::of).collect();
    let n = found.len();
    if n < FEWEST { Vec::new() } else { found.into_iter().skip(n.saturating_sub(SHOWN)).collect() }
}

/// A line of the share that each list expected to buy nothing.
pub(super) fn course(input: &PageInput<'_>) -> Option<Course> {
    let lists = lists(input);
    let (first, last) = (lists.first()?, lists.last()?);
    let lowest = lists.iter().min_by(|a, b| a.share().total_cmp(&b.share()))?;
    let highest = lists.iter().max_by(|a, b| a.share().total_cmp(&b.share()))?;
    let title = format!(
        "{} from {} to {}: lowest {}, highest {}, last {}",
        counted(lists.len() as u64, "list"),
        day(first.as_of),
        day(last.as_of),
        lowest.says(),
        highest.says(),
        last.says()
    );
    let shares: Vec<f64> = lists.iter().map(Listed::share).collect();
    let span = format!("share by list, {} to {}", day(first.as_of), day(last.as_of));
    Some(Course { svg: spark(&title, &shares)?, span })
}

/// The same as a figure, with what came where it is known.
pub(super) fn figure(input: &PageInput<'_>) -> Option<Figure> {
    let lists = lists(input);
    let (first, last) = (lists.first()?, lists.last()?);
    let ends = [first, last].map(|list| percent(list.share()));
    let heading = if ends[0] == ends[1] {
        format!("Today {} of the customers are expected to buy nothing, as on {}", ends[1], day(first.as_of))
    } else {
        format!(
            "Today {} of the customers are expected to buy nothing; on {} it was {}",
            ends[1],
            day(first.as_of),
            ends[0]
        )
    };
    let point = |list: &Listed<'_>| Point::new(list.day, list.share(), list.says());
    let came = |list: &Listed<'_>| {
        list.came
            .map(|share| Point::new(list.day, share, format!("{}: {} bought nothing", day(list.as_of), percent(share))))
    };
    let came: Vec<Point> = lists.iter().filter_map(came).collect();
    let mut curves = vec![Curve::dotted("expected", "main", lists.iter().map(point).collect())];
    if !came.is_empty() {
        curves.insert(0, Curve::dotted("what came", "other", came));
    }
    let title = format!("{heading}. A line over the days of the lists.");
    let axis = format!("day of the list, {} to {}", day(first.as_of), day(last.as_of));
    let frame = Frame { x_unit: Unit::Number, ..Frame::of_shares(&axis, "share that buys nothing in the horizon") };
    let chart = CurveChart::new(&title, frame, curves);
    let days: Vec<(f64, &str)> = lists.iter().map(|list| (list.day, list.as_of)).collect();
    let chart = chart.named(names(&days)).up_to_one();
    let head = ["List of", "Model", "Customers", "Expected to buy nothing", "Share", "Share that came"];
    let row = |list: &Listed<'_>| {
        [
            day(list.as_of),
            list.model.to_owned(),
            Unit::Number.text(list.n),
            Unit::Number.text(list.expected.round()),
            percent(list.share()),
            list.came.map_or_else(|| "not known yet".to_owned(), percent),
        ]
    };
    let n_all = input.monitor.map_or(0, |monitor| items(monitor, "/lists").len());
    let shown =
        if n_all > lists.len() { format!("the newest {} of ", grouped(lists.len() as u64)) } else { String::new() };
    Some(Figure {
        id: "f-lists".into(),
        sentence: format!(
            "Each dot is a list as it was made; {}. A jump from one list to the next is mostly another model, which the table names.",
            if lists.iter().any(|list| list.came.is_some()) {
                "grey is what came of it, where its time has run out"
            } else {
                "what came of them is not known yet"
            }
        ),
        population: format!("Everyone on both lists of each day: {shown}{} so far", counted(n_all as u64, "list")),
        svg: chart.draw(),
        table: DataTable::new(&heading, head, lists.iter().rev().map(row)),
        heading,
    })
}

/// Some days, as far from each other as they are read.
pub(super) fn names(days: &[(f64, &str)]) -> Vec<(f64, String)> {
    let (Some(first), Some((last, _))) = (days.first(), days.last()) else { return Vec::new() };
    let step = (last - first.0) / (NAMED - 1) as f64;
    let short = |(day, as_of): &(f64, &str)| {
        let date = as_of.parse::<jiff::civil::Date>();
        (*day, date.map_or_else(|_| (*as_of).to_owned(), |date| date.strftime("%-d %b").to_string()))
    };
    let mut named = vec![short(first)];
    for one in days {
        let is_free = |at: f64| named.iter().all(|(other, _)| (at - other).abs() >= step * 0.99);
        let is_before_the_last = last - one.0 >= step * 0.99;
        if is_free(one.0) && (is_before_the_last || one.0 >= *last) {
            named.push(short(one));
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::columns::Columns;
    use super::*;

    fn monitor(n: i32) -> Value {
        let list = |nth: i32| {
            let date = jiff::civil::date(2025, 5, 1).checked_add(jiff::Span::new().days(nth * 10)).unwrap();
            json!({
                "as_of": date.to_string(), "as_of_day": 20_209 + nth * 10, "model_version": "v1",
                "expected": { "n": 200, "churned": 60.0 + f64::from(nth) },
                "realised": if nth == 0 { json!({ "n": 190, "churned": 57 }) } else { Value::Null },
            })
        };
        json!({ "lists": (0..n).map(list).collect::<Vec<_>>() })
    }

    fn told<T>(monitor: &Value, of: impl Fn(&PageInput<'_>) -> T) -> T {
        let (none, manifest) = (Columns::default(), json!({ "as_of": "2025-07-01" }));
        of(&PageInput { monitor: Some(monitor), ..PageInput::bare(&none, &none, &manifest) })
    }

    #[test]
    fn lists_have_a_course_with_words_a_table_and_what_came() {
        let monitor = monitor(7);
        let course = told(&monitor, course).unwrap();
        assert!(
            course.svg.contains("7 lists from 1 May 2025 to 30 June 2025: lowest 30 % on 1 May 2025"),
            "{}",
            course.svg
        );
        let figure = told(&monitor, figure).unwrap();
        assert_eq!(
            figure.heading,
            "Today 33 % of the customers are expected to buy nothing; on 1 May 2025 it was 30 %"
        );
        assert_eq!(["<circle", "curve main", "tick middle"].map(|mark| figure.svg.matches(mark).count()), [8, 1, 4]);
        assert_eq!(figure.table.rows.len(), 7);
        assert_eq!(figure.table.rows[6][2..], ["200", "60", "30 %", "30 %"].map(str::to_owned));
        assert_eq!(figure.table.rows[0][5], "not known yet");
    }

    #[test]
    fn two_lists_are_no_course() {
        assert!(told(&monitor(2), course).is_none() && told(&monitor(2), figure).is_none());
    }
}
