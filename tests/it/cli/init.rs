//! `retain init`: from files to a config that loads once its blanks are filled in.

use predicates::prelude::*;

use crate::shop::Shop;

#[test]
fn a_drafted_config_runs_once_its_blanks_are_filled_in() {
    let shop = Shop::simulated(400);
    let init = || {
        let mut command = crate::shop::retain();
        command.current_dir(shop.path("")).args(["init", "--purchases", "purchases.csv", "--complaints"]);
        command.args(["complaints.csv", "--customers", "customers.csv", "--out", "draft.toml"]);
        command
    };
    let said = predicate::str::contains("to fill in:").and(predicate::str::contains("currency"));
    init().assert().success().stdout(said);
    init().assert().code(2).stderr(predicate::str::contains("error[E113]: `draft.toml` exists"));
    init().arg("--force").assert().success();
    shop.edit("draft.toml", |text| {
        text.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 60")
    });
    let mut check = crate::shop::retain();
    check.current_dir(shop.path("")).args(["check", "--config", "draft.toml"]);
    check.assert().success().stdout(predicate::str::contains("the data may be used"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut init = crate::shop::retain();
    init.args(["init", "--purchases", "/no/such.csv", "--out", "/no/draft.toml"]);
    init.assert().code(2).stderr(predicate::str::contains("error[E201]: `/no/such.csv`"));
}
