//! The changes since an earlier list as a table.

use rayon::prelude::*;

use super::changes::{Changes, GONE};
use super::earlier::EarlierRow;
use super::list::{ListRow, Lists, RankedList};
use crate::table::{Column, Table};

/// What a row of the table is made from.
struct Line<'l> {
    customer_id: &'l str,
    change: &'static str,
    why: &'l str,
    /// The list, the place on it, and the row, of those who are on one.
    now: Option<(&'static str, i64, &'l ListRow)>,
    action: Option<&'l str>,
    before: Option<&'l EarlierRow>,
}

const LIST: &str = "list";
const WINBACK: &str = "winback";

/// Everyone of whom something is to be told: first those on the list, then those on the win-back list, both in their order,
/// then those who are on neither any more.
#[must_use]
pub fn change_table<'l>(lists: &'l Lists, changes: &'l Changes) -> Table<'l> {
    let mut lines = lines_of(&lists.list, LIST);
    lines.extend(lines_of(&lists.winback, WINBACK));
    lines.extend(changes.gone.iter().map(|gone| Line {
        customer_id: &gone.customer_id,
        change: GONE,
        why: &gone.why,
        now: None,
        action: None,
        before: Some(&gone.before),
    }));
    let rounded = |p: f64| (p * 1e4).round() / 1e4;
    let list_before = |before: &EarlierRow| if before.is_winback { WINBACK } else { LIST };
    let columns = [
        ("customer_id", Column::text(lines.iter().map(|line| line.customer_id))),
        ("change_since_last", Column::text(lines.iter().map(|line| line.change))),
        ("change_why", Column::text(lines.iter().map(|line| line.why))),
        ("list", Column::optional_text(lines.iter().map(|line| line.now.map(|now| now.0)))),
        ("rank", Column::OptionalInteger(lines.iter().map(|line| line.now.map(|now| now.1)).collect())),
        ("list_before", Column::optional_text(lines.iter().map(|line| line.before.map(list_before)))),
        ("rank_before", Column::OptionalInteger(lines.iter().map(|line| line.before.map(|row| row.rank)).collect())),
        (
            "churn_probability",
            Column::OptionalNumber(
                lines.iter().map(|line| line.now.map(|now| rounded(now.2.prospect.churn_probability))).collect(),
            ),
        ),
        (
            "churn_probability_before",
            Column::OptionalNumber(lines.iter().map(|line| line.before.map(|row| row.churn_probability)).collect()),
        ),
        ("group", Column::optional_text(lines.iter().map(|line| line.now.map(|now| now.2.decision.group.name())))),
        ("recommended_action", Column::optional_text(lines.iter().map(|line| line.action))),
        ("as_of", Column::OptionalDate(vec![Some(lists.list.as_of); lines.len()])),
        ("as_of_before", Column::OptionalDate(vec![Some(changes.since); lines.len()])),
    ];
    Table::new("changes", columns)
}

fn lines_of<'l>(list: &'l RankedList, name: &'static str) -> Vec<Line<'l>> {
    let line = |(place, row): (usize, &'l ListRow)| {
        let change = row.change.as_deref()?;
        let (what, why) = change.told.as_ref()?;
        Some(Line {
            customer_id: &row.customer_id,
            change: what.name(),
            why,
            now: Some((name, i64::try_from(place).ok()? + 1, row)),
            action: list.action_name(row),
            before: change.before.as_ref(),
        })
    };
    list.rows.par_iter().enumerate().filter_map(line).collect()
}
