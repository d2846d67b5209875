//! Words that other programs write where there is nothing: they mean nothing in whatever kind of source they stand.

use polars::prelude::*;
use rayon::prelude::*;

use super::words::Words;

/// The words of programs, as a cell has them from end to end.
pub(crate) const ABSENT_WORDS: &[&str] =
    &["NA", "N/A", "#N/A", "<NA>", "NULL", "null", "None", "NaN", "nan", "NaT", "\\N"];

/// What spreadsheets write where a formula failed, in the languages in which they do, and reports where nothing was set.
const FAILED: &[&str] = &[
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#NV",
    "#BEZUG!",
    "#WERT!",
    "#ZAHL!",
    "#VALEUR!",
    "#NOM?",
    "#¡REF!",
    "#¡VALOR!",
    "#¡DIV/0!",
    "#VALOR!",
    "#N/D",
    "#ND",
    "#RIF!",
    "#VALORE!",
    "#NB",
    "#VERW!",
    "#WAARDE!",
    "#ADR!",
    "#ARG!",
    "#SAKNAS!",
    "#YOK",
    "#ССЫЛКА!",
    "#ЗНАЧ!",
    "#Н/Д",
    "(not set)",
    "(null)",
    "(none)",
    "(empty)",
    "(blank)",
    "(leer)",
    "(vide)",
    "(vacío)",
    "(en blanco)",
    "(vazio)",
];

/// Short forms and words with which people say that nothing is known.
const SHORT: &[&str] = &["n/d", "N/D", "s/d", "S/D", "n.d.", "k.A.", "k. A.", "n.v.t."];
const PHRASES: &[&str] = &[
    "sin datos",
    "Sin datos",
    "SIN DATOS",
    "keine Angabe",
    "non renseigné",
    "Non renseigné",
    "não informado",
    "Não informado",
    "нет данных",
];

/// Bytes of the longest of them.
const LONGEST: usize = 20;

/// Whether a text means nothing.
pub(super) fn is_absent(text: &str) -> bool {
    // Every cell is asked: most texts of a shop are told by their length or their first two bytes.
    match text.as_bytes() {
        [b'#' | b'(', ..] if text.len() <= LONGEST => FAILED.contains(&text) || ABSENT_WORDS.contains(&text),
        [_, b'/' | b'.', ..] if text.len() <= 6 => SHORT.contains(&text) || ABSENT_WORDS.contains(&text),
        short if short.len() <= 4 => ABSENT_WORDS.contains(&text),
        long if (9..=LONGEST).contains(&long.len()) => PHRASES.contains(&text),
        _ => false,
    }
}

/// The rows with nothing where such a word stands.
pub(super) fn without_absent_words(rows: &DataFrame) -> PolarsResult<DataFrame> {
    let of_column = |column: &Column| {
        if !column.dtype().is_string() {
            return Ok(column.clone());
        }
        let texts = column.str()?;
        if !texts.iter().flatten().any(is_absent) {
            return Ok(column.clone());
        }
        let texts: StringChunked = texts.iter().map(|text| text.filter(|text| !is_absent(text))).collect();
        Ok(texts.with_name(column.name().clone()).into_column())
    };
    DataFrame::new(rows.height(), rows.columns().par_iter().map(of_column).collect::<PolarsResult<_>>()?)
}

/// The words of a column with nothing where such a word stands.
pub(super) fn without(words: Words) -> Words {
    words.rewritten(|word| (!is_absent(word)).then_some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_words_are_nothing_and_others_stay() {
        let rows = df!("a" => ["nan", "x", "None", " NA "], "b" => ["p", "q", "r", "s"], "n" => [1, 2, 3, 4]).unwrap();
        let cleaned = without_absent_words(&rows).unwrap();
        let texts: Vec<_> = cleaned.column("a").unwrap().str().unwrap().iter().collect();
        assert_eq!(texts, [None, Some("x"), None, Some(" NA ")]);
        assert!(cleaned.drop("a").unwrap().equals(&rows.drop("a").unwrap()));
        let words = without(Words::from_text(rows.column("a").unwrap().str().unwrap()));
        assert_eq!([0, 1, 2].map(|row| words.get(row)), [None, Some("x"), None]);
        assert!([ABSENT_WORDS, FAILED, SHORT, PHRASES].concat().iter().all(|word| is_absent(word)));
        assert!(!["#1001", "(12.50)", "K1", "n/a b", "a/b", "2.5"].iter().any(|text| is_absent(text)));
    }
}
