//! Drafts of configs, from columns to keys.

use std::path::Path;

use super::*;
use crate::config::ConfigError;
use crate::config::found::DraftFile;
use crate::config::found::{FoundKey, Peek, Reading, ValueCount};
use crate::config::proposal::DraftTable;
use crate::config::settings::Config;

fn column((name, dtype, example): &(&str, &str, &str)) -> DraftColumn {
    let (name, dtype, example) = ((*name).to_owned(), (*dtype).to_owned(), (*example).to_owned());
    DraftColumn { name, dtype, example, ..DraftColumn::default() }
}

fn file(path: &str, columns: &[(&str, &str, &str)]) -> DraftFile {
    let columns = columns.iter().map(column).collect();
    DraftFile { path: path.to_owned(), peek: Peek { columns, ..Peek::default() } }
}

fn input(table: Table, columns: &[(&str, &str, &str)]) -> DraftInput {
    let files = vec![file(&format!("{}.csv", table.name()), columns)];
    DraftInput { name: "x".to_owned(), tables: vec![DraftTable { table, files }], ..DraftInput::default() }
}

fn load(text: &str) -> Result<Config, ConfigError> {
    Config::from_toml(text, Path::new("retain.toml"))
}

fn filled(draft: &str) -> String {
    draft.replace("currency = \"\"", "currency = \"GBP\"").replace("horizon_days = 0", "horizon_days = 90")
}

fn purchases_of(columns: &[(&str, &str, &str)]) -> crate::config::TableConfig {
    load(&filled(&draft(&input(Table::Purchases, columns), None))).unwrap().purchases
}

fn mapped(config: &crate::config::TableConfig) -> Vec<(&str, &str)> {
    config.columns.iter().map(|(name, source)| (name.as_str(), source.as_str())).collect()
}

const ONLINE_RETAIL: &[(&str, &str, &str)] = &[
    ("Invoice", "str", "489434"),
    ("StockCode", "str", "85048"),
    ("Description", "str", "15CM CHRISTMAS LIGHTS"),
    ("Quantity", "i64", "12"),
    ("InvoiceDate", "datetime[ms]", "2009-12-01 07:45:00"),
    ("Price", "f64", "6.95"),
    ("Customer ID", "f64", "13085.0"),
    ("Country", "str", "United Kingdom"),
];

#[test]
fn online_retail_is_mapped_whole() {
    let table = purchases_of(ONLINE_RETAIL);
    let expected = [
        ("amount", "Quantity * Price"),
        ("customer_id", "CAST(CAST(\"Customer ID\" AS BIGINT) AS VARCHAR)"),
        ("order_id", "Invoice"),
        ("product_id", "StockCode"),
        ("purchased_at", "InvoiceDate"),
        ("quantity", "Quantity"),
        ("region", "Country"),
    ];
    assert_eq!(mapped(&table), expected);
}

#[test]
fn an_export_of_a_shop_system_is_known_by_its_columns() {
    let columns = [
        ("Name", "str", "#1001"),
        ("Email", "str", "A@b.example"),
        ("Financial Status", "str", "paid"),
        ("Currency", "str", "GBP"),
        ("Created at", "str", "2021-05-04 10:11:10 +0200"),
        ("Lineitem quantity", "i64", "2"),
        ("Lineitem name", "str", "Mug"),
        ("lineitem price", "f64", "10.0"),
        ("Billing Country", "str", "GB"),
        ("Cancelled at", "str", ""),
    ];
    let mut input = input(Table::Purchases, &columns);
    for column in &mut input.tables[0].files[0].peek.columns {
        column.n_rows = 9;
        column.n_empty = if column.name == "Cancelled at" { 9 } else { 0 };
        if column.name == "Currency" {
            column.values = vec![ValueCount { value: "gbp".to_owned(), rows: 9 }];
        }
    }
    let text = draft(&input, None);
    for line in ["# `purchases.csv` looks like a Shopify orders export.\n", "currency = \"GBP\"  # the only one in"] {
        assert!(text.contains(line), "{text}");
    }
    let table = load(&filled(&text)).unwrap().purchases;
    let expected = [
        ("amount", "\"Lineitem quantity\" * \"lineitem price\""),
        ("customer_id", "LOWER(\"Email\")"),
        ("order_id", "Name"),
        ("product_id", "Lineitem name"),
        ("purchased_at", "Created at"),
        ("quantity", "Lineitem quantity"),
        ("region", "Billing Country"),
    ];
    assert_eq!(mapped(&table), expected);
    let filter = table.filter.unwrap();
    assert!(filter.starts_with("\"Financial Status\" NOT IN ('voided'") && !filter.contains("Cancelled"), "{filter}");
    assert!(text.lines().count() < 35, "short: {text}");
}

