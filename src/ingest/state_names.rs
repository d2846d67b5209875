//! What the name of a column, beside its values, says of an order: its state, that it was undone, what it came to.

use super::dates::apart;
use super::flag_names::{are_flags, is_affirmed};
use super::return_words::{tells_how, tells_of_returns};
use super::state_words::{Says, is_no_purchase, is_state_of_orders};
use crate::config::{in_words, speaks_of_pieces};

/// Whether a column of that name holds states or kinds of documents.
pub(super) fn is_of_states(name: &str) -> bool {
    let is_kind = |word: &String| KINDS.contains(&word.as_str());
    of_name(name).is_some_and(Says::is_of_order) || in_words(name).iter().any(is_kind)
}

/// Words of names of columns that hold kinds of documents.
const KINDS: &[&str] = &[
    "type",
    "typ",
    "tipo",
    "kind",
    "event",
    "art",
    "fkart",
    "fakturaart",
    "belegart",
    "auart",
    "doctype",
    "vorgang",
    "transaction",
    "buchungsart",
    "nature",
];

/// Whether values that nobody has named are worth a word in a column of that name: it holds states of orders, or codes that say
/// what a row is, such as `R` and `S`.
pub(crate) fn tells_of_rows(name: &str, values: &[&str]) -> bool {
    let words = in_words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_kind = is_kind_of_rows(name);
    // `state` alone is a place at least as often.
    let are_known = || values.iter().any(|value| is_state_of_orders(value));
    let is_of_order =
        || any(&["state", "states"]) && (any(&["order", "current", "payment", "line", "invoice", "id"]) || are_known());
    let is_state = words.iter().any(|word| STATES.iter().any(|state| word.ends_with(state))) || is_of_order();
    let are_codes = values.iter().all(|value| {
        value.chars().count() <= 2 || (value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit()))
    });
    !any(OF_OTHERS) && (is_state || (is_kind && are_codes) || values.iter().any(|value| is_no_purchase(value)))
}

/// Whether a column of that name says what a row is, such as `Line type`.
pub(crate) fn is_kind_of_rows(name: &str) -> bool {
    let words = in_words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    any(ROW_KINDS) && words.iter().all(|word| ROW_WORDS.contains(&word.as_str()) || ROW_KINDS.contains(&word.as_str()))
}

/// Ends of words for what became of an order.
const STATES: &[&str] = &[
    "status",
    "statut",
    "statuss",
    "zustand",
    "stav",
    "durum",
    "durumu",
    "statüsü",
    "statü",
    "progress",
    "stage",
    "fulfillment",
    "fulfilment",
    "situação",
    "situacao",
    "situación",
    "estado",
    "stato",
    "état",
    "etat",
    "tila",
    "állapot",
    "stare",
    "starea",
    "статус",
    "состояние",
    "стан",
    "būsena",
    "olek",
    "staða",
    "stanje",
    "κατάσταση",
    "ステータス",
    "状態",
    "状态",
    "狀態",
    "상태",
    "สถานะ",
    "स्थिति",
    "وضعیت",
    "حالة",
    "الحالة",
    "סטטוס",
    "thái",
];

/// Words for what a row is, and words that may stand beside.
const ROW_KINDS: &[&str] = &[
    "type",
    "typ",
    "tipo",
    "kind",
    "art",
    "indicator",
    "ind",
    "soll",
    "haben",
    "s",
    "h",
    "sh",
    "dc",
    "dr",
    "cr",
    "debit",
    "credit",
    "sign",
    "belegart",
    "buchungsart",
    "vorgangsart",
    "bewegungsart",
    "auftragsart",
    "umsatzart",
    "belegtyp",
    "doctype",
];
const ROW_WORDS: &[&str] = &[
    "transaction",
    "trans",
    "txn",
    "trx",
    "document",
    "doc",
    "line",
    "row",
    "record",
    "entry",
    "order",
    "sale",
    "sales",
    "receipt",
    "event",
    "movement",
    "posting",
    "item",
    "code",
    "cd",
    "of",
    "the",
    "or",
    "und",
    "kennzeichen",
    "vorgang",
    "beleg",
    "buchung",
    "comp",
    "comprobante",
    "documento",
    "movimiento",
    "mouvement",
    "de",
];

