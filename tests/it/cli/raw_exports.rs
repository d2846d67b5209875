//! Raw exports that changed between two nights: what would be read wrongly is refused or warned about with its cause, whole and
//! in parts.

use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::{Shop, retain};

/// A config of tables with the lines of an order, with more in its sections.
fn config(amount: &str, section: &str, validate: &str) -> String {
    format!(
        "name = 'shop'\ncurrency = 'EUR'\nas_of = 2024-12-31\n[purchases]\npath = 'purchases*.csv'\n{section}\n[purchases.columns]\n\
         customer_id = 'customer'\norder_id = 'order'\npurchased_at = 'at'\namount = '{amount}'\n[churn]\nhorizon_days = 30\n\
         [validate]\n{validate}\n[output]\ndir = 'runs'\n"
    )
}

/// A line of an order: 250 customers with an order in each of twelve months.
#[derive(Clone, Copy)]
struct Line {
    n: usize,
    customer: usize,
    month: usize,
    /// The amount in cents, of goods between three and ninety euros.
    cents: usize,
}

impl Line {
    fn all() -> impl Iterator<Item = Self> {
        (0..3_000).map(|n| {
            let (customer, month) = (n % 250, n / 250 + 1);
            Self { n, customer, month, cents: 301 + n * 7_919 % 8_700 }
        })
    }

    fn euros(self) -> String {
        format!("{}.{:02}", self.cents / 100, self.cents % 100)
    }

    fn day(self) -> String {
        format!("2024-{:02}-{:02}", self.month, self.customer % 28 + 1)
    }

    fn tax(self) -> String {
        let tax = self.cents * 19 / 119;
        format!("{}.{:02}", tax / 100, tax % 100)
    }
}

const HEAD: &str = "order,customer,at,amount,Tax,Status\n";

/// Lines as a file has them, with cells that may be other than usual.
fn file(lines: impl Iterator<Item = Line>, cells: impl Fn(Line) -> [String; 3]) -> String {
    let row = |line: Line| {
        let [order, amount, state] = cells(line);
        format!("{order},c{},{},\"{amount}\",{},{state}\n", line.customer, line.day(), line.tax())
    };
    HEAD.to_owned() + &lines.map(row).collect::<String>()
}

fn order(line: Line) -> String {
    format!("O{}", line.n)
}

fn usual(line: Line) -> [String; 3] {
    [order(line), line.euros(), "paid".to_owned()]
}

/// Two files, of which the second, with the last quarter, is written by `cells`.
fn two_files(cells: impl Fn(Line) -> [String; 3], config: &str) -> Shop {
    let shop = Shop::of(&file(Line::all().filter(|line| line.month < 10), usual), config);
    let second = file(Line::all().filter(|line| line.month >= 10), cells);
    std::fs::write(shop.path("purchases_q4.csv"), second).unwrap();
    shop
}

/// One file, written by `cells`.
fn one_file(cells: impl Fn(Line) -> [String; 3], config: &str) -> Shop {
    Shop::of(&file(Line::all(), cells), config)
}

fn saying(shop: &Shop, code: i32, words: &[&str]) {
    let mut said = shop.command("check").assert().code(code);
    for word in words {
        said = said.stderr(contains(*word));
    }
}

/// A command that reads the shop in parts says the same of it.
fn saying_in_parts(shop: &Shop, code: i32, words: &[&str]) {
    let mut command = shop.command("features");
    command.args(["--as-of", "2024-10-01", "--memory", "300KiB", "--out", "parts"]);
    let mut said = command.assert().code(code);
    for word in words {
        said = said.stderr(contains(*word));
    }
}

/// What `check` says was bought.
fn bought(shop: &Shop, words: &str) {
    shop.command("check").assert().success().stdout(contains(words.to_owned()));
}

fn not_saying(shop: &Shop, words: &[&str]) {
    let mut said = shop.command("check").assert().success();
    for word in words {
        said = said.stderr(contains(*word).not());
    }
}

const ACCEPT: &str = "whole_amounts = 'accept'";

