//! A shop that does not fit into the memory it may take gives the same feature table part by part.

use std::fs::File;

use polars::prelude::*;
use predicates::prelude::*;

use crate::shop::{OWN_FACTS, OWN_FEATURES, Shop};

const DAYS: [&str; 4] = ["--as-of", "2025-01-01", "2025-04-01", "2025-07-01"];

/// The sample with purchases as text: repeated rows, rows without a customer, amounts and times that are none, and lines
/// of too many fields, at the start, in between and at the end.
fn messy() -> Shop {
    let shop = Shop::sample();
    let mut purchases = ParquetReader::new(File::open(shop.path("purchases.parquet")).unwrap()).finish().unwrap();
    let mut text = Vec::new();
    CsvWriter::new(&mut text).with_datetime_format(Some("%Y-%m-%dT%H:%M:%SZ".into())).finish(&mut purchases).unwrap();
    let text = String::from_utf8(text).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let n_fields = header.split(',').count();
    let broken = vec!["x"; n_fields + 3].join(",");
    let mut lines = vec![header.to_owned(), broken.clone()];
    for (number, row) in rows.lines().enumerate() {
        lines.push(row.to_owned());
        let changed = |name: &str, value: &str| -> String {
            let place = header.split(',').position(|column| column == name).unwrap();
            let fields = row.split(',').enumerate();
            fields.map(|(at, field)| if at == place { value } else { field }).collect::<Vec<_>>().join(",")
        };
        match number % 1_000 {
            17 => lines.push(row.to_owned()),
            170 => lines.push(changed("customer_id", "")),
            370 => lines.push(changed("amount", "much")),
            570 => lines.push(changed("purchased_at", "yesterday")),
            770 => lines.push(broken.clone()),
            _ => {}
        }
    }
    lines.push(broken);
    std::fs::write(shop.path("purchases.csv"), lines.join("\n") + "\n").unwrap();
    shop.edit_config(|text| text.replace("purchases.parquet", "purchases.csv"));
    shop
}

fn table(shop: &Shop, out: &str, more: &[&str]) -> DataFrame {
    shop.command("features").args(DAYS).args(["--out", out]).args(more).assert().success();
    ParquetReader::new(File::open(shop.path(out).join("features.parquet")).unwrap()).finish().unwrap()
}

#[test]
fn tables_in_memory_give_the_table_that_files_give() {
    use retain::config::{Config, Table};
    use retain::kernel::{Wanted, features};
    use retain::timeline::Cutoff;

    let shop = Shop::sample();
    shop.edit_config(|text| text + OWN_FEATURES + OWN_FACTS);
    let written = table(&shop, "whole", &[]);
    let path = shop.path("retain.toml");
    // Paths are not looked at.
    let text = shop.read("retain.toml").replace(".parquet\"", ".nowhere\"");
    let config = Config::from_toml_beside(&text, &path, &retain::features::is_taken).unwrap();
    let frame = |name: &str| ParquetReader::new(File::open(shop.path(name)).unwrap()).finish().unwrap();
    let tables = [
        (Table::Purchases, frame("purchases.parquet")),
        (Table::Complaints, frame("complaints.parquet")),
        (Table::Customers, frame("customers.parquet")),
    ];
    let cutoffs: Vec<Cutoff> =
        DAYS[1..].iter().map(|day| Cutoff::at_start_of(day.parse().unwrap(), &config.timezone)).collect();
    let now = retain::units::Timestamp(1_751_436_000_000_000);
    let made = features(&config, &tables, Wanted { cutoffs: &cutoffs, only: &[], now }).unwrap();
    assert!(written.equals_missing(&made), "{made:?}");
    let none = features(&config, &tables[1..], Wanted { cutoffs: &cutoffs, only: &[], now }).unwrap_err();
    assert!(none.to_string().contains("columns in memory"), "{none}");
}

