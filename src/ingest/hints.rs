//! What can be done about errors of reading.

use super::conditions::{sql_name, toml_text};
use super::error::{A_NUMBER, IngestError, UTF_16};
use super::other_formats;
use crate::error::Report;

impl IngestError {
    /// What can be done about an error, if anything.
    pub(super) fn way_on(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("the user who runs `retain` needs the right to read it, and to enter the folders above it".to_owned())
            }
            Self::UnknownFormat { path, .. } => other_formats::way_in(path).map(str::to_owned),
            Self::NotFound { .. } => Some(
                "was the file delivered, and under this name? Relative paths start at the folder of the config file".to_owned(),
            ),
            Self::Several { errors } => hints(errors),
            Self::UnknownColumn { available, .. } if separated_by(available).is_some() => separated_by(available),
            Self::UnknownColumn { key, column, nearest, elsewhere: Some(other), .. } => {
                Some(of_other_file((key, column), nearest.as_deref(), other))
            }
            Self::UnknownColumn { nearest: Some(nearest), .. } => Some(format!("did you mean `{nearest}`?")),
            Self::UnknownColumn { key, nearest: None, .. } => {
                Some(format!(
                    "was the column renamed? Every file of a table must have the columns that its mapping and filter read: \
                     write the one that has it now, or take `{key}` out if it is delivered no more"
                ))
            }
            Self::UnknownSheet { .. } => Some("write the name as it stands on the tab of the sheet, or leave the key out".to_owned()),
            Self::BadExpression { .. } => Some(
                "write a column as it is called in the file, or SQL with such names in double quotes and texts in \
                 single quotes"
                    .to_owned(),
            ),
            Self::UnknownFunction { instead, .. } => {
                Some(format!("{instead}; docs/reference/sql.md has all functions with an example each"))
            }
            Self::NotRowWise { expression, .. } if expression.to_lowercase().contains("select") => Some(
                "what another file knows about a row comes by a lookup: `[purchases.lookup.NAME]` with `path`, `key` and `columns`"
                    .to_owned(),
            ),
            Self::NotRowWise { .. } => {
                Some("a value that depends on other rows would carry later events into history".to_owned())
            }
            Self::Hidden { .. } => Some(
                "read a column that was known with the row; `retain features --describe` lists what our own features make \
                 of the others"
                    .to_owned(),
            ),
            Self::WrongType { key, allowed, expression, .. }
                if *allowed == A_NUMBER && key.starts_with("features.custom.") =>
            {
                Some(format!(
                    "a level of a text becomes a feature of its own with `aggregate = \"count\"` and `filter = \
                     \"{expression} = '...'\"`, an order of levels with `CASE WHEN ... THEN 1 ... END`"
                ))
            }
            Self::ColumnTwice { column, .. } => {
                Some(format!("give it another name: `columns = {{ their_{column} = \"{column}\" }}`"))
            }
            Self::WrongType { allowed, .. } => Some(format!("use `CAST(... AS ...)` to make it {allowed}")),
            Self::TooManyRows { .. } => {
                Some("`retain features --memory 8GiB` reads the customers part by part; leave out what is old".to_owned())
            }
            Self::LinesDisagree { .. } => Some("write fields with quotes or line ends in double quotes".to_owned()),
            Self::Unbalanced { .. } => Some("this is a bug in retain; please report it with the config".to_owned()),
            _ => self.hint_at_a_bound().map(str::to_owned),
        }
    }

    /// What can be done where the input is beyond a bound.
    fn hint_at_a_bound(&self) -> Option<&'static str> {
        match self {
            Self::Unbounded { .. } => {
                Some("prepare the column in the export where the config cannot say it within these bounds")
            }
            Self::RepeatedKey { .. } => Some(
                "give a file with one row for each key, or a finer `key` and `their_key`; leave columns out that differ",
            ),
            Self::NothingFound { .. } => Some(
                "look at `key` and `their_key`: they may be other numbers, or written otherwise (`LOWER`, `TRIM`, `LPAD`)",
            ),
            Self::Query { .. } => Some("give each column a name of its own with `AS`, and change values in the query"),
            Self::WrongFormat { format: UTF_16, .. } => Some("leave `encoding` out of the config: the file tells it"),
            Self::Bomb { .. } => {
                Some("unpack the file and look at it; if it is sound, give the unpacked one as `path`")
            }
            Self::CrowdedRows { .. } => Some("look at the file: it repeats the same row; give orders, not copies"),
            Self::EndlessLine { .. } => Some("save the table as text with a line for each row"),
            Self::LongCell { .. } => Some("shorten the column in the export, or leave it out of the mapping"),
            Self::TooManyColumns { .. } => Some("export the columns that are mapped"),
            Self::TooManyFiles { .. } => Some("name the folder that holds the tables, or a glob with fewer `*`"),
            Self::NotAFile { .. } => Some("write the table to a file first, and give its path"),
            _ => None,
        }
    }
}

/// What to do with a file of one column that has in its name what others have between columns.
fn separated_by(columns: &str) -> Option<String> {
    let only = columns.strip_prefix('`')?.strip_suffix('`').filter(|only| !only.contains('`'))?;
    let marks = [(';', "`;`"), ('|', "`|`"), ('\t', "tabs"), (',', "`,`")];
    let (_, mark) = marks.into_iter().find(|(mark, _)| only.contains(*mark))?;
    Some(format!("the file looks separated by {mark}: take `delimiter` out of the section, or give the right one"))
}

/// The hints of several errors, each once.
fn hints(errors: &[IngestError]) -> Option<String> {
    let mut hints: Vec<String> = Vec::new();
    for hint in errors.iter().filter_map(Report::hint) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// What to do about a column that another file of the table has.
fn of_other_file((key, column): (&str, &str), nearest: Option<&str>, other: &str) -> String {
    let Some(nearest) = nearest else {
        return format!("`{other}` has it: give the files of the table one header, or leave those out that lack it");
    };
    let either = format!("COALESCE({}, {})", sql_name(column), sql_name(nearest));
    let written = match key.split_once(".columns.") {
        Some((table, ours)) => format!("`{ours} = {}` in `[{table}.columns]`", toml_text(&either)),
        None => format!("`{either}` in `{key}`"),
    };
    format!("`{other}` has it; if `{nearest}` is the same here, write {written}: a file may lack one of the two")
}
