//! What today's customers are expected to buy, and what the value model expected of days that it had not seen.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, day, money, percent, rounded};
use crate::charts::{ColumnBar, ColumnChart, Curve, CurveChart, Frame, Point, Unit, columns};
use crate::text::{counted, verb};

/// The population of the value report.
pub(super) fn everyone(value: &Value) -> String {
    let n = count(value, "/shop/n_customers").map(|n| counted(n, "customer"));
    format!("Everyone who has bought: {}", n.unwrap_or_else(|| "all customers".to_owned()))
}

/// Sales expected of today's customers, quarter by quarter.
pub(super) fn sales(value: &Value, currency: &str) -> Option<Figure> {
    let days = number(value, "/sales/period_days")?;
    let cohorts = items(value, "/sales/cohorts");
    let n_periods = cohorts.iter().map(|cohort| items(cohort, "/sales").len()).max().filter(|n| *n > 0)?;
    let of_period = |period: usize| cohorts.iter().filter_map(|cohort| cohort["sales"][period].as_f64()).sum::<f64>();
    let sums: Vec<f64> = (0..n_periods).map(of_period).collect();
    let (total, first, last) = (sums.iter().sum::<f64>(), sums.first()?, sums.last()?);
    let heading = format!("Today's customers are expected to buy for {} in the coming year", rounded(currency, total));
    let bar = |(period, sum): (usize, &f64)| {
        let name = format!("{} to {}", (period as f64 * days).round(), ((period + 1) as f64 * days).round());
        let interval = coming_interval(value).filter(|_| period == 0);
        ColumnBar { interval, ..ColumnBar::new(name, *sum, money(currency, *sum)) }
    };
    let bars: Vec<ColumnBar> = sums.iter().enumerate().map(bar).collect();
    let table = bars.iter().map(|bar| {
        let [low, high] =
            bar.interval.map_or([String::new(), String::new()], |ends| ends.map(|end| rounded(currency, end)));
        [bar.name.clone(), bar.says.clone(), low, high]
    });
    let table = DataTable::new(&heading, ["Days from today", "Expected sales", "At least", "At most"], table);
    let y_title = format!("expected sales, {currency}");
    let frame = Frame::of_numbers("days from today", &y_title);
    let chart = ColumnChart { title: &format!("{heading}. Bars by quarter."), frame, bars, has_numbers: true };
    Some(Figure {
        id: "f-sales".into(),
        sentence: format!(
            "From {} in the first quarter to {} in the last: what new customers buy is not in it. {}{}{}",
            rounded(currency, *first),
            rounded(currency, *last),
            season_says(value),
            as_value(value, currency),
            how_far_off(value, currency)
        ),
        population: format!("{}; by the models of purchases and spend", everyone(value)),
        svg: columns(&chart),
        table,
        heading,
    })
}

/// What the season does to the coming quarter, or that it is not known.
fn season_says(value: &Value) -> String {
    let (next, years) = (number(value, "/sales/season/factors/0"), count(value, "/sales/season/n_years"));
    let Some((next, years)) = next.zip(years) else {
        return "It knows of no season yet, which takes a year of past forecasts. ".to_owned();
    };
    let years = if years == 1 { "the year before".to_owned() } else { format!("the {years} years before") };
    let off = (next - 1.0).abs();
    if off < 0.005 {
        return format!("The first is neither high season nor low, by what {years} showed. ");
    }
    let side = if next > 1.0 { "above" } else { "below" };
    format!("The season is in it: the first is taken {} {side} an even one, by what {years} showed. ", percent(off))
}

/// What the values of customers make of the same year.
fn as_value(value: &Value, currency: &str) -> String {
    let year = number(value, "/years_ahead/shop/by_year/0");
    let says = |year| {
        format!(
            "As margin, discounted to today, it is {}: what the customers' values say of that year. ",
            rounded(currency, year)
        )
    };
    year.map_or_else(String::new, says)
}

/// The interval of the first quarter, where past forecasts tell one of everyone: those of a part of the customers are about them.
fn coming_interval(value: &Value) -> Option<[f64; 2]> {
    let is_part = text(value, "/sales_test/population").is_some_and(|who| !who.starts_with("everyone"));
    let bound = |end: u8| number(value, &format!("/sales_test/coming/interval/{end}"));
    bound(0).zip(bound(1)).filter(|_| !is_part).map(|(low, high)| [low, high])
}

