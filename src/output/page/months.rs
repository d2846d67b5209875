//! The course of the year: small lines beside the main figures, and the months as a figure of their own.

use serde_json::Value;

use super::document::{items, number, text};
use super::figure::{DataTable, Figure, day, digits, percent, rounded};
use super::input::PageInput;
use crate::charts::{Curve, CurveChart, Frame, Point, Unit, spark};
use crate::text::grouped_digits;

/// Months of a year.
const YEAR: usize = 12;
/// Fewer months have no course.
const FEWEST: usize = 6;

/// A month of the report: its first day, and the figure that is told.
type Told<'r> = (&'r str, f64);

/// A line of the newest months beside a number, and what it is of.
pub(super) struct Course {
    pub(super) svg: String,
    pub(super) span: String,
}

/// The course of one figure over the months of the past year; `None` where too few of them are known.
pub(super) fn course(input: &PageInput<'_>, figure: &str, written: impl Fn(f64) -> String) -> Option<Course> {
    let months = newest(input, figure, 0);
    if months.len() < FEWEST {
        return None;
    }
    let (first, last) = (months.first()?, months.last()?);
    let lowest = months.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = months.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let said = |(month, value): &Told<'_>| format!("{} in {}", written(*value), name(month));
    let title = format!(
        "Month by month from {} to {}: lowest {}, highest {}, last {}",
        name(first.0),
        name(last.0),
        said(lowest),
        said(highest),
        said(last)
    );
    let values: Vec<f64> = months.iter().map(|(_, value)| *value).collect();
    let how = if figure == "retention_rate" { "at the end of each month" } else { "by month" };
    let span = format!("{how}, {} to {}", short(first.0), short(last.0));
    Some(Course { svg: spark(&title, &values)?, span })
}

/// The figure of the newest twelve months, or of the twelve before them, as far as they have it.
fn newest<'r>(input: &PageInput<'r>, figure: &str, years_ago: usize) -> Vec<Told<'r>> {
    let months = input.report.map(|report| items(report, "/months")).unwrap_or_default();
    let end = months.len().saturating_sub(YEAR * years_ago);
    let months = months.get(end.saturating_sub(YEAR)..end).unwrap_or_default();
    months.iter().filter_map(|month| Some((text(month, "/from")?, number(month, &format!("/{figure}"))?))).collect()
}

/// A month as people write it.
fn name(first_day: &str) -> String {
    as_date(first_day, "%B %Y")
}

fn short(first_day: &str) -> String {
    as_date(first_day, "%b %Y")
}

fn as_date(first_day: &str, form: &str) -> String {
    let date = first_day.parse::<jiff::civil::Date>();
    date.map_or_else(|_| first_day.to_owned(), |date| date.strftime(form).to_string())
}

/// Sales by month, with the year before where history covers it.
pub(super) fn sales_by_month(input: &PageInput<'_>) -> Option<Figure> {
    let (now, then) = (newest(input, "net_spend", 0), newest(input, "net_spend", 1));
    if now.len() < FEWEST {
        return None;
    }
    let currency = input.currency();
    let most = now.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let least = now.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let [high, low] = [most, least].map(|(month, sum)| format!("in {}, {}", name(month), rounded(currency, *sum)));
    let heading = format!("Sales were highest {high}, and lowest {low}");
    // The year before is drawn below its own months alone.
    let has_year_before = now.len() == YEAR && then.len() == YEAR;
    let points = |months: &[Told<'_>]| -> Vec<Point> {
        let said = |(month, sum): &Told<'_>| format!("{}: {}", name(month), rounded(currency, *sum));
        months.iter().enumerate().map(|(place, told)| Point::new(place as f64, told.1, said(told))).collect()
    };
    let mut curves = Vec::new();
    if has_year_before {
        curves.push(Curve::dotted("year before", "other", points(&then)));
    }
    curves.push(Curve::dotted("past year", "main", points(&now)));
    let title = format!(
        "{heading}. A line of sales by month{}.",
        if has_year_before { ", and one of the year before" } else { "" }
    );
    let axis = format!("sales of a month, {currency}");
    let frame = Frame::of_numbers("month", &axis);
    let names = now.iter().enumerate().step_by(3).map(|(place, (month, _))| (place as f64, short(month)));
    let chart = CurveChart::new(&title, frame, curves).named(names.collect());
    let report = input.report?;
    let known = items(report, "/months").iter().rev().filter_map(|month| row(month, currency));
    let head = ["Month", "Sales", "Customers who bought", "Days on which a customer bought", "Retention at its end"];
    Some(Figure {
        id: "f-months".into(),
        sentence: format!(
            "Spend net of returns in each month that has ended{}. The table also has the customers, and the retention of the year up to \
             each month's end.",
            if has_year_before { "; grey is the same month a year earlier" } else { "" }
        ),
        population: format!("All customers, as known on {}", day(input.as_of())),
        svg: chart.draw(),
        table: DataTable::new(&heading, head, known),
        heading,
    })
}

fn row(month: &Value, currency: &str) -> Option<[String; 5]> {
    let of = |figure: &str| number(month, &format!("/{figure}"));
    let counted = |figure: &str| of(figure).map_or_else(String::new, |n| Unit::Number.text(n));
    Some([
        name(text(month, "/from")?),
        grouped_digits(&digits(currency, of("net_spend")?)),
        counted("customers"),
        counted("visits"),
        of("retention_rate").map_or_else(String::new, percent),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_said_as_people_say_them() {
        assert_eq!((name("2024-07-01"), short("2024-07-01")), ("July 2024".to_owned(), "Jul 2024".to_owned()));
        assert_eq!(name("soon"), "soon");
    }
}