#[test]
fn one_file_in_cents_beside_others_is_refused_by_its_name() {
    let cents = |line: Line| [order(line), line.cents.to_string(), "paid".to_owned()];
    let told = [
        "purchases_q4.csv` seems to be in cents: all 750 amounts in it are whole numbers",
        "write `whole_amounts = \"accept\"` in `[validate]`",
    ];
    let shop = two_files(cents, &config("amount", "", ""));
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
    not_saying(&two_files(cents, &config("amount", "", ACCEPT)), &["file_in_cents", "whole_amounts"]);
    // Goods of round prices in one file are nothing to be told of.
    let round = |line: Line| [order(line), format!("{}.00", line.cents / 100 + 1), "paid".to_owned()];
    not_saying(&two_files(round, &config("amount", "", "")), &["file_in_cents", "whole_amounts"]);
}

#[test]
fn whole_files_in_cents_are_refused_where_another_column_has_cents_and_else_doubted() {
    let cents = |line: Line| [order(line), line.cents.to_string(), "paid".to_owned()];
    let told = [
        "error[whole_amounts]: all 3,000 amounts are whole numbers",
        "while `Tax` of the same rows has cents",
        "`amount = \"\\\"amount\\\" / 100\"` in `[purchases.columns]`",
    ];
    let shop = one_file(cents, &config("amount", "", ""));
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
    not_saying(&one_file(cents, &config("\"amount\" / 100", "", "")), &["whole_amounts"]);
    let alone = one_file(cents, &config("amount", "", ""));
    alone.edit("purchases.csv", |text| text.replace(",Tax,", ",Points,"));
    let doubt = "warning[whole_amounts]: all 3,000 amounts are whole numbers, half of them above";
    saying(&alone, 0, &[doubt, "though EUR has cents"]);
    alone.edit_config(|_| config("amount", "", ACCEPT));
    not_saying(&alone, &["whole_amounts"]);
    not_saying(&one_file(usual, &config("amount", "", "")), &["whole_amounts"]);
}

#[test]
fn numbers_of_documents_as_amounts_are_refused() {
    let exchanged = |line: Line| [line.euros(), format!("{}", 90_000_000 + line.n), "paid".to_owned()];
    let told = [
        "error[amounts_like_numbers]: all 3,000 amounts are whole numbers of one length, from 90000000.00 EUR",
        "error[decimal_order_id]: 3,000 purchases have an `order_id` with decimals",
        "were `order_id` and `amount` exchanged",
    ];
    let shop = one_file(exchanged, &config("amount", "", ""));
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
}

#[test]
fn a_state_that_nobody_knew_is_told_with_its_share() {
    let states = |line: Line| {
        let state = match line.n % 20 {
            0 => "parked",
            1 => "Chargeback",
            2 => "void",
            _ => "paid",
        };
        [order(line), line.euros(), state.to_owned()]
    };
    let filter = "filter = \"Status NOT IN ('void')\"";
    let told = [
        "warning[unknown_state]: 300 purchases have a value in `Status` that neither the filter nor the mapping names, some of \
         which mean no purchase, and are used: `Chargeback` 150 (5.3 %), `parked` 150 (5.3 %)",
        "`filter = \"(Status NOT IN ('void')) AND COALESCE(\\\"Status\\\", '') NOT IN ('Chargeback', 'parked')\"` in `[purchases]`",
        "`known_values = [\"Chargeback\", \"parked\"]`",
    ];
    let shop = one_file(states, &config("amount", filter, ""));
    saying(&shop, 0, &told);
    saying_in_parts(&shop, 0, &told);
    let known = format!("{filter}\nknown_values = ['parked', 'Chargeback']");
    not_saying(&one_file(states, &config("amount", &known, "")), &["unknown_state"]);
    // A filter that names what counts sets others aside.
    let positive = one_file(states, &config("amount", "filter = \"LOWER(Status) IN ('paid')\"", ""));
    let told =
        "150 rows are set aside by the filter for a value in `Status` that it does not name: `parked` 150 (5.0 %)";
    saying(&positive, 0, &[told]);
    saying_in_parts(&positive, 0, &[told]);
    not_saying(&one_file(usual, &config("amount", filter, "")), &["unknown_state"]);
    // What is compared and is no state says nothing.
    let places = one_file(usual, &config("amount", "filter = \"customer NOT IN ('c3')\"", ""));
    not_saying(&places, &["unknown_state"]);
}

#[test]
fn states_that_are_empty_under_a_filter_are_told_with_their_share() {
    let states = |of: usize| {
        move |line: Line| {
            let state = if line.n.is_multiple_of(of) { "" } else { "paid" };
            [order(line), line.euros(), state.to_owned()]
        }
    };
    let config = config("amount", "filter = \"Status IN ('paid')\"", "");
    let told = "600 rows are set aside by the filter because `Status` is empty (20.0 % of the rows)";
    let shop = one_file(states(5), &config);
    saying(&shop, 0, &[told]);
    saying_in_parts(&shop, 0, &[told]);
    not_saying(&one_file(states(500), &config), &["is empty"]);
}

