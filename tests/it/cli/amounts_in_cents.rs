//! One file whose amounts are in cents in part: refused with the line of config that mends it.

use super::monthly_orders::{Order, check, drafted, file, paste, saying};

const HEADER: &str = "order_id,customer_id,order_date,amount,channel";

fn orders(is_in_cents: impl Fn(Order) -> bool, are_whole: bool) -> String {
    file(HEADER, |order| {
        let amount = match (is_in_cents(order), are_whole) {
            (true, true) => (order.cents() / 100 * 100).to_string(),
            (true, false) => order.cents().to_string(),
            (false, true) => (order.cents() / 100).to_string(),
            (false, false) => order.euros(),
        };
        let channel = if order.number % 10 == 3 { "pos" } else { "web" };
        format!("{},{},{},{amount},{channel}", order.number, order.customer, order.day())
    })
}

fn turnover() -> String {
    let cents: usize = Order::all().map(Order::cents).sum();
    format!("EUR {},{:03},{:03}.{:02}", cents / 100_000_000, cents / 100_000 % 1_000, cents / 100 % 1_000, cents % 100)
        .replace("EUR 0,", "EUR ")
}

#[test]
fn amounts_in_cents_from_a_day_on_are_refused_with_the_line_that_mends_them() {
    let (folder, _) = drafted(&orders(|order| order.month > 6, false));
    let said =
        saying(folder.path(), 3, &["error[amounts_in_cents]: 1,440 amounts from 2024-07-01 on are whole numbers"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &[&turnover()]);
    // The last weeks alone are enough.
    let (folder, _) = drafted(&orders(|order| order.month == 12, false));
    let said = saying(folder.path(), 3, &["error[amounts_in_cents]: 240 amounts from 2024-12-01 on"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &[&turnover()]);
}

#[test]
fn whole_amounts_that_become_cents_are_told_before_all_are_taken_for_cents() {
    let (folder, _) = drafted(&orders(|order| order.month > 6, true));
    let said =
        saying(folder.path(), 3, &["error[amounts_in_cents]: 1,440 amounts from 2024-07-01 on are whole numbers"]);
    assert!(!said.contains("[whole_amounts]"), "{said}");
}

#[test]
fn rows_in_cents_among_others_are_told_with_the_column_that_tells_them() {
    let (folder, config) = drafted(&orders(|order| order.number % 10 == 3, false));
    assert!(config.contains("channel = \"channel\""), "{config}");
    let said = saying(folder.path(), 3, &["error[amounts_in_cents]", "where `channel` is `pos`"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &[&turnover()]);
}

#[test]
fn amounts_that_are_right_are_left_alone() {
    let (folder, _) = drafted(&orders(|_| false, false));
    assert!(!check(folder.path(), 0).contains("amounts_in_cents"));
    let (folder, config) = drafted(&orders(|order| order.month > 6, false));
    let accepted = format!("{config}\n[validate]\nwhole_amounts = \"accept\"\n");
    std::fs::write(folder.path().join("retain.toml"), accepted).unwrap();
    assert!(!check(folder.path(), 0).contains("amounts_in_cents"));
}
