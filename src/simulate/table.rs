//! Owns the form in which a simulated shop leaves the room: named columns of plain values, any writer can take them.

use crate::units::Timestamp;

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Words or identifiers.
    Text(Vec<String>),
    /// Words, where there are any.
    OptionalText(Vec<Option<String>>),
    /// Numbers; amounts are in major units and have at most two decimals.
    Number(Vec<f64>),
    /// Numbers, where there are any.
    OptionalNumber(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// True or false.
    Flag(Vec<bool>),
    /// Instants, to the second.
    Time(Vec<Timestamp>),
    /// Instants, where there are any.
    OptionalTime(Vec<Option<Timestamp>>),
}

impl Column {
    /// Number of values, the absent ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::OptionalText(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::OptionalNumber(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Flag(values) => values.len(),
            Self::Time(values) => values.len(),
            Self::OptionalTime(values) => values.len(),
        }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One table: columns of equal length, in the order in which they are to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the table is called, for example `purchases`.
    pub name: &'static str,
    /// Names and values.
    pub columns: Vec<(&'static str, Column)>,
}

impl Table {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| *known == name).map(|(_, column)| column)
    }
}

/// A shop whose truth is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    /// Order lines and returned lines, by customer, then time.
    pub purchases: Table,
    /// Complaints, by customer, then time.
    pub complaints: Table,
    /// One row per customer.
    pub customers: Table,
    /// What no real shop knows: how each customer really behaves, and when and why the customer left.
    pub truth: Table,
}

impl Shop {
    /// All tables.
    #[must_use]
    pub const fn tables(&self) -> [&Table; 4] {
        [&self.purchases, &self.complaints, &self.customers, &self.truth]
    }
}
