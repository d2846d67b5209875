//! What a key of the config accepts, and how that is written.

use std::fmt;

use super::tables::Table;

/// What a key accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// A whole number from `min` to `max`, both included.
    Whole {
        /// The smallest.
        min: i64,
        /// The largest; `i64::MAX` where there is none.
        max: i64,
        /// What is counted; empty for a plain number.
        unit: &'static str,
    },
    /// A finite number up to `max`, which is included.
    Number {
        /// The lower end.
        min: f64,
        /// Whether the lower end itself is refused.
        above_min: bool,
        /// The largest; infinite where there is none.
        max: f64,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// A name that can be a folder's.
    Name,
    /// A currency code.
    Currency,
    /// A time zone.
    Timezone,
    /// A format of times.
    TimeFormat,
    /// The name of an encoding.
    Encoding,
    /// What separates fields.
    Delimiter,
    /// What stands around fields.
    Quote,
    /// Names of sheets.
    Sheet,
    /// A format of times, or a table of them by our columns.
    TimeFormats(Table),
    /// A SQL condition.
    Condition,
    /// A column of the source or a SQL expression over its columns.
    Source,
    /// A folder.
    Folder,
    /// Files, globs or folders.
    Paths,
    /// A day.
    Day,
    /// A list of days.
    Days,
    /// A list of names.
    Names(&'static str),
    /// The mapping of one table.
    Columns(Table),
    /// A table of product categories, each with a share of revenue.
    Shares,
    /// A table of currencies, each with what one unit of it is worth.
    Rates,
    /// A table of the config.
    Section,
    /// The name of a feature.
    FeatureName,
    /// A sentence with a place for the customer's number.
    Sentence,
    /// A list of tables of keys; the text is the section of each.
    Entries(&'static str),
    /// Tables of keys, each with a name of the shop's own.
    Named,
    /// Columns by name, renamed or not.
    ColumnNames,
    /// A file.
    File,
    /// Some of these words.
    Words(&'static [&'static str]),
    /// A probability that is not known exactly.
    Rate,
    /// Columns of the list held against numbers.
    Conditions,
    /// Tables of keys, one for each channel.
    Channels,
    /// A line of text.
    Text,
    /// Yes or no.
    Flag,
    /// A query of a database.
    Query,
    /// The name of an environment variable.
    Variable,
}

/// What each entry of [`Allowed::Rates`] accepts.
pub(super) const RATE: Allowed = Allowed::Number { min: 0.0, above_min: true, max: f64::INFINITY };

/// Words that stand for a format of times.
pub(super) const TIME_WORDS: &[&str] = &[
    "iso",
    "day_first",
    "month_first",
    "year_first",
    "excel",
    "epoch_seconds",
    "epoch_milliseconds",
    "epoch_microseconds",
];

/// What each entry of [`Allowed::Shares`] accepts.
pub(super) const SHARE: Allowed = Allowed::Number { min: 0.0, above_min: true, max: 1.0 };

impl Allowed {
    /// Whether a whole number is in its range; others hold none.
    pub(super) const fn has_whole(self, value: i64) -> bool {
        matches!(self, Self::Whole { min, max, .. } if min <= value && value <= max)
    }

    /// The type in one or two words, for the reference page.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Whole { .. } => "whole number",
            Self::Number { .. } => "number",
            Self::Word(_) => "word",
            Self::Day => "day",
            Self::Flag => "true or false",
            Self::Days => "list of days",
            Self::Names(_) | Self::Conditions => "list of texts",
            Self::Paths | Self::Sheet => "text or list of texts",
            Self::Words(_) => "list of words",
            Self::Named | Self::Channels => "tables",
            Self::ColumnNames => "list of texts or table",
            Self::TimeFormats(_) => "text or table",
            Self::Columns(_) | Self::Shares | Self::Rates | Self::Section | Self::Rate => "table",
            Self::Entries(_) => "list of tables",
            Self::Name
            | Self::Currency
            | Self::Timezone
            | Self::TimeFormat
            | Self::Encoding
            | Self::Delimiter
            | Self::Quote
            | Self::Condition
            | Self::Source
            | Self::FeatureName
            | Self::Sentence
            | Self::File
            | Self::Text
            | Self::Query
            | Self::Variable
            | Self::Folder => "text",
        }
    }

    /// Whether the number is allowed; NaN and the infinities are not.
    pub(super) fn holds_number(self, value: f64) -> bool {
        let Self::Number { min, above_min, max } = self else { return false };
        value.is_finite() && value <= max && if above_min { value > min } else { value >= min }
    }
}

