//! The values of custom features: one number a row.

use polars::prelude::*;

use super::custom_cells::CustomCells;
use super::error::IngestError;
use super::evaluate::{answer, evaluate};
use super::facts::{Fact, FactRule};
use super::forms::NumberForms;
use super::mapping::Mapping;
use super::marks::Marks;
use super::numeric::Numbers;
use super::rates::Rates;
use super::resolve::Mapped;
use super::table::TypedTable;
use super::typing::{TypeProblem, money, plain, real_numbers, words};
use super::values::{ABSENT, Values};
use super::{engine, raw};
use crate::config::{Aggregate, CustomFeature, CustomTable, CustomUnit};
use crate::timeline::columns::{CustomColumn, NO_CODE};

/// Evaluates the features of a table; rows that cannot be read are noted and do not count.
///
/// # Errors
/// `IngestError::WrongType` for a filter that is no condition or a column that holds no values of its kind.
pub(crate) fn read_all(
    read: &mut TypedTable,
    (source, mapping): (&DataFrame, &Mapping),
    (numbers, forms): (&Numbers, &NumberForms),
    (decimals, rates): (u32, Option<&Rates>),
) -> Result<(), IngestError> {
    for custom in &mapping.custom {
        let passes = custom.filter.as_ref().map(|filter| answer(source, filter)).transpose()?;
        let counts = |row: usize| passes.as_ref().is_none_or(|passes| passes.get(row) == Some(true));
        let mut values = match &custom.column {
            Some(mapped) => {
                let column = evaluate(source, mapped)?;
                let (mut values, mut unreadable) =
                    values(&column, mapped, &custom.feature, (forms.of(mapped), decimals))?;
                if custom.feature.unit == CustomUnit::Amount
                    && let Some(rates) = rates
                {
                    convert(&mut values, rates);
                }
                read.custom_cells.push(CustomCells {
                    key: mapped.key.clone(),
                    expression: mapped.text.clone(),
                    is_read: values.iter().any(|value| !value.is_nan()),
                    is_unreadable: !unreadable.is_empty(),
                });
                let lost = numbers.lost_by(mapped).into_iter();
                unreadable.extend(lost.filter(|row| values.get(*row).is_some_and(|value| value.is_nan())));
                note(read, (mapped, &column), unreadable.into_iter().filter(|row| counts(*row)).collect());
                values
            }
            None => vec![1.0; source.height()],
        };
        if let (Some(filter), Some(passes)) = (&custom.filter, &passes) {
            let unknown = numbers.lost_by(filter).into_iter().filter(|row| passes.get(*row).is_none());
            note(read, (filter, &passes.clone().into_column()), unknown.collect());
        }
        values.iter_mut().enumerate().filter(|(row, _)| !counts(*row)).for_each(|(_, value)| *value = f64::NAN);
        read.custom.push(CustomColumn { name: custom.feature.name.clone(), values });
    }
    Ok(())
}

/// Amounts of a feature in minor units of the config's currency.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "amounts that are believed stay below 2^53"
)]
fn convert(values: &mut [f64], rates: &Rates) {
    for (row, value) in values.iter_mut().enumerate().filter(|(_, value)| !value.is_nan()) {
        *value = rates.convert(row, *value as i64).map_or(f64::NAN, |amount| amount as f64);
    }
}

/// The value of each row, NaN where there is none, and the rows that hold something else.
pub(super) fn values(
    column: &Column,
    mapped: &Mapped,
    feature: &CustomFeature,
    (marks, decimals): (Marks, u32),
) -> Result<(Vec<f64>, Vec<usize>), IngestError> {
    let read = || -> Result<(Vec<f64>, Vec<usize>), TypeProblem> {
        let column = plain(column)?;
        if feature.aggregate == Aggregate::Distinct && !column.dtype().is_primitive_numeric() {
            let typed = words(&if column.dtype().is_temporal() { column.cast(&DataType::String)? } else { column })?;
            let codes = if let Values::Words(words) = typed.values { words.codes } else { Vec::new() };
            let code = |code: u32| if code == NO_CODE { f64::NAN } else { f64::from(code) };
            return Ok((codes.into_iter().map(code).collect(), Vec::new()));
        }
        let column = if column.dtype().is_bool() { column.cast(&DataType::Float64)? } else { column };
        if feature.unit == CustomUnit::Amount {
            let (values, unreadable) = money(&column, marks, decimals)?;
            let amounts = if let Values::Money(amounts) = values { amounts } else { Vec::new() };
            #[expect(clippy::cast_precision_loss, reason = "amounts that are believed stay below 2^53 minor units")]
            let amount = |amount: i64| if amount == ABSENT { f64::NAN } else { amount as f64 };
            return Ok((amounts.into_iter().map(amount).collect(), unreadable));
        }
        real_numbers(&column, marks)
    };
    let wrong = |allowed: &'static str, dtype: String| IngestError::WrongType {
        key: mapped.key.clone(),
        expression: mapped.text.clone(),
        dtype,
        allowed,
    };
    let doing = || IngestError::engine(format!("reading `{}`", mapped.key));
    match engine::ask(|| Ok(read())).map_err(doing())? {
        Ok(read) => Ok(read),
        Err(TypeProblem::WrongType(allowed)) => Err(wrong(allowed, column.dtype().to_string())),
        Err(TypeProblem::Engine(error)) => Err(doing()(error)),
    }
}

/// Notes the used rows among those that cannot be read. Only purchases are quoted: elsewhere people may have written.
pub(super) fn note(read: &mut TypedTable, (mapped, column): (&Mapped, &Column), rows: Vec<usize>) {
    let mut rows: Vec<usize> = rows.into_iter().filter(|row| read.verdicts.is_used(*row)).collect();
    rows.sort_unstable();
    rows.dedup();
    if rows.is_empty() {
        return;
    }
    let quoted = if read.table() == CustomTable::Purchases.table() { 3 } else { 0 };
    let shown = |row: &usize| {
        let text = match column.get(*row) {
            // What an expression could not be made of is not seen in it.
            Ok(AnyValue::Null) | Err(_) => return None,
            Ok(AnyValue::String(text)) => text.trim().to_owned(),
            Ok(other) => raw::shown(&other),
        };
        Some(read.example(*row, text))
    };
    let examples = rows.iter().filter_map(shown).take(quoted).collect();
    read.facts.push(Fact { rule: FactRule::Unreadable, place: mapped.key.clone(), count: rows.len() as u64, examples });
}
