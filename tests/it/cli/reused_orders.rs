//! Shops whose order numbers start again: one number far apart in time is two orders.

use std::fs::File;

use polars::prelude::*;
use predicates::prelude::*;

use crate::shop::Shop;

/// A shop of 300 customers who each bought twice under one number, 29 and then 400 days apart.
fn shop() -> Shop {
    let shop = Shop::sample();
    let mut text = "id,nr,at,amount,back\n".to_owned();
    for customer in 0..300 {
        for (number, at, amount, back) in [
            ("A", "2024-01-01", 10, "no"),
            ("A", "2024-01-30", 20, "no"),
            ("A", "2025-03-05", 40, "no"),
            ("B", "2024-06-01", 5, "no"),
            ("B", "2025-06-01", -5, "yes"),
        ] {
            text.push_str(&format!("c{customer},{number}{customer},{at},{amount},{back}\n"));
        }
    }
    std::fs::write(shop.path("lines.csv"), text).unwrap();
    shop.edit_config(|_| {
        "name = \"tills\"\ncurrency = \"EUR\"\n[purchases]\npath = \"lines.csv\"\n[purchases.columns]\n\
         customer_id = \"id\"\norder_id = \"nr\"\npurchased_at = \"at\"\namount = \"amount\"\nis_return = \"back\"\n\
         [churn]\nhorizon_days = 60\nactive_days = 180\n[output]\ndir = \"runs\"\n"
            .to_owned()
    });
    shop
}

#[test]
fn a_number_far_apart_is_two_orders_and_is_reported() {
    let shop = shop();
    for (out, more) in [("whole", &[][..]), ("parts", &["--memory", "1MiB"])] {
        let told = predicate::str::contains("1,500 used (300 customers, 900 orders)").and(predicate::str::contains(
            "warning[reused_order]: 300 order numbers stand again with the same customer more than 30 days later",
        ));
        let mut command = shop.command("features");
        command.args(["--as-of", "2025-06-15", "2024-02-15", "--out", out]).args(more).assert().success().stderr(told);
        let table = ParquetReader::new(File::open(shop.path(out).join("features.parquet")).unwrap()).finish().unwrap();
        assert_eq!(table.height(), 600);
        let column = |name: &str| -> Vec<f64> {
            let column = table.column(name).unwrap().cast(&DataType::Float64).unwrap();
            column.f64().unwrap().iter().map(|value| value.unwrap()).collect()
        };
        // Before the number came again there is one order, 29 days apart or not.
        // In the end the order that was given back is none.
        assert_eq!(column("orders_all_count")[..2], [1.0, 2.0]);
        assert_eq!(column("net_spend_all_amount")[..2], [30.0, 70.0]);
        assert_eq!(column("order_max_amount")[..2], [30.0, 40.0]);
    }
}
