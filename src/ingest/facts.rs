//! What `ingest` notices on its way without judging it; `validate` turns facts into findings.

/// Something noticed about a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What was noticed.
    pub rule: FactRule,
    /// The column of our schema, or the file, it was noticed in.
    pub place: String,
    /// How many rows (or characters, for [`FactRule::NotUtf8`]) are affected.
    pub count: u64,
    /// Three examples at most; never the words of a complaint.
    pub examples: Vec<Example>,
}

/// Something that is shown as an example. The first ones of a shop are the first ones of the first ones of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// The place of the row in the input: the number of its file and its own there; zeros where only the text counts.
    pub place: (usize, u64),
    /// As it is shown.
    pub text: String,
}

impl Example {
    /// How many are shown.
    pub const SHOWN: usize = 3;

    /// A text that stands for no row.
    #[must_use]
    pub fn of_text(text: impl Into<String>) -> Self {
        Self { place: (0, 0), text: text.into() }
    }
}

impl Example {
    /// Texts that are shown in their order.
    pub(super) fn of_texts(texts: impl Iterator<Item = String>) -> Vec<Self> {
        (0..).zip(texts.take(Self::SHOWN)).map(|(place, text)| Self { place: (0, place), text }).collect()
    }
}

/// Adds what was noticed in a piece of a file to what was noticed in those before.
pub(crate) fn add_facts(all: &mut Vec<Fact>, facts: Vec<Fact>) {
    for fact in facts {
        match all.iter_mut().find(|known| known.rule == fact.rule && known.place == fact.place) {
            Some(known) => {
                known.count += fact.count;
                known.examples.extend(fact.examples);
                known.examples.truncate(Example::SHOWN);
            }
            None => all.push(fact),
        }
    }
}

/// What can be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactRule {
    /// Ids like `12680.0`, read as `12680`.
    SpreadsheetIds,
    /// Characters that the encoding of the file does not have, each replaced by `U+FFFD`.
    NotUtf8,
    /// Lines with fewer fields than the header; the missing ones are absent.
    ShortLines,
    /// Lines that cannot be split into the columns of the header; rejected.
    BrokenLines,
    /// Rows of JSON that are no whole object; rejected.
    BrokenObjects,
    /// Quotes inside unquoted fields, read as they stand.
    StrayQuotes,
    /// Files in another encoding than UTF-8, which was found out; the place is its name.
    Encoding,
    /// Letters in UTF-8 in a file of another encoding.
    MixedEncodings,
    /// Files with lines above the header.
    SkippedLines,
    /// Lines that hold nothing but delimiters.
    BlankLines,
    /// Lines that are the header once more; rejected.
    RepeatedHeaders,
    /// Lines that state totals; rejected.
    TotalLines,
    /// A name that several columns of a file have; the place is the name.
    DoubledColumns,
    /// Names of columns that look like values.
    DoubtfulHeader,
    /// Cells of a spreadsheet with an error in them; absent.
    ErrorCells,
    /// Sheets of a spreadsheet that have rows and were not read.
    OtherSheets,
    /// Sheets with the columns of those that the config names; they were not read.
    SheetsLeftOut,
    /// Sheets of the same columns that were read as one table, though the config does not say so.
    JoinedSheets,
    /// Files that are called like those of the table, lie beside them and are not read; the place is a pattern of their names.
    FilesLeftOut,
    /// Paths that lead to a file or folder of the table once more; it is read once.
    SameFile,
    /// Values of an optional column that cannot be read, treated as absent.
    Unreadable,
    /// Words in a column of flags that mean neither yes nor no.
    UnreadableFlag,
    /// Lines of an order that is used otherwise, lost because a source column is empty on all but its first line.
    FirstLineOnly,
    /// Rows whose key a lookup does not have.
    NotLookedUp,
    /// Columns that some files of a table have and others do not; nothing reads them.
    ColumnsOfSomeFiles,
    /// Rows without a key, which find nothing in a lookup.
    NoLookupKey,
}

/// What was found of rows that repeat others where their repetition is no reason to drop them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeats {
    /// Rows that stand in another file too, equal in every mapped column and differing in others; all of them are used.
    pub differing: Vec<usize>,
    /// Rows that stand once more in the same file, far from each other: an export that was put behind itself has them.
    pub far: Vec<usize>,
}
