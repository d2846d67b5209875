//! Exports of accounting: ledgers, journals, statements of a bank and reports with headings. Their rows are no orders of customers,
//! however well their columns may be taken for those.

use super::found::DraftColumn;
use super::guess::{self, reads};
use super::lexicon;
use super::looks::plausible;
use super::name_words::in_words;
use super::tables::{Kind, Table};

/// Names of columns in which an account is booked against another one, or an account of the general ledger.
const ACCOUNTS: &[&str] = &[
    "gegenkonto",
    "sollkonto",
    "habenkonto",
    "sachkonto",
    "kontobezeichnung",
    "contra account",
    "offset account",
    "counter account",
    "general ledger",
    "g l account",
    "gl account",
    "compte général",
    "compte de contrepartie",
    "contrapartida",
    "tegenrekening",
    "grootboek",
    "motkonto",
];

/// Names of the two columns of a ledger.
const DEBITS: &[&str] =
    &["debit", "debits", "debit amount", "soll", "soll betrag", "débit", "debe", "dare", "debet", "débito", "дебет"];
const CREDITS: &[&str] = &[
    "credit",
    "credits",
    "credit amount",
    "haben",
    "haben betrag",
    "crédit",
    "haber",
    "avere",
    "kredit",
    "crédito",
    "кредит",
];

/// Names of columns of a statement of a bank, of which one says little.
const OF_BANKS: &[&str] = &[
    "iban",
    "bic",
    "swift",
    "sort code",
    "valuta",
    "valutadatum",
    "value date",
    "wertstellung",
    "date de valeur",
    "fecha valor",
    "data valuta",
    "verwendungszweck",
    "remittance",
    "payment reference",
    "auftragskonto",
    "counterparty",
    "payee",
    "payer",
    "begünstigter",
    "beguenstigter",
    "zahlungspflichtiger",
    "zahlungsempfänger",
    "bénéficiaire",
    "beneficiario",
    "buchungstext",
    "balance",
    "saldo",
    "kontostand",
    "solde",
];

/// Words of names of columns of invoices and orders.
const OF_INVOICES: &[&str] =
    &["invoice", "order", "rechnung", "rechnungsnummer", "bestellung", "auftrag", "facture", "factura", "fattura"];

/// Words of the name of a column that numbers accounts of any kind, and not customers by name.
const ANY_ACCOUNT: &[&str] = &[
    "account",
    "accounts",
    "acct",
    "konto",
    "kontonummer",
    "kontonr",
    "compte",
    "cuenta",
    "conto",
    "conta",
    "rekening",
    "rekeningnummer",
    "iban",
    "blz",
    "bic",
    "auftragskonto",
    "counterparty",
    "party",
    "gl",
    "g",
    "l",
    "ledger",
    "no",
    "nr",
    "num",
    "number",
    "nummer",
    "code",
    "id",
    "name",
];

/// Why rows are of accounting and no orders, as a sentence that begins with a verb; `None` if nothing says so.
pub(super) fn why(columns: &[DraftColumn]) -> Option<String> {
    let mapping = guess::mapping(Table::Purchases, columns);
    let customers = mapping.get("customer_id").map(|from| reads(from, columns)).unwrap_or_default();
    // What is above the rows is no matter where they say themselves who bought.
    let is_needed = |column: &&DraftColumn| column.is_heading && customers.iter().all(|name| *name == column.name);
    if let Some(heading) = columns.iter().find(is_needed) {
        return Some(format!(
            "is a report, in which `{}` stands on a line of its own above the rows that belong to it: export it as a list that has it \
             in each row, or put it there in a spreadsheet",
            heading.name
        ));
    }
    let (what, signs) = signs(columns)?;
    let is_account = |name: &String| in_words(name).iter().all(|word| ANY_ACCOUNT.contains(&word.as_str()));
    let has_goods =
        ["quantity", "product_id"].iter().any(|ours| columns.iter().any(|own| lexicon::means(ours, &own.name)));
    if has_goods || !customers.iter().all(is_account) {
        return None;
    }
    let shown: Vec<String> = signs.iter().take(3).map(|sign| format!("`{sign}`")).collect();
    Some(format!(
        "looks like {what} ({}), whose lines are of accounts and no purchases of customers: export the orders or the invoices, a row \
         for each with who bought; if each row is a purchase all the same, `--purchases FILE` takes the file",
        shown.join(", ")
    ))
}

