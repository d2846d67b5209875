//! What was given back as a whole was never bought.

use super::days::{config, list, orders, table};
use crate::shop::Shop;

/// An order of a thousand times the usual amount and its cancellation twelve minutes later.
fn cancelled(customer: &str) -> String {
    format!("{customer},X1,2023-12-01 09:15:00,77183.60\n{customer},X2,2023-12-01 09:27:00,-77183.60\n")
}

/// An order of which the half came back.
fn in_part(customer: &str) -> String {
    format!("{customer},Y1,2023-12-01 09:15:00,80.00\n{customer},Y1,2023-12-05 09:15:00,-40.00\n")
}

fn shop(more: &str) -> Shop {
    Shop::of(&(table(&orders(10)) + more), &config("UTC"))
}

#[test]
fn what_comes_back_above_its_order_lowers_what_was_earned() {
    let customers: Vec<String> = list(&shop("")).into_keys().take(2).collect();
    let [one, other] = customers.as_slice() else { panic!("{customers:?}") };
    let back = |amount: &str| format!("{one},X1,2023-12-01 09:15:00,50.00\n{one},X1,2023-12-03 09:15:00,{amount}\n");
    let historic = |more: &str| -> f64 { list(&shop(&(in_part(other) + more)))[one]["clv_historic"].parse().unwrap() };
    let [never, as_much, more] = [historic(""), historic(&back("-50.00")), historic(&back("-53.00"))];
    assert!((never - as_much).abs() < 0.005, "{never} {as_much}");
    assert!((as_much - more - 3.0).abs() < 0.005, "{as_much} {more}: all of it is margin");
}

#[test]
fn a_cancelled_order_leaves_the_customer_where_it_was() {
    let customers: Vec<String> = list(&shop("")).into_keys().take(2).collect();
    let [one, other] = customers.as_slice() else { panic!("{customers:?}") };
    let (plain, cancelled) = (shop(&in_part(other)), shop(&(in_part(other) + &cancelled(one))));
    let (before, after) = (list(&plain), list(&cancelled));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for column in ["value_at_stake", "clv_predicted", "clv_historic", "days_since_last_order", "life_cycle_stage"] {
        assert_eq!(before[one][column], after[one][column], "{column}");
    }
    let manifest: serde_json::Value = serde_json::from_str(&cancelled.read("out/manifest.json")).unwrap();
    let returns = &manifest["returns"];
    let counts = ["by_order", "by_product", "by_amount", "unmatched", "void_orders"].map(|rule| returns[rule].as_u64());
    assert_eq!(counts, [Some(1), Some(0), Some(1), Some(0), Some(1)], "{returns}");
    let told = cancelled.command("explain").args(["--customer", one, "--as-of", "2024-01-01"]).assert().success();
    let told = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert!(told.contains("2023-12-01 09:15  USD 77183.60, given back on the same day"), "{told}");
}

/// The customer remembers having ordered, whatever became of it.
#[test]
fn a_silence_names_the_order_that_was_given_back() {
    let silent = |row: &std::collections::BTreeMap<String, String>| {
        let days: i64 = row["days_since_last_order"].parse().unwrap();
        (40..150).contains(&days) && row["reason_1"].contains("silent for")
    };
    let customers: Vec<String> = list(&shop("")).into_keys().take(2).collect();
    let found = list(&shop(&in_part(&customers[0]))).into_iter().find(|(id, row)| *id != customers[0] && silent(row));
    let (customer, before) = found.unwrap();
    let after = list(&shop(&(in_part(&customers[0]) + &cancelled(&customer))));
    let [before, after] = [&before, &after[&customer]].map(|row| row["reason_1"].clone());
    assert_eq!(after, before + "; an order of 1 December 2023 was given back");
}
