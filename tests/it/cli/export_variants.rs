//! Exports whose fault no word gives away, and sound ones that look like them, from the draft on: what `check` says, and that the
//! line of its hint mends it.

use super::monthly_orders::{Order, USUAL, check, drafted, file, paste, saying};
use crate::shop::retain;

#[test]
fn ids_that_have_lost_their_zeros_are_told_with_the_line_that_mends_them() {
    let line = |order: Order| {
        let id = if order.month < 6 { format!("{:06}", order.customer) } else { order.customer.to_string() };
        format!("{},{id},{},{}", order.number, order.day(), order.euros())
    };
    let (folder, _) = drafted(&file(USUAL, line));
    let said = saying(folder.path(), 3, &["480 customer ids are 240 but for zeros in front", "`000001` and `1`"]);
    paste(folder.path(), &said, "customer_id");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
}

#[test]
fn ids_that_differ_in_signs_alone_are_told_and_numbers_with_signs_by_nature_are_not() {
    let id = |order: Order| match order.month % 3 {
        0 => format!("0170/{:05}", order.customer * 7),
        1 => format!("0170-{:05}", order.customer * 7),
        _ => format!("0170{:05}", order.customer * 7),
    };
    let line = |order: Order| format!("{},{},{},{}", order.number, id(order), order.day(), order.euros());
    let (folder, _) = drafted(&file("order_no,phone,order_date,total", line));
    let said = saying(folder.path(), 0, &["720 customer ids are 240 but for signs"]);
    paste(folder.path(), &said, "customer_id");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    // Shop and number: `1-23` and `12-3` are two people.
    let id = |order: Order| format!("{}-{}", order.customer % 12 + 1, order.customer / 12 + 1);
    let line = |order: Order| format!("{},{},{},{}", order.number, id(order), order.day(), order.euros());
    let (folder, _) = drafted(&file(USUAL, line));
    let said = saying(folder.path(), 0, &["bought by 240 customers"]);
    assert!(!said.contains("ids_alike"), "{said}");
}

#[test]
fn lines_of_sums_are_no_customer_and_a_large_customer_is_one() {
    let sums: Vec<String> = (1..=12)
        .map(|month| {
            let cents: usize = Order::all().filter(|order| order.month == month).map(Order::cents).sum();
            format!("{},Monatssumme,2024-{month:02}-28,{}.{:02}", 90_000 + month, cents / 100, cents % 100)
        })
        .collect();
    let usual = |order: Order| format!("{},K{:04},{},{}", order.number, order.customer, order.day(), order.euros());
    let text = file(USUAL, usual) + &sums.join("\n") + "\n";
    let (folder, _) = drafted(&text);
    let said = saying(folder.path(), 3, &["turnover_of_one", "customer `Monatssumme` has 50 % of all turnover"]);
    paste(folder.path(), &said, "filter");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    // A fifth of all orders by one firm is a lot and no sum.
    let one = |order: Order| {
        let customer = if order.number.is_multiple_of(5) { 1 } else { order.customer };
        format!("{},K{customer:04},{},{}", order.number, order.day(), order.euros())
    };
    let (folder, _) = drafted(&file(USUAL, one));
    let said = check(folder.path(), 3);
    assert!(!said.contains("turnover_of_one") && said.contains("placeholder_ids = \"accept\""), "{said}");
}

