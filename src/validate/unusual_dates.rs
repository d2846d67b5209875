//! Dates that nobody reads by themselves and whose look tells how they are meant: years of another calendar, a day before its
//! month.

use crate::config::{Kind, Table};
use crate::ingest::{sql_name, toml_text};

/// How far the years of calendars are from those of the usual one.
const CALENDARS: &[(std::ops::RangeInclusive<u32>, &str)] = &[
    (2440..=2700, "the Buddhist calendar, 543 above the usual ones"),
    (1340..=1480, "the Persian or the Islamic calendar"),
];

/// What to do about times that all look like these; `None` if nothing is known of them.
pub(super) fn mending<'t>(
    table: Table,
    (column, source): (&str, Option<&str>),
    shown: impl Iterator<Item = &'t str>,
) -> Option<String> {
    let is_time = table.column(column).is_some_and(|spec| spec.kind == Kind::Time);
    let texts: Vec<&str> = shown.filter(|_| is_time).collect();
    let first = texts.first()?;
    if let Some(form) = day_before_month(&texts) {
        return Some(format!(
            "write `time_format = {{ {column} = \"{form}\" }}` in `[{}]`: the day stands before the month",
            table.name()
        ));
    }
    if let Some(source) = source.filter(|_| texts.iter().all(|text| is_week(text))) {
        let monday = toml_text(&format!("CONCAT({}, '-1')", sql_name(source)));
        return Some(format!(
            "a week is no day: export the day of each purchase; or take the Monday of its week for it: write `{column} = {monday}` in \
             `[{}.columns]`",
            table.name()
        ));
    }
    let year = year(first)?;
    let (_, calendar) = CALENDARS.iter().find(|(years, _)| years.contains(&year))?;
    Some(format!(
        "years such as {year} are those of {calendar}: export the dates in the usual calendar (ISO 8601, such as `2024-05-31`)"
    ))
}

/// Whether a text is a week of a year, as in `2024-W05`.
fn is_week(text: &str) -> bool {
    let Some((year, week)) = text.split_once(['W', 'w']) else { return false };
    let is = |text: &str, n: usize| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    is(year.trim_end_matches('-'), 4) && is(week, 2)
}

/// The number of four digits.
fn year(text: &str) -> Option<u32> {
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit());
    numbers.find(|number| number.len() == 4)?.parse().ok()
}

/// The format of days written as year, day and month.
fn day_before_month(texts: &[&str]) -> Option<&'static str> {
    let is_so = |text: &&str| {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |place: usize, length: usize| {
            parts.get(place).filter(|part| part.len() == length).and_then(|part| part.parse::<u32>().ok())
        };
        parts.len() == 3
            && number(0, 4).is_some_and(|year| (1900..=2200).contains(&year))
            && number(1, 2).is_some_and(|day| (13..=31).contains(&day))
            && number(2, 2).is_some_and(|month| (1..=12).contains(&month))
    };
    texts.iter().all(is_so).then_some("%Y-%d-%m")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_other_calendars_and_orders_are_known() {
        let of = |column, text: &'static str| mending(Table::Purchases, (column, Some("Week")), std::iter::once(text));
        let hint = |text| of("purchased_at", text);
        assert!(hint("21/10/2567").unwrap().contains("543"));
        assert!(hint("2024-W05").unwrap().contains("take the Monday"));
        assert!(hint("1403/10/21").unwrap().contains("Persian"));
        assert!(hint("2024-21-10").unwrap().contains("%Y-%d-%m"));
        assert_eq!(hint("2024-13-13"), None);
        assert_eq!(of("amount", "2467"), None);
    }
}
