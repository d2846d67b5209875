//! Owns the form in which tables leave the rooms: named columns of plain values that any writer can take.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::units::Timestamp;

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column<'a> {
    /// Words or identifiers.
    Text(Vec<Cow<'a, str>>),
    /// Words, where there are any.
    OptionalText(Vec<Option<Cow<'a, str>>>),
    /// Numbers; amounts are in major units. They are written as they are: whoever fills the column rounds.
    Number(Vec<f64>),
    /// Numbers, where there are any.
    OptionalNumber(Vec<Option<f64>>),
    /// Amounts in major units, rounded by whoever fills the column; files for people show all the decimals of the
    /// currency.
    Money {
        /// One for each row.
        amounts: Vec<f64>,
        /// Decimals of the currency.
        decimals: u32,
    },
    /// The same, where there are any.
    OptionalMoney {
        /// One for each row.
        amounts: Vec<Option<f64>>,
        /// Decimals of the currency.
        decimals: u32,
    },
    /// Whole numbers.
    Integer(Vec<i64>),
    /// True or false.
    Flag(Vec<bool>),
    /// Instants, to the microsecond; CSV files tell them to the second.
    Time(Vec<Timestamp>),
    /// Instants, where there are any.
    OptionalTime(Vec<Option<Timestamp>>),
    /// Days, where there are any.
    OptionalDate(Vec<Option<Date>>),
    /// Whole numbers, where there are any.
    OptionalInteger(Vec<Option<i64>>),
}

impl<'a> Column<'a> {
    /// A column of words.
    pub fn text<T: Into<Cow<'a, str>>>(words: impl IntoIterator<Item = T>) -> Self {
        Self::Text(words.into_iter().map(Into::into).collect())
    }

    /// A column of words, where there are any.
    pub fn optional_text<T: Into<Cow<'a, str>>>(words: impl IntoIterator<Item = Option<T>>) -> Self {
        Self::OptionalText(words.into_iter().map(|word| word.map(Into::into)).collect())
    }

    /// Number of values, the absent ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::OptionalText(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::OptionalNumber(values) => values.len(),
            Self::Money { amounts, .. } => amounts.len(),
            Self::OptionalMoney { amounts, .. } => amounts.len(),
            Self::Integer(values) => values.len(),
            Self::Flag(values) => values.len(),
            Self::Time(values) => values.len(),
            Self::OptionalTime(values) => values.len(),
            Self::OptionalDate(values) => values.len(),
            Self::OptionalInteger(values) => values.len(),
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
pub struct Table<'a> {
    /// What the table is called, for example `purchases`; its file has the same name.
    pub name: &'static str,
    /// Names and values.
    pub columns: Vec<(String, Column<'a>)>,
}

impl<'a> Table<'a> {
    /// A table of named columns.
    #[must_use]
    pub fn new<N: Into<String>>(name: &'static str, columns: impl IntoIterator<Item = (N, Column<'a>)>) -> Self {
        Self { name, columns: columns.into_iter().map(|(name, column)| (name.into(), column)).collect() }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column<'a>> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }
}