#[test]
fn ledgers_with_a_minus_before_sales_are_told_with_the_line_that_turns_them() {
    let line = |order: Order| {
        let sign = if order.number.is_multiple_of(25) { "" } else { "-" };
        format!("{},{},{},{sign}{}", order.number, order.customer, order.day(), order.euros())
    };
    let (folder, _) = drafted(&file("doc_no,account,posting_date,amount", line));
    let said = saying(folder.path(), 3, &["reversed_signs", "2,764 of 2,880 purchases have a negative `amount`"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &["given back"]);
}

#[test]
fn orders_that_were_joined_with_their_payments_are_told_and_repeated_articles_are_not() {
    let lines = |order: Order, counts: [usize; 2]| {
        let line = |product: usize, payment: usize| {
            let price = format!("{}.{:02}", product + order.number % 50, order.number % 100);
            format!("{},{},{},P{product},{price},pay{payment}", order.number, order.customer, order.day())
        };
        let all: Vec<String> = (1..=2)
            .flat_map(|product| (0..counts[product - 1]).map(move |payment| (product, payment)))
            .map(|(product, payment)| line(product, payment))
            .collect();
        all.join("\n")
    };
    let header = "order_id,customer_id,order_date,sku,line_amount,payment";
    let twice = |order: Order| if order.number.is_multiple_of(10) { 2 } else { 1 };
    let (folder, _) = drafted(&file(header, |order| lines(order, [twice(order); 2])));
    let said = saying(folder.path(), 0, &["joined_lines", "in 288 of 2,880 orders each of several different lines"]);
    paste(folder.path(), &said, "duplicates");
    let said = check(folder.path(), 0);
    assert!(!said.contains("joined_lines"), "{said}");
    let (folder, _) = drafted(&file(header, |order| lines(order, [twice(order), order.number % 3 % 2 + 1])));
    let said = check(folder.path(), 0);
    assert!(!said.contains("joined_lines"), "{said}");
}

#[test]
fn prices_with_three_decimals_are_read_where_another_column_has_the_mark() {
    let line = |order: Order| {
        let (litres, price) = (order.cents(), 1_401 + order.number % 500);
        format!(
            "{},{},{},{}.{:02},1.{:03}",
            order.number,
            order.customer,
            order.day(),
            litres / 100,
            litres % 100,
            price - 1_000
        )
    };
    let (folder, config) = drafted(&file("receipt,card,date,quantity,unit_price", line));
    assert!(config.contains("amount = \"quantity * unit_price\""), "{config}");
    let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    assert!(!said.contains("open_decimal_mark"), "{said}");
}

#[test]
fn the_only_days_and_the_only_amounts_are_drafted_whatever_they_are_called() {
    let line = |order: Order| format!("{},k{},{},{}", order.number, order.customer, order.day(), order.euros());
    let (folder, config) = drafted(&file("bestelling,klant,afgerekend_op,wat het kostte", line));
    for line in ["purchased_at = \"afgerekend_op\"  # by its values", "amount = \"wat het kostte\"  # by its values"] {
        assert!(config.contains(line), "{line}:\n{config}");
    }
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    // A day of birth is none, nor is a weight an amount.
    let (_folder, config) = drafted(&file("order_no,customer_no,date_of_birth,weight_kg", line));
    assert!(config.contains("# purchased_at = ") && config.contains("# amount = "), "{config}");
}

#[test]
fn dates_of_other_calendars_are_told_and_those_with_signs_between_are_read() {
    let dated = |of: fn(Order) -> String| {
        file(USUAL, move |order| format!("{},{},{},{}", order.number, order.customer, of(order), order.euros()))
    };
    let (folder, _) = drafted(&dated(|order| format!("{:02}/{:02}/2567", order.customer % 28 + 1, order.month)));
    saying(folder.path(), 3, &["the Buddhist calendar, 543 above"]);
    let (folder, _) = drafted(&dated(|order| format!("1445/{:02}/{:02}", order.month, order.customer % 28 + 1)));
    let said = saying(folder.path(), 3, &["the Persian or the Islamic calendar"]);
    assert!(!said.contains("write `time_format"), "{said}");
    let (folder, _) = drafted(&dated(|order| format!("2024年{:02}月{:02}日", order.month, order.customer % 28 + 1)));
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    let (folder, _) = drafted(&dated(|order| format!("2024-{:02}-{:02}", order.customer % 28 + 1, order.month)));
    let said = saying(folder.path(), 3, &["the day stands before the month"]);
    paste(folder.path(), &said, "time_format");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    let (folder, _) =
        drafted(&dated(|order| if order.number.is_multiple_of(100) { "1970-01-01".to_owned() } else { order.day() }));
    saying(folder.path(), 0, &["far_past", "lie more than 53 years before all others"]);
}

#[test]
fn files_of_one_table_may_have_columns_that_nothing_reads() {
    let folder = tempfile::tempdir().unwrap();
    let line = |order: Order| format!("{},{},{},{}", order.number, order.customer, order.day(), order.euros());
    let other = |order: Order| format!("{},,{},{},{}", order.euros(), order.number, order.day(), order.customer);
    let half = |first: bool, line: &dyn Fn(Order) -> String| -> String {
        Order::all().filter(|order| (order.month < 7) == first).map(|order| line(order) + "\n").collect()
    };
    std::fs::write(folder.path().join("a.csv"), format!("{USUAL}\n{}", half(true, &line))).unwrap();
    let header = "total,note,order_no,order_date,customer_no";
    std::fs::write(folder.path().join("b.csv"), format!("{header}\n{}", half(false, &other))).unwrap();
    retain().current_dir(folder.path()).args(["init", "a.csv", "b.csv"]).assert().success();
    let path = folder.path().join("retain.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config =
        config.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 30");
    std::fs::write(path, config).unwrap();
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
}

#[test]
fn states_are_told_by_numbers_and_by_sentences_and_those_of_customers_are_not() {
    let with = |column: &str, of: fn(Order) -> &'static str| {
        let line = move |order: Order| {
            format!("{},{},{},{},{}", order.number, order.customer, order.day(), order.euros(), of(order))
        };
        drafted(&file(&format!("{USUAL},{column}"), line)).0
    };
    let folder = with("current_state", |order| if order.number.is_multiple_of(20) { "6" } else { "4" });
    saying(folder.path(), 0, &["unknown_state", "`6` 144"]);
    let folder =
        with(
            "Verlauf",
            |order| if order.number.is_multiple_of(20) { "Storniert durch den Kunden" } else { "Alles gut" },
        );
    let said = saying(folder.path(), 0, &["status_not_looked_at", "`Storniert durch den Kunden` 144"]);
    paste(folder.path(), &said, "filter");
    saying(folder.path(), 0, &["in 2,736 orders"]);
    let folder =
        with("Membership status", |order| if order.customer.is_multiple_of(4) { "Cancelled" } else { "Active" });
    assert!(!check(folder.path(), 0).contains("status_not_looked_at"));
}

#[test]
fn what_is_billed_beside_goods_is_told_with_the_line_that_sets_it_aside() {
    let product = |order: Order| match order.number % 40 {
        0 => "POST".to_owned(),
        1 => "M".to_owned(),
        rest => format!("85{:03}", rest * 7 + order.customer % 7),
    };
    let line = |order: Order| {
        format!("{},{},{},{},{}", order.number, order.customer, order.day(), product(order), order.euros())
    };
    let (folder, _) = drafted(&file("order_no,customer_no,order_date,StockCode,line_total", line));
    let said = saying(folder.path(), 0, &["2 products on 144 lines", "`M` (72), `POST` (72)", "look like no goods"]);
    paste(folder.path(), &said, "filter");
    let said = saying(folder.path(), 0, &["in 2,736 orders"]);
    assert!(!said.contains("no_goods"), "{said}");
    // Names of goods have no digits by nature.
    let line = |order: Order| {
        let product = ["Mug", "Fence post", "Manual coffee mill"][order.number % 3];
        format!("{},{},{},{product},{}", order.number, order.customer, order.day(), order.euros())
    };
    let (folder, _) = drafted(&file("order_no,customer_no,order_date,product,line_total", line));
    let said = saying(folder.path(), 0, &["bought by 240 customers"]);
    assert!(!said.contains("no_goods"), "{said}");
}
