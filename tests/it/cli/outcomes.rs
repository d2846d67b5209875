//! Two lists: customers who are leaving, and customers who have more likely left than not.

use std::collections::{BTreeMap, BTreeSet};

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::reseal::reseal;
use crate::shop::Shop;

/// A row by column.
type Row = BTreeMap<String, String>;

/// The rows of a list; texts with commas stand in quotes.
fn rows(shop: &Shop, name: &str) -> Vec<Row> {
    let text = shop.read(name);
    let cells = |line: &str| -> Vec<String> {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    };
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    lines.map(|line| header.iter().cloned().zip(cells(line)).collect()).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or(f64::NAN)
}

fn manifest(shop: &Shop, folder: &str) -> Value {
    serde_json::from_str(&shop.read(&format!("{folder}/manifest.json"))).unwrap()
}

/// The sample with few test cutoffs, trained and scored.
fn scored() -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--out", "out"]).assert().success().stderr(contains("no_outcomes").not());
    shop
}

#[test]
fn everyone_eligible_stands_in_one_of_two_lists_and_reasons_add_up_to_what_ranks() {
    let shop = scored();
    let (list, winback) = (rows(&shop, "out/list.csv"), rows(&shop, "out/winback.csv"));
    let about = manifest(&shop, "out");
    assert_eq!(about["rows"], list.len());
    assert_eq!(about["winback_rows"], winback.len());
    assert_eq!(about["eligible"], list.len() + winback.len());
    let ids: BTreeSet<&String> = list.iter().chain(&winback).map(|row| &row["customer_id"]).collect();
    assert_eq!(ids.len(), list.len() + winback.len(), "nobody twice");
    assert!(winback.len() > 50 && list.len() > 500);
    let lists = [
        (&list, ["leaving_probability", "value_at_stake"], false),
        (&winback, ["gone_probability", "value_after_return"], true),
    ];
    for (rows, [ranks, value], is_winback) in lists {
        for row in rows {
            let [churn, gone, leaving, quiet] =
                ["churn", "gone", "leaving", "quiet"].map(|name| number(row, &format!("{name}_probability")));
            assert!(gone + quiet <= churn + 2e-4 && gone + leaving + quiet <= 1.0 + 3e-4, "{row:?}");
            assert_eq!(gone > 0.5, is_winback, "{row:?}");
            let expected = number(row, ranks) * number(row, value);
            // Both factors are rounded in the file.
            let off = (number(row, "expected_loss") - expected).abs();
            assert!(off <= 0.01 + 1e-4 * number(row, value), "{row:?}");
        }
    }
    let heads = &about["heads"];
    assert!(heads["fallback"].is_null() && heads["follow_up"]["days"].as_u64() >= Some(30), "{heads}");
    for head in ["never", "last"] {
        let auc = |learner: &str| {
            let figures = heads[head]["figures"].as_array().unwrap();
            figures.iter().find(|figures| figures["learner"] == learner).unwrap()["auc"].as_f64().unwrap()
        };
        assert!(
            auc("blend") > auc("silence") && auc("boosting") > 0.6 && auc("alive") > 0.5,
            "{head}: {}",
            heads[head]["figures"]
        );
    }
    explained(&shop, &list[0], "rank 1 of", "lost");
    explained(&shop, &winback[0], "on the win-back list, place 1 of", "gone");
    earlier_versions_still_score(&shop, &list);
}

/// `explain` tells the list and place of a customer, and the contributions add up to the log-odds of the risk there.
fn explained(shop: &Shop, row: &Row, place: &str, risk: &str) {
    let explain = |more: &[&str]| {
        let arguments = [&["--customer", &row["customer_id"]], more].concat();
        let output = shop.command("explain").args(arguments).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    };
    let page = explain(&[]);
    assert!(page.contains(place), "{page}");
    let found: Value = serde_json::from_str(&explain(&["--json"])).unwrap();
    assert_eq!(found["risk"], risk);
    let parts: &[&str] =
        if risk == "lost" { &["gone_probability", "leaving_probability"] } else { &["gone_probability"] };
    let probability: f64 = parts.iter().map(|part| found[*part].as_f64().unwrap()).sum();
    assert!((probability - parts.iter().map(|part| number(row, part)).sum::<f64>()).abs() < 2e-4);
    let sum =
        |of: &str| -> f64 { found[of].as_array().unwrap().iter().map(|part| part["log_odds"].as_f64().unwrap()).sum() };
    let base = found["base_log_odds"].as_f64().unwrap();
    let log_odds = (probability / (1.0 - probability)).ln();
    assert!((base + sum("features") + sum("context") - log_odds).abs() < 1e-3);
    assert!((base + sum("facts") + found["context_log_odds"].as_f64().unwrap() - log_odds).abs() < 1e-3);
}

