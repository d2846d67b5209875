//! Words with which help desks say that a ticket is no complaint: spam, merged into another one, a test, praise, a message that a
//! machine wrote. That it is closed, solved or refused says nothing of the kind.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::state_words::plain;
use crate::config::in_words;

/// States and kinds of tickets that are no complaints, in small letters, `_` and `-` as blanks, by language.
const NO_COMPLAINT: &[(&str, &str)] = &[
    (
        "English",
        "spam, junk, junk mail, spam ticket, marked as spam, phishing, merged, merged ticket, closed by merge, closed as merged, \
        merged into another, duplicate, duplicated, dup, dupe, duplicate ticket, duplicate issue, closed as duplicate, test, testing, \
        tests, test ticket, internal test, deleted, trash, trashed, praise, compliment, compliments, kudos, positive feedback, thanks, \
        thank you, thank you note, appreciation, auto reply, auto response, autoreply, automatic reply, automatic response, out of \
        office, automated, auto generated, order confirmation, order confirmations, shipping confirmation, delivery confirmation, \
        newsletter signup, newsletter sign up, newsletter subscription, job application",
    ),
    (
        "German",
        "unerwünscht, werbemail, zusammengeführt, zusammengelegt, duplikat, dublette, doppeltes ticket, testticket, interner test, \
        gelöscht, papierkorb, lob, lob und dank, dank, danke, dankeschön, danksagung, positives feedback, automatische antwort, \
        abwesenheitsnotiz, bestellbestätigung, auftragsbestätigung, versandbestätigung, newsletteranmeldung, newsletter anmeldung, \
        bewerbung",
    ),
    (
        "French",
        "indésirable, indésirables, pourriel, courrier indésirable, fusionné, fusionnée, fusionnés, doublon, dupliqué, essai, ticket de \
        test, test interne, supprimé, supprimée, corbeille, éloge, éloges, félicitations, remerciement, remerciements, merci, avis \
        positif, réponse automatique, confirmation de commande, inscription newsletter, candidature",
    ),
    (
        "Spanish",
        "no deseado, correo no deseado, basura, fusionado, fusionada, combinado, duplicado, duplicada, prueba, prueba interna, \
        eliminado, eliminada, borrado, papelera, elogio, elogios, felicitación, felicitaciones, agradecimiento, agradecimientos, \
        gracias, respuesta automática, fuera de la oficina, confirmación de pedido, confirmación del pedido",
    ),
    (
        "Portuguese",
        "indesejado, lixo, lixo eletrônico, mesclado, mesclada, unificado, unificada, teste, teste interno, excluído, excluída, apagado, \
        lixeira, agradecimento, agradecimentos, obrigado, resposta automática, confirmação de pedido, confirmação do pedido",
    ),
    (
        "Italian",
        "indesiderata, indesiderato, posta indesiderata, unito, unita, unificato, duplicato, duplicata, test interno, eliminato, \
        eliminata, cestino, complimento, complimenti, ringraziamento, ringraziamenti, encomio, risposta automatica, conferma ordine, \
        conferma d'ordine, conferma dell'ordine",
    ),
    (
        "Dutch",
        "ongewenst, ongewenste e mail, samengevoegd, duplicaat, dubbel ticket, interne test, verwijderd, prullenbak, bedankje, bedankt, \
        automatisch antwoord, orderbevestiging, bestelbevestiging, nieuwsbrief aanmelding",
    ),
    (
        "Polish",
        "niechciane, scalone, scalony, scalono, połączone, połączony, zduplikowane, zduplikowany, testowe, testowy, usunięte, \
        usunięty, pochwała, pochwały, podziękowanie, podziękowania, automatyczna odpowiedź, potwierdzenie zamówienia",
    ),
    (
        "Swedish, Danish, Norwegian",
        "skräp, skräppost, sammanslagen, sammanslaget, sammanfogad, dubblett, dublett, testärende, borttagen, raderad, beröm, tack, \
        autosvar, automatiskt svar, orderbekräftelse, uønsket, søppelpost, slået sammen, sammenslått, slettet, ros, autosvar, \
        ordrebekræftelse, ordrebekreftelse",
    ),
    (
        "Turkish",
        "istenmeyen, istenmeyen e posta, önemsiz, birleştirildi, birleştirilmiş, yinelenen, mükerrer, deneme, silindi, silinmiş, \
        teşekkür, övgü, otomatik yanıt, sipariş onayı",
    ),
    (
        "Japanese",
        "スパム, 迷惑メール, 統合, 統合済み, マージ済み, 重複, テスト, 削除, 削除済み, お礼, お褒め, お褒めの言葉, 感謝, 自動返信, 注文確認",
    ),
    (
        "Russian",
        "спам, объединен, объединён, объединено, объединена, дубль, дубликат, тест, тестовый, тестовое, удален, удалён, удалено, \
        удалена, благодарность, похвала, автоответ, подтверждение заказа",
    ),
];

