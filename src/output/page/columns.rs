//! Columns as the page's script reads them: whole numbers, words by their place in a table, sentences as a pattern and the
//! numbers in it. Fifty thousand rows so need a few megabytes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Words, sentences, identifiers.
    Text(Vec<Option<String>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Days, counted from 1970-01-01.
    Day(Vec<Option<i32>>),
}

/// Columns of equal length by name, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Names and values.
    pub columns: Vec<(String, Values)>,
}

impl Columns {
    /// The column of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, values)| values)
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// The numbers of a column; nothing where it is absent or of another kind.
    pub(super) fn numbers(&self, name: &str) -> &[Option<f64>] {
        if let Some(Values::Number(numbers)) = self.get(name) { numbers } else { &[] }
    }

    /// The texts of a column.
    pub(super) fn texts(&self, name: &str) -> &[Option<String>] {
        if let Some(Values::Text(texts)) = self.get(name) { texts } else { &[] }
    }

    /// The days of a column.
    pub(super) fn days(&self, name: &str) -> &[Option<i32>] {
        if let Some(Values::Day(days)) = self.get(name) { days } else { &[] }
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Day(values) => values.len(),
        }
    }

    /// The first rows for the script; days as days before the day of the list.
    pub(super) fn encoded(&self, n_rows: usize, today: i32) -> Value {
        match self {
            Self::Number(numbers) => encoded_numbers(first(numbers, n_rows)),
            Self::Day(days) => {
                let ago = first(days, n_rows).iter().map(|day| day.map(|day| i64::from(today) - i64::from(day)));
                json!({ "kind": "day", "values": without_tail(ago.collect()) })
            }
            Self::Text(texts) => encoded_texts(first(texts, n_rows)),
        }
    }
}

fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(values)
}

/// Absent values at the end need not be written.
fn without_tail(mut values: Vec<Option<i64>>) -> Vec<Option<i64>> {
    values.truncate(values.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
    values
}

/// Decimals of numbers at most.
const DECIMALS: u8 = 4;

/// As whole numbers with so few decimals as all of them need.
#[expect(clippy::cast_possible_truncation, reason = "amounts and shares are far below 2^63")]
fn encoded_numbers(numbers: &[Option<f64>]) -> Value {
    let scaled = |number: f64, decimals: u8| number * 10.0_f64.powi(i32::from(decimals));
    let is_exact = |decimals: u8| {
        let near = |number: &f64| (scaled(*number, decimals).round() - scaled(*number, decimals)).abs() < 1e-6;
        numbers.iter().flatten().all(near)
    };
    let decimals = (0..DECIMALS).find(|decimals| is_exact(*decimals)).unwrap_or(DECIMALS);
    let whole = |number: &Option<f64>| {
        number.filter(|number| number.is_finite()).map(|number| scaled(number, decimals).round() as i64)
    };
    json!({ "kind": "number", "decimals": decimals, "values": without_tail(numbers.iter().map(whole).collect()) })
}

/// Different texts that are still words.
const WORDS: usize = 200;

fn encoded_texts(texts: &[Option<String>]) -> Value {
    let (words, index) = table_of(texts.iter().map(Option::as_deref));
    match words.as_slice() {
        [] => return json!({ "kind": "constant", "value": null }),
        [word] if !index.contains(&-1) => return json!({ "kind": "constant", "value": word }),
        _ => {}
    }
    if words.len() <= WORDS {
        return json!({ "kind": "word", "table": words, "index": index });
    }
    let patterns: Vec<Option<(String, Vec<u32>)>> = texts.iter().map(|text| text.as_deref().map(pattern_of)).collect();
    let (table, index) = table_of(patterns.iter().map(|pattern| pattern.as_ref().map(|(pattern, _)| pattern.as_str())));
    if table.len() * 4 > texts.len() {
        // Names and identifiers.
        return json!({ "kind": "text", "values": texts });
    }
    let numbers: Vec<u32> = patterns.iter().flatten().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
    json!({ "kind": "sentence", "table": table, "index": index, "numbers": numbers })
}

/// The different texts in the order of the alphabet, and the place of each row's text among them; -1 where there is none.
fn table_of<'t>(texts: impl Iterator<Item = Option<&'t str>> + Clone) -> (Vec<&'t str>, Vec<i64>) {
    let mut places: BTreeMap<&str, i64> = texts.clone().flatten().map(|text| (text, 0)).collect();
    places.values_mut().zip(0..).for_each(|(place, nth)| *place = nth);
    let index = texts.map(|text| text.and_then(|text| places.get(text).copied()).unwrap_or(-1)).collect();
    (places.into_keys().collect(), index)
}

/// Stands in a pattern for a number.
const HOLE: char = '\u{1}';

/// A sentence without its numbers, and these. Digits that would not come back as they were stay in the pattern.
fn pattern_of(text: &str) -> (String, Vec<u32>) {
    let (mut pattern, mut numbers, mut rest) = (String::with_capacity(text.len()), Vec::new(), text);
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit() || letter == HOLE) {
        let (before, from) = rest.split_at(start);
        pattern.push_str(before);
        let end = from.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        rest = if digits.is_empty() {
            pattern.push('\u{FFFD}');
            from.get(HOLE.len_utf8()..).unwrap_or_default()
        } else {
            match digits.parse::<u32>().ok().filter(|number| number.to_string() == digits) {
                Some(number) => {
                    pattern.push(HOLE);
                    numbers.push(number);
                }
                None => pattern.push_str(digits),
            }
            after
        };
    }
    pattern.push_str(rest);
    (pattern, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_comes_back_from_its_pattern_and_numbers() {
        for text in
            ["usually buys every 26 days, silent for 124 days", "on 2025-03-06: 1,020 of 99999999999", "", "\u{1}7"]
        {
            let (pattern, numbers) = pattern_of(text);
            let mut numbers = numbers.into_iter();
            let filled =
                |letter: char| if letter == HOLE { numbers.next().unwrap().to_string() } else { letter.into() };
            let again: String = pattern.chars().map(filled).collect();
            assert_eq!(again, text.replace(HOLE, "\u{FFFD}"));
        }
    }

    #[test]
    fn columns_take_the_form_that_fits_them() {
        let text = |texts: Vec<Option<String>>| Values::Text(texts).encoded(usize::MAX, 0);
        assert_eq!(text(vec![Some("v1".into()); 3]), json!({ "kind": "constant", "value": "v1" }));
        assert_eq!(text(vec![None; 3]), json!({ "kind": "constant", "value": null }));
        let words = text(vec![Some("b".into()), None, Some("a".into())]);
        assert_eq!(words, json!({ "kind": "word", "table": ["a", "b"], "index": [1, -1, 0] }));
        let many = |word: &str| {
            text((0..1_000).map(|n| Some(format!("{word} {n}{}", if word == "x" { "" } else { "a" }))).collect())
        };
        assert_eq!([&many("x")["kind"], &many("x")["table"]], [&json!("sentence"), &json!(["x \u{1}"])]);
        let ids = text((0..1_000).map(|n| Some(format!("{:08}x", n * 7919))).collect());
        assert_eq!(ids["kind"], "text");
        let numbers = Values::Number(vec![Some(1.25), None, Some(-3.0), None]).encoded(4, 0);
        assert_eq!(numbers, json!({ "kind": "number", "decimals": 2, "values": [125, null, -300] }));
        assert_eq!(Values::Day(vec![Some(90), Some(103)]).encoded(1, 100)["values"], json!([10]));
    }
}
