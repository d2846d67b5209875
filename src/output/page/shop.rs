//! The part for the manager: what is at stake, where it lies, and what keeping customers is worth.

use serde_json::Value;

use super::causes;
use super::columns::Columns;
use super::decided;
use super::deviations::deviations;
use super::document::{count, items, number};
use super::figure::{DataTable, Figure, Part, Small, Tile, WhatIf, day, money, percent, rounded};
use super::forecast::{everyone, past_sales, sales, tracking};
use super::input::PageInput;
use super::interviews::interviews;
use super::lists_so_far;
use super::measured_rates;
use super::months::sales_by_month;
use super::moves::moves;
use super::plans_so_far;
use super::segments::segments;
use super::stages;
use super::year;
use crate::charts::{Curve, CurveChart, Frame, Point, Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// Days of a year on average.
const YEAR_DAYS: f64 = 365.25;

/// The part of the shop.
pub(super) fn part(input: &PageInput<'_>) -> Part {
    Part {
        id: "shop",
        title: "The shop",
        words: std::iter::once(format!("{}.", input.of_whom())).chain(decided::stops(input)).collect(),
        tiles: tiles(input),
        summary: year::key_figures(input),
        figures: figures(input),
        small: Small::default(),
        sections: deviations(input).into_iter().chain(segments(input)).chain(interviews(input)).collect(),
        what_if: what_if(input),
        card: Vec::new(),
        tables: causes::recovery_table(input).into_iter().chain(measured_rates::table(input)).collect(),
    }
}

/// The figures of the part, as far as the run has them.
fn figures(input: &PageInput<'_>) -> Vec<Figure> {
    let value = input.value.unwrap_or(&Value::Null);
    let found = [
        sales_by_month(input),
        decided::gain(input),
        plans_so_far::figure(input),
        concentration_of_loss(input),
        decided::matrix(input),
        stages::by_stage(input),
        causes::causes(input),
        causes::recovery(input),
        moves(input),
        lists_so_far::figure(input),
        year::cohorts(input),
        of_margin(value),
        cohorts(value, input.question()),
        sales(value, input.currency()),
        past_sales(value, input.currency()),
        tracking(value),
    ];
    found.into_iter().flatten().collect()
}

/// The large numbers.
fn tiles(input: &PageInput<'_>) -> Vec<Tile> {
    let (list, currency) = (input.list, input.currency());
    let sum = |name: &str| list.numbers(name).iter().flatten().sum::<f64>();
    let mut tiles = year::tiles(input);
    tiles.extend(plans_so_far::tiles(input));
    tiles.push(Tile::new(grouped(input.total as u64), "customers on the list", input.population().to_owned()));
    if let Some(mean) = number(input.manifest, "/mean_churn_probability") {
        // The mean is of everyone eligible, the win-back list included.
        let eligible = count(input.manifest, "/eligible").unwrap_or(input.total as u64);
        let expected = mean * eligible as f64;
        let name = format!("of {} eligible expected to buy nothing, {}", grouped(eligible), percent(mean));
        let question = input.question().replace("the cutoff", &day(input.as_of()));
        let mut tile = Tile::new(Unit::Number.text(expected.round()), &name, format!("{question}, by the model"));
        if let Some(course) = lists_so_far::course(input) {
            (tile.spark, tile.span) = (course.svg, course.span);
        }
        tiles.push(tile);
    }
    let whom = list_customers(input);
    let amounts = [
        ("value_at_stake", "margin at stake", format!("what {whom} bring in twelve months if they stay")),
        ("expected_loss", "margin expected to be lost", format!("of {whom}, if nothing is done")),
    ];
    for (column, name, note) in amounts {
        if list.get(column).is_some() {
            tiles.push(Tile::of_money(currency, sum(column), name, note));
        }
    }
    let value = input.value.unwrap_or(&Value::Null);
    if let Some(share) = number(value, "/concentration/top_fifth_share") {
        let n = count(value, "/shop/n_customers").map_or_else(String::new, |n| format!(" of {}", grouped(n)));
        let note = format!("comes from one in five{n} customers who have bought, gone ones included");
        tiles.push(Tile::new(percent(share), "of all margin so far", note));
    }
    tiles
}

/// The customers whose amounts are summed.
fn list_customers(input: &PageInput<'_>) -> String {
    let (n, total) = (input.list.n_rows(), input.total);
    let first = if n < total { format!("first {} of the ", grouped(n as u64)) } else { String::new() };
    format!("the {first}{} on the list", counted(total as u64, "customer"))
}

/// What one more point of retention is worth.
fn what_if(input: &PageInput<'_>) -> Option<WhatIf> {
    let value = input.value?;
    let of = |name: &str| number(value, &format!("/retention/{name}"));
    let column = |name: &str| -> Vec<f64> {
        items(value, &format!("/retention/{name}")).iter().filter_map(Value::as_f64).collect()
    };
    let (margins, discounts, retention) = (column("margin"), column("discount"), column("retention"));
    let (first, last) = (retention.first()?, retention.last()?);
    let (worth, point) = (of("one_point/value")?, of("one_point/value_of_one_point")?);
    let currency = input.currency();
    let years = Unit::Number.text((margins.len() as f64 * of("period_days")? / YEAR_DAYS).round());
    Some(WhatIf {
        sentence: format!(
            "{} are on both lists. In the coming year they are expected to buy for {}: their part of the forecast of sales, in which \
             everyone counts who has ever bought. In {years} years they are expected to bring a margin of {}, discounted to today. Of \
             each 100 of a quarter's margin {} are there in the next quarter at first and {} at the end: those who are likely to leave \
             leave first. If one more of each 100 were kept from each quarter to the next, it would be {} more. Move the slider to see \
             other rates.",
            counted(count(value, "/retention/n_customers")?, "customer"),
            rounded(currency, of("sales_of_year")?),
            rounded(currency, worth),
            of_hundred(*first),
            of_hundred(*last),
            rounded(currency, point)
        ),
        formula: format!(
            "It assumes that customers go on as the value models expect, in the margin of each of {} as in the forecast; that who is \
             kept in addition buys as much as those who stay anyway; and that keeping costs nothing. Retention counts customers by what \
             they are expected to bring, not by heads. New customers are not in it.",
            counted(margins.len() as u64, "quarter")
        ),
        margins: margins
            .iter()
            .zip(discounts)
            .map(|(margin, discount)| (margin * discount * 100.0).round() / 100.0)
            .collect(),
        retention,
    })
}

/// A share as so many of a hundred.
fn of_hundred(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// How much of the expected loss the first customers hold.
fn concentration_of_loss(input: &PageInput<'_>) -> Option<Figure> {
    let losses: Vec<f64> = amounts(input.list, "expected_loss").collect();
    let total: f64 = losses.iter().sum();
    let n = losses.len();
    if total <= 0.0 || n < 20 {
        return None;
    }
    let mut sum = 0.0;
    let shares: Vec<f64> = losses
        .iter()
        .map(|loss| {
            sum += loss;
            sum / total
        })
        .collect();
    let share_at = |rank: usize| shares.get(rank.saturating_sub(1)).copied().unwrap_or(1.0);
    let half = shares.iter().position(|share| *share >= 0.5).map_or(n, |place| place + 1);
    let ranks: Vec<usize> = (0..=50).map(|step| (step * n).div_ceil(50)).filter(|rank| *rank > 0).collect();
    let say = |rank: usize| format!("the first {}: {}", grouped(rank as u64), percent(share_at(rank)));
    let point = |rank: usize| Point::new(rank as f64, share_at(rank), say(rank));
    let heading =
        format!("Half of the expected loss lies with {} of {} customers", grouped(half as u64), grouped(n as u64));
    let sentence = "How much of the margin that is expected to be lost the first rows of the list hold. The steeper at the left, \
                    the more a short list is worth.";
    let names = [10, 50, 100, 500, 1_000, 5_000, 10_000, n].into_iter().filter(|rank| *rank <= n);
    let table = names
        .map(|rank| [grouped(rank as u64), percent(share_at(rank)), money(input.currency(), share_at(rank) * total)]);
    let mut points = vec![Point::new(0.0, 0.0, "")];
    points.extend(ranks.into_iter().map(point));
    let title = format!("{heading}. A curve of the share of expected loss over the rank.");
    let frame =
        Frame { x_unit: Unit::Number, ..Frame::of_shares("first customers of the list", "share of expected loss") };
    let drawn = vec![
        Curve::straight("in any order", [0.0, 0.0], [n as f64, 1.0]),
        Curve::line("in the list's order", "main", points),
    ];
    let chart = CurveChart::new(&title, frame, drawn).across(n as f64).up_to_one();
    Some(Figure {
        id: "f-loss".into(),
        sentence: sentence.to_owned(),
        population: input.of_whom(),
        svg: chart.draw(),
        table: DataTable::new(&heading, ["First customers", "Share of expected loss", "Expected loss"], table),
        heading,
    })
}

fn amounts<'l>(list: &'l Columns, name: &str) -> impl Iterator<Item = f64> + use<'l> {
    list.numbers(name).iter().map(|amount| amount.unwrap_or(0.0).max(0.0))
}

