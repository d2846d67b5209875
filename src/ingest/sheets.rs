//! Which sheets of a spreadsheet are one table, and the rows of these sheets one behind the other.

use std::hash::{Hash, Hasher};
use std::path::Path;

use rustc_hash::{FxHashSet, FxHasher};

use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::grid::SheetTable;
use super::header::is_nameless;
use super::source::CutLine;
use super::state_words::is_no_purchase;
use crate::config::{FoundKey, Sheets};

/// A sheet as its first rows show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glimpse {
    pub(super) name: String,
    /// The names of its columns, in the order of letters.
    pub(super) columns: Vec<String>,
    /// How much of a table it is: a cover has one or two columns, and no row is no table.
    pub(super) width: usize,
}

/// The names of the columns of a sheet by which it is held against others.
pub(super) fn names_of(table: &SheetTable<'_>) -> Vec<String> {
    let mut names: Vec<String> =
        table.columns.iter().map(|(name, _)| name.clone()).filter(|name| !is_nameless(name)).collect();
    names.sort_unstable();
    names
}

/// The sheets of one table, and what is to be said of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Those that are read.
    pub(super) read: Vec<String>,
    /// Those that may belong to the table: they have the columns of the first.
    pub(super) alike: Vec<String>,
    /// All others with a table in them.
    pub(super) others: Vec<String>,
}

impl Choice {
    /// The first sheet with a table in it, wide ones first, and those with the same columns; `None` if none has rows.
    pub(super) fn of_first(glimpses: &[Glimpse]) -> Option<Self> {
        let widest = glimpses.iter().map(|own| own.width).max()?;
        let first = glimpses.iter().find(|own| own.width == widest)?;
        let (alike, others): (Vec<&Glimpse>, Vec<&Glimpse>) =
            glimpses.iter().filter(|own| own.width > 0 && own.name != first.name).partition(|own| own.goes_with(first));
        Some(Self { read: vec![first.name.clone()], alike: names(&alike), others: names(&others) })
    }

    /// The sheets that were named, and those with the same columns.
    pub(super) fn of_named(read: Vec<String>, glimpses: &[Glimpse]) -> Self {
        let first = glimpses.iter().find(|own| read.contains(&own.name) && own.width > 0);
        let is_alike = |own: &&Glimpse| {
            own.width > 0 && !read.contains(&own.name) && first.is_some_and(|first| own.goes_with(first))
        };
        let alike: Vec<&Glimpse> = glimpses.iter().filter(is_alike).collect();
        Self { alike: names(&alike), read, others: Vec::new() }
    }

    /// The first sheet alone.
    pub(super) fn of_one(self) -> Self {
        Self { others: self.alike.into_iter().chain(self.others).collect(), alike: Vec::new(), ..self }
    }

    /// What is to be said of the sheets, as the config asks for them.
    pub(super) fn facts(&self, path: &Path, wanted: Option<&Sheets>) -> Vec<Fact> {
        let place = path.display().to_string();
        let fact = |rule, names: &[String]| Fact {
            rule,
            place: place.clone(),
            count: names.len() as u64,
            examples: Example::of_texts(names.iter().cloned()),
        };
        let told = match wanted {
            Some(Sheets::Alike) => Vec::new(),
            Some(Sheets::Named(_)) => vec![fact(FactRule::SheetsLeftOut, &self.alike)],
            Some(Sheets::First) | None => {
                let joined = if self.read.len() > 1 { self.read.as_slice() } else { &[] };
                vec![fact(FactRule::JoinedSheets, joined), fact(FactRule::OtherSheets, &self.others)]
            }
        };
        told.into_iter().filter(|fact| fact.count > 0).collect()
    }

    /// The key that keeps it so, where there is a choice.
    pub(super) fn key(&self) -> Option<FoundKey> {
        let list = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let others = if self.others.is_empty() { String::new() } else { format!("; others: {}", list(&self.others)) };
        match self.read.as_slice() {
            [only] if !self.others.is_empty() => {
                let written = toml::Value::String(only.clone()).to_string();
                Some(FoundKey::settled("sheet", written, format!("the first with rows{others}")))
            }
            [] | [_] => None,
            several => {
                let why = format!("the same columns, read as one table: {}{others}", list(several));
                Some(FoundKey::settled("sheet", "\"*\"", why))
            }
        }
    }
}

impl Glimpse {
    /// Whether it may be more of the table of another one: the same columns, and no name such as `Returns`.
    fn goes_with(&self, first: &Self) -> bool {
        self.columns == first.columns && (!is_of_others(&self.name) || is_of_others(&first.name))
    }
}

/// Words in the names of sheets whose rows are not those of the others, whatever their columns.
const OTHER_ROWS: &[&str] = &[
    "returns",
    "return",
    "refunds",
    "credits",
    "cancellations",
    "retouren",
    "rückgaben",
    "gutschriften",
    "stornos",
    "devoluciones",
    "retours",
    "avoirs",
    "resi",
    "resos",
    "test",
    "tests",
    "template",
    "quotes",
    "offers",
    "drafts",
    "budget",
    "forecast",
    "plan",
];

