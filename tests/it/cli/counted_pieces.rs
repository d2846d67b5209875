//! Prices of pieces and amounts of lines that are called by each other's names: what `init` drafts of them by their values, what
//! `check` says of a config that takes one for the other, and that the line of its hint mends it.

use super::monthly_orders::{Order, check, drafted, file, paste, saying};

/// The cents of a piece and how many pieces a line has.
fn line(order: Order) -> (usize, usize) {
    (350 + order.number % 12 * 415, [1, 1, 2, 1, 3][order.number / 12 % 5])
}

fn euros(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Orders of one line with money that is made of the price, the quantity and the order.
fn orders(header: &str, money: impl Fn(usize, usize, Order) -> String) -> String {
    let written = |order: Order| {
        let (price, pieces) = line(order);
        let (number, customer, product) = (order.number, order.customer, order.number % 12);
        format!("{number},{customer},{},P{product} x,{pieces},{}", order.day(), money(price, pieces, order))
    };
    file(header, written)
}

fn turnover() -> String {
    let cents: usize = Order::all().map(line).map(|(price, pieces)| price * pieces).sum();
    let (whole, rest) = (cents / 100, cents % 100);
    assert!((1_000..1_000_000).contains(&whole));
    format!("EUR {},{:03}.{rest:02}", whole / 1_000, whole % 1_000)
}

const PRICE: &str = "order_id,customer_id,order_date,sku,qty,price";
const SALES: &str = "order_id,customer_id,order_date,sku,qty,sales";

/// Puts another amount into the config.
fn with_amount(folder: &std::path::Path, config: &str, amount: &str) {
    let line =
        |line: &str| if line.starts_with("amount = ") { format!("amount = '{amount}'") } else { line.to_owned() };
    let config: Vec<String> = config.lines().map(line).collect();
    std::fs::write(folder.join("retain.toml"), config.join("\n")).unwrap();
}

#[test]
fn a_price_that_grows_with_the_quantity_is_of_the_line() {
    let (folder, config) = drafted(&orders(PRICE, |price, pieces, _| euros(price * pieces)));
    assert!(config.contains("amount = \"price\"  # of the line already: `price` grows as `qty` does"), "{config}");
    let said = saying(folder.path(), 0, &[&turnover()]);
    assert!(!said.contains("quantity_counted_twice"), "{said}");
    with_amount(folder.path(), &config, "qty * price");
    let said = saying(
        folder.path(),
        3,
        &["error[quantity_counted_twice]: `amount` grows as the square of `quantity` in 1,152 lines of 12 products"],
    );
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &[&turnover()]);
}

#[test]
fn sales_that_no_quantity_changes_are_the_price_of_a_piece() {
    let (folder, config) = drafted(&orders(SALES, |price, _, _| euros(price)));
    assert!(config.contains("amount = \"qty * sales\"  # `sales` is the price of one piece"), "{config}");
    let said = saying(folder.path(), 0, &[&turnover()]);
    assert!(!said.contains("price_of_a_piece"), "{said}");
    with_amount(folder.path(), &config, "sales");
    let said = saying(folder.path(), 0, &["warning[price_of_a_piece]", "in 1,152 lines of 12 products"]);
    paste(folder.path(), &said, "amount");
    saying(folder.path(), 0, &[&turnover()]);
    // Where a name says that it is of the line, one price may be paid for any quantity.
    let (folder, config) =
        drafted(&orders("order_id,customer_id,order_date,sku,qty,line_total", |price, _, _| euros(price)));
    assert!(config.contains("amount = \"line_total\"\n"), "{config}");
    saying(folder.path(), 0, &["warning[price_of_a_piece]"]);
}

#[test]
fn a_till_that_names_no_product_column_shows_it_too_and_its_net_price_counts() {
    let off = |order: Order| if order.number.is_multiple_of(5) { 100 } else { 0 };
    let text =
        orders("Order Id,Customer Id,Order Date,Dish,Qty,Gross Price,Discount,Net Price", |price, pieces, order| {
            let gross = price * pieces;
            format!("{},{},{}", euros(gross), euros(off(order)), euros(gross - off(order)))
        });
    let (folder, config) = drafted(&text);
    assert!(config.contains("amount = \"Net Price\"  # of the line already: `"), "{config}");
    assert!(config.contains("within one `Dish`") && !config.contains("product_id = "), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers"]);
    with_amount(folder.path(), &config, "Qty * \"Gross Price\"");
    let said = check(folder.path(), 3);
    assert!(said.contains("error[quantity_counted_twice]") && said.contains("`amount = \"Gross Price\"`"), "{said}");
}

#[test]
fn sound_prices_are_multiplied_and_left_alone() {
    type Money = fn(usize, usize, Order) -> String;
    let sound: [(&str, Money); 5] = [
        ("as they are", |price, _, _| euros(price)),
        ("cheaper by the dozen", |price, pieces, _| euros(price * (10 - pieces) / 9)),
        ("rising", |price, _, order| euros(price + price * order.month / 20)),
        ("free at times", |price, _, order| euros(if order.number.is_multiple_of(4) { 0 } else { price })),
        ("of anything", |_, _, order| euros(order.cents())),
    ];
    for (which, money) in sound {
        let (folder, config) = drafted(&orders(PRICE, money));
        assert!(config.contains("amount = \"qty * price\"\n"), "{which}: {config}");
        let said = check(folder.path(), 0);
        assert!(!said.contains("quantity_counted_twice") && !said.contains("price_of_a_piece"), "{which}: {said}");
    }
    // Returns, and a shop where nearly all buy one piece.
    for (every, pieces) in [(7, "-1"), (500, "2")] {
        let line = |order: Order| {
            let pieces = if order.number.is_multiple_of(every) { pieces } else { "1" };
            let (price, product) = (line(order).0, order.number % 12);
            format!("{},{},{},P{product} x,{pieces},{}", order.number, order.customer, order.day(), euros(price))
        };
        let (folder, config) = drafted(&file(PRICE, line));
        assert!(config.contains("amount = \"qty * price\"\n"), "{config}");
        let said = check(folder.path(), 0);
        assert!(!said.contains("quantity_counted_twice") && !said.contains("price_of_a_piece"), "{said}");
    }
}
