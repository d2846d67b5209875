//! Orders that were cancelled, failed, not paid, taken back or tried out, under whatever name a column says so: the draft proposes
//! the filter or the flag of returns, and `check` warns where a config has neither.

use super::monthly_orders::{Order, drafted, file, saying, take_filter};

/// One order in twenty is none.
const fn is_none(order: Order) -> bool {
    (order.customer + order.month) % 20 == 3
}

const ALL: &str = "bought by 240 customers in 2,880 orders";
const BOUGHT: &str = "bought by 240 customers in 2,736 orders";

/// A file whose last column has one word for orders and another for what is none.
fn orders(column: &str, bought: &str, none: &str) -> String {
    file(&format!("order_no,customer_no,order_date,total,{column}"), |order| {
        let word = if is_none(order) { none } else { bought };
        format!("{},{},{},{},{word}", order.number, order.customer, order.day(), order.euros())
    })
}

#[test]
fn columns_that_say_what_became_of_an_order_are_proposed_as_a_filter_and_warned_about() {
    for (column, bought, none) in [
        ("state", "complete", "replaced"),
        ("Result", "SUCCESS", "FAIL"),
        ("Ergebnis", "Erfolgreich", "Fehler"),
        ("live_mode", "true", "false"),
        ("livemode", "1", "0"),
        ("is_test", "false", "true"),
        ("paid", "yes", "no"),
        ("Bezahlt", "Ja", "Nein"),
        ("payé", "oui", "non"),
        ("Completed", "TRUE", "FALSE"),
        ("Return / Refund Status", "", "Request Approved"),
        ("Retourenstatus", "abgelehnt", "genehmigt"),
        ("Return status", "Cancelled", "Completed"),
        ("cancel_reason", "", "customer"),
        ("Motivo de anulación", "", "sin stock"),
        ("cancelled_at", "", "2024-05-03 10:00:00"),
        ("Storno", "kein Storno", "Storno"),
        ("Annulation", "Pas d'annulation", "Annulée"),
        ("Order status", "\"Payment accepted, shipped\"", "Awaiting bank wire payment"),
        ("État", "Livré", "Erreur de paiement"),
        ("Estado", "Entregado", "Venta cancelada. No despaches."),
        ("Estado", "Entregue", "Devolvido"),
        ("Customer Type", "Retail", "Test account"),
        ("Channel", "Web", "Test"),
        ("Lieferstatus", "Geliefert", "Retoure"),
    ] {
        let (folder, config) = drafted(&orders(column, bought, none));
        assert!(config.contains("# filter = "), "{column}: {config}");
        assert!(!config.contains("region = "), "{column}: {config}");
        saying(folder.path(), 0, &["warning[status_not_looked_at]: 144 of 2,880 purchases", none, ALL]);
        take_filter(folder.path());
        let said = saying(folder.path(), 0, &[BOUGHT]);
        assert!(!said.contains("status_not_looked_at"), "{column}: {said}");
    }
}

#[test]
fn kinds_of_rows_that_give_back_are_returns_also_without_a_minus() {
    for (column, bought, none) in [
        ("Type", "Sales invoice", "Sales credit note"),
        ("charge_type", "charge", "refund"),
        ("Belegart", "Rechnung", "Gutschrift"),
        ("Type de pièce", "Facture", "Avoir"),
        ("Tipo", "Factura", "Nota de crédito"),
    ] {
        let (folder, config) = drafted(&orders(column, bought, none));
        let is_return = format!("\"{column}\" IN ('{none}')");
        assert!(config.contains(&is_return), "{column}: {config}");
        assert!(!config.contains("filter = "), "{column}: {config}");
        let said = saying(folder.path(), 0, &[BOUGHT, "given back"]);
        assert!(!said.contains("status_not_looked_at") && !said.contains("unknown_state"), "{column}: {said}");
        // A config by hand that does not look at it.
        let path = folder.path().join("retain.toml");
        let by_hand: Vec<&str> = config.lines().filter(|line| !line.starts_with("is_return")).collect();
        std::fs::write(&path, by_hand.join("\n")).unwrap();
        saying(folder.path(), 0, &["warning[status_not_looked_at]: 144 of 2,880 purchases", ALL, "is_return = "]);
    }
}

#[test]
fn a_minus_says_it_too_and_needs_no_flag() {
    let text = file("doc_no,account,posting_date,amount,Document Type", |order| {
        let (sign, kind) = if is_none(order) { ("-", "Credit Memo") } else { ("", "Invoice") };
        format!("{},{},{},{sign}{},{kind}", order.number, order.customer, order.day(), order.euros())
    });
    let (folder, config) = drafted(&text);
    assert!(!config.contains("is_return = ") && !config.contains("filter = "), "{config}");
    saying(folder.path(), 0, &[BOUGHT, "given back"]);
}

#[test]
fn places_ways_to_pay_amounts_and_terms_are_no_states() {
    for (column, usual, other) in [
        ("state", "CA", "OK"),
        ("state", "Bayern", "Hessen"),
        ("Visit type", "new", "return"),
        ("Payment method", "card", "credit"),
        ("Zahlungsart", "Rechnung", "Gutschrift"),
        ("Paid", "12.50", "0"),
        ("Cancellation policy", "flexible", "strict"),
        ("Return window", "30 days", "14 days"),
        ("Confirmed", "yes", ""),
        ("Lieferstatus", "Geliefert", "Offen"),
        ("Shipping status", "shipped", "pending"),
        ("Storno bis", "2024-05-01", ""),
        ("cancel_until", "2024-05-01", ""),
        ("Storno", "kein Storno", ""),
        ("Segment", "Control", "Test"),
    ] {
        let (folder, config) = drafted(&orders(column, usual, other));
        assert!(!config.contains("filter = ") && !config.contains("is_return = "), "{column}: {config}");
        let said = saying(folder.path(), 0, &[ALL]);
        assert!(!said.contains("status_not_looked_at"), "{column}: {said}");
    }
}

#[test]
fn days_of_nothing_are_no_cancellation() {
    for (column, nothing) in [
        ("cancelled_at", "0000-00-00 00:00:00"),
        ("deleted_at", "1970-01-01"),
        ("Storniert am", "01.01.1900"),
        ("voided_on", "9999-12-31"),
    ] {
        let text = file(&format!("order_no,customer_no,order_date,total,{column}"), |order| {
            let day = if is_none(order) { order.day() } else { nothing.to_owned() };
            format!("{},{},{},{},{day}", order.number, order.customer, order.day(), order.euros())
        });
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("COALESCE(\\\"{column}\\\", '') IN ('', '{nothing}')")), "{column}: {config}");
        saying(folder.path(), 0, &["warning[status_not_looked_at]: 144 of 2,880 purchases", nothing, ALL]);
        take_filter(folder.path());
        let said = saying(folder.path(), 0, &[BOUGHT]);
        assert!(!said.contains("status_not_looked_at"), "{column}: {said}");
        // Nothing was cancelled.
        let (folder, config) = drafted(&orders(column, nothing, nothing));
        assert!(!config.contains("filter = "), "{column}: {config}");
        assert!(!saying(folder.path(), 0, &[ALL]).contains("status_not_looked_at"));
    }
}