fn accounts(shop: &Shop, out: &str) -> serde_json::Value {
    let manifest: serde_json::Value = serde_json::from_str(&shop.read(&format!("{out}/manifest.json"))).unwrap();
    manifest["accounts"].clone()
}

fn rejects(shop: &Shop, out: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        shop.read(&format!("{out}/rejects_purchases.csv")).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn parts_give_the_same_table_account_and_rejects_as_the_whole() {
    let shop = messy();
    shop.edit_config(|text| text + OWN_FEATURES + OWN_FACTS);
    let whole = table(&shop, "whole", &[]);
    let parts = table(&shop, "parts", &["--memory", "1MiB"]);
    assert!(whole.height() > 2_000, "{}", whole.height());
    assert!(whole.equals_missing(&parts), "the tables differ");
    assert_eq!(accounts(&shop, "whole"), accounts(&shop, "parts"));
    let (all, by_parts) = (rejects(&shop, "whole"), rejects(&shop, "parts"));
    assert!(all.len() > 50 && all == by_parts, "{} {}", all.len(), by_parts.len());
    assert_eq!(shop.unfinished(), Vec::<std::path::PathBuf>::new(), "no part is left behind");
}

#[test]
fn orders_of_customers_of_two_parts_and_rows_without_ids_are_reported_as_by_the_whole() {
    let shop = messy();
    shop.edit("purchases.csv", |text| {
        let (header, rows) = text.split_once('\n').unwrap();
        let place = |name: &str| header.split(',').position(|column| column == name).unwrap();
        let (customer, order) = (place("customer_id"), place("order_id"));
        let row = |(number, row): (usize, &str)| {
            let mut fields: Vec<&str> = row.split(',').collect();
            match number % 5_000 {
                100 | 4_100 => fields[order] = "shared",
                200 | 4_200 | 4_300 => fields[order] = "also",
                30 | 1_500 => (fields[customer], fields[order]) = ("", ""),
                _ => {}
            }
            fields.join(",")
        };
        let rows: Vec<String> = rows.lines().enumerate().map(row).collect();
        format!("{header}\n{}\n", rows.join("\n"))
    });
    table(&shop, "whole", &[]);
    table(&shop, "parts", &["--memory", "1MiB"]);
    assert_eq!(accounts(&shop, "whole"), accounts(&shop, "parts"));
    let told = |out: &str, rule: &str| {
        let manifest: serde_json::Value = serde_json::from_str(&shop.read(&format!("{out}/manifest.json"))).unwrap();
        let finding = manifest["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule).cloned();
        finding.unwrap()
    };
    for rule in ["shared_order", "missing"] {
        let (whole, parts) = (told("whole", rule), told("parts", rule));
        assert_eq!(whole["count"], parts["count"], "{rule}");
        let sorted = |finding: &serde_json::Value| {
            let mut examples: Vec<String> =
                finding["examples"].as_array().unwrap().iter().map(ToString::to_string).collect();
            examples.sort();
            examples
        };
        assert_eq!(sorted(&whole), sorted(&parts), "{rule}");
    }
    assert_eq!(told("parts", "shared_order")["count"], 2);
    assert!(told("parts", "missing")["examples"].to_string().contains("\"row "), "{}", told("parts", "missing"));
}

#[test]
fn what_fits_is_not_dealt_out_and_a_wrong_size_is_named() {
    let shop = Shop::sample();
    let whole = table(&shop, "whole", &[]);
    assert!(whole.equals_missing(&table(&shop, "roomy", &["--memory", "1GiB"])));
    let wrong = predicate::str::contains("is no size of memory");
    shop.command("features").args(["--memory", "6"]).assert().code(2).stderr(wrong);
}

#[test]
fn data_that_may_not_be_used_are_refused_in_parts_too() {
    let shop = Shop::sample();
    shop.edit_config(|text| text.replace("[validate]\n", "[validate]\nmin_customers = 5000\n"));
    let refused = predicate::str::contains("too_few_customers");
    shop.command("features").args(["--memory", "1MiB"]).assert().code(3).stderr(refused);
}
