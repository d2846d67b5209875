//! Features that a shop defines itself, from the config to the list.

use predicates::prelude::*;

use crate::shop::{OWN_FACTS, OWN_FEATURES, Shop, retain};

fn with_own() -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| text + OWN_FEATURES);
    shop
}

#[test]
fn they_stand_in_feature_tables_behind_ours_whatever_the_threads() {
    let shop = with_own();
    shop.edit_config(|text| text + OWN_FACTS);
    let table = |threads: &str, out: &str| {
        let days = ["--threads", threads, "--as-of", "2025-01-01", "2025-02-01", "--out", out];
        shop.command("features").args(days).assert().success();
        std::fs::read(shop.path(out).join("features.parquet")).unwrap()
    };
    assert_eq!(table("1", "one"), table("2", "two"));
    let only = |name: &str| {
        let mut command = shop.command("features");
        command.args(["--out", "few", "--only", name]);
        command.assert()
    };
    only("custom").success().stdout(predicate::str::contains("rows of 9 columns"));
    only("big_order_spend_90d").success().stdout(predicate::str::contains("rows of 3 columns"));
    only("big_order_spend").code(2).stderr(predicate::str::contains("did you mean `big_order_spend_90d`?"));
}

#[test]
fn the_dictionary_lists_them_where_a_config_is_named() {
    let shop = with_own();
    shop.edit_config(|text| text + OWN_FACTS);
    let row = "| `big_order_spend_90d` | custom | amount | 90 days | 0 |  | purchases.customer_id, \
               purchases.purchased_at, `amount`, `amount > 50` | a line from the later of `purchased_at` and \
               `recorded_at` | Sum of `amount` over purchase lines where `amount > 50` in the last 90 days. |";
    let of_today = "| `lives_on_islands` | custom | count | all | 0 |  | customers.customer_id, customers.valid_from, \
                    `region = 'islands'` | a version from the later of `valid_from` and `recorded_at` | 1 if `region = \
                    'islands'` in the customer's row in force at the cutoff, else 0. |";
    let says = predicate::str::contains(row).and(predicate::str::contains(of_today));
    shop.command("features").arg("--describe").assert().success().stdout(says);
    let ours = predicate::str::contains("big_order_spend_90d").not();
    retain().args(["features", "--describe"]).assert().success().stdout(ours);
}

#[test]
fn a_model_scores_only_with_the_features_it_learnt_and_tells_them() {
    let shop = with_own();
    shop.command("train").assert().success();
    shop.edit_config(|text| {
        text.replace("severity >= 2\"", "severity >= 2\"\nreason = \"{value complaint} that hurt\"")
    });
    shop.command("score").args(["--out", "night"]).assert().success();
    let list = shop.read("night/list.csv");
    let customer = list.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    let told =
        shop.command("explain").args(["--customer", &customer, "--json"]).assert().success().get_output().clone();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let features = told["features"].as_array().unwrap();
    // Whether one is a reason depends on what it adds to leaving; what each adds is told in any case.
    for own in ["big_order_spend_90d", "grave_complaints"] {
        assert!(features.iter().any(|feature| feature["name"] == own), "{own}");
    }
    let refused = |from: &str, to: &str, says: &str| {
        let before = shop.read("retain.toml");
        shop.edit_config(|text| text.replace(from, to));
        let said = predicate::str::contains("error[E311]").and(predicate::str::contains(says));
        shop.command("score").assert().code(1).stderr(said);
        std::fs::write(shop.path("retain.toml"), before).unwrap();
    };
    refused("amount > 50", "amount > 60", "`big_order_spend_90d` is defined otherwise in the config");
    refused("big_order_spend_90d", "large_spend", "`big_order_spend_90d` is missing in the data\n");
}

#[test]
fn what_is_wrong_with_them_is_reported_before_anything_is_read() {
    let shop = with_own();
    shop.edit_config(|text| {
        let text = text.replace("name = \"grave_complaints\"", "name = \"recency_days\"").replacen(
            "\"last\"",
            "\"latest\"",
            1,
        );
        text.replace("purchases.parquet", "nowhere.parquet")
    });
    let says = [
        "error[E102]: 2 entries of the config cannot be used",
        "`features.custom.recency_days.name` cannot be used: `recency_days` is a feature",
        "`features.custom.last_channel.aggregate` must be one of",
        "the nearest known is `last`",
    ];
    let mut assert = shop.command("check").assert().code(2);
    for part in says {
        assert = assert.stderr(predicate::str::contains(part));
    }
}
