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
fn the_only_addresses_are_those_of_the_customers_and_days_may_have_a_comma() {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let line = |order: Order| {
        let day = format!("{} {}, 2024", months[order.month - 1], order.customer % 28 + 1);
        let (n, customer, cents) = (order.number, order.customer, euros(order.cents()));
        format!("{n},\"{day}\",9:{:02}:00 PM,Guest{customer}@Example.com,Anna Weber,Mug,{cents}", order.number % 60)
    };
    let header = "Order number,Date created,Time,Contact email,Billing name,Item,Total";
    let (folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    for line in [
        "customer_id = 'LOWER(\"Contact email\")'  # by its values",
        "purchased_at = '''\"Date created\" || ' ' || \"Time\"'''",
    ] {
        assert!(config.contains(line), "{line}\n{config}");
    }
    check(folder.path(), 0, &[ALL]);
}

#[test]
fn addresses_of_the_people_of_firms_are_left_to_choose() {
    let line = |order: Order| {
        let (firm, person) = (order.customer / 2, order.month % 3);
        format!("{},Firm {firm},p{person}@f{firm}.com,{},{}", order.number, order.day(), euros(order.cents()))
    };
    let header = "Order number,Company,Contact email,Order date,Total";
    let (_folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    assert!(config.contains("# customer_id = "), "{config}");
}

#[test]
fn guests_of_one_id_are_known_by_their_address() {
    let line = |order: Order| {
        let id = if order.customer.is_multiple_of(4) { 0 } else { order.customer + 1_000 };
        format!("{},{id},p{}@x.com,{},{}", order.number, order.customer, order.day(), euros(order.cents()))
    };
    let header = "Order ID,Customer ID,Customer Email,Order Date,Order Total";
    let (folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    assert!(config.contains("customer_id = 'LOWER(\"Customer Email\")'"), "{config}");
    check(folder.path(), 0, &[ALL]);
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
        assert!(
            said.contains("230 customers, 2,760 orders") && !said.contains("status_not_looked_at"),
            "{column}: {said}"
        );
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
fn samples_are_no_purchases() {
    let line = |order: Order| {
        let kind = if order.number.is_multiple_of(20) { "Sample" } else { "Standard" };
        format!("{},C{},{},{},{kind}", order.number, order.customer, order.day(), euros(order.cents()))
    };
    let header = "order_no,customer_no,order_date,total,Order Type";
    let (_folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    assert!(config.contains("# filter = \"\\\"Order Type\\\" NOT IN ('Sample')\""), "{config}");
}

#[test]
fn what_is_left_without_its_tax_may_be_a_cent_off() {
    let line = |order: Order| {
        let net = order.cents();
        let (tax, total) = ((net * 19 + 50) / 100, (net * 119 + usize::from(net.is_multiple_of(7)) * 100) / 100);
        let (n, customer, day) = (order.number, order.customer, order.day());
        format!("{n},C{customer},{day},{},{},{}", euros(net), euros(tax), euros(total))
    };
    let header = "order_no,customer_no,order_date,Net,VAT,Total incl. VAT";
    let (_folder, config) = drafted(&[("orders.csv", file(header, line).as_bytes())], &[]);
    assert!(config.contains("amount = \"Net\""), "{config}");
}

#[test]
fn a_yen_sign_of_shift_jis_is_a_sign_of_money() {
    let line = |order: Order| {
        let day = format!("2024年{}月{}日 8時07分", order.month, order.customer % 28 + 1);
        let (whole, rest) = (order.cents() / 1_000 + 1, order.cents() % 1_000);
        let state = if order.number.is_multiple_of(20) { "返品" } else { "完了" };
        format!("{},会員{},{day},\"\\{whole},{rest:03}\",\\500,{state}", order.number, order.customer)
    };
    // As it is after decoding.
    let text = file("受注番号,会員番号,受注日時,商品合計,送料,受注ステータス", line);
    let (folder, config) = drafted(&[("orders.csv", text.as_bytes())], &[]);
    assert!(config.contains("amount = \"商品合計\"") && config.contains("currency = \"JPY\""), "{config}");
    assert!(config.contains("NOT IN ('返品')") && !config.contains("is_return = "), "{config}");
    check(folder.path(), 0, &[ALL]);
}

#[test]
fn fields_of_sap_and_tickets_with_numbers_of_customers_need_no_choice() {
    let line = |order: Order| {
        let day = order.day().replace('-', "");
        format!("{},{:08},{day},{}", order.number, order.customer + 20_000, euros(order.cents()))
    };
    let tickets = file("Ticket ID,Subject,Status,Priority,Created time,Resolved time,Customer number", |order| {
        let (n, day) = (order.number, order.day());
        format!("{n},late,Closed,High,{day} 09:00:00,{day} 17:00:00,{:08}", order.customer + 20_000)
    });
    let orders = file("VBELN,KUNNR,ERDAT,NETWR", line);
    let (folder, config) = drafted(&[("vbak.csv", orders.as_bytes()), ("tickets.csv", tickets.as_bytes())], &[]);
    assert!(
        config.contains("customer_id = \"KUNNR\"") && config.contains("customer_id = \"Customer number\""),
        "{config}"
    );
    check(folder.path(), 0, &[ALL, "2,760 complaints"]);
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