/// What it looks like, and the columns that say so.
fn signs(columns: &[DraftColumn]) -> Option<(&'static str, Vec<String>)> {
    let named = |known: &[&str]| -> Vec<String> {
        let is_known = |column: &&DraftColumn| {
            let words = format!(" {} ", in_words(&column.name).join(" "));
            known.iter().any(|name| words.contains(&format!(" {name} ")))
        };
        columns.iter().filter(is_known).map(|column| column.name.clone()).collect()
    };
    let is_preamble = |column: &&DraftColumn| ["EXTF", "DTVF"].contains(&column.name.trim_matches('"'));
    if let Some(column) = columns.first().filter(is_preamble) {
        return Some(("a DATEV file of postings below a line of its own", vec![column.name.clone()]));
    }
    let accounts = named(ACCOUNTS);
    if !accounts.is_empty() {
        return Some(("postings of a ledger", accounts));
    }
    let amounts = |known: &[&str]| {
        let is_it = |column: &&DraftColumn| {
            known.contains(&in_words(&column.name).join(" ").as_str())
                && (column.is_empty() || plausible(Kind::Money, column))
        };
        columns.iter().find(is_it).map(|column| column.name.clone())
    };
    if let (Some(debit), Some(credit)) = (amounts(DEBITS), amounts(CREDITS)) {
        return Some(("postings of a ledger or a bank", vec![debit, credit]));
    }
    if let Some((amount, number)) = columns.iter().find_map(|column| Some((column, column.balances.as_ref()?))) {
        let signs = vec![amount.name.clone(), number.clone()];
        return Some(("a journal, in which the first adds up to nothing within the second", signs));
    }
    let of_banks = named(OF_BANKS);
    // An invoice has a balance too.
    let least = if named(OF_INVOICES).is_empty() { 2 } else { 3 };
    (of_banks.len() >= least).then_some(("a statement of a bank", of_banks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Option<String> {
        let column =
            |name: &&str| DraftColumn { name: (*name).to_owned(), dtype: "str".to_owned(), ..DraftColumn::default() };
        why(&names.iter().map(column).collect::<Vec<_>>())
    }

    #[test]
    fn books_are_told_from_sales() {
        for books in [
            &["EXTF", "700", "21"][..],
            &["Umsatz (ohne Soll/Haben-Kz)", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "Belegdatum"],
            &["Date", "Account", "Debit", "Credit", "Memo"],
            &["Datum", "Betrag", "Sollkonto", "Habenkonto", "Belegnr"],
            &["Posting Date", "Document No.", "G/L Account No.", "Amount"],
            &["Auftragskonto", "Buchungstag", "Valutadatum", "Verwendungszweck", "Kontonummer/IBAN", "Betrag"],
            &["Booking Date", "Value Date", "Partner Iban", "Amount (EUR)"],
        ] {
            assert!(of(books).is_some(), "{books:?}");
        }
        for sales in [
            &["Order No", "Date", "Account", "Amount"][..],
            &["Customer No", "Posting Date", "Document No", "Debit", "Credit"],
            &["Date", "Account", "Item", "Quantity", "Debit", "Credit"],
            &["Account", "Invoice date", "Total", "Balance", "Payment reference"],
            &["Kundennummer", "Sachkonto", "Rechnungsdatum", "Betrag"],
            &["Order", "Payment Type", "Credit", "Email"],
        ] {
            assert_eq!(of(sales), None, "{sales:?}");
        }
    }
}