/// Whether a column of that name tells what became of a customer, or how an order was paid, and not what became of it.
pub(super) fn tells_of_others(name: &str) -> bool {
    let words = in_words(name);
    is_of_customer(&words) || tells_how(&words)
}

/// Whether words tell what became of a customer, such as `Membership status`.
fn is_of_customer(words: &[String]) -> bool {
    const PERSONS: &[&str] =
        &["membership", "member", "customer", "loyalty", "marital", "newsletter", "kunden", "client"];
    let is_person = |word: &String| PERSONS.contains(&word.as_str());
    words.iter().any(is_person) && words.iter().any(|word| STATES.iter().any(|state| word.ends_with(state)))
}

/// Words for somebody or something else than the order that is bought.
const OF_OTHERS: &[&str] = &[
    "customer",
    "client",
    "member",
    "loyalty",
    "card",
    "marital",
    "employment",
    "tax",
    "shipping",
    "product",
    "stock",
    "subscription",
    "newsletter",
    "email",
    "contact",
    "opt",
    "vip",
    "kunden",
    "user",
    "account",
];

/// Words of what has a state of its own.
const OF_OTHER_THINGS: &[&str] = &[
    "product",
    "stock",
    "email",
    "mail",
    "sms",
    "survey",
    "campaign",
    "risk",
    "qc",
    "crm",
    "subscription",
    "abo",
    "export",
];

/// Beginnings of words for what was undone.
const UNDONE: &[&str] = &[
    "cancel",
    "storn",
    "annul",
    "geannul",
    "void",
    "deleted",
    "anula",
    "anulow",
    "abbestell",
    "avbest",
    "avbok",
    "avboka",
    "avbrut",
    "afbest",
    "kanseller",
    "peruut",
    "peruttu",
    "zrušen",
    "zrusen",
    "stornov",
    "iptal",
    "отмен",
    "аннулир",
    "скасов",
    "キャンセル",
    "取消",
];

/// Words of what may become of an order and did not.
const OF_TERMS: &[&str] = &[
    "policy",
    "deadline",
    "fee",
    "fees",
    "terms",
    "allowed",
    "possible",
    "option",
    "insurance",
    "window",
    "eligible",
    "cancellable",
    "cancelable",
    "free",
    "until",
    "stornierbar",
    "stornofrist",
    "stornoschutz",
    "stornobis",
];

/// Words beside which a column has the day until which an order may be undone.
const UNTIL: &[&str] = &[
    "bis",
    "hasta",
    "jusqu",
    "jusque",
    "tot",
    "till",
    "before",
    "limit",
    "limite",
    "latest",
    "frist",
    "möglich",
    "moeglich",
    "gratuita",
    "gratuite",
    "gratis",
    "kostenlos",
    "annulable",
    "kündbar",
];

/// Beginnings of words for a delivery, and ends of those for its state; a shipping state is a place.
const DELIVERIES: &[&str] = &[
    "liefer",
    "versand",
    "shipping",
    "shipment",
    "delivery",
    "fulfil",
    "envío",
    "envio",
    "entrega",
    "livraison",
    "expédition",
    "expedition",
    "spedizione",
    "consegna",
    "verzend",
    "bezorg",
    "lever",
    "wysył",
    "dostaw",
    "доставк",
    "отгруз",
];
const STATES_OF_DELIVERIES: &[&str] = &["status", "statut", "zustand", "estado", "stato", "état", "etat", "статус"];

