//! Words of names of columns that say how an amount stands to its taxes.

use super::name_words::in_words;

/// Taxes on what is bought.
pub(crate) const TAXES: &[&str] = &[
    "tax",
    "taxes",
    "vat",
    "gst",
    "mwst",
    "mw",
    "ust",
    "steuer",
    "tva",
    "taxe",
    "iva",
    "btw",
    "moms",
    "dph",
    "mva",
    "kdv",
    "hst",
    "pst",
    "umsatzsteuer",
    "mehrwertsteuer",
    "steuerbetrag",
    "imposto",
    "impuesto",
    "impuestos",
    "imposta",
    "ндс",
    "消費税",
    "税",
    "税額",
    "税额",
];

/// Words before a tax that say whether it is part of an amount.
pub(crate) const WITH_OR_WITHOUT: &[&str] = &[
    "inc",
    "incl",
    "including",
    "ex",
    "excl",
    "excluding",
    "with",
    "without",
    "before",
    "after",
    "inkl",
    "exkl",
    "mit",
    "ohne",
    "zzgl",
    "avec",
    "sans",
    "hors",
    "con",
    "sin",
    "senza",
    "met",
    "zonder",
    "s",
    "bez",
    "z",
    "med",
    "utan",
    "uten",
    "uden",
    "exc",
];

/// Words beside which an amount has its tax in it, and words that say both.
const WITH: &[&str] = &[
    "inc",
    "incl",
    "including",
    "included",
    "with",
    "after",
    "inkl",
    "inklusive",
    "mit",
    "avec",
    "con",
    "compris",
    "incluido",
    "incluida",
    "inclus",
    "inclusief",
    "met",
    "med",
    "vč",
    "z",
    "com",
];
const WITH_TAX: &[&str] = &[
    "brutto",
    "bruttobetrag",
    "bruttosumme",
    "bruttoumsatz",
    "bruttowert",
    "bruttopreis",
    "ttc",
    "ivato",
    "税込",
    "税込金額",
];

/// Words with which one of two amounts is that with the tax, and the other that without it.
const INCLUDED: &[&str] =
    &["inc", "incl", "including", "included", "inkl", "inklusive", "inclus", "inclusief", "compris", "incluido"];
const BEFORE_TAX: &[&str] = &[
    "ex",
    "exc",
    "excl",
    "excluding",
    "exkl",
    "exklusive",
    "exclusief",
    "ht",
    "hors",
    "netto",
    "nettobetrag",
    "nettosumme",
    "nettoumsatz",
    "nettowert",
    "nettopreis",
    "税抜",
    "税抜金額",
    "税別",
];
const WITHOUT: &[&str] =
    &["without", "before", "net", "ohne", "zzgl", "sans", "sin", "senza", "zonder", "bez", "utan", "uten", "uden"];

/// Whether a column of that name has amounts with their tax, if there is another without.
pub(crate) fn is_with_its_tax(name: &str) -> bool {
    is_with_tax(name) || has(&in_words(name), INCLUDED)
}

/// Whether a column of that name has amounts without their tax, if there is another with it.
pub(crate) fn is_before_tax(name: &str) -> bool {
    let words = in_words(name);
    !is_with_its_tax(name) && (has(&words, BEFORE_TAX) || (has(&words, TAXES) && has(&words, WITHOUT)))
}

fn has(words: &[String], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(&word.as_str()))
}

/// Whether a column of that name has amounts with their tax.
pub(super) fn is_with_tax(name: &str) -> bool {
    let words = in_words(name);
    has(&words, WITH_TAX) || (has(&words, TAXES) && has(&words, WITH))
}

/// Whether a column of that name has the tax, and no amount with it or without it.
pub(super) fn is_tax(name: &str) -> bool {
    let words = in_words(name);
    has(&words, TAXES) && !has(&words, WITH_OR_WITHOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_with_their_tax_are_told_by_name() {
        for name in
            ["Total incl. VAT", "Bruttobetrag", "Total TTC", "Line total inc tax", "Importe con IVA", "Prezzo ivato"]
        {
            assert!(is_with_tax(name), "{name}");
        }
        for name in ["Total", "Total excl. VAT", "Gross Sales", "VAT", "Nettobetrag", "Total HT"] {
            assert!(!is_with_tax(name), "{name}");
        }
        assert!(is_tax("VAT amount") && !is_tax("Total incl. VAT") && !is_tax("Total"));
    }
}
