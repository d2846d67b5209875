//! Rows that give something back by their kind, such as credit notes: whether a minus says so too.

use polars::prelude::*;

use super::beside::{is_of_money, minor_values};
use super::kinds_of_goods::Products;
use super::state_names::of_name;
use super::state_words::{Says, gives_back, is_purchase};
use super::values::ABSENT;
use super::words::Words;
use crate::config::{in_words, means};

/// Values of a column up to which it can hold kinds of rows.
const MOST_KINDS: usize = 20;

/// Words of names of columns that tell how something was paid, or why it was given back.
const NO_KINDS: &[&str] = &[
    "method",
    "payment",
    "tender",
    "card",
    "reason",
    "gateway",
    "zahlungsart",
    "zahlart",
    "zahlungsweise",
    "grund",
    "paiement",
    "règlement",
    "mode",
    "motif",
    "pago",
    "motivo",
    "pagamento",
    "betaalwijze",
    "customer",
    "visit",
    "ticket",
    "shipping",
    "delivery",
];

/// Whether a column of that name tells what was bought, and not what kind of row it is.
pub(super) fn tells_of_goods(name: &str) -> bool {
    const GOODS: &[&str] = &[
        "brand",
        "marke",
        "marque",
        "marca",
        "merk",
        "condition",
        "zustand",
        "colour",
        "color",
        "farbe",
        "couleur",
        "size",
        "größe",
        "genre",
        "title",
        "product",
        "produkt",
        "produit",
        "producto",
        "artikel",
        "warengruppe",
        "produktgruppe",
        "category",
        "kategorie",
    ];
    let is_type = |word: &String| matches!(word.as_str(), "type" | "status" | "state");
    let words = in_words(name);
    let has =
        words.iter().any(|word| GOODS.contains(&word.as_str())) || means("category", name) || means("product_id", name);
    // `Product type` is what goods are grouped by.
    has && (means("category", name) || !words.iter().any(is_type))
}

/// Whether a column of that name tells how goods look, or who made them: no word of it is a state of an order.
pub(super) fn tells_of_looks(name: &str) -> bool {
    const LOOKS: &[&str] = &[
        "brand", "marke", "marque", "marca", "merk", "colour", "color", "farbe", "couleur", "size", "größe", "taille",
        "genre",
    ];
    const STATES: &[&str] = &["type", "status", "state"];
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(LOOKS) && !has(STATES)
}

/// Rows in which an amount or a quantity has a minus.
pub(super) struct Minus {
    rows: Vec<bool>,
    /// Whether there is any amount at all.
    has_amounts: bool,
}

impl Minus {
    pub(super) fn of(rows: &DataFrame) -> Self {
        let mut minus = Self { rows: vec![false; rows.height()], has_amounts: false };
        let counts = |column: &&Column| is_of_money(column.name()) || means("quantity", column.name());
        for column in rows.columns().iter().filter(counts) {
            let Some(values) = minor_values(column, 2) else { continue };
            minus.has_amounts = true;
            for (row, value) in minus.rows.iter_mut().zip(values) {
                *row |= value < 0 && value != ABSENT;
            }
        }
        minus
    }

    /// Whether most rows with a word have a minus.
    fn is_usual(&self, words: &Words, word: &str) -> bool {
        let own = || (0..self.rows.len()).filter(|row| words.get(*row) == Some(word));
        let n_minus = own().filter(|row| self.rows.get(*row) == Some(&true)).count();
        n_minus > 0 && 2 * n_minus >= own().count()
    }
}

/// Whether rows with a word are read as returns, by their minus or by a flag that is drafted, and not set aside.
pub(super) fn is_read_as_return(says: Option<Says>, words: &Words, word: &str, minus: &Minus) -> bool {
    let is_kind = says.is_none() || !minus.has_amounts;
    gives_back(word) && (is_kind || minus.is_usual(words, word))
}

/// The values of a column of kinds of rows with which something is given back and no minus says so.
pub(super) fn without_minus(column: &Column, minus: &Minus, products: &Products) -> Vec<String> {
    let Ok(texts) = column.str() else { return Vec::new() };
    let name = in_words(column.name());
    let is_other = name.iter().any(|word| NO_KINDS.contains(&word.as_str()))
        || of_name(column.name()).is_some()
        || tells_of_goods(column.name());
    if is_other || !minus.has_amounts {
        return Vec::new();
    }
    let words = Words::from_text(texts);
    // Beside what was bought: `return` beside `new` is a kind of customer. A credit may be how something was paid.
    if words.names.len() > MOST_KINDS || !words.names.iter().any(|word| is_purchase(word)) {
        return Vec::new();
    }
    let is_told = |word: &&String| {
        gives_back(word)
            && !word.trim().eq_ignore_ascii_case("credit")
            && !minus.is_usual(&words, word)
            && !products.are_named(&words, word)
    };
    words.names.iter().filter(is_told).map(|word| word.trim().to_owned()).collect()
}