/// Whether the name of a sheet says that its rows are returns, drafts or the like.
fn is_of_others(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    is_no_purchase(&name) || words.any(|word| OTHER_ROWS.contains(&word) || is_no_purchase(word))
}

fn names(glimpses: &[&Glimpse]) -> Vec<String> {
    glimpses.iter().map(|own| own.name.clone()).collect()
}

/// Hashes of the rows of a sheet, whatever the order of its columns.
fn rows_of(table: &SheetTable<'_>) -> FxHashSet<u64> {
    let mut columns: Vec<_> = table.columns.iter().filter(|(name, _)| !is_nameless(name)).collect();
    columns.sort_by(|(one, _), (other, _)| one.cmp(other));
    let hash = |row: usize| {
        let mut hasher = FxHasher::default();
        for (_, cells) in &columns {
            cells.get(row).hash(&mut hasher);
        }
        hasher.finish()
    };
    (0..table.n_rows()).map(hash).collect()
}

/// For each sheet whether it is a copy: most of its rows stand in sheets before it.
pub(super) fn are_copies(tables: &[SheetTable<'_>]) -> Vec<bool> {
    let mut known: FxHashSet<u64> = FxHashSet::default();
    let mut is_copy = |table: &SheetTable<'_>| {
        let rows = rows_of(table);
        let met = rows.iter().filter(|row| known.contains(row)).count();
        let is_copy = met * 2 > rows.len();
        if !is_copy {
            known.extend(rows);
        }
        is_copy
    };
    tables.iter().map(&mut is_copy).collect()
}

/// Columns by name, a text or nothing in each row.
type Columns<'g> = Vec<(String, Vec<Option<&'g str>>)>;

/// The rows of several sheets as columns; sheets that the config names must have the same.
///
/// # Errors
/// `IngestError::WrongFormat` with the sheet and the column that is not in both.
pub(super) fn columns<'g>(
    path: &Path,
    (names, tables): (&[String], &[SheetTable<'g>]),
) -> Result<Columns<'g>, IngestError> {
    let mut columns: Columns<'g> = Vec::new();
    let (Some(first), Some(first_name)) = (tables.first(), names.first()) else { return Ok(columns) };
    for (name, table) in names.iter().zip(tables).skip(1) {
        let (ours, theirs) = (names_of(first), names_of(table));
        let lacks = ours.iter().find(|column| !theirs.contains(column)).map(|column| (name, column));
        let has = || theirs.iter().find(|column| !ours.contains(column)).map(|column| (first_name, column));
        if let Some((sheet, column)) = lacks.or_else(has) {
            return Err(unlike(path, sheet, column));
        }
    }
    for (column, _) in tables.iter().flat_map(|table| &table.columns) {
        if columns.iter().all(|(known, _)| known != column) {
            let of_table = |table: &SheetTable<'g>| {
                let own = table.columns.iter().find(|(name, _)| name == column).map(|(_, cells)| cells.clone());
                own.unwrap_or_else(|| vec![None; table.n_rows()])
            };
            columns.push((column.clone(), tables.iter().flat_map(of_table).collect()));
        }
    }
    Ok(columns)
}

fn unlike(path: &Path, sheet: &str, column: &str) -> IngestError {
    let detail = format!("its sheet `{sheet}` has no column `{column}`, which another sheet of the table has");
    IngestError::WrongFormat { path: path.display().to_string(), format: "spreadsheet with one header", detail }
}

/// Rows of several sheets that were set aside, by their positions among the rows of all.
pub(super) fn cut(tables: &[SheetTable<'_>]) -> Vec<CutLine> {
    let mut before = 0;
    let mut all = Vec::new();
    for table in tables {
        all.extend(table.cut.iter().map(|line| CutLine { row: before + line.row, reason: line.reason }));
        before += (table.n_rows() + table.cut.len()) as u64;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glimpse(name: &str, columns: &[&str]) -> Glimpse {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        Glimpse { name: name.to_owned(), width: columns.len(), columns }
    }

    #[test]
    fn sheets_of_the_same_columns_go_together_and_returns_do_not() {
        let columns = ["Amount", "Customer", "Date"];
        let sheets = [
            glimpse("Cover", &["Shop"]),
            glimpse("2023", &columns),
            glimpse("Returns", &columns),
            glimpse("2024", &columns),
            glimpse("Products", &["Price", "Product", "Weight"]),
        ];
        let choice = Choice::of_first(&sheets).unwrap();
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(choice.read, owned(&["2023"]));
        assert_eq!(choice.alike, owned(&["2024"]));
        assert_eq!(choice.others, owned(&["Cover", "Returns", "Products"]));
        let named = Choice::of_named(owned(&["2024"]), &sheets);
        assert_eq!((named.alike, named.others), (owned(&["2023"]), Vec::new()));
        assert!(Choice::of_first(&[]).is_none());
    }
}
