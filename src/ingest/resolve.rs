//! From the text of a mapping to an expression over source columns.
//!
//! A mapping is the name of a source column (an exact match wins, blanks included) or a SQL expression over source
//! columns. It may look at its own row only: anything else would carry later events into history.

use polars::chunked_array::cast::CastOptions;
use polars::prelude::*;

use super::error::IngestError;
use super::sql::{self, Refusal};
use super::sql_functions::instead_of;
use crate::text::shortened;

/// A mapped column or a filter.
#[derive(Debug, Clone)]
pub(crate) struct Mapped {
    /// Where the config says it, for example `purchases.columns.amount`.
    pub(crate) key: String,
    /// As the config says it.
    pub(crate) text: String,
    /// The expression.
    pub(crate) expression: Expr,
    /// Whether it is a source column as it stands.
    pub(crate) is_plain: bool,
    /// The source columns it reads, without repetition.
    pub(crate) reads: Vec<String>,
}

/// The columns of a file.
#[derive(Debug, Clone)]
pub(crate) struct Available {
    /// The file.
    pub(crate) path: String,
    /// Its columns.
    pub(crate) names: Vec<String>,
}

impl Available {
    /// The columns as a list for messages.
    pub(crate) fn list(&self) -> String {
        let quoted: Vec<String> = self.names.iter().take(40).map(|name| format!("`{name}`")).collect();
        let more = if self.names.len() > 40 { ", …" } else { "" };
        quoted.join(", ") + more
    }

    /// The expression that a key of the config stands for.
    ///
    /// # Errors
    /// `IngestError::UnknownColumn`, `BadExpression`, `NotRowWise`, `UnknownFunction` or `Unbounded`, each naming the key.
    pub(super) fn resolve(&self, key: String, text: &str) -> Result<Mapped, IngestError> {
        if self.names.iter().any(|name| name == text) {
            let (expression, reads) = (col(text), vec![text.to_owned()]);
            return Ok(Mapped { key, text: text.to_owned(), expression, is_plain: true, reads });
        }
        let parsed = match sql::parsed(text, is_row_wise) {
            // `Customer ID` is SQL for a column `Customer` called `ID`: a name with a blank was meant.
            Ok(Expr::Alias(..)) => return Err(self.unknown(&key, text)),
            Err(Refusal::Invalid(_)) if is_a_name(text) => return Err(self.unknown(&key, text)),
            Err(refusal) => return Err(self.refused(key, text, refusal)),
            Ok(parsed) => parsed.map_expr(lenient),
        };
        if !is_row_wise(&parsed) {
            return Err(IngestError::NotRowWise { key, expression: text.to_owned() });
        }
        let reads = leaves(&parsed);
        self.check(&key, &reads)?;
        Ok(Mapped { key, text: text.to_owned(), expression: parsed, is_plain: false, reads })
    }

    fn refused(&self, key: String, text: &str, refusal: Refusal) -> IngestError {
        let expression = shortened(text, EXPRESSION_SHOWN);
        match refusal {
            Refusal::Invalid(detail) => IngestError::BadExpression { key, expression, detail, available: self.list() },
            Refusal::OtherTables => IngestError::NotRowWise { key, expression },
            Refusal::Function(function) => {
                let instead = instead_of(&function);
                IngestError::UnknownFunction { key, expression, function, instead }
            }
            Refusal::Beyond(why) => IngestError::Unbounded { key, expression, why },
        }
    }

    pub(super) fn check(&self, key: &str, reads: &[String]) -> Result<(), IngestError> {
        match reads.iter().find(|name| !self.names.contains(name)) {
            Some(missing) => Err(self.unknown(key, missing)),
            None => Ok(()),
        }
    }

    fn unknown(&self, key: &str, column: &str) -> IngestError {
        IngestError::UnknownColumn {
            key: key.to_owned(),
            column: column.to_owned(),
            path: self.path.clone(),
            available: self.list().into(),
            nearest: self.nearest(column).map(Into::into),
            elsewhere: None,
        }
    }

