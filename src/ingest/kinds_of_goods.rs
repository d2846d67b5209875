//! Words that name kinds of goods: whatever is sold of a product, it has the same word, as no state of an order does.

use polars::prelude::*;
use rustc_hash::FxHashSet;

use super::words::Words;
use crate::config::means;
use crate::timeline::columns::NO_CODE;

/// Columns of products that are looked at.
const MOST: usize = 3;

/// Lines of a product on average, and products and lines with a word, at least.
const LEAST_OF_PRODUCT: usize = 5;
const LEAST_PRODUCTS: usize = 3;
const LEAST_LINES: usize = 20;

/// One line with the word in so many may be of a product that has others too.
const ONE_IN: usize = 20;

/// What was bought in each row.
pub(super) struct Products(Vec<Words>);

impl Products {
    pub(super) fn of(rows: &DataFrame) -> Self {
        let products = rows.columns().iter().filter(|column| means("product_id", column.name()));
        let words = products.take(MOST).filter_map(Words::of_column);
        Self(words.filter(|words| words.names.len() * LEAST_OF_PRODUCT <= words.codes.len()).collect())
    }

    /// Whether a word of a column stands beside several products, and beside those always.
    pub(super) fn are_named(&self, kinds: &Words, word: &str) -> bool {
        self.0.iter().any(|products| are_named(products, kinds, word))
    }
}

fn are_named(products: &Words, kinds: &Words, word: &str) -> bool {
    let is_it: Vec<bool> = kinds.names.iter().map(|name| name.trim() == word.trim()).collect();
    let has_word = |code: u32| usize::try_from(code).is_ok_and(|code| is_it.get(code) == Some(&true));
    let rows = || products.codes.iter().zip(&kinds.codes).filter(|(product, _)| **product != NO_CODE);
    let others: FxHashSet<u32> = rows().filter(|(_, kind)| !has_word(**kind)).map(|(product, _)| *product).collect();
    let (mut own, mut n, mut n_mixed) = (FxHashSet::default(), 0, 0);
    for (product, _) in rows().filter(|(_, kind)| has_word(**kind)) {
        n += 1;
        n_mixed += usize::from(others.contains(product));
        own.insert(*product);
    }
    n >= LEAST_LINES && n_mixed * ONE_IN <= n && own.len() >= LEAST_PRODUCTS && own.len() * LEAST_OF_PRODUCT <= n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_go_with_products_name_goods() {
        let n = 400;
        let rows = df!(
            "sku" => (0..n).map(|row| format!("P{}", row * 7 % 20)).collect::<Vec<_>>(),
            "Type" => (0..n).map(|row| ["Test", "Care"][row * 7 % 20 % 2]).collect::<Vec<_>>(),
            "Kind" => (0..n).map(|row| ["Test", "Sale"][usize::from(row % 11 > 0)]).collect::<Vec<_>>(),
            "Single" => (0..n).map(|row| ["Test", "Sale"][usize::from(row * 7 % 20 > 0)]).collect::<Vec<_>>(),
        )
        .unwrap();
        let products = Products::of(&rows);
        let are_named = |name: &str| products.are_named(&Words::of_column(rows.column(name).unwrap()).unwrap(), "Test");
        assert!(are_named("Type"), "half of the products");
        assert!(!are_named("Kind"), "now and then");
        assert!(!are_named("Single"), "one product, which may be a fee");
        assert!(!Products::of(&rows.head(Some(60))).are_named(&Words::default(), "Test"));
    }
}
