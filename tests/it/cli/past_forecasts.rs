//! The forecast of sales at a past day is the one that was made on that day.

use serde_json::Value;

use super::days::{Order, config, orders, table};
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

/// The same orders, but that half of the customers stay away in every second quarter of the year.
fn with_season() -> Vec<Order> {
    let is_low = |order: &Order| matches!(order.day.month(), 1..=3 | 7..=9);
    orders(10).into_iter().filter(|order| !is_low(order) || order.customer % 2 == 0).collect()
}

#[test]
fn the_quarter_to_come_has_the_season_of_the_same_quarter_a_year_ago() {
    let shop = Shop::of(&table(&with_season()), &config("UTC"));
    // The next quarter is a low one, as those of three and of one quarters ahead are high.
    shop.command("run").args(["--as-of", "2024-01-01", "--out", "out"]).assert().success();
    let value: Value = serde_json::from_str(&shop.read("out/value.json")).unwrap();
    let season = &value["sales"]["season"];
    assert_eq!(season["n_years"], 1, "{}", value["sales_test"]);
    let factors: Vec<f64> = season["factors"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert!(factors[0] < 0.97 && factors[2] < 0.97 && factors[1] > 1.03 && factors[3] > 1.03, "{factors:?}");
    // It moves sales between the quarters: the year is that of the values, which have no season.
    let sum = |name: &str| -> f64 {
        let cohorts = value["sales"]["cohorts"].as_array().unwrap().iter();
        cohorts.flat_map(|cohort| cohort[name].as_array().unwrap()).filter_map(Value::as_f64).sum()
    };
    let visits = value["shop"]["expected_purchases"].as_f64().unwrap();
    assert!((sum("purchases") / visits - 1.0).abs() < 0.01, "{} and {visits} visits", sum("purchases"));
    assert!(
        shop.read("out/report.html").contains("below an even one, by what the year before showed."),
        "the page says so"
    );
}
