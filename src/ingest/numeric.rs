//! Text columns as numbers, for expressions like `Quantity * Price` over a CSV file.
//!
//! A text column counts as numbers in an expression if nothing beside it treats it as text, at least nine in ten of its
//! values are numbers, and none is written with a leading zero like `007` (that is an id). Values that are no numbers
//! are absent there, and remembered.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::custom::CustomMapped;
use super::decimal::number_written;
use super::forms::NumberForms;
use super::gather::{Cell, gather};
use super::mapping::{Mapping, keeps_text};
use super::resolve::{Mapped, number_name, text_columns};

/// The number form of the text columns of a source that are used as numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Rows whose text is no number, by source column; ascending.
    lost: BTreeMap<String, Vec<usize>>,
}

/// Rewrites the mapping so that text columns used as numbers, as `forms` tells of all rows of the table, are read from number
/// columns added to the source.
///
/// # Errors
/// An error of the table engine.
pub(super) fn derive(source: &mut DataFrame, mapping: &mut Mapping, forms: &NumberForms) -> PolarsResult<Numbers> {
    let mut numbers = Numbers::default();
    let mut decided: BTreeMap<String, bool> = BTreeMap::new();
    let columns = mapping.columns.iter_mut().filter(|(spec, _)| !keeps_text(spec.kind)).map(|(_, mapped)| mapped);
    let custom = mapping.custom.iter_mut().flat_map(CustomMapped::all_mut);
    for mapped in columns.chain(mapping.filter.as_mut()).chain(custom).filter(|mapped| !mapped.is_plain) {
        for name in candidates(source, mapped) {
            let is_number = match decided.get(&name) {
                Some(decided) => *decided,
                None => numbers.add(source, &name, forms)?,
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
    fn add(&mut self, source: &mut DataFrame, name: &str, forms: &NumberForms) -> PolarsResult<bool> {
        if !forms.are_numbers(name) {
            return Ok(false);
        }
        let marks = forms.of_key(name);
        let read = |text: &str| match text.trim() {
            "" => Cell::Absent,
            text => Cell::read(number_written(text, marks)),
        };
        let (values, lost) = gather(source.column(name)?.str()?, f64::NAN, read);
        self.lost.insert(name.to_owned(), lost);
        let values: Float64Chunked =
            values.into_iter().map(|value| Some(value).filter(|value| !value.is_nan())).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Table;
    use crate::ingest::forms::{count_numbers, number_uses};
    use crate::ingest::resolve::Available;

    fn derived(amount: &str, quantity: &[&str]) -> (DataFrame, Mapping, Numbers) {
        let n = quantity.len();
        let mut source = df!("q" => quantity, "p" => vec!["1.50"; n], "id" => vec!["007"; n]).unwrap();
        let available = Available { path: "a.csv".into(), names: vec!["q".into(), "p".into(), "id".into()] };
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.columns.insert("amount".into(), amount.into());
        config.columns.insert("customer_id".into(), "id || ''".into());
        let mut mapping = Mapping::new(Table::Purchases, &config, &available).unwrap();
        let currency = crate::units::Currency::from_code("EUR").unwrap();
        let (uses, mut forms) = (number_uses(&mapping, &currency), NumberForms::default());
        forms.settle(&vec![(String::new(), count_numbers(&source, &uses))], &uses, &config);
        let numbers = derive(&mut source, &mut mapping, &forms).unwrap();
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