/// The interval of the first quarter, or why there is none, and how far off such forecasts were in all.
fn how_far_off(value: &Value, currency: &str) -> String {
    let bound =
        |end: u8| number(value, &format!("/sales_test/coming/interval/{end}")).map(|bound| rounded(currency, bound));
    let past = items(value, "/sales_test/past");
    let n = past.len();
    let interval = if let Some((low, high)) = bound(0).zip(bound(1)) {
        format!(
            "The line in the first bar holds it in four of five cases, {low} to {high}, by the errors of {} past forecasts.",
            count(value, "/sales_test/coming/n_errors").unwrap_or(n as u64)
        )
    } else {
        let why = text(value, "/sales_test/without_interval").unwrap_or("history is too short to test it");
        format!("It has no interval: {why}.")
    };
    let sum = |key: &str| past.iter().filter_map(|one| number(one, key)).sum::<f64>();
    let (expected, came) = (sum("/expected_sales"), sum("/sales"));
    if came <= 0.0 {
        return interval;
    }
    let off = expected / came - 1.0;
    format!(
        "{interval} Taken together, such forecasts of {} expected {} {} than came.",
        counted(n as u64, "past quarter"),
        percent(off.abs()),
        if off > 0.0 { "more" } else { "less" }
    )
}

/// The forecast of sales at past days beside what came, and the coming period.
pub(super) fn past_sales(value: &Value, currency: &str) -> Option<Figure> {
    let days = number(value, "/sales_test/period_days")?;
    let past = items(value, "/sales_test/past");
    let (n, of) = (past.len(), |one: &Value, key: &str| number(one, &format!("/{key}")));
    let rows: Vec<(f64, f64)> =
        past.iter().filter_map(|one| Some((of(one, "expected_sales")?, of(one, "sales")?))).collect();
    if n == 0 || rows.len() < n {
        return None;
    }
    let last = past.last().and_then(|one| text(one, "/until"))?;
    let end = |place: usize| later(last, (place as f64 + 1.0 - n as f64) * days);
    let point = |place: usize, amount: f64, interval: Option<[f64; 2]>| {
        let says = format!("the quarter until {}: {}", day(&end(place)), money(currency, amount));
        Point::new(place as f64, amount, says).within(interval)
    };
    let came: Vec<Point> = rows.iter().enumerate().map(|(place, (_, came))| point(place, *came, None)).collect();
    let expected = rows.iter().enumerate().map(|(place, (expected, _))| point(place, *expected, None));
    let interval = coming_interval(value);
    let coming = number(value, "/sales_test/coming/expected");
    // Past forecasts of a part of the customers stand for themselves: the coming one is of all.
    let is_part = text(value, "/sales_test/population").is_some_and(|who| !who.starts_with("everyone"));
    let next = coming.filter(|_| !is_part).map(|coming| point(n, coming, interval));
    let names = every_few(n + usize::from(next.is_some())).map(|place| (place as f64, month(&end(place)))).collect();
    let near = rows.iter().filter(|(expected, came)| (came / expected).ln().abs() < 0.1_f64.ln_1p()).count();
    let heading = format!(
        "{near} of {} {} within a tenth of the sales that came",
        counted(n as u64, "past forecast"),
        verb(near as u64, "was", "were")
    );
    let (title, y_title) = (
        format!("{heading}. Two curves by quarter, the last point ahead with its interval."),
        format!("sales of a quarter, {currency}"),
    );
    let frame = Frame::of_numbers("end of the quarter", &y_title);
    let drawn =
        vec![Curve::dotted("came", "other", came), Curve::dotted("expected", "main", expected.chain(next).collect())];
    let chart = CurveChart::new(&title, frame, drawn).named(names);
    let row = |one: &Value| {
        let says = |key: &str| text(one, &format!("/{key}")).map(day).unwrap_or_default();
        let amount = |key: &str| of(one, key).map_or_else(String::new, |amount| money(currency, amount));
        [says("cutoff"), says("until"), amount("expected_sales"), amount("sales")]
    };
    let table = DataTable::new(&heading, ["Forecast on", "Until", "Expected", "Came"], past.iter().map(row));
    Some(Figure {
        id: "f-past-sales".into(),
        sentence: "Each forecast was made with what was known on its day, of the customers who had bought by then, with the season of the \
                   years before it from the second year on; the quarters do not overlap. The upright line is the interval of the \
                   quarter to come: as wide as the errors of these in four of five cases, and never narrower than chance alone makes it."
            .to_owned(),
        population: text(value, "/sales_test/population").unwrap_or_default().to_owned(),
        svg: chart.draw(),
        table,
        heading,
    })
}

/// The test of the value model on days that it had not seen.
struct Held {
    days: f64,
    expected: f64,
    actual: f64,
}

