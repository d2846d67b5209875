//! Words with which shops call whoever is not known to them, in the languages of their exports.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that are no customer, in small letters.
const NOBODY: &str = "-, --, ---, ., ?, ??, anon, anonim, anonimo, anonym, anonyme, anonymous, anónimo, barverkauf, blank, (blank), \
    cash customer, cliente generico, default, default customer, dummy, empty, gast, guest, guests, inconnu, \
    invitado, invité, invite, kassenkunde, keine, k.a., laufkunde, laufkundschaft, missing, n.a., n/a, na, nan, \
    nil, no customer, no name, noname, none, not logged in, null, onbekend, ospite, sconosciuto, desconocido, \
    undefined, unknown, unbekannt, walk in, walk-in, walk-in customer, walkin, #n/a, [null], <na>, hóspede, \
    convidado, cliente final, cliente mostrador, cliente ocasional, cliente varios, client de passage, \
    client comptoir, consumidor final, consumidor, mostrador, público en general, publico en general, \
    público general, publico general, cliente balcão, balcão, cliente avulso, particulier, particulier comptoir, \
    contant, kassaklant, kontantkund, kontantsalg, klient detaliczny, klient indywidualny, maloobchod, \
    розничный покупатель, розница, частное лицо, физическое лицо, 一般客, ゲスト, 游客, 비회원, ลูกค้าทั่วไป, pelanggan umum, \
    misafir, bezmenný, zákazník na prodejně, counter sale, cash sale, cash sales, retail customer, walk-in client, \
    walkin customer, no member, non member, non-member, nonmember, ohne karte, ohne kundenkarte, sans carte, \
    kunde ohne nummer, ohne kundennummer, pos customer, online customer, store customer, privatkunde, privatkunden, \
    kontantkunde, thekenkunde, thekenverkauf, ladenverkauf, barkunde, einmalkunde, n/d, s/d, \
    sin datos, sin dato, sin nombre, sin identificar, no identificado, no disponible, non disponible, \
    non renseigné, non identifié, non specificato, não informado, nao informado, não identificado, sem cadastro, \
    sem cpf, keine angabe, ohne angabe, k. a., nicht angegeben, nicht zugeordnet, n.v.t., niet ingevuld, brak, \
    brak danych, saknas, okänd, ukendt, ukjent, tuntematon, neznámý, nieznany, ismeretlen, necunoscut, bilinmiyor, \
    нет данных, не указан, не указано, неизвестно, 不明, 未登録, 非会員, 未知, 미등록, not set, (not set), not provided, \
    not available, not specified, unspecified, unassigned, no data, no id, no email, no card, tbd, (direct), #nv, \
    #ref!";

/// Ids that may be a customer's, and often are nobody's.
const PERHAPS_NOBODY: &str = "0, 00, 000, 0000, 00000, 000000, 0000000, 00000000, -1, 1111111111, 9999, 99999, 999999, 9999999, 99999999, \
    999999999, 9999999999, test, tester, testing, test user, testkunde, x, xx, xxx, cash, diverse, divers, \
    diversos, varios, vari, varie, various, sonstige, comptoir, other, customer";

/// Beginnings of addresses that are nobody's.
const NOBODYS_ADDRESS: &[&str] =
    &["guest@", "noemail@", "no-email@", "anonymous@", "unknown@", "test@", "none@", "noreply@"];

/// Words for customers whom nobody tells apart, and for sales at the counter: with one of them an id of known words alone is nobody's.
const WHOEVER: &str = "diverse, diverses, diverser, div, divers, diversos, diversi, varios, varie, vari, vario, various, sundry, misc, \
    miscellaneous, sonstige, sonstiger, unbekannt, unbekannter, unknown, anonym, anonymer, anonymous, anonyme, \
    anónimo, anonimo, anoniem, anonimowy, anonymní, guest, guests, gast, gäste, invité, invitado, laufkunde, \
    laufkunden, laufkundschaft, barverkauf, barverkäufe, thekenverkauf, thekenkunde, ladenkunde, ladenverkauf, \
    kassenkunde, barkunde, einmalkunde, walkin, walk, counter, cash, casual, otc, comptoir, passage, passager, \
    comptant, mostrador, contado, genérico, generico, ocasional, balcão, balcao, avulso, occasionale, \
    generica, toonbank, passant, passanten, kontant, kontantkund, kontantkunde, kontantsalg, kontantförsäljning, \
    detaliczny, maloobchod, hotově, peşin, perakende, розничный, розничные";

