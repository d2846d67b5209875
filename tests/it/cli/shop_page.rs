//! What the manager and the data scientist open: the page of a backtest, and what stands out in a shop.

use predicates::prelude::*;
use predicates::str::contains;
use retain::config::Config;
use retain::label::ChurnRule;
use retain::profile::{DeviationQuestion, Deviations, Dimension, Measure, deviations};
use retain::timeline::{Cutoff, EventLog};
use retain::units::Timestamp;

use crate::shop::{Shop, retain};

#[test]
fn a_backtest_leaves_a_page_that_loads_nothing_and_can_be_made_again() {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("backtest").args(["--out", "bt"]).assert().success();
    let page = shop.read("bt/backtest.html");
    assert!(page.contains("default-src ") && !page.contains("<script") && !page.contains("role=\"tab"));
    for loads in ["http://", "https://", "src=", "url(", "@import", "style=\""] {
        assert!(!page.contains(loads), "{loads}");
    }
    for figure in ["f-roc", "f-precision", "f-reliability", "f-gain", "f-slices"] {
        assert!(page.contains(&format!("id=\"{figure}\"")), "{figure}");
    }
    assert!(
        page.contains("band main") && page.contains("base rate") && page.contains("What was forecast, and what came")
    );
    let backtest: serde_json::Value = serde_json::from_str(&shop.read("bt/backtest.json")).unwrap();
    let windows = backtest["value_calibration"]["windows"].as_array().unwrap();
    assert!(!windows.is_empty());
    for window in windows {
        assert!(page.contains(&format!("id=\"f-value-{}\"", window["days"])), "{}", window["days"]);
    }
    assert!(page.contains("id=\"f-value-first\""));
    // The four outcomes are held against what came wherever a follow-up has ended and heads were learnt.
    let outcomes = &backtest["outcome_calibration"];
    assert_eq!(outcomes.is_null(), !page.contains("id=\"f-outcomes\""));
    for outcome in outcomes["outcomes"].as_array().into_iter().flatten() {
        assert!(page.contains(&format!("id=\"f-outcome-{}\"", outcome["outcome"].as_str().unwrap())));
        let n: u64 = outcome["tenths"].as_array().unwrap().iter().filter_map(|tenth| tenth["n_rows"].as_u64()).sum();
        assert_eq!(Some(n), outcomes["n_rows"].as_u64());
    }
    let curves = backtest["curves"].as_array().unwrap();
    assert_eq!(
        curves.iter().map(|curve| &curve["learner"]).collect::<Vec<_>>(),
        [&backtest["main"], &backtest["verdict"]["best_baseline"]]
    );
    assert_eq!(curves[0]["roc"].as_array().unwrap().len(), 101);
    let manifest = shop.read("bt/manifest.json");
    assert!(manifest.contains("\"backtest.html\""));

    let again = || {
        let mut command = retain();
        command.current_dir(shop.path("")).args(["report", "bt"]);
        command
    };
    std::fs::remove_file(shop.path("bt/backtest.html")).unwrap();
    again().assert().success().stdout(contains("bt/backtest.html"));
    assert!(shop.read("bt/backtest.html") == page, "the page differs");
    assert_eq!(shop.read("bt/manifest.json"), manifest);
    std::fs::remove_file(shop.path("bt/backtest.json")).unwrap();
    again().assert().code(2).stderr(contains("error[E711]").and(contains("backtest.json")).and(contains("hint:")));
}

/// What stands out in a simulated shop of a seed, after its purchases were changed.
fn found(seed: u64, change: impl Fn(String) -> String) -> Deviations {
    let shop = Shop::simulated_with(1_500, &["--seed", &seed.to_string()]);
    shop.edit("purchases.csv", change);
    let config = Config::from_toml(&shop.read("retain.toml"), &shop.path("retain.toml")).unwrap();
    let loaded = retain::validate::load(&config, Timestamp(i64::MAX)).unwrap().accepted().unwrap();
    let names = loaded.dictionaries;
    let log = EventLog::build(loaded.tables, &config.timezone).unwrap();
    let log = log.naming_categories(names.categories).naming_places(names.channels, names.regions);
    let as_of = Cutoff::at_start_of(jiff::civil::date(2025, 7, 2), &config.timezone);
    let rule = ChurnRule::from(&config.churn);
    deviations(&log, DeviationQuestion { rule: &rule, as_of, zone: &config.timezone }).unwrap()
}

/// Takes away what one region bought in the label window, of every second customer.
fn without_islands(text: &str) -> String {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let place = |name: &str| head.iter().position(|own| *own == name).unwrap();
    let (id, at, region) = (place("customer_id"), place("purchased_at"), place("region"));
    let is_lost = |line: &&str| {
        let cells: Vec<&str> = line.split(',').collect();
        let is_late = cells[at] >= "2025-05-01";
        is_late && cells[region] == "islands" && cells[id].ends_with(['0', '2', '4', '6', '8'])
    };
    text.lines().filter(|line| !is_lost(line)).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_bad_region_stands_out_and_shops_without_one_are_quiet() {
    let bad = found(1, |text| without_islands(&text));
    let churn: Vec<_> = bad.found.iter().filter(|one| one.measure == Measure::Churn).collect();
    assert!(!churn.is_empty(), "{bad:?}");
    let islands = churn[0];
    assert_eq!((islands.dimension, islands.name.as_str()), (Dimension::Region, "islands"), "{bad:?}");
    assert!(
        islands.rate_interval[0] > islands.others_rate && islands.n >= bad.least_n && islands.adjusted_p_value <= 0.05
    );
    let quiet = (1..=12).map(|seed| found(seed, |text| text));
    let loud: Vec<Deviations> = quiet.filter(|one| !one.found.is_empty()).collect();
    // One in twenty at most is expected to have a false alarm; three of twelve would be far more.
    assert!(loud.len() <= 2, "{} of 12: {loud:?}", loud.len());
}
