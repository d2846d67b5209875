//! Exports that nobody described: what `init` drafts of them, and what `check` then says, from the command line alone.

use std::path::Path;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::shop::retain;

/// 230 customers with an order in each of twelve months, of one or two lines.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) number: usize,
    pub(super) customer: usize,
    pub(super) month: usize,
}

impl Order {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..2_760).map(|n| Self { number: 50_000 + n, customer: n % 230, month: n / 230 + 1 })
    }

    pub(super) fn day(self) -> String {
        format!("2024-{:02}-{:02}", self.month, self.customer % 28 + 1)
    }

    /// The lines: product and cents.
    fn lines(self) -> Vec<(usize, usize)> {
        (0..=self.number % 2)
            .map(|line| (self.number * 31 % 40 + line, 401 + (self.number * 7_919 + line * 977) % 8_700))
            .collect()
    }

    pub(super) fn cents(self) -> usize {
        self.lines().iter().map(|(_, cents)| cents).sum()
    }
}

pub(super) fn euros(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn total(orders: impl Iterator<Item = Order>) -> String {
    let cents = euros(orders.map(Order::cents).sum());
    let (whole, rest) = cents.split_once('.').unwrap();
    let grouped: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    format!("{}.{rest}", grouped.join(","))
}

/// A folder with files, and the config that `init` drafts of them, with what only a person can know filled in.
pub(super) fn drafted(files: &[(&str, &[u8])], more: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        names.push(*name);
    }
    retain().current_dir(folder.path()).arg("init").args(&names).assert().success();
    let path = folder.path().join("retain.toml");
    let mut config = std::fs::read_to_string(&path).unwrap();
    let usual = [("currency = \"\"", "currency = \"EUR\""), ("horizon_days = 0", "horizon_days = 30")];
    for (from, to) in usual.iter().chain(more) {
        config = config.replace(from, to);
    }
    std::fs::write(&path, &config).unwrap();
    (folder, config)
}

pub(super) fn check(folder: &Path, code: i32, words: &[&str]) {
    let said = retain().current_dir(folder).args(["check", "--as-of", "2025-01-01"]).assert().code(code);
    let output = said.get_output();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for word in words {
        assert!(said.contains(word), "{word} is not said:\n{said}");
    }
}

#[test]
fn lines_and_headers_in_two_files_are_joined_by_the_number_of_the_order() {
    let mut lines = "order_id,sku,quantity,unit_price\n".to_owned();
    let mut headers = "id,customer_id,created_at,status\n".to_owned();
    for order in Order::all() {
        let state = if order.number.is_multiple_of(17) { "cancelled" } else { "shipped" };
        headers.push_str(&format!("{},cus_{},{}T10:00:00Z,{state}\n", order.number, order.customer, order.day()));
        for (product, cents) in order.lines() {
            lines.push_str(&format!("{},p{product},1,{}\n", order.number, euros(cents)));
        }
    }
    for names in [["order_items.csv", "orders.csv"], ["z_lines.csv", "a_orders.csv"]] {
        let files: [(&str, &[u8]); 2] = [(names[1], headers.as_bytes()), (names[0], lines.as_bytes())];
        let (folder, config) = drafted(&files, &[("# filter = ", "filter = ")]);
        assert!(config.contains("key = \"order_id\"\ntheir_key = \"id\"\n"), "{config}");
        check(
            folder.path(),
            0,
            &[&total(Order::all().filter(|order| !order.number.is_multiple_of(17))), "230 customers"],
        );
        // Without the filter somebody says so: the column stands in the other file.
        let without = config.replace("filter = ", "# filter = ");
        std::fs::write(folder.path().join("retain.toml"), without).unwrap();
        check(folder.path(), 0, &["status_not_looked_at", "`cancelled`"]);
    }
}

