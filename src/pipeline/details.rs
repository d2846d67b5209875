//! What happened to the first customers of a list lately, as it was known at its day: orders, those of them that were given
//! back, complaints, and how much each reason weighs. People see it behind the rows of the list.

use jiff::civil::Date;
use rayon::prelude::*;

use super::list::ListRow;
use crate::config::Config;
use crate::table::{Column, Table};
use crate::timeline::{Cutoff, EventLog, History, date_of};

/// Days back for which orders and closed complaints are told: a year, and what is needed to see how it began.
const DAYS: i32 = 400;

/// One event or reason of a customer.
#[derive(Debug, Clone, PartialEq)]
struct Detail {
    kind: &'static str,
    day: Option<Date>,
    closed: Option<Date>,
    amount: Option<f64>,
    word: Option<String>,
}

/// The orders of each day, the orders that were given back as a whole, the complaints and the reasons of some customers: columns
/// `customer_id`, `kind` (`order`, `given_back`, `complaint` or `reason`), `day`, `closed` (of a complaint that is no longer open;
/// of an order, when it was given back), `amount` (money of an order, log-odds of a reason) and `word` (cause of a complaint, code of a reason). The customers stand in their order.
#[must_use]
pub fn details(config: &Config, log: &EventLog, as_of: Cutoff, rows: &[&ListRow]) -> Table<'static> {
    let minor_per_major = config.currency.minor_per_major();
    let of_row = |row: &&ListRow| {
        let mut found = Vec::new();
        log.visit(row.prospect.customer, as_of, minor_per_major, |history| {
            found.extend(orders(log, history));
            found.extend(complaints(log, history));
        });
        found.extend(given_back(log, row.prospect.customer, as_of, minor_per_major));
        found.extend(row.reasons.iter().map(|reason| Detail {
            kind: "reason",
            day: None,
            closed: None,
            amount: Some(thousandths(reason.log_odds)),
            word: Some(reason.family.code().to_owned()),
        }));
        found
    };
    let found: Vec<Vec<Detail>> = rows.par_iter().map(of_row).collect();
    let ids = rows.iter().zip(&found).flat_map(|(row, found)| found.iter().map(|_| row.customer_id.clone()));
    let ids: Vec<String> = ids.collect();
    let all: Vec<Detail> = found.into_iter().flatten().collect();
    let columns = [
        ("customer_id", Column::text(ids)),
        ("kind", Column::text(all.iter().map(|detail| detail.kind))),
        ("day", Column::OptionalDate(all.iter().map(|detail| detail.day).collect())),
        ("closed", Column::OptionalDate(all.iter().map(|detail| detail.closed).collect())),
        ("amount", Column::OptionalNumber(all.iter().map(|detail| detail.amount).collect())),
        ("word", Column::optional_text(all.into_iter().map(|detail| detail.word))),
    ];
    Table::new("details", columns)
}

/// A weight needs no more digits than can be seen.
fn thousandths(log_odds: f64) -> f64 {
    (log_odds * 1_000.0).round() / 1_000.0 + 0.0
}

/// One entry for each day with an order.
fn orders(log: &EventLog, history: &History<'_>) -> Vec<Detail> {
    let mut days: Vec<(i32, i64)> = Vec::new();
    for (at, amount) in history.orders() {
        let day = log.calendar().day(at);
        match days.last_mut() {
            Some((last, sum)) if *last == day => *sum += amount,
            _ => days.push((day, amount)),
        }
    }
    let oldest = history.cutoff().day() - DAYS;
    let recent = days.into_iter().filter(|(day, _)| *day >= oldest);
    let detail = |(day, amount): (i32, i64)| Detail {
        kind: "order",
        day: date_of(day),
        closed: None,
        amount: Some(history.major(amount)),
        word: None,
    };
    recent.map(detail).collect()
}

/// Orders that count as none, because they were given back as a whole.
fn given_back(log: &EventLog, customer: u32, as_of: Cutoff, minor_per_major: f64) -> impl Iterator<Item = Detail> {
    let oldest = as_of.day() - DAYS;
    let day = |at| log.calendar().day(at);
    let recent = log.void_orders_at(customer, as_of).into_iter().filter(move |order| day(order.at) >= oldest);
    recent.map(move |order| Detail {
        kind: "given_back",
        day: date_of(day(order.at)),
        closed: date_of(day(order.void_at)),
        amount: Some(order.amount as f64 / minor_per_major),
        word: None,
    })
}

/// Recent complaints, and those that are open however old they are.
fn complaints(log: &EventLog, history: &History<'_>) -> Vec<Detail> {
    let oldest = history.cutoff().day() - DAYS;
    let day = |at| log.calendar().day(at);
    let recent = history.complaints().iter().filter(|known| known.is_open() || day(known.opened_at) >= oldest);
    let detail = |known: &crate::timeline::KnownComplaint| Detail {
        kind: "complaint",
        day: date_of(day(known.opened_at)),
        closed: known.resolved_at.filter(|_| !known.is_open()).and_then(|at| date_of(day(at))),
        amount: None,
        word: known.category.map(|code| log.complaint_category(code)),
    };
    recent.map(detail).collect()
}