#[test]
fn cents_and_clocks_in_columns_of_their_own_are_put_together() {
    let columns = [
        ("DATUM", "str", "20241101"),
        ("ZEIT", "str", "905"),
        ("BON_NR", "str", "1"),
        ("KARTEN_NR", "str", "2600100001023"),
        ("UMSATZ_CENT", "str", "112"),
    ];
    let table = purchases_of(&columns);
    let expected = [
        ("amount", "\"UMSATZ_CENT\" / 100"),
        ("customer_id", "KARTEN_NR"),
        ("order_id", "BON_NR"),
        ("purchased_at", "\"DATUM\" || ' ' || LPAD(\"ZEIT\", 4, '0')"),
    ];
    assert_eq!(mapped(&table), expected);
}

#[test]
fn a_number_goes_before_a_name_and_an_empty_column_is_never_mapped() {
    let columns = [
        ("Invoice No", "str", "INV-1"),
        ("Customer No", "str", "1167.0"),
        ("Customer", "str", "Piotr Rossi Ltd"),
        ("Invoice Date", "str", "45597"),
        ("Line Total", "str", "(3,495.10)"),
        ("Category", "str", ""),
    ];
    let mut input = input(Table::Purchases, &columns);
    let empty = &mut input.tables[0].files[0].peek.columns[5];
    (empty.n_rows, empty.n_empty) = (3, 3);
    let table = load(&filled(&draft(&input, None))).unwrap().purchases;
    let expected = [
        ("amount", "Line Total"),
        ("customer_id", "Customer No"),
        ("order_id", "Invoice No"),
        ("purchased_at", "Invoice Date"),
    ];
    assert_eq!(mapped(&table), expected);
}

#[test]
fn customers_of_another_table_are_those_that_buy() {
    let mut input =
        input(Table::Purchases, &[("card", "str", "7"), ("date", "str", "2024-01-01"), ("amount", "str", "1")]);
    let sketch: Vec<u64> = (0..50).collect();
    input.tables[0].files[0].peek.columns[0].name = "customer_id".to_owned();
    input.tables[0].files[0].peek.columns[0].sketch.clone_from(&sketch);
    let tickets = [
        ("Ticket ID", "str", "1"),
        ("Created time", "str", "2024-01-01"),
        ("Resolved time", "str", "2024-01-02"),
        ("Status", "str", "Open"),
        ("Priority", "str", "Low"),
        ("Email", "str", "a@b.example"),
        ("Loyalty card", "str", "7"),
    ];
    let mut complaints = file("tickets.csv", &tickets);
    complaints.peek.columns[5].sketch = vec![90, 91];
    complaints.peek.columns[6].sketch = vec![3, 9, 60];
    input.add(Table::Complaints, complaints);
    assert_eq!(input.proposed_mapping(Table::Complaints)["customer_id"], "Loyalty card");
    assert_eq!(input.looks_like(Table::Complaints), Some("a Freshdesk tickets export"));
}

