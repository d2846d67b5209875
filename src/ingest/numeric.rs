//! Text columns as numbers, for expressions like `Quantity * Price` over a CSV file.
//!
//! A text column counts as numbers in an expression if nothing beside it treats it as text, at least nine in ten of its
//! values are numbers, and none is written with a leading zero like `007` (that is an id). Values that are no numbers
//! are absent there, and remembered.

use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::custom::CustomMapped;
use super::decimal::number_from_text;
use super::mapping::{Mapped, Mapping, keeps_text, text_columns};

/// The number form of the text columns of a source that are used as numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Rows whose text is no number, by source column; ascending.
    lost: BTreeMap<String, Vec<usize>>,
}

/// Rewrites the mapping so that text columns used as numbers are read from number columns added to the source.
///
/// # Errors
/// An error of the table engine.
pub(crate) fn derive(source: &mut DataFrame, mapping: &mut Mapping) -> PolarsResult<Numbers> {
    let mut numbers = Numbers::default();
    let mut decided: BTreeMap<String, bool> = BTreeMap::new();
    let columns = mapping.columns.iter_mut().filter(|(spec, _)| !keeps_text(spec.kind)).map(|(_, mapped)| mapped);
    let custom = mapping.custom.iter_mut().flat_map(CustomMapped::all_mut);
    for mapped in columns.chain(mapping.filter.as_mut()).chain(custom).filter(|mapped| !mapped.is_plain) {
        for name in candidates(source, mapped) {
            let is_number = match decided.get(&name) {
                Some(known) => *known,
                None => numbers.add(source, &name)?,
            };
            decided.insert(name.clone(), is_number);
            if is_number {
                mapped.expression = std::mem::take(&mut mapped.expression).map_expr(|part| match part {
                    Expr::Column(column) if column.as_str() == name => col(number_name(&name)),
                    other => other,
                });
            }
        }
    }
    Ok(numbers)
}

impl Numbers {
    /// Rows in which a column that the expression uses as a number holds none; ascending.
    pub(crate) fn lost_by(&self, mapped: &Mapped) -> Vec<usize> {
        let used = |name: &&String| {
            let number = number_name(name);
            mapped.expression.into_iter().any(|part| matches!(part, Expr::Column(column) if *column == number))
        };
        let mut rows: Vec<usize> = mapped.reads.iter().filter(used).flat_map(|name| self.lost(name)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    fn lost(&self, name: &str) -> &[usize] {
        self.lost.get(name).map_or(&[], Vec::as_slice)
    }

    /// Adds the number form of a text column if it has one.
    fn add(&mut self, source: &mut DataFrame, name: &str) -> PolarsResult<bool> {
        let text = source.column(name)?.str()?.rechunk().into_owned();
        let parsed: Vec<Parsed> = (0..text.len()).into_par_iter().map(|row| Parsed::new(text.get(row))).collect();
        let count = |kind: fn(&Parsed) -> bool| parsed.iter().filter(|value| kind(value)).count();
        let n_numbers = count(|value| matches!(value, Parsed::Number(_)));
        let n_others = count(|value| matches!(value, Parsed::Other | Parsed::LeadingZero));
        let has_leading_zero = count(|value| matches!(value, Parsed::LeadingZero)) > 0;
        if has_leading_zero || n_others * 10 > n_numbers + n_others {
            return Ok(false);
        }
        let lost = parsed.iter().enumerate().filter(|(_, value)| matches!(value, Parsed::Other)).map(|(row, _)| row);
        self.lost.insert(name.to_owned(), lost.collect());
        let values: Float64Chunked = parsed.iter().map(Parsed::number).collect();
        source.with_column(values.with_name(number_name(name)).into_column())?;
        Ok(true)
    }
}

/// Text columns that the expression may use as numbers.
fn candidates(source: &DataFrame, mapped: &Mapped) -> Vec<String> {
    let as_text = text_columns(&mapped.expression);
    let is_text = |name: &str| source.column(name).is_ok_and(|column| *column.dtype() == DataType::String);
    mapped.reads.iter().filter(|name| is_text(name) && !as_text.contains(name)).cloned().collect()
}

/// The number form of a column lives beside it under a name that no file can have.
fn number_name(name: &str) -> PlSmallStr {
    format!("{name}\u{0}number").into()
}

/// What one text is.
enum Parsed {
    Absent,
    Number(f64),
    LeadingZero,
    Other,
}

impl Parsed {
    fn new(text: Option<&str>) -> Self {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            return Self::Absent;
        }
        let digits = text.trim_start_matches(['-', '+']).as_bytes();
        if let [b'0', second, ..] = digits
            && second.is_ascii_digit()
        {
            return Self::LeadingZero;
        }
        number_from_text(text).map_or(Self::Other, Self::Number)
    }

    const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::mapping::Available;

    fn derived(amount: &str, quantity: &[&str]) -> (DataFrame, Mapping, Numbers) {
        let n = quantity.len();
        let mut source = df!("q" => quantity, "p" => vec!["1.50"; n], "id" => vec!["007"; n]).unwrap();
        let available = Available { path: "a.csv".into(), names: vec!["q".into(), "p".into(), "id".into()] };
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.columns.insert("amount".into(), amount.into());
        config.columns.insert("customer_id".into(), "id || ''".into());
        let mut mapping = Mapping::new(Table::Purchases, &config, &available).unwrap();
        let numbers = derive(&mut source, &mut mapping).unwrap();
        (source, mapping, numbers)
    }

    #[test]
    fn text_behaves_as_numbers_and_losses_are_remembered() {
        let mut quantity = vec!["2"; 20];
        quantity[3] = "two";
        quantity[4] = " ";
        let (source, mapping, numbers) = derived("q * p", &quantity);
        let amount = &mapping.columns.iter().find(|(spec, _)| spec.name == "amount").unwrap().1;
        let values = source.lazy().select([amount.expression.clone()]).collect().unwrap();
        let values: Vec<_> = values.columns()[0].f64().unwrap().iter().collect();
        assert_eq!(values[..5], [Some(3.0), Some(3.0), Some(3.0), None, None]);
        assert_eq!(numbers.lost_by(amount), [3]);
    }

    #[test]
    fn ids_and_words_stay_text() {
        let (source, mapping, _) = derived("q * p", &["05", "2"]);
        assert_eq!(source.width(), 4, "`p` became numbers, `q` with its leading zero did not");
        let id = &mapping.columns.iter().find(|(spec, _)| spec.name == "customer_id").unwrap().1;
        assert_eq!(id.reads, ["id"]);
        assert_eq!(derived("q * p", &["a", "2"]).0.width(), 4);
    }
}
