//! Exports in which no word of a state says what is no purchase, or what is given back: an empty day, a minus, a second column.

use super::monthly_orders::{Order, check, drafted, edit, file, paste, saying, take_filter};
use crate::shop::retain;

fn euros(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What `check` says was sold, in whole cents.
fn turnover(cents: usize) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    format!("EUR {},{:03}.{rest:02}", whole / 1000, whole % 1000)
}

/// Whether an order was paid.
type IsPaid = fn(Order) -> bool;

fn sum(of: impl Fn(Order) -> usize) -> usize {
    Order::all().map(of).sum()
}

#[test]
fn orders_without_a_day_of_payment_are_told_unless_they_are_new() {
    let with = |is_paid: IsPaid| {
        let paid = move |order: Order| if is_paid(order) { order.day() } else { String::new() };
        let line = move |order: Order| {
            format!("{},M{},{},{},{}", order.number, order.customer, order.day(), paid(order), order.euros())
        };
        drafted(&file("Order Ref,Member No,Created On,Paid On Date,Total", line))
    };
    let (folder, config) = with(|order| order.number % 17 != 3);
    assert!(config.contains("purchased_at = \"Created On\""), "{config}");
    let told = "unpaid_orders]: 170 of 2,880 purchases that are used (5.9 %) have no `Paid On Date`";
    let said = saying(folder.path(), 0, &[told]);
    paste(folder.path(), &said, "filter");
    let said = saying(folder.path(), 0, &["in 2,710 orders"]);
    assert!(!said.contains("unpaid_orders"), "{said}");
    let quiet: [(IsPaid, &str); 5] = [
        (|_| true, "all are paid"),
        (|order| order.month < 12 || order.number % 3 == 0, "the newest are open"),
        (|order| order.month > 4, "kept since May"),
        (|order| order.number % 7 == 0, "hardly ever kept"),
        (|order| order.customer % 9 > 0, "on account"),
    ];
    for (is_paid, which) in quiet {
        let said = check(with(is_paid).0.path(), 0);
        assert!(!said.contains("unpaid_orders"), "{which}: {said}");
    }
}

/// A receipt and, for each sixteenth of them, one that brings a piece of it back.
fn tills(back: impl Fn(Order) -> String, header: &str) -> String {
    let line = |order: Order| {
        let (n, pieces) = (order.number, order.number % 3 + 1);
        let own =
            format!("{n},K{},{},A{},{pieces},{}", order.customer, order.day(), n % 40, price(order, pieces, header));
        if order.number.is_multiple_of(16) {
            format!("{own}\n9{n},K{},{},A{},{}", order.customer, order.day(), n % 40, back(order))
        } else {
            own
        }
    };
    file(header, line)
}

fn piece(order: Order) -> usize {
    401 + order.number % 40 * 97
}

fn price(order: Order, pieces: usize, header: &str) -> String {
    euros(if header.ends_with("Unit Price") { piece(order) } else { piece(order) * pieces })
}

#[test]
fn pieces_that_come_back_without_a_minus_of_their_amount_are_returns() {
    let sold = sum(|order| piece(order) * (order.number % 3 + 1));
    let back = sum(|order| if order.number.is_multiple_of(16) { piece(order) } else { 0 });
    let net = format!("{} (", turnover(sold - back));
    let of_line = "Ticket,Card,Sold At,Item Code,Qty,Line Amount";
    for (header, amount) in [(of_line, ""), ("Ticket,Card,Sold At,Item Code,Qty,Unit Price", "-")] {
        let text = tills(|order| format!("-1,{amount}{}", euros(piece(order))), header);
        let (folder, config) = drafted(&text);
        assert!(config.contains("is_return = '\"Qty\" < 0'"), "{config}");
        saying(folder.path(), 0, &["in 2,880 orders", &net]);
        // Who wrote the config without it is told.
        edit(folder.path(), |config| config.replace("is_return = ", "# is_return = "));
        let said =
            saying(folder.path(), 0, &["pieces_back]: 180 of 3,060 purchases (5.9 %) have a `quantity` below zero"]);
        paste(folder.path(), &said, "is_return");
        saying(folder.path(), 0, &["in 2,880 orders", &net]);
    }
    // A minus before both needs no word.
    let (folder, config) = drafted(&tills(|order| format!("-1,-{}", euros(piece(order))), of_line));
    assert!(!config.contains("is_return = "), "{config}");
    let said = saying(folder.path(), 0, &["in 2,880 orders", &net]);
    assert!(!said.contains("pieces_back"), "{said}");
}

