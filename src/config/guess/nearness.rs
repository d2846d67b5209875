//! How near the name of a column is to the names that one of ours has in shops.

use crate::config::lexicon;
use crate::config::name_words::in_words;
use crate::config::tables::Kind;
use crate::config::tax_words::{TAXES, WITH_OR_WITHOUT};

/// How near a name is that is on no list, but whose words all mean something.
pub(super) const BY_WORDS: u8 = 4;

/// Bytes of a letter at most.
const LETTER: usize = 4;

/// How far a name is from the synonyms, smaller is nearer: the same, the same with words that say nothing, one letter
/// apart. Within each, the more telling synonym is nearer.
pub(super) fn distance(kind: Kind, synonyms: &[&str], name: &str) -> Option<(u8, usize)> {
    let words = in_words(name);
    let joined = words.join("_");
    let telling = telling(kind, &words);
    let rank = |matches: &dyn Fn(&str) -> bool| synonyms.iter().position(|synonym| matches(synonym));
    rank(&|synonym| synonym == joined)
        .map(|rank| (0, rank))
        .or_else(|| rank(&|synonym| synonym == telling).map(|rank| (1, rank)))
        .or_else(|| counts_pieces(kind, synonyms, &words).then_some((2, 0)))
        .or_else(|| {
            // A name may be as long as a cell, and the distance takes time with its length.
            let is_as_long = |synonym: &str| synonym.len().abs_diff(joined.len()) <= LETTER;
            let is_one_apart = |synonym: &str| strsim::damerau_levenshtein(synonym, &joined) == 1;
            rank(&|synonym| synonym.len() > 6 && is_as_long(synonym) && is_one_apart(synonym)).map(|rank| (3, rank))
        })
}

/// The name without the words that say nothing for its kind, and at least its first word.
fn telling(kind: Kind, words: &[String]) -> String {
    let idle: &[&str] = match kind {
        Kind::Id => &["id", "no", "nr", "num", "number", "code", "key", "uuid", "ref"],
        Kind::Time => &["utc", "local", "ts", "dt", "timestamp", "datetime", "time"],
        Kind::Money => &[
            "gbp", "usd", "eur", "chf", "in", "gross", "net", "incl", "excl", "vat", "local", "cent", "cents", "ct",
            "pence", "centimes", "centavos", "minor", "brutto", "netto",
        ],
        Kind::Number => &["count", "no"],
        Kind::Text => &["name", "code", "label", "desc"],
        Kind::Flag => &["flag", "is", "has"],
    };
    let words = if kind == Kind::Money { without_taxes(words) } else { words };
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|word| !idle.contains(word)).collect();
    kept.join("_")
}

/// The words before the first that say how an amount stands to its taxes: `Order Total (inc tax)` is an order total.
pub(super) fn without_taxes(words: &[String]) -> &[String] {
    let is = |word: Option<&String>, known: &[&str]| word.is_some_and(|word| known.contains(&word.as_str()));
    let says = |place: &usize| is(words.get(*place), WITH_OR_WITHOUT) && is(words.get(place + 1), TAXES);
    // `VAT total` and `tax amount` are taxes.
    let end = if is(words.first(), TAXES) { 0 } else { (1..words.len()).find(says).unwrap_or(words.len()) };
    words.get(..end).unwrap_or(words)
}

/// `number_of_cds`, `n_bottles`: pieces, whatever they are called.
fn counts_pieces(kind: Kind, synonyms: &[&str], words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let counts = matches!(words.as_slice(), ["number", "of", _] | ["n" | "num", _]);
    let last = words.last().copied().unwrap_or_default();
    // `N° commande` is the number of an order.
    let is_an_id = || ["order_id", "customer_id", "purchased_at"].iter().any(|ours| lexicon::means(ours, last));
    let pieces = !matches!(last, "orders" | "days" | "customers" | "visits") && !is_an_id();
    kind == Kind::Number && synonyms.contains(&"quantity") && counts && pieces
}
