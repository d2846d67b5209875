//! The rows of a table from all its files, in memory: source columns, and words of text that is nothing but mapped.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::absent::{without, without_absent_words};
use super::dealt::{DealtFile, DealtRows};
use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::fill_down::FillDown;
use super::forms::WrittenForms;
use super::header::is_nameless;
use super::limits::MAX_ROWS;
use super::lookup::Lookups;
use super::mapping::Mapping;
use super::overlap::Others;
use super::resolve::Available;
use super::source::{InputFile, Opened};
use super::stack::stack;
use super::table::Origin;
use super::watched::with_absent;
use super::words::Words;
use super::{engine, sources};
use crate::config::Table;

/// What columns in memory are called where a file would be named.
pub(super) const MEMORY: &str = "columns in memory";

/// Where the rows of a table come from.
#[derive(Clone, Copy)]
pub(super) enum Supply<'a> {
    /// All rows of its files.
    Files(&'a [InputFile]),
    /// Those of a part of the customers.
    Part(&'a [DealtFile], usize),
    /// All rows of columns in memory.
    Frame(&'a DataFrame),
}

impl Supply<'_> {
    /// Where the columns are that the mapping does not read; `hashes` are those of rows that were dealt out.
    pub(super) fn others<'h>(self, hashes: &'h [u64]) -> Others<'h>
    where
        Self: 'h,
    {
        match self {
            Self::Files(files) => Others::Files(files),
            Self::Part(..) => Others::Dealt(hashes),
            Self::Frame(_) => Others::Nowhere,
        }
    }

    /// How the values of the whole table are written, file by file, where these are not all its rows.
    pub(super) fn written(self) -> Option<Vec<(String, WrittenForms)>> {
        let Self::Part(files, _) = self else { return None };
        Some(files.iter().map(|file| (file.path.display().to_string(), file.written.clone())).collect())
    }

    /// Whether what is said of the table as a whole is said here.
    pub(super) const fn tells(self) -> bool {
        !matches!(self, Self::Part(_, 1..))
    }
}

/// A table as it came.
pub(super) struct Collected {
    pub(super) source: DataFrame,
    /// Columns of the source that are kept as words: a text for each row would take several times their memory.
    pub(super) words: Vec<(String, Words)>,
    pub(super) mapping: Mapping,
    pub(super) origins: Vec<Origin>,
    pub(super) facts: Vec<Fact>,
    /// A hash of all columns of each row, of rows that were dealt out of several files.
    pub(super) hashes: Vec<u64>,
}

