//! Tables without a row that had some before: an export that failed and left its header. Tables with far fewer rows than before:
//! a file that was cut, or an old one that is gone. What they told of customers, such as open complaints, is forgotten on that
//! night.

use super::alarm::{Alarm, EMPTY, Level, SHRUNK};
use super::census::Census;
use super::profile::ShopProfile;
use super::words::percent;
use crate::text::{counted, grouped};
use crate::timeline::date_of;

/// Alarms of tables that are mapped and have no usable row tonight, and had some at one of the earlier profiles.
pub(super) fn look(census: &Census, before: &[&ShopProfile]) -> Vec<Alarm> {
    let of_table = |table: &'static str| {
        let (had, rows) = before.iter().map(|had| (*had, had.rows(table))).find(|(_, rows)| *rows > 0)?;
        Some(alarm(table, rows, had.as_of_day))
    };
    let mapped = census.delivered.iter().map(|table| table.feed);
    mapped.filter(|table| rows(census, table) == 0).filter_map(of_table).collect()
}

/// Rows of a table that were known before tonight; of one that is no feed, those that came in.
fn rows(census: &Census, table: &str) -> u64 {
    let delivered = census.delivered.iter().find(|delivered| delivered.feed == table).map_or(0, |table| table.rows);
    census.feeds.iter().find(|feed| feed.name == table).map_or(delivered, |feed| u64::from(feed.total.rows))
}

fn alarm(table: &'static str, before: u64, day: i32) -> Alarm {
    Alarm {
        check: EMPTY,
        level: Level::Stop,
        feed: Some(table),
        column: None,
        figure: 0.0,
        limit: 1.0,
        n: 0,
        message: format!(
            "`{table}`: no usable row tonight, and {} on {}",
            counted(before, "row"),
            date_of(day).unwrap_or_default()
        ),
        hint:
            "did the export fail and leave a header alone? Deliver the rows again; a table that has ended for good is \
               taken out of the config, and a model trained anew"
                .to_owned(),
    }
}

/// A table that had fewer rows may shrink by chance.
const LEAST_ROWS: u64 = 50;
/// Rows of the past go by less from one list to the next.
const LEAST_GONE: f64 = 0.25;

/// Alarms of tables that have far fewer rows tonight than at any of the nights before. The rows of customers are counted by
/// their opt-outs: who has left may leave that table.
pub(super) fn look_for_less(census: &Census, before: &[&ShopProfile]) -> Vec<Alarm> {
    let of_table = |table: &'static str| {
        let had = before.iter().min_by_key(|had| had.rows(table))?;
        let (then, now) = (had.rows(table), rows(census, table));
        let limit = (1.0 - LEAST_GONE) * then as f64;
        (then >= LEAST_ROWS && now > 0 && (now as f64) < limit).then(|| Alarm {
            check: SHRUNK,
            level: Level::Stop,
            feed: Some(table),
            column: None,
            figure: now as f64,
            limit,
            n: now,
            message: format!(
                "`{table}`: {} usable rows tonight, and {} on {} ({} fewer)",
                grouped(now),
                grouped(then),
                date_of(had.as_of_day).unwrap_or_default(),
                percent(1.0 - now as f64 / then as f64),
            ),
            hint: "was a file cut, is an old one missing, or does the source keep less of the past now? Deliver the rows again; if \
                   they are gone for good, accept it once, and train anew"
                .to_owned(),
        })
    };
    let tables = census.delivered.iter().map(|table| table.feed);
    tables.filter(|table| *table != "customers").filter_map(of_table).collect()
}

#[cfg(test)]
mod tests {
    use super::super::census::{Counts, Feed};
    use super::super::delivered::Delivered;
    use super::*;

    fn census(complaints: u32, contacts: u64) -> Census {
        let total = Counts { rows: complaints, ..Counts::default() };
        let feed = Feed { name: "complaints", columns: Vec::new(), first: 19_000, days: Vec::new(), total };
        let of = |feed, rows| Delivered { feed, rows, repeated: 0, rejected: 0 };
        let delivered = vec![of("complaints", u64::from(complaints)), of("contacts", contacts)];
        Census { as_of: 20_000, feeds: vec![feed], delivered }
    }

    fn tables(tonight: &Census, before: &[&ShopProfile]) -> Vec<Option<&'static str>> {
        look(tonight, before).into_iter().map(|alarm| alarm.feed).collect()
    }

    #[test]
    fn a_table_that_had_rows_and_has_none_stops_the_list_be_it_a_feed_or_not() {
        let full = ShopProfile::of(&census(646, 90));
        assert!(tables(&census(600, 91), &[&full]).is_empty());
        assert_eq!(tables(&census(0, 0), &[&full]), [Some("complaints"), Some("contacts")]);
        let alarm = look(&census(0, 90), &[&full]).remove(0);
        assert_eq!(
            (alarm.level, alarm.message.as_str()),
            (Level::Stop, "`complaints`: no usable row tonight, and 646 rows on 2024-10-04")
        );
    }

    #[test]
    fn a_table_that_was_always_empty_is_quiet_and_the_training_is_asked_too() {
        let (empty, full) = (ShopProfile::of(&census(0, 0)), ShopProfile::of(&census(646, 0)));
        assert!(tables(&census(0, 0), &[&empty]).is_empty());
        assert_eq!(tables(&census(0, 0), &[&empty, &full]), [Some("complaints")]);
    }

    #[test]
    fn a_table_that_lost_a_quarter_of_its_rows_stops_the_list_and_one_that_always_had_less_does_not() {
        let [full, less] = [646, 400].map(|rows| ShopProfile::of(&census(rows, 0)));
        let found = |rows, before: &[&ShopProfile]| look_for_less(&census(rows, 0), before);
        assert!(found(600, &[&full]).is_empty());
        assert!(found(400, &[&full, &less]).is_empty(), "a night before had no more");
        let alarm = found(400, &[&full, &full]).remove(0);
        assert_eq!(
            (alarm.level, alarm.message.as_str()),
            (Level::Stop, "`complaints`: 400 usable rows tonight, and 646 on 2024-10-04 (38.1 % fewer)")
        );
    }
}
