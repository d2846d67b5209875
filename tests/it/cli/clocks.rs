//! The clock and the calendar: days on which clocks change, leap days, ends of years, a day that has not come, a clock that has
//! gone back, nights that were missed.

use std::fs::File;

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;

use super::days::{config, orders, table};
use crate::shop::Shop;

/// Zone, the day of a list, and the minute before its midnight on the clocks there.
const DAYS: &[(&str, &[&str])] = &[
    // Clocks go forward on 2023-03-26 and back on 2023-10-29; 2023-12-31 ends a year.
    ("Europe/Berlin", &["2023-03-26", "2023-03-27", "2023-10-29", "2023-10-30", "2023-12-31", "2024-01-01"]),
    // Here at other times of other days, and the year before.
    ("America/New_York", &["2023-03-12", "2023-03-13", "2023-11-05", "2023-11-06", "2023-01-01"]),
    // Clocks go forward at midnight, which is absent on that day.
    ("America/Santiago", &["2023-09-03", "2023-09-04", "2023-04-02"]),
    ("Pacific/Apia", &["2023-02-28", "2023-03-01"]),
    ("UTC", &["2024-02-29", "2024-03-01"]),
];

/// The day before, as text.
fn before(day: &str) -> String {
    day.parse::<jiff::civil::Date>().unwrap().yesterday().unwrap().to_string()
}

#[test]
fn history_ends_at_the_midnight_of_each_zone_whatever_its_clocks_do() {
    for (zone, days) in DAYS {
        // Up to the end of March 2024.
        let mut all = orders(15);
        for order in &mut all {
            order.day = order.day.checked_add(jiff::Span::new().days(90)).unwrap();
        }
        let mut purchases = table(&all);
        for (number, day) in days.iter().enumerate() {
            // A customer for each day, with an order in the last second before it and one at noon on it.
            for (at, cents) in [(format!("{} 23:59:59", before(day)), "1.00"), (format!("{day} 12:00:00"), "2.00")] {
                purchases.push_str(&format!("D{number},D{number}{cents},{at},{cents}\n"));
            }
        }
        let shop = Shop::of(&purchases, &config(zone));
        let only = ["--only", "recency_days", "orders_30d_count"];
        shop.command("features").args(["--out", "ft", "--as-of"]).args(*days).args(only).assert().success();
        let frame = ParquetReader::new(File::open(shop.path("ft/features.parquet")).unwrap()).finish().unwrap();
        let (ids, cutoffs) = (frame.column("customer_id").unwrap(), frame.column("cutoff").unwrap());
        for (number, day) in days.iter().enumerate() {
            let own = (0..frame.height()).find(|row| {
                let cutoff = cutoffs.get(*row).unwrap().to_string();
                ids.get(*row).unwrap().get_str().is_some_and(|id| id == format!("D{number}")) && cutoff.contains(day)
            });
            let row = own.unwrap_or_else(|| panic!("{zone}, {day}: the order of the last second is history"));
            let value = |name: &str| frame.column(name).unwrap().get(row).unwrap().try_extract::<f64>().unwrap();
            assert!((value("orders_30d_count") - 1.0).abs() < 1e-9, "{zone}, {day}: {}", value("orders_30d_count"));
            assert!((value("recency_days") - 1.0).abs() < 1e-9, "{zone}, {day}: {}", value("recency_days"));
        }
    }
}

#[test]
fn an_hour_that_a_clock_leaves_out_or_has_twice_loses_no_row() {
    let shop = |zone: &str, times: &[&str]| {
        let lines = times.iter().enumerate().map(|(number, time)| format!("T{number},T{number},{time},3.00\n"));
        Shop::of(&(table(&orders(15)) + &lines.collect::<String>()), &config(zone))
    };
    let n = table(&orders(15)).lines().count() - 1;
    for (zone, times) in [
        ("Europe/Berlin", ["2023-03-26 02:30:00", "2023-10-29 02:30:00"]),
        ("America/Santiago", ["2023-09-03 00:00:00", "2023-04-01 23:30:00"]),
    ] {
        let output = shop(zone, &times).command("check").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let all = retain::text::grouped(n as u64 + 2);
        assert!(
            output.status.success() && said.contains(&format!("purchases: {all} rows = {all} used")),
            "{zone}: {said}"
        );
    }
}

#[test]
fn a_day_that_has_not_come_is_refused_and_tomorrow_is_not() {
    let shop = Shop::simulated(400);
    // The clock of tests says 2025-07-02T06:00:00Z.
    shop.command("check").args(["--as-of", "2025-07-03"]).assert().success();
    let mut check = shop.command("check");
    let refused =
        contains("error[E120]: the day of the run, 2025-07-09, has not come: this machine's clock says 2025-07-02");
    check.args(["--as-of", "2025-07-09"]).assert().code(2).stderr(refused.and(contains("hint: ")));
    // A clock that is behind the data takes rows of every table, and is told once.
    for (seconds, day) in [("0", "1970-01-01"), ("1000000000", "2001-09-09"), ("1735700000", "2025-01-01")] {
        let behind = contains("error[after_now]: ").and(contains(format!(" happen after now, which is {day}T")));
        let alone = contains("error[").count(2).and(contains("1 error\n")).and(contains("hint: set the clock right"));
        shop.command("check").env("SOURCE_DATE_EPOCH", seconds).assert().code(3).stderr(behind.and(alone));
    }
}

#[test]
fn a_clock_that_has_gone_back_and_nights_that_were_missed_are_told() {
    let shop = Shop::simulated(400);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 2\n[backtest]\nlast = 1\nbootstrap = 40\n");
    let night = |day: &str, seconds: &str| {
        let mut command = shop.command("score");
        command.env("SOURCE_DATE_EPOCH", seconds).args(["--out", &format!("nights/{day}")]);
        command.assert().success()
    };
    shop.command("run").args(["--as-of", "2025-06-20", "--out", "nights/2025-06-20"]).assert().success();
    for (day, seconds) in [("2025-06-21", "1750485600"), ("2025-06-22", "1750572000"), ("2025-06-23", "1750658400")] {
        let quiet = contains("missed_nights").or(contains("clock_back")).not();
        night(day, seconds).stderr(quiet);
    }
    let missed = contains("note[missed_nights]: the last list before this one is of 2025-06-23, 6 days ago");
    night("2025-06-29", "1751176800").stderr(missed);
    let back = "warning[clock_back]: there is a list of 2025-06-29, and this machine's clock says 2025-06-25";
    night("2025-06-25", "1750831200").stderr(contains(back));
    // A day that is named is meant.
    let named = contains("clock_back").not();
    shop.command("score").args(["--as-of", "2025-06-24", "--out", "nights/x"]).assert().success().stderr(named);
}
