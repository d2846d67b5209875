//! The sections of tables as written in the file: everything optional, nothing checked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One input table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawTable {
    /// Where the rows are; required where there is no `postgres`. A file, glob or folder, relative to the config file or
    /// absolute, or a list of them; optional.
    pub path: Option<OneOrMany>,
    /// Query that gives the rows, instead of `path`. A `SELECT` of PostgreSQL; optional.
    pub postgres: Option<String>,
    /// Environment variable that holds the address of the database, such as
    /// `postgresql://user:password@host:5432/database?sslmode=require`. The name of an environment variable, of A-Z, a-z,
    /// 0-9 and `_`; default `"RETAIN_DATABASE_URL"`.
    pub url_env: Option<String>,
    /// Encoding of text files; detected in each file if not given. The name of an encoding such as `utf-8`, `utf-16le`,
    /// `windows-1252` or `latin-1`; optional.
    pub encoding: Option<String>,
    /// What stands between the fields of text files; detected in each file if not given. One character such as `,` or
    /// `;`, or `tab`; optional.
    pub delimiter: Option<String>,
    /// What stands around fields of text files; detected in each file if not given. One character such as `"` or `'`,
    /// or `none`; optional.
    pub quote: Option<String>,
    /// Lines above the line with the names of the columns; detected in each file if not given. A whole number of lines
    /// from 0 to 10000; optional.
    pub skip_rows: Option<i64>,
    /// Sheets of a spreadsheet that are read as one table; if not given, the first one that has rows and, except of customers
    /// and lookups, all others with its columns. The name of a sheet, a list of names, or `*` for the first with rows and all
    /// others with its columns; optional.
    pub sheet: Option<OneOrMany>,
    /// Which rows belong to the table; the others are set aside and counted. A SQL condition over the columns of
    /// the source; optional.
    pub filter: Option<String>,
    /// Source columns that are written on the first line of an order alone: on the lines of the same order that follow it
    /// in the file, an empty value takes the first one given, before filter and mapping are evaluated; with the column of
    /// the order's number among them, lines without one belong to the order above. A list of names such as
    /// `["Financial Status"]`; optional.
    pub fill_down: Option<Vec<String>>,
    /// Values of columns of states that count as known beside those that filter and mapping name and those that are usual,
    /// such as `paid`: any other value is reported. A list of names such as `["ready"]`; default `[]`.
    pub known_values: Vec<String>,
    /// What happens to rows that repeat others: `overlap` counts rows equal in all columns of their files as often as the
    /// one file that has them most often; `latest` takes of an order or complaint that stands in several files its rows in
    /// the last of them, in the order of `path`; `drop` and `refuse` compare the columns that the mapping, the filter and own
    /// features read. One of `overlap`, `latest`, `drop`, `keep`, `refuse`; default `"overlap"`.
    pub duplicates: Option<String>,
    /// What grows with each version of an order where its rows stand once for each state: of its rows those with the
    /// greatest number or time count, and the filter looks at them alone. A column of the source or a SQL expression over
    /// its columns; optional.
    pub latest_by: Option<String>,
    /// Letters of customer ids: `keep` as written, `lower` in small letters, `fold` in small letters without accents; other
    /// tables follow the purchases unless they say otherwise. One of `keep`, `lower`, `fold`; optional.
    pub id_case: Option<String>,
    /// Blanks in customer ids: `keep` those inside, or remove `all`, and a `.0` at the end; other tables follow the
    /// purchases unless they say otherwise. One of `keep`, `all`; optional.
    pub id_trim: Option<String>,
    /// Format of times written as text or numbers; settled from all values of a column without it. A `strftime` format
    /// such as `%d/%m/%Y %H:%M`, one of `iso`, `day_first`, `month_first`, `year_first`, `excel`, `epoch_seconds`,
    /// `epoch_milliseconds`, `epoch_microseconds`, or a table of these by our columns; optional.
    pub time_format: Option<TimeFormats>,
    /// The mark before the decimals of numbers and amounts; settled from all values of a column without it. One of `.`,
    /// `,`; optional.
    pub decimal: Option<String>,
    /// The mark between thousands, empty for none; settled from all values of a column without it. One of ``, `.`, `,`,
    /// ` `, `'`; optional.
    #[expect(clippy::doc_markdown, reason = "the marks of the catalogue")]
    pub thousands: Option<String>,
    /// What `amount` is of: its line, or its order; the amount of an order stands on each of its lines and is shared out
    /// evenly among them; `line` written out says that lines of one order with one amount are counted each. One of `line`, `order`;
    /// default `"line"`.
    pub amount_is: Option<String>,
    /// What `discount` is of: its line, whose amount has it off; or its order, on one of its lines or on each, while amounts are those
    /// before it: then it is taken off once for each order, shared out among its lines; `line` written out says too that a discount
    /// that nothing reads is rightly left. One of `line`, `order`; optional.
    pub discount_is: Option<String>,
    /// How many units of the config's currency one unit of another currency is worth; needs the column `currency`. A
    /// table of currency codes, each with a number above 0.0; optional.
    pub rates: BTreeMap<String, f64>,
    /// What a line with a negative amount is: a return, or a row to reject. One of `return`, `reject`; default
    /// `"return"`.
    pub negative_amounts: Option<String>,
    /// How our columns are called in the source. A table of our column names, each with a source column or SQL
    /// expression; required.
    pub columns: BTreeMap<String, String>,
    /// Files that have more about the rows, such as the customers of orders. Tables `[TABLE.lookup.NAME]`, one for each
    /// lookup; optional.
    pub lookup: BTreeMap<String, RawLookup>,
}

