//! Columns of features that a shop has defined: from SQL to one number a row.
//!
//! A row of a table is known as a whole from one instant on. What a mapping says becomes known later is refused here,
//! and so are the words of customers.

use polars::prelude::*;

use super::engine;
use super::error::IngestError;
use super::facts::{Fact, FactRule};
use super::mapping::{Available, Mapped, Mapping};
use super::numeric::Numbers;
use super::raw;
use super::read::{answer, evaluate};
use super::table::TypedTable;
use super::typing::{TypeProblem, money, plain, real_numbers, words};
use super::values::{ABSENT, Values};
use crate::config::{Aggregate, CustomFeature, CustomTable, CustomUnit, Table, TableConfig};
use crate::timeline::columns::{CustomColumn, NO_CODE};
use crate::units::Currency;

/// A custom feature as expressions over its source.
#[derive(Debug, Clone)]
pub(crate) struct CustomMapped {
    /// The feature.
    pub(crate) feature: CustomFeature,
    /// The value of a row; absent where rows alone matter.
    pub(crate) column: Option<Mapped>,
    /// Which rows count.
    pub(crate) filter: Option<Mapped>,
}

impl CustomMapped {
    /// Its expressions.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Mapped> {
        self.column.iter().chain(&self.filter)
    }

    /// Its expressions, to be rewritten.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Mapped> {
        self.column.iter_mut().chain(&mut self.filter)
    }
}

/// A mapped column that no feature may read as it likes.
struct Hidden {
    of: Table,
    column: &'static str,
    /// Whether features over other tables may not read it either.
    from_all: bool,
    why: &'static str,
}

const fn hidden(of: Table, column: &'static str, why: &'static str) -> Hidden {
    Hidden { of, column, from_all: true, why }
}

const HIDDEN: &[Hidden] = &[
    hidden(Table::Complaints, "first_response_at", LATER),
    hidden(Table::Complaints, "resolved_at", LATER),
    hidden(Table::Complaints, "reopened_at", LATER),
    hidden(Table::Complaints, "resolution", LATER),
    hidden(Table::Complaints, "compensation", LATER),
    hidden(Table::Complaints, "satisfaction", LATER),
    hidden(Table::Complaints, "text", "the words of a customer are never read into a feature"),
    hidden(Table::Customers, "opted_out", "it says what is so today, not what was so at a cutoff"),
    Hidden {
        of: Table::Customers,
        column: "signed_up_at",
        // An event is known with its row, whenever customers are said to have signed up.
        from_all: false,
        why: "it may lie after a cutoff; `signup_tenure_days` reads it as it was known",
    },
];

/// What a value has to be; the hint of the error knows it.
pub(super) const A_NUMBER: &str = "a number";

const LATER: &str = "it becomes known only after the complaint was opened, and would tell of it too early";

/// The features over a table as expressions over sources with the columns `available`. `beside` are the tables that are
/// read from the same files, the table itself among them.
///
/// # Errors
/// `IngestError::UnknownColumn`, `BadExpression` or `NotRowWise`, each naming the config key; `Hidden` for a column that
/// a mapping says is not known with its row.
pub(crate) fn map(
    table: Table,
    features: &[CustomFeature],
    beside: &[(Table, &TableConfig)],
    available: &Available,
) -> Result<Vec<CustomMapped>, IngestError> {
    let own = features.iter().filter(|feature| feature.table.table() == table);
    let mapped = own.map(|feature| {
        let resolve = |part: &str, text: &Option<String>| {
            let key = format!("features.custom.{}.{part}", feature.name);
            text.as_deref().map(|text| available.resolve(key, text)).transpose()
        };
        let column = resolve("column", &feature.column)?;
        let mapped = CustomMapped { feature: feature.clone(), column, filter: resolve("filter", &feature.filter)? };
        mapped.all().try_for_each(|mapped| refuse_hidden((table, mapped), beside, available))?;
        Ok(mapped)
    });
    mapped.collect()
}

