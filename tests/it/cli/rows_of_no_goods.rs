//! Rows that are no purchase of goods: points of a loyalty scheme, vouchers and tips; and discounts, which are no returns.

use super::monthly_orders::{Order, drafted, saying, take_filter};

const ORDERS: &str = "bought by 240 customers in 2,880 orders";

/// What all orders come to, less what `off` says of each.
fn turnover(off: impl Fn(Order) -> usize) -> String {
    let cents: usize = Order::all().map(|order| order.cents() - off(order)).sum();
    let (euros, cents) = (cents / 100, cents % 100);
    format!("EUR {},{:03}.{cents:02}", euros / 1000, euros % 1000)
}

/// A file with a second row beside some orders.
fn with_others(header: &str, row: impl Fn(Order) -> String, other: impl Fn(Order) -> String) -> String {
    let rows: Vec<String> = Order::all()
        .flat_map(|order| {
            let beside = order.number.is_multiple_of(5).then(|| other(order));
            std::iter::once(row(order)).chain(beside)
        })
        .collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn points_of_a_loyalty_scheme_are_no_purchases() {
    for (kind, bought, others) in [
        ("type", "PURCHASE", ["BONUS", "EXPIRE"]),
        ("Txn Type", "EARN", ["REDEEM", "BIRTHDAY_BONUS"]),
        ("Buchungsart", "Kauf", ["Bonuspunkte", "Punkteverfall"]),
        ("Type d'opération", "Achat", ["Points expirés", "Bonus parrainage"]),
    ] {
        let header = format!("transaction_id,member_id,date,{kind},amount");
        let row =
            |order: Order| format!("{},{},{},{bought},{}", order.number, order.customer, order.day(), order.euros());
        let other = |order: Order| {
            format!("B{},{},{},{},5.00", order.number, order.customer, order.day(), others[order.number / 5 % 2])
        };
        let (folder, _) = drafted(&with_others(&header, row, other));
        saying(folder.path(), 0, &["warning[status_not_looked_at]: 576 of 3,456 purchases"]);
        take_filter(folder.path());
        let said = saying(folder.path(), 0, &[ORDERS, &turnover(|_| 0)]);
        assert!(!said.contains("unknown_state"), "{kind}: {said}");
    }
}

#[test]
fn vouchers_and_tips_in_a_column_of_kinds_are_proposed_to_be_set_aside() {
    for (kind, is_mapped, others) in [
        ("Category", true, ["Gift cards", "Tips"]),
        ("Item type", false, ["gift_card", "tip"]),
        ("Warengruppe", true, ["Geschenkgutschein", "Trinkgeld"]),
        ("Catégorie", true, ["Carte cadeau", "Pourboire"]),
    ] {
        let header = format!("order_id,customer_id,date,Item,{kind},Amount");
        let goods = |order: Order| ["Home", "Food"][order.number % 2];
        let row = |order: Order| {
            let (number, customer) = (order.number, order.customer);
            format!("{number},{customer},{},A{},{},{}", order.day(), number % 40, goods(order), order.euros())
        };
        let other = |order: Order| {
            let kind = others[order.number / 5 % 2];
            format!("{},{},{},X{},{kind},20.00", order.number, order.customer, order.day(), order.number % 7)
        };
        let (folder, _) = drafted(&with_others(&header, row, other));
        let rule =
            if is_mapped { "recommendation[no_goods]: 2 categories on 576 lines" } else { "status_not_looked_at" };
        saying(folder.path(), 0, &[rule]);
        take_filter(folder.path());
        let said = saying(folder.path(), 0, &[ORDERS, &turnover(|_| 0)]);
        assert!(!said.contains("no_goods"), "{kind}: {said}");
    }
}

#[test]
fn discounts_within_an_order_are_taken_from_it_and_no_returns() {
    for (header, category, name) in [
        ("order_id,customer_id,date,Item,Category,Amount", "Promotion", "SUMMER"),
        ("Bestellung,Kunde,Datum,Artikel,Warengruppe,Betrag", "Rabatt", "R-10"),
        ("order_id,customer_id,date,product,Line type,amount", "Discount", "D"),
        ("commande,client,date,article,famille,montant", "Divers", "Remise fidélité"),
    ] {
        let row = |order: Order| {
            let cents = order.cents() - 101;
            let (number, customer, day) = (order.number, order.customer, order.day());
            let first = format!("{number},{customer},{day},A{},Goods,1.01", number % 40);
            format!("{first}\n{number},{customer},{day},B{},Goods,{}.{:02}", number % 40, cents / 100, cents % 100)
        };
        let other =
            |order: Order| format!("{},{},{},{name},{category},-2.00", order.number, order.customer, order.day());
        let (folder, config) = drafted(&with_others(header, row, other));
        assert!(!config.contains("filter = "), "{header}: {config}");
        let off = |order: Order| if order.number.is_multiple_of(5) { 200 } else { 0 };
        let said = saying(folder.path(), 0, &[ORDERS, &turnover(off), "recommendation[discount_lines]: 576 lines"]);
        assert!(!said.contains("given back") && !said.contains("zero_amount"), "{header}: {said}");
    }
}

#[test]
fn goods_that_come_back_are_returns_also_within_an_order() {
    let row = |order: Order| {
        let (number, customer) = (order.number, order.customer);
        format!("{number},{customer},{},A{},Goods,{}", order.day(), number % 40, order.euros())
    };
    let other = |order: Order| {
        format!("{},{},{},A{},Goods,-2.00", order.number, order.customer, order.day(), order.number % 40)
    };
    let (folder, _) = drafted(&with_others("order_id,customer_id,date,Item,Category,Amount", row, other));
    let said = saying(folder.path(), 0, &[ORDERS, "less 1,152.00 given back"]);
    assert!(!said.contains("discount_lines"), "{said}");
}

/// Lines of 40 products, of which those of every third order have a discount.
fn lines(header: &str, price: impl Fn(usize) -> String, discount: impl Fn(usize) -> String) -> String {
    let line = |order: Order| {
        let cents = 450 + order.number % 40 * 115;
        let discount = if is_off(order) { discount(cents * pieces(order)) } else { "0".to_owned() };
        let (number, customer, day) = (order.number, order.customer, order.day());
        format!("{number};{customer};{day};A{};{};{};{discount}", number % 40, pieces(order), price(cents))
    };
    let lines: Vec<String> = Order::all().map(line).collect();
    format!("{header}\n{}\n", lines.join("\n"))
}

const fn is_off(order: Order) -> bool {
    order.number.is_multiple_of(3)
}

const fn pieces(order: Order) -> usize {
    [1, 1, 2, 3][order.number / 7 % 4]
}

#[test]
fn the_discount_of_a_line_is_taken_from_price_times_quantity() {
    let point = |cents: usize| format!("{}.{:02}", cents / 100, cents % 100);
    let comma = |cents: usize| format!("{},{:02}", cents / 100, cents % 100);
    let whole: usize = Order::all().map(|order| (450 + order.number % 40 * 115) * pieces(order)).sum();
    let off: usize = Order::all()
        .filter(|order| is_off(*order))
        .map(|order| (450 + order.number % 40 * 115) * pieces(order) / 5)
        .sum();
    let euros = |cents: usize| format!("{},{:03}", cents / 100_000, cents / 100 % 1000);
    let cases: [(&str, &str, String); 5] = [
        (
            "order_id;user_id;created_at;sku;qty;unit_price;line_discount",
            "qty * unit_price - line_discount",
            lines("order_id;user_id;created_at;sku;qty;unit_price;line_discount", point, |cents| point(cents / 5)),
        ),
        (
            "per cent by values",
            "qty * unit_price * (1 - discount / 100)",
            lines("order_id;user_id;created_at;sku;qty;unit_price;discount", point, |_| "20".to_owned()),
        ),
        (
            "per cent by name",
            "Menge * Einzelpreis * (1 - \"Rabatt %\" / 100)",
            lines("Auftrag;Kunde;Datum;Artikel;Menge;Einzelpreis;Rabatt %", comma, |_| "20".to_owned()),
        ),
        (
            "per cent by sign",
            "\"quantité\" * \"prix unitaire\" * (1 - remise)",
            lines("commande;client;date;article;quantité;prix unitaire;remise", comma, |_| "20 %".to_owned()),
        ),
        (
            "a share",
            "quantity * price * (1 - discount)",
            lines("order_id;customer_id;date;product;quantity;price;discount", point, |_| "0.2".to_owned()),
        ),
    ];
    for (name, amount, text) in cases {
        let (folder, config) = drafted(&text);
        assert!(config.contains(amount), "{name}: {config}");
        saying(folder.path(), 0, &[ORDERS, &format!("EUR {}", euros(whole - off))]);
    }
    // A price that is net already.
    let net = |order: Order| {
        let cents = 450 + order.number % 40 * 115;
        let (price, off) = if is_off(order) { (cents * 4 / 5, cents / 5) } else { (cents, 0) };
        let (number, customer, day) = (order.number, order.customer, order.day());
        format!("{number};{customer};{day};A{};1;{};{}", number % 40, point(price), point(off))
    };
    let text: Vec<String> = Order::all().map(net).collect();
    let text = format!("order_id;user_id;created_at;sku;qty;unit_price;discount\n{}\n", text.join("\n"));
    let (_, config) = drafted(&text);
    assert!(config.contains("amount = \"qty * unit_price\""), "{config}");
}

#[test]
fn words_of_states_that_name_goods_stay() {
    for (kind, words) in [
        ("Product Type", ["Tips", "Brushes", "Gels"]),
        ("Type", ["Test", "Care", "Vitamins"]),
        ("Kind", ["Return", "Single", "Day pass"]),
        ("Type", ["Return", "Sale", "Exchange"]),
        ("Type", ["Draft", "Bottled", "Cans"]),
        ("Brand", ["Void", "Nike", "Puma"]),
        ("Color", ["Void", "Black", "White"]),
    ] {
        let header = format!("order_id,customer_id,date,SKU,{kind},Amount");
        let row = |order: Order| {
            // Colours are of each line, the others of the product.
            let own = if kind == "Color" { order.number / 7 } else { order.number % 40 };
            let word = if own % 12 == 0 { words[0] } else { words[1 + own % 2] };
            let (number, customer) = (order.number, order.customer);
            format!("{number},{customer},{},A{},{word},{}", order.day(), number % 40, order.euros())
        };
        let lines: Vec<String> = Order::all().map(row).collect();
        let (folder, config) = drafted(&format!("{header}\n{}\n", lines.join("\n")));
        // Tips that are few may be those of a waiter.
        assert!(!config.contains("filter = ") || words[0] == "Tips", "{kind} {words:?}: {config}");
        saying(folder.path(), 0, &[ORDERS, &turnover(|_| 0)]);
    }
}

#[test]
fn a_discount_of_the_order_on_each_line_is_taken_from_none() {
    let lines = |order: Order| -> Vec<String> {
        let off = if is_off(order) { 5 } else { 0 };
        let line = |at: usize| {
            let (number, product) = (order.number, (order.number + at * 7) % 40);
            let cents = 450 + product * 115;
            format!("{number},{},{},A{product},1,{}.{:02},{off}", order.customer, order.day(), cents / 100, cents % 100)
        };
        [0, 1].map(line).to_vec()
    };
    let lines: Vec<String> = Order::all().flat_map(lines).collect();
    let (_, config) =
        drafted(&format!("order_id,customer_id,date,product,quantity,price,discount\n{}\n", lines.join("\n")));
    assert!(config.contains("amount = \"quantity * price\""), "{config}");
}
