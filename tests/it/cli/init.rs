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

/// The binary in a shop's folder with `init` and more.
fn init(shop: &Shop, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = crate::shop::retain();
    command.current_dir(shop.path("")).arg("init").args(arguments).assert()
}

#[test]
fn files_are_sorted_by_their_columns_and_a_draft_is_short() {
    let shop = Shop::simulated(400);
    std::fs::remove_file(shop.path("retain.toml")).unwrap();
    let said = predicate::str::contains("purchases from purchases.csv\n")
        .and(predicate::str::contains("complaints from complaints.csv\n"))
        .and(predicate::str::contains("customers from customers.csv\n"));
    init(&shop, &["complaints.csv", "customers.csv", "purchases.csv"]).success().stdout(said);
    assert!(shop.read("retain.toml").lines().count() < 60, "{}", shop.read("retain.toml"));
}

#[test]
fn files_that_cannot_be_purchases_are_asked_about() {
    let shop = Shop::simulated(20);
    std::fs::write(shop.path("churn.csv"), "customerID,tenure,Churn\na,3,No\nb,4,Yes\n").unwrap();
    let said = predicate::str::contains("error[E119]: no file is known to hold purchases:")
        .and(predicate::str::contains(
            "`churn.csv` looks like `customers`; as purchases it has no column for `purchased_at`",
        ))
        .and(predicate::str::contains("hint: say which files hold what"));
    init(&shop, &["churn.csv", "--out", "new.toml"]).code(2).stderr(said);
    init(&shop, &["--out", "new.toml"]).code(2).stderr(predicate::str::contains("none was given"));
    init(&shop, &["--from", "shopfy", "churn.csv"]).code(2).stderr(predicate::str::contains("shopify"));
}

const SHOPIFY: &str =
    "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Currency\n";

#[test]
fn an_export_of_a_known_product_is_recognised_and_its_orders_are_filtered() {
    let shop = Shop::simulated(20);
    let orders = format!(
        "{SHOPIFY}#1,A@x.example,paid,2024-05-01 10:00:00 +0200,1,Mug,5.00,EUR\n#2,b@x.example,voided,2024-05-02 10:00:00 +0200,1,Mug,5.00,EUR\n"
    );
    std::fs::write(shop.path("orders.csv"), orders).unwrap();
    let said = predicate::str::contains("purchases from orders.csv: looks like a Shopify orders export");
    init(&shop, &["orders.csv", "--out", "new.toml"]).success().stdout(said);
    let draft = shop.read("new.toml");
    for line in ["customer_id = 'LOWER(\"Email\")'", "currency = \"EUR\"", "NOT IN ('voided', 'refunded', 'expired')"] {
        assert!(draft.contains(line), "{line}: {draft}");
    }
    init(&shop, &["--from", "csv", "--purchases", "orders.csv", "--out", "plain.toml"]).success();
    assert!(!shop.read("plain.toml").contains("\nfilter = "), "{}", shop.read("plain.toml"));
}