/// Whether a column of that name may number the payments of an order that is paid in parts.
pub(super) fn is_of_payments(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "instal",
        "teilzahlung",
        "ratennummer",
        "ratennr",
        "ratenzahlung",
        "cuota",
        "parcela",
        "mensualité",
        "échéance",
        "termijn",
        "taksit",
        "delbetal",
        "raty",
    ];
    const AMOUNTS: &[&str] =
        &["amount", "betrag", "value", "wert", "total", "valor", "importe", "montant", "date", "day"];
    let words = in_words(name);
    words.iter().any(|word| PARTS.iter().any(|start| word.starts_with(start)))
        && !words.iter().any(|word| AMOUNTS.contains(&word.as_str()))
}

/// Whether a column of that name names the order that a row is a part of.
pub(super) fn is_of_wholes(name: &str) -> bool {
    const WHOLES: &[&str] = &[
        "parent",
        "übergeordnet",
        "übergeordnete",
        "hauptauftrag",
        "hauptbestellung",
        "parente",
        "padre",
        "principal",
        "master",
    ];
    const BESIDE: &[&str] = &[
        "order",
        "orders",
        "id",
        "no",
        "nr",
        "num",
        "number",
        "nummer",
        "ref",
        "reference",
        "post",
        "of",
        "commande",
        "pedido",
        "ordine",
        "bestellung",
        "auftrag",
        "bestelling",
        "item",
        "items",
        "line",
        "sku",
        "product",
        "article",
        "artikel",
        "artikelnummer",
        "position",
        "bundle",
        "set",
        "kit",
    ];
    let words = in_words(name);
    let is = |word: &String, known: &[&str]| known.contains(&word.as_str());
    words.iter().any(|word| is(word, WHOLES)) && words.iter().all(|word| is(word, WHOLES) || is(word, BESIDE))
}

/// What a column of that name and with these values may say of an order.
pub(super) fn of_column<'w>(name: &str, mut values: impl Iterator<Item = &'w str>) -> Option<Says> {
    if is_flag(name) {
        return if are_flags(values) { Some(Says::Done) } else { of_name(name) };
    }
    // `Cancelled by` has who did it, or the day until which it may be done.
    let is_until = is_by(name) && values.any(|value| apart(value).is_some());
    of_name(name).filter(|_| !is_until)
}

/// Whether values say more of a column of that name than the name does.
pub(super) fn needs_values(name: &str) -> bool {
    is_flag(name) || is_by(name)
}

fn is_by(name: &str) -> bool {
    in_words(name).iter().any(|word| word == "by")
}

/// Whether a column of that name says with a yes or a no whether an order was paid, completed or real.
pub(super) fn is_flag(name: &str) -> bool {
    is_affirmed(&in_words(name))
}

/// Whether a word ends with one for pieces, whatever is before it: `Retourmenge`, `Returantal`.
fn is_compound_of_pieces(words: &[String]) -> bool {
    const PIECES: &[&str] =
        &["menge", "mengen", "anzahl", "stück", "stückzahl", "aantal", "antal", "antall", "määrä", "quantity", "qty"];
    words.iter().any(|word| PIECES.iter().any(|end| word.len() > end.len() && word.ends_with(end)))
}

