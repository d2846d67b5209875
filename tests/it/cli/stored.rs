//! The stored model: what was registered is what scores, under the config and with the features that it was trained with.

use predicates::prelude::*;
use serde_json::Value;

use crate::reseal::reseal;
use crate::shop::{OWN_FEATURES, Shop};

const DAY: [&str; 2] = ["--as-of", "2025-07-02"];

/// The sample shop, changed, with a champion of a short training.
fn trained(change: impl Fn(String) -> String) -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| change(text) + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("train").args(DAY).assert().success();
    shop
}

fn champion(shop: &Shop) -> String {
    shop.read("models/sample/champion").trim().to_owned()
}

/// The list, or what the command says on standard error.
fn list(shop: &Shop, out: &str) -> Result<String, (Option<i32>, String)> {
    let output = shop.command("score").args(DAY).args(["--out", out]).output().unwrap();
    if output.status.success() {
        return Ok(shop.read(&format!("{out}/list.csv")));
    }
    Err((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[test]
fn a_changed_file_of_a_version_is_not_believed() {
    let shop = trained(|text| text);
    let version = champion(&shop);
    for file in [
        "model.json",
        "schema.json",
        "manifest.json",
        "evaluation.json",
        "xgboost.json",
        "profile.json",
        "passport.cdx.json",
        "hashes.json",
    ] {
        let name = format!("models/sample/{version}/{file}");
        let before = shop.read(&name);
        // A line more at the end changes no meaning.
        shop.edit(&name, |text| text + "\n");
        let damaged = || predicate::str::contains("error[E603]").and(predicate::str::contains(file));
        let models = |arguments: &[&str]| {
            let mut command = shop.command("models");
            command.args(arguments).assert().code(1).stderr(damaged())
        };
        shop.command("score").args(DAY).assert().code(1).stderr(damaged());
        models(&["show"]);
        models(&["diff", &version]);
        models(&["promote", &version]);
        models(&["list"]).stdout(predicate::str::contains(format!("{version}  damaged")));
        std::fs::write(shop.path(&name), before).unwrap();
    }
    shop.command("models").arg("list").assert().success();
}

#[test]
fn a_champion_cannot_be_rolled_back_to_a_changed_version() {
    let shop = trained(|text| text);
    let first = champion(&shop);
    shop.edit_config(|text| text + "[selection]\nleave_out = [\"season\"]\n");
    shop.command("train").args(DAY).assert().success();
    let second = champion(&shop);
    assert_ne!(first, second);
    shop.edit(&format!("models/sample/{first}/model.json"), |text| text + "\n");
    shop.command("models").arg("rollback").assert().code(1).stderr(predicate::str::contains("error[E603]"));
    assert_eq!(champion(&shop), second);
}

#[test]
fn words_of_before_are_read_in_a_stored_version() {
    let shop = trained(|text| text);
    let columns = |list: &str| -> Vec<String> {
        // All but the version, which has another name.
        list.lines().map(|line| line.split(',').take(15).collect::<Vec<_>>().join(",")).collect()
    };
    let new = columns(&list(&shop, "new").unwrap());
    for (file, word, before) in
        [("model.json", "\"uncertainty\":", "\"doubt\":"), ("manifest.json", "\"cutoff_weights\":", "\"emphasis\":")]
    {
        shop.edit(&format!("models/sample/{}/{file}", champion(&shop)), |text| {
            assert!(text.contains(word), "{file} has {word}");
            text.replace(word, before)
        });
        reseal(&shop.path("models/sample"), &champion(&shop));
    }
    assert_eq!(columns(&list(&shop, "old").unwrap()), new);
}

/// Numbers, positions and lengths that no training writes, with hashes that fit.
#[test]
fn a_damaged_model_is_an_error_that_names_the_place_and_a_run_replaces_it() {
    let shop = trained(|text| text);
    let name = |version: &str| format!("models/sample/{version}/model.json");
    let whole = shop.read(&name(&champion(&shop)));
    let model: Value = serde_json::from_str(&whole).unwrap();
    let members = model["model"]["voices"].as_array().unwrap();
    let linear = members.iter().position(|member| member["model"]["kind"] == "linear").unwrap();
    let columns = format!("/model/voices/{linear}/model/preparation/columns/0");
    for (place, value, says) in [
        (format!("{columns}/what/low"), Value::from(1e9), "columns[0].what` has a lowest value above the highest"),
        (format!("{columns}/feature"), 999.into(), "columns[0].feature` is the number of no feature"),
        (format!("{columns}/sd"), 0.0.into(), "columns[0].sd` is 0"),
        ("/rule/horizon".to_owned(), 4_294_967_295_u64.into(), "`rule.horizon_days` is 4294967295; allowed:"),
        ("/rule/horizon".to_owned(), 30.into(), "`rule` is not the one of the manifest's config"),
        ("/calibrator/bias".to_owned(), 1e9.into(), "`calibrator.bias` is 1000000000"),
        ("/uncertainty/directions/0".to_owned(), Value::Array(Vec::new()), "`uncertainty.directions[0]` has 0 entries"),
        ("/model/voices".to_owned(), Value::Array(Vec::new()), "`model.voices` is empty"),
    ] {
        let mut damaged = model.clone();
        *damaged.pointer_mut(&place).unwrap() = value;
        std::fs::write(shop.path(&name(&champion(&shop))), damaged.to_string()).unwrap();
        reseal(&shop.path("models/sample"), &champion(&shop));
        let (code, said) = list(&shop, "night").unwrap_err();
        assert!(code == Some(1) && said.contains("error[E603]") && said.contains(says), "{place}: {said}");
    }
    let damaged = champion(&shop);
    let takes_over = format!("takes over from champion {damaged}, which cannot be read and so cannot score");
    shop.command("train").args(DAY).assert().success().stdout(predicate::str::contains(takes_over));
    assert_ne!(champion(&shop), damaged);
    assert!(list(&shop, "night").is_ok());
}

#[test]
fn a_champion_that_cannot_be_read_at_all_is_replaced_by_what_passes_the_gate() {
    let shop = trained(|text| text);
    let replaced = |damage: &dyn Fn(&str)| {
        let version = champion(&shop);
        damage(&version);
        assert!(list(&shop, "night").is_err());
        shop.command("run").args(DAY).assert().success();
        assert!(list(&shop, "night").is_ok());
    };
    replaced(&|version| std::fs::remove_file(shop.path(&format!("models/sample/{version}/manifest.json"))).unwrap());
    replaced(&|version| std::fs::remove_file(shop.path(&format!("models/sample/{version}/hashes.json"))).unwrap());
    replaced(&|version| {
        let path = shop.path(&format!("models/sample/{version}/schema.json"));
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    });
    replaced(&|version| {
        std::fs::remove_dir_all(shop.path(&format!("models/sample/{version}"))).unwrap();
        let (code, said) = list(&shop, "night").unwrap_err();
        assert!(code == Some(1) && said.contains(&format!("has lost its champion `{version}`")), "{said}");
        assert!(said.contains("`retain models promote`"), "{said}");
    });
    replaced(&|_| std::fs::write(shop.path("models/sample/champion"), [0xff, 0xfe]).unwrap());
    // Where the new one does not pass either, that is what the exit code says.
    shop.edit(&format!("models/sample/{}/model.json", champion(&shop)), |text| text[..200].to_owned());
    shop.edit_config(|text| text + "\n[gate]\nmax_auc = 0.6\n");
    let said = predicate::str::contains("warning[no_list]").and(predicate::str::contains("error[E425]"));
    shop.command("run").args(["--as-of", "2025-07-01"]).assert().code(4).stderr(said);
}

#[test]
fn a_pipe_or_a_device_in_place_of_a_file_is_not_waited_for() {
    let shop = trained(|text| text);
    let replaced = |name: &str, by: &dyn Fn(&std::path::Path)| {
        let path = shop.path(&format!("models/sample/{name}"));
        std::fs::rename(&path, shop.path("kept")).unwrap();
        by(&path);
        let done = list(&shop, "night");
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(shop.path("kept"), &path).unwrap();
        done
    };
    let pipe = |path: &std::path::Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let device = |path: &std::path::Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    let long = |path: &std::path::Path| std::fs::write(path, "x".repeat(5_000)).unwrap();
    for by in [&pipe as &dyn Fn(&std::path::Path), &device, &long] {
        let (code, said) = replaced("champion", by).unwrap_err();
        assert!(code == Some(1) && said.contains("E703") && said.contains("champion"), "{said}");
        assert!(said.len() < 2_000, "{said}");
    }
    // What a lock that is a link leads to is not written over.
    std::fs::write(shop.path("precious"), "x").unwrap();
    let lock = shop.path("models/sample/.lock");
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(shop.path("precious"), &lock).unwrap();
    let refused = predicate::str::contains("error[E701]").and(predicate::str::contains(".lock"));
    shop.command("models").args(["promote", "champion"]).assert().code(1).stderr(refused);
    assert_eq!(shop.read("precious"), "x");
    std::fs::remove_file(&lock).unwrap();
    // Without the history the hashes of a version are believed.
    assert!(replaced("history.jsonl", &pipe).is_ok() && replaced("history.jsonl", &device).is_ok());
}

#[test]
fn a_version_of_an_earlier_retain_is_of_another_format() {
    let shop = trained(|text| text);
    let version = champion(&shop);
    std::fs::remove_file(shop.path(&format!("models/sample/{version}/hashes.json"))).unwrap();
    shop.edit(&format!("models/sample/{version}/model.json"), |text| {
        text.replacen("\"format\": 2", "\"format\": 1", 1)
    });
    let (code, said) = list(&shop, "night").unwrap_err();
    assert!(code == Some(1) && said.contains("error[E604]") && said.contains("format 1"), "{said}");
    let listed = predicate::str::contains(format!("{version}  of another format"));
    shop.command("models").arg("list").assert().success().stdout(listed);
    shop.command("run").args(DAY).assert().success();
}

#[test]
fn features_that_a_model_does_not_use_may_come_and_go() {
    let columns = ["quantity = \"quantity\"\n", "discount = \"discount\"\n", "category = \"category\"\n"];
    let less = |text: String| columns.iter().fold(text, |text, column| text.replacen(column, "", 1));
    let shop = trained(less);
    let config = shop.read("retain.toml");
    let first = list(&shop, "first").unwrap();
    // More columns than in training.
    let sample = Shop::sample().read("retain.toml");
    let all: Vec<&str> = columns.into_iter().filter(|column| sample.contains(column)).collect();
    assert!(!all.is_empty());
    shop.edit_config(|text| {
        text.replacen("amount = \"amount\"\n", &format!("amount = \"amount\"\n{}", all.concat()), 1)
    });
    assert_ne!(shop.read("retain.toml"), config);
    assert_eq!(list(&shop, "more").unwrap(), first);
    // Custom features that the model has never seen.
    shop.edit_config(|text| text + OWN_FEATURES);
    assert_eq!(list(&shop, "own").unwrap(), first);
    let told = predicate::str::contains("the model does not use these features");
    shop.command("score").args(DAY).args(["--out", "more", "--verbose"]).assert().success().stderr(told);
    let customer = first.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    shop.command("explain").args(DAY).args(["--customer", &customer]).assert().success();
    // Without a day it is that of the newest list in the folder of runs, and not of one elsewhere.
    let explained = |day: &str| {
        let said = shop.command("explain").args(["--customer", &customer]).assert().success();
        assert!(String::from_utf8_lossy(&said.get_output().stdout).contains(&format!("{customer} at {day}:")), "{day}");
    };
    explained("2025-07-02");
    shop.command("score").args(["--as-of", "2025-07-01"]).assert().success();
    explained("2025-07-01");
    shop.command("train").args(DAY).assert().success();
}

/// A feature that was left out of the training is no loss when it goes; one that was used is named.
#[test]
fn a_feature_that_goes_or_changes_matters_if_the_model_uses_it() {
    let left_out = "\n[selection]\nleave_out = [\"grave_complaints\"]\n";
    let shop = trained(|text| text + OWN_FEATURES + left_out);
    let first = list(&shop, "first").unwrap();
    let config = shop.read("retain.toml");
    let without = |text: String| {
        let (before, rest) = text.split_once("[[features.custom]]\nname = \"grave_complaints\"").unwrap();
        let (_, after) = rest.split_once("[[features.custom]]").unwrap();
        format!("{before}[[features.custom]]{after}").replace(left_out, "\n")
    };
    shop.edit_config(without);
    assert_eq!(list(&shop, "gone").unwrap(), first);
    std::fs::write(shop.path("retain.toml"), &config).unwrap();
    shop.edit_config(|text| text.replace("severity >= 2", "severity >= 3"));
    assert_eq!(list(&shop, "other").unwrap(), first);
    std::fs::write(shop.path("retain.toml"), &config).unwrap();
    shop.edit_config(|text| text.replace("amount > 50", "amount > 60"));
    let (code, said) = list(&shop, "used").unwrap_err();
    assert!(code == Some(1) && said.contains("error[E311]"), "{said}");
    assert!(said.contains("`big_order_spend_90d` is defined otherwise in the config\nhint: "), "{said}");
    assert!(said.contains("`retain run`"), "{said}");
}

#[test]
fn a_config_that_asks_another_question_is_refused_with_its_keys() {
    let shop = trained(|text| text);
    let config = shop.read("retain.toml");
    let first = list(&shop, "first").unwrap();
    let with = |from: &str, to: &str| {
        std::fs::write(shop.path("retain.toml"), config.replacen(from, to, 1)).unwrap();
        assert_ne!(shop.read("retain.toml"), config, "{from}");
        list(&shop, "night")
    };
    for (from, to, says) in [
        ("horizon_days = 60", "horizon_days = 30", "`churn.horizon_days`: 60 -> 30"),
        ("active_days = 180", "active_days = 180\ngap_days = 30", "`churn.gap_days`: 0 -> 30"),
        ("active_days = 180", "active_days = 90", "`churn.active_days`: 180 -> 90"),
        ("active_days = 180", "active_days = 180\nmin_purchases = 2", "`churn.min_purchases`: 1 -> 2"),
        ("\"EUR\"", "\"JPY\"", "`currency`: \"EUR\" -> \"JPY\""),
        (
            "amount = \"amount\"",
            "amount = \"amount * 100\"",
            "`purchases.columns.amount`: \"amount\" -> \"amount * 100\"",
        ),
        ("amount = \"amount\"", "amount = \"quantity\"", "`purchases.columns.amount`: \"amount\" -> \"quantity\""),
        (
            "[purchases.columns]",
            "filter = \"amount > 5\"\n[purchases.columns]",
            "`purchases.filter`: null -> \"amount > 5\"",
        ),
    ] {
        let (code, said) = with(from, to).unwrap_err();
        assert!(code == Some(2) && said.contains("error[E607]") && said.contains(says), "{to}: {said}");
        assert!(said.contains("hint: ") && said.contains("`retain run`"), "{said}");
    }
    // The models of a shop beside a config of another one, which asks the same of the same columns.
    std::fs::rename(shop.path("models/sample"), shop.path("models/other")).unwrap();
    let (code, said) = with("name = \"sample\"", "name = \"other\"").unwrap_err();
    assert!(
        code == Some(2) && said.contains("error[E607]") && said.contains("`name`: \"sample\" -> \"other\""),
        "{said}"
    );
    std::fs::rename(shop.path("models/other"), shop.path("models/sample")).unwrap();
    let same = with("[churn]", "[gate]\nmax_auc = 0.99\n[churn]").unwrap();
    assert_eq!(same, first, "the gate may change");
    std::fs::write(shop.path("retain.toml"), config.replacen("margin_share = 0.3", "margin_share = 0.5", 1)).unwrap();
    let said =
        predicate::str::contains("warning[value_changed]").and(predicate::str::contains("`value.margin_share`: "));
    shop.command("score").args(DAY).assert().success().stderr(said);
    std::fs::write(shop.path("retain.toml"), config.replacen("\"EUR\"", "\"USD\"", 1)).unwrap();
    let incomparable = predicate::str::contains("trained under another config: `currency`: ");
    shop.command("run").args(DAY).assert().success().stdout(predicate::str::contains("promoted:"));
    let history = shop.read("models/sample/history.jsonl");
    assert!(incomparable.eval(history.lines().last().unwrap()), "{history}");
    assert!(list(&shop, "dollars").is_ok(), "the new champion was trained in dollars");
}
