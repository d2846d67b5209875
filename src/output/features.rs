//! The feature table: a Parquet file that grows while its rows are made, so that they need never be in memory together.

use std::io::Error;
use std::path::PathBuf;

use polars::prelude::{ArrowDataType, ArrowField, ArrowSchema};
use polars_parquet::parquet::error::ParquetError;
use polars_parquet::parquet::page::{CompressedPage, Page};
use polars_parquet::parquet::write::{FileWriter, Version, WriteOptions};
use polars_parquet::write::{
    CompressionOptions, DynIter, DynStreamingIterator, FallibleStreamingIterator, SchemaDescriptor, compress,
    schema_to_metadata_key, to_parquet_schema,
};

use super::error::OutputError;
use super::pages;
use super::tables::{Format, days_since_1970, file_name};
use crate::dataset::Block;
use crate::error::Failure;
use crate::features::{FeatureSchema, Unit};
use crate::files::{Staged, Writer};
use crate::timeline::Cutoff;

/// The table, and its file without the ending.
const NAME: &str = "features";

/// Rows from which on a row group is written.
const ROWS_PER_GROUP: usize = 65_536;

/// The columns of a feature table: the cutoff, the customer, every feature in single precision, as learners see it.
#[derive(Debug, Clone)]
pub struct FeatureSheet {
    arrow: ArrowSchema,
    parquet: SchemaDescriptor,
    compressions: Vec<CompressionOptions>,
    days: Vec<i32>,
}

/// Rows of a feature table, encoded.
pub struct PackedRows {
    n_rows: usize,
    /// One for each column.
    pages: Vec<CompressedPage>,
}

impl FeatureSheet {
    /// The table of the features of a schema at some cutoffs.
    ///
    /// # Errors
    /// What the table engine says.
    pub fn new(schema: &FeatureSchema, cutoffs: &[Cutoff]) -> Result<Self, Failure> {
        let field = |name: &str, kind| ArrowField::new(name.into(), kind, true);
        let facts = [field("cutoff", ArrowDataType::Date32), field("customer_id", ArrowDataType::LargeUtf8)];
        // Counts are packed already; what is left hardly shrinks but where a customer's rows repeat it.
        let compression = |unit| match unit {
            Unit::Count => CompressionOptions::Uncompressed,
            _ => CompressionOptions::Snappy,
        };
        let features = schema.names().map(|name| field(name, ArrowDataType::Float32));
        let arrow: ArrowSchema = facts.into_iter().chain(features).map(|field| (field.name.clone(), field)).collect();
        let parquet = to_parquet_schema(&arrow).map_err(OutputError::of_table(NAME))?;
        let compressions = [CompressionOptions::Snappy; 2].into_iter().chain(schema.units().map(compression)).collect();
        let days = cutoffs.iter().map(|cutoff| days_since_1970(cutoff.date())).collect();
        Ok(Self { arrow, parquet, compressions, days })
    }

    /// How many columns there are.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.compressions.len()
    }

    /// Encodes some rows; `customer_ids` has the names of the customers that they number.
    ///
    /// # Errors
    /// What the table engine says.
    pub fn pack(&self, block: &Block, customer_ids: &[String]) -> Result<PackedRows, Failure> {
        let mut narrow = Vec::with_capacity(block.customers.len());
        let descriptors = self.parquet.columns().iter().map(|column| &column.descriptor);
        let encoded = descriptors.zip(&self.compressions).enumerate().map(|(place, (descriptor, compression))| {
            let page = match place {
                0 => pages::of_days(block.cutoff_idx.iter().map(|idx| self.day(*idx)), descriptor),
                1 => pages::of_words(block.customers.iter().map(|customer| name(customer_ids, *customer)), descriptor),
                _ => pages::of_numbers(&block.features[place - 2], &mut narrow, descriptor),
            };
            compress(page, Vec::new(), *compression)
        });
        let pages = encoded.collect::<Result<_, _>>().map_err(refused)?;
        Ok(PackedRows { n_rows: block.customers.len(), pages })
    }

    fn day(&self, cutoff: u16) -> i32 {
        self.days[usize::from(cutoff)]
    }
}

