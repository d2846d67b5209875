//! One file on its way to the parts of a shop larger than memory: some rows at a time, each to the part of its customer.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::*;

use super::collect::{check_lines, columns_of};
use super::dealt::{DealtFile, HASH, NUMBER};
use super::duplicates::hashes;
use super::error::IngestError;
use super::evaluate::evaluate;
use super::facts::{Fact, add_facts};
use super::fill_down::FillDown;
use super::forms::{self, WrittenForms};
use super::id_rules::IdRules;
use super::ids::IdColumn;
use super::lookup::Lookups;
use super::mapping::Mapping;
use super::overlap::common_columns;
use super::resolve::Available;
use super::sections::{mapping_of, sections};
use super::source::{self, CutLine, InputFile};
use super::sources;
use super::typing::plain;
use super::watched::{self, Unread, with_absent};
use super::words::Words;
use crate::config::{Config, Duplicates, Table, TableConfig};
use crate::maths::hash::stable_hash;
use crate::timeline::columns::NO_CODE;

/// Source rows in memory at a time while they are dealt out.
const ROWS_AT_ONCE: u32 = 1 << 21;

/// One customer in so many is looked at to find ranges of equal weight.
const SAMPLED: u64 = 16;

/// What is read of the files of a table beside what its mapping reads.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Columns that may contradict the mapping.
    unread: Unread,
    /// The columns by which rows of several files are compared; none where they are not.
    compared: Vec<String>,
}

impl Beside {
    pub(super) fn of(config: &Config, table: Table, files: &[InputFile]) -> Result<Self, IngestError> {
        let looked_at = (files, config.currency.decimals());
        let unread = watched::of_files(table, looked_at, |available| mapping_of(config, table, available));
        let section = sections(config).into_iter().find(|(own, _)| *own == table);
        let is_compared = section.is_some_and(|(_, section)| section.duplicates == Duplicates::Overlap);
        let compared = if is_compared && files.len() > 1 { common_columns(files)? } else { Vec::new() };
        Ok(Self { unread, compared })
    }
}

/// A file on its way to the parts.
pub(super) struct Dealing<'f> {
    config: &'f Config,
    section: &'f TableConfig,
    file: &'f InputFile,
    /// Bytes of text in memory at a time.
    n_bytes: usize,
    available: Available,
    mapping: Mapping,
    unread: Unread,
    /// How ids of customers are written.
    ids: IdRules,
    /// Columns of which each row gets a hash.
    compared: Vec<String>,
    lookups: &'f Lookups,
}

/// Some rows of a file, in memory, and their positions in it.
struct Chunk {
    rows: DataFrame,
    positions: Vec<u64>,
}

