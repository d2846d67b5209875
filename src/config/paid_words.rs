//! Words of names of columns that say when an order was paid.

use super::name_words::in_words;

/// Words for what was paid, in the languages of exports.
const PAID: &[&str] = &[
    "paid",
    "payment",
    "payments",
    "settled",
    "settlement",
    "bezahlt",
    "beglichen",
    "zahlung",
    "zahlungs",
    "payé",
    "payée",
    "paye",
    "payee",
    "réglé",
    "réglée",
    "paiement",
    "règlement",
    "reglement",
    "encaissement",
    "pagado",
    "pagada",
    "pago",
    "pagato",
    "pagata",
    "paga",
    "pagamento",
    "betaald",
    "betaling",
    "betalt",
    "betald",
    "betalning",
    "zapłacono",
    "zapłacone",
    "opłacono",
    "opłacone",
    "płatności",
    "zapłaty",
    "zaplaceno",
    "platby",
    "ödendi",
    "ödeme",
    "оплачен",
    "оплачено",
    "оплаты",
    "maksettu",
    "maksun",
    "fizetve",
    "fizetés",
    "plătit",
    "plătită",
    "plății",
    "入金",
    "支払",
    "付款",
    "결제",
];

/// Words for the day.
const DAY: &[&str] = &[
    "date",
    "day",
    "at",
    "on",
    "time",
    "datetime",
    "timestamp",
    "am",
    "datum",
    "zeitpunkt",
    "le",
    "fecha",
    "el",
    "data",
    "op",
    "dato",
    "den",
    "dnia",
    "dne",
    "tarihi",
    "tarih",
    "дата",
    "päivä",
    "pvm",
    "dátuma",
    "日",
    "日時",
    "时间",
    "時間",
    "일",
    "일시",
];

/// One word that says both.
const PAID_DAY: &[&str] = &[
    "paymentdate",
    "paiddate",
    "paidat",
    "paidon",
    "datepaid",
    "zahlungsdatum",
    "zahldatum",
    "bezahldatum",
    "zahlungseingang",
    "zahlungszeitpunkt",
    "betaaldatum",
    "betaaldag",
    "betalingsdato",
    "betalningsdatum",
    "betaldatum",
    "maksupäivä",
    "入金日",
    "支払日",
    "付款时间",
    "付款時間",
    "支付时间",
    "결제일",
    "결제일시",
    "입금일",
];

/// Words that may stand beside.
const BESIDE: &[&str] = &[
    "of", "order", "invoice", "the", "de", "du", "del", "della", "da", "do", "la", "was", "utc", "gmt", "full", "in",
    "received", "eingang", "der",
];

/// Whether a column of that name says when an order was paid. When it has to be paid is another matter.
pub(crate) fn is_paid_on(name: &str) -> bool {
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let all = [PAID, DAY, PAID_DAY, BESIDE];
    let are_known = words.iter().all(|word| all.iter().any(|known| known.contains(&word.as_str())));
    are_known && (has(PAID_DAY) || (has(PAID) && has(DAY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_payments_are_told_by_name() {
        for name in [
            "Paid On Date",
            "paid_at",
            "Payment Date",
            "Bezahlt am",
            "Zahlungsdatum",
            "Date de paiement",
            "Fecha de pago",
            "datePaid",
            "Data pagamento",
            "Betaald op",
            "入金日",
        ] {
            assert!(is_paid_on(name), "{name}");
        }
        for name in [
            "Payment due date",
            "Pay by",
            "Paid",
            "Payment method",
            "Order date",
            "Amount paid",
            "Zahlungsziel",
            "Payment terms",
            "Date",
            "Last payment attempt",
        ] {
            assert!(!is_paid_on(name), "{name}");
        }
    }
}
