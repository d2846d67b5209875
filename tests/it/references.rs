//! Commands that need no shop.

use predicates::prelude::*;

use crate::shop::retain;

#[test]
fn simulate_writes_the_same_tables_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    let simulate = |name: &str, seed: &str| {
        let out = folder.path().join(name);
        retain().args(["simulate", "--customers", "60", "--seed", seed, "--out"]).arg(&out).assert().success();
        ["purchases", "complaints", "customers", "truth"]
            .map(|table| std::fs::read(out.join(format!("{table}.csv"))).unwrap())
    };
    let first = simulate("a", "7");
    assert_eq!(first, simulate("b", "7"));
    assert_ne!(first, simulate("c", "8"));
    let purchases = String::from_utf8(first[0].clone()).unwrap();
    assert!(purchases.starts_with("customer_id,order_id,purchased_at,"), "{}", purchases.lines().next().unwrap());
}

#[test]
fn bad_parameters_are_refused_with_the_exit_code_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    retain()
        .args(["simulate", "--days", "0", "--out"])
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("error[E801]"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    retain()
        .args(["simulate", "--customers", "50", "--out", "/dev/null/shop"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("error[E708]: cannot write to the folder `/dev/null/shop`"));
}

#[test]
fn the_references_go_to_standard_output() {
    let dictionary = predicate::str::contains("| `overdue_ratio` | cadence |");
    retain().args(["features", "--describe"]).assert().success().stdout(dictionary);
    retain().arg("config-reference").assert().success().stdout(predicate::str::contains("horizon_days"));
}
