//! A panel that is too large is learnt from whole customers, chosen alike each time; tests and the list keep everyone.

use predicates::prelude::*;

use crate::shop::Shop;

const SHORT: &str = "\n[backtest]\nlast = 1\nbootstrap = 40\n[panel]\nmax_rows = 6000\n";

fn manifest(shop: &Shop, file: &str) -> serde_json::Value {
    serde_json::from_str(&shop.read(file)).unwrap()
}

/// Customers and churn probabilities of a list, sorted.
fn listed(shop: &Shop, list: &str) -> Vec<String> {
    let text = shop.read(list);
    let mut rows: Vec<String> =
        text.lines().skip(1).map(|line| line.split(',').skip(1).take(3).collect::<Vec<_>>().join(",")).collect();
    rows.sort();
    rows
}

#[test]
fn training_is_capped_and_says_so_while_tests_and_the_list_keep_everyone() {
    let (shop, whole) = (Shop::sample(), Shop::sample());
    shop.edit_config(|text| text + SHORT);
    whole.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n");
    let said = predicate::str::contains("note[capped_panel]: `panel.max_rows` = 6000: training learns from")
        .and(predicate::str::contains("tests and the list have everyone"));
    shop.command("run").assert().success().stderr(said);
    whole.command("run").assert().success().stderr(predicate::str::contains("capped_panel").not());
    let version = shop.read("models/sample/champion");
    let model = manifest(&shop, &format!("models/sample/{}/manifest.json", version.trim()));
    let sampled = &model["training"]["sampled"];
    let count = |name: &str| sampled[name].as_u64().unwrap();
    assert!((5_900..=6_000).contains(&count("n_rows")) && model["training"]["n_rows"] == sampled["n_rows"]);
    assert!(count("n_customers") < count("n_customers_all") / 2);
    let tested = |manifest: &serde_json::Value| manifest["verdict"]["population"]["n_rows"].as_u64().unwrap();
    let (capped, all) = ("runs/sample/2025-07-02/manifest.json", "runs/sample/2025-07-02/manifest.json");
    assert_eq!(tested(&manifest(&shop, capped)), tested(&manifest(&whole, all)));
    let everyone = |shop: &Shop| manifest(shop, all)["eligible"].as_u64().unwrap();
    assert_eq!(everyone(&shop), everyone(&whole), "in one of the two lists");
    assert_eq!(manifest(&shop, capped)["sampled"], *sampled);
}

#[test]
fn a_capped_panel_depends_on_neither_threads_nor_the_order_of_the_rows() {
    let shop = Shop::simulated(1_500);
    shop.edit_config(|text| text + SHORT);
    shop.command("run").args(["--threads", "1", "--out", "one"]).assert().success();
    shop.edit("purchases.csv", |text| {
        let (header, rows) = text.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.reverse();
        format!("{header}\n{}\n", rows.join("\n"))
    });
    shop.command("run").args(["--threads", "2", "--out", "two"]).assert().success();
    assert_eq!(manifest(&shop, "one/manifest.json")["sampled"], manifest(&shop, "two/manifest.json")["sampled"]);
    assert_eq!(listed(&shop, "one/list.csv"), listed(&shop, "two/list.csv"));
}

#[test]
fn what_became_of_the_features_is_in_the_manifest() {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n");
    let notes = || {
        let version = shop.read("models/sample/champion");
        manifest(&shop, &format!("models/sample/{}/manifest.json", version.trim()))["notes"]["selection"].clone()
    };
    shop.command("train").assert().success();
    let selection = notes();
    let dropped = selection["dropped"].as_array().unwrap();
    let why = |feature: &str| dropped.iter().find(|note| note["feature"] == feature).map(|note| note["why"].clone());
    assert_eq!(why("cutoff_month_level"), Some("same_for_everyone_at_a_cutoff".into()), "{dropped:?}");
    assert_eq!(selection["n_used"].as_u64().unwrap() + dropped.len() as u64, selection["n_features"].as_u64().unwrap());
    let flagged = selection["flagged"].as_array().unwrap().len();
    assert!(selection["flagged"].as_array().unwrap().iter().all(|note| note["psi"].as_f64().unwrap() > 0.25));
    shop.edit_config(|text| text + "\n[selection]\nmax_psi = 0.02\nunstable = \"drop\"\n");
    shop.command("train").assert().success();
    let stricter = notes();
    assert!(stricter["flagged"].as_array().unwrap().is_empty());
    assert!(stricter["dropped"].as_array().unwrap().len() > dropped.len() + flagged, "{stricter}");
}
