//! Guests with a new id for each order, or with none, whom their e-mail address tells apart.

use super::monthly_orders::{Order, drafted, file, paste, saying};

/// The id of a guest with an order.
type Id = fn(Order) -> String;

/// A file in which so many of 240 customers buy as guests.
fn with_guests(header: &str, guests: usize, id: impl Fn(Order) -> String) -> String {
    file(header, |order| {
        let known = format!("K{:04}", order.customer);
        let id = if order.customer <= guests { id(order) } else { known };
        let mail = format!("P{}@Example.com", order.customer);
        format!("{},{id},{mail},{},{}", order.number, order.day(), order.euros())
    })
}

#[test]
fn guests_with_a_new_id_for_each_order_are_told_by_their_address() {
    let cases: [(&str, &str, &str, usize, Id); 4] = [
        ("order_id,customer_id,email,created_at,total", "customer_id", "email", 80, |order| {
            format!("guest_{}", order.number)
        }),
        ("Order number,Customer ID,Billing email,Date,Total", "Customer ID", "Billing email", 40, |order| {
            order.number.to_string()
        }),
        ("Bestellnummer,Kundennummer,E-Mail,Datum,Betrag", "Kundennummer", "E-Mail", 120, |order| {
            format!("Gast {}", order.number)
        }),
        ("pedido,cliente,correo,fecha,total", "cliente", "correo", 20, |order| format!("INV{}", order.number)),
    ];
    for (header, ids, mail, guests, id) in cases {
        let (folder, config) = drafted(&with_guests(header, guests, id));
        assert!(config.contains(&format!("customer_id = 'LOWER(\"{mail}\")'")), "{header}: {config}");
        let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
        assert!(!said.contains("ids_of_guests"), "{said}");
        // A config by hand that takes the ids.
        let path = folder.path().join("retain.toml");
        let by_hand = config.replace(&format!("'LOWER(\"{mail}\")'"), &format!("\"{ids}\""));
        std::fs::write(&path, by_hand).unwrap();
        let told = format!("{guests} of 240 addresses in `{mail}` have orders under several ids of `{ids}`");
        let said = saying(folder.path(), 0, &["warning[ids_of_guests]", &told]);
        paste(folder.path(), &said, "customer_id");
        saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    }
}

#[test]
fn ids_that_lack_for_guests_leave_the_address() {
    let (folder, config) = drafted(&with_guests("order_id,customer_id,email,created_at,total", 60, |_| String::new()));
    assert!(config.contains("customer_id = 'LOWER(\"email\")'"), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
}

#[test]
fn ids_of_persons_stay_beside_addresses_that_several_share_or_that_are_of_the_shop() {
    for (header, shared) in [
        ("order_id,customer_id,email,created_at,total", 240),
        ("order_id,customer_id,Store email,created_at,total", 12),
        // One address for all who gave none.
        ("order_id,customer_id,email,created_at,total", 0),
    ] {
        let text = file(header, |order| {
            let mail = match shared {
                0 if order.customer % 3 == 0 => "noemail@shop.example".to_owned(),
                0 => format!("p{}@x.example", order.customer),
                n => format!("p{}@x.example", order.customer % n),
            };
            format!("{},K{},{mail},{},{}", order.number, order.customer, order.day(), order.euros())
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains("customer_id = \"customer_id\""), "{header} {shared}: {config}");
        let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
        assert!(!said.contains("ids_of_guests"), "{said}");
    }
}

#[test]
fn ids_that_come_again_are_the_customers_whatever_their_addresses() {
    let several: Id = |order| format!("p{}.{}@x.example", order.customer, order.month / 4);
    let lacking: Id =
        |order| if order.number % 3 == 0 { String::new() } else { format!("p{}@x.example", order.customer) };
    let of_the_shop: Id = |order| {
        if order.number % 3 == 0 { "orders@shop.example".to_owned() } else { format!("p{}@x.example", order.customer) }
    };
    let of_families: Id = |order| format!("family{}@x.example", order.customer / 3);
    for (ids, mail, address) in [
        ("Customer No", "Customer Email", several),
        ("Client Code", "Email", several),
        ("Account", "E-Mail", several),
        ("Member No", "Billing Email", lacking),
        ("Customer Number", "Customer Email", of_the_shop),
        ("Customer Number", "Customer Email", of_families),
    ] {
        let text = file(&format!("{mail},Order No,Date,{ids},Total"), |order| {
            format!("{},{},{},{:05},{}", address(order), order.number, order.day(), order.customer, order.euros())
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("customer_id = \"{ids}\"")), "{ids} {mail}: {config}");
        let said = saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
        assert!(!said.contains("ids_of_guests"), "{said}");
    }
}

#[test]
fn families_of_few_orders_are_no_guests() {
    // Three ids with one address, each with one order or two.
    let orders = Order::all().filter(|order| order.month <= 1 + order.customer % 2);
    let line = |order: Order| {
        let mail = format!("family{}@x.example", order.customer / 3);
        format!("{},K{},{mail},{},{}", order.number, order.customer, order.day(), order.euros())
    };
    let lines: Vec<String> = orders.map(line).collect();
    let (_, config) = drafted(&format!("order_id,customer_id,email,created_at,total\n{}\n", lines.join("\n")));
    assert!(config.contains("customer_id = \"customer_id\""), "{config}");
}

#[test]
fn a_family_of_whom_one_came_again_is_no_account_with_guests() {
    // Of two with one address, the first has an order each month and the second has one.
    let orders = Order::all().filter(|order| order.customer % 2 == 0 || order.month == order.customer % 12 + 1);
    let line = |order: Order| {
        let mail = format!("family{}@x.example", order.customer / 2);
        format!("{},K{},{mail},{},{}", order.number, order.customer, order.day(), order.euros())
    };
    let lines: Vec<String> = orders.map(line).collect();
    let text = format!("order_id,customer_id,email,created_at,total\n{}\n", lines.join("\n"));
    let (folder, config) = drafted(&text);
    assert!(config.contains("customer_id = \"customer_id\""), "{config}");
    saying(folder.path(), 0, &["bought by 240 customers"]);
}
