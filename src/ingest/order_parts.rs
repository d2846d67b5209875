//! Words and names that tell that an order is invoiced in parts: a deposit and the rest, or several invoices of one order.

use crate::config::{in_words, means};

/// Kinds of documents that are a part of what an order comes to, in small letters.
const PARTS: &str = "anzahlungsrechnung, anzahlung, abschlagsrechnung, abschlag, teilrechnung, vorauszahlungsrechnung, deposit, deposit invoice, \
    down payment, down payment invoice, down payment request, downpayment, prepayment invoice, partial invoice, part invoice, progress invoice, \
    progress billing, instalment invoice, installment invoice, facture d acompte, acompte, facture de situation, factura de anticipo, \
    anticipo, fattura di acconto, acconto, fatura de adiantamento, aanbetalingsfactuur, aanbetaling, deelfactuur, termijnfactuur, voorschotfactuur, \
    faktura zaliczkowa, zaliczka, zálohová faktura, záloha, förskottsfaktura, delfaktura, acontofaktura, a conto faktura, delbetalingsfaktura, \
    ennakkolasku, előlegszámla, factură de avans, аванс, авансовый счет, предоплата, 前受金, 預付款, 定金";

/// Beginnings of words that name an order, beside those that name an invoice.
const ORDERS: &[&str] = &[
    "order",
    "auftrag",
    "bestell",
    "pedido",
    "commande",
    "ordine",
    "ordini",
    "encomenda",
    "zamówien",
    "zamowien",
    "objedn",
    "tilau",
    "ordre",
    "orden",
    "beställ",
    "rendel",
    "comand",
    "narud",
    "заказ",
    "замовлен",
    "注文",
    "受注",
    "订单",
    "訂單",
    "주문",
];

/// Whether a word is a kind of document that is a part of what an order comes to.
pub(crate) fn is_part_of_order(word: &str) -> bool {
    let plain = word.trim().to_lowercase().replace(['_', '-', '\'', '’'], " ");
    plain.len() <= 60 && PARTS.split(", ").any(|known| known.trim() == plain)
}

/// Whether a column of that name numbers orders, and not what is invoiced of them.
pub(crate) fn names_orders(name: &str) -> bool {
    let words = in_words(name);
    let is_origin = || {
        matches!(
            words.join(" ").as_str(),
            "origin" | "source document" | "source doc" | "herkunft" | "ursprung" | "so number" | "so no"
        )
    };
    let is_order =
        || words.iter().any(|word| ORDERS.iter().any(|start| word.starts_with(start))) && means("order_id", name);
    is_origin() || is_order()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_orders_are_told_by_words() {
        for word in ["Anzahlungsrechnung", "Down-payment invoice", "Facture d'acompte", "deposit"] {
            assert!(is_part_of_order(word), "{word}");
        }
        assert!(!is_part_of_order("Rechnung") && !is_part_of_order("Invoice") && !is_part_of_order(""));
        for name in ["Auftragsnummer", "Origin", "Order No", "Bestellnr.", "Sales Order"] {
            assert!(names_orders(name), "{name}");
        }
        for name in ["Rechnungsnummer", "Order date", "Order status", "Invoice No", "Customer order total"] {
            assert!(!names_orders(name), "{name}");
        }
    }
}