/// `[purchases.lookup.NAME]`: a file that has more about the rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct RawLookup {
    /// Where the rows are. A file, glob or folder, relative to the config file or absolute, or a list of them;
    /// required.
    pub path: Option<OneOrMany>,
    /// Encoding of text files; detected in each file if not given. The name of an encoding such as `utf-8`, `utf-16le`,
    /// `windows-1252` or `latin-1`; optional.
    pub encoding: Option<String>,
    /// What stands between the fields of text files; detected in each file if not given. One character such as `,` or
    /// `;`, or `tab`; optional.
    pub delimiter: Option<String>,
    /// What stands around fields of text files; detected in each file if not given. One character such as `"` or `'`,
    /// or `none`; optional.
    pub quote: Option<String>,
    /// Lines above the line with the names of the columns; detected in each file if not given. A whole number of lines
    /// from 0 to 10000; optional.
    pub skip_rows: Option<i64>,
    /// Sheets of a spreadsheet that are read as one table; if not given, the first one that has rows and, except of customers
    /// and lookups, all others with its columns. The name of a sheet, a list of names, or `*` for the first with rows and all
    /// others with its columns; optional.
    pub sheet: Option<OneOrMany>,
    /// What a row of the table is looked up by. A column of the source or a SQL expression over its columns; required.
    pub key: Option<String>,
    /// The same in the lookup, if it is called otherwise there. A column of the source or a SQL expression over its
    /// columns; optional.
    pub their_key: Option<String>,
    /// Columns of the lookup that the mapping, the filter and custom features may read. A list of columns such as
    /// `["customer_id"]`, or a table `{ ours = "theirs" }` that renames them; required.
    pub columns: Option<LookupColumns>,
}

/// The columns of a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum LookupColumns {
    /// `columns = ["customer_id"]`
    Same(Vec<String>),
    /// `columns = { buyer = "customer_id" }`
    Named(BTreeMap<String, String>),
}

/// One text or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum OneOrMany {
    /// `path = "a.csv"`
    One(String),
    /// `path = ["a.csv", "b.csv"]`
    Many(Vec<String>),
}

impl OneOrMany {
    /// The texts in the order written.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// The format of all times of a table, or those of some of its columns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum TimeFormats {
    /// `time_format = "%d.%m.%Y"`
    All(String),
    /// `time_format = { opened_at = "day_first" }`
    Each(BTreeMap<String, String>),
}

impl TimeFormats {
    /// The format of a column, if it has one.
    #[must_use]
    pub fn of(&self, column: &str) -> Option<&str> {
        match self {
            Self::All(format) => Some(format),
            Self::Each(formats) => formats.get(column).map(String::as_str),
        }
    }
}
