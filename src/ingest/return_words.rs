//! Words with which exports say that a row gives something back, or what became of what a customer sent back.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Kinds of rows that give goods or money back, in small letters, in the languages of exports.
const RETURNS: &str = "refund, return, retour, retoure, gutschrift, rechnungsgutschrift, warengutschrift, verkaufsgutschrift, rechnungskorrektur, \
    erstattung, rückerstattung, credit, credit memo, sales credit memo, credit note, sales credit note, creditnote, customer credit note, credit invoice, \
    sales return, sales credit, return receipt, return order, refund receipt, customer refund, payment refund, avoir, avoir client, note de crédit, \
    remboursement, reso, nota di credito, rimborso, devolución, nota de crédito, nota de credito, factura rectificativa, reembolso, \
    devolução, nota de devolução, estorno, creditnota, creditfactuur, retourorder, terugbetaling, zwrot, korekta, faktura korygująca, kreditnota, \
    kreditfaktura, retur, återbetalning, tilbagebetaling, refusjon, dobropis, vratka, iade, iade faturası, hyvityslasku, palautus, jóváírás, \
    visszáru, storno factură, povrat, odobrenje, возврат, возврат покупателя, корректировочный счет, повернення, πιστωτικό, πιστωτικό τιμολόγιο, \
    επιστροφή, 返品, 返金, 赤伝, 退货, 退款, 贷项通知单, 반품, 환불";

static RETURN_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| RETURNS.split(", ").collect());

/// Whether a word in small letters is a kind of row that gives something back.
pub(super) fn is_of_returns(plain: &str) -> bool {
    plain.len() <= 60 && RETURN_WORDS.contains(plain)
}

/// Beginnings of words for goods that come back and money that is paid back, as names of columns have them.
const SENT_BACK: &[&str] = &[
    "refund",
    "return",
    "retour",
    "rückgabe",
    "rücksend",
    "rückerst",
    "erstatt",
    "rma",
    "devol",
    "reembols",
    "rembours",
    "rimbors",
    "reso",
    "retur",
    "zwrot",
    "iade",
    "возврат",
    "palaut",
    "återlämn",
    "tilbagelever",
];

/// Whether words of a name tell of what was sent or paid back.
pub(super) fn tells_of_returns(words: &[String]) -> bool {
    words.iter().any(|word| SENT_BACK.iter().any(|start| word.starts_with(start)))
}

/// Words of names of columns that tell how something was paid, or how and why somebody came: a credit or a return is none there.
const HOW: &[&str] = &[
    "method",
    "methods",
    "tender",
    "gateway",
    "zahlungsart",
    "zahlart",
    "zahlungsweise",
    "zahlungsmittel",
    "moyen",
    "forma",
    "método",
    "metodo",
    "betaalwijze",
    "betaalmethode",
    "visit",
    "besuch",
    "visite",
    "visita",
];

/// Whether words of a name tell how something was paid, or of a visit.
pub(super) fn tells_how(words: &[String]) -> bool {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(HOW)
        || (has(&["payment", "pay", "card", "paiement", "pago", "pagamento"])
            && has(&["type", "typ", "tipo", "mode", "kind"]))
}

/// Beginnings of words with which a request to give something back is granted, and with which it is not, or not yet, or in part.
const GRANTED: &[&str] = &[
    "approv",
    "accept",
    "complet",
    "granted",
    "issued",
    "processed",
    "received",
    "paid",
    "full",
    "genehm",
    "erstattet",
    "angenommen",
    "abgeschlossen",
    "erledigt",
    "eingegangen",
    "ausgezahlt",
    "akzept",
    "approuv",
    "accordé",
    "validé",
    "terminé",
    "reçu",
    "aprob",
    "aprov",
    "aceptad",
    "aceit",
    "concluíd",
    "concluid",
    "recibid",
    "recebid",
    "approvat",
    "accettat",
    "ricevut",
    "goedgekeurd",
    "afgerond",
    "ontvangen",
    "zatwierdz",
    "przyjęt",
    "godkän",
    "godkend",
    "onaylan",
    "одобр",
    "принят",
    "выполнен",
    "承認",
    "完了",
    "已完成",
    "완료",
];
const NOT_GRANTED: &[&str] = &[
    "cancel",
    "storn",
    "annul",
    "reject",
    "declin",
    "denied",
    "refus",
    "withdraw",
    "expir",
    "abgelehnt",
    "zurückgezogen",
    "rechaz",
    "rejeit",
    "recus",
    "rifiut",
    "afgewezen",
    "odrzuc",
    "avsl",
    "reddedil",
    "отклон",
    "отказ",
    "却下",
    "拒",
    "pending",
    "open",
    "offen",
    "not",
    "no",
    "non",
    "none",
    "never",
    "nicht",
    "kein",
    "keine",
    "sans",
    "sin",
    "part",
    "partial",
    "partially",
    "partly",
    "teil",
    "teilweise",
    "parcial",
    "partiel",
    "parziale",
    "parzialmente",
    "partiellement",
    "parcialmente",
    "eligible",
    "available",
    "within",
];

/// What a word in small letters says of a request to give something back: granted, not, or nothing known.
pub(super) fn is_granted(plain: &str) -> Option<bool> {
    let words: Vec<&str> =
        plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // Short words are meant as they stand: `not`, and no `notified`.
    let is_one = |known: &&str, word: &str| if known.len() < 5 { *known == word } else { word.starts_with(*known) };
    let has = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| is_one(start, word)));
    if has(NOT_GRANTED) {
        return Some(false);
    }
    has(GRANTED).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_returns_are_known_and_what_is_granted_is_told_from_what_is_not() {
        assert!(["sales credit note", "avoir", "返品", "refund"].iter().all(|word| is_of_returns(word)));
        assert!(!["returned", "credit card", "sale", ""].iter().any(|word| is_of_returns(word)));
        for granted in ["request approved", "genehmigt", "completed", "full refund", "rückgabe angenommen"] {
            assert_eq!(is_granted(granted), Some(true), "{granted}");
        }
        for not in ["request cancelled", "rejected", "not approved", "partially approved", "abgelehnt", "pending"] {
            assert_eq!(is_granted(not), Some(false), "{not}");
        }
        assert!(["", "requested", "return window"].iter().all(|word| is_granted(word).is_none()));
    }
}
