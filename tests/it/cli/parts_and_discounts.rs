//! Exports in which a row is less than an order or more than it comes to: discounts of orders, invoices in parts, customers under two
//! ids, days that are written otherwise.

use super::drafted_exports::{Order, check, drafted, euros};
use crate::shop::retain;

/// What `check` says.
fn said(folder: &std::path::Path) -> String {
    let output = retain().current_dir(folder).args(["check", "--as-of", "2025-01-01"]).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The cents of one of twenty products.
fn price(product: usize) -> usize {
    495 + product * 1_373 % 8_900
}

/// Two lines an order, each third with a discount of 1.50, which stands as `given` says: of a line, first or second, and its price.
fn discounted(name: &str, given: impl Fn(usize) -> bool, is_net: bool) -> (String, usize) {
    let (mut text, mut cents) = (format!("Order No,Customer No,Order Date,SKU,Line Total,{name}\n"), 0);
    for order in Order::all() {
        let is_off = order.number.is_multiple_of(3);
        for line in 0..2 {
            let product = (order.number * 7 + line * 11) % 20;
            let own = price(product) - if is_net && is_off { 75 } else { 0 };
            let off = if is_off && given(line) { "1.50" } else { "" };
            cents += own;
            text.push_str(&format!(
                "{},C{},{},P{product},{},{off}\n",
                order.number,
                order.customer,
                order.day(),
                euros(own)
            ));
        }
        cents -= if is_off && !is_net { 150 } else { 0 };
    }
    (text, cents)
}

fn grouped(cents: usize) -> String {
    let whole = cents / 100;
    format!("{},{:03}.{:02}", whole / 1000, whole % 1000, cents % 100)
}

#[test]
fn a_discount_of_the_order_is_taken_off_once_wherever_it_stands() {
    // The name of the column, and the first and the last line of an order that have it.
    for (name, lines) in [("Voucher", 0..=0), ("Discount Amount", 0..=usize::MAX), ("Gutschein", 1..=1)] {
        let given = |line: usize| lines.contains(&line);
        let (text, cents) = discounted(name, given, false);
        let (folder, config) = drafted(&[("orders.csv", text.as_bytes())], &[]);
        assert!(
            config.contains("discount_is = \"order\"") && config.contains(&format!("discount = \"{name}\"")),
            "{config}"
        );
        let bought = format!("bought by 230 customers in 2,760 orders: EUR {}", grouped(cents));
        check(folder.path(), 0, &[&bought, "920 orders have a `discount` of the order as a whole"]);
        let others: Vec<&str> = config.lines().filter(|line| !line.starts_with("discount")).collect();
        let left_in = others.join("\n");
        std::fs::write(folder.path().join("retain.toml"), &left_in).unwrap();
        let words = [
            format!("warning[discount_not_taken_off]: 920 orders have a `{name}` that is not taken off"),
            "`discount_is = \"order\"` in `[purchases]`".to_owned(),
        ];
        check(folder.path(), 0, &words.each_ref().map(String::as_str));
        let kept = left_in.replace("[purchases.columns]", "discount_is = \"line\"\n[purchases.columns]");
        std::fs::write(folder.path().join("retain.toml"), kept).unwrap();
        assert!(!said(folder.path()).contains("discount_not_taken_off"));
    }
}

#[test]
fn a_discount_that_is_off_already_stays_as_it_is() {
    let places: [fn(usize) -> bool; 2] = [|line| line == 0, |_| true];
    for given in places {
        let (text, cents) = discounted("Discount", given, true);
        let (folder, config) = drafted(&[("orders.csv", text.as_bytes())], &[]);
        assert!(!config.contains("discount_is"), "{config}");
        check(folder.path(), 0, &[&format!("orders: EUR {}", grouped(cents))]);
        let said = said(folder.path());
        assert!(!said.contains("discount_not_taken_off"), "{said}");
    }
    // A total of the order beside what was taken off it.
    let mut text = "Order,Customer,Date,Total,Discount\n".to_owned();
    for order in Order::all() {
        let off = if order.number.is_multiple_of(4) { "1.00" } else { "0.00" };
        text.push_str(&format!(
            "{},C{},{},{},{off}\n",
            order.number,
            order.customer,
            order.day(),
            euros(order.cents())
        ));
    }
    let (folder, config) = drafted(&[("orders.csv", text.as_bytes())], &[]);
    assert!(!config.contains("discount_is") && !said(folder.path()).contains("discount_not_taken_off"), "{config}");
}

#[test]
fn a_subtotal_that_adds_up_with_its_tax_has_its_discount_taken_off() {
    let (mut text, mut cents) =
        ("Invoice Number,Customer Id,Invoice Date,Sub Total,Discounts,Tax Total,Amount\n".to_owned(), 0);
    for order in Order::all() {
        let (own, off) = (order.cents(), if order.number.is_multiple_of(4) { 100 } else { 0 });
        let tax = (own - off) / 5;
        cents += own - off;
        text.push_str(&format!(
            "{},C{},{},{},{},{},{}\n",
            order.number,
            order.customer,
            order.day(),
            euros(own),
            euros(off),
            euros(tax),
            euros(own - off + tax)
        ));
    }
    let (folder, config) = drafted(&[("invoices.csv", text.as_bytes())], &[]);
    if config.contains("amount = \"Sub Total\"") {
        check(folder.path(), 0, &[&format!("orders: EUR {}", grouped(cents))]);
    }
    assert!(config.contains("discount_is") == config.contains("amount = \"Sub Total\""), "{config}");
}

#[test]
fn deposits_and_their_final_invoices_are_told_as_one_order() {
    let file = |header: &str, kinds: [&str; 3], has_order: bool| {
        let (mut text, mut n) = (format!("{header}\n"), 0);
        for order in Order::all() {
            let parts = if order.number.is_multiple_of(5) { &kinds[..2] } else { &kinds[2..] };
            for (place, kind) in parts.iter().enumerate() {
                n += 1;
                let day = format!("2024-{:02}-{:02}", order.month, (order.customer % 14 + 1) + place * 14);
                let number = if has_order { format!("AU{},", order.number) } else { String::new() };
                let cents = order.cents() * if parts.len() == 1 { 10 } else { 3 + place * 4 } / 10;
                text.push_str(&format!("RE{n},{number}{kind},K{},{day},{}\n", order.customer, euros(cents)));
            }
        }
        text
    };
    let kinds = ["Anzahlungsrechnung", "Schlussrechnung", "Rechnung"];
    let text = file("Rechnungsnummer,Auftragsnummer,Belegart,Kundennummer,Rechnungsdatum,Rechnungsbetrag", kinds, true);
    let (folder, config) = drafted(&[("rechnungen.csv", text.as_bytes())], &[]);
    assert!(config.contains("order_id = \"Rechnungsnummer\""), "{config}");
    check(
        folder.path(),
        0,
        &["warning[orders_in_parts]: 552 of 2,760 orders in `Auftragsnummer`", "order_id = \"Auftragsnummer\""],
    );
    let mended = config.replace("order_id = \"Rechnungsnummer\"", "order_id = \"Auftragsnummer\"");
    std::fs::write(folder.path().join("retain.toml"), mended).unwrap();
    check(folder.path(), 0, &["in 2,760 orders"]);
    assert!(!said(folder.path()).contains("orders_in_parts"));
    let text = file("Invoice No,Type,Customer No,Date,Total", ["Down payment", "Final invoice", "Invoice"], false);
    let (folder, _) = drafted(&[("invoices.csv", text.as_bytes())], &[]);
    check(folder.path(), 0, &["552 purchases are parts of orders by `Type`: `Down payment` 552"]);
}

#[test]
fn one_invoice_of_several_orders_and_renewals_are_orders() {
    let quiet = |header: &str, line: &dyn Fn(Order) -> String| {
        let lines: Vec<String> = Order::all().map(line).collect();
        let text = format!("{header}\n{}\n", lines.join("\n"));
        let (folder, _) = drafted(&[("orders.csv", text.as_bytes())], &[]);
        let said = said(folder.path());
        assert!(said.contains("the data may be used") && !said.contains("orders_in_parts"), "{said}");
    };
    let usual = |order: Order| format!("C{},{},{}", order.customer, order.day(), euros(order.cents()));
    quiet("Order No,Invoice No,Customer No,Date,Total", &|order| {
        format!("{},R{}-{},{}", order.number, order.customer, order.month / 2, usual(order))
    });
    quiet("Invoice No,Order No,Customer No,Date,Total", &|order| {
        format!("{},A{},{}", order.number, order.customer, usual(order))
    });
    quiet("Invoice No,Order No,Customer No,Date,Total", &|order| {
        format!("{},A{},{}", order.number, order.number, usual(order))
    });
}

#[test]
fn customers_known_by_a_card_here_and_an_address_there_are_told() {
    let mut text = "order_id,loyalty_card,email,ordered_at,total\n".to_owned();
    for order in Order::all() {
        let (is_web, customer) = (order.number.is_multiple_of(3), order.customer);
        let card = if is_web { String::new() } else { format!("29{customer:06}") };
        let mail =
            if is_web || order.number.is_multiple_of(5) { format!("p{customer}@mail.example") } else { String::new() };
        text.push_str(&format!("{},{card},{mail},{},{}\n", order.number, order.day(), euros(order.cents())));
    }
    let (folder, config) = drafted(&[("sales.csv", text.as_bytes())], &[]);
    let told = said(folder.path());
    assert!(told.contains("ids_in_another_column") && told.contains("customer_id = "), "{told}");
    let customer = config.lines().find(|line| line.starts_with("customer_id = ")).unwrap();
    let both = "customer_id = 'COALESCE(\"loyalty_card\", \"email\")'";
    std::fs::write(folder.path().join("retain.toml"), config.replace(customer, both)).unwrap();
    let told = said(folder.path());
    assert!(told.contains("persons_with_two_ids") && !told.contains("ids_in_another_column"), "{told}");
}

#[test]
fn days_of_weeks_and_of_eras_are_read_and_weeks_are_refused_with_their_monday() {
    let dated = |at: &dyn Fn(Order) -> String| {
        let line =
            |order: Order| format!("{},C{},{},{}\n", order.number, order.customer, at(order), euros(order.cents()));
        let text = "order_no,customer_no,order_date,total\n".to_owned() + &Order::all().map(line).collect::<String>();
        drafted(&[("orders.csv", text.as_bytes())], &[])
    };
    let week = |order: Order| order.month * 52 / 12 - 3 + order.customer % 4;
    let all = "bought by 230 customers in 2,760 orders";
    let forms: [&dyn Fn(Order) -> String; 4] = [
        &|order| format!("2024-W{:02}-{}", week(order), order.customer % 7 + 1),
        &|order| format!("令和6年{}月{}日", order.month, order.customer % 28 + 1),
        &|order| format!("R6.{}.{}", order.month, order.customer % 28 + 1),
        &|order| format!("{} {}:00", order.day(), if order.number.is_multiple_of(9) { 24 } else { 12 }),
    ];
    for form in forms {
        check(dated(form).0.path(), 0, &[all]);
    }
    let (folder, config) = dated(&|order| format!("2024-W{:02}", week(order)));
    check(folder.path(), 3, &["a week is no day"]);
    let mended = "purchased_at = \"CONCAT(\\\"order_date\\\", '-1')\"";
    let day = config.lines().find(|line| line.starts_with("purchased_at = ")).unwrap();
    std::fs::write(folder.path().join("retain.toml"), config.replace(day, mended)).unwrap();
    check(folder.path(), 0, &[all]);
}

#[test]
fn parts_of_sets_that_have_a_price_beside_it_are_told() {
    let sold = |part: &dyn Fn(usize, usize) -> String| {
        let mut text = "order_no,customer_no,order_date,sku,row_total,parent_sku\n".to_owned();
        for order in Order::all() {
            let product = order.number * 7 % 20;
            let head = format!("{},C{},{}", order.number, order.customer, order.day());
            text.push_str(&format!("{head},P{product},{},\n", euros(price(product))));
            if order.number.is_multiple_of(4) {
                (0..2).for_each(|place| text.push_str(&format!("{head},{}\n", part(product, place))));
            }
        }
        let (folder, _) = drafted(&[("items.csv", text.as_bytes())], &[]);
        said(folder.path())
    };
    let half = sold(&|product, place| format!("P{product}-{place},{},P{product}", euros(price(product) / 2)));
    assert!(
        half.contains("warning[parts_beside_sets]: 1,380 lines are a part of the line above by `parent_sku`"),
        "{half}"
    );
    let nothing = sold(&|product, place| format!("P{product}-{place},0.00,P{product}"));
    assert!(!nothing.contains("parts_beside_sets"), "{nothing}");
    let beside = sold(&|product, place| format!("X{place},{},P{product}", euros(price(product) * (place + 1) * 2)));
    assert!(!beside.contains("parts_beside_sets"), "more than the set: {beside}");
}
