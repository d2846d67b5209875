//! Exports of further systems, from the command line alone: what is drafted of them, and what `check` then says.

use super::drafted_exports::{Order, check, drafted, euros};

const ALL: &str = "bought by 230 customers in 2,760 orders";

/// A file with a line for each order.
fn file(header: &str, line: impl Fn(Order) -> String) -> String {
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(Order::all().map(line)).collect();
    lines.join("\n") + "\n"
}

/// The config with the proposed filter, or the choice that is proposed, taken.
fn take(folder: &std::path::Path, config: &str, key: &str) {
    std::fs::write(folder.join("retain.toml"), config.replace(&format!("# {key} = "), &format!("{key} = "))).unwrap();
}

#[test]
fn sums_and_lines_are_told_apart_where_the_filter_names_one_kind_alone() {
    let mut text = "Date,Receipt number,Line type,Customer code,Total\n".to_owned();
    for order in Order::all() {
        let mut line = |kind: &str, cents| {
            let (day, number, customer) = (order.day(), order.number, order.customer);
            text.push_str(&format!("{day},{number},{kind},C{customer},{}\n", euros(cents)));
        };
        line("Sale", order.cents());
        line("Sale Line", order.cents() / 2);
        line("Sale Line", order.cents() - order.cents() / 2);
        line("Payment", order.cents());
    }
    let (folder, config) = drafted(&[("till.csv", text.as_bytes())], &[]);
    assert!(config.contains("# filter = \"\\\"Line type\\\" NOT IN ('Payment')\""), "{config}");
    take(folder.path(), &config, "filter");
    check(folder.path(), 3, &["error[counted_twice]", "2,760 of 2,760 orders", "NOT IN ('Sale')"]);
}

#[test]
fn events_of_one_purchase_are_counted_once_though_no_order_has_a_number() {
    let mut text = "event_id,event_name,datetime,profile_id,value\n".to_owned();
    for order in Order::all() {
        let (n, at, customer) = (order.number, format!("{}T10:00:00+00:00", order.day()), order.customer);
        text.push_str(&format!("p{n},Placed Order,{at},K{customer},{}\n", euros(order.cents())));
        text.push_str(&format!("a{n},Ordered Product,{at},K{customer},{}\n", euros(order.cents() / 2)));
        text.push_str(&format!("b{n},Ordered Product,{at},K{customer},{}\n", euros(order.cents() - order.cents() / 2)));
        if n.is_multiple_of(20) {
            text.push_str(&format!("c{n},Cancelled Order,{at},K{customer},{}\n", euros(order.cents())));
        }
    }
    let (folder, config) = drafted(&[("events.csv", text.as_bytes())], &[("# customer_id = ", "customer_id = ")]);
    take(folder.path(), &config, "filter");
    check(folder.path(), 3, &["error[counted_twice]", "2,760 of 2,760 visits", "NOT IN ('Placed Order')"]);
}

#[test]
fn totals_on_first_lines_alone_are_told_with_the_lines_that_share_them_out() {
    let mut text = "Order Number,Buyer Username,Item Title,Quantity,Total Price,Sale Date\n".to_owned();
    for order in Order::all() {
        let (n, customer, day) = (order.number, order.customer, order.day());
        text.push_str(&format!("{n},u{customer},,,{},{day}\n", euros(order.cents())));
        (0..2).for_each(|line| text.push_str(&format!("{n},u{customer},Mug {line},1,,{day}\n")));
    }
    let (folder, config) = drafted(&[("sold.csv", text.as_bytes())], &[]);
    let lines = ["fill_down = [\"Total Price\"]", "amount_is = \"order\""];
    check(folder.path(), 3, &["error[first_line_only]", lines[0], lines[1]]);
    let mended = config.replacen("[purchases.columns]", &format!("{}\n\n[purchases.columns]", lines.join("\n")), 1);
    std::fs::write(folder.path().join("retain.toml"), mended).unwrap();
    let all = euros(Order::all().map(Order::cents).sum());
    check(folder.path(), 0, &[ALL, all.split_once('.').unwrap().1]);
}

