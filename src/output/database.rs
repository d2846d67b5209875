//! Lists in PostgreSQL: the tables `list`, `winback` and `runs` of a schema, each row with the name of its shop and the day of
//! its list. A run is one transaction, which replaces the rows of its shop and day and nothing else.

use std::io::Write;

use jiff::civil::Date;
use polars::prelude::{Column as PolarsColumn, CsvWriter, DataFrame, IntoColumn, NamedFrom, SerWriter, Series};
use postgres::Transaction;

use super::error::OutputError;
use super::tables::{INSTANT, to_frame};
use crate::database::{Address, DatabaseError};
use crate::error::Failure;
use crate::table::{Column, Table};

/// The column that says whose list it is: the `name` of the config.
const SHOP: &str = "shop_name";
/// The column that says of which day.
const DAY: &str = "as_of";
/// Bytes of a name that PostgreSQL keeps.
const LONGEST_NAME: usize = 63;
/// Makes runs that write at the same time wait for each other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('retain', 0))";

/// A run whose lists are to be stored.
#[derive(Debug, Clone, Copy)]
pub struct StoredRun<'r> {
    /// The schema of the tables.
    pub schema: &'r str,
    /// The name of the config.
    pub shop: &'r str,
    /// The day of the list.
    pub as_of: Date,
    /// The manifest of the run.
    pub manifest: &'r serde_json::Value,
}

/// A list: the name of its table, and its rows piece by piece.
pub type StoredList<'t> = (&'static str, Box<dyn Iterator<Item = Table<'t>> + 't>);

/// Stores the lists of a run and the run itself, all or nothing, and tells how many rows that were.
///
/// # Errors
/// A `DatabaseError`, or what the table engine says.
pub fn store_run<'t>(
    address: &Address,
    run: &StoredRun<'_>,
    lists: impl IntoIterator<Item = StoredList<'t>>,
) -> Result<u64, Failure> {
    let refused = address.refused("storing the lists");
    let mut client = address.connect()?;
    let transaction = client.transaction().map_err(&refused)?;
    let mut store = Store { transaction, address, run };
    store.execute(LOCK)?;
    store.make_schema()?;
    let mut n_rows = 0;
    for (name, pieces) in lists {
        n_rows += store.list(name, pieces)?;
    }
    store.run_row()?;
    store.transaction.commit().map_err(address.at_the_end("storing the lists"))?;
    Ok(n_rows)
}

/// A transaction that stores a run.
struct Store<'s> {
    transaction: Transaction<'s>,
    address: &'s Address,
    run: &'s StoredRun<'s>,
}

