//! Columns that say with a yes or a no whether an order was paid, completed or real: a no is no purchase.

use crate::config::{NO, YES};

/// Words of such names, in the languages of exports.
const AFFIRMED: &[&str] = &[
    "paid",
    "completed",
    "complete",
    "success",
    "successful",
    "succeeded",
    "captured",
    "live",
    "livemode",
    "valid",
    "confirmed",
    "approved",
    "accepted",
    "authorized",
    "settled",
    "bezahlt",
    "beglichen",
    "abgeschlossen",
    "erfolgreich",
    "gültig",
    "bestätigt",
    "payé",
    "payée",
    "paye",
    "payee",
    "réglé",
    "réglée",
    "confirmé",
    "confirmée",
    "validé",
    "validée",
    "terminé",
    "terminée",
    "pagado",
    "pagada",
    "completado",
    "completada",
    "confirmado",
    "confirmada",
    "pago",
    "paga",
    "pagato",
    "pagata",
    "confermato",
    "completato",
    "betaald",
    "voltooid",
    "afgerond",
    "bevestigd",
    "opłacone",
    "opłacony",
    "zapłacone",
    "zapłacono",
    "zrealizowane",
    "betald",
    "betalt",
    "slutförd",
    "gennemført",
    "zaplaceno",
    "ödendi",
    "tamamlandı",
    "оплачен",
    "оплачено",
    "выполнен",
    "支払済",
    "入金済",
    "已付款",
    "결제완료",
    "maksettu",
    "fizetve",
    "plătit",
    "plătită",
];

/// Words that may stand beside.
const BESIDE: &[&str] = &[
    "is",
    "was",
    "has",
    "been",
    "mode",
    "flag",
    "order",
    "orders",
    "payment",
    "transaction",
    "sale",
    "invoice",
    "purchase",
    "checkout",
    "bestellung",
    "zahlung",
    "rechnung",
    "ist",
    "commande",
    "est",
    "paiement",
    "pedido",
    "pago",
    "está",
    "ordine",
    "è",
    "bestelling",
    "yn",
    "y",
    "n",
    "ja",
    "nein",
    "oui",
    "non",
];

/// Whether words of a name say that an order was paid, completed or real.
pub(super) fn is_affirmed(words: &[String]) -> bool {
    let is = |known: &[&str], word: &String| known.contains(&word.as_str());
    words.iter().any(|word| is(AFFIRMED, word)) && words.iter().all(|word| is(AFFIRMED, word) || is(BESIDE, word))
}

/// Whether all values of a column are a yes or a no, and some are a no.
pub(crate) fn are_flags<'w>(values: impl Iterator<Item = &'w str>) -> bool {
    let mut has_no = false;
    for value in values.map(|value| value.trim().to_lowercase()).filter(|value| !value.is_empty()) {
        let is_no = NO.contains(&value.as_str());
        if !is_no && !YES.contains(&value.as_str()) {
            return false;
        }
        has_no |= is_no;
    }
    has_no
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::in_words;

    #[test]
    fn flags_of_orders_are_told_by_name_and_values() {
        for name in ["paid", "Is Paid", "live_mode", "livemode", "Bezahlt", "payé", "Order completed (Y/N)"] {
            assert!(is_affirmed(&in_words(name)), "{name}");
        }
        for name in ["Paid at", "Amount paid", "Paid by", "Payment", "Live in", "order"] {
            assert!(!is_affirmed(&in_words(name)), "{name}");
        }
        assert!(are_flags(["yes", "No", ""].into_iter()) && are_flags(["1", "0"].into_iter()));
        assert!(!are_flags(["12.50", "0"].into_iter()) && !are_flags(["yes", "true"].into_iter()));
    }
}
