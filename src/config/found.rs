//! What the first look at a source tells: its columns, and keys that its section of the config needs.

/// A source as it was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peek {
    /// Its columns, in their order.
    pub columns: Vec<DraftColumn>,
    /// Keys to be written into the section of its table.
    pub found: Vec<FoundKey>,
    /// Rows that were looked at.
    pub n_rows: usize,
}

/// One column of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftColumn {
    /// Its name in the source.
    pub name: String,
    /// Its type as the source states it, for example `f64`, `str`, `datetime[us]`; columns of text files are `str`.
    pub dtype: String,
    /// A value of it; empty if there is none.
    pub example: String,
    /// Different values among the rows that were looked at; 0 if none were.
    pub n_distinct: usize,
    /// Rows without a value.
    pub n_empty: usize,
    /// Rows that were looked at; 0 if nobody looked.
    pub n_rows: usize,
    /// The values, the most frequent first, where there are few; an empty list where there are many.
    pub values: Vec<ValueCount>,
}

/// A value of a column and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value as written.
    pub value: String,
    /// Rows with it.
    pub rows: usize,
}

/// A key that reading found to be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// Its name within the table's section, for example `delimiter` or `time_format`.
    pub key: &'static str,
    /// The column of the source that it is about; it is written only if the mapping reads that column. `None`: it is about
    /// the source as a whole and always written.
    pub column: Option<String>,
    /// What it may be: one value that is written, or several among which a person must choose. The likeliest comes first.
    pub readings: Vec<Reading>,
    /// Why, in a few words, for the comment behind it.
    pub why: String,
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The value as TOML, for example `";"` with its quotes or `2`.
    pub toml: String,
    /// What follows from it, for example "`01/02/2024` is 1 February"; empty where nothing is open.
    pub means: String,
}

impl FoundKey {
    /// A key with one value.
    #[must_use]
    pub fn settled(key: &'static str, toml: impl Into<String>, why: impl Into<String>) -> Self {
        let reading = Reading { toml: toml.into(), means: String::new() };
        Self { key, column: None, readings: vec![reading], why: why.into() }
    }

    /// The same, about one column of the source.
    #[must_use]
    pub fn of_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }
}

impl DraftColumn {
    /// Whether no row that was looked at has a value.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n_rows > 0 && self.n_empty == self.n_rows
    }
}