/// How much of the margin few customers bring.
fn of_margin(value: &Value) -> Option<Figure> {
    let pairs = items(value, "/concentration/curve").iter();
    let pairs: Vec<(f64, f64)> = pairs.filter_map(|pair| pair[0].as_f64().zip(pair[1].as_f64())).collect();
    let (fifth, most) =
        (number(value, "/concentration/top_fifth_share")?, number(value, "/concentration/customers_for_four_fifths")?);
    let heading = format!("A fifth of the customers brought {} of the margin so far", percent(fifth));
    let says = |(x, y): &(f64, f64)| format!("the best {} of customers: {} of the margin", percent(*x), percent(*y));
    let point = |pair: &(f64, f64)| Point::new(pair.0, pair.1, says(pair));
    let points: Vec<Point> = std::iter::once(Point::new(0.0, 0.0, "")).chain(pairs.iter().map(point)).collect();
    let title = format!("{heading}. A curve of the share of margin over the share of customers.");
    let frame = Frame::of_shares("share of customers, the most valuable first", "share of margin so far");
    let equal = Curve::straight("if all were equal", [0.0, 0.0], [1.0, 1.0]);
    let chart = CurveChart::new(&title, frame, vec![equal, Curve::line("this shop", "main", points)]);
    let chart = chart.across(1.0).up_to_one();
    let table = pairs.iter().map(|(x, y)| [percent(*x), percent(*y)]);
    Some(Figure {
        id: "f-margin".into(),
        sentence: format!(
            "{} of the customers are needed for four fifths of it. These are the ones whom the shop cannot afford to lose.",
            percent(most)
        ),
        population: everyone(value),
        svg: chart.draw(),
        table: DataTable::new(&heading, ["Share of customers", "Share of margin"], table),
        heading,
    })
}

