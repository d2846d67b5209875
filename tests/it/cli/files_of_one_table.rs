//! A file for each month: exports whose columns were renamed on the way, and lists of files that nobody has added to.

use std::path::Path;

use super::monthly_orders::{Order, check, saying};
use crate::shop::retain;

/// A file for each month; from September on customers are called by `renamed`.
fn months(renamed: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for month in 1..=12 {
        let customer = if month < 9 { "customer_id" } else { renamed };
        let orders = Order::all().filter(|order| order.month == month);
        let lines: Vec<String> = orders
            .map(|order| format!("{},{},{},{}", order.number, order.customer, order.day(), order.euros()))
            .collect();
        let name = format!("orders_2024-{month:02}.csv");
        let text = format!("order_id,{customer},order_date,amount\n{}\n", lines.join("\n"));
        std::fs::write(folder.path().join(&name), text).unwrap();
        names.push(name);
    }
    (folder, names)
}

fn init(folder: &Path, names: &[String]) -> (String, String) {
    let said = retain().current_dir(folder).arg("init").args(names).assert().success();
    let output = said.get_output();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let config = std::fs::read_to_string(folder.join("retain.toml")).unwrap();
    let config =
        config.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 30");
    std::fs::write(folder.join("retain.toml"), &config).unwrap();
    (said, config)
}

fn edit(folder: &Path, from: &str, to: &str) {
    let config = std::fs::read_to_string(folder.join("retain.toml")).unwrap();
    assert!(config.contains(from), "{from}: {config}");
    std::fs::write(folder.join("retain.toml"), config.replace(from, to)).unwrap();
}

