//! Which of several columns of money is what was paid: the rows tell, by what one is more or less than another.

use super::monthly_orders::{Order, drafted, drafted_of, saying};

fn euros(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What orders come to, as `check` says it.
fn turnover(cents: impl Fn(Order) -> usize) -> String {
    let cents: usize = Order::all().map(cents).sum();
    format!(
        "bought by 240 customers in 2,880 orders: EUR {},{:03}.{:02}",
        cents / 100_000,
        cents / 100 % 1000,
        cents % 100
    )
}

/// Pieces of each order, the price of its product, and what they come to.
const fn pieces(order: Order) -> usize {
    1 + order.number / 40 % 3
}

const fn price(order: Order) -> usize {
    450 + order.number % 40 * 115
}

const fn whole(order: Order) -> usize {
    pieces(order) * price(order)
}

const fn off(order: Order) -> usize {
    if order.number.is_multiple_of(3) { whole(order) / 10 } else { 0 }
}

const fn left(order: Order) -> usize {
    whole(order) - off(order)
}

fn file(header: &str, money: impl Fn(Order) -> String) -> String {
    let line = |order: Order| {
        format!("{},K{},{},P{},{}", order.number, order.customer, order.day(), order.number % 40, money(order))
    };
    let lines: Vec<String> = Order::all().map(line).collect();
    format!("{header}\n{}\n", lines.join("\n"))
}

#[test]
fn what_is_left_of_an_amount_after_the_discount_and_without_the_tax_is_taken() {
    let tax = |order: Order| left(order) / 5;
    for (columns, amount) in [
        ("Quantity,Unit Price,Gross Total,Discount,Net Total", "Net Total"),
        ("Quantity,Unit Price,Line Amount,Discount,Line Amount After Discount", "Line Amount After Discount"),
        ("Menge,Einzelpreis,Gesamtbetrag,Rabatt,Nettobetrag", "Nettobetrag"),
    ] {
        let text = file(&format!("Order No,Customer ID,Date,Item,{columns}"), |order| {
            let money = [price(order), whole(order), off(order), left(order)].map(euros);
            format!("{},{}", pieces(order), money.join(","))
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("amount = \"{amount}\"")), "{columns}: {config}");
        saying(folder.path(), 0, &[&turnover(left)]);
    }
    for (columns, amount) in [
        ("Qty,Retail,Discounts,Subtotal,Tax,Total", "Subtotal"),
        ("Qty,Retail,Discounts,Total excl. VAT,VAT,Total", "Total excl. VAT"),
    ] {
        let text = file(&format!("Sale ID,Customer ID,Date,Item,{columns}"), |order| {
            let money = [price(order), off(order), left(order), tax(order), left(order) + tax(order)].map(euros);
            format!("{},{}", pieces(order), money.join(","))
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("amount = \"{amount}\"")), "{columns}: {config}");
        saying(folder.path(), 0, &[&turnover(left)]);
    }
}

#[test]
fn an_amount_with_its_tax_is_told() {
    for (column, more, words) in [
        ("Total incl. VAT", "", "divide by `1.19`"),
        ("Bruttobetrag", "", "`Bruttobetrag` includes tax"),
        ("Total TTC", ",TVA", "subtract the column of the tax"),
    ] {
        let text = file(&format!("Order No,Customer ID,Date,Item,Quantity,{column}{more}"), |order| {
            format!("1,{}{}", euros(order.cents()), if more.is_empty() { "" } else { ",0.50" })
        });
        let (_, config) = drafted(&text);
        let line = config.lines().find(|line| line.starts_with("amount = ")).unwrap_or_default();
        assert!(line.contains(column) && line.contains(words), "{column}: {config}");
    }
}

#[test]
fn a_discount_that_may_be_money_or_per_cent_is_told_and_taken_from_none() {
    // Five on all lines of an order, of which hardly one comes to less.
    let text = file("Order No,Customer ID,Date,Item,Quantity,Price,Discount", |order| {
        let discount = if order.number % 3 == 0 { "5" } else { "0" };
        format!("{},{},{discount}", pieces(order), euros(2_000 + order.number % 40 * 100))
    });
    let (_, config) = drafted(&text);
    assert!(config.contains("amount = \"Quantity * Price\"  # `Discount` is not subtracted"), "{config}");
    assert!(config.contains("write `Quantity * Price * (1 - Discount / 100)`"), "{config}");
}

#[test]
fn what_is_in_stock_is_no_price() {
    let text = file("Order No,Customer ID,Date,Item,Quantity,Unit Price,Total Stock", |order| {
        format!("{},{},{}", 1 + order.number % 3, euros(order.cents()), 100 + order.number % 3)
    });
    let (folder, config) = drafted(&text);
    assert!(config.contains("amount = 'Quantity * \"Unit Price\"'"), "{config}");
    saying(folder.path(), 0, &[&turnover(|order| order.cents() * (1 + order.number % 3))]);
}

#[test]
fn refunds_with_a_value_of_their_own_give_that_back() {
    let event = |order: Order, name: &str, money: String| {
        format!(
            "{{\"event_date\": \"{}\", \"event_name\": \"{name}\", \"user_id\": \"U{}\", \"ecommerce\": {{\"transaction_id\": \"T{}\", {money}}}}}",
            order.day().replace('-', ""),
            order.customer,
            order.number
        )
    };
    let is_back = |order: &Order| order.number.is_multiple_of(20);
    let bought = Order::all().map(|order| event(order, "purchase", format!("\"purchase_revenue\": {}", order.euros())));
    let back = Order::all().filter(is_back).map(|order| event(order, "refund", "\"refund_value\": 1.5".to_owned()));
    let lines: Vec<String> = bought.chain(back).collect();
    let (folder, config) = drafted_of("events.jsonl", &lines.join("\n"));
    assert!(config.contains("ecommerce.refund_value"), "{config}");
    saying(folder.path(), 0, &["2,880 orders: EUR 136,534.20 (136,750.20 less 216.00 given back)"]);
}