impl Store<'_> {
    fn refused(&self, error: postgres::Error) -> DatabaseError {
        self.address.refused("storing the lists")(error)
    }

    fn execute(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.transaction.batch_execute(sql).map_err(|error| self.refused(error))
    }

    /// Makes the schema if it is not there: a user who may not make one can use one that is.
    fn make_schema(&mut self) -> Result<(), DatabaseError> {
        let known = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
        let known = self.transaction.query(known, &[&self.run.schema]).map_err(|error| self.refused(error))?;
        if known.is_empty() { self.execute(&format!("CREATE SCHEMA {}", quoted(self.run.schema))) } else { Ok(()) }
    }

    /// Schema and table, as SQL writes them.
    fn named(&self, table: &str) -> String {
        format!("{}.{}", quoted(self.run.schema), quoted(table))
    }

    /// Makes a table or the columns that it lacks, and refuses columns of another type.
    fn make_table(
        &mut self,
        table: &str,
        columns: &[(String, &'static str)],
        key: &[&str],
    ) -> Result<(), DatabaseError> {
        let present = "SELECT attribute.attname::text, pg_catalog.format_type(attribute.atttypid, attribute.atttypmod) \
                       FROM pg_catalog.pg_attribute attribute \
                       JOIN pg_catalog.pg_class class ON class.oid = attribute.attrelid \
                       JOIN pg_catalog.pg_namespace namespace ON namespace.oid = class.relnamespace \
                       WHERE namespace.nspname = $1 AND class.relname = $2 AND attnum > 0 AND NOT attisdropped";
        let rows = self.transaction.query(present, &[&self.run.schema, &table]).map_err(|error| self.refused(error))?;
        let present: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let named = self.named(table);
        if present.is_empty() {
            let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
            let key: Vec<String> = key.iter().map(|name| quoted(name)).collect();
            return self.execute(&format!(
                "CREATE TABLE {named} ({}, PRIMARY KEY ({}))",
                columns.join(", "),
                key.join(", ")
            ));
        }
        for (name, needed) in columns {
            match present.iter().find(|(known, _)| known == name) {
                Some((_, found)) if found == needed => {}
                Some((_, found)) => {
                    let (table, column, found) = (format!("{}.{table}", self.run.schema), name.clone(), found.clone());
                    return Err(DatabaseError::OtherColumn { table, column, found, needed });
                }
                None => self.execute(&format!("ALTER TABLE {named} ADD COLUMN {} {needed}", quoted(name)))?,
            }
        }
        Ok(())
    }

    /// Removes what an earlier run of the shop and day left in a table.
    fn clear(&mut self, table: &str) -> Result<(), DatabaseError> {
        let sql = format!(
            "DELETE FROM {} WHERE {} = $1 AND {} = $2::text::date",
            self.named(table),
            quoted(SHOP),
            quoted(DAY)
        );
        let day = self.run.as_of.to_string();
        self.transaction.execute(&sql, &[&self.run.shop, &day]).map(|_| ()).map_err(|error| self.refused(error))
    }

    /// Stores the rows of a list, as many at a time as a piece has.
    fn list<'t>(&mut self, table: &str, mut pieces: impl Iterator<Item = Table<'t>>) -> Result<u64, Failure> {
        let Some(first) = pieces.next() else { return Ok(0) };
        let mut columns = vec![(SHOP.to_owned(), "text")];
        columns.extend(first.columns.iter().map(|(name, column)| (column_name(name), kind(column))));
        self.make_table(table, &columns, &[SHOP, DAY, "customer_id"])?;
        self.clear(table)?;
        let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let copy = format!("COPY {} ({}) FROM STDIN (FORMAT csv)", self.named(table), names.join(", "));
        let refused = self.address.refused("storing the lists");
        let mut rows = self.transaction.copy_in(&copy).map_err(&refused)?;
        for piece in std::iter::once(first).chain(pieces) {
            let text = csv(&to_frame(&piece)?, self.run.shop).map_err(OutputError::of_table(table))?;
            rows.write_all(&text).map_err(|error| lost(error, &refused))?;
        }
        Ok(rows.finish().map_err(&refused)?)
    }

    /// Stores what the run was.
    fn run_row(&mut self) -> Result<(), Failure> {
        let columns = [
            (SHOP, "text"),
            (DAY, "date"),
            ("command", "text"),
            ("model_version", "text"),
            ("retain_version", "text"),
            ("created_at", "timestamp with time zone"),
            ("list_rows", "bigint"),
            ("winback_rows", "bigint"),
            ("manifest", "jsonb"),
        ];
        self.make_table("runs", &columns.map(|(name, kind)| (name.to_owned(), kind)), &[SHOP, DAY])?;
        self.clear("runs")?;
        let names = columns.map(|(name, _)| quoted(name)).join(", ");
        let sql = format!(
            "INSERT INTO {} ({names}) VALUES ($1, $2::text::date, $3, $4, $5, $6::text::timestamptz, $7, $8, $9::text::jsonb)",
            self.named("runs")
        );
        let manifest = self.run.manifest;
        let text = |key: &str| manifest[key].as_str().map(str::to_owned);
        let number = |key: &str| manifest[key].as_i64();
        let (shop, day) = (self.run.shop, self.run.as_of.to_string());
        let (command, model, version, created) =
            (text("command"), text("model_version"), text("retain_version"), text("created_at"));
        let (list, winback, whole) = (number("rows"), number("winback_rows"), manifest.to_string());
        self.transaction
            .execute(&sql, &[&shop, &day, &command, &model, &version, &created, &list, &winback, &whole])
            .map_err(|error| self.refused(error))?;
        Ok(())
    }
}