    /// An error about a column that is not there, with the most similar one that nothing else reads: a column that has its place
    /// already is not what was meant.
    pub(super) fn with_free_nearest(&self, error: IngestError, taken: &[&str]) -> IngestError {
        match error {
            IngestError::UnknownColumn { key, column, path, available, nearest: Some(near), elsewhere }
                if taken.contains(&&*near) =>
            {
                let names = self.names.iter().filter(|name| !taken.contains(&name.as_str())).cloned().collect();
                let free = Self { path: self.path.clone(), names };
                let nearest = free.nearest(&column).map(Into::into);
                IngestError::UnknownColumn { key, column, path, available, nearest, elsewhere }
            }
            other => other,
        }
    }

    pub(super) fn nearest(&self, column: &str) -> Option<String> {
        let likeness = |name: &String| strsim::jaro_winkler(&name.to_lowercase(), &column.to_lowercase());
        let best = self.names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(best) > 0.75).then(|| best.clone())
    }
}

/// Characters of an expression that a message shows.
const EXPRESSION_SHOWN: usize = 200;

/// A value that a cast cannot convert is absent; it must not stop the run.
fn lenient(expression: Expr) -> Expr {
    match expression {
        Expr::Cast { expr, dtype, .. } => Expr::Cast { expr, dtype, options: CastOptions::NonStrict },
        other => other,
    }
}

fn is_a_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.'))
}

fn is_row_wise(expression: &Expr) -> bool {
    expression.into_iter().all(|part| {
        matches!(
            part,
            Expr::Column(_)
                | Expr::Literal(_)
                | Expr::BinaryExpr { .. }
                | Expr::Cast { .. }
                | Expr::Ternary { .. }
                | Expr::Function { .. }
                | Expr::AnonymousFunction { .. }
                | Expr::Alias(..)
        ) || list_of(part).is_some()
    })
}

/// The literals of `x IN (1, 2)`, which the SQL engine wraps in an aggregate.
fn list_of(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Agg(AggExpr::Implode { input, .. }) if matches!(**input, Expr::Literal(_)) => Some(input),
        _ => None,
    }
}

fn leaves(expression: &Expr) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in expression {
        if let Expr::Column(name) = part
            && !names.iter().any(|known| known == name.as_str())
        {
            names.push(name.to_string());
        }
    }
    names.sort();
    names
}

/// The columns that a text of the config reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Of each of these, the first that is given: `COALESCE(a, b)`.
    pub(super) first_given: Vec<Vec<String>>,
    /// All others.
    pub(super) alone: Vec<String>,
    /// Those of both that something stands in for: `COALESCE(a, '')`.
    pub(super) with_default: Vec<String>,
}

/// The columns that a text of the config reads; one that is no SQL is taken for a name.
pub(super) fn reads_of(text: &str) -> Read {
    let Ok(expression) = sql::parsed(text, is_row_wise) else {
        return Read { alone: vec![text.to_owned()], ..Read::default() };
    };
    let mut read = Read::default();
    for part in &expression {
        match part {
            Expr::Column(name) => read.alone.push(name.to_string()),
            Expr::Function { input, function: FunctionExpr::Coalesce } => {
                let columns: Vec<String> = input.iter().flat_map(leaves).collect();
                if matches!(input.last(), Some(Expr::Literal(_))) {
                    read.with_default.extend(columns.iter().cloned());
                }
                read.first_given.extend(Some(columns).filter(|columns| columns.len() > 1));
            }
            _ => {}
        }
    }
    // Each of them was met as a column too.
    for name in read.first_given.iter().flatten() {
        if let Some(place) = read.alone.iter().position(|other| other == name) {
            read.alone.swap_remove(place);
        }
    }
    read
}

