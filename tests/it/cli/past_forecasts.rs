//! The forecast of sales at a past day is the one that was made on that day.

use serde_json::Value;

use super::days::{config, orders, table};
use crate::shop::Shop;

/// `value.json` of a run on a day, over a table that has later rows.
fn value(as_of: &str) -> Value {
    let mut all = orders(10);
    // Twice as many customers: visits to count on are learnt from at least 200.
    let mut again = all.clone();
    for order in &mut again {
        order.customer += 1_000;
    }
    all.append(&mut again);
    let shop = Shop::of(&table(&all), &config("UTC"));
    shop.command("run").args(["--as-of", as_of, "--out", "out"]).assert().success();
    serde_json::from_str(&shop.read("out/value.json")).unwrap()
}

fn past(value: &Value) -> &[Value] {
    value["sales_test"]["past"].as_array().unwrap()
}

#[test]
fn a_past_forecast_is_the_one_of_its_day() {
    // One period of 91 days apart.
    let [early, late] = ["2023-10-02", "2024-01-01"].map(value);
    assert!(past(&early).len() >= 3, "{}", early["sales_test"]);
    let (last, before) = past(&late).split_last().unwrap();
    assert!(before.ends_with(past(&early)) || past(&early).ends_with(before), "what came later changed {before:?}");
    assert_eq!(last["cutoff"], "2023-10-02");
    let quarter = early["sales"]["cohorts"].as_array().unwrap().iter().filter_map(|cohort| cohort["sales"][0].as_f64());
    // A quarter of a year is a third of a day longer than the period.
    let (made, told) = (quarter.sum::<f64>() * 91.0 / 91.3125, last["expected_sales"].as_f64().unwrap());
    assert!((made / told - 1.0).abs() < 0.002, "{made} {told}");
    assert!(!early["models"]["visits"].is_null(), "the visits to count on are learnt");
}
