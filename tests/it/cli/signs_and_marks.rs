//! Numbers of two forms in one column, and turnover that is below zero: refused, with the line that mends it.

use super::monthly_orders::{Order, drafted, file, paste, saying};

/// Amounts of some hundred to some thousand euros, in cents.
const fn cents(order: Order) -> usize {
    order.cents() * 40 + 7
}

fn grouped(order: Order, thousands: &str, decimals: &str) -> String {
    let (euros, cents) = (cents(order) / 100, cents(order) % 100);
    let whole =
        if euros >= 1000 { format!("{}{thousands}{:03}", euros / 1000, euros % 1000) } else { euros.to_string() };
    if decimals.is_empty() { whole } else { format!("{whole}{decimals}{cents:02}") }
}

fn plain(order: Order, decimals: char) -> String {
    format!("{}{decimals}{:02}", cents(order) / 100, cents(order) % 100)
}

fn of_rows(number: impl Fn(Order) -> String) -> String {
    file("order_no;customer_no;order_date;total", |order| {
        format!("{};K{};{};{}", order.number, order.customer, order.day(), number(order))
    })
}

#[test]
fn numbers_of_two_forms_in_one_column_are_refused() {
    let is_other = |order: Order| order.number.is_multiple_of(7);
    let cases: [(&str, String); 5] = [
        ("with a comma", of_rows(|own| if is_other(own) { plain(own, '.') } else { grouped(own, ".", ",") })),
        ("with a comma", of_rows(|own| if is_other(own) { grouped(own, ",", ".") } else { grouped(own, ".", ",") })),
        ("with a comma", of_rows(|own| if own.month > 6 { plain(own, ',') } else { plain(own, '.') })),
        ("which may be thousands", of_rows(|own| if is_other(own) { plain(own, '.') } else { grouped(own, ".", "") })),
        ("which may be thousands", of_rows(|own| if is_other(own) { plain(own, ',') } else { grouped(own, ",", "") })),
    ];
    for (told, text) in cases {
        let (folder, _) = drafted(&text);
        saying(folder.path(), 3, &["error[mixed_decimal_marks]", told]);
    }
}

#[test]
fn decimals_as_many_as_needed_are_of_one_form_and_three_are_accepted_where_the_config_says_so() {
    let needed = |order: Order| {
        let text = format!("{}.{:03}", order.cents() / 10, (order.number * 7 + 3) % 1000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let (folder, _) = drafted(&of_rows(needed));
    let said = saying(folder.path(), 0, &["in 2,880 orders"]);
    assert!(!said.contains("mixed_decimal_marks"), "{said}");
    let fuel = |order: Order| {
        if order.number.is_multiple_of(7) { plain(order, '.') } else { format!("1.{:03}", 100 + order.number % 800) }
    };
    let (folder, _) = drafted(&of_rows(fuel));
    let said = saying(folder.path(), 3, &["error[mixed_decimal_marks]"]);
    paste(folder.path(), &said, "decimal");
    let said = saying(folder.path(), 0, &["in 2,880 orders"]);
    assert!(!said.contains("mixed_decimal_marks"), "{said}");
}

/// Orders of which so many in a hundred have a minus and so many times the amount.
fn with_minus(percent: usize, times: usize) -> String {
    file("Beleg;Konto;Datum;Betrag", |order| {
        let is_minus = order.number * 7_919 % 100 < percent;
        let cents = if is_minus { order.cents() * times } else { order.cents() };
        let sign = if is_minus { "-" } else { "" };
        format!("{};{};{};{sign}{},{:02}", order.number, order.customer, order.day(), cents / 100, cents % 100)
    })
}

#[test]
fn turnover_below_zero_is_refused() {
    let (folder, _) = drafted(&with_minus(100, 1));
    let said = saying(folder.path(), 3, &["error[reversed_signs]"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    for (percent, times) in [(30, 3), (45, 2), (15, 9)] {
        let (folder, _) = drafted(&with_minus(percent, times));
        saying(folder.path(), 3, &["error[negative_turnover]: the turnover is below zero", "`amount = "]);
    }
    // Many returns, and more that was bought.
    let (folder, _) = drafted(&with_minus(30, 1));
    let said = saying(folder.path(), 0, &["given back"]);
    assert!(!said.contains("negative_turnover"), "{said}");
}