/// Retention by the quarter of the first order.
fn cohorts(value: &Value, question: &str) -> Option<Figure> {
    let cohort = |cohort: &Value| {
        let (name, n) = (count(cohort, "/cohort")?, count(cohort, "/n_customers")?);
        Some((quarter(name), n, number(cohort, "/retention_rate")?, number(cohort, "/repeat_rate")?))
    };
    let found: Vec<(String, u64, f64, f64)> =
        items(value, "/cohorts").iter().filter_map(cohort).filter(|found| found.1 >= 20).collect();
    // A cohort younger than the active time has all of its customers.
    let settled: Vec<&(String, u64, f64, f64)> = found.iter().filter(|found| found.2 < 1.0).collect();
    let first = settled.first()?;
    let heading = format!("Of the customers of {}, {} are still active", first.0, percent(first.2));
    let row = |(name, n, retention, repeat): &(String, u64, f64, f64)| Row {
        name: name.clone(),
        value: *retention,
        interval: None,
        note: format!("{} of {}; {} bought again", percent(*retention), counted(*n, "customer"), percent(*repeat)),
        is_main: true,
    };
    let chart = RowChart {
        title: &format!("{heading}. Bars of the share still active by the quarter of the first order."),
        axis: "share still active, by the quarter of the first order",
        unit: Unit::Share,
        range: Some([0.0, 1.0]),
        has_bars: true,
        reference: None,
        rows: found.iter().map(row).collect(),
    };
    let table = found
        .iter()
        .map(|(name, n, retention, repeat)| [name.clone(), grouped(*n), percent(*retention), percent(*repeat)]);
    Some(Figure {
        id: "f-cohorts".into(),
        sentence: format!(
            "Active means: the last order is not too long ago for the list. The newest quarters are at 100 % because nobody could have \
             been silent for so long yet. Churn on the list is another thing: {question}."
        ),
        population: format!("{}; quarters with fewer than 20 customers are left out", everyone(value)),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["First order in", "Customers", "Still active", "Bought again"], table),
        heading,
    })
}

/// A quarter as people write it.
fn quarter(code: u64) -> String {
    format!("{} Q{}", code / 10, code % 10)
}
