//! Feeds that stop, holidays, seasons and closures, day by day.

use super::super::census::Counts;
use super::*;
use crate::timeline::date_of;

/// Nights before which the feed was whole.
const ON_TIME: [u32; 7] = [0, 0, 0, 1, 0, 0, 0];

/// A feed of so many days that ends on a Sunday.
fn feed(n_days: usize, rows: impl Fn(usize) -> u32) -> Feed {
    let day = |day: usize| Counts { rows: rows(day), ..Counts::default() };
    let days = (0..n_days).map(day).collect();
    Feed { name: "purchases", columns: Vec::new(), first: 19_000, days, total: Counts::default() }
}

/// Sundays closed, twice as much in December, growth, and noise.
fn usual_rows(day: usize) -> u32 {
    let noise = u32::try_from((day * 7_919) % 13).unwrap();
    let season = if day % 365 > 334 { 2 } else { 1 };
    if day % 7 == 6 { 0 } else { season * (30 + u32::try_from(day).unwrap() / 40 + noise) }
}

#[test]
fn a_feed_that_stops_is_seen_after_one_day_and_a_closed_day_is_not_taken_for_one() {
    let stopped = |n_days: usize, last: usize| {
        look(&feed(n_days, |day| if day + last >= n_days { 0 } else { usual_rows(day) }), &ON_TIME)
    };
    for n_days in 700..714 {
        assert_eq!(stopped(n_days, 0), None, "{n_days}");
        let alarm = stopped(n_days, 2).unwrap();
        assert_eq!((alarm.check, alarm.level), (MISSING, Level::Stop));
    }
    assert!(stopped(702, 1).is_some());
    assert!(stopped(707, 0).is_none(), "the last day is a Sunday");
}

#[test]
fn the_first_missing_day_and_the_number_of_days_are_named() {
    let message = |n_days: usize, last: usize| {
        let stopped = feed(n_days, |day| if day + last >= n_days { 0 } else { usual_rows(day) });
        look(&stopped, &ON_TIME).unwrap().message
    };
    // Day 699 is a Sunday, on which the shop is closed.
    let first = |day: i32| date_of(19_000 + day).unwrap();
    assert!(message(702, 1).starts_with(&format!("`purchases`: 0 rows on {}, and about", first(701))));
    let three = message(704, 3);
    assert!(three.starts_with(&format!("`purchases`: 0 rows on the 3 days from {} to ", first(701))), "{three}");
    assert!(message(701, 1).contains(&format!("0 rows on {},", first(700))), "a closed day is none that lacks");
    assert!(message(720, 12).contains("the 12 days from"), "longer than any window");
}

#[test]
fn rejected_rows_are_named_where_they_could_be_the_ones_that_lack() {
    let stopped = feed(702, |day| if day >= 700 { 0 } else { usual_rows(day) });
    let hint = |rejected| with_rejected(look(&stopped, &ON_TIME).unwrap(), rejected).hint;
    assert!(hint(60).starts_with("60 rows of the feed are rejected tonight"), "{}", hint(60));
    assert!(hint(9).starts_with("was the feed delivered to its end"), "{}", hint(9));
}

#[test]
fn a_year_of_nights_of_a_shop_with_seasons_and_growth_is_quiet() {
    for n_days in 420..800 {
        assert_eq!(look(&feed(n_days, usual_rows), &ON_TIME).map(|alarm| alarm.message), None, "{n_days}");
    }
}

#[test]
fn a_feed_whose_season_a_year_ago_is_not_known_is_not_stopped() {
    for n_days in 365..430 {
        let stopped = feed(n_days, |day| if day + 4 >= n_days { 0 } else { usual_rows(day) });
        let alarm = look(&stopped, &ON_TIME).unwrap();
        let is_known = n_days - YEAR - SEASON >= 7 * WEEKS + 7;
        assert!(
            is_known || (alarm.level == Level::Warn && alarm.message.contains("a year ago is not known")),
            "{n_days}"
        );
    }
}

#[test]
fn a_holiday_is_quiet_if_the_year_before_had_it_and_a_double_day_is_told() {
    let closed = |day: usize| if day % 365 == 359 { 0 } else { usual_rows(day) };
    assert!(look(&feed(360, closed), &ON_TIME).is_some_and(|alarm| alarm.level == Level::Warn), "not known yet");
    assert_eq!(look(&feed(725, closed), &ON_TIME), None);
    let double = |day: usize| if day == 651 { 3 * usual_rows(day) } else { usual_rows(day) };
    let alarm = look(&feed(652, double), &ON_TIME).unwrap();
    assert_eq!((alarm.check, alarm.level), (SURPLUS, Level::Warn));
}

#[test]
fn a_quiet_holiday_of_the_year_before_does_not_hide_a_feed_that_stops_beside_it() {
    let quiet = |day: usize| if day % 365 == 359 { usual_rows(day) / 4 } else { usual_rows(day) };
    assert_eq!(look(&feed(725, quiet), &ON_TIME), None);
    for n_days in [718, 722, 728] {
        let stopped = feed(n_days, |day| if day + 2 >= n_days { 0 } else { quiet(day) });
        assert!(look(&stopped, &ON_TIME).is_some(), "{n_days}");
    }
}

#[test]
fn easter_is_quiet_though_it_moves() {
    // 2024-03-31 and 2025-04-20.
    let easter = |day: usize| [813, 1_198].contains(&day);
    let closed = |day: usize| if easter(day) { 0 } else { 40 + u32::try_from(day * 7_919 % 13).unwrap() };
    assert_eq!(look(&feed(1_199, closed), &ON_TIME), None);
    let elsewhere = |day: usize| if day == 1_191 { 0 } else { closed(day) };
    assert!(look(&feed(1_192, elsewhere), &ON_TIME).is_some(), "Palm Sunday is no Easter");
}