#[test]
fn an_order_whose_number_stands_on_its_first_line_alone_keeps_its_lines() {
    let mut text = "Order Reference,Order Date,Customer,Status,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price,Total\n".to_owned();
    for order in Order::all() {
        for (place, (product, cents)) in order.lines().into_iter().enumerate() {
            let state = if order.number.is_multiple_of(13) { "Quotation" } else { "Sales Order" };
            let first = format!("S{},{},Firm {} AG,{state}", order.number, order.day(), order.customer);
            let (first, sum) =
                if place == 0 { (first, euros(order.cents())) } else { (",,,".to_owned(), String::new()) };
            text.push_str(&format!("{first},P{product},1,{},{sum}\n", euros(cents)));
        }
    }
    let files: [(&str, &[u8]); 1] = [("sale.order.csv", text.as_bytes())];
    let (folder, config) = drafted(&files, &[("# filter = ", "filter = ")]);
    assert!(config.contains("fill_down = [\"Order Reference\", \"Order Date\", \"Customer\", \"Status\"]"), "{config}");
    let kept = || Order::all().filter(|order| !order.number.is_multiple_of(13));
    check(folder.path(), 0, &[&total(kept()), "230 customers"]);
    // Without it, the lines below are no guests: they are refused with the line that mends it.
    let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("fill_down")).collect();
    std::fs::write(folder.path().join("retain.toml"), without.join("\n")).unwrap();
    check(folder.path(), 3, &["first_line_only", "fill_down = [\"Order Reference\""]);
}

#[test]
fn codes_and_states_that_nobody_knows_are_told() {
    let row = |order: Order| {
        let kind = if order.number.is_multiple_of(29) { "R" } else { "S" };
        format!("{},{},card{},{kind},{}\n", order.number, order.day(), order.customer, euros(order.cents()))
    };
    let text = "Receipt,Date,Card,Type,Value\n".to_owned() + &Order::all().map(row).collect::<String>();
    let (folder, _) = drafted(&[("journal.csv", text.as_bytes())], &[]);
    check(folder.path(), 0, &["unknown_state", "`Type`", "`R`", "is_return"]);
    let known = text.replace(",R,", ",S,");
    let (folder, _) = drafted(&[("journal.csv", known.as_bytes())], &[]);
    let said = retain().current_dir(folder.path()).args(["check", "--as-of", "2025-01-01"]).assert().success();
    assert!(!String::from_utf8_lossy(&said.get_output().stderr).contains("unknown_state"), "one value says nothing");
}

#[test]
fn orders_that_were_never_finished_are_set_aside_by_their_state() {
    let row = |order: Order| {
        let (state, day) =
            if order.number.is_multiple_of(11) { ("QUEUED", String::new()) } else { ("SUCCESS", order.day()) };
        format!("{},{state},{day},c{},{}\n", order.number, order.customer, euros(order.cents()))
    };
    let text = "order id,status,processed at,customer id,total price\n".to_owned()
        + &Order::all().map(row).collect::<String>();
    let (folder, config) = drafted(&[("charges.csv", text.as_bytes())], &[]);
    check(folder.path(), 3, &["rejected_states", "`QUEUED`", "filter = "]);
    let mended =
        config.replace("[purchases.columns]", "filter = \"\\\"status\\\" NOT IN ('QUEUED')\"\n[purchases.columns]");
    let mended = mended.replace("# filter", "# was");
    std::fs::write(folder.path().join("retain.toml"), mended).unwrap();
    check(folder.path(), 0, &[&total(Order::all().filter(|order| !order.number.is_multiple_of(11)))]);
}

#[test]
fn returns_that_name_the_shop_are_told() {
    let mut text = "Transaction ID,Date,From Email Address,Gross\n".to_owned();
    for order in Order::all() {
        text.push_str(&format!(
            "T{},{},c{}@x.com,{}\n",
            order.number,
            order.day(),
            order.customer,
            euros(order.cents())
        ));
        if order.number.is_multiple_of(17) {
            text.push_str(&format!("R{},{},shop@x.com,-{}\n", order.number, order.day(), euros(order.cents())));
        }
    }
    let (folder, config) = drafted(&[("Download.csv", text.as_bytes())], &[]);
    assert!(config.contains("customer_id = 'LOWER(\"From Email Address\")'"), "{config}");
    check(folder.path(), 0, &["lone_returns", "100 % of all that was given back"]);
}

#[test]
fn what_a_name_says_of_its_column_is_used() {
    let row = |order: Order| {
        let discount = if order.number.is_multiple_of(3) { "25%" } else { "0%" };
        format!("{};{};K{};{discount};{}\n", order.number, order.day(), order.customer, euros(order.cents()))
    };
    let text =
        "N° commande;Date;Client;Remise;Montant TTC CHF\n".to_owned() + &Order::all().map(row).collect::<String>();
    let (folder, config) = drafted(&[("commandes.csv", text.as_bytes())], &[]);
    for line in ["currency = \"CHF\"", "order_id = \"N° commande\"", "amount = \"Montant TTC CHF\""] {
        assert!(config.contains(line), "{config}");
    }
    assert!(!config.contains("discount ="), "a per cent is no amount: {config}");
    check(folder.path(), 0, &[&total(Order::all())]);
}

