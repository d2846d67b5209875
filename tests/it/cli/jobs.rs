//! The commands on a sound shop.

use predicates::prelude::*;

use crate::shop::{Shop, retain};

#[test]
fn a_backtest_leaves_figures_and_predictions() {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\nlast = 2\nbootstrap = 40\n");
    let said = predicate::str::contains("Population:").and(predicate::str::contains("Grade "));
    shop.command("backtest").args(["--out", "bt", "--tune=1"]).assert().success().stdout(said);
    let backtest: serde_json::Value = serde_json::from_str(&shop.read("bt/backtest.json")).unwrap();
    assert_eq!(backtest["population"]["cutoffs"].as_array().unwrap().len(), 2);
    assert!(backtest["learners"][0]["mean"]["auc"]["low"].as_f64().unwrap() > 0.6);
    let choices = backtest["choices"].as_array().unwrap();
    assert_eq!(choices.iter().map(|choice| &choice["cutoff"]).collect::<Vec<_>>(), ["2025-04-03", "2025-05-03"]);
    for choice in choices {
        let trials = choice["calibration"]["trials"].as_array().unwrap();
        assert_eq!(trials.iter().filter(|trial| trial["is_chosen"] == true).count(), 1, "{choice}");
        assert_eq!(choice["setting"]["weights"].as_array().unwrap().len(), 3, "{choice}");
    }
    let manifest: serde_json::Value = serde_json::from_str(&shop.read("bt/manifest.json")).unwrap();
    assert_eq!(manifest["config"]["tuning"]["trials"], 1);
    let parquet = std::fs::read(shop.path("bt/predictions.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1"));
}

#[test]
fn a_feature_table_has_a_row_for_each_day_and_eligible_customer() {
    let shop = Shop::sample();
    let said = predicate::str::is_match("^[0-9,]+ rows of [0-9]+ columns in ft/features.parquet\n$").unwrap();
    let days = ["--as-of", "2025-01-01", "2025-02-01", "--out", "ft"];
    shop.command("features").args(days).assert().success().stdout(said);
    let only = |name: &str| {
        let mut command = shop.command("features");
        command.args(["--out", "few", "--only", "recency_days", name]);
        command.assert()
    };
    only("surveys").code(2).stderr(predicate::str::contains("error[E313]"));
    only("orders_90d_count").success().stdout(predicate::str::contains("rows of 4 columns"));
}

#[test]
fn answers_to_surveys_give_features_of_their_own() {
    let shop = Shop::simulated(300);
    let columns = || -> u32 {
        let output = shop.command("features").args(["--out", "ft"]).assert().success().get_output().clone();
        let said = String::from_utf8(output.stdout).unwrap();
        said.split_whitespace().nth(3).unwrap().parse().unwrap()
    };
    let without = columns();
    let answers = "customer_id,answered_at,nps,csat\nC0000001,2025-01-05,9,4\nC0000001,2025-03-05,3,\n";
    std::fs::write(shop.path("surveys.csv"), answers).unwrap();
    shop.edit_config(|text| {
        let mapping = ["customer_id", "answered_at", "nps", "csat"].map(|column| format!("{column} = \"{column}\"\n"));
        format!("{text}\n[surveys]\npath = \"surveys.csv\"\n[surveys.columns]\n{}", mapping.concat())
    });
    assert_eq!(columns(), without + 10);
    let said = predicate::str::contains("surveys: 2 rows = 2 used (1 customer)");
    shop.command("check").assert().success().stderr(said);
}

#[test]
fn training_registers_and_promotes() {
    let shop = Shop::sample();
    shop.command("train").assert().success().stdout(predicate::str::contains("is the champion"));
    let history = shop.read("models/sample/history.jsonl");
    assert!(history.contains("\"registered\"") && history.contains("\"promoted\""), "{history}");
}

#[test]
fn messages_can_be_json_and_silence_is_silent() {
    let shop = Shop::simulated(300);
    let output = shop.command("check").args(["--log-format", "json"]).assert().success().get_output().clone();
    let messages = String::from_utf8(output.stderr).unwrap();
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(message["message"].is_string() && message["level"].is_string(), "{line}");
    }
    assert!(messages.contains("purchases: "));
    // A command line that cannot be read asks for it too.
    for wrong in [&["--as-of", "today"][..], &["--nonsense"], &["--quiet", "--verbose"]] {
        for json in [&["--log-format", "json"][..], &["--log-format=json"]] {
            let output = shop.command("check").args(wrong).args(json).assert().code(2).get_output().clone();
            let messages = String::from_utf8(output.stderr).unwrap();
            let message: serde_json::Value = serde_json::from_str(messages.trim_end()).unwrap();
            assert!(message["message"].as_str().unwrap().starts_with("error: "), "{messages}");
        }
    }
    shop.command("check").arg("--nonsense").assert().code(2).stderr(predicate::str::starts_with("error: "));
    shop.command("check").arg("--quiet").assert().success().stderr("");
}

#[test]
fn help_fits_80_columns_and_names_every_command() {
    let output = retain().env("COLUMNS", "80").arg("--help").assert().success().get_output().clone();
    let help = String::from_utf8(output.stdout).unwrap();
    for command in ["run", "init", "check", "train", "backtest", "score", "simulate", "features", "inspect", "models"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
    }
}
