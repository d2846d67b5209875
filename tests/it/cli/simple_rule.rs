//! A list in every case: while no learnt model has passed the gate, the best simple rule makes it, and says so.

use polars::prelude::{CsvReader, DataType, SerReader};
use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

const DAY: &str = "runs/sample/2025-07-02";

/// The values of a column of the list.
fn column(list: &str, name: &str) -> Vec<String> {
    let frame = CsvReader::new(std::io::Cursor::new(list)).finish().unwrap();
    let texts = frame.column(name).unwrap().cast(&DataType::String).unwrap();
    texts.str().unwrap().iter().map(|text| text.unwrap_or_default().to_owned()).collect()
}

fn manifest(shop: &Shop) -> serde_json::Value {
    serde_json::from_str(&shop.read(&format!("{DAY}/manifest.json"))).unwrap()
}

#[test]
fn a_simple_rule_makes_the_list_until_a_model_passes_the_gate() {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    shop.edit_config(|text| text + "\n[gate]\nmax_auc = 0.6\n");
    let said = contains("warning[simple_rule]").and(contains("error[E425]")).and(contains("until a model passes"));
    let told = contains("Grade       C: the simple rule `").and(contains("Way on")).and(contains("Model       rule:"));
    shop.command("run").assert().code(4).stderr(said).stdout(told);
    let by_run = shop.read(&format!("{DAY}/list.csv"));
    let rule = column(&by_run, "model_version");
    assert!(rule.len() > 500 && rule.iter().all(|rule| rule.starts_with("rule:") && *rule == rule[..]), "{rule:?}");
    assert!(column(&by_run, "reason_1").iter().filter(|reason| !reason.is_empty()).count() > 100);
    let about = &manifest(&shop)["simple_rule"];
    assert_eq!((about["grade"].as_str(), manifest(&shop)["model_version"].as_str()), (Some("C"), Some(&*rule[0])));
    let version = about["version"].as_str().unwrap().to_owned();
    assert!(!shop.path("models/sample/champion").exists(), "a rule is no champion");

    // The nightly job goes on with the same rule, and nobody makes it the champion.
    shop.command("score").assert().success().stderr(contains("warning[simple_rule]"));
    assert_eq!(shop.read(&format!("{DAY}/list.csv")), by_run);
    shop.command("models").args(["promote", &version]).assert().code(2).stderr(contains("error[E609]"));
    shop.command("models").arg("list").assert().success().stdout(contains(&rule[0]));
    shop.command("explain").args(["--customer", &column(&by_run, "customer_id")[0]]).assert().success();

    // A model that passes takes over.
    shop.edit_config(|_| config.clone());
    shop.command("run").assert().success();
    let by_model = shop.read(&format!("{DAY}/list.csv"));
    assert!(column(&by_model, "model_version").iter().all(|version| !version.starts_with("rule:")));
    shop.command("score").assert().success().stderr(contains("simple_rule").not());
    assert!(manifest(&shop)["simple_rule"].is_null());

    // A champion that does not pass a stricter gate later still makes the list.
    shop.edit_config(|text| text + "\n[gate]\nmax_auc = 0.6\n");
    shop.command("run").args(["--as-of", "2025-07-01"]).assert().code(4).stderr(contains("comes from the champion"));
}