/// Source columns that the expression treats as text: they stand in text functions, beside text literals, or in casts
/// to something that is no number.
pub(crate) fn text_columns(expression: &Expr) -> Vec<String> {
    let mut names = Vec::new();
    for part in expression {
        let beside: Vec<&Expr> = match part {
            Expr::BinaryExpr { left, right, .. } => vec![left, right],
            Expr::Ternary { truthy, falsy, .. } => vec![truthy, falsy],
            Expr::Function { input, function: FunctionExpr::StringExpr(_) } => {
                names.extend(input.iter().filter_map(name_of));
                continue;
            }
            Expr::Function { input, .. } => input.iter().collect(),
            Expr::Cast { expr, dtype, .. } if !is_number_type(dtype) => {
                names.extend(name_of(expr));
                continue;
            }
            _ => continue,
        };
        if beside.iter().any(|part| is_text_literal(part)) {
            names.extend(beside.into_iter().filter_map(name_of));
        }
    }
    names
}

/// The number form of a column lives beside it under a name that no file can have: with this behind that of the column.
pub(super) const NUMBER: &str = "\u{0}number";

/// The name of the number form of a column.
pub(super) fn number_name(name: &str) -> PlSmallStr {
    format!("{name}{NUMBER}").into()
}

/// What an expression compares with texts: one side of each comparison, and the texts on the other.
pub(super) fn comparisons(expression: &Expr) -> Vec<(Expr, Vec<String>)> {
    let of_pair = |one: &Expr, other: &Expr| match (texts_of(one), texts_of(other)) {
        (None, Some(texts)) => Some((one.clone(), texts)),
        (Some(texts), None) => Some((other.clone(), texts)),
        _ => None,
    };
    let of_part = |part: &Expr| match part {
        Expr::BinaryExpr { left, op: Operator::Eq | Operator::NotEq, right } => of_pair(left, right),
        Expr::Function { input, function: FunctionExpr::Boolean(BooleanFunction::IsIn { .. }) } => {
            of_pair(input.first()?, input.get(1)?)
        }
        _ => None,
    };
    expression.into_iter().filter_map(of_part).collect()
}

/// The texts of a literal, or of a list of them.
fn texts_of(expression: &Expr) -> Option<Vec<String>> {
    match list_of(expression).unwrap_or(expression) {
        Expr::Literal(LiteralValue::Series(list)) => {
            Some(list.str().ok()?.iter().flatten().map(str::to_owned).collect())
        }
        Expr::Literal(value) => value.extract_str().map(|text| vec![text.to_owned()]),
        _ => None,
    }
}

fn name_of(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Column(name) => Some(name.to_string()),
        _ => None,
    }
}

fn is_number_type(dtype: &DataTypeExpr) -> bool {
    matches!(dtype, DataTypeExpr::Literal(dtype) if dtype.is_numeric())
}

