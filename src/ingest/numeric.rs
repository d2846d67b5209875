//! Text columns as numbers, for expressions like `Quantity * Price` over a CSV file.
//!
//! A text column counts as numbers in an expression if nothing beside it treats it as text, at least nine in ten of its
//! values are numbers, and none is written with a leading zero like `007` (that is an id). Values that are no numbers
//! are absent there, and remembered.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rayon::prelude::*;

use super::custom::CustomMapped;
use super::decimal::number_from_text;
use super::mapping::{Mapping, keeps_text};
use super::resolve::{Mapped, text_columns};

/// The number form of the text columns of a source that are used as numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Rows whose text is no number, by source column; ascending.
    lost: BTreeMap<String, Vec<usize>>,
}

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    numbers: u64,
    /// Neither numbers nor absent; numbers with leading zeros are among them.
    others: u64,
    leading_zeros: u64,
}

/// How the values of the columns of a table are written, by column.
pub(crate) type Census = BTreeMap<String, Written>;

impl Written {
    fn of(parsed: &[Parsed]) -> Self {
        let count = |kind: fn(&Parsed) -> bool| parsed.iter().filter(|value| kind(value)).count() as u64;
        Self {
            numbers: count(|value| matches!(value, Parsed::Number(_))),
            others: count(|value| matches!(value, Parsed::Other | Parsed::LeadingZero)),
            leading_zeros: count(|value| matches!(value, Parsed::LeadingZero)),
        }
    }

    /// Adds other rows.
    pub(crate) fn add(&mut self, other: Self) {
        self.numbers += other.numbers;
        self.others += other.others;
        self.leading_zeros += other.leading_zeros;
    }

    /// Whether the column counts as numbers.
    const fn are_numbers(self) -> bool {
        self.leading_zeros == 0 && self.others * 10 <= self.numbers + self.others
    }
}

/// Adds how the values of some rows are written, for every column that an expression reads.
///
/// # Errors
/// An error of the table engine.
pub(crate) fn count(rows: &DataFrame, mapping: &Mapping, census: &mut Census) -> PolarsResult<()> {
    let columns = mapping.columns.iter().map(|(_, mapped)| mapped);
    let custom = mapping.custom.iter().flat_map(CustomMapped::all);
    let mapped = columns.chain(&mapping.filter).chain(custom).filter(|mapped| !mapped.is_plain);
    let names: BTreeSet<&String> = mapped.flat_map(|mapped| &mapped.reads).collect();
    for name in names {
        let text = rows.column(name)?.cast(&DataType::String)?;
        census.entry(name.clone()).or_default().add(Written::of(&parsed(text.str()?)));
    }
    Ok(())
}

fn parsed(text: &StringChunked) -> Vec<Parsed> {
    let text = text.rechunk();
    (0..text.len()).into_par_iter().map(|row| Parsed::new(text.get(row))).collect()
}

/// Rewrites the mapping so that text columns used as numbers are read from number columns added to the source. Of a part of
/// a table, how the values of all of it are written is `known`: what a column is, is decided once.
///
/// # Errors
/// An error of the table engine.
pub(crate) fn derive(source: &mut DataFrame, mapping: &mut Mapping, known: Option<&Census>) -> PolarsResult<Numbers> {
    let mut numbers = Numbers::default();
    let mut decided: BTreeMap<String, bool> = BTreeMap::new();
    let columns = mapping.columns.iter_mut().filter(|(spec, _)| !keeps_text(spec.kind)).map(|(_, mapped)| mapped);
    let custom = mapping.custom.iter_mut().flat_map(CustomMapped::all_mut);
    for mapped in columns.chain(mapping.filter.as_mut()).chain(custom).filter(|mapped| !mapped.is_plain) {
        for name in candidates(source, mapped) {
            let is_number = match decided.get(&name) {
                Some(decided) => *decided,
                None => numbers.add(source, &name, known.and_then(|known| known.get(&name)).copied())?,
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

    /// Adds the number form of a text column if it has one, as all rows of the table decide.
    fn add(&mut self, source: &mut DataFrame, name: &str, known: Option<Written>) -> PolarsResult<bool> {
        let parsed = parsed(source.column(name)?.str()?);
        if !known.unwrap_or_else(|| Written::of(&parsed)).are_numbers() {
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
    use crate::ingest::resolve::Available;

    fn derived(amount: &str, quantity: &[&str]) -> (DataFrame, Mapping, Numbers) {
        let n = quantity.len();
        let mut source = df!("q" => quantity, "p" => vec!["1.50"; n], "id" => vec!["007"; n]).unwrap();
        let available = Available { path: "a.csv".into(), names: vec!["q".into(), "p".into(), "id".into()] };
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.columns.insert("amount".into(), amount.into());
        config.columns.insert("customer_id".into(), "id || ''".into());
        let mut mapping = Mapping::new(Table::Purchases, &config, &available).unwrap();
        let numbers = derive(&mut source, &mut mapping, None).unwrap();
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
    fn all_rows_of_a_table_decide_what_a_part_of_it_is() {
        let columns = |quantity: &[&str]| {
            df!("q" => quantity, "p" => vec!["1.50"; quantity.len()], "id" => vec!["7"; quantity.len()]).unwrap()
        };
        let (mut first, mut second) = (columns(&["1", "2"]), columns(&["some", "3"]));
        let available = Available { path: "a.csv".into(), names: vec!["q".into(), "p".into(), "id".into()] };
        let mut config = crate::ingest::tests::table_config(&["a.csv"]);
        config.columns.insert("amount".into(), "q * p".into());
        let mapping = Mapping::new(Table::Purchases, &config, &available).unwrap();
        let mut census = Census::new();
        count(&first, &mapping, &mut census).unwrap();
        derive(&mut first, &mut mapping.clone(), Some(&census)).unwrap();
        assert_eq!(first.width(), 5, "both are numbers so far");
        count(&second, &mapping, &mut census).unwrap();
        assert_eq!(census["q"], Written { numbers: 3, others: 1, leading_zeros: 0 });
        derive(&mut second, &mut mapping.clone(), Some(&census)).unwrap();
        assert_eq!(second.width(), 4);
        let mut again = columns(&["1", "2"]);
        derive(&mut again, &mut mapping.clone(), Some(&census)).unwrap();
        assert_eq!(again.width(), 4, "one in four of all is no number");
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
