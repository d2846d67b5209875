//! What goes wrong in practice: each gives a clear message, the right exit code, and nothing half written.

use assert_cmd::assert::Assert;
use predicates::prelude::*;

use crate::shop::{Shop, retain};

/// The job fails with that exit code, says all of this on standard error, and leaves nothing unfinished or ranked.
fn fails(shop: &Shop, command: &str, code: i32, says: &[&str]) -> Assert {
    let mut assert = shop.command(command).assert().code(code);
    for part in says {
        assert = assert.stderr(predicate::str::contains(*part));
    }
    assert!(shop.unfinished().is_empty());
    assert!(!shop.path("data/runs/simulated-shop/2025-07-02/list.csv").exists());
    assert
}

#[test]
fn a_config_that_is_not_there() {
    retain()
        .args(["run", "--config", "/no/retain.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("error[E111]: cannot read the config `/no/retain.toml`"));
}

#[test]
fn a_path_that_leads_nowhere() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text.replace("purchases.csv", "purchase.csv"));
    fails(&shop, "run", 2, &["error[E201]", "purchase.csv", "`purchases.path`"]);
}

#[test]
fn a_column_that_is_missing() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text.replace("amount = \"amount\"", "amount = \"amuont\""));
    fails(&shop, "run", 2, &["error[E208]", "`amuont`", "hint:", "`amount`"]);
}

#[test]
fn a_misspelt_key() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text.replace("horizon_days", "horizon_day"));
    fails(&shop, "run", 2, &["error[E102]", "`churn.horizon_day` is not a known key", "`churn.horizon_days`"]);
}

#[test]
fn a_csv_with_a_broken_line() {
    let shop = Shop::sample();
    let csv = Shop::simulated(2_000);
    std::fs::copy(csv.path("purchases.csv"), shop.path("purchases.csv")).unwrap();
    shop.edit_config(|text| text.replace("purchases.parquet", "purchases.csv"));
    shop.edit("purchases.csv", |text| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(5, "C0000001,\"never closed,2024-01-01T00:00:00Z,1,1,1,1,1,1,1,1");
        lines.join("\n")
    });
    let said =
        predicate::str::contains("rejected (broken line 1)").and(predicate::str::contains("warning[broken_lines]"));
    shop.command("run").assert().success().stderr(said);
    let rejects = shop.read("runs/sample/2025-07-02/rejects_purchases.csv");
    assert!(rejects.contains(",5,broken_line,"), "{rejects}");
}

#[test]
fn an_empty_complaints_table() {
    let shop = Shop::simulated(2_000);
    shop.edit("complaints.csv", |text| format!("{}\n", text.lines().next().unwrap()));
    let said = predicate::str::contains("complaints: 0 rows = 0 used");
    shop.command("run").assert().success().stderr(said);
    let list = shop.read("data/runs/simulated-shop/2025-07-02/list.csv");
    assert!(list.lines().count() > 500);
}

#[test]
fn a_customer_with_one_purchase_is_ranked_like_the_others() {
    let shop = Shop::simulated(2_000);
    shop.edit("purchases.csv", |text| {
        let line = text.lines().find(|line| line.ends_with("false")).unwrap().to_owned();
        let cells: Vec<&str> = line.split(',').collect();
        format!("{text}=cmd,O9,2025-06-20T10:00:00Z,{}\n", cells[3..].join(","))
    });
    shop.command("run").assert().success();
    let list = shop.read("data/runs/simulated-shop/2025-07-02/list.csv");
    let row = list.lines().find(|line| line.contains("cmd")).unwrap();
    assert!(row.contains(",'=cmd,") && row.contains(",new,"), "text that a spreadsheet would run is harmless: {row}");
}

#[test]
fn too_few_customers() {
    let shop = Shop::simulated(20);
    fails(&shop, "run", 3, &["error[E221]", "too_few_customers", "`validate.min_customers` asks for 200"]);
}

#[test]
fn a_cutoff_too_late_for_labels() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text + "\n[backtest]\ncutoffs = [\"2025-06-20\"]\n");
    fails(&shop, "backtest", 3, &["error[E422]: test cutoff 2025-06-20 has no labels by 2025-07-02", "hint:"]);
}

#[test]
fn a_history_too_short_to_learn_from() {
    let shop = Shop::simulated(300);
    shop.command("run").args(["--as-of", "2023-03-01"]).assert().code(3).stderr(predicate::str::contains("hint:"));
}

#[test]
fn scoring_before_training_and_after_the_feed_stopped() {
    let shop = Shop::sample();
    shop.command("score").assert().code(1).stderr(predicate::str::contains("error[E601]"));
    shop.command("train").assert().success();
    // Never silent for more than a day or two, and now for 26.
    let silent = predicate::str::contains("error[E232]").and(predicate::str::contains("sold nothing for 26 days"));
    shop.command("score")
        .env("SOURCE_DATE_EPOCH", "1753682400")
        .args(["--as-of", "2025-07-28"])
        .assert()
        .code(3)
        .stderr(silent);
    // As a shop of one's own has it; the days of the sample stay where they are.
    shop.edit_config(|text| text.replace("max_age_days = 3650", "max_age_days = 45"));
    let later = predicate::str::contains("error[E231]").and(predicate::str::contains("hint:"));
    shop.command("score")
        .env("SOURCE_DATE_EPOCH", "1764568800")
        .args(["--as-of", "2025-12-01"])
        .assert()
        .code(3)
        .stderr(later);
}

#[test]
fn a_model_of_other_features_is_refused_with_the_differences() {
    let shop = Shop::sample();
    shop.command("train").assert().success();
    shop.edit_config(|text| text.replace("quantity = \"quantity\"\n", ""));
    let said = predicate::str::contains("error[E311]").and(predicate::str::contains("`items_90d_count` is missing"));
    shop.command("score").assert().code(1).stderr(said);
}

#[test]
fn a_model_too_good_to_be_true_is_not_promoted_and_the_old_list_stays() {
    let shop = Shop::sample();
    shop.command("run").assert().success();
    let champion = shop.read("models/sample/champion");
    shop.edit_config(|text| text + "\n[gate]\nmax_auc = 0.6\n");
    let said = predicate::str::contains("error[E425]").and(predicate::str::contains("`gate.max_auc`"));
    let output = shop.command("run").args(["--as-of", "2025-07-01"]).assert().code(4).stderr(said);
    assert!(String::from_utf8_lossy(&output.get_output().stdout).contains(champion.trim()));
    assert_eq!(shop.read("models/sample/champion"), champion);
    assert!(shop.read("models/sample/history.jsonl").contains("\"refused\""));
}

#[test]
fn a_pipe_that_closes_early_is_no_error() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("retain"))
        .args(["features", "--describe"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_the_middle_leaves_the_earlier_list_and_nothing_unfinished() {
    let shop = Shop::sample();
    shop.command("run").assert().success();
    let list = shop.read("runs/sample/2025-07-02/list.csv");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("retain"))
        .current_dir(shop.path(""))
        .args(["run", "--config", "retain.toml"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(400));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(shop.read("runs/sample/2025-07-02/list.csv"), list);
    assert!(shop.unfinished().is_empty());
}
