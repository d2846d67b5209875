//! Tables that are the answer to a query of PostgreSQL. The answer is streamed, a block of rows at a time, into a Parquet
//! file, which is then read like any other: so it takes the same way as files do, also where it is larger than memory.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetWriter};
use postgres::binary_copy::BinaryCopyOutIter;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{IsolationLevel, Transaction};

use super::engine;
use super::error::IngestError;
use super::query_columns::{AnswerColumn, quoted};
use crate::config::{Config, PostgresQuery, Table};
use crate::database::Address;
use crate::error::Failure;

/// Rows that are held at a time.
const BLOCK: usize = 1 << 16;

/// What a query gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The table.
    pub table: Table,
    /// Rows of the answer.
    pub n_rows: u64,
    /// The file that holds them.
    pub path: PathBuf,
}

/// Whether a table of the config comes from a database.
#[must_use]
pub fn has_queries(config: &Config) -> bool {
    Table::ALL.iter().any(|table| config.table(*table).is_some_and(|section| section.postgres.is_some()))
}

/// Runs the queries of a config and puts files in a folder in their place. All tables of one database are read as they were
/// at one instant.
///
/// # Errors
/// A `DatabaseError`, or `IngestError::Query` for columns or values that cannot be used.
pub fn fetch(config: &mut Config, folder: &Path) -> Result<Vec<Fetched>, Failure> {
    let query = |table: &Table| config.table(*table)?.postgres.clone().map(|query| (*table, query));
    let queries: Vec<(Table, PostgresQuery)> = Table::ALL.iter().filter_map(query).collect();
    let mut variables: Vec<&str> = Vec::new();
    for (_, query) in &queries {
        if !variables.contains(&query.url_env.as_str()) {
            variables.push(&query.url_env);
        }
    }
    let mut all = Vec::new();
    for variable in variables {
        let own: Vec<_> = queries.iter().filter(|(_, query)| query.url_env == variable).collect();
        all.extend(fetch_from(variable, &own, folder)?);
    }
    for Fetched { table, path, .. } in &all {
        config.set_paths(*table, vec![path.clone()])?;
    }
    Ok(all)
}

/// Runs the queries of one database.
fn fetch_from(variable: &str, queries: &[&(Table, PostgresQuery)], folder: &Path) -> Result<Vec<Fetched>, Failure> {
    let asked_by = queries.first().map_or_else(String::new, |(table, _)| format!("{}.url_env", table.name()));
    let address = Address::of_environment(variable, &asked_by)?;
    let mut client = address.connect()?;
    let snapshot = client.build_transaction().read_only(true).isolation_level(IsolationLevel::RepeatableRead).start();
    let mut snapshot = snapshot.map_err(address.refused("beginning to read"))?;
    let mut fetched: Vec<Fetched> = Vec::new();
    for (position, (table, query)) in queries.iter().enumerate() {
        let is_same = |(_, other): &&&(Table, PostgresQuery)| other.query == query.query;
        let earlier = queries.iter().take(position).find(is_same).map(|(table, _)| *table);
        if let Some(known) = fetched.iter().find(|known| Some(known.table) == earlier) {
            // One answer serves two tables, as one file does.
            fetched.push(Fetched { table: *table, ..known.clone() });
            continue;
        }
        let path = folder.join(format!("{}.parquet", table.name()));
        let n_rows = Answer { table: *table, address: &address }.write(&mut snapshot, &query.query, &path)?;
        fetched.push(Fetched { table: *table, n_rows, path });
    }
    snapshot.commit().map_err(address.refused("ending to read"))?;
    Ok(fetched)
}

/// The answer to the query of a table.
struct Answer<'a> {
    table: Table,
    address: &'a Address,
}

impl Answer<'_> {
    /// Writes the answer to a file and tells how many rows it has.
    fn write(&self, snapshot: &mut Transaction<'_>, query: &str, path: &Path) -> Result<u64, Failure> {
        let doing = format!("the query `{}.postgres`", self.table.name());
        let refused = self.address.refused(&doing);
        let query = query.trim().trim_end_matches(';');
        let statement = snapshot.prepare(query).map_err(&refused)?;
        if !statement.params().is_empty() {
            return Err(self.unusable("it has a parameter such as `$1`".to_owned()).into());
        }
        let mut columns: Vec<AnswerColumn> = statement.columns().iter().map(AnswerColumn::new).collect();
        self.check_names(&columns)?;
        let selected: Vec<String> = columns.iter().enumerate().map(|(place, column)| column.selected(place)).collect();
        let names: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
        // The line end closes a comment at the end of the query.
        let copy = format!(
            "COPY (SELECT {} FROM ({query}\n) AS answer({})) TO STDOUT (FORMAT binary)",
            selected.join(", "),
            names.join(", ")
        );
        let types: Vec<_> = columns.iter().map(AnswerColumn::sent_as).collect();
        let mut rows = BinaryCopyOutIter::new(snapshot.copy_out(&copy).map_err(&refused)?, &types);
        let failed = || IngestError::engine(format!("writing what `{}.postgres` gave", self.table.name()));
        let file = File::create(path).map_err(IngestError::io(path))?;
        let empty = block(&mut columns).map_err(failed())?;
        let mut writer = engine::ask(|| ParquetWriter::new(file).batched(empty.schema())).map_err(failed())?;
        let mut n_rows = 0_u64;
        while let Some(row) = rows.next().map_err(&refused)? {
            n_rows += 1;
            for (place, column) in columns.iter_mut().enumerate() {
                column
                    .add(&row, place)
                    .map_err(|why| self.unusable(format!("row {n_rows}, column `{}`: {why}", column.name)))?;
            }
            if n_rows.is_multiple_of(BLOCK as u64) {
                let block = block(&mut columns).map_err(failed())?;
                engine::ask(|| writer.write_batch(&block)).map_err(failed())?;
            }
        }
        let last = block(&mut columns).map_err(failed())?;
        engine::ask(|| writer.write_batch(&last)).map_err(failed())?;
        engine::ask(|| writer.finish()).map_err(failed())?;
        Ok(n_rows)
    }

    /// Refuses answers whose columns cannot be told apart by name.
    fn check_names(&self, columns: &[AnswerColumn]) -> Result<(), IngestError> {
        if columns.is_empty() {
            return Err(self.unusable("it gives no column".to_owned()));
        }
        for (place, column) in columns.iter().enumerate() {
            if columns.iter().take(place).any(|earlier| earlier.name == column.name) {
                return Err(self.unusable(format!("it gives two columns with the name {}", quoted(&column.name))));
            }
        }
        Ok(())
    }

    fn unusable(&self, detail: String) -> IngestError {
        IngestError::Query { key: format!("{}.postgres", self.table.name()), detail }
    }
}

/// The rows that were added since the last block.
fn block(columns: &mut [AnswerColumn]) -> polars::prelude::PolarsResult<DataFrame> {
    let n_rows = columns.first().map_or(0, AnswerColumn::len);
    let columns = columns.iter_mut().map(AnswerColumn::take).collect::<Result<Vec<_>, _>>()?;
    DataFrame::new(n_rows, columns)
}
