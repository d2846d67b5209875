//! The length of cells: what is longer than any value of a shop is a fault of the file, and would be copied many times.

use polars::prelude::*;

use super::error::IngestError;
use super::lines::LONGEST_FIELD;
use super::source::InputFile;

/// Refuses rows with a cell that is too long. Lines of text files with such cells were set aside before.
///
/// # Errors
/// `IngestError::LongCell`.
pub(super) fn check(file: &InputFile, rows: &DataFrame) -> Result<(), IngestError> {
    let limit = LONGEST_FIELD as u64;
    for column in rows.columns().iter().filter(|column| column.dtype().is_string()) {
        let Ok(texts) = column.str() else { continue };
        let lengths = texts.downcast_iter().flat_map(|array| array.views().iter().map(|view| u64::from(view.length)));
        if let Some((row, found)) = lengths.enumerate().find(|(_, length)| *length > limit) {
            let (path, column) = (file.path.display().to_string(), column.name().to_string());
            return Err(IngestError::LongCell { path, column, row: row as u64 + 1, found, limit });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_too_long_is_named() {
        let file = InputFile::new("a.parquet".into(), None);
        let rows = |n: usize| df!("n" => [1, 2], "text" => ["x".to_owned(), "y".repeat(n)]).unwrap();
        assert!(check(&file, &rows(LONGEST_FIELD)).is_ok());
        let error = check(&file, &rows(LONGEST_FIELD + 1)).unwrap_err().to_string();
        assert!(error.contains("`a.parquet` has a cell of 1048577 bytes in column `text`, row 2"), "{error}");
    }
}