#[test]
fn a_point_between_thousands_in_one_file_is_refused_with_both_readings() {
    let whole = |line: Line| {
        let amount = line.cents / 5;
        let amount = if amount < 1_000 { amount.to_string() } else { format!("1.{:03}", amount % 1_000) };
        [order(line), amount, "paid".to_owned()]
    };
    let told = [
        "error[numbers_of_file]: 345 of 750 values in `amount` of `",
        "purchases_q4.csv` are written like `1.674`: by the other files, which write a point before decimals, it is 1.674, and by \
         this file alone 1674",
        "write `decimal = \".\"` in `[purchases]`",
    ];
    let shop = two_files(whole, &config("amount", "", ""));
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
    not_saying(&two_files(usual, &config("amount", "", "")), &["numbers_of_file"]);
    let comma = |line: Line| [order(line), line.euros().replace('.', ","), "paid".to_owned()];
    let mixed = two_files(comma, &config("amount", "", ""));
    saying(&mixed, 3, &["error[mixed_decimal_marks]", "purchases_q4.csv` among them"]);
}

#[test]
fn credit_notes_without_a_minus_are_told_with_the_line_that_makes_them_returns() {
    let numbers = |line: Line| {
        let letters = if line.n % 16 == 3 { "CN-" } else { "INV-" };
        [format!("{letters}{:06}", line.n), line.euros(), "paid".to_owned()]
    };
    let told = [
        "warning[credit_notes_bought]: 188 of 3,000 purchases (6.3 %) have a number like a credit note or a return, and a positive \
         amount",
        "`CN-000003`",
        "`is_return = \"starts_with(\\\"order\\\", 'CN')\"` in `[purchases.columns]`",
    ];
    let shop = one_file(numbers, &config("amount", "", ""));
    saying(&shop, 0, &told);
    saying_in_parts(&shop, 0, &told);
    shop.edit_config(|text| {
        text.replace("order_id = 'order'", "order_id = 'order'\nis_return = \"starts_with(\\\"order\\\", 'CN')\"")
    });
    bought(&shop, "in 2,812 orders");
    not_saying(&shop, &["credit_notes_bought"]);
    let other = |line: Line| [format!("CN{:06}", line.n), line.euros(), "paid".to_owned()];
    not_saying(&one_file(other, &config("amount", "", "")), &["credit_notes_bought"]);
}

#[test]
fn numbers_of_orders_that_are_empty_are_told_with_what_they_take_along() {
    let some = |line: Line| {
        let order = if line.n % 10 < 3 { String::new() } else { order(line) };
        [order, line.euros(), "paid".to_owned()]
    };
    let told = "warning[empty_order_id]: 900 of 3,000 purchases (30.0 %) have no `order_id`";
    let shop = one_file(some, &config("amount", "", ""));
    saying(&shop, 0, &[told]);
    saying_in_parts(&shop, 0, &[told]);
    // Where the state of an order stands in another file, such rows find none, and the filter cannot judge them.
    let lookup = "filter = \"state <> 'void'\"\n[purchases.lookup.orders]\npath = 'orders.csv'\nkey = 'order'\ncolumns = ['state']";
    let shop = one_file(some, &config("amount", lookup, ""));
    let orders: String =
        Line::all().map(|line| order(line) + if line.n == 4 { ",void\n" } else { ",paid\n" }).collect();
    std::fs::write(shop.path("orders.csv"), "order,state\n".to_owned() + &orders).unwrap();
    let told = [
        "warning[no_lookup_key]: 900 rows of `purchases` have an empty key for the lookup `orders`, and find nothing there",
        "901 rejected (not looked up 900, filter 1)",
        "error[filter_not_looked_up]: 900 rows of 2,999 are rejected, because `purchases.filter` asks for a column of a lookup",
    ];
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
}