fn is_text_literal(expression: &Expr) -> bool {
    match list_of(expression).unwrap_or(expression) {
        Expr::Literal(LiteralValue::Series(list)) => *list.dtype() == DataType::String,
        Expr::Literal(value) => value.extract_str().is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn available() -> Available {
        let names = ["Invoice", "Customer ID", "Quantity", "Price", "InvoiceDate"].map(str::to_owned).to_vec();
        Available { path: "lines.csv".into(), names }
    }

    fn resolve(text: &str) -> Result<Mapped, IngestError> {
        available().resolve("purchases.columns.amount".into(), text)
    }

    #[test]
    fn an_exact_name_wins_and_sql_reads_what_it_names() {
        let plain = resolve("Customer ID").unwrap();
        assert!(plain.is_plain && plain.reads == ["Customer ID"]);
        let sql = resolve("-Quantity * Price").unwrap();
        assert!(!sql.is_plain && sql.reads == ["Price", "Quantity"]);
        assert_eq!(resolve("CAST(\"Customer ID\" AS VARCHAR)").unwrap().reads, ["Customer ID"]);
        assert!(resolve("'return'").unwrap().reads.is_empty());
    }

    #[test]
    fn unknown_columns_are_named_with_the_nearest() {
        for (text, missing, nearest) in [
            ("Custmer ID", "Custmer ID", Some("Customer ID")),
            ("Quantity * Prize", "Prize", Some("Price")),
            ("invoicedate", "invoicedate", Some("InvoiceDate")),
            ("zzz", "zzz", None),
        ] {
            match resolve(text).unwrap_err() {
                IngestError::UnknownColumn { key, column, nearest: found, .. } => {
                    assert_eq!((key.as_str(), column.as_str()), ("purchases.columns.amount", missing));
                    assert_eq!(found.as_deref(), nearest);
                }
                other => panic!("{text}: {other}"),
            }
        }
    }

    #[test]
    fn broken_sql_and_other_rows_are_refused() {
        assert!(matches!(resolve("Quantity *"), Err(IngestError::BadExpression { .. })));
        assert!(matches!(resolve("Quantity > 0; DROP"), Err(IngestError::BadExpression { .. })));
        for text in ["SUM(Price)", "Price - AVG(Price)", "COUNT(*)", "SUM(Price) OVER (PARTITION BY Invoice)"] {
            let error = resolve(text).unwrap_err();
            assert!(matches!(error, IngestError::NotRowWise { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn comparisons_with_texts_are_found_with_their_other_side() {
        let of = |sql: &str| -> Vec<(String, Vec<String>)> {
            let found = comparisons(&resolve(sql).unwrap().expression).into_iter();
            found.map(|(side, texts)| (leaves(&side).join(","), texts)).collect()
        };
        let one = |name: &str, texts: &[&str]| {
            vec![(name.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())]
        };
        assert_eq!(of("LOWER(Invoice) NOT IN ('a', 'b') AND Quantity > 0"), one("Invoice", &["a", "b"]));
        assert_eq!(of("COALESCE(Invoice, 'x') <> 'test'"), one("Invoice", &["test"]));
        assert_eq!(of("CASE WHEN 'a' = Invoice THEN -Price ELSE Price END"), one("Invoice", &["a"]));
        assert!(of("Quantity > 0 AND Invoice LIKE 'C%'").is_empty());
    }

    #[test]
    fn columns_that_stand_in_for_each_other_are_told_from_others() {
        let read = |text: &str| {
            let Read { first_given, alone, .. } = reads_of(text);
            (first_given.concat().join(","), alone.join(","))
        };
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(read("COALESCE(Price, Cost)"), pair("Price,Cost", ""));
        assert_eq!(read("LOWER(COALESCE(\"a b\", c)) || d"), pair("a b,c", "d"));
        assert_eq!(read("COALESCE(Price, 0)"), pair("", "Price"));
        assert_eq!(read("COALESCE(Price, Cost, Net / 100)"), pair("Price,Cost,Net", ""));
        assert_eq!(read("Customer ID").0, "");
    }

    #[test]
    fn columns_beside_text_are_text() {
        let text_of = |sql: &str| {
            let mut names = text_columns(&resolve(sql).unwrap().expression);
            names.sort();
            names.dedup();
            names
        };
        assert_eq!(text_of("starts_with(Invoice, 'C') AND Quantity > 0"), ["Invoice"]);
        assert_eq!(text_of("NOT Invoice LIKE 'C%' AND Price > 0"), ["Invoice"]);
        assert_eq!(text_of("Invoice IN ('a', 'b') AND Quantity IN (1, 2)"), ["Invoice"]);
        assert_eq!(text_of("CASE WHEN Quantity > 0 THEN Invoice ELSE 'none' END"), ["Invoice"]);
        assert_eq!(text_of("CAST(Invoice AS VARCHAR)"), ["Invoice"]);
        assert_eq!(text_of("COALESCE(Invoice, 'none')"), ["Invoice"]);
        assert!(text_of("CAST(Quantity AS BIGINT) * Price").is_empty());
    }
}
