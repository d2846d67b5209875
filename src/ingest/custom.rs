//! Columns of features that a shop has defined: from SQL to one number a row.
//!
//! A row of a table is known as a whole from one instant on. What a mapping says becomes known later is refused here,
//! and so are the words of customers.

use super::error::IngestError;
use super::resolve::{Available, Mapped};
use crate::config::{CustomFeature, Table, TableConfig};

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
