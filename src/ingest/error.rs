//! What can go wrong while tables are read and mapped: wrong paths and mappings, files that are not what they seem.

use std::path::PathBuf;

use polars::error::PolarsError;
use thiserror::Error;

use super::limits::MAX_ROWS;
use crate::error::{Exit, Report};

/// An error of getting tables in.
#[derive(Debug, Error)]
pub enum IngestError {
    /// A path of the config leads nowhere.
    #[error("`{path}`, given as `{table}.path`, does not exist")]
    NotFound {
        /// The table.
        table: &'static str,
        /// The path as given.
        path: String,
    },
    /// A folder or glob holds no file that can be read.
    #[error("`{path}`, given as `{table}.path`, holds no table; file names that are read: {allowed}")]
    NoFiles {
        /// The table.
        table: &'static str,
        /// The folder or glob as given.
        path: String,
        /// The name endings of all sources.
        allowed: String,
    },
    /// The file name does not say how to read the file.
    #[error("`{path}` has a name that no source reads; allowed: {allowed}")]
    UnknownFormat {
        /// The path as given.
        path: String,
        /// The name endings of all sources.
        allowed: String,
    },
    /// The machine would not give us the file.
    #[error("`{path}` could not be read")]
    Io {
        /// The path as given.
        path: String,
        /// What the machine said.
        source: std::io::Error,
    },
    /// The file is not what its name says.
    #[error("`{path}` is not a {format} file: {detail}")]
    WrongFormat {
        /// The path as given.
        path: String,
        /// What was expected.
        format: &'static str,
        /// What was found.
        detail: String,
    },
    /// A spreadsheet has no sheet of that name.
    #[error("`{key}` asks for the sheet `{sheet}`, which `{path}` does not have; its sheets: {available}")]
    UnknownSheet {
        /// The config key.
        key: &'static str,
        /// The sheet that was asked for.
        sheet: String,
        /// The path as given.
        path: String,
        /// Its sheets.
        available: String,
    },
    /// The file has not even a header.
    #[error("`{path}` is empty: a header line with column names is expected")]
    Empty {
        /// The path as given.
        path: String,
    },
    /// The text file has column names but cannot be split into lines of columns.
    #[error("`{path}` was split into {expected} lines, but {found} were read; its quotes do not match")]
    LinesDisagree {
        /// The path as given.
        path: String,
        /// Lines of our own count.
        expected: usize,
        /// Lines of the reader.
        found: usize,
    },
    /// An expression of the mapping names a column that a source does not have.
    #[error("`{key}` reads column `{column}`, which `{path}` does not have; its columns: {available}")]
    UnknownColumn {
        /// The config key, for example `purchases.columns.amount`.
        key: String,
        /// The missing column.
        column: String,
        /// The file as given.
        path: String,
        /// Its columns.
        available: Box<str>,
        /// The most similar one.
        nearest: Option<Box<str>>,
        /// Another file of the table that has the missing column.
        elsewhere: Option<Box<str>>,
    },
    /// Several things are wrong with the mapping of a table.
    #[error("{}", several(errors))]
    Several {
        /// What is wrong; two at least.
        errors: Vec<IngestError>,
    },
    /// An expression of the mapping is no SQL, or does not fit the types of its columns.
    #[error("`{key} = {expression:?}` is neither a column nor a valid SQL expression: {detail}; columns: {available}")]
    BadExpression {
        /// The config key.
        key: String,
        /// The expression as given.
        expression: String,
        /// What the SQL engine said.
        detail: String,
        /// The columns of the source.
        available: String,
    },
    /// An expression looks at other rows than its own.
    #[error(
        "`{key} = {expression:?}` looks at more than its own row; aggregates, windows and subqueries are not allowed"
    )]
    NotRowWise {
        /// The config key.
        key: String,
        /// The expression as given.
        expression: String,
    },
    /// A lookup gives a column that is there already.
    #[error("`{section}.columns` gives a column `{column}`, which the rows from `{path}` have already")]
    ColumnTwice {
        /// The section of the lookup.
        section: String,
        /// The column.
        column: String,
        /// The file of the table.
        path: String,
    },
    /// A key stands in rows of a lookup that differ.
    #[error(
        "`{section}` has {keys} keys that stand in several rows with different values, e.g. {examples}; one row for each key is \
         expected"
    )]
    RepeatedKey {
        /// The section of the lookup.
        section: String,
        /// How many keys.
        keys: u64,
        /// Three of them.
        examples: String,
    },
    /// No row of a table found anything in a lookup.
    #[error(
        "none of the {rows} rows of `{table}` finds its key in `{section}`: they look for keys like `{wanted}`, and `{path}` has \
         keys like `{there}`"
    )]
    NothingFound {
        /// The section of the lookup.
        section: String,
        /// The table.
        table: &'static str,
        /// The files of the lookup.
        path: String,
        /// Rows of the table.
        rows: u64,
        /// A key of the table.
        wanted: String,
        /// A key of the lookup.
        there: String,
    },
    /// The answer to a query cannot be used.
    #[error("the query `{key}` gives what cannot be used: {detail}")]
    Query {
        /// The key of the config.
        key: String,
        /// Which column or value, and why not.
        detail: String,
    },
    /// An expression calls a function that no expression may call.
    #[error("`{key} = {expression:?}` calls `{function}`, which is no function of mappings")]
    UnknownFunction {
        /// The config key.
        key: String,
        /// The expression as given.
        expression: String,
        /// The function.
        function: String,
        /// What to write instead.
        instead: String,
    },
    /// An expression could take memory or time without end.
    #[error("`{key} = {expression:?}` {why}")]
    Unbounded {
        /// The config key.
        key: String,
        /// The expression as given.
        expression: String,
        /// The bound that it does not keep.
        why: String,
    },
    /// A compressed file holds far more than its size says.
    #[error(
        "`{path}` unpacks to more than {ratio} times its {size} bytes; at least {always} bytes and up to {ratio} times the size are read"
    )]
    Bomb {
        /// The path as given.
        path: String,
        /// Bytes of the file.
        size: u64,
        /// The largest ratio of text to file.
        ratio: u64,
        /// Bytes of text that are read whatever the ratio.
        always: u64,
    },
    /// A file says that it has far more rows than its size allows.
    #[error(
        "`{path}` has {rows} rows in {size} bytes; at least {always} rows, and up to {ratio} for each byte of the file, are \
         read"
    )]
    CrowdedRows {
        /// The path as given.
        path: String,
        /// Rows of the file.
        rows: u64,
        /// Its bytes.
        size: u64,
        /// The most rows for a byte.
        ratio: u64,
        /// Rows that are read whatever the size.
        always: u64,
    },
    /// A text file has a line that does not end.
    #[error("`{path}` has a line of more than {limit} bytes, which begins at byte {start}")]
    EndlessLine {
        /// The path as given.
        path: String,
        /// Where the line begins.
        start: u64,
        /// The longest line that is read.
        limit: u64,
    },
    /// A cell is longer than any value of a shop.
    #[error(
        "`{path}` has a cell of {found} bytes in column `{column}`, row {row}; cells of up to {limit} bytes are read"
    )]
    LongCell {
        /// The file.
        path: String,
        /// The column.
        column: String,
        /// The row, from 1.
        row: u64,
        /// Bytes of the cell.
        found: u64,
        /// The longest cell that is read.
        limit: u64,
    },
    /// A file has more columns than any table of a shop.
    #[error("`{path}` has {found} columns; up to {limit} are read")]
    TooManyColumns {
        /// The path as given.
        path: String,
        /// Columns of the file.
        found: usize,
        /// The most columns that are read.
        limit: usize,
    },
    /// A folder or glob leads through more files and folders than can be meant.
    #[error("`{path}`, given as `{table}.path`, leads through more than {limit} files and folders")]
    TooManyFiles {
        /// The table.
        table: &'static str,
        /// The path as given.
        path: String,
        /// The most that are looked at.
        limit: usize,
    },
    /// What lies at a path is no file.
    #[error("`{path}`, given as `{table}.path`, is {kind}, and no file or folder")]
    NotAFile {
        /// The table.
        table: &'static str,
        /// The path.
        path: String,
        /// What it is.
        kind: &'static str,
    },
    /// A custom feature reads what it may not know.
    #[error("`{key}` reads column `{column}`, which `{mapping}` maps: {why}")]
    Hidden {
        /// The config key.
        key: String,
        /// The source column.
        column: String,
        /// The key that maps it.
        mapping: String,
        /// Why no feature may read it.
        why: &'static str,
    },
    /// A column's type cannot be read as what the schema asks for.
    #[error("`{key} = {expression:?}` is of type {dtype}, but {allowed} is expected")]
    WrongType {
        /// The config key.
        key: String,
        /// The expression as given.
        expression: String,
        /// The type that came.
        dtype: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The table engine failed.
    #[error("the table engine failed while {doing}")]
    Engine {
        /// What it was asked to do.
        doing: String,
        /// What it said.
        source: Box<PolarsError>,
    },
    /// Rows are numbered with 32 bits.
    #[error("table `{table}` has {rows} rows; at most {} are read at a time", MAX_ROWS)]
    TooManyRows {
        /// The table.
        table: &'static str,
        /// Its rows.
        rows: usize,
    },
    /// Rows were lost or counted twice.
    #[error("`{table}`: {rows_in} rows came in, but {accounted} are accounted for")]
    Unbalanced {
        /// The table.
        table: &'static str,
        /// Rows of the input.
        rows_in: u64,
        /// Rows used or rejected.
        accounted: u64,
    },
}