/// States of tickets that say that somebody is done with them, and nothing of what they were: `Closed - duplicate`.
const DONE: &str = "closed, resolved, solved, done, rejected, declined, geschlossen, gelöst, erledigt, fermé, résolu, clos, cerrado, \
                    resuelto, fechado, resolvido, chiuso, risolto, gesloten, opgelost, zamknięte, zamknięty, stängd, löst, lukket, \
                    kapalı, kapandı, çözüldü, 完了, закрыт, закрыто, решено";

/// Words for complaints: a column called so, with a no, says that a ticket is none.
const COMPLAINT: &str = "complaint, complaints, beschwerde, reklamation, réclamation, reclamation, plainte, queja, reclamación, reclamo, \
                         reclamação, lamentela, reclamo, klacht, reklamacja, klagomål, klage, şikayet, 苦情, クレーム, жалоба";

/// Words that may stand beside in the name of a flag, and say nothing.
const IDLE: &str = "is, a, an, flag, ticket, tickets, marked, as, by, real, valid, actual, ist, ein, eine, als, markiert, est, un, une, \
                    es, una, é, e, um, uma, è, uno, het, een, czy, to, är, er, mi, yn, jn, bool, case, message, was";

/// Words that say into or of which other ticket, or when, in a name such as `merged_into`.
const INTO: &str = "into, to, in, at, on, date, time, of, id, ticket, am, um, zu, von, dans, en, le, de, du, à, el, a, del, em, na, do, \
                    da, il, di, nel, op, van, z, w, i, till, av, til, af, datum, fecha, data, case, issue, parent, target, key";

/// Beginnings of words in such names: what was merged, doubled or deleted.
const GONE: &[&str] = &[
    "merge",
    "dupl",
    "dublett",
    "doublon",
    "fusion",
    "mescl",
    "zusammengef",
    "zusammengel",
    "delet",
    "gelösch",
    "supprim",
    "elimin",
    "verwijder",
    "samengevoegd",
    "usuni",
    "scalon",
    "połącz",
    "unific",
    "birleştir",
    "sammanslag",
    "sammenslå",
    "слит",
    "объедин",
];

/// Words of names of columns that hold something else than what a ticket is.
const OF_OTHERS: &[&str] = &[
    "product",
    "produkt",
    "produit",
    "producto",
    "produto",
    "prodotto",
    "article",
    "artikel",
    "item",
    "sku",
    "brand",
    "country",
    "land",
    "pays",
    "city",
    "agent",
    "assignee",
    "assigned",
    "author",
    "owner",
    "user",
    "customer",
    "client",
    "kunde",
    "name",
    "email",
    "mail",
    "subject",
    "betreff",
    "sujet",
    "asunto",
    "title",
    "titel",
    "body",
    "text",
    "message",
    "comment",
    "description",
    "language",
    "sprache",
    "group",
    "arm",
    "variant",
    "experiment",
    "visibility",
    "priority",
    "severity",
    "order",
];

