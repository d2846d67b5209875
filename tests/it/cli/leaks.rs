//! Simulated leaks of each kind are refused by name, and honest shops are not.

use std::collections::BTreeMap;

use predicates::prelude::*;

use crate::shop::{Shop, retain};

/// The day after the last purchase of a simulated shop.
const TODAY: &str = "2025-07-02";

/// One row of a CSV file by column.
type Row = BTreeMap<String, String>;

/// The rows of a simulated table; no cell of it has a comma.
fn rows(shop: &Shop, table: &str) -> (Vec<String>, Vec<Row>) {
    let text = shop.read(table);
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
    let row = |line: &str| header.iter().cloned().zip(line.split(',').map(str::to_owned)).collect();
    (header.clone(), lines.map(row).collect())
}

fn write(shop: &Shop, table: &str, header: &[String], rows: &[Row]) {
    let line =
        |row: &Row| header.iter().map(|name| row.get(name).cloned().unwrap_or_default()).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = [header.join(",")].into_iter().chain(rows.iter().map(line)).collect();
    std::fs::write(shop.path(table), lines.join("\n") + "\n").unwrap();
}

/// Adds a column to the customers: a cell for each from the days since the last purchase (none: never bought) and the
/// place of the customer in the table.
fn with_fact(shop: &Shop, name: &str, fact: impl Fn(Option<i64>, usize) -> String) {
    let last = last_purchases(shop);
    let (mut header, mut customers) = rows(shop, "customers.csv");
    header.push(name.to_owned());
    for (place, row) in customers.iter_mut().enumerate() {
        let silent = last.get(&row["customer_id"]).map(|day| days_between(day, TODAY));
        row.insert(name.to_owned(), fact(silent, place));
    }
    write(shop, "customers.csv", &header, &customers);
}

/// The day of the last purchase of each customer.
fn last_purchases(shop: &Shop) -> BTreeMap<String, String> {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for row in rows(shop, "purchases.csv").1.into_iter().filter(|row| row["is_return"] == "false") {
        let day = row["purchased_at"][..10].to_owned();
        let known = last.entry(row["customer_id"].clone()).or_default();
        if day > *known {
            *known = day;
        }
    }
    last
}

fn days_between(from: &str, until: &str) -> i64 {
    let date = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    i64::from((date(until) - date(from)).get_days())
}

fn day_after(day: &str, days: i64) -> String {
    (day.parse::<jiff::civil::Date>().unwrap() + jiff::Span::new().days(days)).to_string()
}

/// The command refuses the data as a leak and says all of this.
fn is_refused(shop: &Shop, command: &str, says: &[&str]) {
    let mut assert = shop.command(command).assert().code(3);
    for part in ["error[E431]", "hint:", "`leak_guard.accept = ["].iter().chain(says) {
        assert = assert.stderr(predicate::str::contains(*part));
    }
    assert!(!shop.path("models/simulated-shop/champion").exists());
    assert!(shop.unfinished().is_empty());
}

/// A shop whose home regions are something else.
fn shop_with_region(column: &str) -> Shop {
    let shop = Shop::simulated(2_000);
    shop.edit_config(|text| {
        let (before, customers) = text.split_once("[customers]").unwrap();
        let customers = customers.replace("region = \"region\"", &format!("region = \"{column}\""));
        format!("{before}[customers]{customers}\n[backtest]\nlast = 1\nbootstrap = 40\n")
    });
    shop
}

/// Five of six who left are marked, which an honest status of that day would not be.
fn is_marked(silent: Option<i64>, place: usize) -> bool {
    silent.is_none_or(|days| days > 70) && !place.is_multiple_of(6)
}

