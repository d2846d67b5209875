//! What `retain backtest` tells of the lists of past days, and what `retain explain` tells of who is on none.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use predicates::prelude::*;
use serde_json::Value;

use super::days::{Order, config, orders, table};
use crate::shop::Shop;

const MARGIN: f64 = 0.5;

/// Customers with an order in the 180 days before a day.
fn eligible(orders: &[Order], cutoff: Date) -> Vec<u32> {
    let from = cutoff.checked_sub(180.days()).unwrap();
    let active = orders.iter().filter(|order| (from..cutoff).contains(&order.day));
    let mut customers: Vec<u32> = active.map(|order| order.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    customers
}

/// Margin of orders in so many days from a day, by these customers.
fn margin(orders: &[Order], customers: &[u32], cutoff: Date, days: i64) -> f64 {
    let until = cutoff.checked_add(days.days()).unwrap();
    let is_meant =
        |order: &&Order| (cutoff..until).contains(&order.day) && customers.binary_search(&order.customer).is_ok();
    let cents: u64 = orders.iter().filter(is_meant).map(|order| u64::from(order.cents)).sum();
    MARGIN * cents as f64 / 100.0
}

#[test]
fn predicted_values_are_held_against_the_margin_that_came() {
    let orders = orders(10);
    let (test, for_value) = (date(2023, 11, 2), date(2023, 1, 1));
    let cancelled = format!(
        "C{:04},X1,2023-11-20 09:15:00,77183.60\nC{:04},X1,2023-12-02 09:27:00,-77183.60\n",
        eligible(&orders, test)[3],
        eligible(&orders, test)[3]
    );
    let shop = Shop::of(&(table(&orders) + &cancelled), &config("UTC"));
    shop.edit_config(|text| text + &format!("[value]\nmargin_share = {MARGIN}\n"));
    let said = shop.command("backtest").args(["--as-of", "2024-01-01", "--out", "out"]).assert().success();
    let page = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    let report: Value = serde_json::from_str(&shop.read("out/backtest.json")).unwrap();
    let windows = report["value_calibration"]["windows"].as_array().unwrap();
    assert_eq!(report["value_calibration"]["left_out"], serde_json::json!([]));
    let expected = [(60, vec![for_value, test]), (365, vec![for_value])];
    assert_eq!(windows.len(), expected.len());
    for (window, (days, cutoffs)) in windows.iter().zip(expected) {
        let dates: Vec<String> = cutoffs.iter().map(Date::to_string).collect();
        assert_eq!((&window["days"], &window["cutoffs"]), (&Value::from(days), &Value::from(dates)));
        let customers: Vec<Vec<u32>> = cutoffs.iter().map(|cutoff| eligible(&orders, *cutoff)).collect();
        let n_rows: usize = customers.iter().map(Vec::len).sum();
        assert_eq!(window["n_rows"].as_u64(), Some(n_rows as u64));
        let came = cutoffs.iter().zip(&customers).map(|(cutoff, who)| margin(&orders, who, *cutoff, days));
        let mean = came.sum::<f64>() / n_rows as f64;
        let groups = window["groups"].as_array().unwrap();
        let all = &groups[0];
        let told = all["mean_actual"]["estimate"].as_f64().unwrap();
        assert!((told - mean).abs() < 1e-9 * mean, "{told} {mean}: a void order is no margin");
        let ratio = &all["predicted_over_actual"];
        let [low, estimate, high] = ["low", "estimate", "high"].map(|figure| ratio[figure].as_f64().unwrap());
        assert!(low < estimate && estimate < high && (0.3..3.0).contains(&estimate), "{ratio}");
        assert!((estimate - all["mean_predicted"].as_f64().unwrap() / told).abs() < 1e-9);
        let of_tenths: u64 = groups[1..11].iter().map(|group| group["n_rows"].as_u64().unwrap()).sum();
        assert_eq!(of_tenths, n_rows as u64);
        let predicted = |place: usize| groups[place]["mean_predicted"].as_f64().unwrap();
        assert!((1..10).all(|tenth| predicted(tenth) >= predicted(tenth + 1)), "{groups:?}");
        assert_eq!(groups[12]["name"], "first 50 of list");
        assert_eq!(groups[12]["n_rows"].as_u64(), Some(50 * cutoffs.len() as u64));
    }
    assert!(page.contains("\nNet margin in USD a customer, and predicted over actual, of customers with at"), "{page}");
    assert!(page.contains("tenth 1, highest") && page.contains("first 50 of list"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

/// Never, quiet, last and staying of those eligible at a day, with a horizon and a follow-up of 60 days each.
fn outcomes(orders: &[Order], cutoff: Date) -> [usize; 4] {
    let ends = [60, 120].map(|days: i64| cutoff.checked_add(days.days()).unwrap());
    let mut counts = [0; 4];
    for customer in eligible(orders, cutoff) {
        let bought = |from: Date, until: Date| {
            orders.iter().any(|order| order.customer == customer && (from..until).contains(&order.day))
        };
        counts[2 * usize::from(bought(cutoff, ends[0])) + usize::from(bought(ends[0], ends[1]))] += 1;
    }
    counts
}

#[test]
fn lists_of_past_days_are_held_against_what_came_of_their_customers() {
    let orders = orders(10);
    let shop = Shop::of(&table(&orders), &config("UTC"));
    shop.edit_config(|text| {
        text.replace("active_days = 180", "active_days = 180\nfollow_up_days = 60")
            .replace("[backtest]\nlast = 1", "[backtest]\ncutoffs = ['2023-07-01', '2023-08-01', '2023-11-02']")
    });
    let said = shop.command("backtest").args(["--as-of", "2024-01-01", "--out", "out"]).assert().success();
    let page = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    let report: Value = serde_json::from_str(&shop.read("out/backtest.json")).unwrap();
    let found = &report["outcomes"];
    let days = [date(2023, 1, 1), date(2023, 7, 1), date(2023, 8, 1)];
    let dates: Vec<String> = days.iter().map(Date::to_string).collect();
    assert_eq!(found["cutoffs"], Value::from(dates), "the follow-up of November has not ended");
    let counts = days.map(|day| outcomes(&orders, day));
    let total = |outcome: usize| counts.iter().map(|counts| counts[outcome]).sum::<usize>();
    let n_rows = (0..4).map(total).sum::<usize>();
    assert_eq!(found["n_rows"].as_u64(), Some(n_rows as u64));
    for ranking in found["rankings"].as_array().unwrap() {
        let all = &ranking["groups"][0]["share"];
        for (outcome, name) in ["never", "quiet", "last", "staying"].into_iter().enumerate() {
            let share = all[name]["estimate"].as_f64().unwrap();
            assert!((share - total(outcome) as f64 / n_rows as f64).abs() < 1e-9, "{name}: {all}");
        }
    }
    let list = &found["rankings"][0];
    assert_eq!((&list["ranked_by"], &list["groups"][1]["name"]), (&Value::from("list"), &Value::from("first 50")));
    assert_eq!(list["groups"][1]["n_rows"].as_u64(), Some(150));
    assert!(page.contains("\nWhat came of customers with at least 1 order"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[test]
fn heads_and_reasons_are_tested_on_past_days() {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\ncutoffs = ['2025-02-02']\nbootstrap = 40\n");
    let said = shop.command("backtest").args(["--out", "out"]).assert().success();
    let page = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    let report: Value = serde_json::from_str(&shop.read("out/backtest.json")).unwrap();
    for (head, least) in [("never", 0.7), ("last", 0.6)] {
        let found = &report["heads"][head];
        let learners = found["learners"].as_array().unwrap();
        let names: Vec<&str> = learners.iter().map(|learner| learner["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["head", "own_rhythm_silence", "p_alive"]);
        let auc = |learner: usize| learners[learner]["mean"]["auc"]["estimate"].as_f64().unwrap();
        assert!(auc(0) > least && auc(1) > 0.5 && auc(2) > 0.5, "{found}");
        assert!(page.contains(&format!("\n{head}: ")), "{page}");
    }
    let eligibility = report["heads"]["never"]["population"]["eligibility"].as_str().unwrap();
    assert!(eligibility.ends_with("who bought nothing in the label window of 60 days"), "{eligibility}");
    let reasons = &report["reasons"];
    assert_eq!((&reasons["n_circular"], &reasons["n_against"]), (&Value::from(0), &Value::from(0)));
    let share = |figure: &str| reasons[figure]["estimate"].as_f64().unwrap();
    assert!(share("faithful") > 0.85 && share("larger_than_another") > 0.75, "{reasons}");
    assert!(reasons["n_with_reason"].as_u64() > Some(300) && page.contains("\nReasons: "), "{reasons}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[test]
fn who_is_not_on_the_list_is_told_why() {
    let more = "V1,V1,2023-12-09 09:15:00,168469.60\nV1,V2,2023-12-09 09:27:00,-168469.60\n\
                S1,S1,2023-05-18 10:00:00,2.90\nS1,S2,2023-12-09 09:15:00,77183.60\nS1,S3,2023-12-11 09:15:00,-77183.60\n";
    let shop = Shop::of(&(table(&orders(10)) + more), &config("UTC"));
    shop.command("run").args(["--as-of", "2024-01-01", "--out", "out"]).assert().success();
    let told = |customer: &str, words: &str, hint: &str| {
        let asked = ["--customer", customer, "--as-of", "2024-01-01"];
        let said = shop.command("explain").args(asked).assert().code(5);
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let head = format!("error[E426]: customer `{customer}` is not on the list of 2024-01-01: ");
        assert!(said.contains(&(head + words)) && said.contains(hint), "{said}");
    };
    told(
        "V1",
        "there is no order that counts before this day; the order of USD 168,469.60 of 2023-12-09, given back on the same \
         day, counts as none. On the list are customers with at least 1 order, the last within 180 days",
        "choose a day after the first order",
    );
    told(
        "S1",
        "the last order, USD 2.90 on 2023-05-18, was 228 days before, at most 180 days are allowed; the order of \
         USD 77,183.60 of 2023-12-09, given back on 2023-12-11, counts as none",
        "choose a day soon after 2023-05-18",
    );
    told("N1", "no such customer in the tables", "write the id as in the tables");
    shop.edit_config(|text| text.replace("active_days = 180", "active_days = 180\nmin_purchases = 2"));
    let again = shop.command("run").args(["--as-of", "2024-01-01", "--out", "out"]).assert();
    again.code(predicate::in_iter([0, 4]));
    told("S1", "1 order so far, at least 2 are asked for; the order of USD 77,183.60", "`churn.min_purchases`");
}
