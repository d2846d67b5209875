//! A feed that is silent for longer than ever before stops training and scoring; a shop that was as silent before goes on.

use std::fmt::Write;

use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

const CONFIG: &str = "name = \"shop\"\ncurrency = \"EUR\"\n[purchases]\npath = \"purchases.csv\"\n[purchases.columns]\n\
                      customer_id = \"customer\"\npurchased_at = \"day\"\namount = \"amount\"\n[churn]\nhorizon_days = 60\n\
                      [validate]\nmin_customers = 50\n";

/// Four orders on each day of 2024 that is sold on, counted from 1.
fn shop(sells: impl Fn(i64) -> bool) -> Shop {
    let first = jiff::civil::date(2024, 1, 1);
    let mut lines = "customer,day,amount\n".to_owned();
    for day in (0..366).filter(|day| sells(*day)) {
        let date = first.checked_add(jiff::Span::new().days(day)).unwrap();
        for order in 0..4 {
            let customer = (day * 7 + order * 31) % 97;
            writeln!(lines, "c{customer},{date},{}.{:02}", 10 + customer % 40, (day + order) % 100).unwrap();
        }
    }
    Shop::of(&lines, CONFIG)
}

/// 2024-12-28: 27 days after the end of November.
const NOW: &str = "1735365600";
const END_OF_NOVEMBER: i64 = 335;

#[test]
fn a_feed_silent_for_longer_than_ever_stops_training_and_scoring() {
    let shop = shop(|day| day < END_OF_NOVEMBER);
    let said = || contains("error[E23").and(contains("before 2024-12-28")).and(contains("`--as-of 2024-12-01`"));
    for command in ["check", "train", "run"] {
        shop.command(command).args(["--as-of", "2024-12-28"]).assert().code(3).stderr(said());
    }
    shop.command("check").args(["--as-of", "2024-12-12"]).assert().success();
    shop.command("check").assert().success();
    // The knob accepts it.
    shop.edit_config(|text| text + "min_recent_share = 0\n");
    shop.command("check").args(["--as-of", "2024-12-28"]).assert().success();
}

#[test]
fn a_shop_that_was_as_silent_before_goes_on() {
    let closed = shop(|day| day < END_OF_NOVEMBER && !(200..228).contains(&day));
    closed.command("check").args(["--as-of", "2024-12-28"]).assert().success();
    // On Mondays alone.
    let weekly = shop(|day| day < END_OF_NOVEMBER && day % 7 == 0);
    weekly.command("check").args(["--as-of", "2024-12-04"]).assert().success();
    weekly.command("check").args(["--as-of", "2024-12-28"]).assert().code(3);
}

#[test]
fn a_stray_order_does_not_end_a_silence() {
    let shop = shop(|day| day < 300);
    shop.edit("purchases.csv", |text| text + "c7,2024-11-16,12.50\n");
    let said = || contains("error[E232]").and(contains("1 stray purchase")).and(contains("`--as-of 2024-10-27`"));
    for command in ["check", "train", "run"] {
        shop.command(command).env("SOURCE_DATE_EPOCH", NOW).assert().code(3).stderr(said());
    }
}