#[test]
fn ids_that_a_spreadsheet_has_shortened_are_named() {
    let row = |order: Order| format!("{},{},1.2346E+13,{}\n", order.number, order.day(), euros(order.cents()));
    let text = "pedido,data_venda,cpf_cnpj,valor_total\n".to_owned() + &Order::all().map(row).collect::<String>();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vendas.csv"), text).unwrap();
    let said = retain().current_dir(folder.path()).args(["init", "vendas.csv"]).assert().code(2);
    said.stderr(contains("`cpf_cnpj` have lost their digits (`1.2346E+13`)"));
}

#[test]
fn the_letters_of_another_alphabet_are_told_by_the_words_they_make() {
    let row = |order: Order| {
        let state = if order.number.is_multiple_of(13) { "Stornováno" } else { "Vyřízeno" };
        let amount = euros(order.cents()).replace('.', ",");
        format!(
            "{};{}. {}. 2024;k{}@x.cz;{state};{amount} Kč\n",
            order.number,
            order.customer % 28 + 1,
            order.month,
            order.customer
        )
    };
    let text = "Kód objednávky;Datum;E-mail zákazníka;Stav;Celkem s DPH\n".to_owned()
        + &Order::all().map(row).collect::<String>();
    let bytes = encoding_rs::WINDOWS_1250.encode(&text).0.into_owned();
    let (folder, config) = drafted(&[("objednavky.csv", &bytes)], &[("# filter = ", "filter = ")]);
    assert!(config.contains("encoding = \"windows-1250\"") && config.contains("currency = \"CZK\""), "{config}");
    check(folder.path(), 0, &[&total(Order::all().filter(|order| !order.number.is_multiple_of(13)))]);
}

#[test]
fn an_order_that_stands_as_a_sum_as_lines_and_as_a_payment_is_counted_once() {
    let mut text = "Date,Receipt number,Line type,Customer code,Sku,Quantity,Total\n".to_owned();
    for order in Order::all() {
        let mut line = |kind: &str, product: &str, cents| {
            let (day, number, customer) = (order.day(), order.number, order.customer);
            text.push_str(&format!("{day},{number},{kind},C{customer},{product},1,{}\n", euros(cents)));
        };
        line("Sale", "", order.cents());
        order.lines().into_iter().for_each(|(product, cents)| line("Sale Line", &format!("P{product}"), cents));
        line("Payment", "", order.cents());
    }
    let (folder, config) = drafted(&[("ledger.csv", text.as_bytes())], &[]);
    let line = r#"filter = "\"Line type\" NOT IN ('Payment', 'Sale')""#;
    check(folder.path(), 3, &["error[counted_twice]", "`Sale Line`", line]);
    let mended = config.replacen("[purchases.columns]", &format!("{line}\n\n[purchases.columns]"), 1);
    std::fs::write(folder.path().join("retain.toml"), mended).unwrap();
    check(folder.path(), 0, &[&total(Order::all()), "230 customers"]);
    // The values that stay are those of purchases, and what another condition takes away is not taken for its kind.
    let of_two = config.replacen(
        "[purchases.columns]",
        &format!("{}\n\n[purchases.columns]", line.replace(")\"", ") AND \\\"Customer code\\\" NOT IN ('C7')\"")),
        1,
    );
    std::fs::write(folder.path().join("retain.toml"), of_two).unwrap();
    let said = retain().current_dir(folder.path()).args(["check", "--as-of", "2025-01-01"]).assert().success();
    let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
    assert!(said.contains("229 customers") && !said.contains("unknown_state"), "{said}");
}

#[test]
fn kinds_of_products_of_one_price_are_counted_as_they_stand() {
    let mut text = "Date,Order,Item type,Customer,Total\n".to_owned();
    for order in Order::all() {
        for kind in ["Bread", "Rolls"].iter().take(order.lines().len().min(2)) {
            let price = if order.number.is_multiple_of(3) { "2.50" } else { "3.10" };
            let price = if *kind == "Bread" { "2.50" } else { price };
            text.push_str(&format!("{},{},{kind},C{},{price}\n", order.day(), order.number, order.customer));
        }
    }
    let (folder, _) = drafted(&[("baker.csv", text.as_bytes())], &[]);
    let said = retain().current_dir(folder.path()).args(["check", "--as-of", "2025-01-01"]).assert().success();
    assert!(!String::from_utf8_lossy(&said.get_output().stderr).contains("counted_twice"));
}

