//! Files with several columns that may number orders: the draft takes the one whose values are of one customer and one day, and
//! hold the lines of an order together, whatever it is called.

use super::monthly_orders::{Order, drafted, saying};

/// Two lines for each of 2,880 orders.
fn lines(header: &str, line: impl Fn(Order, usize) -> String) -> String {
    let each: Vec<String> = Order::all().flat_map(|order| [0, 1].map(|place| line(order, place))).collect();
    format!("{header}\n{}\n", each.join("\n"))
}

#[test]
fn numbers_of_lines_days_and_contracts_are_no_numbers_of_orders() {
    let tail = |order: Order, place: usize| {
        format!("K{},{},P{},1,{}.{place}7", order.customer, order.day(), (order.number + place) % 40, order.number % 50)
    };
    let rest = "Item No.,Quantity,Line Amount";
    for (header, column, number) in [
        ("Document No.,Sales Order No.,Customer No.,Posting Date", "Sales Order No.", 0),
        ("Document No.,Sales Order No.,Customer No.,Posting Date", "Sales Order No.", 1),
        ("Reference,InvoiceNumber,Customer,InvoiceDate", "InvoiceNumber", 2),
        ("Order,Rechnungsnummer,Kunde,Datum", "Rechnungsnummer", 2),
        ("order_id,numero_commande,client,date", "numero_commande", 0),
    ] {
        let first = |order: Order, place: usize| match number {
            0 => format!("L{}", order.number * 2 + place),
            1 => format!("D{}", order.day().replace('-', "")),
            _ => format!("C{}", order.customer % 30),
        };
        let text = lines(&format!("{header},{rest}"), |order, place| {
            format!("{},S{},{}", first(order, place), order.number, tail(order, place))
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("order_id = \"{column}\"")), "{header}: {config}");
        let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
        assert!(!said.contains("order_of_each_line"), "{said}");
        if number == 0 {
            // A config by hand that takes the number of the line.
            let of_lines = header.split(',').next().unwrap_or_default();
            let by_hand = config.replace(&format!("order_id = \"{column}\""), &format!("order_id = \"{of_lines}\""));
            std::fs::write(folder.path().join("retain.toml"), by_hand).unwrap();
            saying(folder.path(), 0, &["warning[order_of_each_line]", "5,760 of 5,760 stand beside others"]);
        }
    }
}

#[test]
fn the_nearest_name_stays_where_its_values_number_orders() {
    // A delivery of its own for each line; a batch for each day.
    for (header, other) in [("Delivery Note No.", 0), ("Batch", 1), ("Invoice Reference", 1)] {
        let text = lines(&format!("Order No.,{header},Customer No.,Order Date,Item,Line Amount"), |order, place| {
            let own = if other == 0 { format!("{}", order.number * 2 + place) } else { order.day() };
            let (number, customer, day) = (order.number, order.customer, order.day());
            format!("{number},X{own},K{customer},{day},P{},{}.{place}7", (number + place) % 40, number % 50)
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains("order_id = \"Order No.\""), "{header}: {config}");
        saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    }
}

#[test]
fn receipts_that_are_numbered_anew_have_the_day_and_the_till_before_their_number() {
    // Each day on each of two tills from one on; at each of three stores from one on.
    let daily = |order: Order| (order.customer / 28 % 2, order.customer / 56 + 1);
    let ever = |order: Order| (order.customer % 3, order.number / 3);
    for (header, is_daily, key) in [
        ("Receipt No,Till", true, "CONCAT(\"Date\", '-', \"Till\", '-', \"Receipt No\")"),
        ("Bonnummer,Kasse", true, "CONCAT(\"Date\", '-', \"Kasse\", '-', \"Bonnummer\")"),
        ("Order No,Store", false, "CONCAT(\"Store\", '-', \"Order No\")"),
    ] {
        let text = lines(&format!("{header},Customer No,Date,Item,Quantity,Line Amount"), |order, line| {
            let (place, number) = if is_daily { daily(order) } else { ever(order) };
            let (customer, day) = (order.customer, order.day());
            format!(
                "{number},{place},K{customer},{day},P{},1,{}.{line}7",
                (order.number + line) % 40,
                order.number % 50
            )
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("order_id = '''{key}'''")), "{header}: {config}");
        let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
        assert!(!said.contains("shared_order"), "{said}");
        // A config by hand that takes the number alone.
        let number = header.split(',').next().unwrap_or_default();
        let by_hand = config.replace(&format!("'''{key}'''"), &format!("\"{number}\""));
        std::fs::write(folder.path().join("retain.toml"), by_hand).unwrap();
        saying(folder.path(), 0, &["warning[shared_order]", "CONCAT(day, '-', till, '-', number)"]);
    }
}

#[test]
fn days_stand_before_numbers_without_the_time_of_the_line() {
    let text = lines("Receipt No,Customer No,Date,Item,Quantity,Line Amount", |order, line| {
        let (number, customer, day) = (order.customer / 28 + 1, order.customer, order.day());
        format!("{number},K{customer},{day} 10:0{line},P{},1,{}.{line}7", order.number % 40, order.number % 50)
    });
    let (folder, config) = drafted(&text);
    assert!(config.contains("CONCAT(SPLIT_PART(\"Date\", ' ', 1), '-', \"Receipt No\")"), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
}
