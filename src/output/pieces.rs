//! A table of many rows in both formats, piece by piece: all of it need never be held as columns.

use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use polars::prelude::{DataFrame, ParquetWriter};

use super::csv_form::CsvForm;
use super::error::{OutputError, of_engine};
use super::tables::{Format, file_name, to_frame};
use crate::config::CsvFlavour;
use crate::error::Failure;
use crate::files::{FileError, Staged};
use crate::table::Table;

/// Stages a table of so many pieces, at least one, as CSV and as Parquet, and tells the paths that the files will have. They
/// are written side by side, because each waits for the disk for a while.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_csv_and_parquet<'t>(
    name: &str,
    mut pieces: impl Iterator<Item = Table<'t>>,
    flavour: CsvFlavour,
    staged: &Staged,
) -> Result<[PathBuf; 2], Failure> {
    let first = pieces.next().unwrap_or_else(|| Table { name: "list", columns: Vec::new() });
    let (form, first) = (CsvForm::of(flavour, &first), to_frame(&first)?);
    let empty = first.clear();
    let (send, receive) = sync_channel(1);
    let file = |format| file_name(name, format);
    let (csv, parquet) = std::thread::scope(|scope| {
        let beside = std::thread::Builder::new();
        let write = || staged.add(&file(Format::Parquet), |writer| write_parquet(writer, &empty, receive));
        let parquet = beside.spawn_scoped(scope, write).map_err(FileError::writing(file(Format::Parquet)))?;
        let frames = std::iter::once(Ok(first)).chain(pieces.map(|table| to_frame(&table)));
        let csv = staged.add(&file(Format::Csv), |writer| write_csv(writer, (&form, &empty), (frames, send)));
        Ok::<_, FileError>((csv, parquet.join()))
    })?;
    // A writer that panics has told so itself; the other file is not kept without it.
    let parquet = parquet.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    // A piece that could not be made stops both, and the reason is with the one that made it.
    Ok([csv?, parquet?])
}

/// Writes the pieces as they come, and hands each on.
fn write_csv(
    writer: impl Write,
    (form, empty): (&CsvForm, &DataFrame),
    (frames, hand_on): (impl Iterator<Item = Result<DataFrame, OutputError>>, SyncSender<DataFrame>),
) -> std::io::Result<()> {
    let empty = form.shown(empty).map_err(of_engine)?;
    let mut csv = form.writer(writer).batched(empty.schema()).map_err(of_engine)?;
    for frame in frames {
        let frame = frame.map_err(|error| std::io::Error::other(error.to_string()))?;
        if hand_on.send(frame.clone()).is_err() {
            // The other file could not be written, and says why.
            break;
        }
        form.shown(&frame).and_then(|frame| csv.write_batch(&frame)).map_err(of_engine)?;
    }
    csv.finish().map_err(of_engine)
}

/// Writes the pieces that it is handed.
fn write_parquet(writer: impl Write, empty: &DataFrame, frames: Receiver<DataFrame>) -> std::io::Result<()> {
    let mut parquet = ParquetWriter::new(writer).batched(empty.schema()).map_err(of_engine)?;
    frames.into_iter().try_for_each(|frame| parquet.write_batch(&frame)).map_err(of_engine)?;
    parquet.finish().map(|_| ()).map_err(of_engine)
}

#[cfg(test)]
mod tests {
    use polars::prelude::{LazyFrame, PlRefPath, ScanArgsParquet};

    use super::*;
    use crate::table::Column;

    fn piece(first: i64, words: &[Option<&'static str>]) -> Table<'static> {
        let number = Column::Integer((first..).take(words.len()).collect());
        Table::new("list", [("rank", number), ("word", Column::optional_text(words.iter().copied()))])
    }

    #[test]
    fn pieces_become_one_table_in_both_formats() {
        let folder = tempfile::tempdir().unwrap();
        let pieces = [piece(1, &[None, None]), piece(3, &[Some("=1+1")]), piece(4, &[Some("a,b"), None])];
        let staged = Staged::among_others(folder.path()).unwrap();
        let paths = stage_csv_and_parquet("list", pieces.into_iter(), CsvFlavour::Plain, &staged).unwrap();
        assert!(paths.iter().all(|path| !path.exists()), "not before the other files are whole");
        staged.commit().unwrap();
        let csv = std::fs::read_to_string(&paths[0]).unwrap();
        assert_eq!(csv, "rank,word\n1,\n2,\n3,'=1+1\n4,\"a,b\"\n5,\n");
        let path = PlRefPath::try_from_path(&paths[1]).unwrap();
        let read = LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().collect().unwrap();
        let whole = to_frame(&piece(1, &[None, None, Some("=1+1"), Some("a,b"), None])).unwrap();
        assert!(read.equals_missing(&whole), "{read}");
    }

    #[test]
    fn a_piece_of_another_form_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let broken = Table::new("list", [("rank", Column::Integer(vec![2])), ("word", Column::text(["a", "b"]))]);
        let pieces = [piece(1, &[Some("a")]), broken];
        let staged = Staged::among_others(folder.path()).unwrap();
        assert!(stage_csv_and_parquet("list", pieces.into_iter(), CsvFlavour::Plain, &staged).is_err());
        drop(staged);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