/// A draft of files in a folder of their own.
fn drafted(files: &[(&str, &[u8])], code: i32, words: &[&str]) -> Shop {
    let shop = Shop::of("", "");
    std::fs::remove_file(shop.path("purchases.csv")).unwrap();
    for (name, bytes) in files {
        std::fs::write(shop.path(name), bytes).unwrap();
    }
    let names = files.iter().map(|(name, _)| *name);
    let mut command = retain();
    command.current_dir(shop.path(".")).arg("inspect").args(names).args(["--out", "retain.toml", "--force"]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    shop
}

/// A list of billing documents of SAP, in which each sixteenth is a credit note.
fn sap(kind: &str) -> String {
    let line = |line: Line| {
        let kind = match line.n % 16 {
            3 => "G2",
            5 => kind,
            _ => "F2",
        };
        format!("9{:07};{kind};{};K{};{};\n", line.n, line.day(), line.customer, line.euros().replace('.', ","))
    };
    "Faktura;FkArt;Fakturadatum;Auftraggeber;Nettowert;Storniert\n".to_owned()
        + &Line::all().map(line).collect::<String>()
}

#[test]
fn credit_notes_of_sap_are_returns_and_an_unknown_kind_is_told_by_inspect() {
    let shop = drafted(&[("list.csv", sap("F2").as_bytes())], 0, &["looks like a list of billing documents of SAP"]);
    assert!(shop.read("retain.toml").contains("is_return = "), "{}", shop.read("retain.toml"));
    shop.edit_config(|text| {
        text.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 30")
    });
    bought(&shop, "in 2,812 orders");
    let told = "warning[unknown_state]: 188 purchases have a value in `FkArt` that neither the filter nor the mapping names, and are \
                used: `ZX9` 188 (6.3 %)";
    drafted(&[("list.csv", sap("ZX9").as_bytes())], 0, &[told]);
}

#[test]
fn kinds_of_documents_that_give_back_are_told_with_both_lines() {
    let kinds = |line: Line| {
        let kind = if line.n % 16 == 3 { "Credit note" } else { "Invoice" };
        [order(line), line.euros(), kind.to_owned()]
    };
    let told = [
        "warning[status_not_looked_at]: 188 of 3,000 purchases that are used (6.3 %) are none by their `Status`: `Credit note` 188",
        "`is_return = \"\\\"Status\\\" IN ('Credit note')\"` in `[purchases.columns]`",
    ];
    saying(&one_file(kinds, &config("amount", "", "")), 0, &told);
}

#[test]
fn ids_with_an_exponent_are_named_as_such_before_what_follows_from_them() {
    let shop = one_file(usual, &config("amount", "", ""));
    shop.edit("purchases.csv", |text| text.replace(",c1", ",1.00E+05,").replace("05,", "05"));
    saying(&shop, 3, &["error[scientific_ids]: ", "e.g. `1.00E+05"]);
}

#[test]
fn all_that_is_wrong_with_a_mapping_is_told_in_one_round() {
    let shop = one_file(usual, &config("amuont", "filter = \"Sttus = 'paid'\"", ""));
    shop.edit_config(|text| text.replace("'customer'", "'custmer'"));
    let told = [
        "error[E208]: `purchases.columns.customer_id` reads column `custmer`",
        "`purchases.columns.amount` reads column `amuont`, which is not there either",
        "`purchases.filter` reads column `Sttus`, which is not there either",
        "did you mean `customer`?; did you mean `amount`?; did you mean `Status`?",
    ];
    saying(&shop, 2, &told);
    let two = two_files(usual, &config("amount", "", ""));
    two.edit("purchases_q4.csv", |text| text.replace("order,customer,at,amount", "nr,customer,at,betrag"));
    saying(
        &two,
        2,
        &["reads column `amount`, which `", "purchases_q4.csv` does not have", "`purchases.columns.order_id` reads"],
    );
    let more = two_files(usual, &config("amount", "", ""));
    more.edit("purchases_q4.csv", |text| text.replace(",Status", ",State"));
    let told = "recommendation[columns_of_some_files]: 2 columns stand in some of the files alone";
    saying(&more, 0, &[told, "`State, not in "]);
    saying_in_parts(&more, 0, &[told]);
}

#[test]
fn a_wrong_delimiter_or_encoding_is_told_by_what_the_file_looks_like() {
    let shop = one_file(usual, &config("amount", "delimiter = 'tab'", ""));
    saying(&shop, 2, &["error[E208]", "hint: the file looks separated by `,`"]);
    let shop = one_file(usual, &config("amount", "encoding = 'utf-16le'", ""));
    saying(&shop, 3, &["error[E205]: ", "purchases.csv` is not a UTF-16 file", "hint: leave `encoding` out"]);
}

#[test]
fn texts_that_an_expression_reckons_with_are_named_with_a_value() {
    let shop = one_file(usual, &config("Status * 2", "", ""));
    let said =
        contains("error[E209]").and(contains("it reckons with numbers, and `Status` holds texts such as `paid`"));
    shop.command("check").assert().code(2).stderr(said.and(contains("\u{0}").not()).and(contains("number`").not()));
}

#[test]
fn files_without_times_or_amounts_are_told_in_a_sentence() {
    let orders = "order_id,user_id,order_number,order_dow\n1,1,1,6\n2,1,2,3\n3,2,1,4\n";
    let products = "order_id,product_id,reordered\n1,24,1\n1,25,0\n2,24,1\n";
    let told = [
        "No file has a column that is known for the time of a purchase, nor for its amount",
        "not used: order_products.csv, which has no column for",
    ];
    drafted(&[("orders.csv", orders.as_bytes()), ("order_products.csv", products.as_bytes())], 0, &told);
}

#[test]
fn a_column_of_zones_and_one_of_currencies_are_taken_for_the_draft() {
    let row = |line: Line| {
        let currency = if line.n.is_multiple_of(10) { "GBP" } else { "EUR" };
        format!(
            "{},c{},{},{},{currency},Eastern Time (US & Canada)\n",
            order(line),
            line.customer,
            line.day(),
            line.euros()
        )
    };
    let text =
        "order_id,customer_id,date,amount,currency,Time Zone\n".to_owned() + &Line::all().map(row).collect::<String>();
    let shop = drafted(&[("orders.csv", text.as_bytes())], 0, &["not in EUR, that of the config: GBP (300)"]);
    assert!(shop.read("retain.toml").contains("\ntimezone = \"America/New_York\"  # the only one in"));
}

/// The file was written by the Python package `xlwt`: no library of ours writes the old format.
#[test]
fn an_old_spreadsheet_is_read_as_others_are() {
    let shop = Shop::of("", "");
    std::fs::write(shop.path("orders.xls"), include_bytes!("orders.xls")).unwrap();
    shop.edit_config(|_| {
        "name = 'shop'\ncurrency = 'EUR'\nas_of = 2024-09-01\n[purchases]\npath = 'orders.xls'\n[purchases.columns]\norder_id = \
         'Beleg'\ncustomer_id = 'Kunde'\npurchased_at = 'Datum'\namount = 'Betrag'\n[churn]\nhorizon_days = 30\n[validate]\n\
         min_customers = 1\n[output]\ndir = 'runs'\n"
            .to_owned()
    });
    saying(&shop, 0, &["purchases: 96 rows = 96 used (12 customers, 96 orders)"]);
    bought(&shop, "bought by 12 customers in 96 orders: EUR 787.00");
}

/// Lines of products that a second file gives the cost of a piece of.
fn with_costs(costs: &str, cost: &str) -> Shop {
    let lookup = "[purchases.lookup.products]\npath = 'products.csv'\nkey = 'Status'\ntheir_key = 'product'\ncolumns = ['piece']";
    let products = |line: Line| [order(line), line.euros(), format!("p{}", line.n % 4)];
    let shop = one_file(products, &config("amount", lookup, ""));
    shop.edit_config(|text| text.replace("amount = 'amount'", &format!("amount = 'amount'\ncost = '{cost}'")));
    std::fs::write(shop.path("products.csv"), format!("product,piece\n{costs}")).unwrap();
    shop
}

#[test]
fn costs_are_looked_up_by_product_and_those_that_cannot_be_are_told() {
    let all = with_costs("p0,1.50\np1,-1.50\np2,1\np3,2\n", "piece");
    saying(&all, 0, &["recommendation[negative_cost]: 750 purchases have a negative `cost`"]);
    not_saying(&all, &["no_cost", "cost_above_amount"]);
    let some = with_costs("p0,50.00\np1,1.50\np2,1\n", "piece");
    let told = ["warning[no_cost]: 750 of 3,000 purchases have no `cost`", "warning[cost_above_amount]: "];
    saying(&some, 0, &told);
    saying_in_parts(&some, 0, &told);
    let cents = with_costs("p0,150\np1,150\np2,100\np3,200\n", "piece");
    saying(&cents, 3, &["error[cost_above_amount]: 3,000 of 3,000 purchases have a `cost` above their `amount`"]);
}