/// What a column of that name may say of an order.
pub(super) fn of_name(name: &str) -> Option<Says> {
    const COMPOUND: &[&str] = &["status", "zustand", "ステータス", "状態", "状态", "상태"];
    let words = in_words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let starts = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| word.starts_with(start)));
    let is_undone = starts(UNDONE);
    if is_of_customer(&words) || tells_how(&words) || any(OF_TERMS) || (is_undone && any(UNTIL)) {
        return None;
    }
    if starts(DELIVERIES) && words.iter().any(|word| STATES_OF_DELIVERIES.iter().any(|state| word.ends_with(state))) {
        return Some(Says::Delivery);
    }
    // A reason for it, or who did it, stands where it was cancelled.
    if any(&["reason", "grund", "motif", "motivo", "reden", "powód", "orsak", "by"]) {
        return is_undone.then_some(Says::Undone);
    }
    if any(&["address", "billing", "shipping", "note", "notes"]) {
        return None;
    }
    if (is_undone || tells_of_returns(&words))
        && (speaks_of_pieces(&words) || is_compound_of_pieces(&words))
        && !any(&["status", "at", "date", "id", "type", "reason"])
    {
        return Some(Says::PiecesBack);
    }
    let is_refund = starts(&["refund", "erstatt", "gutschrift", "rembours", "reembols", "rimbors", "terugbetaal"]);
    if is_refund && !any(&["status", "at", "date", "id", "type", "currency"]) {
        return Some(Says::GivenBack);
    }
    // A test of two groups is none of the order.
    let is_of_groups = any(&["group", "gruppe", "ab", "a", "b", "variant", "arm", "drive", "experiment"]);
    if is_undone || (any(&["test"]) && !is_of_groups) {
        return Some(Says::Undone);
    }
    if any(OF_OTHER_THINGS) {
        return None;
    }
    let is_compound = words.iter().any(|word| COMPOUND.iter().any(|end| word.ends_with(end)));
    if is_compound || any(&["statut", "estado", "stato", "state", "état", "etat", "tillstånd", "mode"]) {
        return Some(if tells_of_returns(&words) { Says::TakenBack } else { Says::State });
    }
    let joined = words.join(" ");
    TOTALS.contains(&joined.as_str()).then_some(Says::Total)
}

/// Names of what an order comes to.
const TOTALS: &[&str] = &[
    "total",
    "subtotal",
    "sub total",
    "order total",
    "order subtotal",
    "order amount",
    "order value",
    "total amount",
    "total price",
    "total value",
    "grand total",
    "grand total base",
    "grand total purchased",
    "invoice total",
    "invoice amount",
    "receipt total",
    "amount total",
    "gesamt",
    "gesamtbetrag",
    "gesamtsumme",
    "summe",
    "rechnungsbetrag",
    "bestellwert",
    "montant total",
    "total ttc",
    "total ht",
    "importe total",
    "valor total",
    "totale",
    "totaal",
    "totaalbedrag",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_column_may_say() {
        for (name, says) in [
            ("Financial Status", Some(Says::State)),
            ("order_status", Some(Says::State)),
            ("Mode", Some(Says::State)),
            ("受注ステータス", Some(Says::State)),
            ("Lieferstatus", Some(Says::Delivery)),
            ("Estado de envío", Some(Says::Delivery)),
            ("Shipping State", None),
            ("Storno bis", None),
            ("Cancelled at", Some(Says::Undone)),
            ("Storniert", Some(Says::Undone)),
            ("isTest", Some(Says::Undone)),
            ("Refunded Amount", Some(Says::GivenBack)),
            ("Total Refunded", Some(Says::GivenBack)),
            ("Qty Returned", Some(Says::PiecesBack)),
            ("quantity_refunded", Some(Says::PiecesBack)),
            ("qty_canceled", Some(Says::PiecesBack)),
            ("Retourmenge", Some(Says::PiecesBack)),
            ("Returantal", Some(Says::PiecesBack)),
            ("Geannuleerd", Some(Says::Undone)),
            ("Peruutettu", Some(Says::Undone)),
            ("Return date", None),
            ("Refund status", Some(Says::TakenBack)),
            ("Cancel reason", Some(Says::Undone)),
            ("Return reason", None),
            ("Cancellation policy", None),
            ("Membership status", None),
            ("Subtotal", Some(Says::Total)),
            ("orderTotal", Some(Says::Total)),
            ("Grand Total (Base)", Some(Says::Total)),
            ("billing_state", None),
            ("Lineitem price", None),
            ("Latest", None),
        ] {
            assert_eq!(of_name(name), says, "{name}");
        }
    }
}