#[test]
fn pieces_that_came_back_in_a_column_of_their_own_are_told_with_the_line_that_takes_them_off() {
    let returned = |order: Order| usize::from(order.number.is_multiple_of(16));
    let line = |order: Order| {
        let pieces = order.number % 3 + 1;
        let (n, customer, day, price) = (order.number, order.customer, order.day(), euros(piece(order)));
        format!("{n},C{customer},{day},P{},{pieces},{},{price}", n % 40, returned(order))
    };
    let (folder, config) =
        drafted(&file("Order Id,Customer Id,Order Date,SKU,Qty Ordered,Qty Returned,Unit Price", line));
    assert!(config.contains("amount = '\"Qty Ordered\" * \"Unit Price\"'"), "{config}");
    let said = saying(
        folder.path(),
        0,
        &["of 180 of 2,880 purchases (6.2 %) pieces came back or were cancelled, as `Qty Returned` says"],
    );
    paste(folder.path(), &said, "amount");
    let kept = sum(|order| piece(order) * (order.number % 3 + 1 - returned(order)));
    let said = saying(folder.path(), 0, &[&turnover(kept)]);
    assert!(!said.contains("refunds_not_looked_at"), "{said}");
}

#[test]
fn a_price_of_one_piece_without_a_quantity_is_told_in_the_draft() {
    let line = |order: Order| format!("{},C{},{},{}", order.number, order.customer, order.day(), order.euros());
    let (_folder, config) = drafted(&file("Order Id,Customer Id,Order Date,Unit Price", line));
    assert!(config.contains("# the price of one piece, by its name"), "{config}");
}

#[test]
fn days_that_a_spreadsheet_has_exchanged_with_months_are_refused_with_the_cause() {
    let day = |order: Order| {
        let day = order.customer % 28 + 1;
        if day <= 12 {
            format!("2024-{day:02}-{:02}", order.month)
        } else {
            format!("{day:02}.{:02}.2024", order.month)
        }
    };
    let line = |order: Order| format!("{},{},{},{}", order.number, order.customer, day(order), order.euros());
    let (folder, _) = drafted(&file("order_no,customer_no,order_date,total", line));
    saying(folder.path(), 3, &["error[exchanged_dates]: day and month seem exchanged in", "such as `2024-02-01`"]);
    // Two systems, of which one writes its days as in ISO 8601.
    let day = |order: Order| {
        if order.month < 6 { order.day() } else { format!("{:02}.{:02}.2024", order.customer % 28 + 1, order.month) }
    };
    let line = |order: Order| format!("{},{},{},{}", order.number, order.customer, day(order), order.euros());
    let (folder, _) = drafted(&file("order_no,customer_no,order_date,total", line));
    saying(folder.path(), 0, &["in 2,880 orders"]);
}

#[test]
fn amounts_without_their_tax_and_before_fees_are_drafted() {
    let net = |order: Order| order.cents() * 100 / if order.number.is_multiple_of(3) { 106 } else { 121 };
    let line = |order: Order| {
        format!("{},{},{},{},{}", order.number, order.customer, order.day(), order.euros(), euros(net(order)))
    };
    let (folder, config) = drafted(&file("Factuurnr,Klantnr,Factuurdatum,Totaal incl,Totaal excl", line));
    assert!(config.contains("amount = \"Totaal excl\"  # `Totaal incl` without its tax"), "{config}");
    saying(folder.path(), 0, &["in 2,880 orders", &turnover(sum(net))]);
    let line = |order: Order| {
        let fee = order.cents() / 8;
        let (n, customer, day) = (order.number, order.customer, order.day());
        format!("{n},b{customer},{day},{},-{},{}", order.euros(), euros(fee), euros(order.cents() - fee))
    };
    let (folder, config) = drafted(&file("Order number,Buyer,Order date,Item subtotal,Selling fees,Net amount", line));
    assert!(
        config.contains("amount = \"Item subtotal\"  # what customers pay; `Net amount` is what is left"),
        "{config}"
    );
    saying(folder.path(), 0, &["in 2,880 orders", &turnover(sum(Order::cents))]);
}

#[test]
fn taxes_and_shipping_on_lines_of_their_own_are_no_goods() {
    let line = |order: Order| {
        let head = format!("{},{},{}", order.number, order.customer, order.day());
        format!("{head},product,{}\n{head},tax,{}\n{head},shipping,3.95", order.euros(), euros(order.cents() / 5))
    };
    let (folder, config) = drafted(&file("order_id,customer_id,order_date,line_type,line_total", line));
    assert!(config.contains("NOT IN ('shipping', 'tax')"), "{config}");
    take_filter(folder.path());
    let said = saying(folder.path(), 0, &["in 2,880 orders", &turnover(sum(Order::cents))]);
    assert!(!said.contains("unknown_state"), "{said}");
}