/// A version without heads makes lists by the rule of the own rhythm, and says so.
fn earlier_versions_still_score(shop: &Shop, by_heads: &[Row]) {
    let models = shop.path("models/sample");
    let version = shop.read("models/sample/champion").trim().to_owned();
    for file in ["model.json", "manifest.json"] {
        shop.edit(&format!("models/sample/{version}/{file}"), |text| {
            let mut value: Value = serde_json::from_str(&text).unwrap();
            value.as_object_mut().unwrap().remove("heads").unwrap();
            value.to_string()
        });
    }
    reseal(&models, &version);
    shop.command("score").args(["--out", "old"]).assert().success().stderr(
        contains("note[no_outcomes]").and(contains("the model is of an earlier version")).and(contains("hint: ")),
    );
    let (list, winback) = (rows(shop, "old/list.csv"), rows(shop, "old/winback.csv"));
    assert_eq!(manifest(shop, "old")["eligible"], list.len() + winback.len());
    for row in list.iter().chain(&winback) {
        let [churn, gone, leaving] =
            ["churn", "gone", "leaving"].map(|name| number(row, &format!("{name}_probability")));
        assert!(row["quiet_probability"].is_empty());
        assert!((gone + leaving - churn).abs() < 2e-4, "who buys nothing is gone or leaving: {row:?}");
    }
    let first = |rows: &[Row]| rows.iter().take(20).map(|row| row["customer_id"].clone()).collect::<Vec<_>>();
    assert_ne!(first(&list), first(by_heads));
}

#[test]
fn a_history_too_short_for_outcomes_says_so_and_still_makes_both_lists() {
    let shop = Shop::sample();
    shop.edit_config(|text| {
        let text = text.replace("active_days = 180\n", "active_days = 180\nfollow_up_days = 700\n");
        text + "\n[backtest]\nlast = 1\nbootstrap = 40\n"
    });
    let said =
        contains("note[no_outcomes]").and(contains("no training cutoff has a follow-up of 700 days that has ended"));
    shop.command("run").args(["--out", "out"]).assert().success().stderr(said);
    let heads = &manifest(&shop, "out")["heads"];
    assert!(heads["never"].is_null() && heads["fallback"].as_str().unwrap().contains("700 days"), "{heads}");
    assert_eq!(heads["follow_up"]["source"], "config");
    let (list, winback) = (rows(&shop, "out/list.csv"), rows(&shop, "out/winback.csv"));
    assert!(list.len() > 300 && winback.len() > 50);
    assert!(list.iter().all(|row| row["quiet_probability"].is_empty()));
}

#[test]
fn what_comes_later_changes_neither_heads_nor_lists() {
    let day = "2025-03-04";
    let lists = |shop: &Shop| {
        shop.edit_config(|text| text + "\n[backtest]\nlast = 1\nbootstrap = 40\n");
        shop.command("run").args(["--as-of", day, "--out", "out"]).assert().success();
        assert!(manifest(shop, "out")["heads"]["fallback"].is_null());
        ["list.csv", "winback.csv"].map(|name| shop.read(&format!("out/{name}")))
    };
    let (whole, then) = (Shop::simulated(700), Shop::simulated(700));
    let place = then.read("purchases.csv").lines().next().unwrap().split(',').position(|name| name == "purchased_at");
    let is_later = |line: &&str| line.split(',').nth(place.unwrap()).unwrap() >= day;
    let n_lines = then.read("purchases.csv").lines().count();
    then.edit("purchases.csv", |text| {
        let (header, lines) = text.split_once('\n').unwrap();
        let known = lines.lines().filter(|line| !is_later(line));
        known.fold(format!("{header}\n"), |text, line| text + line + "\n")
    });
    assert!(then.read("purchases.csv").lines().count() < n_lines);
    assert_eq!(lists(&then), lists(&whole));
}