/// What broke off the writing of rows: the server says it better than the stream does.
fn lost(error: std::io::Error, refused: impl Fn(postgres::Error) -> DatabaseError) -> Failure {
    let kind = error.kind();
    match error.into_inner().map(|inner| inner.downcast::<postgres::Error>()) {
        Some(Ok(error)) => refused(*error).into(),
        Some(Err(other)) => OutputError::Table { table: "list".to_owned(), message: other.to_string() }.into(),
        None => OutputError::Table { table: "list".to_owned(), message: kind.to_string() }.into(),
    }
}

/// Rows as PostgreSQL reads CSV: nothing for NULL, quotes for an empty text.
fn csv(rows: &DataFrame, shop: &str) -> polars::prelude::PolarsResult<Vec<u8>> {
    if rows.height() == 0 {
        return Ok(Vec::new());
    }
    let shop: PolarsColumn = Series::new(SHOP.into(), [shop]).new_from_index(0, rows.height()).into_column();
    let columns = std::iter::once(shop).chain(rows.columns().iter().cloned()).enumerate().map(|(place, mut column)| {
        // The shop's own columns may be called like ours.
        column.rename(format!("c{place}").into());
        column
    });
    let mut rows = DataFrame::new(rows.height(), columns.collect())?;
    let mut text = Vec::new();
    CsvWriter::new(&mut text).include_header(false).with_datetime_format(Some(INSTANT.into())).finish(&mut rows)?;
    Ok(text)
}

/// The name of a column of a list in the database: a longer one would be cut off there, and be another one to us.
fn column_name(name: &str) -> String {
    let name = if name == SHOP { format!("customers.{name}") } else { name.to_owned() };
    let end = (0..=LONGEST_NAME.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.get(..end).unwrap_or_default().to_owned()
}

/// A name as SQL writes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The type of a column, as PostgreSQL calls it.
const fn kind(column: &Column<'_>) -> &'static str {
    match column {
        Column::Text(_) | Column::OptionalText(_) => "text",
        Column::Number(_) | Column::OptionalNumber(_) => "double precision",
        Column::Money { .. } | Column::OptionalMoney { .. } => "numeric",
        Column::Integer(_) | Column::OptionalInteger(_) => "bigint",
        Column::Flag(_) => "boolean",
        Column::Time(_) | Column::OptionalTime(_) => "timestamp with time zone",
        Column::OptionalDate(_) => "date",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_empty_text_stay_apart_and_names_are_quoted() {
        let words = Column::optional_text([Some(""), None, Some("a,\"b\"\n\\.\n"), Some("=1+1")]);
        let table = Table::new("list", [("c0", words), ("share", Column::Number(vec![0.5, 1.0, 0.25, 0.0]))]);
        let text = String::from_utf8(csv(&to_frame(&table).unwrap(), "my shop").unwrap()).unwrap();
        assert_eq!(text, "my shop,\"\",0.5\nmy shop,,1.0\nmy shop,\"a,\"\"b\"\"\n\\.\n\",0.25\nmy shop,=1+1,0.0\n");
        assert_eq!(quoted("a\"; DROP TABLE x"), "\"a\"\"; DROP TABLE x\"");
    }

    #[test]
    fn a_long_name_is_cut_where_the_database_would_cut_it() {
        assert_eq!(column_name("shop_name"), "customers.shop_name");
        assert_eq!(column_name(&"\u{E9}".repeat(40)), "\u{E9}".repeat(31));
    }
}