#[test]
fn cyrillic_exports_of_one_byte_a_letter_are_read() {
    let mut text = "Дата;Номер;Код контрагента;Количество;Сумма;Состояние\n".to_owned();
    for order in Order::all() {
        let state = if order.number.is_multiple_of(19) { "Отменен" } else { "Оплачен" };
        let sum = euros(order.cents()).replace('.', ",");
        text.push_str(&format!("{};ТД-{};{:09};1;{sum};{state}\n", order.day(), order.number, order.customer));
    }
    for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::IBM866, encoding_rs::KOI8_U] {
        let bytes = encoding.encode(&text).0.into_owned();
        let (folder, _) = drafted(&[("реализация.csv", &bytes)], &[("# filter = ", "filter = ")]);
        check(folder.path(), 0, &[&total(Order::all().filter(|order| !order.number.is_multiple_of(19)))]);
    }
}

#[test]
fn a_state_is_no_region_and_tables_of_sums_are_named() {
    let row = |order: Order| {
        let state = if order.number.is_multiple_of(7) { "cart" } else { "complete" };
        format!("{}\t{}\t{state}\t{}\t{}\n", order.number, order.customer, order.cents(), order.day())
    };
    let text = "id\tuser_id\tstate\ttotal_cents\tcreated_at\n".to_owned() + &Order::all().map(row).collect::<String>();
    let (folder, config) = drafted(&[("orders.tsv", text.as_bytes())], &[]);
    assert!(!config.contains("region = \"state\"") && config.contains("order_id = \"id\""), "{config}");
    check(folder.path(), 0, &["status_not_looked_at", "`cart`"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wide.csv"), "customer,2024-01,2024-02,2024-03\n1,5,6,7\n2,5,6,7\n").unwrap();
    std::fs::write(folder.path().join("rfm.csv"), "customer_id,frequency,recency\n1,5,6\n2,5,6\n").unwrap();
    for (file, words) in [("wide.csv", "months side by side"), ("rfm.csv", "sums over many purchases")] {
        let said = retain().current_dir(folder.path()).args(["init", file]).assert().code(2);
        let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
        assert!(said.contains(words) && said.contains("one row for each order"), "{said}");
    }
}

/// What a column says of a customer.
type Says = fn(usize) -> &'static str;

#[test]
fn who_unsubscribed_is_left_out_whatever_the_column_is_called() {
    let mut orders = "order_id,customer_id,order_date,total\n".to_owned();
    for order in Order::all() {
        orders.push_str(&format!("{},{},{},{}\n", order.number, order.customer, order.day(), euros(order.cents())));
    }
    let columns: [(&str, Says); 4] = [
        ("unsubscribed_at", |customer| if customer.is_multiple_of(10) { "2024-03-03 10:00" } else { "" }),
        ("accepts_marketing", |customer| if customer.is_multiple_of(10) { "no" } else { "yes" }),
        ("Email status", |customer| if customer.is_multiple_of(10) { "Unsubscribed" } else { "Subscribed" }),
        ("Werbesperre", |customer| if customer.is_multiple_of(10) { "J" } else { "N" }),
    ];
    for (name, says) in columns {
        let mut customers = format!("customer_id,city,{name}\n");
        (0..230).for_each(|customer| customers.push_str(&format!("{customer},Bonn,{}\n", says(customer))));
        let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), ("customers.csv", customers.as_bytes())];
        let (folder, config) = drafted(&files, &[]);
        assert!(config.contains("opted_out = "), "{name}: {config}");
        check(folder.path(), 0, &["230 customers"]);
        // Without it somebody says who is called though they asked not to be.
        let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("opted_out")).collect();
        std::fs::write(folder.path().join("retain.toml"), without.join("\n")).unwrap();
        check(folder.path(), 0, &["consent_not_looked_at", "23 of 230 rows of `customers` say", "opted_out = "]);
    }
}

#[test]
fn days_that_were_never_filled_in_are_no_refusal() {
    let mut orders = "order_id,customer_id,order_date,total\n".to_owned();
    for order in Order::all() {
        orders.push_str(&format!("{},{},{},{}\n", order.number, order.customer, order.day(), euros(order.cents())));
    }
    for nothing in ["0000-00-00", "1900-01-01", "1970-01-01 00:00:00"] {
        let mut customers = "customer_id,city,unsubscribed_at\n".to_owned();
        for customer in 0..230 {
            let day = format!("2024-03-{:02}", customer % 28 + 1);
            let day = if customer % 10 == 0 { day.as_str() } else { nothing };
            customers.push_str(&format!("{customer},Bonn,{day}\n"));
        }
        let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), ("customers.csv", customers.as_bytes())];
        let (folder, config) = drafted(&files, &[]);
        let line = format!("opted_out = '''COALESCE(\"unsubscribed_at\", '') NOT IN ('', '{nothing}')'''");
        assert!(config.contains(&line), "{config}");
        check(folder.path(), 0, &["230 customers"]);
        let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("opted_out")).collect();
        std::fs::write(folder.path().join("retain.toml"), without.join("\n")).unwrap();
        check(folder.path(), 0, &["consent_not_looked_at", "23 of 230 rows of `customers` say", nothing]);
    }
}