impl PackedRows {
    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// Bytes that they take in the file.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        let of_page = |page: &CompressedPage| match page {
            CompressedPage::Data(page) => page.compressed_size() as u64,
            CompressedPage::Dict(_) => 0,
        };
        self.pages.iter().map(of_page).sum()
    }
}

fn name(customer_ids: &[String], customer: u32) -> &str {
    customer_ids.get(customer as usize).map_or("", String::as_str)
}

/// The file, growing.
pub struct FeatureFile<'s, 'f> {
    sheet: &'s FeatureSheet,
    writer: FileWriter<&'s mut Writer<'f>>,
    /// Rows of the next row group.
    waiting: Vec<PackedRows>,
}

/// Stages `features.parquet`, filled by `make`.
///
/// # Errors
/// What the operating system, the table engine or `make` says.
pub fn stage_features(
    sheet: &FeatureSheet,
    staged: &Staged,
    make: impl FnOnce(&mut FeatureFile<'_, '_>) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let mut failure = None;
    let written = staged.add(&file_name(NAME, Format::Parquet), |file| {
        let options = WriteOptions { write_statistics: false, version: Version::V1 };
        let created_by = Some(concat!("retain ", env!("CARGO_PKG_VERSION")).to_owned());
        let writer = FileWriter::new(file, sheet.parquet.clone(), options, created_by);
        let mut open = FeatureFile { sheet, writer, waiting: Vec::new() };
        make(&mut open).and_then(|()| open.finish()).map_err(|reason| {
            failure = Some(reason);
            Error::other("stopped")
        })
    });
    match failure {
        Some(failure) => Err(failure),
        None => Ok(written?),
    }
}

impl FeatureFile<'_, '_> {
    /// Adds rows.
    ///
    /// # Errors
    /// What the operating system or the table engine says.
    pub fn append(&mut self, rows: PackedRows) -> Result<(), Failure> {
        self.waiting.push(rows);
        if self.n_waiting() >= ROWS_PER_GROUP { self.write_group() } else { Ok(()) }
    }

    fn n_waiting(&self) -> usize {
        self.waiting.iter().map(|rows| rows.n_rows).sum()
    }

    /// Writes what is waiting, column after column.
    fn write_group(&mut self) -> Result<(), Failure> {
        let n_rows = self.n_waiting() as u64;
        let mut chunks: Vec<Vec<CompressedPage>> = self.sheet.compressions.iter().map(|_| Vec::new()).collect();
        for rows in self.waiting.drain(..) {
            chunks.iter_mut().zip(rows.pages).for_each(|(chunk, page)| chunk.push(page));
        }
        let chunks = chunks.into_iter().zip(&self.sheet.compressions).map(|(pages, compression)| {
            let chunk = Chunk::new(pages, *compression)?;
            Ok::<_, ParquetError>(DynStreamingIterator::new(chunk))
        });
        Ok(self.writer.write(n_rows, DynIter::new(chunks)).map_err(refused)?)
    }

    fn finish(mut self) -> Result<(), Failure> {
        if !self.waiting.is_empty() {
            self.write_group()?;
        }
        self.writer.end(Some(vec![schema_to_metadata_key(&self.sheet.arrow)])).map_err(refused)?;
        Ok(())
    }
}

/// The pages of a column in a row group, its dictionary first where one of them needs it.
struct Chunk {
    pages: std::vec::IntoIter<CompressedPage>,
    current: Option<CompressedPage>,
}