/// Repeat orders after the cutoff of the test; `None` without any.
fn held_out(value: &Value) -> Option<Held> {
    let cutoff = number(value, "/holdout/tracking/cutoff_days")?;
    let points = items(value, "/holdout/tracking/points").iter();
    let point = |point: &Value| Some((number(point, "/end")?, number(point, "/expected")?, number(point, "/actual")?));
    let points: Vec<(f64, f64, f64)> = points.filter_map(point).collect();
    // The curve is cumulated: what came after the cutoff is the end less what there was by then.
    let (last, known) = (points.last()?, points.iter().rfind(|point| point.0 <= cutoff)?);
    let held = Held { days: last.0 - known.0, expected: last.1 - known.1, actual: last.2 - known.2 };
    (held.actual > 0.0).then_some(held)
}

/// Purchases expected by the value model beside those that came.
pub(super) fn tracking(value: &Value) -> Option<Figure> {
    let points = items(value, "/holdout/tracking/points").iter();
    let point = |point: &Value| Some((number(point, "/end")?, number(point, "/expected")?, number(point, "/actual")?));
    let points: Vec<(f64, f64, f64)> = points.filter_map(point).collect();
    let cutoff = number(value, "/holdout/tracking/cutoff_days")?;
    let Held { days, expected, actual } = held_out(value)?;
    let off = expected / actual - 1.0;
    let heading = format!(
        "Left alone for {} days, the value model expected {} {} orders than came",
        Unit::Number.text(days.round()),
        percent(off.abs()),
        if off > 0.0 { "more" } else { "fewer" }
    );
    let made = text(value, "/holdout/cutoff")?;
    let date = |end: f64| later(made, end - cutoff);
    let series = |of: fn(&(f64, f64, f64)) -> f64| -> Vec<Point> {
        let point = |point: &(f64, f64, f64)| {
            let says = format!("until {}: {}", day(&date(point.0)), Unit::Number.text(of(point)));
            Point::new(point.0, of(point), says)
        };
        points.iter().map(point).collect()
    };
    let at = every_few(points.len()).filter_map(|place| points.get(place));
    let names = at.map(|point| (point.0, month(&date(point.0)))).collect();
    let title = format!("{heading}. Two curves of repeat orders over time.");
    let highest = points.iter().map(|point| point.1.max(point.2)).fold(0.0, f64::max);
    let drawn = vec![
        Curve::straight("fitted until here", [cutoff, 0.0], [cutoff, highest]),
        Curve::line("came", "other", series(|point| point.2)),
        Curve::line("expected", "main", series(|point| point.1)),
    ];
    let frame = Frame::of_numbers("time", "repeat orders so far");
    let chart = CurveChart::new(&title, frame, drawn).named(names);
    let table = points
        .iter()
        .map(|(end, expected, actual)| [day(&date(*end)), Unit::Number.text(*expected), Unit::Number.text(*actual)]);
    Some(Figure {
        id: "f-tracking".into(),
        sentence: format!(
            "The model was fitted to what was known before {}, the upright line. From then on {} repeat orders were expected, {} came.{}",
            day(made),
            Unit::Number.text(expected.round()),
            Unit::Number.text(actual),
            corrected(value)
        ),
        population: everyone(value),
        svg: chart.draw(),
        table: DataTable::new(&heading, ["Until", "Expected", "Came"], table),
        heading,
    })
}

/// That the model alone is neither forecast nor value.
fn corrected(value: &Value) -> String {
    let days = number(value, "/models/visits/days").map(|days| Unit::Number.text(days.round()));
    let says = |days| {
        format!(
            " This is the model alone: the forecast of sales and the customers' values count on fewer or more visits, by what came in \
             {days} days of customers like them."
        )
    };
    days.map_or_else(String::new, says)
}

/// A day so many days later, as ISO 8601 writes it; the same text if it is no day.
#[expect(clippy::cast_possible_truncation, reason = "days of a shop's life")]
fn later(iso: &str, days: f64) -> String {
    let day = iso.parse::<jiff::civil::Date>().ok();
    let moved = day.and_then(|day| day.checked_add(jiff::SignedDuration::from_hours(24 * days.round() as i64)).ok());
    moved.map_or_else(|| iso.to_owned(), |day| day.to_string())
}

/// A day as its month.
fn month(iso: &str) -> String {
    iso.parse::<jiff::civil::Date>().map_or_else(|_| iso.to_owned(), |day| day.strftime("%b %Y").to_string())
}

/// Places to be named of so many, the last among them: no more than fit side by side.
fn every_few(n: usize) -> impl Iterator<Item = usize> {
    let step = n.div_ceil(5).max(1);
    (0..n).rev().step_by(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_places_are_named_and_the_last_is_one() {
        assert_eq!(every_few(9).collect::<Vec<_>>(), [8, 6, 4, 2, 0]);
        assert_eq!(every_few(3).collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(every_few(0).count(), 0);
        assert_eq!(later("2024-02-28", 2.0), "2024-03-01");
        assert_eq!(month("2024-03-01"), "Mar 2024");
    }
}