/// Words that say as much where they stand beside one of customers or sales.
const BESIDE: &str = "customer, customers, client, clients, clientes, cliente, clienti, kunde, kunden, kundschaft, klant, klanten, \
    klient, kund, kunder, zákazník, müşteri, покупатель, клиент, buyer, account, sale, sales, verkauf, verkäufe, \
    vente, ventes, venta, ventas, venda, vendas, vendita, vendite, verkoop, salg, checkout, user, debitor, \
    debiteur";

/// Words that may stand beside both.
const FILLING: &str = "in, de, du, al, à, au, di, da, le, la, the, und, store, shop, filiale, branch, pos, kasse, till, \
    tienda, loja, magasin, negozio, winkel, ohne, nummer, number, no";

/// Words for a guest, which with a number behind may be one of many and not all of them.
const GUESTS: &[&str] = &[
    "guest",
    "guests",
    "gast",
    "gäste",
    "invité",
    "invitado",
    "anonymous",
    "anonym",
    "unknown",
    "unbekannt",
    "div",
    "walk",
    "varie",
    "vari",
];

/// Whether an id in small letters has known words alone, one of which says that it is whoever came.
fn is_counter(small: &str) -> bool {
    let words: Vec<&str> =
        small.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = |word: &&str| {
        WHOEVER_WORDS.contains(*word)
            || BESIDE_WORDS.contains(*word)
            || FILLING_WORDS.contains(*word)
            || is_number(word)
    };
    let n_whoever = words.iter().filter(|word| WHOEVER_WORDS.contains(*word)).count();
    let is_sure = words.iter().any(|word| WHOEVER_WORDS.contains(*word) && !GUESTS.contains(word));
    // `Laufkundschaft` needs no word beside; `Comptoir` may be the name of a restaurant.
    let says_alone = |word: &&str| NOBODY_WORDS.contains(*word) && !GUESTS.contains(word);
    let is_of_buyers = words.iter().any(|word| BESIDE_WORDS.contains(*word) || says_alone(word));
    // `Cash` or `Walk` alone may be a name, and `Guest 12` one of many.
    words.len() <= 6
        && n_whoever > 0
        && is_of_buyers
        && words.iter().all(is_known)
        && (is_sure || !words.iter().any(is_number))
}

static NOBODY_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOBODY.split(", ").collect());
static PERHAPS_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| PERHAPS_NOBODY.split(", ").collect());
static WHOEVER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| WHOEVER.split(", ").collect());
static BESIDE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| BESIDE.split(", ").collect());
static FILLING_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| FILLING.split(", ").collect());

/// How sure it is that an id is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nobody {
    Surely,
    Perhaps,
}

/// Whether an id is nobody's.
pub(super) fn nobody(id: &str) -> Option<Nobody> {
    let small = id.trim().to_lowercase();
    if NOBODY_WORDS.contains(small.as_str()) || is_nil(&small) || is_counter(&small) {
        Some(Nobody::Surely)
    } else {
        let is_perhaps =
            PERHAPS_WORDS.contains(small.as_str()) || NOBODYS_ADDRESS.iter().any(|start| small.starts_with(start));
        is_perhaps.then_some(Nobody::Perhaps)
    }
}

/// Whether an id is the empty one of its kind, as `00000000-0000-0000-0000-000000000000`.
fn is_nil(id: &str) -> bool {
    id.len() == 36
        && id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
        && id.bytes().filter(|byte| *byte == b'-').count() == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nobody_are_known_in_any_letters() {
        for id in [
            "Guest",
            "N/A",
            "unknown",
            "None",
            "-",
            "CONSUMIDOR FINAL",
            "00000000-0000-0000-0000-000000000000",
            "Diverse Kunden",
            "Clients divers",
            "Cliente contado",
            "CASH SALES - STORE 1",
            "Laufkundschaft Filiale 3",
            "Guest Checkout",
            "(not set)",
            "n/d",
            "Sin datos",
        ] {
            assert_eq!(nobody(id), Some(Nobody::Surely), "{id}");
        }
        for id in ["0", "TEST", "test@shop.example", "99999"] {
            assert_eq!(nobody(id), Some(Nobody::Perhaps), "{id}");
        }
        for id in [
            "12",
            "anna@x.com",
            "Gaston",
            "C0",
            "Johnny Cash",
            "Le Comptoir",
            "La Passage Shop",
            "Guest 12",
            "guest_4711",
            "Walk",
            "Counter Culture GmbH",
            "Cash & Carry Store",
            "Kunde 12",
        ] {
            assert_eq!(nobody(id), None, "{id}");
        }
    }
}
