//! What a version reports of itself: nothing from its day on has a part in it, and figures on the cutoffs that chose say so.

use std::path::{Path, PathBuf};

use predicates::prelude::*;
use serde_json::Value;

use crate::shop::Shop;

const DAY: &str = "2024-12-01";

/// Trains at the day and gives the folder of the version.
fn trained(shop: &Shop) -> PathBuf {
    // Whether the gate lets it pass does not matter: the version is there.
    shop.command("train").args(["--as-of", DAY]).assert().code(predicate::in_iter([0, 4]));
    let is_version = |path: &PathBuf| path.join("manifest.json").is_file();
    let entries = std::fs::read_dir(shop.path("models/simulated-shop")).unwrap();
    entries.map(|entry| entry.unwrap().path()).find(is_version).unwrap()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// The same shop as it was on the night of the day: without the purchases of that day and later.
#[test]
fn a_version_is_made_and_tested_by_what_was_known_on_its_day() {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[backtest]\nlast = 2\nbootstrap = 40\n[panel]\nweights = 'choose'\n");
    let later = trained(&shop);
    std::fs::rename(&later, shop.path("later")).unwrap();
    std::fs::remove_dir_all(shop.path("models")).unwrap();
    shop.edit("purchases.csv", |text| {
        let mut lines = text.lines();
        let head = lines.next().unwrap();
        let column = head.split(',').position(|name| name == "purchased_at").unwrap();
        let known = lines.filter(|line| line.split(',').nth(column).unwrap() < DAY);
        let kept: Vec<&str> = std::iter::once(head).chain(known).collect();
        kept.join("\n") + "\n"
    });
    let (then, later) = (trained(&shop), shop.path("later"));
    for file in ["model.json", "schema.json", "evaluation.json"] {
        assert!(std::fs::read(then.join(file)).unwrap() == std::fs::read(later.join(file)).unwrap(), "{file}");
    }
    let (then, later) = (json(&then, "manifest.json"), json(&later, "manifest.json"));
    for part in ["training", "notes", "calibration", "verdict", "leak_guard", "card"] {
        assert_eq!(then[part], later[part], "{part}");
    }
    for measured in [&then["notes"], &then["notes"]["cutoff_weights"], &then["notes"]["tuning"], &then["calibration"]] {
        assert_eq!(measured["measured_on"], "deciding_cutoffs");
    }
    assert!(then["notes"]["nested"]["n_cutoffs"].as_u64().unwrap() > 0, "{}", then["notes"]["nested"]);
    assert!(then["notes"]["cutoff_weights"]["tried"].as_array().unwrap().len() > 2);
}

#[test]
fn a_backtest_says_what_its_intervals_hold_fixed_and_what_choices_are_worth() {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[backtest]\nlast = 2\nbootstrap = 40\n");
    let said = shop.command("backtest").args(["--out", "out"]).assert().success();
    let page = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(page.contains("\nIntervals hold fixed: models, their settings, cutoffs and season."), "{page}");
    let report = json(&shop.path("out"), "backtest.json");
    assert_eq!(report["intervals_hold_fixed"], "models, their settings, cutoffs and season");
    for choice in report["choices"].as_array().unwrap() {
        assert_eq!(choice["calibration"]["measured_on"], "deciding_cutoffs");
        let nested = choice["nested"].as_array().unwrap();
        let of =
            |learner: &str| nested.iter().find(|found| found["learner"] == learner && found["choice"] == "setting");
        for learner in ["blend", "logistic", "boosting"] {
            let found = of(learner).unwrap();
            assert!(found["nested"].is_f64() && found["in_selection"].is_f64(), "{found}");
        }
        assert!(of("mbg_nbd").is_none(), "it has no setting");
    }
}
