//! The lost customers worth an interview, with what is known of each.

use jiff::civil::Date;

use super::list::{ListRow, Lists};
use crate::config::Config;
use crate::decide::{Cause, Group, Interview, LostCustomer, Quadrant, Stratum, Suppression, interviews};
use crate::table::{Column, Table};
use crate::timeline::{Cutoff, EventLog, KnownComplaint, date_of, day_of};

/// One line of the table.
struct Line<'l> {
    row: &'l ListRow,
    drawn: Interview,
    n_complaints: i64,
    last_complaint: Option<Date>,
}

/// A sample of the win-back list by cause and value, without who must not be contacted, who is left alone to measure by, who was
/// contacted lately, and who said why already (`uncontrollable`).
#[must_use]
pub fn interview_table<'l>(config: &Config, log: &EventLog, lists: &'l Lists) -> Table<'l> {
    let rows: Vec<&ListRow> = lists.winback.rows.iter().filter(|row| may_be_asked(row)).collect();
    let lost = |row: &&'l ListRow| LostCustomer { id: &row.customer_id, stratum: stratum(row) };
    let lost: Vec<LostCustomer<'_>> = rows.iter().map(lost).collect();
    let drawn = interviews(&lost, config.output.interview_rows as usize, config.seed);
    let as_of = Cutoff::at_start_of(lists.winback.as_of, &config.timezone);
    let line = |drawn: Interview| {
        let row = rows.get(drawn.place)?;
        let mut known: Vec<KnownComplaint> = Vec::new();
        log.complaints_at(row.prospect.customer, as_of, &mut known);
        let last_complaint = known.last().and_then(|one| date_of(log.calendar().day(one.opened_at)));
        Some(Line { row, drawn, n_complaints: i64::try_from(known.len()).unwrap_or(i64::MAX), last_complaint })
    };
    let lines: Vec<Line<'_>> = drawn.into_iter().filter_map(line).collect();
    table(lists, &lines, config.currency.decimals())
}

fn may_be_asked(row: &ListRow) -> bool {
    let is_off = matches!(
        row.decision.suppressed,
        Some(Suppression::OptedOut | Suppression::CoolDown | Suppression::SleepingDog)
    );
    let is_known = row.cause.as_ref().is_some_and(|found| found.cause == Cause::Uncontrollable);
    !is_off && !is_known && row.prospect.suppressed.is_none() && row.decision.group != Group::Control
}

fn stratum(row: &ListRow) -> Stratum {
    let is_other_value = matches!(row.segments.quadrant, Quadrant::I | Quadrant::II);
    Stratum { cause: row.cause.as_ref().map(|found| found.cause), is_other_value }
}

fn table<'l>(lists: &'l Lists, lines: &[Line<'l>], decimals: u32) -> Table<'l> {
    let text = |of: &dyn Fn(&Line<'l>) -> String| Column::text(lines.iter().map(of));
    let rounded = |number: f64, decimals: i32| {
        let scale = 10.0_f64.powi(decimals);
        (number * scale).round() / scale + 0.0
    };
    let money = |of: &dyn Fn(&ListRow) -> f64| {
        let amounts = lines.iter().map(|line| rounded(of(line.row), i32::try_from(decimals).unwrap_or(2))).collect();
        Column::Money { amounts, decimals }
    };
    let whole = |of: &dyn Fn(&Line<'l>) -> i64| Column::Integer(lines.iter().map(of).collect());
    let share = |of: &dyn Fn(&Line<'l>) -> f64| Column::Number(lines.iter().map(|line| rounded(of(line), 4)).collect());
    let action = |line: &Line<'l>| lists.winback.action_name(line.row).map(str::to_owned);
    let cause = |line: &Line<'l>| line.row.cause.as_ref().map(|found| found.cause.name());
    let columns = [
        ("customer_id", text(&|line| line.row.customer_id.clone())),
        ("cause", Column::optional_text(lines.iter().map(cause))),
        ("cause_why", text(&|line| line.row.cause_why())),
        ("value_tier", text(&|line| if stratum(line.row).is_other_value { "other" } else { "high" }.to_owned())),
        ("last_order_date", Column::OptionalDate(lines.iter().map(|line| last_order(lists, line.row)).collect())),
        ("days_since_last_order", whole(&|line| line.row.days_since_last_order)),
        ("spend_past_year", money(&|row| row.past_year_spend)),
        ("clv_historic", money(&|row| row.clv_historic)),
        ("complaints", whole(&|line| line.n_complaints)),
        ("last_complaint_date", Column::OptionalDate(lines.iter().map(|line| line.last_complaint).collect())),
        ("open_complaints", Column::OptionalInteger(lines.iter().map(|line| line.row.open_complaints).collect())),
        ("gone_probability", share(&|line| line.row.prospect.outcome.gone)),
        ("reasons", text(&|line| lists.winback.reasons_of(line.row).join("; "))),
        ("recommended_action", Column::optional_text(lines.iter().map(action))),
        ("alike", whole(&|line| i64::try_from(line.drawn.of).unwrap_or(i64::MAX))),
        ("sampling_probability", share(&|line| line.drawn.probability)),
        ("as_of", Column::OptionalDate(vec![Some(lists.winback.as_of); lines.len()])),
    ];
    Table::new("interviews", columns)
}

/// The day of the last order.
fn last_order(lists: &Lists, row: &ListRow) -> Option<Date> {
    let today = i64::from(day_of(lists.winback.as_of));
    date_of(i32::try_from(today - row.days_since_last_order).ok()?)
}
