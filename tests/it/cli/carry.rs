//! What the team needs on the row: columns of the shop's own customers, in a file that the Excel of the country opens.

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

const DAY: &str = "runs/sample/2025-07-02";

/// The sample with a telephone number of each customer, and a note that a spreadsheet would run.
fn shop() -> Shop {
    let shop = Shop::sample();
    let path = shop.path("customers.parquet");
    let phone = lit("+31 6 ") + col("customer_id");
    let customers = LazyFrame::scan_parquet(PlRefPath::try_from_path(&path).unwrap(), ScanArgsParquet::default());
    let customers = customers.unwrap().with_columns([phone.alias("phone"), lit("=1+1").alias("note")]);
    let mut customers = customers.collect().unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut customers).unwrap();
    shop
}

fn with_output(shop: &Shop, config: &str, keys: &str) {
    shop.edit_config(|_| config.replace("[output]\n", &format!("[output]\n{keys}\n")));
}

#[test]
fn columns_of_customers_stand_behind_the_list_and_nowhere_else() {
    let shop = shop();
    let config = shop.read("retain.toml");
    shop.command("train").assert().success();
    with_output(
        &shop,
        &config,
        "carry = [\"phone\", \"note\", \"region\", \"UPPER(region) || '!'\"]\ncsv = \"excel-de\"",
    );
    shop.command("score").arg("--verbose").assert().success().stderr(contains("+31 6").not());
    let list = shop.read(&format!("{DAY}/list.csv"));
    let header = list.lines().next().unwrap();
    assert!(header.starts_with("\u{FEFF}rank;customer_id;expected_net_gain;"), "{header}");
    assert!(header.ends_with(";churn_probability_before;phone;note;region;UPPER(region) || '!'"), "{header}");
    let first: Vec<&str> = list.lines().nth(1).unwrap().split(';').collect();
    assert_eq!(first[first.len() - 4..first.len() - 2], [&*format!("'+31 6 {}", first[1]), "'=1+1"]);
    let (whole, cents) = first[2].split_once(',').unwrap();
    assert!(whole.parse::<u32>().is_ok() && cents.len() == 2, "{}", first[2]);
    let path = PlRefPath::try_from_path(&shop.path(&format!("{DAY}/list.parquet"))).unwrap();
    let parquet = LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().collect().unwrap();
    assert!(parquet.column("expected_loss").unwrap().dtype().is_float());
    assert!(parquet.column("phone").unwrap().str().unwrap().get(0).unwrap().starts_with("+31 6 C"));
    for file in ["manifest.json", "value.json", "timings.json"] {
        assert!(!shop.read(&format!("{DAY}/{file}")).contains("+31 6"), "{file}");
    }

    with_output(&shop, &config, "csv = \"excel\"");
    shop.command("score").assert().success();
    let list = shop.read(&format!("{DAY}/list.csv"));
    assert!(
        list.starts_with("\u{FEFF}rank,customer_id,")
            && list.lines().next().unwrap().ends_with(",churn_probability_before")
    );

    with_output(&shop, &config, "carry = [\"phnoe\"]");
    let said = contains("error[E208]").and(contains("`output.carry`")).and(contains("`phone`"));
    shop.command("score").assert().code(2).stderr(said);
}

#[test]
fn what_is_carried_must_come_from_a_table_of_customers() {
    let shop = shop();
    let config = shop.read("retain.toml");
    with_output(&shop, &config, "carry = [\"phone\", \"phone\"]");
    shop.command("check").assert().code(2).stderr(contains("output.carry"));
    with_output(&shop, &config, "csv = \"excel-fr\"");
    shop.command("check").assert().code(2).stderr(contains("`excel-de`"));
    with_output(&shop, &config, "carry = [\"phone\"]");
    shop.edit_config(|text| {
        let (start, end) = (text.find("[customers]").unwrap(), text.find("[churn]").unwrap());
        [&text[..start], &text[end..]].concat()
    });
    shop.command("check").assert().code(2).stderr(contains("`customers`").and(contains("`output.carry`")));
}