#[test]
fn a_day_that_never_comes_and_one_that_nobody_knows_are_refusals() {
    let mut orders = "order_id,customer_id,order_date,total\n".to_owned();
    for order in Order::all() {
        orders.push_str(&format!("{},{},{},{}\n", order.number, order.customer, order.day(), euros(order.cents())));
    }
    for (column, day) in [("opt_out_until", "9999-12-31"), ("unsubscribed_at", "1900-01-01")] {
        let says = |customer: usize| if customer.is_multiple_of(10) { day } else { "" };
        let mut customers = format!("customer_id,city,{column}\n");
        (0..230).for_each(|customer| customers.push_str(&format!("{customer},Bonn,{}\n", says(customer))));
        let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), ("customers.csv", customers.as_bytes())];
        let (_folder, config) = drafted(&files, &[]);
        let line = config.lines().find(|line| line.starts_with("opted_out")).unwrap();
        assert!(line.contains(column) && !line.contains(day), "{line}");
    }
}

#[test]
fn a_payment_beside_its_invoice_is_neither_a_purchase_nor_a_return() {
    for (kinds, sign) in [(["Invoice", "Payment", "Credit Memo"], ""), (["Rechnung", "Zahlung", "Gutschrift"], "-")] {
        let mut text = "Date,Document Type,Document No.,Customer No.,Amount\n".to_owned();
        for order in Order::all() {
            let (day, number, customer, amount) = (order.day(), order.number, order.customer, euros(order.cents()));
            text.push_str(&format!("{day},{},I{number},D{customer},{amount}\n", kinds[0]));
            text.push_str(&format!("{day},{},P{number},D{customer},{sign}{amount}\n", kinds[1]));
            if order.number.is_multiple_of(23) {
                text.push_str(&format!("{day},{},C{number},D{customer},-1.00\n", kinds[2]));
            }
        }
        let (folder, config) = drafted(&[("ledger.csv", text.as_bytes())], &[("# filter = ", "filter = ")]);
        check(folder.path(), 0, &[&format!("({} less 120.00 given back)", total(Order::all())), "230 customers"]);
        std::fs::write(folder.path().join("retain.toml"), config.replace("filter = ", "# filter = ")).unwrap();
        // With a minus they would undo all that was bought: refused, with the same line.
        let code = if sign.is_empty() { 0 } else { 3 };
        check(folder.path(), code, &["status_not_looked_at", &format!("`{}` 2,760", kinds[1]), "NOT IN ("]);
    }
}

#[test]
fn what_an_export_of_orders_says_of_contacts_is_told_with_lines_that_work() {
    let mut orders = "order_id,customer_id,order_date,total,Accepts Marketing\n".to_owned();
    for order in Order::all() {
        let (says, day) = (if order.customer.is_multiple_of(10) { "no" } else { "yes" }, order.day());
        orders.push_str(&format!("{},{},{day},{},{says}\n", order.number, order.customer, euros(order.cents())));
    }
    let (folder, config) = drafted(&[("orders.csv", orders.as_bytes())], &[]);
    check(folder.path(), 0, &["consent_not_looked_at", "276 of 2,760 rows", "add a section `[customers]`"]);
    let line = r#"opted_out = "\"Accepts Marketing\" NOT IN ('', 'yes')""#;
    check(folder.path(), 0, &[line]);
    for opted_out in [line, "opted_out = \"FALSE\""] {
        let section = "[customers]\npath = \"orders.csv\"\n[customers.columns]\ncustomer_id = \"customer_id\"\nvalid_from = \"order_date\"\n";
        std::fs::write(folder.path().join("retain.toml"), format!("{config}\n{section}{opted_out}\n")).unwrap();
        let said = retain().current_dir(folder.path()).args(["check", "--as-of", "2025-01-01"]).assert().success();
        said.stderr(contains("consent_not_looked_at").not());
    }
}
