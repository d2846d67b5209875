//! Ids that stand for whoever came to the counter, and words for nothing.

use super::monthly_orders::{USUAL, check, drafted, file, paste, saying};

/// One order in forty is of somebody whom nobody knows.
fn with_somebody(word: &str) -> String {
    file(USUAL, |order| {
        let known = format!("K{}", order.customer);
        let customer = if order.number.is_multiple_of(40) { word } else { &known };
        format!("{},{customer},{},{}", order.number, order.day(), order.euros())
    })
}

#[test]
fn words_for_whoever_came_are_refused_as_customers_with_the_line_that_sets_them_aside() {
    for word in [
        "Diverse Kunden",
        "Laufkundschaft Filiale 3",
        "Walk-in customer",
        "CASH SALES - STORE 1",
        "Client comptoir",
        "Clients divers",
        "Cliente contado",
        "Clientes Varios",
        "Diverse klanten",
        "Klient anonimowy",
        "Guest Checkout",
        "Розничный покупатель",
    ] {
        let (folder, _) = drafted(&with_somebody(word));
        let told = format!("`{word}`, which looks like no customer, holds 72 of 2,880 orders");
        let said = saying(folder.path(), 3, &["error[placeholder_id]", &told]);
        paste(folder.path(), &said, "filter");
        saying(folder.path(), 0, &["in 2,808 orders"]);
    }
    for name in ["Johnny Cash", "Cash & Carry Nord GmbH", "Walk", "Guest 12", "Counter Culture Ltd"] {
        let (folder, _) = drafted(&with_somebody(name));
        let said = check(folder.path(), 0);
        assert!(!said.contains("placeholder_id"), "{name}: {said}");
    }
}

#[test]
fn what_spreadsheets_and_reports_write_for_nothing_is_nothing() {
    for word in ["#NV", "#REF!", "#N/A", "#¡VALOR!", "(not set)", "n/d", "sin datos", "k. A.", "não informado"] {
        let (folder, _) = drafted(&with_somebody(word));
        saying(folder.path(), 0, &["72 of 2,880 purchases have no `customer_id`", "in 2,808 orders"]);
        // A category of that name is none, and an amount is missing.
        let text = file("order_no,customer_no,order_date,total,category", |order| {
            let is_nothing = order.number.is_multiple_of(40);
            let category = if is_nothing { word } else { ["a", "b", "c"][order.number % 3] };
            format!("{},K{},{},{},{category}", order.number, order.customer, order.day(), order.euros())
        });
        let (folder, _) = drafted(&text);
        let said = check(folder.path(), 0);
        assert!(!said.contains(word), "{said}");
    }
}