impl Chunk {
    fn new(mut pages: Vec<CompressedPage>, compression: CompressionOptions) -> Result<Self, ParquetError> {
        let is_coded = |page: &CompressedPage| match page {
            CompressedPage::Data(page) => page.header().is_dictionary_encoded(),
            CompressedPage::Dict(_) => false,
        };
        if pages.iter().any(is_coded) {
            pages.insert(0, compress(Page::Dict(pages::dictionary()), Vec::new(), compression)?);
        }
        Ok(Self { pages: pages.into_iter(), current: None })
    }
}

impl FallibleStreamingIterator for Chunk {
    type Item = CompressedPage;
    type Error = ParquetError;

    fn advance(&mut self) -> Result<(), ParquetError> {
        self.current = self.pages.next();
        Ok(())
    }

    fn get(&self) -> Option<&CompressedPage> {
        self.current.as_ref()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn refused(error: ParquetError) -> OutputError {
    OutputError::Table { table: NAME.to_owned(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;
    use crate::timeline::Available;

    const N_ROWS: usize = 70_001;

    /// Columns of every kind: the same everywhere, of 1 to 8 bits, of other numbers, partly and wholly missing, and one
    /// that changes its kind.
    fn value(column: usize, row: usize) -> f64 {
        let r = row as f64;
        match column {
            0 => 7.0,
            1 => f64::from(u8::from(row.is_multiple_of(3))),
            2 => r % 4.0,
            3 => r % 16.0,
            4 => r % 256.0,
            5 => r % 257.0,
            6 => r * 0.37 - 5.0,
            7 if row.is_multiple_of(7) => f64::NAN,
            7 => (r % 5.0) - 1.0,
            8 => f64::NAN,
            9 if row < 20_000 => r % 9.0,
            10 if row % 11 < 3 => f64::NAN,
            10 => r % 2.0,
            _ => 1e9 + r,
        }
    }

    #[test]
    fn every_kind_of_column_is_read_back() {
        let schema = FeatureSchema::for_inputs(&[].into_iter().collect::<std::collections::BTreeSet<Available>>());
        let cutoffs = [1, 2].map(|month| Cutoff::at_start_of(date(2025, month, 1), &TimeZone::UTC));
        let sheet = FeatureSheet::new(&schema, &cutoffs).unwrap();
        let ids: Vec<String> = (0..=N_ROWS / 2).map(|customer| format!("c{customer}")).collect();
        let folder = tempfile::tempdir().unwrap();
        let staged = Staged::among_others(folder.path()).unwrap();
        let path = stage_features(&sheet, &staged, |file| {
            for start in (0..N_ROWS).step_by(6_000) {
                let rows = start..(start + 6_000).min(N_ROWS);
                let block = Block {
                    customers: rows.clone().map(|row| u32::try_from(row / 2).unwrap()).collect(),
                    cutoff_idx: rows.clone().map(|row| u16::try_from(row % 2).unwrap()).collect(),
                    features: (0..schema.len()).map(|c| rows.clone().map(|row| value(c, row)).collect()).collect(),
                };
                file.append(sheet.pack(&block, &ids)?)?;
            }
            Ok(())
        });
        let path = path.unwrap();
        staged.commit().unwrap();
        let read = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
        assert_eq!((read.height(), read.width()), (N_ROWS, sheet.n_columns()));
        for (position, name) in schema.names().enumerate() {
            let column = read.column(name).unwrap().f32().unwrap().clone();
            for (row, found) in column.iter().enumerate() {
                let expected = crate::dataset::single(value(position, row));
                let same = found.map_or(expected.is_nan(), |found| found.to_bits() == expected.to_bits());
                assert!(same, "{name} {row}: {found:?} is not {expected}");
            }
        }
        let days = read.column("cutoff").unwrap().date().unwrap().physical().clone();
        assert_eq!([days.get(0), days.get(N_ROWS - 2)], [Some(20_089), Some(20_120)]);
        let names = read.column("customer_id").unwrap().str().unwrap().clone();
        assert_eq!([names.get(1), names.get(N_ROWS - 1)], [Some("c0"), Some("c35000")]);
    }
}