/// Reads all columns that a mapping, found when the columns of the first file are known, needs.
pub(super) fn collect(
    table: Table,
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
    supply: Supply<'_>,
    lookups: &Lookups,
) -> Result<Collected, IngestError> {
    let mut mapping = None;
    let mut known = |available: &Available| -> Result<Mapping, IngestError> {
        let known: &mut Mapping = match &mut mapping {
            Some(known) => {
                Mapping::check(known, available)?;
                known
            }
            none => none.insert(mapped(available)?),
        };
        Ok(known.clone())
    };
    let (mut pieces, mut origins, mut facts, mut hashes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut names_of_files = Vec::new();
    match supply {
        Supply::Files(files) => {
            for file in files {
                let mut opened = sources::open(file)?;
                let available = columns_of(file, &mut opened)?;
                let mapping = known(&available)?;
                let piece = Piece::read(file, &mut opened, &available, &mapping)?;
                let (path, n_rows) = (file.path.clone(), piece.frame.height());
                origins.push(Origin { path, n_rows, cut: opened.cut, numbers: None });
                facts.extend(opened.facts);
                pieces.push(piece);
                names_of_files.push(available);
            }
        }
        Supply::Frame(frame) => {
            let names = frame.get_column_names().into_iter().map(ToString::to_string).collect();
            let frame = of_memory(frame, &known(&Available { path: MEMORY.to_owned(), names })?)?;
            origins.push(Origin { path: MEMORY.into(), n_rows: frame.height(), cut: Vec::new(), numbers: None });
            pieces.push(Piece { frame, words: Vec::new() });
        }
        Supply::Part(files, part) => {
            for file in files {
                let DealtRows { frame, numbers, hashes: own } =
                    file.rows(part, &known(&file.available)?.reads_with_lookups())?;
                hashes.extend(own);
                let (path, n_rows) = (file.path.clone(), frame.height());
                // What is said of a file as a whole is said once, in the first part.
                let cut = if part == 0 { file.cut.clone() } else { Vec::new() };
                origins.push(Origin { path, n_rows, cut, numbers: Some(numbers) });
                facts.extend(file.facts.iter().filter(|_| part == 0).cloned());
                names_of_files.push(file.available.clone());
                pieces.push(Piece { frame, words: Vec::new() });
            }
        }
    }
    facts.extend(of_some_files(&names_of_files).filter(|_| supply.tells()));
    check_rows(table, pieces.iter().map(|piece| piece.frame.height()).sum())?;
    let failed = || IngestError::engine(format!("putting the files of `{}` together", table.name()));
    let words = engine::ask(|| together(&mut pieces)).map_err(failed())?;
    let source = engine::ask(|| stack(pieces.into_iter().map(|piece| piece.frame).collect())).map_err(failed())?;
    let mapping = mapping.ok_or_else(|| no_files(table))?;
    // The rows of a part have the columns of the lookups already.
    let (source, missed) = match supply {
        Supply::Part(..) => (source, Vec::new()),
        Supply::Files(_) | Supply::Frame(_) => lookups.extend(source, &mapping)?,
    };
    facts.extend(missed);
    Ok(Collected { source, words, mapping, origins, facts, hashes })
}

fn no_files(table: Table) -> IngestError {
    IngestError::NoFiles { table: table.name(), path: String::new(), allowed: sources::allowed_names() }
}

/// What a mapping reads of a frame in memory.
fn of_memory(frame: &DataFrame, mapping: &Mapping) -> Result<DataFrame, IngestError> {
    let frame = frame.select(mapping.reads()).and_then(|frame| without_absent_words(&frame));
    let mut frame = frame.map_err(IngestError::engine("choosing columns"))?;
    if let Some(mut filling) = FillDown::new(mapping) {
        filling.fill(&mut frame)?;
    }
    Ok(frame)
}

/// Columns that some of several files have and others do not; those that are mapped are asked for in each.
fn of_some_files(files: &[Available]) -> Option<Fact> {
    let mut missing: BTreeMap<&String, &Available> = BTreeMap::new();
    for name in files.iter().flat_map(|file| &file.names).filter(|name| !is_nameless(name)) {
        if let Some(without) = files.iter().find(|file| !file.names.contains(name)) {
            missing.insert(name, without);
        }
    }
    let shown = missing.iter().map(|(name, file)| format!("{name}, not in {}", file.path));
    let (count, examples) = (missing.len() as u64, Example::of_texts(shown));
    (count > 0).then(|| Fact { rule: FactRule::ColumnsOfSomeFiles, place: String::new(), count, examples })
}

/// Refuses more rows than can be numbered.
fn check_rows(table: Table, rows: usize) -> Result<(), IngestError> {
    if rows > MAX_ROWS {
        return Err(IngestError::TooManyRows { table: table.name(), rows });
    }
    Ok(())
}

/// The rows of one file.
struct Piece {
    frame: DataFrame,
    words: Vec<(String, Words)>,
}

impl Piece {
    /// Reads a file. Where columns lie apart, those that will be words are read one after the other, so that each takes the
    /// memory of the one before.
    fn read(
        file: &InputFile,
        opened: &mut Opened,
        available: &Available,
        mapping: &Mapping,
    ) -> Result<Self, IngestError> {
        let mut names = mapping.reads();
        names.retain(|name| available.names.contains(name));
        let mut words = Vec::new();
        if sources::keeps_columns_apart(file)? {
            let schema = engine::ask(|| opened.frame.collect_schema()).map_err(failed(file))?;
            let is_text = |name: &str| schema.get(name).is_some_and(DataType::is_string);
            let mut apart = mapping.words_only();
            // The number of rows is that of the columns that stay.
            apart.truncate(names.len().saturating_sub(1));
            for name in apart.into_iter().filter(|name| is_text(name)) {
                let frame = sources::rows_as_written(file, opened.frame.clone().select([col(name.as_str())]))?;
                let column = frame.column(&name).and_then(|column| column.str()).map_err(failed(file))?;
                names.retain(|other| *other != name);
                words.push((name, without(Words::from_text(column))));
            }
        }
        let mut frame = rows_of(file, &opened.frame, &names)?;
        check_lines(file, opened.expected_rows, frame.height())?;
        with_absent(&mut frame, &mapping.watched).map_err(failed(file))?;
        if let Some(mut filling) = FillDown::new(mapping) {
            filling.fill(&mut frame)?;
        }
        Ok(Self { frame, words })
    }
}

fn rows_of(file: &InputFile, frame: &LazyFrame, names: &[String]) -> Result<DataFrame, IngestError> {
    let columns: Vec<Expr> = names.iter().map(|name| col(name.as_str())).collect();
    sources::rows(file, frame.clone().select(columns))
}

fn failed(file: &InputFile) -> impl FnOnce(PolarsError) -> IngestError {
    IngestError::engine(format!("reading `{}`", file.path.display()))
}

/// Takes the columns out that are words in any of the pieces, and makes words of them in all.
fn together(pieces: &mut [Piece]) -> PolarsResult<Vec<(String, Words)>> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in pieces.iter().flat_map(|piece| &piece.words) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let all_words = |name: String| {
        let mut whole: Option<Words> = None;
        for piece in pieces.iter_mut() {
            let own = if let Some(place) = piece.words.iter().position(|(other, _)| *other == name) {
                piece.words.swap_remove(place).1
            } else {
                let column = piece.frame.drop_in_place(&name)?.cast(&DataType::String)?;
                Words::from_text(column.str()?)
            };
            whole = Some(match whole {
                None => own,
                Some(whole) => whole.followed_by(own),
            });
        }
        Ok((name, whole.unwrap_or_default()))
    };
    names.into_iter().map(all_words).collect()
}