impl<'f> Dealing<'f> {
    pub(super) fn new(
        config: &'f Config,
        (table, file): (Table, &'f InputFile),
        n_bytes: usize,
        beside: &Beside,
        lookups: &'f Lookups,
    ) -> Result<Self, IngestError> {
        // A source has one piece at least.
        let mut opened = sources::pieces(file, n_bytes)?.next().unwrap_or_else(|| sources::open(file))?;
        let available = columns_of(file, &mut opened)?;
        let unread = beside.unread.clone();
        let mapping = Mapping { watched: unread.watched.clone(), ..mapping_of(config, table, &available)? };
        let section = config.table(table).unwrap_or(&config.purchases);
        let ids = IdRules::of(section);
        let compared = beside.compared.clone();
        Ok(Self { config, section, file, n_bytes, available, mapping, unread, ids, compared, lookups })
    }

    /// Takes the rows, some at a time; what is said of the file as a whole is returned.
    fn for_each_chunk(
        &self,
        columns: &[String],
        mut take: impl FnMut(Chunk) -> Result<(), IngestError>,
    ) -> Result<(Vec<CutLine>, Vec<Fact>), IngestError> {
        let columns: Vec<Expr> = columns.iter().map(|name| col(name.as_str())).collect();
        let (mut all_cut, mut all_facts) = (Vec::new(), Vec::new());
        for piece in sources::pieces(self.file, self.n_bytes)? {
            let piece = piece?;
            let n_rows = i64::try_from(rows_of(self.file, &piece)?).unwrap_or(i64::MAX);
            let source::Opened { frame, expected_rows, first_row, cut, facts, .. } = piece;
            let mut n_read = 0;
            let mut positions =
                (first_row..).filter(|position| cut.binary_search_by_key(position, |line| line.row).is_err());
            // An empty piece has one empty chunk, which has its columns.
            for first in (0..n_rows.max(1)).step_by(ROWS_AT_ONCE as usize) {
                let rows = frame.clone().slice(first, ROWS_AT_ONCE).select(columns.clone());
                let rows = sources::rows(self.file, rows)?;
                n_read += rows.height();
                let positions = positions.by_ref().take(rows.height()).collect();
                take(Chunk { rows, positions })?;
            }
            check_lines(self.file, expected_rows, n_read)?;
            all_cut.extend(cut);
            add_facts(&mut all_facts, facts);
        }
        Ok((all_cut, all_facts))
    }

    /// The customer of each row of a chunk.
    fn customers(&self, rows: &DataFrame) -> Result<Words, IngestError> {
        let Some((_, mapped)) = self.mapping.columns.iter().find(|(spec, _)| spec.name == "customer_id") else {
            return Ok(Words::default());
        };
        let column = evaluate(rows, mapped)?;
        let words = plain(&column).and_then(|column| IdColumn::new(&column)).map(|column| column.words().0);
        let words = words.map(|words| self.ids.of_words(words));
        words.map_err(IngestError::engine(format!("reading `{}`", mapped.key)))
    }

    /// Adds the rows of some customers.
    pub(super) fn weigh(&self, weights: &mut BTreeMap<String, u64>) -> Result<(), IngestError> {
        let customer = self.mapping.columns.iter().find(|(spec, _)| spec.name == "customer_id");
        let mut reads = customer.map_or_else(Vec::new, |(_, mapped)| mapped.reads.clone());
        // What the lookups need may lead to the customer.
        if !self.mapping.lookups.is_empty() {
            reads = self.mapping.reads();
        }
        self.for_each_chunk(&reads, |chunk| {
            let words = self.customers(&self.lookups.extend(chunk.rows, &self.mapping)?.0)?;
            let mut counts = vec![0_u64; words.names.len()];
            for code in &words.codes {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
            for (name, count) in words.names.into_iter().zip(counts) {
                if stable_hash(&[name.as_bytes()]).is_multiple_of(SAMPLED) {
                    *weights.entry(name).or_default() += count;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Writes the rows of each part to files that begin with `place`.
    pub(super) fn deal(self, starts: &[String], place: &Path) -> Result<DealtFile, IngestError> {
        let mut chunks = vec![Vec::new(); starts.len() + 1];
        let (mut number, mut written) = (0, WrittenForms::default());
        let mut filling = FillDown::new(&self.mapping);
        let mut last = LastRow::default();
        let mut all_missed = Vec::new();
        let mut reads = self.mapping.reads();
        reads.extend(self.compared.iter().filter(|name| !self.mapping.reads().contains(name)).cloned());
        reads.retain(|name| self.available.names.contains(name));
        let (cut, mut facts) = self.for_each_chunk(&reads, |Chunk { mut rows, positions }| {
            let failed = |error| IngestError::engine(format!("dealing out `{}`", self.file.path.display()))(error);
            let hashes = self.take_hashes(&mut rows).map_err(failed)?;
            with_absent(&mut rows, &self.mapping.watched).map_err(failed)?;
            if let Some(filling) = &mut filling {
                filling.fill(&mut rows)?;
            }
            let (mut rows, missed) = self.lookups.extend(rows, &self.mapping)?;
            add_facts(&mut all_missed, missed);
            forms::count(&rows, &self.mapping, (self.config, self.section), &mut written);
            let parts = self.parts_of(&rows, starts, &mut last)?;
            rows.with_column(Column::new(NUMBER.into(), positions)).map_err(failed)?;
            if !self.compared.is_empty() {
                rows.with_column(Column::new(HASH.into(), hashes)).map_err(failed)?;
            }
            for (part, (own, chunks)) in parts.into_iter().zip(&mut chunks).enumerate() {
                // The first chunk tells the columns, be there rows or not.
                if !own.is_empty() || number == 0 {
                    let mut own = rows.take(&IdxCa::from_vec("".into(), own)).map_err(failed)?;
                    let path = place.with_extension(format!("{number}.{part}.parquet"));
                    write(&mut own, &path)?;
                    chunks.push(path);
                }
            }
            number += 1;
            Ok(())
        })?;
        facts.extend(all_missed);
        let (is_hashed, unread) = (!self.compared.is_empty(), self.unread);
        let path = self.file.path.clone();
        Ok(DealtFile { path, available: self.available, cut, facts, unread, written, is_hashed, chunks })
    }

    /// A hash of all columns of each row, if rows are compared; columns that are read for that alone are taken out.
    fn take_hashes(&self, rows: &mut DataFrame) -> PolarsResult<Vec<u64>> {
        if self.compared.is_empty() {
            return Ok(Vec::new());
        }
        let hashes = hashes(&rows.select(&self.compared)?)?;
        let reads = self.mapping.reads();
        let alone: Vec<&String> = self.compared.iter().filter(|name| !reads.contains(name)).collect();
        *rows = rows.drop_many(alone);
        Ok(hashes)
    }

    /// The number of the order of each row; nothing where orders have none.
    fn orders(&self, rows: &DataFrame) -> Result<Vec<Option<String>>, IngestError> {
        let Some(order) = self.mapping.order() else { return Ok(Vec::new()) };
        let text = evaluate(rows, order)?.cast(&DataType::String);
        let orders = text.and_then(|text| Ok(text.str()?.iter().map(|order| order.map(str::to_owned)).collect()));
        orders.map_err(IngestError::engine("reading the numbers of orders"))
    }

    /// The rows of each part; those without a customer are in that of the line before, if they are of its order, else in
    /// the first.
    fn parts_of(
        &self,
        rows: &DataFrame,
        starts: &[String],
        last: &mut LastRow,
    ) -> Result<Vec<Vec<IdxSize>>, IngestError> {
        let words = self.customers(rows)?;
        // Numbers of orders are needed beside rows without a customer alone, and of the last row.
        let n_needed = if words.codes.contains(&NO_CODE) { rows.height() } else { 1 };
        let orders = self.orders(&rows.tail(Some(n_needed)))?;
        let order_of = |row: usize| orders.get((row + n_needed).checked_sub(rows.height())?)?.as_deref();
        let part_of = |name: &String| starts.partition_point(|start| start <= name);
        let parts: Vec<usize> = words.names.iter().map(part_of).collect();
        let mut own: Vec<Vec<IdxSize>> = vec![Vec::new(); starts.len() + 1];
        for row in 0..rows.height() {
            let code = words.codes.get(row).and_then(|code| usize::try_from(*code).ok());
            let order = order_of(row);
            let of_line_before = || order.filter(|order| last.order.as_deref() == Some(order)).map(|_| last.part);
            let part = code.and_then(|code| parts.get(code)).copied().or_else(of_line_before).unwrap_or(0);
            last.follow(order, part);
            own[part].push(IdxSize::try_from(row).unwrap_or(IdxSize::MAX));
        }
        Ok(own)
    }
}

/// The order of the last row so far, and its part.
#[derive(Debug, Default)]
struct LastRow {
    order: Option<String>,
    part: usize,
}

impl LastRow {
    fn follow(&mut self, order: Option<&str>, part: usize) {
        if self.order.as_deref() != order {
            self.order = order.map(str::to_owned);
        }
        self.part = part;
    }
}

fn write(rows: &mut DataFrame, path: &Path) -> Result<(), IngestError> {
    let file = std::fs::File::create(path).map_err(IngestError::io(path))?;
    let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Lz4Raw);
    let writer = writer.with_statistics(StatisticsOptions::empty());
    writer.finish(rows).map(|_| ()).map_err(IngestError::engine(format!("writing `{}`", path.display())))
}

pub(super) fn rows_of(file: &InputFile, opened: &source::Opened) -> Result<u64, IngestError> {
    if let Some(rows) = opened.expected_rows {
        return Ok(rows as u64);
    }
    let counted = sources::rows(file, opened.frame.clone().select([len().cast(DataType::UInt64)]))?;
    let counted = counted.columns().first().map(|counted| counted.u64().map(|counted| counted.get(0)));
    let failed = IngestError::engine(format!("counting the rows of `{}`", file.path.display()));
    Ok(counted.transpose().map_err(failed)?.flatten().unwrap_or(0))
}