#[test]
fn discounts_in_per_cent_are_taken_off_whatever_the_product_is_called() {
    let per_cent = |order: Order| [0, 0, 10, 15][order.number / 40 % 4];
    let line = |order: Order| {
        let pieces = order.number % 3 + 1;
        let (n, customer, day, price) =
            (order.number, order.customer, order.day(), euros(piece(order)).replace('.', ","));
        format!("{n};c-{customer};{day};Ding {};{pieces};{price};{} %", n % 40, per_cent(order))
    };
    let (_folder, config) =
        drafted(&file("Ordernummer;Klantcode;Orderdatum;Omschrijving;Aantal;Prijs per stuk;Korting", line));
    assert!(config.contains("amount = 'Aantal * \"Prijs per stuk\" * (1 - "), "{config}");
}

#[test]
fn refunds_in_a_file_of_other_names_are_told_with_the_lines_that_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let line = |order: Order| format!("{},U{},{},{}", order.number, order.customer, order.day(), order.euros());
    std::fs::write(folder.path().join("sales.csv"), file("Sale ID,Customer Code,Sale Date,Sale Value", line)).unwrap();
    let is_back = |order: &Order| order.number.is_multiple_of(20);
    let line =
        |order: Order| format!("RF{0},{0},U{1},{2},{3}", order.number, order.customer, order.day(), order.euros());
    let back: Vec<String> = Order::all().filter(is_back).map(line).collect();
    let back = format!("Refund ID,Original Sale,Customer,Refunded On,Refunded Value\n{}\n", back.join("\n"));
    std::fs::write(folder.path().join("refunds.csv"), back).unwrap();
    let said = retain().current_dir(folder.path()).args(["init", "sales.csv", "refunds.csv"]).assert().success();
    let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned()
        + &String::from_utf8_lossy(&said.get_output().stdout);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("it seems to hold what was given back"), "{said}");
    let line = |key: &str| {
        let start = said.find(&format!("`{key} = '")).unwrap_or_else(|| panic!("{key}: {said}")) + 1;
        said[start..].split_once('`').unwrap().0.to_owned()
    };
    let keys = ["customer_id", "order_id", "purchased_at", "amount"].map(line).join("\n");
    let config = format!(
        "name = 'shop'\ncurrency = 'EUR'\n[purchases]\npath = ['sales.csv', 'refunds.csv']\n[purchases.columns]\n{keys}\n[churn]\n\
         horizon_days = 30\n"
    );
    std::fs::write(folder.path().join("retain.toml"), config).unwrap();
    let net = sum(Order::cents) - sum(|order| if is_back(&order) { order.cents() } else { 0 });
    saying(folder.path(), 0, &["bought by 240 customers", &turnover(net)]);
}

#[test]
fn digits_of_other_scripts_are_read_as_their_own() {
    let arabic = |text: &str| -> String {
        let digit = |letter: char| match letter {
            '0'..='9' => char::from_u32(0x660 + u32::from(letter) - u32::from('0')).unwrap(),
            '.' => '\u{66B}',
            other => other,
        };
        text.chars().map(digit).collect()
    };
    let line = |order: Order| {
        let (number, customer) = (order.number.to_string(), order.customer.to_string());
        [number, customer, order.day(), order.euros()].map(|cell| arabic(&cell)).join(",")
    };
    let (folder, config) = drafted(&file("رقم الطلب,رقم العميل,تاريخ الطلب,المبلغ الإجمالي", line));
    assert!(config.contains("amount = \"المبلغ الإجمالي\""), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders", &turnover(sum(Order::cents))]);
}

#[test]
fn orders_that_stand_beside_their_parts_are_counted_once_and_renewals_are_orders() {
    let with = |later: usize| {
        let line = |order: Order| {
            let (n, customer) = (order.number, order.customer);
            let whole = format!("{n},,c{customer},{},{}", order.day(), order.euros());
            let half = order.cents() / 2;
            let month = order.month + later;
            if !order.number.is_multiple_of(5) || month > 12 {
                return whole;
            }
            let day = format!("2024-{month:02}-{:02}", customer % 28 + 1);
            let part = |k: usize, cents: usize| format!("{k}{n},{n},c{customer},{day},{}", euros(cents));
            [whole, part(7, half), part(8, order.cents() - half)].join("\n")
        };
        drafted(&file("Order ID,Parent Order,Customer ID,Order Date,Order Total", line)).0
    };
    let folder = with(0);
    let said =
        saying(folder.path(), 3, &["counted_twice]: orders are counted more than once: 576 of 4,032 orders stand in"]);
    paste(folder.path(), &said, "filter");
    saying(folder.path(), 0, &["in 2,880 orders", &turnover(sum(Order::cents))]);
    let said = check(with(1).path(), 0);
    assert!(!said.contains("counted_twice"), "{said}");
}