impl IngestError {
    /// An error of the table engine, with what it was doing.
    pub(crate) fn engine(doing: impl Into<String>) -> impl FnOnce(PolarsError) -> Self {
        move |source| Self::Engine { doing: doing.into(), source: Box::new(source) }
    }

    /// An error of the machine about a file.
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path: PathBuf = path.to_owned();
        move |source| Self::Io { path: path.display().to_string(), source }
    }
}

impl Report for IngestError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "E201",
            Self::NoFiles { .. } => "E202",
            Self::UnknownFormat { .. } => "E203",
            Self::Io { .. } => "E204",
            Self::WrongFormat { .. } => "E205",
            Self::Empty { .. } => "E206",
            Self::LinesDisagree { .. } => "E207",
            Self::UnknownColumn { .. } => "E208",
            Self::Several { errors } => errors.first().map_or("E208", Report::code),
            Self::UnknownSheet { .. } => "E219",
            Self::BadExpression { .. } => "E209",
            Self::NotRowWise { .. } => "E210",
            Self::WrongType { .. } => "E211",
            Self::Engine { .. } => "E212",
            Self::Unbalanced { .. } => "E213",
            Self::Hidden { .. } => "E214",
            Self::TooManyRows { .. } => "E215",
            Self::Unbounded { .. } => "E223",
            Self::UnknownFunction { .. } => "E224",
            Self::ColumnTwice { .. } => "E236",
            Self::RepeatedKey { .. } => "E237",
            Self::NothingFound { .. } => "E238",
            Self::Query { .. } => "E243",
            Self::Bomb { .. } | Self::CrowdedRows { .. } => "E225",
            Self::EndlessLine { .. } | Self::LongCell { .. } => "E226",
            Self::TooManyColumns { .. } => "E227",
            Self::TooManyFiles { .. } => "E228",
            Self::NotAFile { .. } => "E229",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotFound { .. }
            | Self::NoFiles { .. }
            | Self::UnknownFormat { .. }
            | Self::UnknownColumn { .. }
            | Self::Several { .. }
            | Self::UnknownSheet { .. }
            | Self::BadExpression { .. }
            | Self::NotRowWise { .. }
            | Self::Hidden { .. }
            | Self::Unbounded { .. }
            | Self::UnknownFunction { .. }
            | Self::ColumnTwice { .. }
            | Self::TooManyFiles { .. }
            | Self::NotAFile { .. }
            | Self::Query { .. }
            | Self::WrongType { .. } => Exit::BadUsage,
            Self::WrongFormat { .. }
            | Self::RepeatedKey { .. }
            | Self::NothingFound { .. }
            | Self::Empty { .. }
            | Self::Bomb { .. }
            | Self::CrowdedRows { .. }
            | Self::EndlessLine { .. }
            | Self::LongCell { .. }
            | Self::TooManyColumns { .. }
            | Self::TooManyRows { .. }
            | Self::LinesDisagree { .. } => Exit::DataRefused,
            Self::Io { .. } | Self::Engine { .. } | Self::Unbalanced { .. } => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        self.way_on()
    }
}

/// The first error, and the others a line each; a list of columns is told once.
fn several(errors: &[IngestError]) -> String {
    let each = errors.iter().enumerate().map(|(place, error)| match error {
        IngestError::UnknownColumn { key, column, .. } if place > 0 => {
            format!("`{key}` reads column `{column}`, which is not there either")
        }
        other => other.to_string(),
    });
    each.collect::<Vec<_>>().join("\n")
}

/// What a value has to be; the hint of the error knows it.
pub(super) const A_NUMBER: &str = "a number";

/// What a file is not whose encoding is given as UTF-16 and that has no zero among its bytes.
pub(super) const UTF_16: &str = "UTF-16";