/// Writes what is allowed so that it reads after "must be".
impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { min, max, unit } => write_whole(f, (*min, *max), unit),
            Self::Number { min, above_min, max } => {
                write!(f, "a number {} {min:?}", if *above_min { "above" } else { "of at least" })?;
                if max.is_finite() { write!(f, " and at most {max:?}") } else { Ok(()) }
            }
            Self::Word(words) => write!(f, "one of {}", Listed(words)),
            Self::Name => f.write_str("at most 100 of A-Z, a-z, 0-9, `.`, `_` and `-`, not starting with a dot"),
            Self::Currency => f.write_str("a three-letter code of ISO 4217 such as `EUR`"),
            Self::Timezone => f.write_str("an IANA time zone such as `Europe/London`"),
            Self::TimeFormat => write!(f, "{PATTERN} or one of {}", Listed(TIME_WORDS)),
            Self::TimeFormats(_) => write!(f, "{PATTERN}, one of {}, or a table of these by our columns", Listed(TIME_WORDS)),
            Self::Encoding | Self::Delimiter | Self::Quote | Self::Sheet => f.write_str(self.of_layout()),
            Self::Condition => f.write_str("a SQL condition over the columns of the source"),
            Self::Source => f.write_str("a column of the source or a SQL expression over its columns"),
            Self::Folder => f.write_str("a folder, relative to the config file or absolute"),
            Self::Paths => {
                f.write_str("a file, glob or folder, relative to the config file or absolute, or a list of them")
            }
            Self::Day => f.write_str("a day such as `2011-06-12`"),
            Self::Days => f.write_str("a list of different days such as `[\"2011-06-12\", \"2011-07-12\"]`"),
            Self::Names(example) => write!(f, "a list of names such as `[\"{example}\"]`"),
            Self::Columns(_) => f.write_str("a table of our column names, each with a source column or SQL expression"),
            Self::Shares => f.write_str("a table of product categories, each with a number above 0.0 and at most 1.0"),
            Self::Rates => f.write_str("a table of currency codes, each with a number above 0.0"),
            Self::Section => f.write_str("a table of keys"),
            Self::FeatureName => f.write_str("at most 60 of a-z, 0-9 and `_`, starting with a letter"),
            Self::Sentence => f.write_str(
                "a sentence with `{value}`, or `{value order}` for the value and a noun in the right number, of at most \
                 200 characters",
            ),
            Self::File => f.write_str("a file, relative to the config file or absolute"),
            Self::Words(words) => write!(f, "a list of some of {}", Listed(words)),
            Self::Rate => f.write_str("a table such as `{ mean = 0.1, weight = 20, evidence = \"assumed\" }`"),
            Self::Conditions => f.write_str(
                "a list of conditions such as `[\"value_at_stake >= 50\"]`: a column of the list, one of `<`, `<=`, `>`, `>=`, `=`, \
                 and a number",
            ),
            Self::Channels => f.write_str("tables `[channels.NAME]`, one for each channel"),
            Self::Text => f.write_str("a text of at most 200 characters on one line"),
            Self::Flag => f.write_str("`true` or `false`"),
            Self::Query => f.write_str("a `SELECT` of PostgreSQL"),
            Self::Variable => f.write_str("the name of an environment variable, of A-Z, a-z, 0-9 and `_`"),
            Self::Entries(section) => write!(f, "a list of tables `[[{section}]]`"),
            Self::Named => f.write_str("tables `[TABLE.lookup.NAME]`, one for each lookup"),
            Self::ColumnNames => f.write_str(
                "a list of columns such as `[\"customer_id\"]`, or a table `{ ours = \"theirs\" }` that renames them",
            ),
        }
    }
}

const PATTERN: &str = "a `strftime` format such as `%d/%m/%Y %H:%M`";

fn write_whole(f: &mut fmt::Formatter<'_>, (min, max): (i64, i64), unit: &str) -> fmt::Result {
    f.write_str("a whole number")?;
    if !unit.is_empty() {
        write!(f, " of {unit}")?;
    }
    if max == i64::MAX { write!(f, ", at least {min}") } else { write!(f, " from {min} to {max}") }
}

/// Names in backticks, separated by commas.
pub(super) struct Listed<'a>(pub(super) &'a [&'a str]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if position == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