#[test]
fn a_status_overwritten_with_that_of_today_is_refused_until_it_is_accepted() {
    let shop = shop_with_region("status");
    with_fact(&shop, "status", |silent, place| if is_marked(silent, place) { "closed" } else { "active" }.to_owned());
    for command in ["train", "run", "backtest"] {
        is_refused(&shop, command, &["(from `customers.region` = `status`)", "`customers.valid_from`"]);
    }
    shop.edit_config(|text| text + "\n[leak_guard]\naccept = [\"customers.region\", \"customers.reigon\"]\n");
    let said = predicate::str::contains("note[accepted_leak]: as `leak_guard.accept` says, `customers.region` is used")
        .and(predicate::str::contains("note[accepted_without_effect]: `leak_guard.accept` names `customers.reigon`"));
    shop.command("backtest").args(["--out", "bt"]).assert().success().stderr(said);
    let manifest: serde_json::Value = serde_json::from_str(&shop.read("bt/manifest.json")).unwrap();
    assert_eq!(manifest["leak_guard"]["accepted"][0]["name"], "customers.region");
}

/// A custom feature that is 1 where the account is closed.
const IS_CLOSED: &str = r#"
[[features.custom]]
name = "is_closed"
table = "customers"
aggregate = "count"
filter = "status = 'closed'"
"#;

#[test]
fn a_fact_of_today_is_refused_as_a_custom_feature_too() {
    let shop = Shop::simulated(2_000);
    shop.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n" + IS_CLOSED);
    with_fact(&shop, "status", |silent, place| if is_marked(silent, place) { "closed" } else { "active" }.to_owned());
    let from = "`is_closed` (from `features.custom.is_closed.filter` = `status = 'closed'`)";
    is_refused(&shop, "train", &[from, "`customers.valid_from`", "`leak_guard.accept = [\"is_closed\"]`"]);
    shop.edit_config(|text| text + "\n[leak_guard]\naccept = [\"is_closed\"]\n");
    let said = predicate::str::contains("note[accepted_leak]: as `leak_guard.accept` says, `is_closed` is used");
    shop.command("backtest").assert().success().stderr(said);
}

#[test]
fn a_status_with_its_versions_is_no_leak() {
    let shop = shop_with_region("status");
    let (mut header, customers) = rows(&shop, "customers.csv");
    header.extend(["status".to_owned(), "valid_from".to_owned()]);
    let last = last_purchases(&shop);
    let mut versions = Vec::new();
    for (place, row) in customers.into_iter().enumerate() {
        let with = |status: &str, from: &str| {
            let mut row = row.clone();
            row.insert("status".to_owned(), status.to_owned());
            row.insert("valid_from".to_owned(), from.to_owned());
            row
        };
        versions.push(with("active", "2000-01-01"));
        if let Some(last) =
            last.get(&row["customer_id"]).filter(|last| is_marked(Some(days_between(last, TODAY)), place))
        {
            versions.push(with("closed", &day_after(last, 71)));
        }
    }
    write(&shop, "customers.csv", &header, &versions);
    shop.edit_config(|text| {
        let text = text.replace("region = \"status\"", "region = \"status\"\nvalid_from = \"valid_from\"");
        text + IS_CLOSED
    });
    shop.command("backtest").args(["--out", "bt"]).assert().success();
}

#[test]
fn a_fact_that_is_filled_in_or_erased_when_a_customer_leaves_is_refused() {
    for (filled, says) in [(true, "has a value for"), (false, "is missing for")] {
        let shop = Shop::simulated(2_000);
        with_fact(&shop, "born", |silent, place| {
            // Few are marked, so that neither the AUC nor its rise is large.
            let is_marked = silent.is_none_or(|days| days > 70) && place % 4 == 0;
            if is_marked == filled { "1980-05-01".to_owned() } else { String::new() }
        });
        shop.edit_config(|text| {
            text.replace("[customers.columns]\n", "[customers.columns]\nbirth_date = \"born\"\n")
                + "\n[privacy]\nallow = [\"birth_date\"]\n"
        });
        is_refused(&shop, "train", &["`age_years` (from `customers.birth_date` = `born`)", says, "% left"]);
    }
}

#[test]
fn a_column_of_purchases_that_knows_the_last_one_is_refused() {
    let shop = Shop::simulated(2_000);
    let last = last_purchases(&shop);
    let (header, mut purchases) = rows(&shop, "purchases.csv");
    for row in &mut purchases {
        let is_last = last.get(&row["customer_id"]).is_some_and(|day| row["purchased_at"].starts_with(day.as_str()));
        row.insert("quantity".to_owned(), if is_last { "5000" } else { "1" }.to_owned());
    }
    write(&shop, "purchases.csv", &header, &purchases);
    is_refused(
        &shop,
        "train",
        &["`purchases.quantity`", "alone has an AUC of up to", "above `leak_guard.max_auc` = 0.95"],
    );
}

