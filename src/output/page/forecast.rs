//! What today's customers are expected to buy, and what the value model expected of days that it had not seen.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, day, money, percent};
use crate::charts::{ColumnChart, Curve, CurveChart, Frame, Point, Unit, columns, curves};
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
    let heading = format!("Today's customers are expected to buy for {} in the coming year", money(currency, total));
    let bar = |(period, sum): (usize, &f64)| {
        let name = format!("{} to {}", (period as f64 * days).round(), ((period + 1) as f64 * days).round());
        (name, *sum, money(currency, *sum))
    };
    let bars: Vec<(String, f64, String)> = sums.iter().enumerate().map(bar).collect();
    let table = bars.iter().map(|(name, _, sum)| [name.clone(), sum.clone()]);
    let table = DataTable::new(&heading, ["Days from today", "Expected sales"], table);
    let frame = Frame {
        x_title: "days from today",
        x_unit: Unit::Number,
        y_title: &format!("expected sales, {currency}"),
        y_unit: Unit::Number,
    };
    let chart = ColumnChart { title: &format!("{heading}. Bars by quarter."), frame, bars, has_numbers: true };
    Some(Figure {
        id: "f-sales",
        sentence: format!(
            "From {} in the first quarter to {} in the last: what new customers buy is not in it. {}",
            money(currency, *first),
            money(currency, *last),
            how_far_off(value, currency)
        ),
        population: format!("{}; by the models of purchases and spend", everyone(value)),
        svg: columns(&chart),
        table,
        heading,
    })
}

/// The interval of the first quarter, or why there is none, and how far off the forecast was in its test.
fn how_far_off(value: &Value, currency: &str) -> String {
    let bound =
        |end: u8| number(value, &format!("/sales_test/coming/interval/{end}")).map(|bound| money(currency, bound));
    let n = items(value, "/sales_test/past").len();
    let interval = if let Some((low, high)) = bound(0).zip(bound(1)) {
        format!(
            "The first quarter lies between {low} and {high} in four of five cases, by the errors of {n} past forecasts."
        )
    } else {
        let why = text(value, "/sales_test/without_interval").unwrap_or("history is too short to test it");
        format!("It has no interval: {why}.")
    };
    let Some(Held { days, expected, actual }) = held_out(value) else { return interval };
    let off = expected / actual - 1.0;
    format!(
        "{interval} In its test over {} days it expected {} {} orders than came.",
        Unit::Number.text(days.round()),
        percent(off.abs()),
        if off > 0.0 { "more" } else { "fewer" }
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
    let at = |place: usize| (place as f64 + 1.0 - n as f64) * days;
    let point = |place: usize, amount: f64, interval: Option<[f64; 2]>| {
        let says = format!("period that ends on day {}: {}", at(place), money(currency, amount));
        Point { x: at(place), y: amount, interval, says }
    };
    let came: Vec<Point> = rows.iter().enumerate().map(|(place, (_, came))| point(place, *came, None)).collect();
    let expected = rows.iter().enumerate().map(|(place, (expected, _))| point(place, *expected, None));
    let bound = |end: u8| number(value, &format!("/sales_test/coming/interval/{end}"));
    let interval = bound(0).zip(bound(1)).map(|(low, high)| [low, high]);
    let coming = number(value, "/sales_test/coming/expected");
    // Past forecasts of a part of the customers stand for themselves: the coming one is of all.
    let is_part = text(value, "/sales_test/population").is_some_and(|who| !who.starts_with("everyone"));
    let next = coming.filter(|_| !is_part).map(|coming| point(n, coming, interval));
    let near = rows.iter().filter(|(expected, came)| (came / expected).ln().abs() < 0.1_f64.ln_1p()).count();
    let heading = format!(
        "{near} of {} {} within a tenth of the sales that came",
        counted(n as u64, "past forecast"),
        verb(near as u64, "was", "were")
    );
    let curve = |name, class, points| Curve { is_dotted: true, ..Curve::line(name, class, points) };
    let chart = CurveChart {
        title: &format!("{heading}. Two curves by quarter, the last point ahead with its interval."),
        frame: Frame {
            x_title: "end of the quarter, in days from today",
            x_unit: Unit::Number,
            y_title: &format!("sales of a quarter, {currency}"),
            y_unit: Unit::Number,
        },
        across: None,
        up: None,
        curves: vec![curve("came", "other", came), curve("expected", "main", expected.chain(next).collect())],
    };
    let row = |one: &Value| {
        let says = |key: &str| text(one, &format!("/{key}")).map(day).unwrap_or_default();
        let amount = |key: &str| of(one, key).map_or_else(String::new, |amount| money(currency, amount));
        [says("cutoff"), says("until"), amount("expected_sales"), amount("sales")]
    };
    let table = DataTable::new(&heading, ["Forecast on", "Until", "Expected", "Came"], past.iter().map(row));
    Some(Figure {
        id: "f-past-sales",
        sentence: "Each forecast was made with what was known on its day, of the customers who had bought by then; the quarters do not \
                   overlap. The interval of the coming one is as wide as the errors of these in four of five cases, and never narrower than chance."
            .to_owned(),
        population: text(value, "/sales_test/population").unwrap_or_default().to_owned(),
        svg: curves(&chart),
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
    let series = |of: fn(&(f64, f64, f64)) -> f64| -> Vec<Point> {
        let point = |point: &(f64, f64, f64)| {
            let says = format!("to day {}: {}", point.0, Unit::Number.text(of(point)));
            Point { x: point.0, y: of(point), interval: None, says }
        };
        points.iter().map(point).collect()
    };
    let frame = Frame {
        x_title: "days since the first order of the shop",
        x_unit: Unit::Number,
        y_title: "repeat orders so far",
        y_unit: Unit::Number,
    };
    let chart = CurveChart {
        title: &format!("{heading}. Two curves of repeat orders over time."),
        frame,
        across: None,
        up: None,
        curves: vec![
            Curve::line("came", "other", series(|point| point.2)),
            Curve::line("expected", "main", series(|point| point.1)),
        ],
    };
    let table = points.iter().map(|(end, expected, actual)| {
        [Unit::Number.text(*end), Unit::Number.text(*expected), Unit::Number.text(*actual)]
    });
    Some(Figure {
        id: "f-tracking",
        sentence: format!(
            "The model was fitted to what was known by day {cutoff}. After that day {} repeat orders were expected, {} came.",
            Unit::Number.text(expected.round()),
            Unit::Number.text(actual)
        ),
        population: everyone(value),
        svg: curves(&chart),
        table: DataTable::new(&heading, ["Up to day", "Expected", "Came"], table),
        heading,
    })
}
