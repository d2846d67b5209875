//! Costs of the default playbook, in shops of other currencies than the euro.

use predicates::str::contains;

use super::contacts::rows;
use crate::shop::Shop;

#[test]
fn costs_of_the_default_playbook_are_of_the_size_of_the_shops_currency() {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| {
        text.replace("currency = \"EUR\"", "currency = \"SEK\"")
            + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n"
    });
    shop.command("run").args(["--out", "out"]).assert().success().stdout(contains("SEK 10 for 1"));
    let all = rows(&shop, "out/list.csv");
    let costs = |action: &str| -> Vec<String> {
        all.values().filter(|row| row["recommended_action"] == action).map(|row| row["contact_cost"].clone()).collect()
    };
    let [messages, welcomes] = ["personal_message", "welcome"].map(costs);
    assert!(messages.len() + welcomes.len() > 5, "{all:?}");
    assert!(
        messages.iter().all(|cost| cost == "5.00") && welcomes.iter().all(|cost| cost == "2.00"),
        "{messages:?} {welcomes:?}"
    );
}
