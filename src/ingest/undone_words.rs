//! What words of a state say together: that an order was undone, that it was not, that it is not paid.

/// Beginnings of words that say that an order was undone, whatever stands beside: `Cancelled by the buyer`.
const UNDONE: &[&str] = &[
    "cancel",
    "refund",
    "storn",
    "annul",
    "anul",
    "rückerst",
    "rembours",
    "reembols",
    "rimbors",
    "devuelt",
    "devolvid",
    "devolvim",
    "devolvem",
    "geannul",
];

/// Words before it in a sentence that deny it.
const NEGATIONS: &[&str] = &[
    "not", "no", "non", "never", "nicht", "kein", "keine", "keiner", "nie", "niet", "geen", "sin", "sans", "pas",
    "ohne", "without", "não", "nao", "ikke", "inte", "bez", "aucune", "nessun", "nessuna",
];

/// Words beside which it is not said of the whole order, or not yet: `partially refunded`, `refund requested`.
const DOUBTS: &[&str] = &[
    "part",
    "partial",
    "partially",
    "partly",
    "teilweise",
    "teil",
    "parcial",
    "parcialmente",
    "partiellement",
    "partiel",
    "parziale",
    "parzialmente",
    "policy",
    "free",
    "request",
    "requested",
    "angefragt",
    "beantragt",
    "solicitada",
    "solicitado",
    "demandé",
    "demandée",
    "fee",
    "insurance",
    "or",
    "oder",
    "if",
    "until",
    "before",
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_undone(word: &str) -> bool {
    UNDONE.iter().any(|start| word.starts_with(start))
}

/// Whether the words of a state, in small letters, say that the order was undone as a whole. What the next sentence denies is
/// something else: `Venta cancelada. No despaches.`
pub(super) fn says_undone(plain: &str) -> bool {
    let is_said =
        |sentence: &str| words(sentence).any(is_undone) && !words(sentence).any(|word| NEGATIONS.contains(&word));
    !words(plain).any(|word| DOUBTS.contains(&word)) && plain.split(['.', ';', '!']).any(is_said)
}

/// Words with which a column of what was undone says that nothing was, beside a plain no.
const NOTHING_UNDONE: &[&str] = &[
    "off",
    "live",
    "none",
    "never",
    "0.00",
    "active",
    "aktiv",
    "actif",
    "activo",
    "attivo",
    "ativo",
    "ohne",
    "n/a",
    "n.a.",
    "k.a.",
    "k. a.",
    "nil",
    "null",
    "not applicable",
];

/// Whether a word says that nothing was undone: `kein Storno`, and no reason as `No longer needed`.
pub(super) fn denies_undone(plain: &str) -> bool {
    let all: Vec<&str> = words(plain).filter(|word| word.chars().count() > 1).collect();
    let is_denied = |pair: &[&str]| matches!(pair, [no, what] if NEGATIONS.contains(no) && is_undone(what));
    NOTHING_UNDONE.contains(&plain) || (all.len() <= 3 && all.windows(2).any(is_denied))
}

/// Beginnings of words for a payment, and of those that say beside it that it lacks.
const PAYMENTS: &[&str] = &[
    "payment",
    "paiement",
    "pago",
    "pagamento",
    "zahlung",
    "płatno",
    "betaling",
    "betalning",
    "platb",
    "ödeme",
    "оплат",
];
const LACKS: &[&str] = &[
    "await",
    "waiting",
    "pending",
    "error",
    "fail",
    "declin",
    "reject",
    "refus",
    "attente",
    "erreur",
    "échec",
    "echec",
    "échou",
    "espera",
    "pendien",
    "fallid",
    "rechaz",
    "attesa",
    "fallit",
    "rifiut",
    "aguard",
    "pendent",
    "recusad",
    "erro",
    "falh",
    "fehl",
    "ausstehend",
    "warte",
    "oczek",
    "błąd",
    "nieuda",
    "wacht",
    "mislukt",
    "ček",
    "ожид",
    "ошиб",
    "bekle",
];

/// Beginnings of words of what is owed for goods that were given already, and paid on delivery.
const GIVEN: &[&str] = &[
    "ship", "deliver", "complet", "versand", "versend", "geliefer", "liefer", "expédi", "livr", "envi", "entreg",
    "spedi", "consegn", "verzond", "gelever", "wysłan", "dostarc", "invoice", "rechnung", "factur", "fattur", "fatur",
];

/// Whether the words of a state say that the payment lacks: `Awaiting bank wire payment`, `Erreur de paiement`.
pub(super) fn says_unpaid(plain: &str) -> bool {
    let has = |known: &[&str]| words(plain).any(|word| known.iter().any(|start| word.starts_with(start)));
    has(PAYMENTS) && has(LACKS) && !has(GIVEN) && !words(plain).any(|word| NEGATIONS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_undone_is_told_from_what_was_not() {
        for undone in [
            "cancelada por el comprador",
            "venta cancelada. no despaches.",
            "payment accepted, refunded",
            "devuelto el 3 de mayo",
            "você cancelou a venda",
        ] {
            assert!(says_undone(undone), "{undone}");
        }
        for other in
            ["not cancelled", "refund not granted", "partially refunded", "cancel until 3 may", "venta entregada"]
        {
            assert!(!says_undone(other), "{other}");
        }
        for none in ["kein storno", "nicht storniert", "pas d'annulation", "no cancellation", "ohne", "não cancelado"]
        {
            assert!(denies_undone(none), "{none}");
        }
        for reason in ["no longer needed", "not in stock, cancelled by the shop", "storno", "nicht mehr benötigt"] {
            assert!(!denies_undone(reason), "{reason}");
        }
    }

    #[test]
    fn payments_that_lack_are_told_from_those_that_are_owed() {
        for unpaid in ["awaiting bank wire payment", "erreur de paiement", "zahlung fehlgeschlagen", "error en el pago"]
        {
            assert!(says_unpaid(unpaid), "{unpaid}");
        }
        for other in [
            "payment accepted, shipped",
            "shipped, awaiting payment",
            "awaiting cash on delivery validation",
            "en attente de paiement à la livraison",
            "payment not required",
        ] {
            assert!(!says_unpaid(other), "{other}");
        }
    }
}