/// What the name of a column makes of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TicketName {
    /// A yes says that a ticket is no complaint.
    Against,
    /// A no says so.
    For,
    /// Any value may: another ticket, or a time.
    Filled,
    /// Only words say so.
    Words,
}

static NO_COMPLAINTS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = NO_COMPLAINT.iter().flat_map(|(_, words)| words.split(", "));
    words.collect()
});

fn is_one_of(list: &str, word: &str) -> bool {
    list.split(", ").any(|known| known == word)
}

/// Whether a state or kind of a ticket means that it is no complaint.
pub(super) fn is_no_complaint(word: &str) -> bool {
    if word.len() > 60 {
        return false;
    }
    let known = |text: &str| NO_COMPLAINTS.contains(text);
    if known(&plain(word)) {
        return true;
    }
    // A hyphen with blanks around it stands between two words, another one within one.
    let apart = word.replace(" - ", "/").replace(" – ", "/");
    let parts: Vec<String> = apart.split(['/', ',', '|', '(', ')', ':', ';']).map(|part| plain(part.trim())).collect();
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    parts.iter().any(|part| known(part)) && parts.iter().all(|part| known(part) || is_one_of(DONE, part))
}

/// What a column of that name may say of tickets; `None` if it tells of something else.
pub(super) fn of_name(name: &str) -> Option<TicketName> {
    let words = in_words(name);
    let all = |is: &dyn Fn(&str) -> bool| words.iter().all(|word| is(word));
    let any = |is: &dyn Fn(&str) -> bool| words.iter().any(|word| is(word));
    let is_complaint = |word: &str| is_one_of(COMPLAINT, word);
    let is_gone = |word: &str| GONE.iter().any(|start| word.starts_with(start));
    if any(&is_no_complaint) && all(&|word| is_no_complaint(word) || is_one_of(IDLE, word)) {
        return Some(TicketName::Against);
    }
    if any(&is_gone) && words.len() > 1 && all(&|word| is_gone(word) || is_one_of(INTO, word)) {
        return Some(TicketName::Filled);
    }
    if any(&is_complaint) && all(&|word| is_complaint(word) || is_one_of(IDLE, word)) {
        return Some(TicketName::For);
    }
    (!any(&|word| OF_OTHERS.contains(&word))).then_some(TicketName::Words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_what_is_no_complaint_are_known_and_states_of_complaints_are_not() {
        for word in [
            "Spam",
            "MERGED",
            "Closed - Duplicate",
            "closed_as_duplicate",
            "Indésirable",
            "Fusionné",
            "Test interne",
            "Lob",
            "order confirmation",
            "Auto-Reply",
            "Duplicado",
            "スパム",
            "Gelöscht",
            "Spam / Junk",
        ] {
            assert!(is_no_complaint(word), "{word}");
        }
        for word in [
            "closed",
            "Solved",
            "pending",
            "open",
            "Duplicate charge",
            "Won't Do",
            "Cannot Reproduce",
            "rejected",
            "Order confirmation missing",
            "Question",
            "Delivery / Test product",
            "Closed - refunded",
            "",
        ] {
            assert!(!is_no_complaint(word), "{word}");
        }
    }

    #[test]
    fn names_say_what_a_value_means() {
        use TicketName::{Against, Filled, For, Words};
        for (name, says) in [
            ("is_spam", Some(Against)),
            ("É spam", Some(Against)),
            ("Duplicate", Some(Against)),
            ("merged_into", Some(Filled)),
            ("duplicate_of", Some(Filled)),
            ("Mesclado em", Some(Filled)),
            ("Zusammengeführt in", Some(Filled)),
            ("Deleted at", Some(Filled)),
            ("is_complaint", Some(For)),
            ("Reklamation", Some(For)),
            ("complaint_resolved", Some(Words)),
            ("merged_from", Some(Words)),
            ("test date", Some(Words)),
            ("duplicates", Some(Words)),
            ("ticket_status", Some(Words)),
            ("test_group", None),
            ("Product", None),
        ] {
            assert_eq!(of_name(name), says, "{name}");
        }
    }
}