#[test]
fn the_blanks_of_a_whole_mapping_are_currency_and_horizon() {
    let text = draft(&input(Table::Purchases, ONLINE_RETAIL), None);
    let Err(ConfigError::Violations { violations, .. }) = load(&text) else { panic!("{text}") };
    let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
    assert_eq!(keys, ["currency", "churn.horizon_days"]);
}

#[test]
fn a_proposal_is_put_in_with_its_reason_and_without_days_the_horizon_stays_blank() {
    let draft = |days| {
        let churn = DraftChurn { days, why: "the gaps say so".to_owned() };
        draft(&input(Table::Purchases, ONLINE_RETAIL), Some(&churn))
    };
    let text = draft(Some((Days(60), Days(365)))).replace("currency = \"\"", "currency = \"GBP\"");
    let config = load(&text).unwrap();
    assert_eq!((config.churn.horizon_days, config.churn.active_days), (Days(60), Days(365)));
    assert!(text.contains("\n# `retain inspect` says: the gaps say so.\n"), "{text}");
    assert!(draft(None).contains("\nhorizon_days = 0  # fill in"));
}

#[test]
fn what_was_found_is_written_and_what_is_open_is_left_to_a_person() {
    let mut input = input(Table::Purchases, ONLINE_RETAIL);
    let reading = |toml: &str, means: &str| Reading { toml: toml.to_owned(), means: means.to_owned() };
    let format = FoundKey {
        key: "time_format",
        column: Some("InvoiceDate".to_owned()),
        table: None,
        readings: vec![reading("\"%d/%m/%Y\"", "`01/02/2024` is 1 February"), reading("\"%m/%d/%Y\"", "2 January")],
        why: "no day is above 12".to_owned(),
    };
    let filter = FoundKey::settled("filter", "\"Quantity > 0\"", "2 % are below");
    let duplicates = FoundKey::settled("duplicates", "\"keep\"", "why not");
    let elsewhere = FoundKey::settled("negative_amounts", "\"reject\"", "").of_column("Description");
    input.tables[0].files[0].peek.found = vec![format, filter, duplicates, elsewhere];
    let text = draft(&input, None);
    for line in [
        "\n# fill in: choose one, both can be read; no day is above 12.\n",
        "\n# time_format = { purchased_at = \"%m/%d/%Y\" }  # fill in: 2 January\n",
        "\n# filter = \"Quantity > 0\"  # 2 % are below\n",
        "\nduplicates = \"keep\"  # why not\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("negative_amounts"), "nothing reads the column: {text}");
}

#[test]
fn what_cannot_be_guessed_is_left_to_fill_in() {
    let columns = [("who\nis", "str", "a"), ("order_date", "str", "12/1/2010")];
    let text = draft(&input(Table::Purchases, &columns), None);
    assert!(
        text.contains(
            "\n# customer_id = \"\"  # fill in: who bought, required; the source has `who is`, `order_date`\n"
        )
    );
    let Err(ConfigError::Violations { violations, .. }) = load(&filled(&text)) else { panic!("{text}") };
    let keys: Vec<_> = violations.iter().map(|violation| violation.place().key.as_str()).collect();
    assert_eq!(keys, ["purchases.columns.customer_id", "purchases.columns.amount"]);
}

#[test]
fn several_files_share_one_mapping_and_odd_names_survive() {
    let mut input = input(Table::Purchases, ONLINE_RETAIL);
    input.add(Table::Purchases, file("C:\\data\\\"odd\".csv", ONLINE_RETAIL));
    input.name = "../Café \u{2603}".to_owned();
    let config = load(&filled(&draft(&input, None))).unwrap();
    assert_eq!(config.purchases.paths, [Path::new("purchases.csv"), Path::new("C:\\data\\\"odd\".csv")]);
    assert_eq!(config.name, "Caf---");
    assert!(load(&filled(&draft(&DraftInput::default(), None))).is_err());
}
