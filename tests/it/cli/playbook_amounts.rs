//! Amounts that come with `retain`, in shops of other currencies than the euro.

use std::collections::BTreeMap;

use predicates::str::contains;

use super::contacts::rows;
use crate::shop::Shop;

const QUICK: &str = "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n";

/// What is recommended to each customer, and what each contact costs.
fn actions(shop: &Shop, out: &str) -> BTreeMap<String, (String, Option<f64>)> {
    let of = |row: &BTreeMap<String, String>| (row["recommended_action"].clone(), row["contact_cost"].parse().ok());
    rows(shop, out).iter().map(|(id, row)| (id.clone(), of(row))).collect()
}

/// Ten times the amounts in a currency of a tenth of the size are the same shop.
#[test]
fn a_shop_in_another_currency_does_the_same_for_its_customers() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text + QUICK);
    shop.command("run").args(["--out", "euro"]).assert().success();
    shop.edit_config(|text| {
        let text = text.replace("currency = \"EUR\"", "currency = \"SEK\"");
        text.replacen("amount = \"amount\"", "amount = \"CAST(amount AS DOUBLE) * 10\"", 1)
    });
    std::fs::remove_dir_all(shop.path("models")).unwrap();
    shop.command("run").args(["--out", "krona"]).assert().success().stdout(contains("SEK 10 for 1"));
    let [euro, krona] = ["euro/list.csv", "krona/list.csv"].map(|out| actions(&shop, out));
    assert!(euro.values().filter(|(_, cost)| cost.is_some()).count() > 3, "{}", euro.len());
    for (id, (action, cost)) in &euro {
        assert_eq!(&krona[id], &(action.clone(), cost.map(|cost| 10.0 * cost)), "{id}");
    }
}
