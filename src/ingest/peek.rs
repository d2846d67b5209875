//! A first look at a file that nobody has described yet: columns, types, examples.

use std::path::Path;

use polars::prelude::*;

use super::error::IngestError;
use super::raw::shown;
use super::{paths, sources};

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeekedColumn {
    /// Its name.
    pub name: String,
    /// Its type, for example `f64`, `str`, `datetime[μs]`; columns of text files are `str`.
    pub dtype: String,
    /// A value from the first rows; empty if they hold none.
    pub example: String,
    /// Different values among the rows that were looked at.
    pub n_distinct: usize,
}

/// Rows that are looked at.
const ROWS: IdxSize = 100_000;

/// Bytes of a text file that hold them.
const BYTES: usize = 1 << 24;

/// The columns of a file, or of the first file of a folder or glob.
///
/// # Errors
/// An `IngestError` naming the path if it cannot be read.
pub fn peek(path: &Path) -> Result<Vec<PeekedColumn>, IngestError> {
    let files = paths::expand("init", &[path.to_owned()])?.files;
    let Some(file) = files.first() else { return Ok(Vec::new()) };
    // A source has one piece at least, and the first one holds enough.
    let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
    sources::column_names(file, &mut opened)?;
    let frame = sources::rows(file, opened.frame.limit(ROWS))?;
    Ok(frame.columns().iter().map(peeked).collect())
}

pub(super) fn peeked(column: &Column) -> PeekedColumn {
    let mut values = (0..column.len()).filter_map(|row| column.get(row).ok());
    let text = |value: AnyValue<'_>| match value {
        AnyValue::Null => None,
        AnyValue::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        other => Some(shown(&other)),
    };
    PeekedColumn {
        name: column.name().to_string(),
        dtype: column.dtype().to_string(),
        example: values.find_map(text).unwrap_or_default(),
        n_distinct: column.drop_nulls().n_unique().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_shown_with_their_first_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "id,name\n,x\n007,\n").unwrap();
        let column = |name: &str, example: &str| PeekedColumn {
            name: name.to_owned(),
            dtype: "str".to_owned(),
            example: example.to_owned(),
            n_distinct: 1,
        };
        assert_eq!(peek(&path).unwrap(), [column("id", "007"), column("name", "x")]);
        assert!(peek(&folder.path().join("b.csv")).is_err());
    }
}
