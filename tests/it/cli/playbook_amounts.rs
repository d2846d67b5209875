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

/// A yen has no hundredths: neither the summary nor `explain` shows any.
#[test]
fn amounts_have_the_decimals_of_their_currency() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| {
        let text = text.replace("currency = \"EUR\"", "currency = \"JPY\"");
        text.replace("amount = \"amount\"", "amount = \"ROUND(CAST(amount AS DOUBLE) * 200)\"") + QUICK
    });
    let run = shop.command("run").args(["--out", "out"]).assert().success();
    let said = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let (first, _) = actions(&shop, "out/list.csv").pop_first().unwrap();
    let explain = shop.command("explain").args(["--customer", &first]).assert().success();
    let explained = String::from_utf8(explain.get_output().stdout.clone()).unwrap();
    let orders = explained.split_once("orders, the latest first").unwrap().1;
    // What stands behind the code of the currency, and the columns of amounts in the first rows.
    let behind =
        |text: &str| text.split("JPY ").skip(1).any(|rest| rest.split_whitespace().next().is_some_and(is_fraction));
    assert!(!behind(&said) && !behind(orders), "{said}");
    let top = said.lines().skip_while(|line| !line.contains("at stake")).skip(1).take_while(|line| !line.is_empty());
    let amounts = top.filter(|line| line.contains(" % ")).filter_map(|line| line.split(" % ").nth(1));
    assert!(!amounts.flat_map(str::split_whitespace).any(is_fraction), "{said}");
    assert!(said.contains("JPY 200 for 1") && orders.contains("JPY "));
}

/// Whether a word is a number with decimals.
fn is_fraction(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.']);
    word.contains('.') && word.replace(',', "").parse::<f64>().is_ok()
}