#[test]
fn a_column_that_was_renamed_on_the_way_is_read_from_both() {
    let (folder, names) = months("customer_no");
    let (said, config) = init(folder.path(), &names);
    assert!(!said.contains("not used"), "{said}");
    assert!(config.contains("customer_id = 'COALESCE(\"customer_id\", \"customer_no\")'"), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    // The name of either alone is refused with the line that mends it.
    edit(folder.path(), "'COALESCE(\"customer_id\", \"customer_no\")'", "\"customer_no\"");
    let refused = check(folder.path(), 2);
    assert!(refused.contains("`orders_2024-01.csv` does not have"), "{refused}");
    assert!(refused.contains("`orders_2024-09.csv` has it; if `customer_id` is the same here"), "{refused}");
    edit(folder.path(), "\"customer_no\"", "'''COALESCE(\"customer_no\", \"customer_id\")'''");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
}

#[test]
fn a_column_that_is_read_alone_must_stand_in_every_file() {
    let (folder, names) = months("customer_no");
    init(folder.path(), &names);
    edit(folder.path(), "[purchases]\n", "[purchases]\nfilter = \"customer_no <> '7'\"\n");
    let refused = check(folder.path(), 2);
    assert!(refused.contains("`purchases.filter` reads column `customer_no`"), "{refused}");
}

#[test]
fn files_of_other_columns_are_named_with_the_column() {
    let (folder, names) = months("customer_id");
    for month in 9..=12 {
        let path = folder.path().join(format!("orders_2024-{month:02}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("amount", "total", 1)).unwrap();
    }
    let (said, config) = init(folder.path(), &names);
    let words =
        "not used: orders_2024-09.csv, which has no column `amount`, which `orders_2024-01.csv` has, but `total`";
    assert!(said.contains(words), "{said}");
    assert!(!config.contains("orders_2024-09.csv"), "{config}");
    let told = [
        "warning[files_left_out]: 4 files lie beside those of `path`, called like them, and are not read, e.g. \
         `orders_2024-09.csv`",
        "give a pattern such as `orders_*-*.csv`",
    ];
    // A shop that ends in August is refused on top of it.
    saying(folder.path(), 3, &told);
}

#[test]
fn files_that_are_older_and_smaller_than_those_named_are_no_matter() {
    let (folder, names) = months("customer_id");
    std::fs::write(folder.path().join("orders_2023-12.csv"), "order_id,customer_id,order_date,amount\n").unwrap();
    init(folder.path(), &names);
    assert!(!check(folder.path(), 0).contains("files_left_out"));
}

#[test]
fn how_one_of_two_files_is_written_is_not_put_down_for_both() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, head: &str, line: &dyn Fn(Order) -> String, is_in: fn(usize) -> bool| {
        let lines: Vec<String> = Order::all().filter(|order| is_in(order.month)).map(line).collect();
        std::fs::write(folder.path().join(name), format!("{head}\n{}\n", lines.join("\n"))).unwrap();
    };
    let shop = |order: Order| format!("{},{},{},paid,{}", order.number, order.customer, order.day(), order.euros());
    write("a.csv", "order_id,customer_id,order_date,status,amount", &shop, |month| month < 9);
    let desk = |order: Order| shop(order).replace("paid", "bezahlt").replace(',', ";").replace('.', ",");
    write("b.csv", "order_id;customer_id;order_date;status;amount", &desk, |month| month > 8);
    let (_, config) = init(folder.path(), &["a.csv".to_owned(), "b.csv".to_owned()]);
    assert!(!config.contains("\ndelimiter") && !config.contains("\ndecimal"), "{config}");
    let refused = check(folder.path(), 3);
    assert!(refused.contains("error[mixed_decimal_marks]"), "{refused}");
    assert!(!refused.contains("never finished"), "those who paid have finished: {refused}");
}

#[test]
fn returns_in_a_file_of_their_own_are_read_with_the_orders() {
    let folder = tempfile::tempdir().unwrap();
    let line = |order: Order| format!("{},{},{},{}", order.number, order.customer, order.day(), order.euros());
    let orders: Vec<String> = Order::all().map(line).collect();
    std::fs::write(
        folder.path().join("a.csv"),
        format!("order_id,customer_id,ordered_at,total\n{}\n", orders.join("\n")),
    )
    .unwrap();
    let line = |order: Order| format!("{},{},{},{},ok", order.number, order.customer, order.day(), order.euros());
    let returns: Vec<String> = Order::all().filter(|order| order.number % 20 == 0).map(line).collect();
    let turned_down = "50001,2,2024-02-01,1.00,rejected";
    let returns =
        format!("order_id,customer_id,returned_at,refund,state_of_return\n{}\n{turned_down}\n", returns.join("\n"));
    std::fs::write(folder.path().join("returns.csv"), returns).unwrap();
    let (said, _) = init(folder.path(), &["a.csv".to_owned(), "returns.csv".to_owned()]);
    let way_in = [
        "it seems to hold what was given back",
        "`amount = 'COALESCE(\"total\", 0 - \"refund\")'`",
        "`purchased_at = 'COALESCE(\"ordered_at\", \"returned_at\")'`",
    ];
    assert!(way_in.iter().all(|words| said.contains(words)), "{said}");
    let config = "name = \"shop\"\ncurrency = \"EUR\"\n[purchases]\npath = [\"a.csv\", \"returns.csv\"]\n\
                  filter = \"COALESCE(state_of_return, order_id) <> 'rejected'\"\n[purchases.columns]\ncustomer_id = \"customer_id\"\n\
                  order_id = \"order_id\"\npurchased_at = \"COALESCE(ordered_at, returned_at)\"\n\
                  amount = \"COALESCE(total, 0 - refund)\"\n[churn]\nhorizon_days = 30\n";
    std::fs::write(folder.path().join("retain.toml"), config).unwrap();
    let cents = |every: usize| Order::all().filter(|order| order.number % every == 0).map(Order::cents).sum::<usize>();
    let euros = |cents: usize| format!("{},{:03}.{:02}", cents / 100_000, cents / 100 % 1000, cents % 100);
    let told =
        format!("EUR {} ({} less {} given back)", euros(cents(1) - cents(20)), euros(cents(1)), euros(cents(20)));
    saying(folder.path(), 0, &["3,024 used", "(filter 1)", &told]);
}
