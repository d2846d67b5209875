//! Lookups: rows that have their customer, day or status in other files, whole and in parts.

use std::fmt::Write;

use polars::prelude::*;
use predicates::prelude::*;

use crate::shop::Shop;

const CONFIG: &str = r#"
name = "shop"
currency = "EUR"
[churn]
horizon_days = 30
[purchases]
path = "purchases.csv"
filter = "status <> 'cancelled'"
[purchases.columns]
customer_id = "person"
order_id = "order_id"
purchased_at = "day"
amount = "price * factor"
[purchases.lookup.orders]
path = "orders.csv"
key = "order_id"
their_key = "number"
columns = { buyer = "customer", status = "status", day = "day" }
[purchases.lookup.customers]
path = ["customers_1.csv", "customers_2.csv"]
key = "buyer"
their_key = "LOWER(customer)"
columns = ["person", "factor"]
"#;

/// Lines of orders; who ordered stands in a second file, which person that is in a third.
fn shop() -> Shop {
    let mut lines = "order_id,price\n".to_owned();
    let mut orders = "number,customer,status,day\n".to_owned();
    let mut customers = ["customer,person,factor\n".to_owned(), "customer,person,factor\n".to_owned()];
    for order in 0..900_u32 {
        let (person, day) = (order % 250, order / 10);
        writeln!(lines, "{order},10\n{order},2.50").unwrap();
        let status = if order % 9 == 0 { "cancelled" } else { "done" };
        let day = format!("2024-{:02}-{:02}", day / 28 + 1, day % 28 + 1);
        writeln!(orders, "{order}.0,c{order},{status},{day}").unwrap();
        writeln!(customers[usize::from(order > 400)], "C{order},P{person},2").unwrap();
    }
    // A row that stands twice and agrees.
    writeln!(orders, "5,c5,done,2024-01-01").unwrap();
    let shop = Shop::of(&lines, CONFIG);
    std::fs::write(shop.path("orders.csv"), orders).unwrap();
    for (number, text) in customers.iter().enumerate() {
        std::fs::write(shop.path(&format!("customers_{}.csv", number + 1)), text).unwrap();
    }
    shop
}

#[test]
fn columns_of_other_files_are_read_in_the_order_written() {
    let account = "purchases: 1,800 rows = 1,600 used (250 customers, 800 orders) + 200 rejected (filter 200)";
    shop().command("check").assert().success().stderr(predicate::str::contains(account));
}

#[test]
fn parts_look_up_what_the_whole_does() {
    let (whole, parts) = (shop(), shop());
    let features = |shop: &Shop, memory: &[&str]| {
        let mut command = shop.command("features");
        command.args(["--as-of", "2024-04-01", "--out", "out"]).args(memory).assert().success();
        let file = std::fs::File::open(shop.path("out/features.parquet")).unwrap();
        ParquetReader::new(file).finish().unwrap()
    };
    let whole = features(&whole, &[]);
    assert!(whole.height() == 250 && whole.equals_missing(&features(&parts, &["--memory", "200KiB"])));
}

#[test]
fn rows_that_find_nothing_are_counted_and_named() {
    let shop = shop();
    shop.edit("orders.csv", |text| {
        text.lines().filter(|line| !line.starts_with("70")).map(|line| line.to_owned() + "\n").collect()
    });
    let said =
        predicate::str::contains("warning[not_looked_up]: 22 rows of `purchases` find no key in the lookup `orders`")
            .and(predicate::str::contains("e.g. `700`, `701`, `70`"));
    shop.command("check").assert().stderr(said);
}

#[test]
fn a_key_that_says_two_things_and_one_that_finds_nothing_are_refused() {
    let twice = shop();
    twice.edit("orders.csv", |text| text + "5,c6,done,2024-01-01\n");
    let said = predicate::str::contains("error[E237]: `purchases.lookup.orders` has 1 keys")
        .and(predicate::str::contains("`5`"));
    twice.command("check").assert().code(3).stderr(said);
    let other = shop();
    other.edit_config(|text| text.replace("LOWER(customer)", "customer"));
    let said = predicate::str::contains("error[E238]: none of the 1800 rows of `purchases`")
        .and(predicate::str::contains("keys like `c0`"))
        .and(predicate::str::contains("keys like `C0`"));
    other.command("check").assert().code(3).stderr(said);
}

#[test]
fn what_is_wrong_with_a_lookup_is_said_with_its_key() {
    let refused = |from: &str, to: &str, says: &str| {
        let shop = shop();
        shop.edit_config(|text| text.replace(from, to));
        shop.command("check").assert().code(2).stderr(predicate::str::contains(says));
    };
    refused(
        "day = \"day\" }",
        "price = \"day\" }",
        "error[E236]: `purchases.lookup.orders.columns` gives a column `price`",
    );
    refused("key = \"order_id\"\n", "", "`purchases.lookup.orders.key` is missing");
    refused(
        "their_key = \"number\"",
        "thier_key = \"number\"",
        "the nearest known key is `purchases.lookup.orders.their_key`",
    );
    refused("their_key = \"number\"", "their_key = \"nmber\"", "did you mean `number`?");
    refused("lookup.orders]", "lookup.\"two words\"]", "`purchases.lookup.two words` must be at most 60 of a-z");
    refused("[\"person\", \"factor\"]", "3", "`purchases.lookup.customers.columns` must be a list of columns");
    refused("\"orders.csv\"", "\"order.csv\"", "`order.csv`, given as `purchases.path`, does not exist");
}

#[test]
fn functions_that_others_have_are_answered_with_ours_and_sub_queries_with_a_lookup() {
    let refused = |expression: &str, says: &str| {
        let shop = shop();
        shop.edit_config(|text| text.replace("\"price * factor\"", &format!("{expression:?}")));
        let key = predicate::str::contains("`purchases.columns.amount = ");
        shop.command("check").assert().code(2).stderr(key.and(predicate::str::contains(says)));
    };
    refused("REGEXP_EXTRACT(price, '[0-9]+', 0)", "hint: write `SPLIT_PART(");
    refused("NVL(price, 0)", "hint: write `COALESCE(");
    refused("(SELECT factor FROM customers)", "hint: what another file knows about a row comes by a lookup");
}