pub(super) fn columns_of(file: &InputFile, opened: &mut Opened) -> Result<Available, IngestError> {
    Ok(Available { path: file.path.display().to_string(), names: sources::column_names(file, opened)? })
}

/// Whether as many lines were read as were counted: none may be lost between the two.
pub(super) fn check_lines(file: &InputFile, expected: Option<usize>, found: usize) -> Result<(), IngestError> {
    match expected {
        Some(expected) if expected != found => {
            Err(IngestError::LinesDisagree { path: file.path.display().to_string(), expected, found })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::ingest::raw::Raw;
    use crate::ingest::table::TypedTable;
    use crate::ingest::{read, read_frames};

    const CONFIG: &str = "name = 'x'\ncurrency = 'EUR'\n[churn]\nhorizon_days = 90\n[purchases]\npath = '*.parquet'\n\
                          [purchases.columns]\ncustomer_id = 'customer'\npurchased_at = 'at'\namount = 'amount'\n\
                          product_id = 'product'\ncategory = 'category'\nregion = 'UPPER(region)'\n";

    /// Lines of an older program and of a newer one, which numbers customers; the fifth repeats the first.
    fn files() -> [DataFrame; 2] {
        let older = df!(
            "customer" => [Some("c1"), Some(" c2"), None, Some("12680.0"), Some("c1"), Some("")],
            "at" => ["2024-01-01", "2024-01-02", "2024-01-03", "x", "2024-01-01", "2024-01-05"],
            "amount" => [1.0, 2.0, 3.0, 4.0, 1.0, 5.0],
            "product" => ["p1", "p2", "p1", "p3", "p1", "p1"],
            "category" => [Some("tea "), Some("  "), Some("tea"), None, Some("tea "), Some("jam")],
            "region" => ["n", "n", "s", "s", "n", "s"],
        );
        let newer = df!(
            "customer" => [7_i64, 12_680],
            "at" => ["2024-01-06", "2024-01-07"],
            "amount" => [6.0, 7.0],
            "product" => ["p9", "p2"],
            "category" => ["salt", "tea"],
            "region" => ["n", "w"],
        );
        [older.unwrap(), newer.unwrap()]
    }

    /// What later steps see of a table.
    fn seen(table: &TypedTable) -> Vec<String> {
        let mut seen = vec![format!("{:?} {:?}", table.facts, table.rejections())];
        for column in ["customer_id", "product_id", "category", "region"] {
            seen.push(format!("{:?} {:?}", table.names(column), table.codes(column)));
            seen.extend((0..table.n_rows()).map(|row| table.cell(column, row)));
        }
        seen.push(format!("{:?} {:?}", table.times("purchased_at"), table.money("amount")));
        let rejected = table.rejected_rows().unwrap().unwrap().drop_many(["file", "row"]);
        seen.push(format!("{:?}", rejected.columns()));
        seen
    }

    #[test]
    fn more_rows_than_can_be_numbered_are_refused() {
        assert!(check_rows(Table::Purchases, MAX_ROWS).is_ok());
        let refused = check_rows(Table::Purchases, MAX_ROWS + 1);
        assert!(matches!(refused, Err(IngestError::TooManyRows { table: "purchases", .. })));
    }

    #[test]
    fn columns_kept_as_words_are_read_as_any_others() {
        let folder = tempfile::tempdir().unwrap();
        let [mut older, mut newer] = files();
        for (name, frame) in [("a.parquet", &mut older), ("b.parquet", &mut newer)] {
            ParquetWriter::new(std::fs::File::create(folder.path().join(name)).unwrap()).finish(frame).unwrap();
        }
        let config = Config::from_toml(CONFIG, &folder.path().join("retain.toml")).unwrap();
        let words = read(&config).unwrap().tables.remove(0);
        let customers = newer.column("customer").unwrap().cast(&DataType::String).unwrap();
        let all = older.vstack(newer.with_column(customers).unwrap()).unwrap();
        let plain = read_frames(&config, &[(Table::Purchases, all)]).unwrap().tables.remove(0);
        assert!(matches!(words.raw("customer_id"), Some(Raw::Words(_))), "one is written like `12680.0`");
        assert!(matches!(words.raw("product_id"), Some(Raw::AsTyped)));
        assert!(matches!(words.raw("region"), Some(Raw::Column(_))), "an expression reads it");
        assert!(matches!(plain.raw("product_id"), Some(Raw::Column(_))));
        assert_eq!(seen(&words), seen(&plain));
    }
}