fn refuse_hidden(
    (reader, mapped): (Table, &Mapped),
    beside: &[(Table, &TableConfig)],
    available: &Available,
) -> Result<(), IngestError> {
    for (table, config) in beside {
        let of_table = HIDDEN.iter().filter(|hidden| hidden.of == *table);
        for Hidden { column, why, .. } in of_table.filter(|hidden| hidden.from_all || hidden.of == reader) {
            let hides = format!("{}.columns.{column}", table.name());
            let Some(text) = config.columns.get(*column) else { continue };
            // A mapping that does not fit is reported where its own table is read.
            let Ok(hidden) = available.resolve(hides.clone(), text) else { continue };
            if let Some(column) = mapped.reads.iter().find(|column| hidden.reads.contains(column)) {
                let (key, column) = (mapped.key.clone(), column.clone());
                return Err(IngestError::Hidden { key, column, mapping: hides, why });
            }
        }
    }
    Ok(())
}

/// Evaluates the features of a table; rows that cannot be read are noted and do not count.
///
/// # Errors
/// `IngestError::WrongType` for a filter that is no condition or a column that holds no values of its kind.
pub(crate) fn read_all(
    read: &mut TypedTable,
    (source, mapping): (&DataFrame, &Mapping),
    numbers: &Numbers,
    currency: &Currency,
) -> Result<(), IngestError> {
    for custom in &mapping.custom {
        let passes = custom.filter.as_ref().map(|filter| answer(source, filter)).transpose()?;
        let counts = |row: usize| passes.as_ref().is_none_or(|passes| passes.get(row) == Some(true));
        let mut values = match &custom.column {
            Some(mapped) => {
                let column = evaluate(source, mapped)?;
                let (values, mut unreadable) = values(&column, mapped, &custom.feature, currency)?;
                read.own_cells.push(OwnCells {
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

/// The value of each row, NaN where there is none, and the rows that hold something else.
fn values(
    column: &Column,
    mapped: &Mapped,
    feature: &CustomFeature,
    currency: &Currency,
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
            let (values, unreadable) = money(&column, currency)?;
            let amounts = if let Values::Money(amounts) = values { amounts } else { Vec::new() };
            #[expect(clippy::cast_precision_loss, reason = "amounts that are believed stay below 2^53 minor units")]
            let amount = |amount: i64| if amount == ABSENT { f64::NAN } else { amount as f64 };
            return Ok((amounts.into_iter().map(amount).collect(), unreadable));
        }
        real_numbers(&column)
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

/// What the cells of a column of the shop's own are, all together.
#[derive(Debug, Clone)]
pub(crate) struct OwnCells {
    key: String,
    expression: String,
    /// Whether any cell is a value.
    is_read: bool,
    /// Whether any cell is something else.
    is_unreadable: bool,
}

impl OwnCells {
    /// Adds the cells of other rows of the same columns.
    pub(crate) fn add_all(all: &mut Vec<Self>, others: &[Self]) {
        for other in others {
            match all.iter_mut().find(|known| known.key == other.key) {
                Some(known) => {
                    known.is_read |= other.is_read;
                    known.is_unreadable |= other.is_unreadable;
                }
                None => all.push(other.clone()),
            }
        }
    }

    /// Refuses a column of words: it is no column with a few errors. Asked of all rows of the shop.
    ///
    /// # Errors
    /// `IngestError::WrongType` for the first such column.
    pub(crate) fn refuse_words(all: &[Self]) -> Result<(), IngestError> {
        match all.iter().find(|cells| cells.is_unreadable && !cells.is_read) {
            Some(Self { key, expression, .. }) => Err(IngestError::WrongType {
                key: key.clone(),
                expression: expression.clone(),
                dtype: "text that is no number in any row".to_owned(),
                allowed: A_NUMBER,
            }),
            None => Ok(()),
        }
    }
}

/// Notes the used rows among those that cannot be read. Only purchases are quoted: elsewhere people may have written.
fn note(read: &mut TypedTable, (mapped, column): (&Mapped, &Column), rows: Vec<usize>) {
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