#[test]
fn a_holiday_of_few_rows_is_quiet_in_a_small_shop_and_a_feed_that_stops_on_it_is_not() {
    // Easter of 2024 and 2025, and Christmas of both years.
    let rows = |then: u32, now: u32| {
        move |day: usize| match day {
            813 | 1_082 => then,
            1_198 | 1_447 => now,
            _ => 16 + u32::try_from(day * 7_919 % 9).unwrap(),
        }
    };
    for n_days in [1_199, 1_448] {
        assert_eq!(look(&feed(n_days, rows(6, 3)), &ON_TIME), None, "{n_days}");
        assert!(look(&feed(n_days, rows(6, 0)), &ON_TIME).is_some(), "{n_days}");
        assert!(look(&feed(n_days, rows(18, 3)), &ON_TIME).is_some(), "{n_days}");
    }
}

#[test]
fn a_holiday_is_quiet_though_chance_leaves_a_swinging_shop_fewer_rows_on_it_than_the_last_time() {
    // Rows come in orders of several: they swing twice as far as a Poisson count.
    let usual = |day: usize| (12 + u32::try_from(day * 7_919 % 41).unwrap()) * if day > 900 { 4 } else { 3 } / 3;
    // Christmas of 2024 and 2025: a quarter of the usual rows, and two of 41.
    let rows = |now: u32| {
        move |day: usize| match day {
            1_082 => 8,
            1_447 => now,
            _ => usual(day),
        }
    };
    assert_eq!(look(&feed(1_448, rows(2)), &ON_TIME), None);
    assert!(look(&feed(1_448, rows(0)), &ON_TIME).is_some(), "a feed that has stopped");
    let beside = |day: usize| match day {
        1_082 => 1,
        1_437 => 0,
        _ => usual(day),
    };
    assert!(look(&feed(1_438, beside), &ON_TIME).is_some(), "a feed that has stopped ten days before");
}

#[test]
fn a_friday_for_which_people_wait_is_quiet_though_each_year_it_is_a_little_more() {
    let friday = |last: u32, now: u32| {
        let day = move |day: usize| match day {
            330 => last,
            694 => now,
            _ => 60 + u32::try_from(day * 7_919 % 5).unwrap(),
        };
        look(&feed(695, day), &ON_TIME)
    };
    assert_eq!(friday(118, 140), None);
    assert!(friday(62, 140).is_some_and(|alarm| alarm.check == SURPLUS));
    assert!(friday(118, 300).is_some_and(|alarm| alarm.check == SURPLUS));
}

#[test]
fn a_day_of_few_rows_a_year_ago_does_not_hide_a_feed_that_stops() {
    let few = |day: usize| if day == 334 { 8 } else { 16 + u32::try_from(day * 7_919 % 25).unwrap() };
    let stopped = feed(700, |day| if day == 699 { 0 } else { few(day) });
    assert!(look(&stopped, &ON_TIME).is_some());
}

#[test]
fn neither_empty_days_of_a_shop_that_was_small_then_nor_days_of_few_rows_hide_a_feed_that_stops() {
    let noise = |day: usize| u32::try_from(day * 7_919 % 11).unwrap();
    let grown = |day: usize| if day < 150 { noise(day) / 2 } else { 20 + noise(day) };
    let hidden = |others: &dyn Fn(usize) -> u32| {
        assert_eq!(look(&feed(700, others), &ON_TIME), None);
        look(&feed(700, |day| if day == 699 { 0 } else { others(day) }), &ON_TIME).is_none()
    };
    assert!(!hidden(&grown));
    let with_days_of = |rows: u32| move |day: usize| if day % 90 == 9 { rows } else { grown(day) };
    assert!(!hidden(&with_days_of(4)), "days of few rows are no habit of empty ones");
    assert!(hidden(&with_days_of(0)));
}

#[test]
fn a_shop_that_closes_for_a_month_each_year_is_quiet_though_it_has_grown() {
    // From 1 August on, for 31 days, with a third more rows each year; noise as of orders with several lines.
    let closes = |day: usize| (212..243).contains(&(day % 365));
    let rows = |day: usize| u32::try_from((day * 7_919 % 13) * (365 + day / 3) / 365).unwrap();
    for n_days in 560..650 {
        let with_break = feed(n_days, |day| if closes(day) { 0 } else { 4 + rows(day) });
        assert_eq!(look(&with_break, &ON_TIME).map(|alarm| alarm.message), None, "{n_days}");
    }
}

#[test]
fn a_small_shop_is_not_judged_by_a_day() {
    let few = |day: usize| u32::try_from((day * 7_919) % 3).unwrap();
    let stopped = |days: usize| look(&feed(700, |day| if day + days >= 700 { 0 } else { few(day) }), &ON_TIME);
    assert_eq!(stopped(2), None);
    assert!(stopped(7).is_some_and(|alarm| alarm.message.contains("the 7 days")));
}

#[test]
fn a_feed_that_is_always_delivered_late_is_quiet_and_on_the_first_nights_nothing_is_stopped() {
    let late = feed(702, |day| if day >= 699 { 0 } else { usual_rows(day) });
    let level = |lags: &[u32]| look(&late, lags).map(|alarm| alarm.level);
    assert_eq!(level(&[0, 1, 0, 0, 0, 0, 0]), Some(Level::Stop));
    assert_eq!(level(&[0, 1]), Some(Level::Warn));
    assert_eq!(level(&[3, 4, 5, 6, 0, 1, 2]), None);
}
