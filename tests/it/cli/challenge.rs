//! The new model against the champion: on rows from which neither has learnt, and plainly said where there are none.

use predicates::prelude::*;
use serde_json::Value;

use crate::reseal::reseal;
use crate::shop::Shop;

/// A horizon before the sample's last day: the latest test cutoff of a training on that day.
const A_HORIZON_BEFORE: &str = "2025-05-03";

fn shop() -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[backtest]\nlast = 2\nbootstrap = 40\n");
    shop
}

fn train(shop: &Shop, as_of: &str) -> assert_cmd::assert::Assert {
    shop.command("train").args(["--as-of", as_of]).assert()
}

fn champion(shop: &Shop) -> String {
    shop.read("models/sample/champion").trim().to_owned()
}

/// What the manifest of the last version in the history says of its challenge.
fn challenge(shop: &Shop) -> Value {
    let history = shop.read("models/sample/history.jsonl");
    let last: Value = serde_json::from_str(history.lines().last().unwrap()).unwrap();
    let manifest = shop.read(&format!("models/sample/{}/manifest.json", last["version"].as_str().unwrap()));
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let told = manifest["challenge"].clone();
    assert!(last["why"].as_str().unwrap().contains(told["sentence"].as_str().unwrap()), "{last}");
    told
}

/// What a person can read in the champion: weights, their errors and how many errors they are from zero; curves on request.
#[test]
fn the_card_of_a_model_has_weights_with_errors_and_curves() {
    let shop = shop();
    shop.edit_config(|text| text + "[learners]\nreadable = \"ebm\"\n");
    train(&shop, "2025-07-02").success();
    let manifest: Value =
        serde_json::from_str(&shop.read(&format!("models/sample/{}/manifest.json", champion(&shop)))).unwrap();
    let weights = manifest["card"]["coefficients"].as_array().unwrap();
    assert!(weights.len() > 50, "{}", weights.len());
    let of = |weight: &Value, name: &str| weight[name].as_f64().unwrap();
    let mut last = f64::INFINITY;
    for weight in weights {
        let z = of(weight, "log_odds_per_sd") / of(weight, "standard_error");
        assert!(of(weight, "sd") > 0.0 && (z - of(weight, "z")).abs() < 1e-9 && z.abs() <= last, "{weight}");
        last = z.abs();
    }
    let curves = manifest["card"]["curves"].as_array().unwrap();
    assert_eq!(curves.len(), 20);
    for curve in curves {
        let numbers = |name: &str| -> Vec<f64> {
            curve[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
        };
        let (edges, steps, rows) = (numbers("edges"), numbers("log_odds"), numbers("rows"));
        assert!(edges.is_sorted() && steps.len() == edges.len() + 1 && rows.len() == steps.len(), "{curve}");
        let n_rows = rows.iter().sum::<f64>() + of(curve, "missing_rows");
        assert!((n_rows - manifest["training"]["n_rows"].as_f64().unwrap()).abs() < 0.5, "{curve}");
    }
}

/// At a test cutoff that is the champion's own day, the retrained challenger has learnt from the same rows: it is a twin.
#[test]
fn a_twin_is_level_and_takes_over_because_it_is_newer() {
    let shop = shop();
    train(&shop, A_HORIZON_BEFORE)
        .success()
        .stdout(predicate::str::contains("there is no champion to compare it with"));
    let first = champion(&shop);
    train(&shop, "2025-07-02").success().stdout(predicate::str::contains(format!("not worse than champion {first}")));
    let told = challenge(&shop);
    assert_eq!((&told["champion"], &told["outcome"]), (&first.into(), &serde_json::json!({"compared": "level"})));
    let figures = &told["figures"];
    assert_eq!(figures["auc"]["difference"], serde_json::json!({"estimate": 0.0, "low": 0.0, "high": 0.0}));
    let cutoffs = figures["population"]["cutoffs"].as_array().unwrap();
    assert_eq!(cutoffs.len(), 1, "at the earlier test cutoff the champion has learnt what came");
    assert_eq!(cutoffs[0]["cutoff"], A_HORIZON_BEFORE);
    let older = predicate::str::contains("error[E425]").and(predicate::str::contains("it knows what happened before"));
    train(&shop, "2025-06-20").code(4).stderr(older);
    assert_eq!(challenge(&shop)["outcome"], "older");
}

/// A challenger that learnt without most families of features, but still beats every baseline.
#[test]
fn a_worse_challenger_is_refused_and_the_champion_stays() {
    let shop = shop();
    train(&shop, A_HORIZON_BEFORE).success();
    let first = champion(&shop);
    let left_out = r#"leave_out = ["recency", "cadence", "trend", "season", "basket", "monetary", "shop"]"#;
    // So little is learnt from three cutoffs that it shows.
    shop.edit_config(|text| format!("{text}\n[selection]\n{left_out}\n\n[panel]\nmax_cutoffs = 3\n"));
    let worse = predicate::str::contains(format!("worse than champion {first}"));
    train(&shop, "2025-07-02").code(4).stderr(predicate::str::contains("error[E425]").and(worse));
    let told = challenge(&shop);
    assert_eq!(told["outcome"], serde_json::json!({"compared": "worse"}));
    assert!(told["figures"]["log_loss"]["difference"]["low"].as_f64().unwrap() > 0.0, "{told}");
    assert_eq!(champion(&shop), first);
}

#[test]
fn a_bad_champion_is_beaten_and_one_that_cannot_be_compared_is_reported() {
    let shop = shop();
    train(&shop, "2025-05-02").success();
    let model = || format!("models/sample/{}/model.json", champion(&shop));
    shop.edit(&model(), |text| {
        let mut model: Value = serde_json::from_str(&text).unwrap();
        turn_around(&mut model["model"]);
        model.to_string()
    });
    reseal(&shop.path("models/sample"), &champion(&shop));
    train(&shop, "2025-07-01").success().stdout(predicate::str::contains("better than champion"));
    assert!(challenge(&shop)["figures"]["value_found"]["difference"]["low"].as_f64().unwrap() > 0.0);
    train(&shop, "2025-07-02").success().stdout(predicate::str::contains("takes over because it is newer"));
    assert_eq!(challenge(&shop)["outcome"], "too_soon");
    shop.edit_config(|text| text.replace("horizon_days = 60", "horizon_days = 90"));
    train(&shop, "2025-07-02").success().stdout(predicate::str::contains("it answers another question"));
    shop.edit(&model(), |text| text[..200].to_owned());
    shop.edit_config(|text| text.replace("horizon_days = 90", "horizon_days = 60"));
    train(&shop, "2025-06-30").success().stdout(predicate::str::contains("which cannot be read and so cannot score"));
}

/// Makes the opposite of a model: whoever it held for the safest becomes the riskiest.
fn turn_around(model: &mut Value) {
    for member in model["voices"].as_array_mut().unwrap() {
        let member = &mut member["model"];
        let negate = |values: &mut Value| {
            for value in values.as_array_mut().into_iter().flatten() {
                *value = (-value.as_f64().unwrap()).into();
            }
        };
        negate(&mut member["weights"]);
        for tree in member["trees"]["forest"]["trees"].as_array_mut().into_iter().flatten() {
            negate(&mut tree["value"]);
        }
    }
}

/// The tests of a champion that were better, beyond both intervals, than those of the model that would replace it.
#[test]
fn a_fall_is_seen_before_the_champion_can_be_tested() {
    let shop = shop();
    train(&shop, "2025-06-20").success();
    let manifest = format!("models/sample/{}/manifest.json", champion(&shop));
    shop.edit(&manifest, |text| {
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["verdict"]["auc"] = serde_json::json!({"estimate": 0.9, "low": 0.89, "high": 0.91});
        manifest.to_string()
    });
    let before = reseal(&shop.path("models/sample"), &champion(&shop));
    train(&shop, "2025-07-02").code(4).stderr(predicate::str::contains("in its own was .900 [.890, .910]"));
    assert_eq!((champion(&shop), &challenge(&shop)["outcome"]), (before, &Value::from("fallen")));
}

#[test]
fn versions_are_listed_compared_promoted_and_taken_back() {
    let shop = shop();
    let models = |arguments: &[&str]| {
        let mut command = shop.command("models");
        command.args(arguments).assert()
    };
    models(&["rollback"]).code(1).stderr(predicate::str::contains("error[E601]"));
    train(&shop, "2025-06-20").success();
    let first = champion(&shop);
    models(&["rollback"]).code(5).stderr(predicate::str::contains("error[E606]"));
    shop.edit_config(|text| text.replace("quantity = \"quantity\"\n", "") + "[panel]\nmax_cutoffs = 8\n");
    train(&shop, "2025-07-02").success();
    let second = champion(&shop);
    let said = |word: &str| predicate::str::contains(word.to_owned());
    let listed = models(&["list"]).success().stdout(said(&format!("{first}  2025-06-20")).and(said("was champion")));
    assert!(String::from_utf8_lossy(&listed.get_output().stdout).lines().any(|line| line.ends_with(" champion")));
    let differs = said("`items_90d_count` is gone").and(said("`panel.max_cutoffs`: null -> 8"));
    models(&["diff", &first]).success().stdout(differs.and(said(&format!("{first} -> {second}"))));
    models(&["show"]).success().stdout(said(&second).and(said("Challenge")).and(said("promoted:")));
    models(&["rollback"]).success().stdout(said(&first));
    assert_eq!(champion(&shop), first);
    models(&["promote", &second]).success();
    assert_eq!(champion(&shop), second);
    models(&["promote", "v9"]).code(2).stderr(said("error[E602]"));
    assert_eq!(shop.read("models/sample/history.jsonl").matches("by hand").count(), 2);
}