#[test]
fn flags_of_the_newest_orders_and_days_to_come_set_nothing_aside() {
    let is_new = |order: Order| order.month == 12 && order.customer % 28 > 13;
    for (column, new, old) in
        [("completed", "no", "yes"), ("can_be_cancelled", "yes", "no"), ("Cancel by", "2025-01-05", "")]
    {
        let line = |order: Order| {
            let flag = if is_new(order) { new } else { old };
            format!("{},C{},{},{},{flag}", order.number, order.customer, order.day(), euros(order.cents()))
        };
        let header = format!("order_no,customer_no,order_date,total,{column}");
        let (folder, config) = drafted(&[("orders.csv", file(&header, line).as_bytes())], &[]);
        assert!(!config.contains("filter = "), "{column}: {config}");
        let said = crate::shop::retain().current_dir(folder.path()).args(["check", "--as-of", "2025-01-01"]).assert();
        let said = String::from_utf8_lossy(&said.success().get_output().stderr).into_owned();
        assert!(said.contains(ALL) && !said.contains("status_not_looked_at"), "{column}: {said}");
    }
    // Who cancelled an order is named where it was cancelled.
    let line = |order: Order| {
        let by = if order.number.is_multiple_of(20) { "shop" } else { "" };
        format!("{},C{},{},{},{by}", order.number, order.customer, order.day(), euros(order.cents()))
    };
    let header = "order_no,customer_no,order_date,total,Cancelled by";
    let (_folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    assert!(config.contains("# filter = "), "{config}");
}

#[test]
fn a_refusal_whose_day_nobody_knows_is_told_where_nothing_looks_at_it() {
    let orders = file("order_no,customer_no,order_date,total", |order| {
        format!("{},C{},{},{}", order.number, order.customer, order.day(), euros(order.cents()))
    });
    for (other, said) in [("", "23 of 230 rows"), ("2024-05-01", "207 of 230 rows")] {
        let mut customers = "customer_no,unsubscribed_at\n".to_owned();
        for customer in 0..230 {
            let day = if customer % 10 == 0 { "1900-01-01" } else { other };
            customers.push_str(&format!("C{customer},{day}\n"));
        }
        let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), ("customers.csv", customers.as_bytes())];
        let (folder, config) = drafted(&files, &[]);
        let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("opted_out")).collect();
        std::fs::write(folder.path().join("retain.toml"), without.join("\n")).unwrap();
        check(folder.path(), 0, &["warning[consent_not_looked_at]", said]);
    }
}

#[test]
fn equal_payments_of_one_order_on_days_far_apart_are_told_with_both_readings() {
    let mut text = "order_id,customer_id,paid_at,amount\n".to_owned();
    for order in Order::all() {
        let months = if order.number.is_multiple_of(3) && order.month < 11 { 3 } else { 1 };
        for month in 0..months {
            let day = format!("2024-{:02}-{:02}", order.month + month, order.customer % 28 + 1);
            let (n, customer, cents) = (order.number, order.customer, order.cents() / months);
            text.push_str(&format!("{n},C{customer},{day},{}\n", euros(cents)));
        }
    }
    let (folder, config) = drafted(&[("payments.csv", text.as_bytes())], &[]);
    check(folder.path(), 3, &["error[order_totals]", "payments of it in parts", "`amount_is = \"line\"`"]);
    let mended = config.replacen("[purchases.columns]", "amount_is = \"line\"\n\n[purchases.columns]", 1);
    std::fs::write(folder.path().join("retain.toml"), mended).unwrap();
    check(folder.path(), 0, &["the data may be used", "bought by 230 customers"]);
}

#[test]
fn postings_of_a_ledger_by_a_written_config_are_refused_or_warned_about() {
    let mut text = "Date,Piece,Account,Partner,Debit,Credit\n".to_owned();
    for order in Order::all() {
        let (n, day, customer, cents) = (order.number, order.day(), order.customer, order.cents());
        let (gross, net, tax) = (euros(cents), euros(cents - cents / 6), euros(cents / 6));
        for (account, debit, credit) in [("411", gross.as_str(), "0"), ("707", "0", &net), ("445", "0", &tax)] {
            text.push_str(&format!("{day},VE{n},{account},C{customer},{debit},{credit}\n"));
        }
    }
    let (folder, config) = drafted(&[("orders.csv", b"order,customer,date,total\n1,C1,2024-01-01,5.00\n")], &[]);
    std::fs::write(folder.path().join("ledger.csv"), text).unwrap();
    let head = config.split("[purchases]").next().unwrap();
    for (amount, code, word) in [
        ("Debit - Credit", 3, "error[negative_turnover]: hardly anything is left of the turnover"),
        ("Debit", 0, "warning[zero_amount]"),
    ] {
        let config = format!(
            "{head}[purchases]\npath = \"ledger.csv\"\n[purchases.columns]\ncustomer_id = \"Partner\"\npurchased_at = \"Date\"\n\
             order_id = \"Piece\"\namount = \"{amount}\"\n[churn]\nhorizon_days = 30\n"
        );
        std::fs::write(folder.path().join("retain.toml"), config).unwrap();
        check(folder.path(), code, &[word]);
    }
}
