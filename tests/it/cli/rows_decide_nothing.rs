//! What is decided about the shop as a whole does not depend on whether a row happens to be there today.

use predicates::prelude::*;

use crate::shop::Shop;

/// A simulated shop that maps no flag of returns and has had none so far.
fn without_returns() -> Shop {
    let shop = Shop::simulated(300);
    shop.edit_config(|text| text.replace("is_return = \"is_return\"\n", ""));
    shop.edit("purchases.csv", |text| {
        text.lines().filter(|line| !line.contains(",true")).fold(String::new(), |text, line| text + line + "\n")
    });
    shop
}

/// Adds a line that gives back what the last one bought.
fn give_back(shop: &Shop) {
    shop.edit("purchases.csv", |text| {
        let place = text.lines().next().unwrap().split(',').position(|column| column == "amount").unwrap();
        let last = text.lines().last().unwrap();
        let cell = |(at, cell): (usize, &str)| if at == place { "-1.50".to_owned() } else { cell.to_owned() };
        let line = last.split(',').enumerate().map(cell).collect::<Vec<_>>().join(",");
        format!("{text}{line}\n")
    });
}

fn columns(shop: &Shop) -> usize {
    let output = shop.command("features").args(["--out", "ft"]).assert().success().get_output().clone();
    let said = String::from_utf8(output.stdout).unwrap();
    said.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
fn the_first_negative_amount_breaks_no_nightly_job() {
    let shop = without_returns();
    shop.command("train").assert().success();
    give_back(&shop);
    let told = predicate::str::contains("negative_amount");
    shop.command("score").args(["--out", "out"]).assert().success().stderr(told);
    assert!(shop.read("out/list.csv").lines().count() > 10);
}

#[test]
fn the_policy_says_whether_there_are_features_of_returns() {
    let shop = without_returns();
    let with = columns(&shop);
    give_back(&shop);
    assert_eq!(columns(&shop), with);
    shop.edit_config(|text| text.replace("[purchases]\n", "[purchases]\nnegative_amounts = \"reject\"\n"));
    let without = columns(&shop);
    assert!(without < with, "{without} {with}");
}