#[test]
fn complaints_that_are_the_exit_are_refused_with_the_filter_that_helps() {
    let shop = Shop::simulated(2_000);
    let (header, mut complaints) = rows(&shop, "complaints.csv");
    for (place, (customer, last)) in last_purchases(&shop).into_iter().enumerate() {
        if days_between(&last, TODAY) > 70 && place % 3 == 0 {
            let cells = [
                ("complaint_id", format!("X{place}")),
                ("customer_id", customer),
                ("opened_at", format!("{}T10:00:00Z", day_after(&last, 3))),
                ("recorded_at", format!("{}T10:00:00Z", day_after(&last, 3))),
                ("category", "account_closure".to_owned()),
            ];
            complaints.push(cells.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect());
        }
    }
    write(&shop, "complaints.csv", &header, &complaints);
    let filter = "NOT (category = 'account_closure')";
    let says = ["complaints of the category `account_closure`: of", &format!("`complaints.filter = \"{filter}\"`")];
    is_refused(&shop, "train", &says);
    shop.edit_config(|text| {
        text.replace("[complaints]\n", &format!("[complaints]\nfilter = \"{filter}\"\n")) + "\n[backtest]\nlast = 1\n"
    });
    shop.command("backtest").assert().success();
}

#[test]
fn contacts_do_not_become_features() {
    let shop = shop_with_region("last_mailed_at");
    let said = predicate::str::contains("error[E102]")
        .and(predicate::str::contains("`customers.columns.region` cannot be used: `last_mailed_at`"))
        .and(predicate::str::contains("a shop stops writing to those who have left"));
    shop.command("check").assert().code(2).stderr(said);
}

#[test]
fn honest_shops_raise_no_alarm() {
    for seed in 2..7 {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let size = ["--customers", "1200", "--seed", &seed.to_string()];
        retain().args(["simulate", "--out", out]).args(size).assert().success();
        let config = folder.path().join("retain.toml");
        let text = std::fs::read_to_string(&config).unwrap() + "\n[backtest]\nlast = 1\nbootstrap = 40\n";
        std::fs::write(&config, text).unwrap();
        let files = folder.path().join("bt");
        let mut backtest = retain();
        backtest.args(["backtest", "--quiet", "--config"]).arg(&config).arg("--out").arg(&files);
        backtest.assert().success().stderr("");
        let manifest = std::fs::read_to_string(files.join("manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let largest = manifest["leak_guard"]["largest"][0]["auc"].as_f64().unwrap();
        assert!((0.6..0.9).contains(&largest), "seed {seed}: {largest}");
        assert!(manifest["leak_guard"]["cutoffs"].as_array().unwrap().len() > 10);
    }
}

#[test]
fn the_public_shops_raise_no_alarm() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for shop in ["online_retail_ii", "cdnow", "btydplus_grocery"] {
        let text = std::fs::read_to_string(examples.join(format!("{shop}.toml"))).unwrap();
        let data = examples.join("../../shared/data");
        if !data.exists() {
            crate::skip::skipped("the public data");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (head, tests) = text
            .replace("../../shared/data", data.to_str().unwrap())
            .split_once("cutoffs = ")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        // One test is enough to look at all training cutoffs.
        let one = tests.trim_end().trim_end_matches(']').rsplit(' ').next().unwrap().trim_start_matches('[').to_owned();
        std::fs::write(folder.path().join("retain.toml"), format!("{head}cutoffs = [{one}]\nbootstrap = 40\n"))
            .unwrap();
        let mut backtest = retain();
        backtest.current_dir(folder.path()).args(["backtest", "--config", "retain.toml", "--out", "bt"]);
        backtest.assert().success().stderr(predicate::str::contains("note[").not());
        let manifest = std::fs::read_to_string(folder.path().join("bt/manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert!(manifest["leak_guard"]["accepted"].as_array().unwrap().is_empty());
        assert!(manifest["leak_guard"]["largest"][0]["auc"].as_f64().unwrap() < 0.92);
    }
}
